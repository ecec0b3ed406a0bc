/* background.c - what acts leave to the worker: deletions that are still marking or restoring. */
#include "deletions.h"

#define DUE_PAGE 50

/* One step on one deletion. */
struct step_context {
	const struct domain *domain;
	const struct id *deletion_id;
	enum deletion_state state; /* the one it must be in */
	struct marking marking;
	struct marking next; /* where the marking stands once this step has committed */
	bool worked;         /* the row was free, and in that state */
	bool done;
};

/* A marking learns at its first step how much there is: the act itself had no time to count. */
static bool count_rest(
    struct db_tx *tx, const struct step_context *c, struct deletion *deletion, struct error *error)
{
	int64_t counts[COUNT_KIND_COUNT], total;

	if (deletion->progress_total > 0) {
		return true;
	}
	if (!cascade_preview(c->domain, tx->arena, deletion->kind, &deletion->organization_id,
		&deletion->item_id, INT64_MAX, counts, &total, error)) {
		return false;
	}
	deletion->progress_total = deletion->progress_done + total - 1;
	return true;
}

static bool mark_step(
    struct db_tx *tx, struct step_context *c, struct deletion *deletion, struct error *error)
{
	enum db_result result;

	c->next = c->marking;
	if (!count_rest(tx, c, deletion, error) ||
	    !marking_step(
		tx, c->domain, deletion, &c->next, false, c->domain->step_rows, &c->done, error)) {
		return false;
	}
	if (c->done) {
		return marking_finish(tx, deletion, clock_now_us(c->domain->clock), error);
	}
	result = deletion_store_counts(tx, deletion);
	return result == DB_OK || db_fail(result, error);
}

static bool restore_step(
    struct db_tx *tx, struct step_context *c, struct deletion *deletion, struct error *error)
{
	enum db_result result;

	if (!restoring_step(tx, deletion, c->domain->step_rows, &c->done, error)) {
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

static bool run_steps(const struct domain *domain, const struct id *deletion_id,
    enum deletion_state state, unsigned max_steps, unsigned *steps, struct error *error)
{
	struct step_context c = {.domain = domain, .deletion_id = deletion_id, .state = state};

	do {
		if (!db_transaction(domain->db, run_step, &c, error)) {
			return false;
		}
		if (!c.worked) {
			return true;
		}
		c.marking = c.next;
		*steps += 1;
		domain_after_step(domain, state == DELETION_MARKING ? "mark" : "restore");
	} while (!c.done && (max_steps == 0 || *steps < max_steps));
	return true;
}

bool background_mark(const struct domain *domain, const struct id *deletion_id, unsigned max_steps,
    unsigned *steps_r, struct error *error)
{
	return run_steps(domain, deletion_id, DELETION_MARKING, max_steps, steps_r, error);
}

/* All deletions in a state, page by page. */
static bool continue_state(const struct domain *domain, struct arena *arena,
    enum deletion_state state, unsigned max_steps, unsigned *steps, struct error *error)
{
	struct deletion_due *due, last = {0};
	size_t count;

	do {
		enum db_result result = deletion_due(domain->db, arena, state, 0,
		    last.recover_until_us ? &last : NULL, DUE_PAGE, &due, &count);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		for (size_t i = 0; i < count && (max_steps == 0 || *steps < max_steps); i++) {
			if (!run_steps(domain, &due[i].id, state, max_steps, steps, error)) {
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
