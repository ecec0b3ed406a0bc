/* login.c - e-mail address and password, with limits on failures. */
#include "trail.h"
#include "user_actor.h"

#include <auth/login.h>
#include <auth/password.h>
#include <auth/rate.h>
#include <base/text.h>

#define WINDOW_US (INT64_C(15) * 60 * CLOCK_SECOND_US)

static const struct rate_limit PER_ADDRESS = {"login.address", 10, WINDOW_US};
static const struct rate_limit PER_IP = {"login.ip", 50, WINDOW_US};

/* The hits a login counts as if it had failed, until it is known to have succeeded. */
struct hits {
	struct id address;
	struct id ip;
};

static bool forgive(struct auth *auth, const struct hits *hits, struct error *error)
{
	return rate_forgive(auth, &hits->address, error) && rate_forgive(auth, &hits->ip, error);
}

static bool count(struct auth *auth, struct arena *arena, const char *email, const char *ip,
    struct hits *hits_r, struct error *error)
{
	const char *network = rate_network(arena, ip);
	const char *both = arena_printf(arena, "%s\n%s", email, network ? network : "");

	if (!rate_check_and_hit(auth, &PER_ADDRESS, both, &hits_r->address, error))
		return false;
	if (rate_check_and_hit(auth, &PER_IP, network, &hits_r->ip, error))
		return true;
	/* What the second limit refused counts for neither; its error is the one to tell. */
	return !rate_forgive(auth, &hits_r->address, NULL) && false;
}

static bool refuse(struct auth *auth, const struct user *known, const char *method,
    const struct auth_caller *caller, struct error *error)
{
	struct trail trail = {
	    .action = "session.refused",
	    .actor = "visitor",
	    .user = known,
	    .method = method,
	    .request_id = caller->request_id,
	    .now_us = clock_now_us(auth->clock),
	};

	return trail_write_alone(auth->db, &trail, error) &&
	       error_set(error, ERROR_UNAUTHENTICATED, "wrong_credentials",
		   "The e-mail address or the password is wrong.");
}

/* The same steps whoever the address belongs to: the time must not tell. */
static bool judge(struct auth *auth, struct arena *arena, const char *email, const char *password,
    struct user *user_r, bool *known_r, enum password_result *verdict_r, struct error *error)
{
	enum db_result result = users_find_by_email(auth->db, arena, email, user_r);

	if (result > DB_NONE)
		return db_fail(result, error);
	*known_r = result == DB_OK;
	bool may = *known_r && user_actor_is_live(user_r);
	*verdict_r = password_verify(
	    auth->hasher, may ? user_r->password_hash : NULL, password ? password : "");
	return *verdict_r != PASSWORD_UNAVAILABLE ||
	       error_set(error, ERROR_UNAVAILABLE, "busy",
		   "The server is busy. Please try again in a moment.");
}

bool login_check(struct auth *auth, struct arena *arena, const char *email, const char *password,
    const char *method, const struct auth_caller *caller, struct user *user_r, struct error *error)
{
	const char *address = email ? text_normalize_email(arena, email) : NULL;
	struct hits hits = {0};
	enum password_result verdict = PASSWORD_WRONG;
	bool known = false;

	/* What is no address belongs to nobody, and is refused as slowly as any other. */
	if (!address)
		address = email ? email : "";
	if (!count(auth, arena, address, caller->ip, &hits, error))
		return false;
	if (!judge(auth, arena, address, password, user_r, &known, &verdict, error))
		return !forgive(auth, &hits, NULL) && false;
	if (verdict == PASSWORD_WRONG)
		return refuse(auth, known ? user_r : NULL, method, caller, error);
	return forgive(auth, &hits, error);
}
