/* sso.c - a token of the host application becomes a session. */
#include <auth/access.h>
#include <auth/session.h>
#include <auth/sso.h>

bool sso_start(struct auth *auth, struct arena *arena, const char *token, const char *old_token,
    const struct auth_caller *caller, const char **session_token_r, struct error *error)
{
	struct access access;

	if (!access_verify(auth, arena, token, &access, error))
		return false;
	if (!access.from_host)
		return error_set(error, ERROR_UNAUTHENTICATED, "unauthenticated",
		    "This sign-in is only for tokens of the host application.");
	return session_start(auth, arena, &access.user, "sso", access.auth_us, old_token, caller,
	    session_token_r, error);
}
