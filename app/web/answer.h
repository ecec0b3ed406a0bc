/* answer.h - the three ways to answer: a page, a JSON document, somewhere else. */
#ifndef LETHE_WEB_ANSWER_H
#define LETHE_WEB_ANSWER_H

#include "web.h"

/* A page's document with what every page shows: title, navigation, user, CSRF token, contacts,
 * toast. Handlers add to it. */
struct doc *page_begin(struct web *web, const char *title);

/* Where a list goes on (NULL: nowhere), and where it begins, which only its later pages say:
 * `next_url` and `first_url` of partials/pager. */
void page_pager(struct web *web, struct doc *page, const char *first_url, const char *next_url);

/* Render `templates/pages/<name>.mustache` with status, type, CSP and the other security headers.
 * Answers with an ETag of the revision where the page polls. */
bool page_send(struct web *web, int status, const char *name, const struct doc *page,
    struct error *error) __attribute__((warn_unused_result));

/* Print the document as JSON. */
bool api_send(struct web *web, int status, const struct doc *answer)
    __attribute__((warn_unused_result));

/* The status that the route declares. */
bool api_answer(struct web *web, const struct doc *answer) __attribute__((warn_unused_result));

/* 303 to a path of ours. */
bool redirect_to(struct web *web, const char *location) __attribute__((warn_unused_result));

/* Where a form asked to go back to (its field `next`), if that is a place of ours. */
const char *next_or(const struct web *web, const char *fallback);

/* The security headers that every answer carries, of whatever type. */
void answer_secure(struct web *web);

/* An empty answer with that status. */
bool answer_empty(struct web *web, int status) __attribute__((warn_unused_result));

#endif
