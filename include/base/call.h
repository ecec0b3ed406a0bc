/* call.h - requests that go out: one POST at a time, by libcurl, with nothing that a proxy, a
 * redirect or a file of accounts could add. */
#ifndef LETHE_BASE_CALL_H
#define LETHE_BASE_CALL_H

#include <base/error.h>
#include <stdbool.h>
#include <stddef.h>

#define CALL_ANSWER_BYTES 65536 /* of an answer's body; more is not read */
#define CALL_HEAD_BYTES   65536 /* of its head; more is no answer */

/* How to go there; all may be zero. Texts are borrowed for the life of the handle. */
struct call_way {
	bool allow_private; /* addresses that are not everybody's (base/address.h) */
	const char
	    *resolve; /* "HOST:PORT:ADDRESS[,ADDRESS]…" instead of asking the resolver (tests) */
	bool (*stop)(void *context); /* asked meanwhile: a call under way has a few seconds then */
	void *context;
};

/* What is posted. Texts are borrowed for the call. */
struct call {
	const char *url;            /* http or https */
	const char *const *headers; /* lines "Name: value" up to a NULL; "Name:" leaves one out */
	const char *body;
	size_t length;   /* of the body, in bytes */
	long timeout_ms; /* from the first look for the name to the last byte */
};

/* What came back. */
struct call_answer {
	long status;
	const char *body; /* NUL-terminated; it lives until the next call */
	size_t length;
	bool is_cut; /* there was more than CALL_ANSWER_BYTES */
};

/* Connections that calls share, of one thread. NULL with `error` (internal, call_unavailable) where
 * libcurl cannot start. */
struct caller;
struct caller *caller_open(const struct call_way *way, struct error *error)
    __attribute__((warn_unused_result));

/* Close its connections, free it and null the handle; NULL is fine. */
void caller_close(struct caller **caller);

/* Post, and read the answer, whatever its status; redirects are answers, which nobody follows. TLS
 * is 1.2 or later, and the server's certificate is verified. Every address that is connected to is
 * checked then, whatever the name led to before. False with the reason in `why` (unavailable) where
 * there was none: private_address, endless_head, timeout, or unreachable, in words that hold
 * nothing personal. */
bool caller_post(struct caller *caller, const struct call *call, struct call_answer *answer_r,
    struct error *why) __attribute__((warn_unused_result));

#endif
