/* post.c - posting by libcurl, to addresses that are everybody's. */
#include "post.h"

#include <base/address.h>
#include <base/arena.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define STOP_WAIT_US (3 * CLOCK_SECOND_US) /* an event under way may still arrive */

struct post {
	struct arena *arena;
	const struct webhook_run *run;
	CURL *curl;
	struct curl_slist *resolve;
	size_t read;        /* bytes of this answer's body */
	bool is_refused;    /* this address is not everybody's */
	int64_t stopped_us; /* when stopping was first asked for, monotonic */
};

static bool fail_open(struct error *error)
{
	return error_set(error, ERROR_INTERNAL, "webhook_unavailable", "libcurl could not start.");
}

struct post *post_open(const struct webhook_run *run, struct error *error)
{
	struct arena *arena;
	struct post *post;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		fail_open(error);
		return NULL;
	}
	arena = arena_create();
	post = arena_alloc(arena, sizeof(*post));
	post->arena = arena;
	post->run = run;
	post->curl = curl_easy_init();
	if (run->resolve)
		post->resolve = curl_slist_append(NULL, run->resolve);
	if (!post->curl) {
		fail_open(error);
		post_close(&post);
	}
	return post;
}

void post_close(struct post **post)
{
	struct arena *arena;

	if (!*post)
		return;
	curl_easy_cleanup((*post)->curl);
	curl_slist_free_all((*post)->resolve);
	arena = (*post)->arena;
	arena_destroy(&arena);
	*post = NULL;
}

/* The one place that every connection goes through, with the address that it really goes to:
 * whatever a name led to when it was checked before, this is what counts. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct post *post = context;

	(void)purpose;
	if (!post->run->allow_private && !address_is_public(&address->addr)) {
		post->is_refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* What the receiver says is of no interest; too much of it ends the connection. */
static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
	struct post *post = context;

	(void)bytes;
	post->read += size * count;
	return post->read > WEBHOOK_ANSWER_BYTES ? 0 : size * count;
}

/* Called by curl every second or oftener; anything but 0 ends the posting. */
static int check_stop(
    void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	struct post *post = context;
	const struct webhook_run *run = post->run;

	(void)down_total;
	(void)down;
	(void)up_total;
	(void)up;
	if (!run->stop || !run->stop(run->context))
		return 0;
	if (post->stopped_us == 0)
		post->stopped_us = clock_monotonic_us();
	return clock_monotonic_us() - post->stopped_us > STOP_WAIT_US;
}

/* Where it goes, and nowhere else: no redirects, no proxy, no account from files. */
static void set_way(struct post *post, const struct webhook_claim *claim)
{
	CURL *curl = post->curl;
	long timeout_ms = post->run->timeout_ms ? post->run->timeout_ms : WEBHOOK_TIMEOUT_MS;

	curl_easy_setopt(curl, CURLOPT_URL, claim->webhook.url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, post);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, post);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, check_stop);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, post);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	if (post->resolve)
		curl_easy_setopt(curl, CURLOPT_RESOLVE, post->resolve);
}

static struct curl_slist *set_message(
    struct post *post, const struct webhook_claim *claim, int64_t now_us)
{
	const char *payload = claim->delivery.payload;
	int64_t timestamp_s = now_us / CLOCK_SECOND_US;
	struct curl_slist *headers = NULL;
	char id[ID_TEXT_SIZE], signature[WEBHOOK_SIGNATURE_SIZE], line[128];

	id_format(&claim->delivery.id, id);
	webhook_sign(claim->webhook.secret, id, timestamp_s, payload, strlen(payload), signature);
	headers = curl_slist_append(headers, "Content-Type: application/json");
	headers = curl_slist_append(headers, "Accept:");
	headers = curl_slist_append(headers, "Expect:");
	snprintf(line, sizeof(line), "webhook-id: %s", id);
	headers = curl_slist_append(headers, line);
	snprintf(line, sizeof(line), "webhook-timestamp: %lld", (long long)timestamp_s);
	headers = curl_slist_append(headers, line);
	snprintf(line, sizeof(line), "webhook-signature: %s", signature);
	headers = curl_slist_append(headers, line);
	curl_easy_setopt(post->curl, CURLOPT_USERAGENT, "Lethe");
	curl_easy_setopt(post->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(post->curl, CURLOPT_POSTFIELDSIZE, (long)strlen(payload));
	curl_easy_setopt(post->curl, CURLOPT_POSTFIELDS, payload);
	return headers;
}

/* In words; libcurl's own, which are of the way and not of the answer, where there are no better.
 */
static bool fail_way(const struct post *post, CURLcode code, struct error *why)
{
	if (post->is_refused)
		return error_set(why, ERROR_UNAVAILABLE, "private_address",
		    "The name leads to a private address, which is never posted to.");
	if (code == CURLE_OPERATION_TIMEDOUT)
		return error_set(why, ERROR_UNAVAILABLE, "timeout", "No answer in time.");
	return error_set(why, ERROR_UNAVAILABLE, "unreachable", "%s.", curl_easy_strerror(code));
}

static bool judge(const struct post *post, CURLcode code, struct error *why)
{
	long status = 0;

	/* An answer that is cut because it is too long has said what it had to say. */
	if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && post->read > WEBHOOK_ANSWER_BYTES))
		return fail_way(post, code, why);
	curl_easy_getinfo(post->curl, CURLINFO_RESPONSE_CODE, &status);
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
	struct curl_slist *headers;
	CURLcode code;

	post->read = 0;
	post->is_refused = false;
	curl_easy_reset(post->curl);
	set_way(post, claim);
	headers = set_message(post, claim, now_us);
	code = curl_easy_perform(post->curl);
	curl_slist_free_all(headers);
	return judge(post, code, why);
}
