/* config_value.c - what each type of setting accepts. */
#include "config_value.h"
#include <base/log.h>
#include <base/text.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#define SOCKET_MAX (sizeof(((struct sockaddr_un *)0)->sun_path) - 1)

static const char *const level_names[] = {
    [LOG_DEBUG] = "debug",
    [LOG_INFO] = "info",
    [LOG_WARNING] = "warning",
    [LOG_ERROR] = "error",
};

bool value_refuse(struct reading *reading, const char *problem)
{
	reading->problem = problem;
	return false;
}

static bool keep_text(struct reading *reading, const char *text)
{
	*(const char **)reading->slot = text;
	return true;
}

static bool read_text(struct reading *reading)
{
	if (strlen(reading->text) > (size_t)reading->setting->max)
		return value_refuse(reading, "is too long");
	return keep_text(reading, arena_dup(reading->arena, reading->text));
}

static bool read_int(struct reading *reading)
{
	const char *text = reading->text;
	if (*text < '0' || *text > '9')
		return value_refuse(reading, "is not a whole number");
	char *end = NULL;
	errno = 0;
	long value = strtol(text, &end, 10);
	if (*end != '\0')
		return value_refuse(reading, "is not a whole number");
	if (errno == ERANGE || value < reading->setting->min || value > reading->setting->max)
		return value_refuse(reading, "is out of range");
	*(int *)reading->slot = (int)value;
	return true;
}

static bool read_switch(struct reading *reading)
{
	if (strcmp(reading->text, "0") != 0 && strcmp(reading->text, "1") != 0)
		return value_refuse(reading, "is neither 0 nor 1");
	*(bool *)reading->slot = reading->text[0] == '1';
	return true;
}

static bool read_path(struct reading *reading)
{
	size_t length = strlen(reading->text);
	if (length > (size_t)reading->setting->max)
		return value_refuse(reading, "is too long");
	while (length > 1 && reading->text[length - 1] == '/')
		length--;
	return keep_text(reading, arena_copy(reading->arena, reading->text, length));
}

static bool read_socket(struct reading *reading)
{
	if (strlen(reading->text) > SOCKET_MAX)
		return value_refuse(reading, "is too long for a unix socket");
	return keep_text(reading, arena_dup(reading->arena, reading->text));
}

/* True if `text` is host[:port], where a host is a name, an IPv4 or a bracketed IPv6 address. */
static bool is_authority(const char *text)
{
	static const char name_chars[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
	size_t host;
	if (*text == '[') {
		host = 1 + strspn(text + 1, "0123456789abcdef:.");
		if (host == 1 || text[host++] != ']')
			return false;
	} else {
		host = strspn(text, name_chars);
	}
	if (host == 0)
		return false;
	text += host;
	if (*text == '\0')
		return true;
	size_t digits = *text == ':' ? strspn(text + 1, "0123456789") : 0;
	return digits >= 1 && digits <= 5 && text[1 + digits] == '\0' && atoi(text + 1) <= 65535 &&
	       atoi(text + 1) > 0;
}

/* A lower-case copy of "scheme://host[:port]" if `scheme` or `scheme`s it is, else NULL. */
static char *read_address(struct arena *arena, const char *text, size_t length, const char *scheme)
{
	char *copy = arena_copy(arena, text, length);
	for (char *c = copy; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	}
	size_t size = strlen(scheme);
	if (strncmp(copy, scheme, size) != 0)
		return NULL;
	const char *rest = copy + size + (copy[size] == 's');
	return strncmp(rest, "://", 3) == 0 && is_authority(rest + 3) ? copy : NULL;
}

static bool read_origin(struct reading *reading)
{
	const char *text = reading->text;
	char *origin = read_address(reading->arena, text, strlen(text), "http");
	if (!origin)
		return value_refuse(reading, "is not the address of a site");
	return keep_text(reading, origin);
}

static bool read_origins(struct reading *reading)
{
	const char *list = "";
	const char *text = reading->text;
	if (strlen(text) > (size_t)reading->setting->max)
		return value_refuse(reading, "is too long");
	for (;;) {
		text += strspn(text, " \t");
		size_t length = strcspn(text, ",");
		size_t used = length;
		while (used > 0 && (text[used - 1] == ' ' || text[used - 1] == '\t'))
			used--;
		char *origin = read_address(reading->arena, text, used, "http");
		if (!origin)
			return value_refuse(reading, "holds something that is not an origin");
		list = arena_printf(reading->arena, "%s%s%s", list, *list ? "," : "", origin);
		if (text[length] == '\0')
			return keep_text(reading, list);
		text += length + 1;
	}
}

static bool read_smtp(struct reading *reading)
{
	const char *text = reading->text;
	char *address = read_address(reading->arena, text, strlen(text), "smtp");
	if (!address)
		return value_refuse(reading, "is not the address of a mail server");
	return keep_text(reading, address);
}

static bool read_email(struct reading *reading)
{
	char *email = text_normalize_email(reading->arena, reading->text);
	if (!email)
		return value_refuse(reading, "is not an e-mail address");
	return keep_text(reading, email);
}

/* The form alone; app/auth reads the key. */
static bool read_key(struct reading *reading)
{
	static const char prefix[] = "k4.public.";
	static const char chars[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *text = reading->text;
	if (strncmp(text, prefix, sizeof(prefix) - 1) != 0 ||
	    strlen(text) != sizeof(prefix) - 1 + 43 ||
	    strspn(text + sizeof(prefix) - 1, chars) != 43)
		return value_refuse(reading, "is not a PASERK public key of version 4");
	return keep_text(reading, arena_dup(reading->arena, text));
}

static bool read_level(struct reading *reading)
{
	for (size_t i = 0; i < sizeof(level_names) / sizeof(level_names[0]); i++) {
		if (strcmp(reading->text, level_names[i]) == 0) {
			*(enum log_level *)reading->slot = (enum log_level)i;
			return true;
		}
	}
	return value_refuse(reading, "is no level");
}

/* An origin and, where there is one, a plain path, kept as it is. */
static bool read_url(struct reading *reading)
{
	const char *text = reading->text, *host = strstr(text, "://"), *path, *start;
	if (strlen(text) > (size_t)reading->setting->max)
		return value_refuse(reading, "is too long");
	path = host ? host + 3 + strcspn(host + 3, "/") : text;
	start = read_address(reading->arena, text, (size_t)(path - text), "http");
	if (!start)
		return value_refuse(reading, "is not an address");
	for (const char *at = path; *at; at++) {
		if (*at <= ' ' || *at > '~' || strchr("#\"<>\\^`{|}", *at))
			return value_refuse(
			    reading, "holds what does not belong in the path of an address");
	}
	return keep_text(reading, arena_join(reading->arena, start, path, NULL));
}

static bool read_identity(struct reading *reading)
{
	static const char *const names[] = {"none", "firebase", "webhook"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(reading->text, names[i]) == 0)
			return keep_text(reading, names[i]);
	}
	return value_refuse(reading, "is no identity provider");
}

/* What the words for a type go on with: nothing, its range, or its largest length. */
enum bounds { UNBOUNDED, RANGE, LENGTH };

static const struct type_rule {
	bool (*read)(struct reading *reading);
	enum bounds bounds;
	const char *allowed;
} rules[SETTING_TYPE_COUNT] = {
    [SETTING_TEXT] = {read_text, LENGTH, "a text"},
    [SETTING_SECRET] = {read_text, LENGTH, "a text"},
    [SETTING_INT] = {read_int, RANGE, "a whole number"},
    [SETTING_SWITCH] = {read_switch, UNBOUNDED, "0 or 1"},
    [SETTING_FOLDER] = {read_path, LENGTH, "the path of a folder"},
    [SETTING_FILE] = {read_path, LENGTH, "the path of a file"},
    [SETTING_SOCKET] = {read_socket, UNBOUNDED, "a path of at most 107 bytes"},
    [SETTING_ORIGIN] = {read_origin, UNBOUNDED,
	"http:// or https:// with host and port alone, such as https://photos.example"},
    [SETTING_ORIGINS] = {read_origins, LENGTH,
	"origins such as https://app.example, separated by commas"},
    [SETTING_SMTP] = {read_smtp, UNBOUNDED,
	"smtp:// or smtps:// with host and port alone, such as smtp://mail.example:587"},
    [SETTING_EMAIL] = {read_email, UNBOUNDED, "an e-mail address such as privacy@lethe.example"},
    [SETTING_KEY] = {read_key, UNBOUNDED, "k4.public. and 43 characters of base64url"},
    [SETTING_LEVEL] = {read_level, UNBOUNDED, "debug, info, warning or error"},
    [SETTING_URL] = {read_url, LENGTH,
	"http:// or https:// with a host, such as https://host.example/hook"},
    [SETTING_IDENTITY] = {read_identity, UNBOUNDED, "none, firebase or webhook"},
};

bool value_read(struct reading *reading, bool lenient)
{
	enum setting_type type = reading->setting->type;
	if (lenient && type == SETTING_SOCKET)
		type = SETTING_FOLDER;
	return rules[type].read(reading);
}

const char *value_show(const struct setting *setting, const void *slot, char *out, size_t size)
{
	switch (setting->type) {
	case SETTING_INT:
		snprintf(out, size, "%d", *(const int *)slot);
		return out;
	case SETTING_SWITCH:
		return *(const bool *)slot ? "1" : "0";
	case SETTING_LEVEL:
		return level_names[*(const enum log_level *)slot];
	default:
		return *(const char *const *)slot;
	}
}

const char *value_describe(const struct setting *setting, char *out, size_t size)
{
	const struct type_rule *rule = &rules[setting->type];
	if (rule->bounds == RANGE)
		snprintf(out, size, "%s from %d to %d", rule->allowed, setting->min, setting->max);
	else if (rule->bounds == LENGTH)
		snprintf(out, size, "%s, at most %d bytes", rule->allowed, setting->max);
	else
		snprintf(out, size, "%s", rule->allowed);
	return out;
}
