/* policy.c - the one table of who may do what to which kind of item, and who sees what. */
#include <auth/policy.h>
#include <stddef.h>

/* What an actor is to an item, as bits; several hold at once. */
enum {
	IS_MEMBER = 1 << 0,   /* of the item's organisation */
	IS_OWNER = 1 << 1,    /* of a library photo or of anything else but a site photo */
	IS_UPLOADER = 1 << 2, /* of a site photo, which is part of the site's record */
	IS_SITE_OWNER = 1 << 3,
	IS_DELETER = 1 << 4, /* made the deletion it bears, or it is, of what is theirs */
	IS_ADMIN = 1 << 5,
	IS_PLATFORM = 1 << 6,
	IS_ANY_OWNER = IS_OWNER | IS_UPLOADER,
};

/* Who is allowed what; nothing else is. The system may do everything. */
static const unsigned allowed[][POLICY_ACTION_COUNT] = {
    [POLICY_PHOTO] =
	{
	    [POLICY_SEE] = IS_MEMBER,
	    [POLICY_SHARE] = IS_ANY_OWNER | IS_ADMIN,
	    [POLICY_GENERATE] = IS_ANY_OWNER | IS_ADMIN,
	    [POLICY_ARCHIVE] = IS_OWNER | IS_ADMIN,
	    [POLICY_DELETE] = IS_OWNER | IS_ADMIN,
	    [POLICY_RESTORE] = IS_DELETER | IS_ADMIN,
	    [POLICY_DELETE_FOREVER] = IS_ADMIN,
	    [POLICY_REQUEST] = IS_UPLOADER | IS_SITE_OWNER | IS_ADMIN,
	    [POLICY_MODERATE] = IS_ADMIN,
	},
    [POLICY_DELETION] =
	{
	    [POLICY_SEE] = IS_DELETER | IS_ADMIN,
	    [POLICY_RESTORE] = IS_DELETER | IS_ADMIN,
	    [POLICY_DELETE_FOREVER] = IS_ADMIN,
	},
    [POLICY_CONTENT] =
	{
	    [POLICY_SEE] = IS_OWNER,
	    [POLICY_ARCHIVE] = IS_OWNER,
	    [POLICY_RESTORE] = IS_OWNER,
	    [POLICY_DELETE_FOREVER] = IS_OWNER,
	},
    [POLICY_ALBUM] =
	{
	    [POLICY_SEE] = IS_MEMBER,
	    [POLICY_DELETE] = IS_OWNER | IS_ADMIN,
	    [POLICY_RESTORE] = IS_DELETER | IS_ADMIN,
	},
    [POLICY_PROJECT] =
	{
	    [POLICY_SEE] = IS_MEMBER,
	    [POLICY_DELETE] = IS_ADMIN,
	    [POLICY_RESTORE] = IS_ADMIN,
	},
    [POLICY_SITE] =
	{
	    [POLICY_SEE] = IS_MEMBER,
	    [POLICY_DELETE] = IS_ADMIN,
	    [POLICY_RESTORE] = IS_ADMIN,
	},
    [POLICY_USER] =
	{
	    [POLICY_SEE] = IS_OWNER | IS_ADMIN,
	    [POLICY_DELETE] = IS_ADMIN,
	    [POLICY_RESTORE] = IS_ADMIN,
	    [POLICY_DELETE_FOREVER] = IS_ADMIN,
	},
    [POLICY_ORGANIZATION] =
	{
	    [POLICY_SEE] = IS_MEMBER,
	    [POLICY_DELETE] = IS_PLATFORM,
	    [POLICY_RESTORE] = IS_PLATFORM,
	    [POLICY_MODERATE] = IS_ADMIN,
	    [POLICY_ADMINISTER] = IS_ADMIN,
	    [POLICY_OPERATE] = IS_PLATFORM,
	},
};

static const char *const words[] = {
    [POLICY_PHOTO] = "photo",
    [POLICY_DELETION] = "deletion",
    [POLICY_CONTENT] = "content",
    [POLICY_ALBUM] = "album",
    [POLICY_PROJECT] = "project",
    [POLICY_SITE] = "site",
    [POLICY_USER] = "user",
    [POLICY_ORGANIZATION] = "organisation",
};

/* None is nobody: an item without an owner is not owned by a visitor. */
static bool same_person(const struct id *a, const struct id *b)
{
	return !id_is_none(a) && id_equal(a, b);
}

/* A platform admin and the system (of the installation) act in every organisation. */
static bool reaches(const struct actor *actor, const struct policy_subject *subject)
{
	if (actor->role == ROLE_PLATFORM_ADMIN) {
		return true;
	}
	if (actor->role == ROLE_SYSTEM && id_is_none(&actor->organization_id)) {
		return true;
	}
	return same_person(&actor->organization_id, &subject->organization_id);
}

static unsigned relations(const struct actor *actor, const struct policy_subject *subject)
{
	unsigned is = 0;

	if (actor->role == ROLE_VISITOR) {
		return 0;
	}
	is |= IS_MEMBER;
	if (same_person(&actor->user_id, &subject->owner_id)) {
		is |= subject->on_site ? IS_UPLOADER : IS_OWNER;
	}
	/* To have deleted as an admin what is another's counts for nothing once one is none. */
	if (same_person(&actor->user_id, &subject->deleted_by) &&
	    same_person(&subject->owner_id, &subject->deleted_by)) {
		is |= IS_DELETER;
	}
	if (subject->on_site && subject->owns_site) {
		is |= IS_SITE_OWNER;
	}
	if (actor_is_admin(actor)) {
		is |= IS_ADMIN;
	}
	if (actor->role == ROLE_PLATFORM_ADMIN) {
		is |= IS_PLATFORM;
	}
	return is;
}

/* The table "Who sees what". */
static bool sees_photo(unsigned is, const struct policy_subject *subject)
{
	if (subject->purged) {
		return false;
	}
	if (is & IS_ADMIN) {
		return true;
	}
	if (subject->deleted) {
		return (is & IS_DELETER) != 0;
	}
	if (is & IS_ANY_OWNER) {
		return true;
	}
	return (is & IS_MEMBER) && subject->published && !subject->archived;
}

/* Whether the actor may know of the item at all. Who could have restored a deletion still learns
 * that it is too late, though its record is the admins' alone by then. */
static bool is_known(unsigned is, enum policy_action action, const struct policy_subject *subject)
{
	switch (subject->kind) {
	case POLICY_PHOTO:
		return sees_photo(is, subject);
	case POLICY_DELETION:
		return (is & IS_ADMIN) ||
		       ((is & IS_DELETER) && (!subject->purged || action == POLICY_RESTORE));
	case POLICY_CONTENT:
		return (is & IS_MEMBER) && !subject->deleted;
	case POLICY_ALBUM: /* told to whoever deleted their own, to be taken back */
		return (is & (IS_ADMIN | IS_DELETER)) || ((is & IS_MEMBER) && !subject->deleted);
	case POLICY_USER:
		return (is & (IS_ADMIN | IS_OWNER)) != 0;
	default:
		return (is & IS_ADMIN) || ((is & IS_MEMBER) && !subject->deleted);
	}
}

static bool refuse(unsigned is, enum policy_action action, const struct policy_subject *subject,
    struct error *error)
{
	if (subject->guarded && (is & allowed[subject->kind][action])) {
		return error_set(error, ERROR_FORBIDDEN, "forbidden",
		    "This is a platform admin: only another one may do this.");
	}
	if (subject->kind == POLICY_PHOTO && action == POLICY_DELETE && (is & IS_UPLOADER)) {
		return error_set(error, ERROR_FORBIDDEN, "request_instead",
		    "This photo belongs to a site. Ask for its deletion instead.");
	}
	if (subject->kind == POLICY_PHOTO && action == POLICY_REQUEST && (is & IS_OWNER)) {
		return error_set(error, ERROR_FORBIDDEN, "delete_instead",
		    "This photo is in your own library. Delete it instead.");
	}
	return error_set(error, ERROR_FORBIDDEN, "forbidden", "You may not do this to this %s.",
	    words[subject->kind]);
}

bool policy_check(const struct actor *actor, enum policy_action action,
    const struct policy_subject *subject, struct error *error)
{
	unsigned is = relations(actor, subject);
	bool within = reaches(actor, subject);

	if (within && actor->role == ROLE_SYSTEM) {
		return true;
	}
	if (!within || !is_known(is, action, subject)) {
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such %s.",
		    words[subject->kind]);
	}
	if (!(is & allowed[subject->kind][action]) ||
	    (subject->guarded && action != POLICY_SEE && !(is & IS_PLATFORM))) {
		return refuse(is, action, subject, error);
	}
	return true;
}

bool policy_allows(
    const struct actor *actor, enum policy_action action, const struct policy_subject *subject)
{
	return policy_check(actor, action, subject, NULL);
}
