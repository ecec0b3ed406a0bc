/* config_value.h - what each type of setting accepts. */
#ifndef LETHE_APP_BASE_CONFIG_VALUE_H
#define LETHE_APP_BASE_CONFIG_VALUE_H

#include "config_table.h"
#include <base/arena.h>
#include <stdbool.h>

/* A value being read. `problem` is set, as the end of "NAME ... ", where it is refused. */
struct reading {
	const struct setting *setting;
	struct arena *arena;
	const char *text; /* UTF-8, not empty */
	void *slot;       /* the member of struct config */
	const char *problem;
};

/* Check `text` by the setting's type and keep what it means in `slot`. `lenient` passes over the
 * length of a socket's path, for a default in a deep folder: whoever binds it will say so. */
bool value_read(struct reading *reading, bool lenient) __attribute__((warn_unused_result));

/* Refuse the value for a reason of the caller's; returns false. */
bool value_refuse(struct reading *reading, const char *problem);

/* The value in `slot` as text, "" where there is none; `out` is used for numbers. */
const char *value_show(const struct setting *setting, const void *slot, char *out, size_t size);

/* What the setting's type allows, in words, written to `out`, which is returned. */
const char *value_describe(const struct setting *setting, char *out, size_t size);

#endif
