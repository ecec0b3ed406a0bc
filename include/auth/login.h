/* login.h - e-mail address and password, with limits on failures.
 *
 * At most 10 failures in 15 minutes per address and IP address together, 50 per IP address. Unknown
 * address, wrong password, deleted account and an account without password get one answer after
 * the same work: one hash, one audit entry. */
#ifndef LETHE_AUTH_LOGIN_H
#define LETHE_AUTH_LOGIN_H

#include <auth/auth.h>
#include <store/users.h>

/* Check a login. `method` ("password" on pages, "token" for /api/tokens) is for the audit entry
 * session.refused (actor "visitor", no address), written for a failure; session.login is written by
 * session_start and access_grant. A success takes back what it counted, not earlier failures.
 * False: unauthenticated ("wrong_credentials"), rate_limited with retry_after_s, unavailable. */
bool login_check(struct auth *auth, struct arena *arena, const char *email, const char *password,
    const char *method, const struct auth_caller *caller, struct user *user_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
