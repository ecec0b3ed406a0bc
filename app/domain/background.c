/* background.c - what acts leave to the worker: the steps on one deletion that is still marking or
 * restoring. */
#include "deletions.h"
#include "lease.h"

#include <store/container.h>

/* One step on one deletion. */
struct step_context {
	const struct domain *domain;
	const struct id *deletion_id;
	enum deletion_state state;           /* the one it must be in */
	struct background_place place, next; /* where it stands; and once this step has committed */
	bool worked;                         /* the row was free, and in that state */
	bool done;
};

/* Rows counted in a step, for each that it may mark: counting is far ahead soon, and no step is
 * long. */
#define COUNT_AHEAD 50

static void end_band(struct counting *counting, const struct deletion *deletion, enum relation of)
{
	counting->at = id_none;
	counting->band++;
	if (counting->band >= container_bands(of, deletion->photo_action)) {
		counting->band = 0;
		counting->relation++;
	}
}

/* Count further how much a container holds itself; its details are not counted beforehand. */
static enum db_result count_held(struct db_tx *tx, const struct deletion *deletion,
    struct counting *counting, int64_t budget, int64_t *rows_r)
{
	const struct cascade_row *rows[RELATION_COUNT];
	size_t count = cascade_of_kind(deletion->kind, deletion->photo_action, rows);
	enum db_result result = DB_OK;

	*rows_r = 0;
	while (result == DB_OK && budget > 0 && counting->relation < count) {
		enum relation relation = rows[counting->relation]->relation;
		int64_t held = 0;

		if (!container_holds(relation)) {
			counting->relation++;
			continue;
		}
		result = container_count_band(tx->db, tx->arena, relation, deletion, counting->band,
		    &counting->at, budget, &held);
		if (held < budget) {
			end_band(counting, deletion, relation);
		}
		budget -= held;
		*rows_r += held;
	}
	counting->done = counting->relation == count;
	return result;
}

/* The total grows until all is counted. One who takes over counts anew what is left, from the
 * first step on; the total does not fall meanwhile. */
static bool count_container(
    struct db_tx *tx, struct step_context *c, struct deletion *deletion, struct error *error)
{
	struct counting *counting = &c->next.counting;
	int64_t held, total;
	enum db_result result;

	if (counting->done) {
		return true;
	}
	result = count_held(tx, deletion, counting, COUNT_AHEAD * c->domain->step_rows, &held);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	c->next.counted += held;
	total = c->next.counted_from + c->next.counted;
	if (deletion->progress_total < total || counting->done) {
		deletion->progress_total = total;
	}
	return true;
}

/* A marking learns as it goes how much there is: the act itself had no time to count. */
static bool count_rest(
    struct db_tx *tx, struct step_context *c, struct deletion *deletion, struct error *error)
{
	struct deletion_impact impact;

	if (!deletion_is_small(deletion->kind)) {
		return count_container(tx, c, deletion, error);
	}
	if (deletion->progress_total > 0) {
		return true;
	}
	if (!cascade_preview(c->domain, tx->arena, deletion, IMPACT_ALL, &impact, error)) {
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

	if (!count_rest(tx, c, deletion, error) ||
	    !marking_step(tx, c->domain, deletion, &c->next.marking, false, c->domain->step_rows,
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

	if (!restoring_step(
		tx, deletion, &c->next.unmarking, c->domain->step_rows, &c->done, error)) {
		return false;
	}
	if (c->done) {
		return deletion_advance(tx, deletion, ACT_RESTORE_DONE, BY_WORKER,
		    clock_now_us(c->domain->clock), 0, error);
	}
	result = deletion_store_counts(tx, deletion);
	return result == DB_OK || db_fail(result, error);
}

/* What every step moves on. */
static int64_t progress(const struct deletion *deletion)
{
	return deletion->progress_done + deletion_total(deletion);
}

/* Where this step begins: at the first row again if somebody else has been at it since. */
static void take_up(struct step_context *c, const struct deletion *deletion)
{
	c->next = c->place;
	if (c->place.progress != progress(deletion)) {
		c->next = (struct background_place){.counted_from = deletion->progress_done};
	}
}

static bool run_step(struct db_tx *tx, void *context, struct error *error)
{
	struct step_context *c = context;
	struct deletion deletion;
	bool ok;
	enum db_result result = deletion_lock_free(tx, c->deletion_id, &deletion);

	c->done = false;
	c->worked = result == DB_OK && deletion.state == c->state;
	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	if (!c->worked) {
		return true;
	}
	take_up(c, &deletion);
	ok = c->state == DELETION_MARKING ? mark_step(tx, c, &deletion, error)
					  : restore_step(tx, c, &deletion, error);
	c->next.progress = progress(&deletion);
	return ok;
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
		c->place = c->next;
		*steps += 1;
		domain_after_step(domain, c->state == DELETION_MARKING ? "mark" : "restore");
	} while (!c->done && may_go_on(limits, *steps) && lease_keep(domain, lease));
	return true;
}

bool background_turn(const struct domain *domain, const struct deletion_due *due,
    struct background_place *place, const struct purge_limits *limits, unsigned *steps,
    struct error *error)
{
	struct step_context c = {
	    .domain = domain, .deletion_id = &due->id, .state = due->state, .place = *place};
	struct lease lease;
	bool ok;

	if (!lease_begin(domain, JOB_DELETION, &id_none, &due->id, &lease, error)) {
		return false;
	}
	ok = !lease.held || run_steps(domain, &c, limits, steps, &lease, error);
	*place = c.place;
	lease_end(domain, &lease, ok);
	return ok;
}

bool background_mark(const struct domain *domain, const struct id *deletion_id,
    const struct purge_limits *limits, unsigned *steps_r, struct error *error)
{
	const struct deletion_due due = {.id = *deletion_id, .state = DELETION_MARKING};
	struct background_place place = {0};

	return background_turn(domain, &due, &place, limits, steps_r, error);
}
