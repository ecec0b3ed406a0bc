/* chrome.c - navigation, user, toast. */
#include "chrome.h"

#include "show.h"

#include <auth/csrf.h>
#include <domain/audit.h>
#include <domain/requests.h>
#include <http/url.h>
#include <store/organizations.h>
#include <string.h>

struct nav {
	const char *path, *label;
	enum role least;
	const char *meaning; /* of a page of the admins' section, for its list */
};

static const struct nav navs[] = {
    {"/", "Library", ROLE_MEMBER, NULL},
    {"/upload", "Add photos", ROLE_MEMBER, NULL},
    {"/albums", "Albums", ROLE_MEMBER, NULL},
    {"/content", "Content", ROLE_MEMBER, NULL},
    {"/requests", "Requests", ROLE_MEMBER, NULL},
    {"/trash", "Trash", ROLE_MEMBER, NULL},
    {"/admin", "Admin", ROLE_ADMIN, NULL},
};

/* The admins' section: one entry of the navigation, and these within it. */
static const struct nav admin_navs[] = {
    {"/admin", "Overview", ROLE_ADMIN, NULL},
    {"/admin/requests", "Requests", ROLE_ADMIN,
	"Who asks for a photo's deletion: approve or reject, soonest due first."},
    {"/admin/photos", "Photos", ROLE_ADMIN,
	"All photos of the organisation: archive or delete many at once."},
    {"/admin/projects", "Projects", ROLE_ADMIN,
	"Projects and what deleting one would do to its photos."},
    {"/admin/sites", "Sites", ROLE_ADMIN, "Sites, who owns them, and claims to decide."},
    {"/admin/users", "Accounts", ROLE_ADMIN,
	"The people of the organisation: roles, deleting accounts, bringing them back."},
    {"/admin/recover", "Recovery", ROLE_ADMIN,
	"What can still be brought back, soonest to close first."},
    {"/admin/settings", "Settings", ROLE_ADMIN,
	"How long deleted and archived things stay, and who may delete accounts."},
    {"/admin/audit", "Audit trail", ROLE_ADMIN, "Who did what, and when."},
    {"/admin/storage", "Storage", ROLE_ADMIN, "Files of what was purged, until they are gone."},
    {"/admin/webhooks", "Webhooks", ROLE_ADMIN,
	"Addresses that are told what happens here, and what became of each message."},
    {"/admin/organizations", "Organisations", ROLE_PLATFORM_ADMIN,
	"All organisations of this installation: act for one, delete, restore."},
};

/* All that is open to somebody whose account is on its way out. */
static const struct nav leaving_navs[] = {
    {"/account/deletion", "Deletion of your account", ROLE_MEMBER, NULL},
    {"/account/export", "Export", ROLE_MEMBER, NULL},
};

static const char *const role_words[] = {
    [ROLE_VISITOR] = "visitor",
    [ROLE_MEMBER] = "member",
    [ROLE_ADMIN] = "admin",
    [ROLE_PLATFORM_ADMIN] = "platform admin",
    [ROLE_SYSTEM] = "system",
};

/* What a redirect can say on the page it leads to: `done` in its query. */
static const struct {
	const char *code, *one, *many; /* `many` follows a count */
} notices[] = {
    {"deleted", "The photo is in the trash.", "photos are in the trash."},
    {"restored", "Restored.", "items were restored."},
    {"restored_leaving",
	"Restored. What belongs to somebody who is leaving stays hidden with their account, and "
	"comes back if they stay.",
	"items were restored. What belongs to somebody who is leaving stays hidden with their "
	"account, and comes back if they stay."},
    {"archived", "Archived.", "photos were archived."},
    {"unarchived", "Back from the archive.", "photos are back from the archive."},
    {"purged", "Deleted forever.", "items were deleted forever."},
    {"added", "The photo was added.", "photos were added."},
    {"revoked", "The link is dead from now on.", NULL},
    {"retried", "It will be tried again right away.", NULL},
    {"renamed", "Your name is saved.", NULL},
    {"notices", "Your choice of mails is saved.", NULL},
    {"export_started", "Your export is on its way.", NULL},
    {"session_ended", "That browser is signed out.", NULL},
    {"sessions_ended", "You are signed out everywhere else.", NULL},
    {"signed_out", "You are signed out.", NULL},
    {"approved", "The photo is approved: others see it from now on.", NULL},
    {"rejected", "The photo is rejected: only its owner and admins see it.", NULL},
    {"reviewed", "The photo waits for a decision again.", NULL},
    {"album_deleted", "The album is in the trash. Its photos stay where they are.", NULL},
    {"project_deleted", "The project is in the trash.", NULL},
    {"site_deleted", "The site is in the trash.", NULL},
    {"organization_deleted", "The organisation is in the trash; its people are signed out.", NULL},
    {"acting", "You act for this organisation from now on.", NULL},
    {"archived_none", "Nothing fits these criteria any more; nothing was archived.", NULL},
    {"settings", "The settings are saved. They hold for what is deleted or archived from now on.",
	NULL},
    {"claimed", "Your claim is on its way: an admin decides.", NULL},
    {"claim_approved", "The claim is approved.", NULL},
    {"claim_rejected", "The claim is rejected.", NULL},
    {"asked", "Your request is on its way: an admin decides within 28 days.", NULL},
    {"request_cancelled", "Your request is taken back. Nothing else happens.", NULL},
    {"request_approved", "Approved: the photo is in the trash, and whoever asked is told.",
	"photos are approved for deletion and in the trash; whoever asked is told."},
    {"request_rejected", "Rejected: the photo stays, and whoever asked is told why.",
	"photos stay; whoever asked is told why."},
    {"account_kept", "Your account stays as it is: nothing of it is deleted.", NULL},
    {"account_deleted", "The account is deleted: hidden, and its owner signed out.", NULL},
    {"account_erased", "The account is being erased; nothing brings it back.", NULL},
    {"account_restored", "The account is back, with what belongs to it.", NULL},
    {"role", "The role is changed.", NULL},
    {"webhook_deleted", "The subscription is removed. Nothing more is sent there.", NULL},
    {"webhook_tested", "A test event is on its way; it shows below.", NULL},
    {"undone", "Undone: everything is back where it was.", NULL},
};

/* A page of a section belongs to the section's entry, but for the start page. */
static bool is_within(const char *path, const char *entry)
{
	size_t length = strlen(entry);

	return length > 1 && strncmp(path, entry, length) == 0 &&
	       (path[length] == '\0' || path[length] == '/');
}

/* How many requests wait, beside the way to them. A store out of reach leaves the number out. */
static const char *count_requests(struct web *web, const char *label)
{
	int64_t pending = 0;
	int64_t overdue = 0;

	if (!web->domain->db ||
	    !requests_pending(web->domain, &web->actor, web->arena, &pending, &overdue, NULL))
		return label;
	return pending == 0 ? label
			    : arena_printf(web->arena, "%s (%lld%s)", label, (long long)pending,
				  pending < REQUESTS_COUNTED ? "" : "+");
}

static struct doc *nav_list(struct web *web, const struct nav *entries, size_t count, bool exact)
{
	struct doc *list = doc_list(web->arena);
	const char *path = web->request->path;

	for (size_t i = 0; i < count; i++) {
		struct doc *entry = doc_object(web->arena);
		if (web->actor.role < entries[i].least)
			continue;
		doc_set_text(entry, "path", entries[i].path);
		doc_set_text(entry, "label",
		    strcmp(entries[i].path, "/admin/requests") == 0
			? count_requests(web, entries[i].label)
			: entries[i].label);
		doc_set_text(entry, "meaning", entries[i].meaning);
		doc_set_bool(entry, "is_current",
		    strcmp(path, entries[i].path) == 0 ||
			(!(exact && i == 0) && is_within(path, entries[i].path)));
		doc_push(list, entry);
	}
	return list;
}

static void fill_nav(struct web *web, struct doc *page)
{
	bool is_section = actor_is_admin(&web->actor) && is_within(web->request->path, "/admin");

	doc_set_null(page, "section");
	doc_set_bool(page, "has_section", false);
	if (web->session && web->session->deletion_status == USER_DELETION_SCHEDULED) {
		doc_set(page, "nav", nav_list(web, leaving_navs, 2, false));
		return;
	}
	doc_set(page, "nav", nav_list(web, navs, sizeof(navs) / sizeof(navs[0]), false));
	if (is_section)
		doc_set(page, "section",
		    nav_list(web, admin_navs, sizeof(admin_navs) / sizeof(admin_navs[0]), true));
	doc_set_bool(page, "has_section", is_section);
}

/* A platform admin who acts for another organisation sees which. */
static const char *acting_for(struct web *web)
{
	const struct id *acting = &web->session->acting_organization_id;
	const char *name = NULL;

	if (id_is_none(acting) || id_equal(acting, &web->session->organization_id) ||
	    !web->domain->db)
		return NULL;
	if (organizations_name(web->domain->db, web->arena, acting, &name) != DB_OK)
		return "another organisation";
	return name;
}

static void fill_user(struct web *web, struct doc *page)
{
	struct doc *user;

	if (!web->session) {
		doc_set_null(page, "user");
		return;
	}
	user = doc_object(web->arena);
	doc_set_text(user, "name", web->session->display_name);
	doc_set_text(user, "role", role_words[web->session->role]);
	doc_set_text(user, "id", web->session->uid);
	/* A visitor's form on the page has a token of its own. */
	doc_set_text(user, "csrf", web->session->csrf);
	doc_set_text(user, "acting_for", acting_for(web));
	doc_set(page, "user", user);
	doc_set_text(page, "csrf", web->session->csrf);
}

static int64_t small_number(const char *text)
{
	int64_t number = 0;

	for (; text && *text >= '0' && *text <= '9' && number < 100000; text++)
		number = number * 10 + (*text - '0');
	return number;
}

/* Undo is offered by act id; whether it is the actor's own is asked when it is used. */
static void fill_toast(struct web *web, struct doc *page)
{
	const char *done = http_query(web->request, "done");
	const char *act = http_query(web->request, "act");
	int64_t count = small_number(http_query(web->request, "n"));
	struct id act_id;

	doc_set_null(page, "toast");
	for (size_t i = 0; done && i < sizeof(notices) / sizeof(notices[0]); i++) {
		struct doc *toast;
		if (strcmp(notices[i].code, done) != 0)
			continue;
		toast = doc_object(web->arena);
		doc_set_text(toast, "text",
		    count > 1 && notices[i].many
			? arena_printf(
			      web->arena, "%s %s", show_number(web->arena, count), notices[i].many)
			: notices[i].one);
		doc_set_text(toast, "act_id", act && id_parse(act, &act_id) ? act : NULL);
		doc_set(page, "toast", toast);
	}
}

static void fill_contacts(struct web *web, struct doc *page)
{
	const struct config *config = web->app->parts.config;
	struct doc *contacts = doc_object(web->arena);

	doc_set_text(contacts, "privacy", config->contact_privacy);
	doc_set_text(contacts, "support", config->contact_support);
	doc_set_text(contacts, "general", config->contact_general);
	doc_set(page, "contacts", contacts);
}

void chrome_fill(struct web *web, struct doc *page)
{
	doc_set_text(page, "version", web->app->version);
	doc_set_text(page, "path", web->request->path);
	doc_set_text(page, "request_id", web->request->id);
	doc_set_null(page, "csrf");
	doc_set_null(page, "live");
	doc_set_bool(page, "is_admin", actor_is_admin(&web->actor));
	fill_nav(web, page);
	fill_user(web, page);
	fill_contacts(web, page);
	fill_toast(web, page);
	doc_set_null(page, "form_error");
	doc_set_null(page, "wrong");
	if (web->form_error) {
		struct doc *failure = doc_object(web->arena);
		struct doc *wrong = doc_object(web->arena);
		doc_set_text(failure, "message", show_message(web->arena, web->form_error));
		doc_set_text(failure, "field", web->form_error->field);
		doc_set_text(failure, "code", web->form_error->code);
		doc_set(page, "form_error", failure);
		doc_set_bool(wrong, web->form_error->field, true);
		doc_set(page, "wrong", wrong);
	}
}

bool chrome_revision(struct web *web, const char **etag_r, struct error *error)
{
	uint64_t revision = 0;

	if (!audit_revision(web->domain, &web->actor.organization_id, web->arena, &revision, error))
		return false;
	*etag_r = arena_printf(web->arena, "\"%016llx\"", (unsigned long long)revision);
	return true;
}

bool chrome_live(struct web *web, struct doc *page, struct error *error)
{
	struct doc *live = doc_object(web->arena);
	const char *etag = NULL;

	if (!chrome_revision(web, &etag, error))
		return false;
	doc_set_text(live, "url", "/live");
	doc_set_text(live, "revision", etag);
	doc_set(page, "live", live);
	return true;
}

void chrome_visitor_form(struct web *web, struct doc *page, const char *pattern)
{
	struct csrf_form form =
	    csrf_form_make(web->auth, web->arena, http_cookie(web->request, CSRF_COOKIE), pattern);
	struct http_set_cookie cookie = {
	    .name = CSRF_COOKIE,
	    .value = form.cookie,
	    .max_age_s = -1,
	    .is_secure = web->request->is_https,
	};

	if (form.cookie)
		http_response_cookie(web->response, &cookie);
	doc_set_text(page, "csrf", form.field);
}
