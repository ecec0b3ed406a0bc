/* photos.h - photos: who sees which, adding, archiving and acts on many.
 *
 * Deleting one is deletions_delete (domain/deletions.h) with kind photo. */
#ifndef LETHE_DOMAIN_PHOTOS_H
#define LETHE_DOMAIN_PHOTOS_H

#include <auth/policy.h>
#include <domain/bulk.h>
#include <domain/domain.h>
#include <storage/storage.h>
#include <store/files.h>
#include <store/photos.h>

#define PHOTOS_MAX_BYTES       (25 * 1024 * 1024)
#define PHOTOS_THUMBNAIL_BYTES (2 * 1024 * 1024)
#define PHOTOS_MAX_TITLE       200  /* characters */
#define PHOTOS_MAX_DESCRIPTION 5000 /* characters */
#define PHOTOS_MAX_REASON      2000 /* characters */
#define PHOTOS_MAX_TAGS        50
#define PHOTOS_MAX_TAG         100 /* characters */
#define PHOTOS_MAX_LIMIT       200
#define PHOTOS_DEFAULT_LIMIT   50

/* Which photos a list asks for. What is not set does not narrow. */
struct photos_query {
	bool include_archived;
	bool include_deleted; /* admins; others are refused */
	bool archived_only;   /* instead of the live ones (the trash page's tab) */
	bool deleted_only;    /* likewise; admins */
	bool mine;            /* only what the actor uploaded */
	struct id project_id;
	struct id site_id;
	const char *tag; /* a name or an id; NULL or "": any */
	bool by_status;  /* only those of `status` */
	enum photo_status status;
	unsigned limit;   /* 1 to 200; 0: 50 */
	struct id before; /* the cursor: `next` of the page before; none: from the newest */
};

struct photos_page {
	struct photo *items; /* newest first */
	size_t count;
	struct id next; /* none: there is no further page */
	bool is_cut; /* fewer than asked for, since so many were looked at: `next` looks further */
};

/* The photos of the actor's organisation that the actor sees, by the table "Who sees what": live
 * published ones, and of their own all that are live; archived ones where asked for: one's own, of
 * admins all; deleted ones where asked for: admins alone. A project, site or tag that is unknown
 * gives an empty page. A list that narrows by these or by status, and any list while the deletion
 * of a container is marking, looks at no more than domain_look_rows rows of an index for a page:
 * where few of them fit the page is short, or empty, and `next` goes on. Errors: forbidden
 * ("admins_only") for include_deleted; invalid ("limit", "invalid_limit"); forbidden for visitors.
 */
bool photos_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct photos_query *query, struct photos_page *page_r, struct error *error)
    __attribute__((warn_unused_result));

/* One photo that the actor may see: deleted ones too where they deleted it, or it went with what
 * they deleted, or for admins. Everything else is not_found ("not_found"). */
bool photos_find(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, struct photo *photo_r, struct error *error)
    __attribute__((warn_unused_result));

/* Those of them that the actor may see, in the order of the ids, by one read; `next` stays none.
 * `count` is at most PHOTOS_FIND_MOST. */
bool photos_find_several(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *photo_ids, size_t count, struct photos_page *page_r,
    struct error *error) __attribute__((warn_unused_result));

/* Derivatives of a photo that the actor may see, newest first, at most 200; of a deleted original
 * those that went with it. `next` stays none. */
bool photos_derivatives(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct photo *original, struct photos_page *page_r, struct error *error)
    __attribute__((warn_unused_result));

/* The stored file of a photo that the actor may see (as photos_find). A thumbnail that does not
 * exist is answered with the original; an asset is not_found. */
bool photos_file(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, enum file_part part, struct file *file_r, struct error *error)
    __attribute__((warn_unused_result));

/* What policy needs to know of a photo. */
struct policy_subject photos_policy_subject(const struct photo *photo);

/* A photo to be added. Texts are UTF-8, borrowed; NULL or blank counts as not given. */
struct photos_upload {
	struct storage_stage *original;  /* from storage_stage with the limit PHOTOS_MAX_BYTES */
	struct storage_stage *thumbnail; /* or NULL; limit PHOTOS_THUMBNAIL_BYTES */
	const char *title;
	const char *description;
	struct id project_id;    /* none: no project */
	struct id site_id;       /* none: a library photo */
	const char *const *tags; /* names: trimmed, doubles and empty ones left out */
	size_t tag_count;
};

/* Add a photo of the actor's. Its type is told by its content (JPEG, PNG, WebP, GIF), and a file
 * cut off before its format's end is refused. A site photo starts as pending, with name and address
 * of the actor as its submitter; a library photo is approved. Objects are stored before the row
 * commits, and removed again if it does not. Consumes both stages (nulled) whatever happens. Audit:
 * photo.create. Errors: invalid with field ("file": "empty_file", "invalid_image"; "thumbnail";
 * "title", "description", "tags", "project_id", "site_id"); too_large; conflict "container_deleted"
 * (project, site or organisation) with its deletion_id; not_found for an unknown organisation;
 * unavailable "storage_full". */
bool photos_add(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct photos_upload *upload, struct photo *photo_r, struct error *error)
    __attribute__((warn_unused_result));

/* Archive a live photo: its owner a library photo, admins any. Its live derivatives go along, in
 * the same batch, since the purge at the end of the retention takes them with it. purge_after is
 * now plus the organisation's retention; shares of all of them are revoked for good. Audit:
 * photo.archive. Errors: not_found, forbidden; invalid "reason"; conflict "already_archived", or
 * "already_deleted" with the deletion_id. `photo_r` is the photo as it is then. */
bool photos_archive(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, const char *reason, struct photo *photo_r, struct error *error)
    __attribute__((warn_unused_result));

/* Take a photo out of the archive, with the derivatives that went in with it. Where its project or
 * site is in the trash it comes back without it, and joins it when that is restored. Audit:
 * photo.restore. Errors as above; conflict "not_archived"; "still_marking" while a container's
 * deletion is still archiving it. */
bool photos_unarchive(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, const char *reason, struct photo *photo_r, struct error *error)
    __attribute__((warn_unused_result));

/* Bring a photo back from wherever it is: a deleted one by deletions_restore (it alone where it is
 * part of a larger deletion), else an archived one by photos_unarchive. Errors of those; conflict
 * "not_deleted" for a live one; gone "window_closed" for what the actor could have restored and is
 * no more. `reason` (or NULL) goes into the trail. */
bool photos_restore(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, const char *reason, struct photo *photo_r, struct error *error)
    __attribute__((warn_unused_result));

/* Whether a photo that is no more is being or was purged out of a deletion that the actor could
 * have restored: then photos_restore says gone, and not not_found. A store out of reach counts as
 * no. */
bool photos_was_restorable(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *photo_id) __attribute__((warn_unused_result));

/* Change the moderation status of a photo that is not deleted: admins; pending, approved or
 * rejected, with a reason kept for a rejection. Audit: photo.review. Errors: forbidden; invalid
 * "status", "reason"; conflict "already_deleted", "request_pending" (decide the request instead).
 */
bool photos_review(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, enum photo_status status, const char *reason, struct photo *photo_r,
    struct error *error) __attribute__((warn_unused_result));

/* The same acts for 1 to 1,000 ids (invalid "ids" otherwise), each in a transaction of its own, all
 * under one act: what is refused for one id is reported there and does not stop the others. A store
 * out of reach stops the act: what was done stays done, the rest is skipped with that code. */
bool photos_bulk_delete(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *ids, size_t count, const char *reason, struct bulk_result *result_r,
    struct error *error) __attribute__((warn_unused_result));
bool photos_bulk_archive(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *ids, size_t count, const char *reason,
    struct bulk_result *result_r, struct error *error) __attribute__((warn_unused_result));
bool photos_bulk_restore(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *ids, size_t count, const char *reason,
    struct bulk_result *result_r, struct error *error) __attribute__((warn_unused_result));

#endif
