/* chrome.h - what every page shows around its content. */
#ifndef LETHE_WEB_CHROME_H
#define LETHE_WEB_CHROME_H

#include "web.h"

/* Fill in navigation, user, CSRF token, contacts, toast, static version. Needs no store. */
void chrome_fill(struct web *web, struct doc *page);

/* Let the page's script ask whether the page is still true, and note the state it shows now. Call
 * it before the page's reads. Pages without it do not ask. */
bool chrome_live(struct web *web, struct doc *page, struct error *error)
    __attribute__((warn_unused_result));

/* The ETag of the organisation's present state, quoted. */
bool chrome_revision(struct web *web, const char **etag_r, struct error *error)
    __attribute__((warn_unused_result));

/* The CSRF field of a visitor's form whose POST goes to `pattern`; sets the cookie it needs. */
void chrome_visitor_form(struct web *web, struct doc *page, const char *pattern);

#endif
