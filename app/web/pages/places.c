/* places.c - albums and sites for members, projects and sites for admins. */
#include "places.h"

#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"

#include <auth/policy.h>
#include <domain/claims.h>
#include <domain/places.h>
#include <http/url.h>

#define PAGE_ROWS 50

static struct doc *present_row(struct web *web, const struct place *place, const char *base)
{
	struct doc *doc = present_place(web, place, NULL);
	const char *id = present_id(web, &place->id);
	struct policy_subject subject = places_policy_subject(place);

	show_time(web, doc, "created", place->created_at_us);
	doc_set_bool(doc, "is_mine",
	    !id_is_none(&web->actor.user_id) && id_equal(&place->created_by, &web->actor.user_id));
	doc_set_bool(doc, "can_delete", policy_allows(&web->actor, POLICY_DELETE, &subject));
	doc_set_text(doc, "delete_url",
	    http_url_build(web->arena, arena_join(web->arena, base, "/{id}/delete", NULL),
		HTTP_PAIRS({"id", id}), HTTP_NO_PAIRS));
	doc_set_text(doc, "url",
	    http_url_build(web->arena, arena_join(web->arena, base, "/{id}", NULL),
		HTTP_PAIRS({"id", id}), HTTP_NO_PAIRS));
	doc_set_text(doc, "photos_url",
	    http_url_build(web->arena, actor_is_admin(&web->actor) ? "/admin/photos" : "/",
		HTTP_NO_PAIRS,
		HTTP_PAIRS({"project_id", place->kind == PLACE_PROJECT ? id : NULL},
		    {"site_id", place->kind == PLACE_SITE ? id : NULL})));
	return doc;
}

bool places_sorts_by_name(const struct web *web)
{
	return input_get(web, "sort")->present && input_get(web, "sort")->integer == 1;
}

void places_set_sort(
    struct web *web, struct doc *page, const char *name_url, const char *newest_url)
{
	struct doc *sort = doc_object(web->arena);

	doc_set_bool(sort, "is_name", places_sorts_by_name(web));
	doc_set_text(sort, "name_url", name_url);
	doc_set_text(sort, "newest_url", newest_url);
	doc_set(page, "sort", sort);
}

static const char *list_url(struct web *web, const char *base, bool by_name, const char *cursor)
{
	return http_url_build(web->arena, base, HTTP_NO_PAIRS,
	    HTTP_PAIRS({"sort", by_name ? "name" : NULL}, {"cursor", cursor}));
}

bool places_fill(struct web *web, struct doc *page, enum place_kind kind, const char *base,
    struct doc **items_r, struct error *error)
{
	struct doc *items = doc_list(web->arena);
	const struct web_value *cursor = input_get(web, "cursor");
	bool by_name = places_sorts_by_name(web);
	struct places_page places;

	if (!(by_name ? places_by_name : places_list)(
		web->domain, &web->actor, web->arena, kind, PAGE_ROWS, &cursor->id, &places, error))
		return false;
	for (size_t i = 0; i < places.count; i++)
		doc_push(items, present_row(web, &places.items[i], base));
	doc_set(page, "items", items);
	doc_set_bool(page, "is_empty", places.count == 0);
	page_pager(web, page, list_url(web, base, by_name, NULL),
	    id_is_none(&places.next) ? NULL
				     : list_url(web, base, by_name, present_id(web, &places.next)));
	places_set_sort(web, page, list_url(web, base, true, NULL), base);
	if (items_r)
		*items_r = items;
	return true;
}

bool page_albums(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Albums");

	return chrome_live(web, page, error) &&
	       places_fill(web, page, PLACE_ALBUM, "/albums", NULL, error) &&
	       page_send(web, 200, "albums", page, error);
}

bool page_admin_projects(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Projects");

	return chrome_live(web, page, error) &&
	       places_fill(web, page, PLACE_PROJECT, "/admin/projects", NULL, error) &&
	       page_send(web, 200, "projects", page, error);
}

/* --- sites and claims ---------------------------------------------------------------------------
 */

/* What the viewer has said of each site of the list. */
static void set_own_claims(struct doc *items, const struct claim_rows *claims)
{
	for (uint32_t i = 0; i < items->as.list.count; i++) {
		struct doc *item = (struct doc *)items->as.list.items[i];
		const char *id = doc_get(item, "id")->as.text.data;
		const struct claim *own = NULL;
		for (size_t c = 0; c < claims->count; c++) {
			struct id site;
			if (id_parse(id, &site) && id_equal(&site, &claims->items[c].site_id))
				own = &claims->items[c];
		}
		doc_set_bool(item, "is_pending", own && own->state == CLAIM_PENDING);
		doc_set_bool(item, "is_approved", own && own->state == CLAIM_APPROVED);
		doc_set_bool(item, "is_rejected", own && own->state == CLAIM_REJECTED);
		doc_set_bool(item, "can_claim", !own || own->state == CLAIM_REJECTED);
	}
}

bool page_sites(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Sites");
	struct claim_rows claims;
	struct doc *items;

	if (!chrome_live(web, page, error) ||
	    !places_fill(web, page, PLACE_SITE, "/sites", &items, error) ||
	    !claims_own(web->domain, &web->actor, web->arena, &claims, error))
		return false;
	set_own_claims(items, &claims);
	return page_send(web, 200, "sites", page, error);
}

bool page_claim_send(struct web *web, struct error *error)
{
	struct claim claim;

	return claims_make(web->domain, &web->actor, web->arena, &web->subject_id, &claim, error) &&
	       redirect_to(web, "/sites?done=claimed");
}

static const struct {
	const char *label, *claims; /* of the address; NULL: the sites */
} tabs[] = {{"Sites", NULL}, {"Claims to decide", "pending"}, {"Owners", "approved"},
    {"Rejected claims", "rejected"}};

static const char *tab_url(struct web *web, const char *claims, const char *cursor)
{
	return http_url_build(web->arena, "/admin/sites", HTTP_NO_PAIRS,
	    HTTP_PAIRS({"claims", claims}, {"cursor", cursor}));
}

static void set_tabs(struct web *web, struct doc *page, int64_t pending)
{
	const struct web_value *claims = input_get(web, "claims");
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++) {
		struct doc *tab = doc_object(web->arena);
		doc_set_text(tab, "label",
		    i == 1 && pending > 0 ? arena_printf(web->arena, "%s (%s%s)", tabs[i].label,
						show_number(web->arena, pending),
						pending == CLAIMS_COUNTED ? " or more" : "")
					  : tabs[i].label);
		doc_set_text(tab, "url", tab_url(web, tabs[i].claims, NULL));
		doc_set_bool(tab, "is_current",
		    i == 0 ? !claims->present
			   : claims->present && (size_t)claims->integer == i - 1);
		doc_push(list, tab);
	}
	doc_set(page, "tabs", list);
}

static bool fill_claims(struct web *web, struct doc *page, struct error *error)
{
	const struct web_value *state = input_get(web, "claims");
	struct doc *list = doc_list(web->arena);
	struct claims_page claims;

	if (!claims_list(web->domain, &web->actor, web->arena, (enum claim_state)state->integer,
		input_id(web, "cursor"), PAGE_ROWS, &claims, error))
		return false;
	for (size_t i = 0; i < claims.count; i++)
		doc_push(list, present_claim(web, &claims.items[i]));
	doc_set(page, "claims", list);
	doc_set_bool(page, "is_empty", claims.count == 0);
	page_pager(web, page, tab_url(web, state->text, NULL),
	    id_is_none(&claims.next) ? NULL
				     : tab_url(web, state->text, present_id(web, &claims.next)));
	return true;
}

bool page_admin_sites(struct web *web, struct error *error)
{
	bool is_claims = input_get(web, "claims")->present;
	struct doc *page = page_begin(web, "Sites");
	int64_t pending = 0;

	if (!chrome_live(web, page, error) ||
	    !claims_pending(web->domain, &web->actor, web->arena, &pending, error) ||
	    !(is_claims ? fill_claims(web, page, error)
			: places_fill(web, page, PLACE_SITE, "/admin/sites", NULL, error)))
		return false;
	set_tabs(web, page, pending);
	doc_set_bool(page, "is_claims", is_claims);
	return page_send(web, 200, "admin_sites", page, error);
}

bool page_claim_decide_send(struct web *web, struct error *error)
{
	bool approve = input_get(web, "decision")->integer == 0;
	struct claim claim;
	struct id id;

	return web_path_id(web, "claim_id", &id, error) &&
	       claims_decide(web->domain, &web->actor, web->arena, &web->subject_id, &id, approve,
		   &claim, error) &&
	       redirect_to(web, http_url_build(web->arena, "/admin/sites", HTTP_NO_PAIRS,
				    HTTP_PAIRS({"claims", "pending"},
					{"done", approve ? "claim_approved" : "claim_rejected"})));
}
