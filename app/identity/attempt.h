/* attempt.h - what the providers share: one attempt, its calls and its outcome. */
#ifndef LETHE_APP_IDENTITY_ATTEMPT_H
#define LETHE_APP_IDENTITY_ATTEMPT_H

#include <base/arena.h>
#include <base/call.h>
#include <identity/identity.h>

/* One attempt to have a user removed; zeroed but for what is given. */
struct attempt {
	const struct identity_subject *subject;
	struct caller *caller;
	struct arena *arena;
	int64_t now_us;     /* by the injected clock */
	long timeout_ms;    /* of all calls together */
	int64_t started_us; /* monotonic */

	enum identity_outcome outcome;
	bool away;     /* the provider will not hear of others either */
	char why[120]; /* for later */
};

/* A provider: what it is made of, how it is asked and freed. */
struct provider {
	const char *name;
	void *(*open)(const struct config *config, struct arena *arena, struct error *error);
	void (*remove)(void *self, struct attempt *attempt);
	void (*close)(void *self); /* what is not the arena's; may be NULL */
};

extern const struct provider provider_firebase;
extern const struct provider provider_webhook;

/* Post within what is left of the attempt's time. False: there was no answer, and the attempt says
 * so, `of` ("" or "token_") being part of the code. */
bool attempt_post(struct attempt *attempt, struct call *call, const char *of,
    struct call_answer *answer_r) __attribute__((warn_unused_result));

/* Whether a text is a code of letters and underscores, or that and words behind " : ". Anything
 * else may be personal. */
bool attempt_is_code(const char *text) __attribute__((warn_unused_result));

/* End it for now: "identity_" OF "http_" STATUS and, where there is one, the provider's own code.
 * Away where the status says so. */
void attempt_refused(struct attempt *attempt, const char *of, long status, const char *code);

/* End it for now with a code of ours. */
void attempt_failed(struct attempt *attempt, const char *why, bool away);

/* A setting that is wrong; returns false. */
bool identity_refuse(struct error *error, const char *setting, const char *what);

#endif
