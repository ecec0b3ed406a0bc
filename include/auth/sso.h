/* sso.h - a token of the host application, sent in a form, becomes a session. */
#ifndef LETHE_AUTH_SSO_H
#define LETHE_AUTH_SSO_H

#include <auth/auth.h>

/* Check `token` as access_verify does, accept the host's alone, and sign its user in as
 * session_start does (method "sso"). False: unauthenticated, unavailable. */
bool sso_start(struct auth *auth, struct arena *arena, const char *token, const char *old_token,
    const struct auth_caller *caller, const char **session_token_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
