/* policy.h - may this actor do this to that? The one place that answers. */
#ifndef LETHE_AUTH_POLICY_H
#define LETHE_AUTH_POLICY_H

#include <auth/actor.h>
#include <base/error.h>
#include <base/id.h>
#include <stdbool.h>

/* What can be done to an item. Which state allows it is the lifecycle's affair, not policy's. */
enum policy_action {
	POLICY_SEE,            /* the item, on pages and in lists */
	POLICY_SHARE,          /* make and revoke share links */
	POLICY_GENERATE,       /* start a generation */
	POLICY_ARCHIVE,        /* archive, and restore from the archive */
	POLICY_DELETE,         /* put in the trash at once */
	POLICY_RESTORE,        /* undo a deletion */
	POLICY_DELETE_FOREVER, /* purge at once */
	POLICY_REQUEST,        /* ask for the deletion */
	POLICY_MODERATE,       /* change a moderation status, review requests */
	POLICY_ADMINISTER,     /* an admin's page or list; the subject is the organisation */
	POLICY_OPERATE,        /* a platform admin's page or list */
	POLICY_ACTION_COUNT,
};

enum policy_kind {
	POLICY_PHOTO,
	POLICY_DELETION,
	POLICY_CONTENT, /* quest or adventure */
	POLICY_ALBUM,
	POLICY_PROJECT,
	POLICY_SITE,
	POLICY_USER,
	POLICY_ORGANIZATION,
};

/* What policy needs to know of an item. */
struct policy_subject {
	enum policy_kind kind;
	struct id organization_id;
	struct id owner_id;   /* uploader, creator; none where there is none */
	struct id deleted_by; /* of a deleted item or a deletion: who deleted it */
	bool on_site;         /* a photo of a site: its owner asks, and does not delete */
	bool owns_site;       /* the actor has an approved claim on that site */
	bool published;       /* status approved, or was so before its deletion was asked for */
	bool archived;        /* set aside: no longer for other members */
	bool deleted;
	bool purged;
	bool guarded; /* a platform admin's account, or its deletion: only another one acts on it */
};

/* True if allowed. Otherwise false with ERROR_NOT_FOUND where the actor may not even know of the
 * item (another tenant's, or hidden from them), ERROR_FORBIDDEN where they see it but may not. */
bool policy_check(const struct actor *actor, enum policy_action action,
    const struct policy_subject *subject, struct error *error) __attribute__((warn_unused_result));

/* The same as a question, for showing or hiding a button. */
bool policy_allows(const struct actor *actor, enum policy_action action,
    const struct policy_subject *subject) __attribute__((warn_unused_result));

#endif
