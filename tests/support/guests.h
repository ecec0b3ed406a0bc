/* guests.h - people of the owner's organisation who come and go, and the pages that they see. */
#ifndef LETHE_TESTS_GUESTS_H
#define LETHE_TESTS_GUESTS_H

#include "site.h"

/* Somebody of the owner's organisation, signed in by the form. */
struct guest {
	const char *id;
	const char *email;
	const char *cookie; /* header */
	const char *csrf;
};

/* One with that role and the password of all. */
struct guest guest_make(struct site *site, const char *role);

/* Get a page, or send a form (fields without the CSRF token). */
const struct http_answer *guest_send(
    struct site *site, const struct guest *guest, const char *path, const char *fields);

/* Send the form of /account/delete, by way of the password. */
const struct http_answer *guest_leave(
    struct site *site, const struct guest *guest, const char *fields);

/* An event of theirs; how their account stands. */
void guest_event(struct site *site, const char *user);
const char *guest_status(struct site *site, const char *user);

/* End the test unless all these texts are on the page. */
#define EXPECT_TEXTS(answer_, ...)                                                                 \
	guest_expect_texts((answer_), (const char *const[]){__VA_ARGS__, NULL})
void guest_expect_texts(const struct http_answer *answer, const char *const texts[]);

#endif
