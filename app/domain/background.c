/* background.c - what acts leave to the worker: deletions that are still marking or restoring. */
#include "deletions.h"
#include "lease.h"

#include <base/log.h>
#include <store/container.h>
#include <string.h>

#define DUE_PAGE 50

/* One step on one deletion. */
struct step_context {
	const struct domain *domain;
	const struct id *deletion_id;
	enum deletion_state state; /* the one it must be in */
	struct marking marking,
	    next_marking; /* where it stands; and once this step has committed */
	struct unmarking unmarking, next_unmarking;
	bool worked; /* the row was free, and in that state */
	bool done;
};

/* How much a container holds itself; its details are not counted beforehand. */
static enum db_result count_held(struct db_tx *tx, const struct deletion *deletion, int64_t *rows_r)
{
	const struct cascade_row *rows[RELATION_COUNT];
	size_t count = cascade_of_kind(deletion->kind, deletion->photo_action, rows);
	enum db_result result = DB_OK;

	*rows_r = 0;
	for (size_t i = 0; result == DB_OK && i < count; i++) {
		int64_t held = 0;

		if (container_holds(rows[i]->relation)) {
			result = container_count(
			    tx->db, tx->arena, rows[i]->relation, deletion, INT64_MAX, &held);
		}
		*rows_r += held;
	}
	return result;
}

/* A marking learns at its first step how much there is: the act itself had no time to count. */
static bool count_rest(
    struct db_tx *tx, const struct step_context *c, struct deletion *deletion, struct error *error)
{
	struct impact impact;
	enum db_result result;
	int64_t held;

	if (deletion->progress_total > 0) {
		return true;
	}
	if (!deletion_is_small(deletion->kind)) {
		result = count_held(tx, deletion, &held);
		deletion->progress_total = deletion->progress_done + held;
		return result == DB_OK || db_fail(result, error);
	}
	if (!cascade_preview(c->domain, tx->arena, deletion, &impact, error)) {
		return false;
	}
	/* What the act has marked already is live no more. */
	deletion->progress_total = deletion->progress_done;
	for (size_t i = 0; i < COUNT_KIND_COUNT; i++) {
		deletion->progress_total += impact.counts[i];
	}
	deletion->progress_total -= 1;
	return true;
}

static bool mark_step(
    struct db_tx *tx, struct step_context *c, struct deletion *deletion, struct error *error)
{
	enum db_result result;

	c->next_marking = c->marking;
	if (!count_rest(tx, c, deletion, error) ||
	    !marking_step(tx, c->domain, deletion, &c->next_marking, false, c->domain->step_rows,
		&c->done, error)) {
		return false;
	}
	if (c->done) {
		return marking_finish(tx, deletion, clock_now_us(c->domain->clock), error);
	}
	/* Details of what the act marked itself were not among what it counted. */
	if (deletion->progress_total < deletion->progress_done) {
		deletion->progress_total = deletion->progress_done;
	}
	result = deletion_store_counts(tx, deletion);
	return result == DB_OK || db_fail(result, error);
}

static bool restore_step(
    struct db_tx *tx, struct step_context *c, struct deletion *deletion, struct error *error)
{
	enum db_result result;

	c->next_unmarking = c->unmarking;
	if (!restoring_step(
		tx, deletion, &c->next_unmarking, c->domain->step_rows, &c->done, error)) {
		return false;
	}
	if (c->done) {
		return deletion_advance(tx, deletion, ACT_RESTORE_DONE, BY_WORKER,
		    clock_now_us(c->domain->clock), 0, error);
	}
	result = deletion_store_counts(tx, deletion);
	return result == DB_OK || db_fail(result, error);
}

static bool run_step(struct db_tx *tx, void *context, struct error *error)
{
	struct step_context *c = context;
	struct deletion deletion;
	enum db_result result = deletion_lock_free(tx, c->deletion_id, &deletion);

	c->done = false;
	c->worked = result == DB_OK && deletion.state == c->state;
	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	if (!c->worked) {
		return true;
	}
	return c->state == DELETION_MARKING ? mark_step(tx, c, &deletion, error)
					    : restore_step(tx, c, &deletion, error);
}

static bool may_go_on(const struct purge_limits *limits, unsigned steps)
{
	return (limits->max_steps == 0 || steps < limits->max_steps) &&
	       !(limits->stop && limits->stop(limits->context));
}

static bool run_steps(const struct domain *domain, struct step_context *c,
    const struct purge_limits *limits, unsigned *steps, struct lease *lease, struct error *error)
{
	do {
		if (!db_transaction(domain->db, run_step, c, error)) {
			return false;
		}
		if (!c->worked) {
			return true;
		}
		c->marking = c->next_marking;
		c->unmarking = c->next_unmarking;
		*steps += 1;
		domain_after_step(domain, c->state == DELETION_MARKING ? "mark" : "restore");
	} while (!c->done && may_go_on(limits, *steps) && lease_keep(domain, lease));
	return true;
}

/* One deletion, unless another worker is at it. */
static bool run_leased(const struct domain *domain, const struct id *deletion_id,
    enum deletion_state state, const struct purge_limits *limits, unsigned *steps,
    struct error *error)
{
	struct step_context c = {.domain = domain, .deletion_id = deletion_id, .state = state};
	struct lease lease;
	bool ok;

	if (!lease_begin(domain, JOB_DELETION, &id_none, deletion_id, &lease, error)) {
		return false;
	}
	ok = !lease.held || run_steps(domain, &c, limits, steps, &lease, error);
	lease_end(domain, &lease);
	return ok;
}

bool background_mark(const struct domain *domain, const struct id *deletion_id,
    const struct purge_limits *limits, unsigned *steps_r, struct error *error)
{
	return run_leased(domain, deletion_id, DELETION_MARKING, limits, steps_r, error);
}

/* One that cannot be gone on with must not keep the others waiting, unless the store is out of
 * reach. */
static bool run_or_skip(const struct domain *domain, const struct deletion_due *due,
    unsigned max_steps, unsigned *steps, struct error *error)
{
	const struct purge_limits limits = {.max_steps = max_steps};
	char id[ID_TEXT_SIZE];

	if (run_leased(domain, &due->id, due->state, &limits, steps, error)) {
		return true;
	}
	if (strcmp(error->code, "store_conflict") != 0) {
		return false;
	}
	id_format(&due->id, id);
	log_event(LOG_ERROR, "deletion_stuck", log_text("deletion", id),
	    log_text("state", deletion_state_name(due->state)));
	error_clear(error);
	return true;
}

/* All deletions in a state, page by page. */
static bool continue_state(const struct domain *domain, struct arena *arena,
    enum deletion_state state, unsigned max_steps, unsigned *steps, struct error *error)
{
	struct deletion_due *due, last = {0};
	size_t count;

	do {
		enum db_result result = deletion_due(domain->db, arena, &id_none, state, 0,
		    last.recover_until_us ? &last : NULL, DUE_PAGE, &due, &count);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		for (size_t i = 0; i < count && (max_steps == 0 || *steps < max_steps); i++) {
			if (!run_or_skip(domain, &due[i], max_steps, steps, error)) {
				return false;
			}
			last = due[i];
		}
	} while (count == DUE_PAGE && (max_steps == 0 || *steps < max_steps));
	return true;
}

bool deletions_continue(const struct domain *domain, struct arena *arena, unsigned max_steps,
    unsigned *steps_r, struct error *error)
{
	*steps_r = 0;
	return continue_state(domain, arena, DELETION_MARKING, max_steps, steps_r, error) &&
	       continue_state(domain, arena, DELETION_RESTORING, max_steps, steps_r, error);
}
