/* organizations.c - the platform admin's list: acting for one, deleting in steps, restoring. */
#include "../acts_containers.h"
#include "../answer.h"
#include "../chrome.h"
#include "../gate.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"
#include "places.h"
#include "proof.h"

#include <domain/places.h>
#include <http/url.h>
#include <string.h>

/* Which one the platform admin acts for, and which is their own, which they cannot delete. */
static void mark_acting(struct web *web, struct doc *items)
{
	const char *acting = present_id(web, &web->actor.organization_id);
	const char *own = present_id(web, &web->session->organization_id);

	for (uint32_t i = 0; i < items->as.list.count; i++) {
		struct doc *item = (struct doc *)items->as.list.items[i];
		const char *id = doc_get(item, "id")->as.text.data;
		doc_set_bool(item, "is_acting", strcmp(id, acting) == 0);
		doc_set_bool(item, "is_own", strcmp(id, own) == 0);
	}
}

static bool fill_deleted(struct web *web, struct doc *page, struct error *error)
{
	struct doc *list = doc_list(web->arena);
	struct deletion_page rows;

	if (!deletions_list_organizations(web->domain, &web->actor, web->arena, &rows, error))
		return false;
	for (size_t i = 0; i < rows.count; i++)
		doc_push(list, present_deletion(web, &rows.items[i]));
	doc_set(page, "deleted", list);
	doc_set_bool(page, "has_deleted", rows.count > 0);
	return true;
}

bool page_organizations(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Organisations");
	struct doc *items;

	if (!chrome_live(web, page, error) ||
	    !places_fill(web, page, PLACE_ORGANIZATION, "/admin/organizations", &items, error) ||
	    !fill_deleted(web, page, error))
		return false;
	mark_acting(web, items);
	return page_send(web, 200, "organizations", page, error);
}

/* Without an organisation: for one's own again. */
bool page_organization_act_send(struct web *web, struct error *error)
{
	const struct id *id = input_id(web, "organization_id");
	struct place place;

	if (!id_is_none(id) && !places_find(web->domain, &web->actor, web->arena,
				   PLACE_ORGANIZATION, id, &place, error))
		return false;
	return session_act_for(web->auth, web->session, id, error) &&
	       redirect_to(web, "/admin/organizations?done=acting");
}

static bool set_until(struct web *web, struct doc *page, struct error *error)
{
	const struct place *place = web->subject;
	struct deletion_windows windows;
	enum db_result result = deletion_windows(web->domain->db, web->arena, &place->id, &windows);

	if (result != DB_OK)
		return db_fail(result, error);
	show_time(web, page, "until", web->now_us + windows.container_recovery_us);
	return true;
}

/* Step 1 shows what goes, step 2 asks for the name; step 3 is the re-authentication, where it is
 * wanted. */
bool page_organization_delete(struct web *web, struct error *error)
{
	const struct place *place = web->subject;
	struct doc *page =
	    page_begin(web, arena_join(web->arena, "Delete “", place->name, "”?", NULL));
	struct deletion_impact impact;
	int64_t most = acts_count_most(web);
	bool is_naming = web->form_error || input_get(web, "step")->present;

	if (!acts_impact(web, PHOTO_ACTION_NONE, most, &impact, error) ||
	    !set_until(web, page, error) || !proof_set(web, page, NULL, error))
		return false;
	doc_set_int(page, "steps", gate_is_fresh(web) ? 2 : 3);
	doc_set(page, "place", present_place(web, place, NULL));
	doc_set(page, "impact", present_impact(web, &impact, most));
	doc_set_bool(page, "is_exact", most == IMPACT_ALL);
	doc_set_bool(page, "is_naming", is_naming);
	doc_set_text(page, "action",
	    http_url_build(web->arena, "/admin/organizations/{id}/delete",
		HTTP_PAIRS({"id", present_id(web, &place->id)}), HTTP_NO_PAIRS));
	doc_set_text(page, "confirmation", input_text(web, "confirmation"));
	doc_set_text(page, "reason", input_text(web, "reason"));
	return page_send(web, web_form_status(web), "organization_delete", page, error);
}

/* Who acted for it acts for their own organisation from then on. */
bool page_organization_delete_send(struct web *web, struct error *error)
{
	const struct place *place = web->subject;
	struct deletion deletion;

	if (!acts_delete_container(web, &deletion, error))
		return false;
	if (id_equal(&web->actor.organization_id, &place->id) &&
	    !session_act_for(web->auth, web->session, &id_none, error))
		return false;
	return redirect_to(web, "/admin/organizations?done=organization_deleted");
}

bool page_organization_restore_send(struct web *web, struct error *error)
{
	struct deletion deletion;

	return deletions_restore_organization(
		   web->domain, &web->actor, web->arena, &web->subject_id, &deletion, error) &&
	       redirect_to(web, "/admin/organizations?done=restored");
}
