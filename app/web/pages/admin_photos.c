/* admin_photos.c - all photos of the organisation, and archiving by what they have in common. */
#include "../acts.h"
#include "../acts_containers.h"
#include "../answer.h"
#include "../chrome.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../show.h"
#include "choices.h"

#include <domain/archives.h>
#include <http/url.h>

static const char *list_url(struct web *web, const char *cursor)
{
	return http_url_build(web->arena, "/admin/photos", HTTP_NO_PAIRS,
	    HTTP_PAIRS({"include_archived", input_text(web, "include_archived")},
		{"includeDeleted", input_text(web, "includeDeleted")},
		{"project_id", input_text(web, "project_id")},
		{"site_id", input_text(web, "site_id")}, {"status", input_text(web, "status")},
		{"tag", input_text(web, "tag")}, {"cursor", cursor}));
}

/* What waits for somebody comes first. */
static const struct {
	enum photo_status status;
	const char *words, *none;
} statuses[] = {
    {PHOTO_PENDING, "Waiting for approval", "No photo waits for approval."},
    {PHOTO_DELETION_REQUESTED, "Deletion requested", "No photo waits for its deletion."},
    {PHOTO_REJECTED, "Rejected", "No photo was rejected."},
    {PHOTO_APPROVED, "Approved", "No photo matches."},
};

static void set_statuses(struct web *web, struct doc *page)
{
	const struct web_value *status = input_get(web, "status");
	struct doc *list = doc_list(web->arena);

	doc_set_text(page, "none_words", "No photo matches.");
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		struct doc *choice = doc_object(web->arena);
		bool selected =
		    status->present && (enum photo_status)status->integer == statuses[i].status;

		doc_set_text(choice, "value", photo_status_name(statuses[i].status));
		doc_set_text(choice, "words", statuses[i].words);
		doc_set_bool(choice, "is_selected", selected);
		doc_push(list, choice);
		if (selected)
			doc_set_text(page, "none_words", statuses[i].none);
	}
	doc_set(page, "statuses", list);
}

static void set_filters(struct web *web, struct doc *page)
{
	struct doc *filters = doc_object(web->arena);
	bool archived = input_bool(web, "include_archived");
	bool deleted = input_bool(web, "includeDeleted");
	bool narrowed = input_text(web, "tag") || input_get(web, "status")->present ||
			input_get(web, "project_id")->present || input_get(web, "site_id")->present;

	doc_set_bool(filters, "include_archived", archived);
	doc_set_bool(filters, "include_deleted", deleted);
	doc_set_text(filters, "tag", input_text(web, "tag"));
	doc_set_bool(filters, "is_set", archived || deleted || narrowed);
	doc_set(page, "filters", filters);
}

bool page_admin_photos(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "All photos");
	struct photos_page photos;

	if (!chrome_live(web, page, error) || !acts_list_photos(web, &photos, error) ||
	    !choices_fill(
		web, page, "projects", PLACE_PROJECT, input_id(web, "project_id"), error) ||
	    !choices_fill(web, page, "sites", PLACE_SITE, input_id(web, "site_id"), error))
		return false;
	doc_set(page, "photos", present_photos(web, &photos));
	doc_set_text(page, "here", list_url(web, NULL));
	page_pager(web, page, list_url(web, NULL),
	    id_is_none(&photos.next) ? NULL : list_url(web, present_id(web, &photos.next)));
	set_filters(web, page);
	set_statuses(web, page);
	return page_send(web, 200, "admin_photos", page, error);
}

/* As they came: after a refusal the fields are as they were filled in. */
static void set_fields(struct web *web, struct doc *page)
{
	static const char *const names[] = {"project_id", "from", "to", "tags"};
	struct doc *fields = doc_object(web->arena);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		doc_set_text(fields, names[i],
		    web->form ? http_pairs_get(web->form, names[i])
			      : http_query(web->request, names[i]));
	doc_set(page, "fields", fields);
}

/* The preview: how many the criteria fit now. */
static bool set_preview(struct web *web, struct doc *page, struct error *error)
{
	struct archive_criteria criteria;
	bool given = false;
	struct archive_fit fit = {0};
	int64_t most = acts_count_most(web);

	if (!acts_form_criteria(web, &criteria, &given, error) ||
	    (given && !archives_preview(
			  web->domain, &web->actor, web->arena, &criteria, most, &fit, error)))
		return false;
	doc_set_bool(page, "is_previewed", given);
	doc_set_bool(page, "fits_none", fit.count == 0);
	doc_set_text(page, "count_words",
	    present_counted(web, fit.count, fit.more, most, "photo", "photos"));
	doc_set_bool(page, "is_partial", fit.more);
	doc_set_text(page, "looked_words",
	    fit.looked ? show_count(web->arena, fit.looked, "photo", "photos") : NULL);
	doc_set_text(page, "exact_url",
	    http_url_build(web->arena, "/admin/photos/archive", HTTP_NO_PAIRS,
		HTTP_PAIRS({"project_id", input_text(web, "project_id")},
		    {"from", input_text(web, "from")}, {"to", input_text(web, "to")},
		    {"tags", input_text(web, "tags")}, {"exact", "true"})));
	doc_set_bool(page, "is_one", fit.count == 1 && !fit.more);
	return true;
}

bool page_archive(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Archive by criteria");
	int64_t retention_us;
	struct deletion_windows windows;
	enum db_result result =
	    deletion_windows(web->domain->db, web->arena, &web->actor.organization_id, &windows);

	if (result != DB_OK)
		return db_fail(result, error);
	retention_us = windows.archive_retention_us;
	if (!choices_fill(web, page, "projects", PLACE_PROJECT, input_id(web, "project_id"), error))
		return false;
	doc_set_bool(page, "is_previewed", false);
	if (!web->form_error && !set_preview(web, page, error))
		return false;
	set_fields(web, page);
	doc_set_text(page, "retention_words", show_duration(web->arena, retention_us));
	show_time(web, page, "until", web->now_us + retention_us);
	doc_set_text(page, "reason", input_text(web, "reason"));
	return page_send(web, web_form_status(web), "archive", page, error);
}

bool page_archive_send(struct web *web, struct error *error)
{
	struct archive_criteria criteria;
	struct archives_result result;
	bool given = false;

	if (!acts_form_criteria(web, &criteria, &given, error) ||
	    !archives_archive(web->domain, &web->actor, web->arena, &criteria,
		input_text(web, "reason"), &result, error))
		return false;
	return redirect_to(
	    web, http_url_build(web->arena, "/admin/photos/archive", HTTP_NO_PAIRS,
		     HTTP_PAIRS({"done", result.photo_count ? "archived" : "archived_none"},
			 {"n", arena_printf(web->arena, "%lld", (long long)result.photo_count)})));
}
