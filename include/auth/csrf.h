/* csrf.h - forms before there is a session: a cookie and a field that belongs to it.
 *
 * The cookie is random; the field is a keyed BLAKE2b of the cookie and the form's name, so that
 * nobody who does not hold our key can make a field for a cookie, and a field of one form is no
 * good for another. (A session's own token is in auth/session.h.) */
#ifndef LETHE_AUTH_CSRF_H
#define LETHE_AUTH_CSRF_H

#include <auth/auth.h>

#define CSRF_COOKIE "csrf"

/* What a page with a form needs. */
struct csrf_form {
	const char
	    *cookie;       /* value of the cookie to set, or NULL where the one that came is good */
	const char *field; /* value of the form's field `csrf` */
};

/* Make a form's field. `cookie` is the one that came (NULL or malformed: a new one is made);
 * `form` names the form, e.g. "login". */
struct csrf_form csrf_form_make(
    const struct auth *auth, struct arena *arena, const char *cookie, const char *form);

/* True if `field` belongs to `cookie` and `form`. Either may be NULL. In constant time. */
bool csrf_form_check(const struct auth *auth, struct arena *arena, const char *cookie,
    const char *form, const char *field) __attribute__((warn_unused_result));

#endif
