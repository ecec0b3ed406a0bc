/* config.c - reading, checking and showing the settings of config_table.c. */
#include "config_table.h"
#include "config_value.h"
#include <base/config.h>
#include <base/text.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct setting *find_setting(const char *name, size_t length)
{
	for (size_t i = 0; i < config_setting_count; i++) {
		const char *candidate = config_settings[i].name;
		if (strncmp(candidate, name, length) == 0 && candidate[length] == '\0')
			return &config_settings[i];
	}
	return NULL;
}

static const void *find_slot(const struct config *config, const struct setting *setting)
{
	return (const char *)config + setting->offset;
}

/* A default with its ${NAME} replaced by the value of that setting. */
static const char *expand_initial(
    const struct config *config, struct arena *arena, const char *initial)
{
	const char *open = strstr(initial, "${");
	if (!open)
		return initial;
	const char *close = strchr(open, '}');
	const struct setting *other = find_setting(open + 2, (size_t)(close - open - 2));
	char digits[16];
	return arena_printf(arena, "%.*s%s%s", (int)(open - initial), initial,
	    value_show(other, find_slot(config, other), digits, sizeof(digits)), close + 1);
}

/* Say what is wrong with a value that was given; secrets and broken texts are not shown. */
static bool report(const struct reading *reading, struct error *error)
{
	const struct setting *setting = reading->setting;
	bool show = setting->type != SETTING_SECRET && strlen(reading->text) <= 60 &&
		    text_is_utf8(reading->text, strlen(reading->text));
	char allowed[160];
	return error_set_field(error, setting->name, "invalid_setting", "%s%s%s%s %s; allowed: %s.",
	    setting->name, show ? " (\"" : "", show ? reading->text : "", show ? "\")" : "",
	    reading->problem, value_describe(setting, allowed, sizeof(allowed)));
}

static bool load_setting(
    struct config *config, const struct setting *setting, struct arena *arena, struct error *error)
{
	const char *given = getenv(setting->name);
	struct reading reading = {.setting = setting,
	    .arena = arena,
	    .slot = (char *)config + setting->offset,
	    .text = given};
	if (given && *given) {
		bool ok = text_is_utf8(given, strlen(given))
			      ? value_read(&reading, false)
			      : value_refuse(&reading, "is not UTF-8");
		return ok || report(&reading, error);
	}
	if (setting->initial) {
		reading.text = expand_initial(config, arena, setting->initial);
		return value_read(&reading, true) || report(&reading, error);
	}
	if (setting->type != SETTING_INT)
		*(const char **)reading.slot = "";
	return true;
}

/* Names that only the tests read. */
static bool belongs_to_tests(const char *name, size_t length)
{
	static const char *const names[] = {"LETHE_PASETO_VECTORS", "LETHE_MUSTACHE_SPEC"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0)
			return true;
	}
	return strncmp(name, "LETHE_TEST_", 11) == 0;
}

/* A misspelt name would otherwise silently leave its default in force. */
static bool refuse_unknown(struct error *error)
{
	for (char **entry = environ; entry && *entry; entry++) {
		size_t length = strcspn(*entry, "=");
		if (strncmp(*entry, "LETHE_", 6) != 0 || belongs_to_tests(*entry, length) ||
		    find_setting(*entry, length))
			continue;
		char name[64];
		snprintf(name, sizeof(name), "%.*s", (int)length, *entry);
		return error_set_field(error, name, "unknown_setting",
		    "%s is not a setting of Lethe; allowed are the names that the README and "
		    "`lethe config` list. Correct its spelling or remove it.",
		    name);
	}
	return true;
}

/* What no single value shows to be wrong. */
static bool check_together(const struct config *config, struct error *error)
{
	if (config->metrics_port == config->port)
		return error_set_field(error, "LETHE_METRICS_PORT", "invalid_setting",
		    "LETHE_METRICS_PORT is the same as LETHE_PORT (%d); allowed: another port.",
		    config->port);
	if (config->metrics_port > 65535)
		return error_set_field(error, "LETHE_METRICS_PORT", "invalid_setting",
		    "LETHE_METRICS_PORT is not set and LETHE_PORT + 1 is no port; allowed: a "
		    "whole number from 1 to 65535.");
	if (*config->host_key && !*config->host_issuer)
		return error_set_field(error, "LETHE_HOST_ISSUER", "invalid_setting",
		    "LETHE_HOST_ISSUER is not set though LETHE_HOST_KEY is; allowed: the `iss` "
		    "of the host application's tokens.");
	if (strcmp(config->issuer, config->host_issuer) == 0)
		return error_set_field(error, "LETHE_HOST_ISSUER", "invalid_setting",
		    "LETHE_HOST_ISSUER is the same as LETHE_ISSUER; allowed: another name.");
	return true;
}

static bool demand(const char *value, const char *name, const char *identity, const char *what,
    struct error *error)
{
	return *value ||
	       error_set_field(error, name, "invalid_setting",
		   "%s is not set though LETHE_IDENTITY is %s; allowed: %s.", name, identity, what);
}

/* What the identity provider that was chosen cannot do without. */
static bool check_identity(const struct config *config, struct error *error)
{
	const char *identity = config->identity;
	if (strcmp(identity, "firebase") == 0)
		return demand(config->firebase_account, "LETHE_FIREBASE_ACCOUNT", identity,
		    "the path of the service account's file", error);
	if (strcmp(identity, "webhook") == 0)
		return demand(config->identity_url, "LETHE_IDENTITY_URL", identity, "an address",
			   error) &&
		       demand(config->identity_secret, "LETHE_IDENTITY_SECRET", identity,
			   "whsec_ and 32 bytes in base64", error);
	return true;
}

bool config_load(struct config *config, struct arena *arena, struct error *error)
{
	memset(config, 0, sizeof(*config));
	for (size_t i = 0; i < config_setting_count; i++) {
		if (!load_setting(config, &config_settings[i], arena, error))
			return false;
	}
	if (config->metrics_port == 0)
		config->metrics_port = config->port + 1;
	return refuse_unknown(error) && check_together(config, error) &&
	       check_identity(config, error);
}

void config_print(const struct config *config, FILE *out)
{
	for (size_t i = 0; i < config_setting_count; i++) {
		const struct setting *setting = &config_settings[i];
		char digits[16];
		char allowed[160];
		const char *value =
		    value_show(setting, find_slot(config, setting), digits, sizeof(digits));
		if (!*value)
			value = "(not set)";
		else if (setting->type == SETTING_SECRET)
			value = "(set)";
		fprintf(out, "%s=%s\n    %s\n    Allowed: %s.\n", setting->name, value,
		    setting->meaning, value_describe(setting, allowed, sizeof(allowed)));
	}
}

bool config_allows_origin(const struct config *config, const char *origin)
{
	size_t size = strlen(origin);
	if (size == 0)
		return false;
	for (const char *at = config->cors_origins; *at;) {
		size_t length = strcspn(at, ",");
		if (length == size && strncmp(at, origin, size) == 0)
			return true;
		at += length + (at[length] == ',');
	}
	return false;
}
