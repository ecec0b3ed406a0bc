/* marking.c - marking and unmarking what goes with a root item, in steps of a bounded number of
 * rows, by the cascade table. */
#include "deletions.h"

#include <string.h>

/* The table in which a relation's parents are marked. */
static enum mark_table parent_marks(enum item_kind kind, const struct cascade_row *row)
{
	const struct cascade_row *rows[RELATION_COUNT];
	size_t count = cascade_of_kind(kind, rows);

	for (size_t i = 0; i < count; i++) {
		if (rows[i]->on_delete == DELETE_MARKS &&
		    strcmp(rows[i]->child, row->parent) == 0) {
			return rows[i]->child_marks;
		}
	}
	return cascade_root_marks(kind);
}

/* The end of the next range of parents, and whether it is the last. */
static enum db_result next_range(struct db_tx *tx, const struct deletion *deletion,
    const struct cascade_row *row, const struct marking *marking, bool whole, int64_t count,
    struct id *upto_r, bool *last_r)
{
	*last_r = true;
	memset(upto_r->bytes, 0xff, sizeof(upto_r->bytes));
	if (whole) {
		return DB_OK;
	}
	return marks_range(tx->db, tx->arena, parent_marks(deletion->kind, row), deletion,
	    &marking->after, count, upto_r, last_r);
}

/* Where the marking goes on after `changed` of at most `limit` rows of a range. */
static void move_on(struct marking *marking, const struct cascade_row *row, bool whole,
    int64_t changed, int64_t limit, const struct id *upto, bool last)
{
	bool own_children = strcmp(row->child, row->parent) == 0;

	marking->again = marking->again || (own_children && changed > 0);
	if (changed == limit || (whole && own_children && changed > 0)) {
		return; /* the same range may hold more */
	}
	marking->after = *upto;
	if (last) {
		marking->after = id_none;
		marking->relation++;
	}
}

static enum db_result mark_range(struct db_tx *tx, const struct domain *domain,
    struct deletion *deletion, const struct cascade_row *row, struct marking *marking, bool whole,
    int64_t *budget)
{
	struct id upto;
	bool last;
	int64_t changed = 0;
	enum db_result result =
	    next_range(tx, deletion, row, marking, whole, domain->step_rows, &upto, &last);

	if (result == DB_OK) {
		result = relation_apply(tx, row->relation, deletion, &marking->after, &upto,
		    *budget, clock_now_us(domain->clock), &changed);
	}
	if (result != DB_OK) {
		return result;
	}
	if (row->counted != COUNT_NOTHING) {
		deletion->counts[row->counted] += changed;
		deletion->progress_done += changed;
	}
	move_on(marking, row, whole, changed, *budget, &upto, last);
	*budget -= changed;
	return DB_OK;
}

bool marking_step(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    struct marking *marking, bool whole, int64_t budget, bool *done_r, struct error *error)
{
	const struct cascade_row *rows[RELATION_COUNT];
	size_t count = cascade_of_kind(deletion->kind, rows);

	*done_r = false;
	while (budget > 0 && marking->relation < count) {
		enum db_result result = mark_range(
		    tx, domain, deletion, rows[marking->relation], marking, whole, &budget);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		if (marking->relation == count && marking->again && !whole) {
			*marking = (struct marking){0};
		}
	}
	*done_r = marking->relation == count;
	return true;
}

bool marking_finish(
    struct db_tx *tx, struct deletion *deletion, int64_t now_us, struct error *error)
{
	enum db_result result = marks_bytes(tx->db, tx->arena, deletion, &deletion->bytes);

	if (result == DB_OK) {
		result = deletion_store_counts(tx, deletion);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	if (!deletion_advance(tx, deletion, ACT_MARK_DONE, BY_WORKER, now_us, 0, error)) {
		return false;
	}
	return deletion->mode == MODE_SOFT || deletion_advance(tx, deletion, ACT_PURGE, BY_WORKER,
						  now_us, deletion_total(deletion), error);
}

/* The tables that may hold marks of a kind's deletion: the root's and those marked with it. */
static size_t mark_tables(enum item_kind kind, enum mark_table tables[MARK_TABLE_COUNT])
{
	const struct cascade_row *rows[RELATION_COUNT];
	size_t count = cascade_of_kind(kind, rows);
	bool listed[MARK_TABLE_COUNT] = {false};
	size_t found = 0;

	tables[found++] = cascade_root_marks(kind);
	listed[tables[0]] = true;
	for (size_t i = 0; i < count; i++) {
		enum mark_table marks = rows[i]->child_marks;

		if (rows[i]->on_restore == RESTORE_UNMARKS && !listed[marks]) {
			listed[marks] = true;
			tables[found++] = marks;
		}
	}
	return found;
}

bool restoring_step(
    struct db_tx *tx, struct deletion *deletion, int64_t budget, bool *done_r, struct error *error)
{
	enum mark_table tables[MARK_TABLE_COUNT];
	size_t count = mark_tables(deletion->kind, tables);

	for (size_t i = 0; i < count && budget > 0; i++) {
		int64_t cleared;
		enum db_result result = marks_clear(tx, tables[i], deletion, budget, &cleared);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		deletion->progress_done += cleared;
		budget -= cleared;
	}
	*done_r = budget > 0;
	return true;
}
