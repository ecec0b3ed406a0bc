/* identity.h - the identity providers that an operator can choose (LETHE_IDENTITY), as the domain
 * asks them (domain/identity_provider.h).
 *
 * firebase: Firebase Authentication, by its Identity Toolkit (projects.accounts.delete,
 * https://cloud.google.com/identity-platform/docs/reference/rest/v1/projects.accounts/delete) with
 * an access token for the service account (OAuth 2 JWT bearer, RFC 7523, signed RS256 as RFC 7515
 * and 7518 say). The token is kept until a minute before its end; an answer 401 has a new one
 * fetched, once. USER_NOT_FOUND is absent.
 *
 * webhook: a service of the operator's own, told by a message of Standard Webhooks 1.0 (type
 * "identity.delete", the uid in `data`), the same to the byte in every attempt but for timestamp
 * and signature headers. 2xx is done, 410 is absent.
 *
 * Everything else is for later. Where that says that the provider is away (no answer, 401, 403,
 * 404, 429, 5xx, a redirect, no token) it is left alone for IDENTITY_AWAY_US, twice
 * as long each time up to IDENTITY_AWAY_MAX_US, and those asked for meanwhile are told so at once:
 * that many erasures at a time do not each wait for its timeouts. */
#ifndef LETHE_IDENTITY_IDENTITY_H
#define LETHE_IDENTITY_IDENTITY_H

#include <base/clock.h>
#include <base/config.h>
#include <base/error.h>
#include <domain/identity_provider.h>

#define IDENTITY_TIMEOUT_MS    15000L /* of an attempt, with all its calls */
#define IDENTITY_AWAY_US       (5 * CLOCK_SECOND_US)
#define IDENTITY_AWAY_MAX_US   (300 * CLOCK_SECOND_US)
#define IDENTITY_TOKEN_EARLY_S 60 /* before its end a token is not used any more */

/* How to ask; all but `clock` may be zero. */
struct identity_options {
	const struct clock *clock;
	long timeout_ms; /* 0: IDENTITY_TIMEOUT_MS */
	bool (*stop)(void *context);
	void *context;
};

/* The provider that `config` chooses, with what it needs read and checked: the service account's
 * file (whose members are named where they are wrong, never shown), the secret. `config` is
 * borrowed. NULL with `error` (invalid, `field` the setting's name; internal). */
struct identity_service;
struct identity_service *identity_service_open(
    const struct config *config, const struct identity_options *options, struct error *error)
    __attribute__((warn_unused_result));

/* As the domain asks it; lives as long as the handle. Of one thread. For IDENTITY_RETRY its `why`
 * is a code that begins with "identity_": identity_timeout, identity_unreachable,
 * identity_unreadable, identity_http_NNN and identity_token_http_NNN (with the provider's own code
 * behind a blank, where it gave one), identity_token_timeout, identity_token_unreachable,
 * identity_token_unreadable. */
const struct identity_provider *identity_service_provider(struct identity_service *identity)
    __attribute__((warn_unused_result));

/* Close its connections, forget its keys, free it and null the handle; NULL is fine. */
void identity_service_close(struct identity_service **identity);

#endif
