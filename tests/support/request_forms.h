/* request_forms.h - what tests of the pages of requests make: photos of sites, and requests on
 * them. */
#ifndef LETHE_TESTS_REQUEST_FORMS_H
#define LETHE_TESTS_REQUEST_FORMS_H

#include "site.h"

#include <stdbool.h>

#define REASON      "My+daughter+can+be+made+out+in+it." /* as a form sends it */
#define REASON_TEXT "My daughter can be made out in it."

/* As printf, in the arena of the test. */
const char *forms_text(struct site *site, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Ada's photo on a new site of SHOP's, approved, so that everybody sees it. */
const char *forms_submitted(struct site *site, const char *title);

/* Send the form; send it and give the request's id. */
const struct http_answer *forms_send(
    struct site *site, enum person who, const char *photo, const char *reason);
const char *forms_request(struct site *site, enum person who, const char *photo);

/* The word of a request's status. */
const char *forms_status(struct site *site, const char *request);

/* The answer's body has this text. */
bool forms_shows(const struct http_answer *answer, const char *what);

/* Where a 303 leads. */
const char *forms_location(struct site *site, const struct http_answer *answer);

/* An admin approves a request by its form; and restores what an approved one deleted. */
void forms_approve(struct site *site, const char *request);
void forms_restore(struct site *site, const char *request);

#endif
