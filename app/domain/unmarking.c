/* unmarking.c - undoing a deletion's marks and effects, in steps of a bounded number of rows. */
#include "deletions.h"

#include <store/container.h>
#include <string.h>

/* The tables that may hold marks of a deletion: the root's first, since it is what people look for;
 * of the others details before what they are details of, so that nothing is live without them. */
static size_t mark_tables(const struct deletion *deletion, enum mark_table tables[MARK_TABLE_COUNT])
{
	const struct cascade_row *rows[RELATION_COUNT];
	size_t count = cascade_of_kind(deletion->kind, deletion->photo_action, rows);
	bool listed[MARK_TABLE_COUNT] = {false};
	size_t found = 0;

	tables[found++] = cascade_root_marks(deletion->kind);
	listed[tables[0]] = true;
	listed[MARKS_EFFECTS] = true; /* undone apart */
	for (size_t i = count; i-- > 0;) {
		enum mark_table marks = rows[i]->child_marks;

		if (rows[i]->on_restore != RESTORE_NOTHING && marks != MARKS_NONE &&
		    !listed[marks]) {
			listed[marks] = true;
			tables[found++] = marks;
		}
	}
	return found;
}

/* What comes before the marks: of an organisation nobody may come back with an old session, of a
 * project or site what was archived or orphaned. */
static enum db_result undo_first(
    struct db_tx *tx, const struct deletion *deletion, int64_t budget, int64_t *rows_r)
{
	*rows_r = 0;
	if (deletion->kind == ITEM_ORGANIZATION) {
		return container_end_sessions(tx, deletion, budget, rows_r);
	}
	if (deletion->kind == ITEM_PROJECT || deletion->kind == ITEM_SITE) {
		return effects_undo(tx, deletion, budget, rows_r);
	}
	return DB_OK;
}

/* The next range of one table. */
static enum db_result clear_range(struct db_tx *tx, const struct deletion *deletion,
    enum mark_table table, struct unmarking *unmarking, int64_t budget, int64_t *cleared_r)
{
	struct id upto;
	bool last;
	enum db_result result = marks_range(
	    tx->db, tx->arena, table, deletion, &unmarking->after, budget, &upto, &last);
	struct hidden_rows hidden = {0};

	*cleared_r = 0;
	if (result == DB_OK && table == MARKS_PHOTOS && !deletion_is_small(deletion->kind)) {
		result = effects_orphan_others(tx, deletion, &unmarking->after, &upto);
	}
	if (result == DB_OK) {
		result = leaving_keep(tx, deletion, table, &unmarking->after, &upto, &hidden);
	}
	if (result == DB_OK) {
		result =
		    marks_clear(tx, table, deletion, &unmarking->after, &upto, budget, cleared_r);
	}
	*cleared_r += hidden.rows[table];
	unmarking->left += hidden.rows[table];
	unmarking->after = upto;
	if (last) {
		unmarking->after = id_none;
		unmarking->table++;
	}
	return result;
}

static enum db_result undo_some(struct db_tx *tx, const struct deletion *deletion,
    const enum mark_table *tables, struct unmarking *unmarking, int64_t budget, int64_t *rows_r)
{
	enum db_result result;

	if (unmarking->begun) {
		return clear_range(
		    tx, deletion, tables[unmarking->table], unmarking, budget, rows_r);
	}
	result = undo_first(tx, deletion, budget, rows_r);
	unmarking->begun = *rows_r == 0;
	return result;
}

static enum db_result restore_tenant(struct db_tx *tx, struct deletion *deletion,
    const enum mark_table *tables, size_t count, struct unmarking *unmarking, int64_t *budget)
{
	struct deletion scope = deletion_in(deletion, &unmarking->tenant);
	enum db_result result = DB_OK;

	while (result == DB_OK && unmarking->table<count && * budget> 0) {
		int64_t rows = 0;

		result = undo_some(tx, &scope, tables, unmarking, *budget, &rows);
		deletion->progress_done += rows;
		*budget -= rows;
	}
	return result;
}

bool restoring_step(struct db_tx *tx, struct deletion *deletion, struct unmarking *unmarking,
    int64_t budget, bool *done_r, struct error *error)
{
	enum mark_table tables[MARK_TABLE_COUNT];
	size_t count = mark_tables(deletion, tables);
	enum db_result result = DB_OK;

	*done_r = false;
	while (result == DB_OK) {
		struct id tenant = unmarking->tenant;

		result = restore_tenant(tx, deletion, tables, count, unmarking, &budget);
		if (result != DB_OK || unmarking->table < count) {
			return result == DB_OK || db_fail(result, error);
		}
		result = deletion_next_tenant(tx->db, tx->arena, deletion, &tenant);
		if (result == DB_OK) {
			*unmarking = (struct unmarking){
			    .begun = true, .tenant = tenant, .left = unmarking->left};
		}
	}
	*done_r = result == DB_NONE;
	return *done_r || db_fail(result, error);
}
