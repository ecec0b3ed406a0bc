/* results.h - the page that says what became of each of several things, where not all went as
 * asked. */
#ifndef LETHE_WEB_PAGES_RESULTS_H
#define LETHE_WEB_PAGES_RESULTS_H

#include "../web.h"

#include <domain/bulk.h>

/* How the act and what it is about are spoken of. */
struct results_words {
	const char *title;      /* "Deleting" */
	const char *participle; /* "deleted" */
	const char *badge;      /* "Deleted" */
	const char *one, *many; /* "photo", "photos" */
};

/* Add one thing to the list: its document (`name`, `url`, `thumbnail_url`), or NULL where there is
 * nothing that the viewer may see; `message` says why it was left as it was, and is NULL where it
 * was not. */
void results_push(struct web *web, struct doc *list, struct doc *thing, const char *message);

/* Answer with the page: 200, or 409 where nothing was changed. `act_id` (or none) can be undone;
 * `next` is the way back. */
bool results_send(struct web *web, const struct results_words *words, struct doc *list,
    size_t changed, const struct id *act_id, const char *next, struct error *error)
    __attribute__((warn_unused_result));

/* The same for a bulk act on photos. */
bool results_send_photos(struct web *web, const struct results_words *words,
    const struct bulk_result *result, bool can_undo, const char *next, struct error *error)
    __attribute__((warn_unused_result));

#endif
