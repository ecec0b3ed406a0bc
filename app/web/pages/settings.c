/* settings.c - windows and switches, with what each means. */
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../show.h"
#include "settings_words.h"

#include <domain/settings.h>
#include <string.h>

static const struct unit {
	const char *name, *one;
	int64_t seconds;
} units[] = {{"seconds", "second", 1}, {"minutes", "minute", 60}, {"hours", "hour", 3600},
    {"days", "day", 86400}};

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

static const struct {
	const char *label, *meaning;
} words[SETTING_COUNT] = {
    [SETTING_PHOTO_RECOVERY] = {"Recovery of photos",
	"How long a deleted photo can be brought back from the trash. With 0 it is deleted forever "
	"at once."},
    [SETTING_CONTAINER_RECOVERY] = {"Recovery of everything else",
	"How long a deleted album, project, site, account or the organisation can be brought back, "
	"with what went with it."},
    [SETTING_ARCHIVE_RETENTION] = {"Retention of the archive",
	"How long an archived photo stays before it is deleted forever. Three days before, its "
	"owner gets a mail."},
    [SETTING_ACCOUNT_GRACE] = {"Grace period of accounts",
	"How long people can change their mind after they have asked for the deletion of their own "
	"account. With 0 it is erased at once."},
    [SETTING_AUDIT_RETENTION] = {"Retention of the audit trail",
	"How long entries of the trail, and the records of settled deletions and requests, stay."},
    [SETTING_SELF_DELETION] = {"Members may delete their own account",
	"Switched off, they are told to ask an admin."},
    [SETTING_ADMIN_DELETION] = {"Admins may delete accounts",
	"Switched off, only the people themselves can."},
};

static const char *unit_field(struct web *web, const struct setting_rule *rule)
{
	return arena_join(web->arena, rule->name, "_unit", NULL);
}

/* The largest unit in which the value is whole. */
static size_t unit_of(int64_t seconds)
{
	size_t i = UNIT_COUNT - 1;

	while (i > 0 && (seconds % units[i].seconds != 0 || seconds == 0))
		i--;
	return seconds == 0 ? 2 : i;
}

const char *settings_words(struct arena *arena, enum setting setting, int64_t value)
{
	const struct unit *unit = &units[unit_of(value)];

	return setting_rule(setting)->unit == SETTING_MONTHS
		   ? show_count(arena, value, "month", "months")
		   : show_count(arena, value / unit->seconds, unit->one, unit->name);
}

static const char *bounds_of(struct web *web, enum setting setting)
{
	const struct setting_rule *rule = setting_rule(setting);

	return arena_join(web->arena,
	    rule->min == 0 ? "0" : settings_words(web->arena, setting, rule->min), " to ",
	    settings_words(web->arena, setting, rule->max), NULL);
}

static void set_units(struct web *web, struct doc *entry, size_t chosen)
{
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < UNIT_COUNT; i++) {
		struct doc *unit = doc_object(web->arena);
		doc_set_text(unit, "name", units[i].name);
		doc_set_bool(unit, "is_selected", i == chosen);
		doc_push(list, unit);
	}
	doc_set(entry, "units", list);
}

/* As stored, or after a refusal as it was filled in. */
static struct doc *present_setting(struct web *web, enum setting setting, int64_t value)
{
	const struct setting_rule *rule = setting_rule(setting);
	struct doc *entry = doc_object(web->arena);
	size_t unit = rule->unit == SETTING_SECONDS ? unit_of(value) : 0;
	const char *typed = web->form ? http_pairs_get(web->form, rule->name) : NULL;
	const struct web_value *typed_unit = input_get(web, unit_field(web, rule));

	if (typed && typed_unit->present)
		unit = (size_t)typed_unit->integer;
	doc_set_text(entry, "name", rule->name);
	doc_set_text(entry, "label", words[setting].label);
	doc_set_text(entry, "meaning", words[setting].meaning);
	doc_set_text(entry, "bounds", bounds_of(web, setting));
	doc_set_bool(entry, "is_switch", rule->unit == SETTING_SWITCH);
	doc_set_bool(entry, "is_months", rule->unit == SETTING_MONTHS);
	doc_set_bool(entry, "is_on", web->form ? typed != NULL : value != 0);
	doc_set_bool(
	    entry, "is_wrong", web->form_error && strcmp(web->form_error->field, rule->name) == 0);
	doc_set_text(entry, "amount",
	    typed ? typed
		  : arena_printf(web->arena, "%lld", (long long)(value / units[unit].seconds)));
	set_units(web, entry, unit);
	return entry;
}

bool page_settings(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Settings");
	struct doc *windows = doc_list(web->arena);
	struct doc *switches = doc_list(web->arena);
	struct settings settings;

	if (!settings_get(web->domain, &web->actor, web->arena, &settings, error))
		return false;
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		bool is_switch = setting_rule((enum setting)i)->unit == SETTING_SWITCH;
		doc_push(is_switch ? switches : windows,
		    present_setting(web, (enum setting)i, settings.values[i]));
	}
	doc_set(page, "windows", windows);
	doc_set(page, "switches", switches);
	return page_send(web, web_form_status(web), "settings", page, error);
}

/* The bounds in the words of the page; the domain holds them as well. */
static bool read_amount(
    struct web *web, enum setting setting, int64_t *value_r, struct error *error)
{
	const struct setting_rule *rule = setting_rule(setting);
	const struct web_value *unit = input_get(web, unit_field(web, rule));

	*value_r = input_integer(web, rule->name, 0);
	if (rule->unit == SETTING_SECONDS && unit->present)
		*value_r *= units[unit->integer].seconds;
	if (*value_r >= rule->min && *value_r <= rule->max)
		return true;
	return error_set_field(error, rule->name, "out_of_range", "%s: from %s.",
	    words[setting].label, bounds_of(web, setting));
}

bool page_settings_send(struct web *web, struct error *error)
{
	struct settings_change change = {0};
	struct settings settings;

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct setting_rule *rule = setting_rule((enum setting)i);
		change.given[i] = true;
		if (rule->unit == SETTING_SWITCH)
			change.values[i] = input_bool(web, rule->name);
		else if (!read_amount(web, (enum setting)i, &change.values[i], error))
			return false;
	}
	return settings_change(web->domain, &web->actor, web->arena, &change, &settings, error) &&
	       redirect_to(web, "/admin/settings?done=settings");
}
