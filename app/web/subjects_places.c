/* subjects_places.c - projects, sites, albums and organisations that a path names: 404 before 403.
 *
 * Deleted ones are found by whoever may delete them, who are told by which deletion they are. */
#include "handlers.h"
#include "input.h"

#include <auth/policy.h>
#include <base/text.h>
#include <domain/places.h>
#include <store/claims.h>
#include <store/queue.h>
#include <string.h>

static bool load_place(struct web *web, enum place_kind kind, struct error *error)
{
	struct place *place = arena_alloc(web->arena, sizeof(*place));
	enum db_result result;

	web->subject = place;
	if (!web_path_id(web, "id", &web->subject_id, error))
		return false;
	result = store_place_find(web->domain->db, web->arena, kind, &web->actor.organization_id,
	    &web->subject_id, place);
	if (result == DB_NONE)
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is nothing at this address.");
	return result == DB_OK || db_fail(result, error);
}

/* Who deleted an album may know that it is deleted. */
static bool read_deleter(
    struct web *web, const struct place *place, struct id *user_r, struct error *error)
{
	struct deletion deletion;
	enum db_result result;

	*user_r = id_none;
	if (place->kind != PLACE_ALBUM || place->deleted_at_us == 0)
		return true;
	result = deletion_find(
	    web->domain->db, web->arena, &place->organization_id, &place->deletion_id, &deletion);
	if (result == DB_OK)
		*user_r = deletion.initiator_id;
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

static bool find_place(
    struct web *web, enum place_kind kind, enum policy_action action, struct error *error)
{
	const struct place *place;
	struct policy_subject subject;

	if (!load_place(web, kind, error))
		return false;
	place = web->subject;
	subject = places_policy_subject(place);
	return read_deleter(web, place, &subject.deleted_by, error) &&
	       policy_check(&web->actor, action, &subject, error);
}

/* A live one that the viewer sees. */
static bool find_live(struct web *web, enum place_kind kind, struct error *error)
{
	struct place *place = arena_alloc(web->arena, sizeof(*place));

	web->subject = place;
	return web_path_id(web, "id", &web->subject_id, error) &&
	       places_find(
		   web->domain, &web->actor, web->arena, kind, &web->subject_id, place, error);
}

bool find_site(struct web *web, struct error *error)
{
	return find_live(web, PLACE_SITE, error);
}

bool find_album(struct web *web, struct error *error)
{
	return find_live(web, PLACE_ALBUM, error);
}

static bool check_administers(struct web *web, struct error *error)
{
	const struct policy_subject subject = {
	    .kind = POLICY_ORGANIZATION, .organization_id = web->actor.organization_id};

	return policy_check(&web->actor, POLICY_ADMINISTER, &subject, error);
}

/* Unknown claims before who may decide any. */
bool find_claim_to_decide(struct web *web, struct error *error)
{
	struct id claim_id;
	enum db_result result;

	if (!find_site(web, error) || !web_path_id(web, "claim_id", &claim_id, error))
		return false;
	result = store_claim_exists(
	    web->domain->db, web->arena, &web->actor.organization_id, &web->subject_id, &claim_id);
	if (result == DB_NONE)
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such claim.");
	return result == DB_OK ? check_administers(web, error) : db_fail(result, error);
}

/* What was removed, or never was in this organisation's queue, is not there for anybody. */
bool find_cleanup_to_retry(struct web *web, struct error *error)
{
	enum db_result result;

	if (!web_path_id(web, "id", &web->subject_id, error))
		return false;
	result = store_queue_holds(
	    web->domain->db, web->arena, &web->actor.organization_id, &web->subject_id);
	if (result == DB_NONE)
		return error_set(error, ERROR_NOT_FOUND, "not_found",
		    "It is not in the queue any more: it was removed meanwhile.");
	return result == DB_OK ? check_administers(web, error) : db_fail(result, error);
}

bool find_project_to_delete(struct web *web, struct error *error)
{
	return find_place(web, PLACE_PROJECT, POLICY_DELETE, error);
}

bool find_site_to_delete(struct web *web, struct error *error)
{
	return find_place(web, PLACE_SITE, POLICY_DELETE, error);
}

bool find_album_to_delete(struct web *web, struct error *error)
{
	return find_place(web, PLACE_ALBUM, POLICY_DELETE, error);
}

bool find_organization_to_delete(struct web *web, struct error *error)
{
	return find_place(web, PLACE_ORGANIZATION, POLICY_DELETE, error);
}

bool find_organization_to_restore(struct web *web, struct error *error)
{
	return find_place(web, PLACE_ORGANIZATION, POLICY_RESTORE, error);
}

bool check_confirmation(struct web *web, struct error *error)
{
	const struct place *place = web->subject;
	const char *typed = text_trim(web->arena, input_get(web, "confirmation")->text);

	if (strcmp(typed, text_trim(web->arena, place->name)) == 0)
		return true;
	return error_set_field(
	    error, "confirmation", "wrong_confirmation", "The name you typed is not its name.");
}
