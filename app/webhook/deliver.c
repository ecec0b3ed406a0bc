/* deliver.c - claim an event, post it, note what became of it. */
#include "post.h"

#include <base/arena.h>
#include <base/log.h>
#include <string.h>

#define RECALLED_AT_ONCE 1000
#define OTHERS_AT_ONCE   1000
#define OTHERS_MOST      1000 /* times as many */

/* Told even when its organisation is deleted: that is what it says. */
#define LAST_EVENT "organization.deleted"

struct delivering {
	const struct webhook_run *run;
	struct post *post; /* opened with the first event */
	struct arena *arena;
	struct webhook_report *report;
	struct id turn_of;  /* the subscription that was posted to last */
	int64_t turn_us;    /* since when without another in between, monotonic */
	int64_t attempt_us; /* when the attempt in hand began, monotonic */
	bool is_over;       /* another one's turn has come */
};

int64_t webhook_wait_us(unsigned attempts)
{
	int64_t wait_us = WEBHOOK_FIRST_WAIT_US;

	while (attempts-- > 1 && wait_us < WEBHOOK_LONGEST_WAIT_US)
		wait_us *= 2;
	return wait_us < WEBHOOK_LONGEST_WAIT_US ? wait_us : WEBHOOK_LONGEST_WAIT_US;
}

struct claiming {
	struct arena *arena;
	int64_t now_us;
	struct id
	    pass_over; /* of another subscription than this, if there is any; none: anybody's */
	struct webhook_claim claim;
	bool found;
};

static bool run_claim(struct db_tx *tx, void *context, struct error *error)
{
	struct claiming *c = context;
	enum db_result result = webhooks_claim(
	    tx, &c->pass_over, c->now_us, c->now_us + WEBHOOK_LEASE_US, c->arena, &c->claim);

	c->found = result == DB_OK;
	return c->found || result == DB_NONE || db_fail(result, error);
}

/* The log names the message by its id, never where it goes. */
static void tell_failure(const struct webhook_claim *claim, const struct error *why)
{
	char id[ID_TEXT_SIZE];

	id_format(&claim->delivery.id, id);
	log_event(LOG_WARNING, "webhook_not_sent", log_text("webhook", id),
	    log_text("code", why->code), log_int("attempt", claim->delivery.attempts));
}

static enum webhook_state state_after(
    const struct webhook_claim *claim, bool sent, const struct error *why)
{
	if (sent)
		return WEBHOOK_SENT;
	return claim->delivery.attempts < WEBHOOK_ATTEMPTS && strcmp(why->code, "gone") != 0
		   ? WEBHOOK_WAITING
		   : WEBHOOK_FAILED;
}

static bool fine(enum db_result result, struct error *error)
{
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

/* What else of this subscription is due waits a while: it would be in vain, and in others' way. */
static bool postpone_others(
    struct delivering *d, const struct webhook_claim *claim, int64_t now_us, struct error *error)
{
	uint64_t postponed = OTHERS_AT_ONCE;
	enum db_result result = DB_OK;

	for (unsigned i = 0; i < OTHERS_MOST && result == DB_OK && postponed == OTHERS_AT_ONCE; i++)
		result = webhooks_postpone_others(d->run->db, claim, now_us,
		    now_us + WEBHOOK_FIRST_WAIT_US, OTHERS_AT_ONCE, &postponed);
	return fine(result, error);
}

/* One that takes its time and has much to take lets another one go before its next. */
static void take_turns(struct delivering *d, const struct id *subscription_id)
{
	int64_t now_us = clock_monotonic_us();

	if (!id_equal(&d->turn_of, subscription_id)) {
		d->turn_of = *subscription_id;
		d->turn_us = d->attempt_us;
	}
	d->is_over = now_us - d->turn_us >= WEBHOOK_TURN_US;
	if (d->is_over)
		d->turn_us = now_us;
}

static bool settle(struct delivering *d, const struct webhook_claim *claim, bool sent,
    const struct error *why, struct error *error)
{
	struct db *db = d->run->db;
	int64_t now_us = clock_now_us(d->run->clock);
	enum webhook_state state = state_after(claim, sent, why);
	enum db_result result = webhooks_settle(db, claim, state,
	    now_us + webhook_wait_us(claim->delivery.attempts), now_us, sent ? NULL : why->message);

	if (result == DB_NONE) /* someone else has it by now */
		return true;
	if (result != DB_OK)
		return db_fail(result, error);
	d->report->sent += state == WEBHOOK_SENT;
	d->report->deferred += state == WEBHOOK_WAITING;
	d->report->failed += state == WEBHOOK_FAILED;
	if (sent)
		return true;
	tell_failure(claim, why);
	return postpone_others(d, claim, now_us, error);
}

static bool attempt(struct delivering *d, const struct webhook_claim *claim, struct error *error)
{
	struct error why = {0};
	bool sent = false;

	if (claim->delivery.attempts > WEBHOOK_ATTEMPTS) {
		error_set(&why, ERROR_UNAVAILABLE, "no_outcome",
		    "It is not known what became of the last attempt.");
		return settle(d, claim, false, &why, error);
	}
	if (!d->post)
		d->post = post_open(d->run, error);
	if (!d->post)
		return false;
	d->attempt_us = clock_monotonic_us();
	sent = post_event(d->post, claim, clock_now_us(d->run->clock), &why);
	take_turns(d, &claim->webhook.id);
	if (d->run->after_post)
		d->run->after_post(d->run->context);
	return settle(d, claim, sent, &why, error);
}

static bool deliver_one(struct delivering *d, bool *found_r, struct error *error)
{
	struct claiming claiming = {.arena = d->arena,
	    .now_us = clock_now_us(d->run->clock),
	    .pass_over = d->is_over ? d->turn_of : id_none};
	const struct webhook_claim *claim = &claiming.claim;

	*found_r = false;
	if (!db_transaction(d->run->db, run_claim, &claiming, error))
		return false;
	*found_r = claiming.found;
	if (!claiming.found)
		return true;
	if (claim->is_gone) {
		d->report->dropped++;
		return fine(webhooks_drop(d->run->db, claim), error);
	}
	if (claim->is_stopped && strcmp(claim->delivery.event, LAST_EVENT) != 0)
		return fine(
		    webhooks_postpone(d->run->db, claim, claiming.now_us + WEBHOOK_STOPPED_US),
		    error);
	return attempt(d, claim, error);
}

/* A round has at least one. */
static bool is_over(const struct webhook_run *run, bool any, int64_t since_us)
{
	return (any && run->round_us && clock_monotonic_us() - since_us >= run->round_us) ||
	       (run->stop && run->stop(run->context));
}

/* A run whose clock was ahead must not keep this one from its work. */
static bool recall(const struct webhook_run *run, struct arena *arena, struct error *error)
{
	static const struct webhook_waits waits = {
	    .least_s = WEBHOOK_STOPPED_US / CLOCK_SECOND_US,
	    .first_s = WEBHOOK_FIRST_WAIT_US / CLOCK_SECOND_US,
	    .longest_s = WEBHOOK_LONGEST_WAIT_US / CLOCK_SECOND_US,
	    .slack_s = WEBHOOK_FIRST_WAIT_US / CLOCK_SECOND_US,
	};
	enum db_result result =
	    webhooks_recall(run->db, arena, &waits, clock_now_us(run->clock), RECALLED_AT_ONCE);

	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

bool webhook_deliver_due(const struct webhook_run *run, unsigned limit,
    struct webhook_report *report_r, struct error *error)
{
	struct delivering d = {.run = run, .arena = arena_create(), .report = report_r};
	int64_t since_us = clock_monotonic_us();
	bool found = true, any = false, ok;

	*report_r = (struct webhook_report){0};
	ok = recall(run, d.arena, error);
	while (ok && found && limit-- > 0 && !is_over(run, any, since_us)) {
		ok = deliver_one(&d, &found, error);
		any = true;
		arena_reset(d.arena);
	}
	post_close(&d.post);
	arena_destroy(&d.arena);
	return ok;
}
