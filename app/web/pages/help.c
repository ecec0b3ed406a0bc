/* help.c - how deleting works here, and what is kept how long, in the figures of the viewer's
 * organisation; a visitor sees those of a new one. */
#include "../answer.h"
#include "../handlers.h"
#include "../show.h"
#include "settings_words.h"

#include <domain/settings.h>

/* Names of the figures in the templates. */
static const char *const figures[SETTING_COUNT] = {
    [SETTING_PHOTO_RECOVERY] = "photo",
    [SETTING_CONTAINER_RECOVERY] = "container",
    [SETTING_ARCHIVE_RETENTION] = "archive",
    [SETTING_ACCOUNT_GRACE] = "grace",
    [SETTING_AUDIT_RETENTION] = "audit",
};

static bool read_settings(struct web *web, struct settings *settings_r, struct error *error)
{
	enum db_result result = DB_NONE;

	for (size_t i = 0; i < SETTING_COUNT; i++)
		settings_r->values[i] = setting_rule((enum setting)i)->standard;
	if (web->session)
		result = settings_read(
		    web->domain->db, web->arena, &web->actor.organization_id, settings_r);
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

/* A figure that is 0 is no duration but "at once": its name with "_at_once" is true then. */
static bool set_figures(struct web *web, struct doc *page, struct error *error)
{
	struct doc *list = doc_object(web->arena);
	struct settings settings;

	if (!read_settings(web, &settings, error))
		return false;
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		if (!figures[i])
			continue;
		doc_set_text(list, figures[i],
		    settings_words(web->arena, (enum setting)i, settings.values[i]));
		doc_set_bool(list, arena_join(web->arena, figures[i], "_at_once", NULL),
		    settings.values[i] == 0);
	}
	doc_set_bool(list, "self_deletion", settings.values[SETTING_SELF_DELETION] != 0);
	doc_set_bool(list, "admin_deletion", settings.values[SETTING_ADMIN_DELETION] != 0);
	doc_set(page, "kept", list);
	doc_set_bool(page, "is_ours", web->session != NULL);
	doc_set_bool(page, "is_platform_admin", web->actor.role == ROLE_PLATFORM_ADMIN);
	return true;
}

static bool send(struct web *web, const char *title, const char *name, struct error *error)
{
	struct doc *page = page_begin(web, title);

	return set_figures(web, page, error) && page_send(web, 200, name, page, error);
}

bool page_help(struct web *web, struct error *error)
{
	return send(web, "How deleting works", "help", error);
}

bool page_privacy(struct web *web, struct error *error)
{
	return send(web, "Privacy", "privacy", error);
}
