/* purge.c - removing for good, step by step. Every step is a transaction of its own that locks the
 * deletion's row, so that of a purge and a restore, and of two workers, one goes first. */
#include "purge.h"
#include "lease.h"

#include <domain/audit.h>
#include <domain/receipts.h>
#include <store/erasure.h>
#include <store/tenant.h>

#define OTHERS_AT_ONCE 100 /* deletions of an organisation, closed in one step */

/* One step on one deletion. */
struct purge_step {
	const struct domain *domain;
	const struct actor *actor; /* whose name the entry bears; organisation aside */
	const struct id *deletion_id;
	bool wait;   /* for who holds the row: a person is waiting for the outcome */
	bool worked; /* the row was free and due */
	bool paused;
	bool done;  /* it is purged */
	bool waits; /* of an organisation: for what is in its trash */
	bool later; /* the identity provider is asked again later */
	bool large; /* more than a step, and not leased yet */
	struct lease lease;
	struct deletion deletion;
	struct purging purging, next; /* where it stands; and once this step has committed */
};

static bool settle(struct db_tx *tx, struct purge_step *step, struct error *error)
{
	struct deletion *deletion = &step->deletion;
	int64_t now_us = clock_now_us(step->domain->clock);
	enum lifecycle_state next;
	enum db_result result;
	bool retention = deletion->origin == ORIGIN_RETENTION;
	const char *action = retention ? "retention.purge" : "purge";

	if (!lifecycle_next(
		deletion_lifecycle(deletion), ACT_PURGE_DONE, BY_WORKER, false, &next, error)) {
		return false;
	}
	deletion->settled_at_us = now_us; /* what the receipt says, in the last mail as well */
	if (deletion->kind == ITEM_USER) {
		action = "account.erase";
		if (!erasure_finish(tx, step->domain, deletion, &deletion->item_id, error)) {
			return false;
		}
	}
	result = deletion_settle_purged(
	    tx, deletion, receipts_issue(step->domain, tx->arena, deletion, now_us), now_us);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	deletion->state = DELETION_PURGED;
	return deletion_audit(
	    tx, step->domain, step->actor, deletion, action, &deletion->item_id, NULL, error);
}

/* trashed → purging where the window has closed. False with no error set: it is not due. */
static bool claim(struct db_tx *tx, struct purge_step *step, bool *due_r, struct error *error)
{
	struct deletion *deletion = &step->deletion;
	int64_t now_us = clock_now_us(step->domain->clock);

	*due_r = deletion->state == DELETION_PURGING ||
		 (deletion->state == DELETION_TRASHED && !deletion_is_open(deletion, now_us));
	if (*due_r && deletion->kind == ITEM_USER &&
	    !erasure_begin(tx, step->domain, deletion, due_r, error)) {
		return false;
	}
	if (!*due_r || deletion->state == DELETION_PURGING) {
		return true;
	}
	return deletion_advance(
	    tx, deletion, ACT_PURGE, BY_WORKER, now_us, deletion_total(deletion), error);
}

static bool is_paused(struct db_tx *tx, struct purge_step *step, struct error *error)
{
	struct installation installation = {0};
	enum db_result result = installation_read(tx->db, tx->arena, &installation);

	step->paused = installation.purge_paused_at_us != 0;
	return result == DB_OK || db_fail(result, error);
}

static enum db_result lock(struct db_tx *tx, struct purge_step *step)
{
	if (step->wait) {
		return deletion_lock(
		    tx, &step->actor->organization_id, step->deletion_id, &step->deletion);
	}
	return deletion_lock_free(tx, step->deletion_id, &step->deletion);
}

/* What was in the trash of an organisation goes before it, whatever its window: one of these is
 * turned into a purge. What is being restored or purged is waited for. */
static bool close_other(
    struct db_tx *tx, const struct purge_step *step, const struct id *id, struct error *error)
{
	int64_t now_us = clock_now_us(step->domain->clock);
	struct deletion other;
	enum db_result result = deletion_find(tx->db, tx->arena, &id_none, id, &other);

	if (result == DB_OK) { /* of an account, in whatever organisation it is */
		result = deletion_lock(tx, &other.organization_id, id, &other);
	}
	if (result == DB_NONE) {
		return true;
	}
	if (result == DB_OK &&
	    (other.state == DELETION_MARKING || other.state == DELETION_TRASHED)) {
		result = deletion_harden(tx, &other, now_us);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return other.state != DELETION_TRASHED || deletion_advance(tx, &other, ACT_PURGE, BY_WORKER,
						      now_us, deletion_total(&other), error);
}

static bool close_others(struct db_tx *tx, struct purge_step *step, struct error *error)
{
	struct id *ids = NULL;
	size_t count = 0;
	enum db_result result = DB_OK;

	step->waits = false;
	if (step->deletion.kind == ITEM_ORGANIZATION) {
		result = tenant_deletions(
		    tx->db, tx->arena, &step->deletion, OTHERS_AT_ONCE, &ids, &count);
	} else if (step->deletion.kind == ITEM_USER) {
		result = erasure_deletions(tx->db, tx->arena, &step->deletion,
		    &step->deletion.item_id, OTHERS_AT_ONCE, &ids, &count);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	step->waits = count > 0;
	for (size_t i = 0; i < count; i++) {
		if (!close_other(tx, step, &ids[i], error)) {
			return false;
		}
	}
	return true;
}

static bool run_step(struct db_tx *tx, void *context, struct error *error)
{
	struct purge_step *step = context;
	enum db_result result;

	step->worked = step->done = false;
	if (!is_paused(tx, step, error)) {
		return false;
	}
	result = step->paused ? DB_NONE : lock(tx, step);
	if (result != DB_OK) {
		return result == DB_NONE || db_fail(result, error);
	}
	if (!claim(tx, step, &step->worked, error)) {
		return false;
	}
	step->large = step->worked && !step->wait && !step->lease.held &&
		      deletion_total(&step->deletion) > step->domain->step_rows;
	if (!step->worked || step->large) {
		return true;
	}
	if (!close_others(tx, step, error) || step->waits) {
		return step->waits;
	}
	step->next = step->purging;
	if (!purging_step(tx, step->domain, &step->deletion, &step->next, step->domain->step_rows,
		&step->done, error)) {
		return false;
	}
	step->waits = step->next.waits;
	result = deletion_store_counts(tx, &step->deletion);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return !step->done || settle(tx, step, error);
}

/* What a finished purge adds to the report. */
static void add_sums(struct purge_report *report, const struct deletion *deletion)
{
	report->deletions++;
	report->bytes += deletion->bytes;
	for (size_t i = 0; i < COUNT_KIND_COUNT; i++) {
		report->counts[i] += deletion->counts[i];
	}
}

/* What is more than a step is one worker's at a time; what is less is done before a lease on it
 * could be had. */
static bool begin_large(struct purge_step *step, struct error *error)
{
	return lease_begin(step->domain, JOB_DELETION, &step->deletion.organization_id,
	    step->deletion_id, &step->lease, error);
}

/* Whoever else knows the person is asked between two steps, for that takes as long as it takes. */
static bool forget_identity(struct purge_step *step, struct error *error)
{
	return !step->purging.erasing.identity_uid[0] ||
	       (erasure_ask_identity(
		    step->domain, &step->deletion, &step->purging.erasing, &step->later, error) &&
		   (domain_after_step(step->domain, "identity"), true));
}

/* One step; `go_on_r` is false where it ended the deletion, or that is not for this worker now. */
static bool run_one(
    struct purge_step *step, struct purge_report *report, bool *go_on_r, struct error *error)
{
	*go_on_r = false;
	if (!db_transaction(step->domain->db, run_step, step, error)) {
		return false;
	}
	report->paused = report->paused || step->paused;
	if (step->large) {
		bool ok = begin_large(step, error);

		*go_on_r = ok && step->lease.held;
		return ok;
	}
	if (!step->worked || step->waits) {
		report->waiting = report->waiting || (step->worked && step->waits);
		return true;
	}
	step->purging = step->next;
	report->steps++;
	domain_after_step(step->domain, "purge");
	if (!forget_identity(step, error)) {
		return false;
	}
	*go_on_r = !step->later && !step->done &&
		   (!step->lease.held || lease_keep(step->domain, &step->lease));
	return true;
}

static bool run_steps(struct purge_step *step, const struct purge_limits *limits,
    struct purge_report *report, struct error *error)
{
	bool ok = true, go_on = true;

	while (ok && go_on && !purge_must_stop(limits, report)) {
		ok = run_one(step, report, &go_on, error);
	}
	/* Its row says until when it is left alone. */
	lease_end(step->domain, &step->lease, ok && !step->later);
	if (ok && step->done) {
		add_sums(report, &step->deletion);
	}
	return ok;
}

bool purge_steps(const struct domain *domain, const struct actor *actor,
    const struct id *deletion_id, const struct purge_limits *limits, struct purge_report *report,
    bool *done_r, struct error *error)
{
	struct purge_step step = {.domain = domain, .actor = actor, .deletion_id = deletion_id};
	bool ok = run_steps(&step, limits, report, error);

	*done_r = ok && step.done;
	return ok;
}

bool purge_must_stop(const struct purge_limits *limits, struct purge_report *report)
{
	bool stop = report->paused ||
		    (limits->max_steps > 0 && report->steps >= limits->max_steps) ||
		    (limits->stop && limits->stop(limits->context));

	report->unfinished = report->unfinished || stop;
	return stop;
}

bool purge_deletion(const struct domain *domain, const struct actor *actor,
    const struct id *deletion_id, unsigned max_steps, bool *done_r, struct error *error)
{
	struct purge_limits limits = {.max_steps = max_steps};
	struct purge_report report = {0};
	struct purge_step step = {
	    .domain = domain, .actor = actor, .deletion_id = deletion_id, .wait = true};
	bool ok = run_steps(&step, &limits, &report, error);

	*done_r = ok && step.done;
	return ok;
}
