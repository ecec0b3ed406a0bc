/* call.c - requests that go out, by libcurl. */
#include <base/address.h>
#include <base/arena.h>
#include <base/buf.h>
#include <base/call.h>
#include <base/clock.h>
#include <curl/curl.h>
#include <sys/socket.h>

#define STOP_WAIT_US (3 * CLOCK_SECOND_US) /* a call under way may still arrive */

struct caller {
	struct arena *arena;
	struct call_way way;
	CURL *curl;
	struct curl_slist *resolve;
	struct buf read;    /* this answer's body */
	size_t head;        /* bytes of its head */
	bool is_cut;        /* there was more of it */
	bool is_endless;    /* its head was too long to be waited for */
	bool is_refused;    /* this address is not everybody's */
	int64_t stopped_us; /* when stopping was first asked for, monotonic */
};

static bool fail_open(struct error *error)
{
	return error_set(error, ERROR_INTERNAL, "call_unavailable", "libcurl could not start.");
}

struct caller *caller_open(const struct call_way *way, struct error *error)
{
	struct arena *arena;
	struct caller *caller;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		fail_open(error);
		return NULL;
	}
	arena = arena_create();
	caller = arena_alloc(arena, sizeof(*caller));
	caller->arena = arena;
	caller->way = *way;
	caller->curl = curl_easy_init();
	if (way->resolve)
		caller->resolve = curl_slist_append(NULL, way->resolve);
	if (!caller->curl) {
		fail_open(error);
		caller_close(&caller);
	}
	return caller;
}

void caller_close(struct caller **caller)
{
	struct arena *arena;

	if (!*caller)
		return;
	curl_easy_cleanup((*caller)->curl);
	curl_slist_free_all((*caller)->resolve);
	buf_free(&(*caller)->read);
	arena = (*caller)->arena;
	arena_destroy(&arena);
	*caller = NULL;
}

/* The one place that every connection goes through, with the address that it really goes to:
 * whatever a name led to when it was checked before, this is what counts. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct caller *caller = context;

	(void)purpose;
	if (!caller->way.allow_private && !address_is_public(&address->addr)) {
		caller->is_refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Too much of an answer ends the connection. */
static size_t take_answer(char *bytes, size_t size, size_t count, void *context)
{
	struct caller *caller = context;

	if (caller->read.length + size * count > CALL_ANSWER_BYTES) {
		caller->is_cut = true;
		return 0;
	}
	buf_append(&caller->read, bytes, size * count);
	return size * count;
}

/* So does too long a head, of which nothing is of interest. */
static size_t take_head(char *bytes, size_t size, size_t count, void *context)
{
	struct caller *caller = context;

	(void)bytes;
	caller->head += size * count;
	caller->is_endless = caller->head > CALL_HEAD_BYTES;
	return caller->is_endless ? 0 : size * count;
}

/* Called by curl every second or oftener; anything but 0 ends the call. */
static int check_stop(
    void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	struct caller *caller = context;
	const struct call_way *way = &caller->way;

	(void)down_total;
	(void)down;
	(void)up_total;
	(void)up;
	if (!way->stop || !way->stop(way->context))
		return 0;
	if (caller->stopped_us == 0)
		caller->stopped_us = clock_monotonic_us();
	return clock_monotonic_us() - caller->stopped_us > STOP_WAIT_US;
}

/* Where it goes, and nowhere else: no redirects, no proxy, no account from files. */
static void set_way(struct caller *caller, const struct call *call)
{
	CURL *curl = caller->curl;

	curl_easy_setopt(curl, CURLOPT_URL, call->url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, call->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, call->timeout_ms);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, caller);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, caller);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_head);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, caller);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, check_stop);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, caller);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	if (caller->resolve)
		curl_easy_setopt(curl, CURLOPT_RESOLVE, caller->resolve);
}

static struct curl_slist *set_message(CURL *curl, const struct call *call)
{
	struct curl_slist *headers = NULL;

	headers = curl_slist_append(headers, "Accept:");
	headers = curl_slist_append(headers, "Expect:");
	for (size_t i = 0; call->headers[i]; i++)
		headers = curl_slist_append(headers, call->headers[i]);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "Lethe");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)call->length);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body);
	return headers;
}

/* In words; libcurl's own, which are of the way and not of the answer, where there are no better.
 */
static bool fail_way(const struct caller *caller, CURLcode code, struct error *why)
{
	if (caller->is_refused)
		return error_set(why, ERROR_UNAVAILABLE, "private_address",
		    "The name leads to a private address, which is never posted to.");
	if (caller->is_endless)
		return error_set(why, ERROR_UNAVAILABLE, "endless_head",
		    "The answer's head was longer than anybody reads.");
	if (code == CURLE_OPERATION_TIMEDOUT)
		return error_set(why, ERROR_UNAVAILABLE, "timeout", "No answer in time.");
	return error_set(why, ERROR_UNAVAILABLE, "unreachable", "%s.", curl_easy_strerror(code));
}

bool caller_post(
    struct caller *caller, const struct call *call, struct call_answer *answer_r, struct error *why)
{
	struct curl_slist *headers;
	CURLcode code;

	*answer_r = (struct call_answer){.body = ""};
	buf_clear(&caller->read);
	caller->head = 0;
	caller->is_cut = caller->is_endless = caller->is_refused = false;
	curl_easy_reset(caller->curl);
	set_way(caller, call);
	headers = set_message(caller->curl, call);
	code = curl_easy_perform(caller->curl);
	curl_slist_free_all(headers);
	/* An answer that is cut because it is too long has said what it had to say. */
	if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && caller->is_cut))
		return fail_way(caller, code, why);
	curl_easy_getinfo(caller->curl, CURLINFO_RESPONSE_CODE, &answer_r->status);
	answer_r->body = caller->read.data ? caller->read.data : "";
	answer_r->length = caller->read.length;
	answer_r->is_cut = caller->is_cut;
	return true;
}
