/* gate.h - the one chain every request goes through:
 * route, session, CSRF, policy (404, 403), input (400), re-authentication, act. */
#ifndef LETHE_WEB_GATE_H
#define LETHE_WEB_GATE_H

#include "web.h"

/* Take the request through the gates to its handler. False with `error` where one refuses. */
bool gate_run(struct web *web, struct error *error) __attribute__((warn_unused_result));

/* For handlers of multipart forms: the CSRF check that the gate could not make before reading. */
bool gate_check_form_token(struct web *web, const struct http_pairs *fields, struct error *error)
    __attribute__((warn_unused_result));

/* Whether an origin, "https://host", is the address the request came to. */
bool gate_is_own_origin(const struct web *web, const char *origin);

/* Whether the session's person has authenticated at the host within the last five minutes, and so
 * need not do it again. */
bool gate_is_fresh(const struct web *web);

/* Go on with an interrupted act: POST `form` (urlencoded) to `path`, by an actor who
 * re-authenticates by `password` (NULL: by the host's fresh word). The answer is the act's. */
bool gate_replay(struct web *web, const char *path, const char *form, const char *password,
    struct error *error) __attribute__((warn_unused_result));

#endif
