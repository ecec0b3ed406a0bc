/* render.h - what a mail says: its template and the values it was queued with. */
#ifndef LETHE_MAIL_RENDER_H
#define LETHE_MAIL_RENDER_H

#include <base/config.h>
#include <mustache/mustache.h>

#define MAIL_SUBJECT_MAX 200 /* code points */

/* The words of a mail, in the arena they were rendered with. */
struct mail_words {
	const char *subject; /* one line */
	const char *text;
	const char *html;
};

/* Compile every *.mustache below <share>/templates/mail, then those below LETHE_TEMPLATES/mail
 * where that folder is there, which replace ours of the same name, and link them. Names are paths
 * below templates/ without the ending: "mail/retention.txt". NULL with `error` that names the file,
 * line and column, and LETHE_TEMPLATES where it is one of those. The caller destroys the set. */
struct mustache_set *mail_load_templates(const struct config *config, struct error *error)
    __attribute__((warn_unused_result));

/* Render mail/NAME.subject, mail/NAME.txt and mail/NAME.html with the members of `data` (a JSON
 * object, see mail_read_values), and with `base_url` (without a slash at its end), `recipient`,
 * `contacts` (`privacy`, `support`, `general`) and, where `unsubscribe` (a path, or NULL) is given,
 * `unsubscribe_url`. Values of these names do not reach the template. The subject is made one line
 * and cut to MAIL_SUBJECT_MAX. False: ERROR_INTERNAL "no_template" or "invalid_mail_data", or what
 * rendering says. */
bool mail_render(const struct mustache_set *set, const struct config *config, struct arena *arena,
    const char *name, const char *recipient, const char *unsubscribe, const char *data,
    struct mail_words *words_r, struct error *error) __attribute__((warn_unused_result));

/* A JSON object as a document. Control characters in texts, line breaks among them, become blanks:
 * what people wrote stays on its line. A member whose name ends in "_at", "_until" or "_after" and
 * that is a time gets a companion NAME_text, as people read it: "3 March 2026, 14:05 UTC". Null,
 * and what is nested deeper than 8, reads as an empty text. False with ERROR_INTERNAL
 * "invalid_mail_data" if it is no object. */
bool mail_read_values(struct arena *arena, const char *json, struct doc **values_r,
    struct error *error) __attribute__((warn_unused_result));

#endif
