/* subjects.c - what a path names, loaded, and policy asked: 404 before 403. */
#include "handlers.h"
#include "input.h"

#include <auth/policy.h>
#include <domain/content.h>
#include <domain/deletions.h>
#include <domain/generations.h>
#include <domain/lifecycle.h>
#include <domain/requests.h>
#include <http/router.h>
#include <string.h>

static bool load_photo(struct web *web, struct error *error)
{
	struct photo *photo = arena_alloc(web->arena, sizeof(*photo));

	web->subject = photo;
	return web_path_id(web, "id", &web->subject_id, error) &&
	       photos_find(web->domain, &web->actor, web->arena, &web->subject_id, photo, error);
}

static bool load_photo_for(struct web *web, enum policy_action action, struct error *error)
{
	struct policy_subject subject;

	if (!load_photo(web, error))
		return false;
	subject = photos_policy_subject(web->subject);
	return policy_check(&web->actor, action, &subject, error);
}

bool find_photo(struct web *web, struct error *error)
{
	return load_photo(web, error);
}

bool find_photo_to_share(struct web *web, struct error *error)
{
	return load_photo_for(web, POLICY_SHARE, error);
}

bool find_photo_to_generate(struct web *web, struct error *error)
{
	return load_photo_for(web, POLICY_GENERATE, error);
}

bool find_photo_to_archive(struct web *web, struct error *error)
{
	return load_photo_for(web, POLICY_ARCHIVE, error);
}

bool find_photo_to_delete(struct web *web, struct error *error)
{
	return load_photo_for(web, POLICY_DELETE, error);
}

bool find_photo_to_moderate(struct web *web, struct error *error)
{
	return load_photo_for(web, POLICY_MODERATE, error);
}

/* What was purged is found by whoever could have restored it, who is told that it is too late. */
static bool is_too_late(struct web *web, struct error *error)
{
	if (error->kind != ERROR_NOT_FOUND || id_is_none(&web->subject_id) ||
	    !photos_was_restorable(web->domain, &web->actor, web->arena, &web->subject_id))
		return false;
	web->subject = NULL;
	error_clear(error);
	return true;
}

bool find_photo_to_patch(struct web *web, struct error *error)
{
	return load_photo(web, error) || is_too_late(web, error);
}

/* Restoring brings back from the archive or from the trash, whichever it is in. */
bool find_photo_to_restore(struct web *web, struct error *error)
{
	const struct photo *photo;
	struct policy_subject subject;

	if (!load_photo(web, error))
		return is_too_late(web, error);
	photo = web->subject;
	subject = photos_policy_subject(photo);
	return policy_check(
	    &web->actor, photo->deleted_at_us ? POLICY_RESTORE : POLICY_ARCHIVE, &subject, error);
}

bool find_photo_to_delete_forever(struct web *web, struct error *error)
{
	return load_photo_for(web, POLICY_DELETE_FOREVER, error);
}

/* What the act itself says, but before anybody has to prove who they are. */
bool check_photo_set_aside(struct web *web, struct error *error)
{
	const struct photo *photo = web->subject;
	enum lifecycle_state next;

	return photo->deleted_at_us || photo->archived_at_us ||
	       lifecycle_next(STATE_PHOTO_LIVE, ACT_DELETE_FOREVER, BY_ADMIN, true, &next, error);
}

bool find_generation(struct web *web, struct error *error)
{
	return web_path_id(web, "id", &web->subject_id, error) &&
	       generation_check(web->domain, &web->actor, web->arena, &web->subject_id, error);
}

static bool permit_admin(const struct web *web, const char *message, struct error *error)
{
	return actor_is_admin(&web->actor) ||
	       error_set(error, ERROR_FORBIDDEN, "admins_only", "%s", message);
}

bool permit_photo_list(struct web *web, struct error *error)
{
	return !input_bool(web, "includeDeleted") ||
	       permit_admin(web, "Only admins list deleted photos.", error);
}

bool permit_bulk_archive(struct web *web, struct error *error)
{
	return !input_get(web, "criteria")->present ||
	       permit_admin(
		   web, "Only admins archive by criteria; name your own photos by ids.", error);
}

static bool permit_moderation(struct web *web, struct error *error)
{
	return actor_is_admin(&web->actor) || error_set(error, ERROR_FORBIDDEN, "forbidden",
						  "Only admins moderate photos and recover them.");
}

static bool permit_request(struct web *web, struct error *error)
{
	struct policy_subject subject;

	if (!web->subject)
		return true; /* it was purged: the act says so */
	subject = photos_policy_subject(web->subject);
	return policy_check(&web->actor, POLICY_REQUEST, &subject, error);
}

static bool permit_decision(struct web *web, struct error *error)
{
	const char *decision = input_text(web, "decision");
	const struct request_decision decided = {
	    .photo_id = web->subject_id,
	    .approve = decision && strcmp(decision, "approve") == 0,
	};

	return requests_may_review(web->domain, &web->actor, web->arena, &decided, error);
}

static const struct {
	const char *action;
	bool (*permit)(struct web *, struct error *);
} permits[] = {
    {"update_status", permit_moderation},
    {"recover", permit_moderation},
    {"request_deletion", permit_request},
    {"review_deletion", permit_decision},
};

bool permit_patch(struct web *web, struct error *error)
{
	const char *action = input_text(web, "action");

	for (size_t i = 0; action && i < sizeof(permits) / sizeof(*permits); i++)
		if (strcmp(action, permits[i].action) == 0)
			return permits[i].permit(web, error);
	return true;
}

bool permit_requests(struct web *web, struct error *error)
{
	bool owns = actor_is_admin(&web->actor);

	if (!owns && !requests_owns_site(web->domain, &web->actor, web->arena, &owns, error))
		return false;
	return owns || error_set(error, ERROR_FORBIDDEN, "no_site",
			   "Only admins and the owners of sites see these.");
}

bool find_deletion(struct web *web, struct error *error)
{
	struct deletion *deletion = arena_alloc(web->arena, sizeof(*deletion));

	web->subject = deletion;
	return web_path_id(web, "id", &web->subject_id, error) &&
	       deletions_find(
		   web->domain, &web->actor, web->arena, &web->subject_id, deletion, error);
}

bool find_deletion_to_restore(struct web *web, struct error *error)
{
	struct deletion *deletion = arena_alloc(web->arena, sizeof(*deletion));

	web->subject = deletion;
	return web_path_id(web, "id", &web->subject_id, error) &&
	       deletions_find_to_restore(
		   web->domain, &web->actor, web->arena, &web->subject_id, deletion, error);
}

bool find_content(struct web *web, struct error *error)
{
	struct content *content = arena_alloc(web->arena, sizeof(*content));
	const char *type = http_capture(web->match, "type");
	enum item_kind kind;

	web->subject = content;
	if (type && strcmp(type, "quests") == 0)
		kind = ITEM_QUEST;
	else if (type && strcmp(type, "adventures") == 0)
		kind = ITEM_ADVENTURE;
	else
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is nothing at this address.");
	return web_path_id(web, "id", &web->subject_id, error) &&
	       content_find(
		   web->domain, &web->actor, web->arena, kind, &web->subject_id, content, error);
}

/* The choices of content_type are in this order. */
bool permit_content(struct web *web, struct error *error)
{
	enum item_kind kind =
	    input_integer(web, "content_type", 0) == 0 ? ITEM_QUEST : ITEM_ADVENTURE;
	struct content content;

	return !input_is_good(web, "content_id") || !input_is_good(web, "content_type") ||
	       content_find(web->domain, &web->actor, web->arena, kind, input_id(web, "content_id"),
		   &content, error);
}
