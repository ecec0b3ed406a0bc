/* rate.h - how often something may be done. Counted in the database, so by all machines together;
 * under keyed hashes, so that no address is stored. */
#ifndef LETHE_AUTH_RATE_H
#define LETHE_AUTH_RATE_H

#include <auth/auth.h>
#include <base/id.h>

/* At most `limit` hits of one subject in any `window_us`. `purpose` keeps counts apart. */
struct rate_limit {
	const char *purpose;
	unsigned limit;
	int64_t window_us;
};

/* Count one hit of `subject` (an address, a user id as text, … ; NULL counts as ""). It is counted
 * before it is judged, so that many at once cannot slip through together; a refused one is not
 * kept. A hit made at t counts until t + window_us, exclusively. `hit_r` (may be NULL) is for
 * rate_forgive. False: rate_limited with retry_after_s (rounded up), or unavailable. Outside
 * transactions only. */
bool rate_check_and_hit(struct auth *auth, const struct rate_limit *limit, const char *subject,
    struct id *hit_r, struct error *error) __attribute__((warn_unused_result));

/* What to count an IP address as: itself; of IPv6 its /64, since one line has all of that (RFC
 * 6177); an IPv4 address mapped into IPv6 (RFC 4291, 2.5.5.2) as the IPv4 one. What is no address,
 * and NULL, comes back as it is. In the arena, or the text itself. */
const char *rate_network(struct arena *arena, const char *ip);

/* Take a hit back: what was counted beforehand as a failure has succeeded. */
bool rate_forgive(struct auth *auth, const struct id *hit, struct error *error)
    __attribute__((warn_unused_result));

#endif
