/* webhook.h - delivering the events that acts have queued (store/webhooks.h), as Standard Webhooks
 * 1.0 says (https://www.standardwebhooks.com).
 *
 * What is promised: an event is queued in the transaction of its act, and posted at least once, or
 * given up visibly. Where a worker dies between the answer and our noting it, the event is posted
 * again after WEBHOOK_LEASE_US, with the same webhook-id and body, by which a receiver can tell. In
 * all other cases nothing is posted twice: a worker claims an event before it posts it. Order is
 * not promised. */
#ifndef LETHE_WEBHOOK_WEBHOOK_H
#define LETHE_WEBHOOK_WEBHOOK_H

#include <base/clock.h>
#include <base/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <store/webhooks.h>

#define WEBHOOK_ATTEMPTS        14 /* within four days; then it has failed */
#define WEBHOOK_FIRST_WAIT_US   (60 * CLOCK_SECOND_US)
#define WEBHOOK_LONGEST_WAIT_US CLOCK_DAY_US
#define WEBHOOK_TIMEOUT_MS      10000L                  /* of an attempt */
#define WEBHOOK_LEASE_US        (60 * CLOCK_SECOND_US)  /* longer than any attempt takes */
#define WEBHOOK_STOPPED_US      (600 * CLOCK_SECOND_US) /* between looks at a deleted organisation */
#define WEBHOOK_TURN_US         CLOCK_SECOND_US         /* of one subscription, if others wait */
#define WEBHOOK_ROUND_US        (20 * CLOCK_SECOND_US)  /* of a worker that has other work, too */

/* How to deliver. All but `db` and `clock` may be zero. */
struct webhook_run {
	struct db *db;
	const struct clock *clock;
	bool allow_private; /* addresses that are not everybody's (base/address.h) */
	long timeout_ms;    /* 0: WEBHOOK_TIMEOUT_MS */
	int64_t round_us;   /* after which other work has its turn; 0: until nothing is due */
	const char
	    *resolve; /* "HOST:PORT:ADDRESS[,ADDRESS]…" instead of asking the resolver (tests) */
	bool (*stop)(void *context);
	void *context;
	void (*after_post)(void *context); /* between an answer and its noting (tests) */
};

/* What a run did, in deliveries. */
struct webhook_report {
	unsigned sent;
	unsigned deferred; /* failed, to be tried again */
	unsigned failed;   /* failed for the last time */
	unsigned dropped;  /* nobody is there to be told any more */
};

/* How long to wait after that many failed attempts (1 or more): a minute, doubling, at most a day.
 */
int64_t webhook_wait_us(unsigned attempts) __attribute__((warn_unused_result));

#define WEBHOOK_SIGNATURE_SIZE 48 /* "v1,", 44 characters of base64, the NUL */

/* The value of the header webhook-signature: HMAC-SHA256 (RFC 2104) with the secret's bytes over
 * "ID.TIMESTAMP.BODY"; the timestamp in seconds. */
void webhook_sign(const unsigned char secret[WEBHOOK_SECRET_SIZE], const char *id,
    int64_t timestamp_s, const char *body, size_t length, char out[WEBHOOK_SIGNATURE_SIZE]);

/* The header lines of a message posted at `now_us`, content type and signature included. */
struct webhook_headers {
	const char *lines[5]; /* up to a NULL; they are in `text` */
	char text[3][128];
};
void webhook_head(struct webhook_headers *headers_r,
    const unsigned char secret[WEBHOOK_SECRET_SIZE], const char *id, int64_t now_us,
    const char *body, size_t length);

/* Post what is due, the longest due first, at most `limit`, until round_us are over or `stop`
 * says so. Each is claimed in a transaction of its own, posted and settled; any number of
 * runs may go at once. A 2xx answer is success. 410 is for good: failed at once. Everything else,
 * redirects too, which are not followed, waits webhook_wait_us; the WEBHOOK_ATTEMPTS-th fails. What
 * else is due of that subscription waits WEBHOOK_FIRST_WAIT_US without having counted, so that a
 * receiver that is away holds up nobody else; nor does one that is slow, for which others wait
 * WEBHOOK_TURN_US or one attempt. Every address that is connected to is checked then,
 * whatever the name led to before. An event of a deleted organisation waits for its restore, but
 * for organization.deleted itself; one whose subscription is gone is removed. False only where the
 * store fails. */
bool webhook_deliver_due(const struct webhook_run *run, unsigned limit,
    struct webhook_report *report_r, struct error *error) __attribute__((warn_unused_result));

#endif
