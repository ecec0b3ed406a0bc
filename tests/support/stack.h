/* stack.h - real processes of Lethe on a test's own database, storage and folder: what tests of
 * faults start, end and start again.
 *
 * Every process is started here and ended by its id, none by name, and each is waited for with a
 * bound. What cannot be done at all ends the program with a message. */
#ifndef LETHE_TESTS_STACK_H
#define LETHE_TESTS_STACK_H

#include "http_client.h"
#include "trash.h"
#include "wire.h"

#include <sys/types.h>

#define STACK_PASSWORD "lethe-test-1"
#define STACK_ADMIN    "admin@fault.example"
#define STACK_MEMBER   "member@fault.example"

struct stack {
	struct world *world; /* its storage is that of the processes */
	struct wire *wire;   /* between them and MariaDB */
	char folder[64];     /* everything else: sockets, keys, logs */
	char program[1024];  /* build/lethe, beside the test's own program */
	char url[64];        /* of nginx; "" until stack_open_site */
	struct actor admin,
	    member; /* of one organisation, with STACK_PASSWORD; by stack_open_people */
	const char *admin_token, *member_token; /* bearer tokens; last as long as the stack */
	struct http_client *client;
	struct arena *lasting;
	pid_t serve, nginx;
};

/* A database, a storage and the wire; no process yet. Skips (77) where there is no test database or
 * no build/lethe. */
struct stack *stack_open(void) __attribute__((warn_unused_result));

/* Accounts, made by `lethe user add`. Again after stack_clear. */
void stack_open_people(struct stack *stack);

/* `lethe serve` and nginx, and tokens of the people. */
void stack_open_site(struct stack *stack);

/* Forget all rows and objects. */
void stack_clear(struct stack *stack);

/* Forget photos, deletions, their queue and objects, but not the people. */
void stack_clear_photos(struct stack *stack);

/* End all that still runs, remove all that was made. */
void stack_close(struct stack **stack);

/* Queue a mail that a request was rejected ("A public record."). */
void stack_queue_mail(struct stack *stack, const char *recipient);

/* For cmocka: a group's stack in `*state`, alone or with its people and the site; and its end. */
int stack_group_open(void **state);
int stack_group_open_site(void **state);
int stack_group_close(void **state);

/* --- processes ----------------------------------------------------------------------------- */

/* Start `lethe ARGUMENT...` (the last one NULL) behind the wire; `clock` moves its clock, as
 * faketime writes it ("+31d"), or is NULL. Its messages go to lethe.log in the folder. */
pid_t stack_start(struct stack *stack, const char *clock, const char *const arguments[])
    __attribute__((warn_unused_result));

/* Wait for its end: the exit status, -SIGNAL where a signal ended it. After `seconds` it is killed
 * and the test fails. */
int stack_wait(pid_t child, int seconds) __attribute__((warn_unused_result));

/* Both at once, within a minute. */
int stack_run(struct stack *stack, const char *clock, const char *const arguments[])
    __attribute__((warn_unused_result));
#define LETHE(...) ((const char *const[]){__VA_ARGS__, NULL})

/* `lethe work --once` must succeed. */
#define stack_work(stack_, clock_)                                                                 \
	assert_int_equal(stack_run((stack_), (clock_), LETHE("work", "--once")), 0)

/* Start `lethe serve` again; it answers when this returns. */
void stack_serve(struct stack *stack);

/* Wait until the server has ended every session but the world's own, so that nothing that a killed
 * process locked is locked any more. */
void stack_wait_alone(struct stack *stack);

/* The log of all processes so far contains this text; how often. */
unsigned stack_logged(struct stack *stack, const char *text);

/* --- requests ------------------------------------------------------------------------------ */

/* A request with a bearer token (NULL: none) and JSON with single quotes for double ones (NULL:
 * none). `reauth` (or NULL) is sent as X-Reauth-Token. */
const struct http_answer *stack_api(struct stack *stack, const char *token, const char *reauth,
    const char *json, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Sign in by the form; the value of a Cookie header, which lasts as long as the answers. */
const char *stack_sign_in(struct stack *stack, const char *email);

/* GET a page with that cookie (NULL: none); `base` as in struct http_call. */
const struct http_answer *stack_page(
    struct stack *stack, const char *base, const char *cookie, const char *path);

/* POST a picture of `bytes` bytes as the member; NULL where no answer came at all. */
const struct http_answer *stack_upload(struct stack *stack, size_t bytes, const struct id *site_id);

/* --- the end state ------------------------------------------------------------------------- */

/* `lethe storage check` finds nothing but young objects: as many as these. */
void stack_check_storage(struct stack *stack, unsigned young);

/* The number that a query gives. */
int64_t stack_number(struct stack *stack, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
