/* identity.c - the provider that was chosen, left alone while it is away. */
#include "attempt.h"

#include <stdio.h>
#include <string.h>

struct identity_service {
	struct arena *arena;
	const struct provider *provider; /* NULL: nobody */
	void *self;
	struct caller *caller;
	struct identity_options options;
	struct identity_provider asked; /* as the domain knows it */

	int64_t away_since_us; /* 0: it is there; by the injected clock */
	int64_t away_for_us;
	char away_why[120];
};

static const struct provider *const providers[] = {&provider_firebase, &provider_webhook};

static bool is_away(const struct identity_service *identity, int64_t now_us)
{
	/* A clock that was set back has nothing to say. */
	return identity->away_since_us != 0 && now_us >= identity->away_since_us &&
	       now_us < identity->away_since_us + identity->away_for_us;
}

static void note_away(struct identity_service *identity, const struct attempt *attempt)
{
	int64_t longer_us = identity->away_for_us * 2;

	if (!attempt->away) {
		identity->away_since_us = identity->away_for_us = 0;
		return;
	}
	if (longer_us < IDENTITY_AWAY_US)
		longer_us = IDENTITY_AWAY_US;
	identity->away_for_us = longer_us < IDENTITY_AWAY_MAX_US ? longer_us : IDENTITY_AWAY_MAX_US;
	identity->away_since_us = attempt->now_us;
	memcpy(identity->away_why, attempt->why, sizeof(identity->away_why));
}

static enum identity_outcome ask(
    void *context, const struct identity_subject *subject, char *why, size_t size)
{
	struct identity_service *identity = context;
	struct attempt attempt = {
	    .subject = subject,
	    .caller = identity->caller,
	    .now_us = clock_now_us(identity->options.clock),
	    .timeout_ms = identity->options.timeout_ms,
	    .started_us = clock_monotonic_us(),
	    .outcome = IDENTITY_RETRY, /* until something is known */
	    .why = "identity_later",
	};

	if (is_away(identity, attempt.now_us)) {
		snprintf(why, size, "%s", identity->away_why);
		return IDENTITY_RETRY;
	}
	attempt.arena = arena_create();
	identity->provider->remove(identity->self, &attempt);
	arena_destroy(&attempt.arena);
	note_away(identity, &attempt);
	if (attempt.outcome == IDENTITY_RETRY)
		snprintf(why, size, "%s", attempt.why);
	return attempt.outcome;
}

static bool open_provider(struct identity_service *identity, const struct config *config,
    const struct provider *provider, struct error *error)
{
	/* The operator's own choice of address, and so free to be a private one. */
	struct call_way way = {
	    .allow_private = true,
	    .stop = identity->options.stop,
	    .context = identity->options.context,
	};

	identity->provider = provider;
	identity->asked = (struct identity_provider){provider->name, ask, identity};
	identity->self = provider->open(config, identity->arena, error);
	identity->caller = identity->self ? caller_open(&way, error) : NULL;
	return identity->caller;
}

struct identity_service *identity_service_open(
    const struct config *config, const struct identity_options *options, struct error *error)
{
	struct arena *arena = arena_create();
	struct identity_service *identity = arena_alloc(arena, sizeof(*identity));

	identity->arena = arena;
	identity->options = *options;
	if (identity->options.timeout_ms == 0)
		identity->options.timeout_ms = IDENTITY_TIMEOUT_MS;
	identity->asked = identity_provider_none;
	for (size_t i = 0; identity && i < sizeof(providers) / sizeof(providers[0]); i++)
		if (strcmp(providers[i]->name, config->identity) == 0 &&
		    !open_provider(identity, config, providers[i], error))
			identity_service_close(&identity);
	return identity;
}

const struct identity_provider *identity_service_provider(struct identity_service *identity)
{
	/* The domain tells nobody by its address, and does not ask it. */
	return identity->provider ? &identity->asked : &identity_provider_none;
}

void identity_service_close(struct identity_service **identity)
{
	struct arena *arena;

	if (!*identity)
		return;
	if ((*identity)->self && (*identity)->provider->close)
		(*identity)->provider->close((*identity)->self);
	caller_close(&(*identity)->caller);
	arena = (*identity)->arena;
	arena_destroy(&arena);
	*identity = NULL;
}
