/* sealed.c - claims in a v4.local token that only we can read. */
#include "sealed.h"

#include <auth/keys.h>

enum claims_verdict sealed_judge(
    struct auth *auth, const struct claims *claims, const struct claims_rules *rules)
{
	int64_t now_us = clock_now_us(auth->clock);

	if (claims->issued_us > now_us && claims->issued_us - now_us <= CLAIMS_LEEWAY_MAX_US)
		now_us = claims->issued_us;
	return claims_check(claims, rules, now_us);
}

const char *sealed_make(
    struct auth *auth, struct arena *arena, const char *audience, const struct claims *claims)
{
	struct claims all = *claims;

	all.issuer = auth->issuer;
	all.audience = audience;
	return keys_seal(auth->keys, arena, claims_write(arena, &all), audience);
}

bool sealed_open(struct auth *auth, struct arena *arena, const char *audience, const char *token,
    struct claims *claims_r, bool *expired_r)
{
	const struct claims_rules rules = {.issuer = auth->issuer, .audience = audience};
	struct paseto_part payload;

	if (!token || !keys_open(auth->keys, arena, token, audience, &payload) ||
	    !claims_parse(arena, payload.bytes, payload.length, claims_r))
		return false;
	enum claims_verdict verdict = sealed_judge(auth, claims_r, &rules);
	*expired_r = verdict == CLAIMS_EXPIRED;
	return verdict == CLAIMS_HOLD || verdict == CLAIMS_EXPIRED;
}
