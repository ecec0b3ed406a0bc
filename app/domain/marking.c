/* marking.c - marking what goes with a root item, in steps of a bounded number of rows, by the
 * cascade table. */
#include "deletions.h"

#include <store/container.h>
#include <string.h>

/* What a marking does with one relation, as far as its budget reaches. */
struct pass {
	struct db_tx *tx;
	const struct domain *domain;
	struct deletion *deletion;
	struct deletion scope; /* the same, in the organisation that is being marked */
	struct marking *marking;
	const struct cascade_row *row;
	bool whole;
	int64_t budget;
};

/* Of a container only what it holds itself is progress: how much there is of that is known. */
static bool is_progress(const struct deletion *deletion, const struct cascade_row *row)
{
	return deletion_is_small(deletion->kind) || container_holds(row->relation);
}

static void count(struct pass *pass, int64_t changed)
{
	struct deletion *deletion = pass->deletion;

	if (pass->row->counted != COUNT_NOTHING) {
		deletion->counts[pass->row->counted] += changed;
	}
	if (pass->row->counted != COUNT_NOTHING && is_progress(deletion, pass->row)) {
		deletion->progress_done += changed;
	}
	pass->budget -= changed;
}

static void next_relation(struct marking *marking)
{
	marking->relation++;
	marking->band = 0;
	marking->at = id_none;
}

/* The last band is done; what was added to the container meanwhile, by an act that had begun before
 * the deletion, begins the relation anew. */
static enum db_result end_container(struct pass *pass)
{
	int64_t left = 0;
	enum db_result result = container_count(
	    pass->tx->db, pass->tx->arena, pass->row->relation, &pass->scope, 1, &left);

	pass->marking->band = 0;
	if (left == 0) {
		next_relation(pass->marking);
	}
	return result;
}

/* What a purge finds unmarked still was in no sum at the end of the marking. */
static enum db_result count_bytes(struct pass *pass, const struct id *from)
{
	struct marking *marking = pass->marking;
	int64_t bytes = 0;
	enum db_result result = DB_OK;

	if (pass->deletion->state == DELETION_PURGING) {
		result = container_bytes(pass->tx->db, pass->tx->arena, pass->row->relation,
		    &pass->scope, marking->band, from, &marking->at, &bytes);
	}
	pass->deletion->bytes += bytes;
	return result;
}

/* The next range of what the root itself holds, newest first. */
static enum db_result mark_container(struct pass *pass)
{
	struct marking *marking = pass->marking;
	enum relation relation = pass->row->relation;
	int64_t changed = 0;
	struct id from;
	bool last;
	enum db_result result = container_range(pass->tx->db, pass->tx->arena, relation,
	    &pass->scope, marking->band, &marking->at, pass->budget, &from, &last);

	if (result == DB_OK) {
		result = count_bytes(pass, &from);
	}
	if (result == DB_OK) {
		result = container_apply(pass->tx, relation, &pass->scope, marking->band, &from,
		    &marking->at, pass->budget, clock_now_us(pass->domain->clock), &changed);
	}
	if (result != DB_OK) {
		return result;
	}
	count(pass, changed);
	marking->at = from;
	if (!last) {
		return DB_OK;
	}
	marking->at = id_none;
	marking->band++;
	if (marking->band < container_bands(relation, pass->deletion->photo_action)) {
		return DB_OK;
	}
	return end_container(pass);
}

/* The end of the next range of parents, and whether it is the last. DB_NONE: no parent that is left
 * has any children. */
static enum db_result next_range(const struct pass *pass, struct id *upto_r, bool *last_r)
{
	struct marking *marking = pass->marking;
	struct id parent;
	enum db_result result;

	*last_r = true;
	memset(upto_r->bytes, 0xff, sizeof(upto_r->bytes));
	if (pass->whole) {
		return DB_OK;
	}
	result = relation_next(
	    pass->tx->db, pass->tx->arena, pass->row->relation, &marking->at, &parent);
	if (result != DB_OK) {
		return result;
	}
	if (!id_equal(&parent, &marking->at)) {
		marking->at = id_before(&parent);
	}
	return marks_range(pass->tx->db, pass->tx->arena, cascade_parent_marks(pass->row),
	    &pass->scope, &marking->at, pass->domain->step_rows, upto_r, last_r);
}

/* Where the marking goes on after `changed` of at most `limit` rows of a range. */
static void move_on(
    const struct pass *pass, int64_t changed, int64_t limit, const struct id *upto, bool last)
{
	struct marking *marking = pass->marking;
	/* What is marked, or noted as archived, is a parent of the same relation itself. */
	bool own_children = cascade_parent_marks(pass->row) == pass->row->child_marks;

	marking->again = marking->again || (own_children && changed > 0);
	if (changed == limit || (pass->whole && own_children && changed > 0)) {
		return; /* the same range may hold more */
	}
	marking->at = *upto;
	if (last) {
		next_relation(marking);
	}
}

/* The next range of children of what is marked. */
static enum db_result mark_children(struct pass *pass)
{
	struct id upto;
	bool last;
	int64_t changed = 0, limit = pass->budget;
	enum db_result result = next_range(pass, &upto, &last);

	if (result == DB_NONE) {
		next_relation(pass->marking);
		return DB_OK;
	}
	if (result == DB_OK) {
		result = relation_apply(pass->tx, pass->row->relation, &pass->scope,
		    &pass->marking->at, &upto, limit, clock_now_us(pass->domain->clock), &changed);
	}
	if (result == DB_OK) {
		count(pass, changed);
		move_on(pass, changed, limit, &upto, last);
	}
	return result;
}

static enum db_result mark_some(struct pass *pass)
{
	if (!cascade_acts(pass->row)) {
		next_relation(pass->marking);
		return DB_OK;
	}
	return container_holds(pass->row->relation) ? mark_container(pass) : mark_children(pass);
}

/* All that goes in one organisation, as far as the budget reaches. */
static enum db_result mark_place(struct pass *pass, bool *done_r)
{
	const struct cascade_row *rows[RELATION_COUNT];
	struct marking *marking = pass->marking;
	enum db_result result = DB_OK;
	size_t relations;

	pass->scope = deletion_of_person(pass->deletion, &marking->place);
	relations = cascade_of_kind(pass->scope.kind, pass->scope.photo_action, rows);
	while (result == DB_OK && pass->budget > 0 && marking->relation < relations) {
		pass->row = rows[marking->relation];
		result = mark_some(pass);
		if (marking->relation == relations && marking->again && !pass->whole) {
			*marking = (struct marking){.place = marking->place, .begun = true};
		}
	}
	*done_r = marking->relation == relations;
	return result;
}

/* Of an organisation what is elsewhere comes first, for readers there see what is not marked. */
static enum db_result begin(struct pass *pass)
{
	struct marking *marking = pass->marking;
	enum db_result result = DB_NONE;

	if (pass->deletion->kind == ITEM_ORGANIZATION && !marking->begun) {
		result = deletion_next_elsewhere(
		    pass->tx->db, pass->tx->arena, pass->deletion, &marking->place);
	}
	if (result == DB_NONE && !marking->begun) {
		marking->place = (struct elsewhere){0};
	}
	marking->begun = true;
	return result == DB_NONE ? DB_OK : result;
}

/* The next place once one is done: home is the first of an account's, and the last of an
 * organisation's. DB_NONE: it was the last. */
static enum db_result go_on(struct pass *pass)
{
	bool first = pass->deletion->kind != ITEM_ORGANIZATION;
	struct elsewhere place = pass->marking->place;
	enum db_result result = DB_NONE;

	if (first || !id_is_none(&place.tenant)) {
		result =
		    deletion_next_elsewhere(pass->tx->db, pass->tx->arena, pass->deletion, &place);
	}
	if (result == DB_NONE && !first && !id_is_none(&pass->marking->place.tenant)) {
		place = (struct elsewhere){0};
		result = DB_OK;
	}
	if (result == DB_OK) {
		*pass->marking = (struct marking){.place = place, .begun = true};
	}
	return result;
}

bool marking_step(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    struct marking *marking, bool whole, int64_t budget, bool *done_r, struct error *error)
{
	struct pass pass = {.tx = tx,
	    .domain = domain,
	    .deletion = deletion,
	    .marking = marking,
	    .whole = whole,
	    .budget = budget};
	enum db_result result = begin(&pass);

	*done_r = false;
	while (result == DB_OK) {
		bool done = false;

		result = mark_place(&pass, &done);
		if (result != DB_OK || !done) {
			return result == DB_OK || db_fail(result, error);
		}
		result = go_on(&pass);
	}
	*done_r = result == DB_NONE;
	return *done_r || db_fail(result, error);
}

bool marking_elsewhere(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    int64_t budget, struct error *error)
{
	struct marking marking = {0};
	struct pass pass = {.tx = tx,
	    .domain = domain,
	    .deletion = deletion,
	    .marking = &marking,
	    .whole = true,
	    .budget = budget};
	enum db_result result = begin(&pass);

	while (result == DB_OK && pass.budget > 0 && !id_is_none(&marking.place.tenant)) {
		bool done = false;

		result = mark_place(&pass, &done);
		if (result == DB_OK && done) {
			result = go_on(&pass);
		}
	}
	return result <= DB_NONE || db_fail(result, error);
}

/* Of a deletion that archives, its batch says how many. */
static enum db_result finish_batch(struct db_tx *tx, const struct deletion *deletion)
{
	return deletion->photo_action == PHOTO_ACTION_ARCHIVE
		   ? container_batch_count(tx, deletion, deletion->counts[COUNT_PHOTO])
		   : DB_OK;
}

/* In every organisation. */
static enum db_result sum_bytes(struct db_tx *tx, struct deletion *deletion)
{
	struct id tenant = id_none;
	enum db_result result = DB_OK;

	deletion->bytes = 0;
	while (result == DB_OK) {
		struct deletion scope = deletion_in(deletion, &tenant);
		int64_t bytes = 0;

		result = marks_bytes(tx->db, tx->arena, &scope, &bytes);
		deletion->bytes += bytes;
		if (result == DB_OK) {
			result = deletion_next_tenant(tx->db, tx->arena, deletion, &tenant);
		}
	}
	return result == DB_NONE ? DB_OK : result;
}

bool marking_finish(
    struct db_tx *tx, struct deletion *deletion, int64_t now_us, struct error *error)
{
	enum db_result result = sum_bytes(tx, deletion);

	if (result == DB_OK) {
		result = finish_batch(tx, deletion);
	}
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
