/* receiver.h - the receiver of webhooks of tests: tests/support/webhook_receiver.py in a folder of
 * its own. One at a time. */
#ifndef LETHE_TESTS_RECEIVER_H
#define LETHE_TESTS_RECEIVER_H

#include <base/arena.h>
#include <stdbool.h>

/* Start it with a new folder; `tls`: with a certificate for "localhost" that nobody vouches for.
 * One that runs is stopped first. */
void receiver_start(bool tls);

/* Stop it and remove its folder. */
void receiver_stop(void);

/* Its port; an address there, "http://127.0.0.1:PORT/PATH", in the arena. */
int receiver_port(void);
const char *receiver_url(struct arena *arena, const char *path);

/* Tell it the secret to check by; forget the messages so far. */
void receiver_set_secret(const char *secret);
void receiver_clear(void);

/* What is posted to /held has its answer once this is taken back. */
void receiver_hold(bool hold);

/* A line for each message so far, or ""; the body of the last; in the arena. */
const char *receiver_inbox(struct arena *arena);
const char *receiver_body(struct arena *arena);

/* How many lines the inbox has that hold this text. */
unsigned receiver_count(const char *text);

#endif
