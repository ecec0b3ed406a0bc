/* claims.h - what a token says, as JSON (RFC 8259), and whether it holds now.
 *
 * The registered names and their meaning: PASETO's docs/02-Implementation-Guide/04-Claims.md. Times
 * are RFC 3339 texts. */
#ifndef LETHE_AUTH_CLAIMS_H
#define LETHE_AUTH_CLAIMS_H

#include <base/arena.h>
#include <base/clock.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLAIMS_MAX 8192 /* bytes of JSON */

/* A text that is absent is NULL, a time that is absent 0. */
struct claims {
	const char *issuer;       /* iss */
	const char *audience;     /* aud */
	const char *subject;      /* sub */
	const char *token_id;     /* jti */
	int64_t issued_us;        /* iat */
	int64_t not_before_us;    /* nbf */
	int64_t expires_us;       /* exp */
	int64_t authenticated_us; /* auth_time: when the person gave the password */

	/* of Lethe's own tokens */
	const char *purpose; /* what the token is for, such as "account.delete" */
	const char *item;    /* the id of the one thing it is for */
	const char *session; /* the session it was made in */
};

/* What a token must say; texts are borrowed. */
struct claims_rules {
	const char *issuer;   /* must equal `iss` */
	const char *audience; /* must equal `aud` */
	int64_t leeway_us; /* how far the other machine's clock may be off: 0 for our own tokens, at
			    * most CLAIMS_LEEWAY_MAX_US */
	int64_t lifetime_us; /* longest time from `iat` to `exp`; 0 for any */
};

#define CLAIMS_LEEWAY_MAX_US (60 * CLOCK_SECOND_US)

/* Whether claims hold. */
enum claims_verdict {
	CLAIMS_HOLD = 0,
	CLAIMS_INCOMPLETE, /* iss, aud, sub, iat or exp is missing, or the times contradict each
			      other */
	CLAIMS_FOREIGN,    /* another issuer or audience */
	CLAIMS_EARLY,      /* issued, valid from or authenticated in the future */
	CLAIMS_EXPIRED,
	CLAIMS_TOO_LONG, /* valid for longer than the rules allow */
};

/* Read `length` bytes of JSON. Texts go into the arena. False unless it is one object of at most
 * CLAIMS_MAX bytes, without a member twice, whose members named above are texts (not empty) and
 * times of the right form; other members may be anything and are passed over. */
bool claims_parse(struct arena *arena, const char *bytes, size_t length, struct claims *claims_r)
    __attribute__((warn_unused_result));

/* The claims as JSON in the arena, absent ones left out; times in UTC to the microsecond. */
char *claims_write(struct arena *arena, const struct claims *claims)
    __attribute__((warn_unused_result));

/* Judge claims at `now_us`. Without leeway they hold from `iat` (and `nbf`) on, and no longer at
 * `exp` itself. */
enum claims_verdict claims_check(const struct claims *claims, const struct claims_rules *rules,
    int64_t now_us) __attribute__((warn_unused_result));

#endif
