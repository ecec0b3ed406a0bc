/* post.c - one event on its way, to addresses that are everybody's. */
#include "post.h"

#include <base/call.h>
#include <stdio.h>
#include <string.h>

struct post {
	struct caller *caller;
	struct arena *arena;
	long timeout_ms;
};

struct post *post_open(const struct webhook_run *run, struct error *error)
{
	struct call_way way = {
	    .allow_private = run->allow_private,
	    .resolve = run->resolve,
	    .stop = run->stop,
	    .context = run->context,
	};
	struct caller *caller = caller_open(&way, error);
	struct arena *arena;
	struct post *post;

	if (!caller)
		return NULL;
	arena = arena_create();
	post = arena_alloc(arena, sizeof(*post));
	*post =
	    (struct post){caller, arena, run->timeout_ms ? run->timeout_ms : WEBHOOK_TIMEOUT_MS};
	return post;
}

void post_close(struct post **post)
{
	struct arena *arena;

	if (!*post)
		return;
	caller_close(&(*post)->caller);
	arena = (*post)->arena;
	arena_destroy(&arena);
	*post = NULL;
}

static bool judge(long status, struct error *why)
{
	if (status >= 200 && status < 300)
		return true;
	if (status == 410)
		return error_set(why, ERROR_UNAVAILABLE, "gone",
		    "The receiver answered 410: it wants no more of these.");
	if (status >= 300 && status < 400)
		return error_set(why, ERROR_UNAVAILABLE, "redirected",
		    "The receiver answered %ld; redirects are not followed.", status);
	return error_set(why, ERROR_UNAVAILABLE, "refused", "The receiver answered %ld.", status);
}

bool post_event(
    struct post *post, const struct webhook_claim *claim, int64_t now_us, struct error *why)
{
	const char *payload = claim->delivery.payload;
	struct webhook_headers headers;
	struct call call = {
	    .url = claim->webhook.url,
	    .headers = headers.lines,
	    .body = payload,
	    .length = strlen(payload),
	    .timeout_ms = post->timeout_ms,
	};
	struct call_answer answer;
	char id[ID_TEXT_SIZE];

	id_format(&claim->delivery.id, id);
	webhook_head(&headers, claim->webhook.secret, id, now_us, payload, call.length);
	return caller_post(post->caller, &call, &answer, why) && judge(answer.status, why);
}
