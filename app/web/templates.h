/* templates.h - reading the templates: ours, and over them the operator's own. */
#ifndef LETHE_WEB_TEMPLATES_H
#define LETHE_WEB_TEMPLATES_H

#include <base/arena.h>
#include <base/config.h>
#include <base/error.h>
#include <mustache/mustache.h>

/* Compile every *.mustache below <share>/templates, then those below LETHE_TEMPLATES, which replace
 * ours of the same name, and link them. Names are paths without the ending: "pages/trash". NULL
 * with `error` that names the file, line and column, and LETHE_TEMPLATES where it is one of those.
 * The caller destroys the set. */
struct mustache_set *templates_load(const struct config *config, struct arena *arena,
    struct error *error) __attribute__((warn_unused_result));

#endif
