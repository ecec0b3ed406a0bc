/* mustache.h - Mustache templates: compiled once, rendered many times, from many threads at once.
 *
 * The language is that of https://github.com/mustache/spec: all core modules, inheritance and
 * dynamic names, not lambdas. The engine reads no files and knows nothing of where its data comes
 * from: the caller hands it texts under names ("layout", "pages/trash", "partials/photo_card") and
 * documents (base/doc.h).
 *
 *   {{name}}  {{a.b}}  {{.}}      a value, escaped for HTML text and quoted attributes
 *   {{{name}}}  {{&name}}         a value as it is
 *   {{#name}}…{{/name}}           for each item of a list, or once with a value that is true
 *   {{^name}}…{{/name}}           once where the value is false
 *   {{>name}}  {{>*member}}       another template; the one that a member names
 *   {{<name}}{{$a}}…{{/a}}{{/name}}  another template with its block "a" replaced
 *   {{$a}}…{{/a}}                 a block: what stands there unless it is replaced
 *   {{!…}}  {{=<% %>=}}           a comment; other delimiters from here on
 *
 * Where the specification leaves a choice:
 * - False are: no such member, null, false, 0, "", and a list without items.
 * - A member that is there hides the one of the same name further out, even if it is null or false.
 * - Booleans render as "true" and "false", null, lists and objects as nothing.
 * - Of several replacements of a block the outermost template's counts. Blocks inside a replacement
 *   are those of the template that holds the replacement.
 * - Only blocks, comments and text may stand directly between {{<name}} and {{/name}}; the text is
 *   ignored.
 * - A line that is empty is not indented. */
#ifndef LETHE_MUSTACHE_MUSTACHE_H
#define LETHE_MUSTACHE_MUSTACHE_H

#include <base/buf.h>
#include <base/doc.h>
#include <base/error.h>
#include <stdbool.h>
#include <stddef.h>

#define MUSTACHE_SIZE_MAX    ((size_t)1024 * 1024) /* bytes of one template's text */
#define MUSTACHE_NESTING_MAX 64      /* open sections, blocks and parents in a template */
#define MUSTACHE_DEPTH_MAX   128     /* the same and templates in templates, while rendering */
#define MUSTACHE_STEPS_MAX   4000000 /* tags and texts rendered for one document */
#define MUSTACHE_OUTPUT_MAX  ((size_t)64 * 1024 * 1024) /* bytes rendered for one document */

/* Templates by name. Filled and linked by one thread; then any number may render at once. */
struct mustache_set;

/* One compiled template; it belongs to its set. */
struct mustache_template;

/* What mustache_set_link does about a template that is named in another but was never added. */
enum mustache_missing {
	MUSTACHE_MISSING_IS_ERROR,
	MUSTACHE_MISSING_IS_EMPTY, /* as the specification has it: it renders as nothing */
};

/* A new set without templates. Never NULL. */
struct mustache_set *mustache_set_create(void) __attribute__((warn_unused_result));

/* Free the set with its templates, and null the handle. NULL is fine. */
void mustache_set_destroy(struct mustache_set **set);

/* Compile `length` bytes of `text` (UTF-8, at most MUSTACHE_SIZE_MAX) as the template `name`; both
 * are copied. A template of that name already there is replaced, so that one's own templates can
 * follow those that come with the program. The set has to be linked again afterwards.
 *
 * False, and the set as before, if the text is not a template: ERROR_INVALID, code
 * "invalid_template", with a message that begins "NAME:LINE:COLUMN: " (both from 1, columns in
 * characters) and says what is wrong: a tag or section that is not closed, a close that does not
 * match (both names are given), a name that is empty or has blanks in it, wrong delimiters, what
 * may not stand in a parent, nesting beyond MUSTACHE_NESTING_MAX; or the size or encoding. */
bool mustache_set_add(struct mustache_set *set, const char *name, const char *text, size_t length,
    struct error *error) __attribute__((warn_unused_result));

/* Find the templates that templates name. To be called once all are added, before rendering.
 * False with "invalid_template" and the place, as above, if one is missing and `missing` says that
 * this is an error. Names that come from the data ({{>*member}}) are found while rendering; there
 * a missing template renders as nothing. */
bool mustache_set_link(struct mustache_set *set, enum mustache_missing missing, struct error *error)
    __attribute__((warn_unused_result));

/* The template of that name, or NULL. It lives until the set is destroyed; after another
 * template of its name was added it is no longer to be used. */
const struct mustache_template *mustache_set_find(const struct mustache_set *set, const char *name);

/* Append to `out` what `template` gives with `root` as its outermost context. The set must be
 * linked. May be called from any number of threads at once.
 *
 * False, and `out` as before, with ERROR_INTERNAL and code "template_limit" (the message names the
 * template) where rendering goes beyond MUSTACHE_DEPTH_MAX, as with a partial that includes itself
 * for ever, or MUSTACHE_STEPS_MAX or MUSTACHE_OUTPUT_MAX; or "template_not_linked". */
bool mustache_render(const struct mustache_template *template, const struct doc *root,
    struct buf *out, struct error *error) __attribute__((warn_unused_result));

#endif
