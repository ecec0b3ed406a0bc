/* config_table.h - the one table of settings. */
#ifndef LETHE_APP_BASE_CONFIG_TABLE_H
#define LETHE_APP_BASE_CONFIG_TABLE_H

#include <stddef.h>

/* What a value may be; config.c knows how each is checked and kept. */
enum setting_type {
	SETTING_TEXT,    /* any text of at most `max` bytes */
	SETTING_SECRET,  /* the same, never shown */
	SETTING_INT,     /* a whole number from `min` to `max` */
	SETTING_SWITCH,  /* 0 or 1 */
	SETTING_FOLDER,  /* a path of at most `max` bytes */
	SETTING_FILE,    /* the same, of a file */
	SETTING_SOCKET,  /* a path that fits a unix socket's address */
	SETTING_ORIGIN,  /* http(s)://host[:port] */
	SETTING_ORIGINS, /* several, separated by commas */
	SETTING_SMTP,    /* smtp(s)://host[:port] */
	SETTING_EMAIL,
	SETTING_KEY, /* PASERK k4.public */
	SETTING_LEVEL,
	SETTING_URL,      /* http(s)://host[:port][/path] */
	SETTING_IDENTITY, /* name of an identity provider */
	SETTING_TYPE_COUNT,
};

struct setting {
	const char *name; /* of the environment variable */
	enum setting_type type;
	const char *initial; /* the default, NULL for none; ${NAME} stands for an earlier setting */
	int min, max;
	size_t offset; /* in struct config */
	const char *meaning;
};

extern const struct setting config_settings[];
extern const size_t config_setting_count;

#endif
