/* route_inputs.c - what each route takes: names, types and bounds. */
#include "route_inputs.h"

#include <domain/webhooks.h>

/* Choices are in the order of the enums that handlers turn them into. */
static const char *const status_choices[] = {"pending", "approved", "rejected", NULL};
/* In the order of the enum. */
static const char *const list_status_choices[] = {
    "pending", "approved", "rejected", "deletion_requested", NULL};
static const char *const patch_choices[] = {
    "update_status", "recover", "request_deletion", "review_deletion", "cancel_request", NULL};
static const char *const kind_choices[] = {"photo", "album", "project", "site", "quest",
    "adventure", "event", "user", "organization", NULL};
static const char *const state_choices[] = {
    "marking", "trashed", "restoring", "restored", "purging", "purged", NULL};
static const char *const content_choices[] = {"quests", "adventures", NULL};
static const char *const publishing_choices[] = {"draft", "published", "archived", NULL};
static const char *const purpose_choices[] = {"account.delete", "account.export", "user.delete",
    "photo.permanent", "organization.delete", NULL};
static const char *const delete_choices[] = {"DELETE", NULL};
static const char *const tab_choices[] = {"deleted", "archived", NULL};
static const char *const photo_action_choices[] = {"delete", "archive", "orphan", NULL};
static const char *const decision_choices[] = {"approve", "reject", NULL};
static const char *const unit_choices[] = {"seconds", "minutes", "hours", "days", NULL};
static const char *const requests_choices[] = {"pending", "recoverable", NULL};
static const char *const claim_choices[] = {"pending", "approved", "rejected", NULL};
static const char *const request_tab_choices[] = {"own", "sites", NULL};
static const char *const request_choices[] = {
    "pending", "approved", "rejected", "cancelled", "superseded", NULL};
static const char *const step_choices[] = {"name", NULL};
static const char *const format_choices[] = {"csv", "jsonl", NULL};

#define END                                                                                        \
	{                                                                                          \
		.name = NULL                                                                       \
	}
#define REASON                                                                                     \
	{                                                                                          \
		.name = "reason", .type = INPUT_TEXT, .max = 2000,                                 \
		.meaning = "why, in one's own words"                                               \
	}
#define LIMIT                                                                                      \
	{                                                                                          \
		.name = "limit", .type = INPUT_INTEGER, .place = IN_QUERY, .min = 1, .max = 200,   \
		.meaning = "items on a page"                                                       \
	}
#define CURSOR                                                                                     \
	{                                                                                          \
		.name = "cursor", .type = INPUT_ID, .place = IN_QUERY,                             \
		.meaning = "`next` of a list"                                                      \
	}
#define QUERY(name_, type_, meaning_)                                                              \
	{                                                                                          \
		.name = (name_), .type = (type_), .place = IN_QUERY, .meaning = (meaning_)         \
	}
#define NOTICE                                                                                     \
	QUERY("done", INPUT_TEXT, NULL), QUERY("act", INPUT_TEXT, NULL),                           \
	    QUERY("n", INPUT_TEXT, NULL)
#define IDS                                                                                        \
	{                                                                                          \
		.name = "ids", .type = INPUT_IDS, .required = true, .max = 1000,                   \
		.meaning = "1 to 1,000 photos"                                                     \
	}
#define CONFIRM                                                                                    \
	{                                                                                          \
		.name = "confirm_text", .type = INPUT_CHOICE, .required = true,                    \
		.choices = delete_choices, .meaning = "the word DELETE"                            \
	}

const struct web_input in_token[] = {
    {.name = "email", .type = INPUT_TEXT, .required = true, .max = 254, .meaning = "address"},
    {.name = "password", .type = INPUT_TEXT, .required = true, .max = 1024, .meaning = "password"},
    END};
const struct web_input in_login[] = {
    {.name = "email", .type = INPUT_TEXT, .required = true, .max = 254},
    {.name = "password", .type = INPUT_TEXT, .required = true, .max = 1024},
    {.name = "next", .type = INPUT_TEXT, .max = 1000}, END};
const struct web_input in_login_page[] = {QUERY("next", INPUT_TEXT, NULL), NOTICE, END};
const struct web_input in_sso[] = {
    {.name = "token", .type = INPUT_TEXT, .required = true, .max = 12000},
    {.name = "next", .type = INPUT_TEXT, .max = 1000}, END};
const struct web_input in_reauth_page[] = {
    {.name = "act", .type = INPUT_ID, .place = IN_QUERY, .required = true}, END};
const struct web_input in_reauth_send[] = {{.name = "act", .type = INPUT_ID, .required = true},
    {.name = "password", .type = INPUT_TEXT, .max = 1024}, END};
const struct web_input in_reauth[] = {
    {.name = "password",
	.type = INPUT_TEXT,
	.max = 1024,
	.meaning = "password; not needed with a fresh host token"},
    {.name = "purpose",
	.type = INPUT_CHOICE,
	.required = true,
	.choices = purpose_choices,
	.meaning = "what it is for"},
    {.name = "item", .type = INPUT_ID, .meaning = "the item, where the purpose has one"}, END};
const struct web_input in_account_name[] = {
    {.name = "display_name", .type = INPUT_TEXT, .required = true, .max = 200}, END};
const struct web_input in_account_notices[] = {
    {.name = "retention", .type = INPUT_BOOL}, {.name = "requests", .type = INPUT_BOOL}, END};
const struct web_input in_upload[] = {
    {.name = "title", .type = INPUT_TEXT, .max = 200, .meaning = "what people call it"},
    {.name = "description", .type = INPUT_TEXT, .max = 5000, .meaning = "free text"},
    {.name = "project_id", .type = INPUT_ID, .meaning = "project to put it in"},
    {.name = "site_id", .type = INPUT_ID, .meaning = "site to submit it to"},
    {.name = "tags", .type = INPUT_TEXT, .max = 6000, .meaning = "names, comma-separated"}, END};
const struct web_input in_upload_page[] = {
    QUERY("project_id", INPUT_ID, NULL), QUERY("site_id", INPUT_ID, NULL), END};
const struct web_input in_photo_list[] = {
    QUERY("include_archived", INPUT_BOOL, "archived photos too"),
    QUERY("includeDeleted", INPUT_BOOL, "deleted photos too (admins)"),
    QUERY("project_id", INPUT_ID, "of this project"), QUERY("site_id", INPUT_ID, "of this site"),
    {.name = "tag",
	.type = INPUT_TEXT,
	.place = IN_QUERY,
	.max = 100,
	.meaning = "with this tag, by name or id"},
    LIMIT, CURSOR, END};
const struct web_input in_library[] = {QUERY("include_archived", INPUT_BOOL, NULL),
    QUERY("mine", INPUT_BOOL, NULL), QUERY("project_id", INPUT_ID, NULL),
    QUERY("site_id", INPUT_ID, NULL),
    {.name = "tag", .type = INPUT_TEXT, .place = IN_QUERY, .max = 100}, CURSOR, NOTICE, END};
const struct web_input in_notice[] = {NOTICE, END};
const struct web_input in_reason[] = {REASON, END};
const struct web_input in_patch[] = {{.name = "action",
					 .type = INPUT_CHOICE,
					 .required = true,
					 .choices = patch_choices,
					 .meaning = "what to do"},
    {.name = "status",
	.type = INPUT_CHOICE,
	.choices = status_choices,
	.meaning = "of update_status"},
    {.name = "decision",
	.type = INPUT_CHOICE,
	.choices = decision_choices,
	.meaning = "of review_deletion"},
    REASON, END};
const struct web_input in_status[] = {
    {.name = "status", .type = INPUT_CHOICE, .required = true, .choices = status_choices}, REASON,
    END};
const struct web_input in_forever[] = {CONFIRM, END};
const struct web_input in_forever_page[] = {CONFIRM, REASON, END};
const struct web_input in_bulk[] = {IDS, REASON, END};
const struct web_input in_bulk_archive[] = {
    {.name = "ids", .type = INPUT_IDS, .max = 1000, .meaning = "1 to 1,000 photos of one's own"},
    {.name = "criteria",
	.type = INPUT_OBJECT,
	.meaning = "instead of ids (admins): project_id, date_range with start and end, tag_ids; "
		   "all that are given must match"},
    REASON, {.name = "dry_run", .type = INPUT_BOOL, .meaning = "only count what the criteria fit"},
    END};
const struct web_input in_selection[] = {{.name = "ids",
					     .type = INPUT_IDS,
					     .place = IN_QUERY,
					     .required = true,
					     .max = PHOTOS_FIND_MOST},
    END};
const struct web_input in_share[] = {
    {.name = "expires_at", .type = INPUT_TIME, .meaning = "end of the link"}, END};
const struct web_input in_share_page[] = {
    {.name = "days", .type = INPUT_INTEGER, .min = 1, .max = 365}, END};
const struct web_input in_result[] = {END};
const struct web_input in_list[] = {LIMIT, CURSOR, END};
const struct web_input in_deletions[] = {{.name = "state",
					     .type = INPUT_CHOICE,
					     .place = IN_QUERY,
					     .choices = state_choices,
					     .meaning = "default: what can be restored"},
    {.name = "kind",
	.type = INPUT_CHOICE,
	.place = IN_QUERY,
	.choices = kind_choices,
	.meaning = "of this kind"},
    LIMIT, CURSOR, END};
const struct web_input in_restore[] = {
    {.name = "without_container",
	.type = INPUT_BOOL,
	.meaning = "leave behind a container that is itself deleted"},
    {.name = "items", .type = INPUT_IDS, .max = 1000, .meaning = "only these photos"}, END};
const struct web_input in_trash[] = {
    {.name = "q", .type = INPUT_TEXT, .place = IN_QUERY, .max = 200},
    {.name = "tab", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = tab_choices},
    {.name = "kind", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = kind_choices}, CURSOR,
    NOTICE, END};
const struct web_input in_deletion[] = {CURSOR, NOTICE, END};
const struct web_input in_undo[] = {{.name = "act_id", .type = INPUT_ID, .required = true}, END};
#define CONTENT_FILTERS                                                                            \
	{.name = "content_type",                                                                   \
	    .type = INPUT_CHOICE,                                                                  \
	    .place = IN_QUERY,                                                                     \
	    .choices = content_choices,                                                            \
	    .meaning = "quests or adventures; default both"},                                      \
	{                                                                                          \
		.name = "status", .type = INPUT_CHOICE, .place = IN_QUERY,                         \
		.choices = publishing_choices, .meaning = "publishing status"                      \
	}
const struct web_input in_content_list[] = {CONTENT_FILTERS, LIMIT, CURSOR, END};
const struct web_input in_content_page[] = {CONTENT_FILTERS, LIMIT, CURSOR, NOTICE, END};
const struct web_input in_content[] = {
    {.name = "content_id", .type = INPUT_ID, .required = true, .meaning = "which one"},
    {.name = "content_type",
	.type = INPUT_CHOICE,
	.required = true,
	.choices = content_choices,
	.meaning = "quests or adventures"},
    END};
const struct web_input in_content_forever[] = {
    {.name = "content_id", .type = INPUT_ID, .required = true, .meaning = "which one"},
    {.name = "content_type",
	.type = INPUT_CHOICE,
	.required = true,
	.choices = content_choices,
	.meaning = "quests or adventures"},
    CONFIRM, END};
#define AUDIT_FILTERS                                                                              \
	QUERY("from", INPUT_TIME, "at or after"), QUERY("to", INPUT_TIME, "before"),               \
	    QUERY("actor", INPUT_TEXT, "user id, or worker, operator, visitor"),                   \
	    QUERY("action", INPUT_TEXT, "e.g. photo.delete"),                                      \
	    QUERY("kind", INPUT_TEXT, "kind of the item"), QUERY("item_id", INPUT_ID, "the item")
const struct web_input in_audit[] = {AUDIT_FILTERS, LIMIT, CURSOR, END};
const struct web_input in_audit_export[] = {AUDIT_FILTERS,
    {.name = "format", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = format_choices}, END};
const struct web_input in_storage[] = {{.name = "cursor",
					   .type = INPUT_TEXT,
					   .place = IN_QUERY,
					   .max = 40,
					   .meaning = "`next` of a list"},
    LIMIT, END};
const struct web_input in_storage_page[] = {
    QUERY("waiting", INPUT_BOOL, NULL), CURSOR, NOTICE, END};

#define PHOTO_ACTION(place_)                                                                       \
	{                                                                                          \
		.name = "photo_action", .type = INPUT_CHOICE, .place = (place_),                   \
		.choices = photo_action_choices,                                                   \
		.meaning = "what becomes of its photos; default orphan"                            \
	}
#define CONFIRMATION                                                                               \
	{                                                                                          \
		.name = "confirmation", .type = INPUT_TEXT, .required = true, .max = 400,          \
		.meaning = "its name"                                                              \
	}
const struct web_input in_impact[] = {PHOTO_ACTION(IN_QUERY), END};
/* Asked alike of all kinds; only projects and sites leave a choice. */
const struct web_input in_impact_of_all[] = {
    {.name = "photo_action",
	.type = INPUT_CHOICE,
	.place = IN_QUERY,
	.choices = photo_action_choices,
	.meaning = "taken, and without effect: there is no choice here"},
    END};
const struct web_input in_container_delete[] = {PHOTO_ACTION(IN_BODY), CONFIRMATION, REASON, END};
const struct web_input in_organization_delete[] = {CONFIRMATION, REASON, END};
/* Pages count what is quick to count, unless told to count all. */
#define EXACT QUERY("exact", INPUT_BOOL, NULL)
const struct web_input in_container_delete_page[] = {EXACT, END};
const struct web_input in_organization_delete_page[] = {
    {.name = "step", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = step_choices}, EXACT, END};
const struct web_input in_organization_act[] = {{.name = "organization_id", .type = INPUT_ID}, END};
static const char *const form_choices[] = {"library", "upload", "photos", "archive", NULL};
const struct web_input in_choose[] = {{.name = "for",
					  .type = INPUT_CHOICE,
					  .place = IN_QUERY,
					  .required = true,
					  .choices = form_choices},
    {.name = "q", .type = INPUT_TEXT, .place = IN_QUERY, .max = 200}, CURSOR, END};
const struct web_input in_album[] = {
    {.name = "after", .type = INPUT_INTEGER, .place = IN_QUERY, .max = UINT32_MAX}, CURSOR, NOTICE,
    END};
static const char *const sort_choices[] = {"newest", "name", NULL};
#define SORT                                                                                       \
	{                                                                                          \
		.name = "sort", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = sort_choices   \
	}
const struct web_input in_place_page[] = {SORT, CURSOR, NOTICE, END};
const struct web_input in_sites_page[] = {
    {.name = "claims", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = claim_choices}, SORT,
    CURSOR, NOTICE, END};
const struct web_input in_decision[] = {{.name = "decision",
					    .type = INPUT_CHOICE,
					    .required = true,
					    .choices = decision_choices,
					    .meaning = "what the admin says"},
    END};
const struct web_input in_requests[] = {
    {.name = "type",
	.type = INPUT_CHOICE,
	.place = IN_QUERY,
	.choices = requests_choices,
	.meaning = "pending requests, soonest due first, or photos in the trash"},
    LIMIT, CURSOR, END};
const struct web_input in_recover_page[] = {QUERY("after", INPUT_TIME, NULL), CURSOR, NOTICE, END};
const struct web_input in_account_page[] = {QUERY("after", INPUT_TIME, NULL), CURSOR, NOTICE, END};
const struct web_input in_trash_restore[] = {
    {.name = "ids", .type = INPUT_IDS, .required = true, .max = 50}, END};
#define CRITERIA(place_)                                                                           \
	{.name = "project_id", .type = INPUT_ID, .place = (place_)},                               \
	    {.name = "from", .type = INPUT_TIME, .place = (place_)},                               \
	    {.name = "to", .type = INPUT_TIME, .place = (place_)},                                 \
	{                                                                                          \
		.name = "tags", .type = INPUT_TEXT, .place = (place_), .max = 600                  \
	}
const struct web_input in_admin_photos[] = {QUERY("include_archived", INPUT_BOOL, NULL),
    QUERY("includeDeleted", INPUT_BOOL, NULL), QUERY("project_id", INPUT_ID, NULL),
    QUERY("site_id", INPUT_ID, NULL),
    {.name = "status", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = list_status_choices},
    {.name = "tag", .type = INPUT_TEXT, .place = IN_QUERY, .max = 100}, CURSOR, NOTICE, END};
const struct web_input in_archive_page[] = {CRITERIA(IN_QUERY), EXACT, END};
const struct web_input in_archive_send[] = {CRITERIA(IN_BODY), REASON, END};

/* Bounds as in domain/settings. */
#define WINDOW(name_, min_, max_, meaning_)                                                        \
	{                                                                                          \
		.name = (name_), .type = INPUT_INTEGER, .min = (min_), .max = (max_),              \
		.meaning = (meaning_)                                                              \
	}
#define DAY 86400
const struct web_input in_settings[] = {
    WINDOW("photo_recovery_s", 0, 30 * DAY, "window of deleted photos, seconds"),
    WINDOW("container_recovery_s", 3600, 30 * DAY,
	"window of deleted albums, projects, sites, users and organisations, seconds"),
    WINDOW("archive_retention_s", DAY, 3650 * DAY, "how long archived photos stay, seconds"),
    WINDOW("account_grace_s", 0, 28 * DAY, "grace period of account deletions, seconds"),
    WINDOW("audit_retention_months", 12, 120, "how long audit entries stay, months"),
    {.name = "self_deletion",
	.type = INPUT_BOOL,
	.meaning = "members may delete their own account"},
    {.name = "admin_deletion", .type = INPUT_BOOL, .meaning = "admins may delete accounts"}, END};

/* On the page an amount comes with its unit. */
#define AMOUNT(name_)                                                                              \
	{.name = (name_), .type = INPUT_INTEGER, .required = true, .max = INT64_C(999999999)},     \
	{                                                                                          \
		.name = name_ "_unit", .type = INPUT_CHOICE, .choices = unit_choices               \
	}
const struct web_input in_settings_page[] = {AMOUNT("photo_recovery_s"),
    AMOUNT("container_recovery_s"), AMOUNT("archive_retention_s"), AMOUNT("account_grace_s"),
    AMOUNT("audit_retention_months"), {.name = "self_deletion", .type = INPUT_BOOL},
    {.name = "admin_deletion", .type = INPUT_BOOL}, END};

/* An address is a secret where its path holds one; its length is the domain's to judge. */
const struct web_input in_webhook[] = {{.name = "url",
					   .type = INPUT_TEXT,
					   .required = true,
					   .max = WEBHOOK_URL_MAX,
					   .meaning = "where to post: https (or http), no account"},
    {.name = "events",
	.type = INPUT_CHOICES,
	.required = true,
	.choices = webhook_events,
	.meaning = "what to be told of"},
    END};
const struct web_input in_webhooks_page[] = {CURSOR, NOTICE, END};
const struct web_input in_webhook_deliveries[] = {LIMIT, CURSOR, END};

/* Where a list of requests goes on: when the last one of a page was due, and which it was. */
#define REQUEST_LIST                                                                               \
	{.name = "status", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = request_choices},   \
	    QUERY("after", INPUT_TIME, NULL), CURSOR, NOTICE
const struct web_input in_requests_page[] = {
    {.name = "tab", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = request_tab_choices},
    REQUEST_LIST, END};
const struct web_input in_review_page[] = {REQUEST_LIST, END};
const struct web_input in_request_new_page[] = {
    {.name = "photo", .type = INPUT_ID, .place = IN_QUERY, .required = true}, END};
const struct web_input in_request_new[] = {
    {.name = "photo", .type = INPUT_ID, .required = true}, REASON, END};
const struct web_input in_decide[] = {
    {.name = "ids", .type = INPUT_IDS, .required = true, .max = PHOTOS_FIND_MOST}, REASON, END};
const struct web_input in_receipts[] = {{.name = "receipt", .type = INPUT_TEXT, .max = 20000}, END};
const struct web_input in_removal_page[] = {QUERY("sent", INPUT_BOOL, NULL),
    {.name = "photo", .type = INPUT_TEXT, .place = IN_QUERY, .max = 1000}, NOTICE, END};
const struct web_input in_removal[] = {
    {.name = "email", .type = INPUT_TEXT, .required = true, .max = 254},
    {.name = "photo", .type = INPUT_TEXT, .max = 1000}, END};
const struct web_input in_removal_link[] = {
    {.name = "photo", .type = INPUT_TEXT, .max = 100}, REASON, END};

static const char *const kept_choices[] = {"delete", "keep", NULL};
static const char *const events_choices[] = {"anonymize", "transfer", "block", NULL};
static const char *const role_choices[] = {"member", "admin", "platform_admin", NULL};
static const char *const mode_choices[] = {"soft", "hard", NULL};
#define KEPT(place_)                                                                               \
	{                                                                                          \
		.name = "photos", .type = INPUT_CHOICE, .place = (place_),                         \
		.choices = kept_choices,                                                           \
		.meaning = "deleted, or kept without a name; default delete"                       \
	}
#define CHOICES                                                                                    \
	KEPT(IN_BODY),                                                                             \
	    {.name = "events",                                                                     \
		.type = INPUT_CHOICE,                                                              \
		.choices = events_choices,                                                         \
		.meaning = "what becomes of events; default anonymize"},                           \
	{                                                                                          \
		.name = "transfer_to", .type = INPUT_ID, .meaning = "who takes over events"        \
	}
const struct web_input in_leave[] = {{.name = "phrase",
					 .type = INPUT_TEXT,
					 .required = true,
					 .max = 400,
					 .meaning = "the words: delete my account"},
    REASON, CHOICES, END};
#define ADDRESS                                                                                    \
	{                                                                                          \
		.name = "transfer_address", .type = INPUT_TEXT, .max = 254                         \
	}
#define CHOSEN_EVENTS                                                                              \
	{                                                                                          \
		.name = "events", .type = INPUT_CHOICE, .place = IN_QUERY,                         \
		.choices = events_choices                                                          \
	}
#define PHRASE                                                                                     \
	{                                                                                          \
		.name = "phrase", .type = INPUT_TEXT, .max = 400                                   \
	}
const struct web_input in_leave_page[] = {KEPT(IN_QUERY), CHOSEN_EVENTS, EXACT, END};
const struct web_input in_leave_send[] = {PHRASE, REASON, CHOICES, ADDRESS, END};
static const char *const settle_choices[] = {"anonymize", "transfer", NULL};
const struct web_input in_event_page[] = {
    {.name = "events", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = settle_choices},
    {.name = "next", .type = INPUT_TEXT, .place = IN_QUERY, .max = 1000}, END};
const struct web_input in_event_send[] = {
    {.name = "events", .type = INPUT_CHOICE, .required = true, .choices = settle_choices},
    {.name = "transfer_to", .type = INPUT_ID}, ADDRESS,
    {.name = "next", .type = INPUT_TEXT, .max = 1000}, END};
const struct web_input in_event[] = {{.name = "action",
					 .type = INPUT_CHOICE,
					 .required = true,
					 .choices = settle_choices,
					 .meaning = "without a name, or handed over"},
    {.name = "transfer_to", .type = INPUT_ID, .meaning = "who takes it over; of transfer"}, END};
static const char *const user_state_choices[] = {"leaving", "asked", "deleted", NULL};
const struct web_input in_users_page[] = {QUERY("includeDeleted", INPUT_BOOL, NULL),
    {.name = "role", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = role_choices},
    {.name = "state", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = user_state_choices},
    {.name = "q", .type = INPUT_TEXT, .place = IN_QUERY, .max = 200}, SORT, CURSOR, NOTICE, END};
const struct web_input in_user_delete_page[] = {
    {.name = "mode", .type = INPUT_CHOICE, .place = IN_QUERY, .choices = mode_choices},
    KEPT(IN_QUERY), CHOSEN_EVENTS, EXACT, END};
const struct web_input in_user_page[] = {NOTICE, EXACT, END};
const struct web_input in_user_delete_send[] = {
    {.name = "mode", .type = INPUT_CHOICE, .choices = mode_choices},
    {.name = "confirmation", .type = INPUT_TEXT, .max = 400}, REASON, CHOICES, ADDRESS, END};
const struct web_input in_user_bulk_send[] = {
    {.name = "ids", .type = INPUT_IDS, .required = true, .max = 1000}, REASON, CHOICES, ADDRESS,
    END};
const struct web_input in_users[] = {QUERY("includeDeleted", INPUT_BOOL, "deleted accounts too"),
    {.name = "role",
	.type = INPUT_CHOICE,
	.place = IN_QUERY,
	.choices = role_choices,
	.meaning = "of this role"},
    {.name = "q",
	.type = INPUT_TEXT,
	.place = IN_QUERY,
	.max = 200,
	.meaning = "whose name or address has this in it"},
    LIMIT, CURSOR, END};
const struct web_input in_user_role[] = {{.name = "role",
					     .type = INPUT_CHOICE,
					     .required = true,
					     .choices = role_choices,
					     .meaning = "the new role"},
    END};
const struct web_input in_user_delete[] = {{.name = "mode",
					       .type = INPUT_CHOICE,
					       .place = IN_QUERY,
					       .choices = mode_choices,
					       .meaning = "with a window, or at once (with "
							  "re-authentication); default soft"},
    REASON, CHOICES, END};
const struct web_input in_user_bulk[] = {{.name = "ids",
					     .type = INPUT_IDS,
					     .required = true,
					     .max = 1000,
					     .meaning = "1 to 1,000 accounts"},
    REASON, CHOICES, END};
