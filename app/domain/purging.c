/* purging.c - removing the rows of a deletion, in steps of a bounded number of rows, by the cascade
 * table: what points at others before these. */
#include "purge.h"

#include <store/container.h>
#include <store/exports.h>
#include <store/tenant.h>
#include <string.h>

/* One stage of a purge: a table of marks, or one of these. */
#define STAGE_TENANT (MARK_TABLE_COUNT + 1)
#define STAGE_KEEP   (MARK_TABLE_COUNT + 2) /* photos of a user that stay without a name */
#define STAGE_ADOPT  (MARK_TABLE_COUNT + 3) /* what of theirs others have in the trash */
#define STAGE_PERSON (MARK_TABLE_COUNT + 4)
#define STAGE_PEOPLE (MARK_TABLE_COUNT + 5)
#define STAGE_ABROAD (MARK_TABLE_COUNT + 6) /* what people of an organisation left elsewhere */
#define STAGES_MAX   (MARK_TABLE_COUNT + 5)
/* So many come before the tables of marks, of a person. */
#define STAGES_OF_PERSON 2

/* A step under way. */
struct removal {
	struct db_tx *tx;
	const struct domain *domain;
	struct deletion *deletion;
	struct deletion scope; /* the same, in the organisation that is being purged */
	struct purging *purging;
	const struct cascade_row *rows[RELATION_COUNT];
	size_t row_count;
	int64_t now_us;
	int64_t budget;
	int64_t whole;    /* what the budget was at first */
	bool exports;     /* there are some, which may contain what goes */
	struct error why; /* of a stage that is not of statements alone */
};

/* Rows of a table go with this deletion. */
static bool purges(const struct removal *c, enum mark_table marks)
{
	if (marks == cascade_root_marks(c->deletion->kind)) {
		return true;
	}
	for (size_t i = 0; i < c->row_count; i++) {
		bool acts = c->rows[i]->on_delete == DELETE_MARKS ||
			    c->rows[i]->on_delete == DELETE_BY_CHOICE;

		if (acts && c->rows[i]->child_marks == marks) {
			return true;
		}
	}
	return false;
}

/* The tables in the order of their removal. Details go with what they are details of; what else an
 * organisation has goes before its people, to whom it points. */
static size_t list_stages(const struct removal *c, int stages[STAGES_MAX])
{
	bool person = c->deletion->kind == ITEM_USER;
	size_t count = 0;

	if (person) {
		stages[count++] = STAGE_KEEP;
		stages[count++] = STAGE_ADOPT;
	}
	for (int marks = 0; marks < MARK_TABLE_COUNT; marks++) {
		if (marks == MARKS_USERS && c->deletion->kind == ITEM_ORGANIZATION) {
			stages[count++] = STAGE_ABROAD;
			stages[count++] = STAGE_TENANT;
			stages[count++] = STAGE_PEOPLE;
		}
		if (marks == MARKS_USERS && person) {
			stages[count++] = STAGE_PERSON; /* the row goes when it is settled */
		} else if (marks != MARKS_EFFECTS && cascade_marks_table((enum mark_table)marks) &&
			   purges(c, (enum mark_table)marks)) {
			stages[count++] = marks;
		}
	}
	if (c->deletion->photo_action != PHOTO_ACTION_NONE) {
		stages[count++] = MARKS_EFFECTS;
	}
	return count;
}

static bool is_after(const struct id *a, const struct id *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) > 0;
}

static void spend(struct removal *c, int64_t rows)
{
	c->budget -= rows;
	c->deletion->progress_done += rows;
}

static void end_stage(struct removal *c)
{
	*c->purging = (struct purging){.stage = c->purging->stage + 1,
	    .swept = true,
	    .taken = true,
	    .tenant = c->purging->tenant,
	    .abroad = c->purging->abroad};
}

/* Whether any row up to `upto` has rows of the i-th relation; what was found before is remembered.
 */
static enum db_result has_details(struct removal *c, size_t i, const struct id *upto, bool *has_r)
{
	struct id *next = &c->purging->next[i];
	enum db_result result = DB_OK;

	if (!is_after(next, &c->purging->after)) {
		result = relation_next(
		    c->tx->db, c->tx->arena, c->rows[i]->relation, &c->purging->after, next);
	}
	if (result == DB_NONE) {
		memset(next->bytes, 0xff, sizeof(next->bytes));
	}
	*has_r = result == DB_OK && !is_after(next, upto);
	return result == DB_NONE ? DB_OK : result;
}

/* The details of the table's rows in (after, upto], as far as the budget reaches. */
static enum db_result remove_details(struct removal *c, const char *table, const struct id *upto)
{
	enum db_result result = DB_OK;

	for (size_t i = 0; result == DB_OK && i < c->row_count && c->budget > 0; i++) {
		int64_t removed = 0;
		bool has;

		if (strcmp(c->rows[i]->parent, table) != 0) {
			continue;
		}
		result = has_details(c, i, upto, &has);
		if (result == DB_OK && has) {
			result = relation_purge(c->tx, c->rows[i]->relation, &c->scope,
			    &c->purging->after, upto, c->budget, c->now_us, &removed);
		}
		spend(c, removed);
	}
	return result;
}

/* As many rows of the table as are likely to fit the budget with their details. */
static int64_t range_of(const struct removal *c)
{
	int64_t density = c->purging->density > 0 ? c->purging->density : 4;
	int64_t count = c->budget / density;

	return count > 0 ? count : 1;
}

/* A range of one table: the details of its rows, then the rows. */
static enum db_result remove_range(struct removal *c, enum mark_table marks)
{
	const char *table = cascade_marks_table(marks);
	int64_t before = c->budget, count = range_of(c), removed = 0;
	struct id upto;
	bool last;
	enum db_result result;

	if (c->budget < c->purging->density && c->budget * 8 < c->whole) {
		c->budget = 0; /* what is left of it is not worth the statements of a range */
		return DB_OK;
	}
	result = marks_range(
	    c->tx->db, c->tx->arena, marks, &c->scope, &c->purging->after, count, &upto, &last);
	if (result == DB_OK && c->exports) {
		result =
		    export_touch(c->tx, marks, &c->scope, &c->purging->after, &upto, c->now_us);
	}
	if (result == DB_OK) {
		result = remove_details(c, table, &upto);
	}
	if (result == DB_OK && c->budget > 0) {
		result = marks_purge(
		    c->tx, marks, &c->scope, &c->purging->after, &upto, c->budget, &removed);
		spend(c, removed);
	}
	if (result != DB_OK || c->budget <= 0) {
		return result;
	}
	c->purging->after = upto;
	if (removed > 0) {
		c->purging->density = (before - c->budget + removed - 1) / removed;
	}
	if (last) {
		end_stage(c);
	}
	return DB_OK;
}

/* Rows that only an organisation's purge takes, relation by relation. */
static enum db_result remove_tenant(struct removal *c)
{
	enum relation relation;
	int64_t removed = 0;
	enum db_result result;

	while (c->purging->relation < c->row_count &&
	       !tenant_holds(c->rows[c->purging->relation]->relation)) {
		c->purging->relation++;
	}
	if (c->purging->relation == c->row_count) {
		end_stage(c);
		return DB_OK;
	}
	relation = c->rows[c->purging->relation]->relation;
	result = tenant_purge(c->tx, relation, c->deletion, c->budget, c->now_us, &removed);
	if (removed < c->budget) {
		c->purging->relation++;
	}
	spend(c, removed);
	return result;
}

static enum db_result forget_effects(struct removal *c)
{
	int64_t removed = 0;
	enum db_result result = effects_forget(c->tx, c->deletion, c->budget, &removed);

	if (removed < c->budget) {
		end_stage(c);
	}
	spend(c, removed);
	return result;
}

/* Before the people themselves: what they have left elsewhere, one organisation after the other,
 * through the tables of marks anew. */
static enum db_result go_abroad(struct removal *c)
{
	struct purging *purging = c->purging;
	struct id tenant = purging->tenant;
	enum db_result result = deletion_next_tenant(c->tx->db, c->tx->arena, c->deletion, &tenant);

	if (result == DB_OK) {
		*purging =
		    (struct purging){.stage = c->deletion->kind == ITEM_USER ? STAGES_OF_PERSON : 0,
			.swept = true,
			.taken = true,
			.tenant = tenant};
		c->scope = deletion_in(c->deletion, &tenant);
	}
	purging->abroad = result == DB_NONE;
	return result == DB_NONE ? DB_OK : result;
}

/* The rest of an organisation is at home again. */
static enum db_result come_home(struct removal *c)
{
	c->purging->tenant = id_none;
	c->scope = *c->deletion;
	end_stage(c);
	return DB_OK;
}

/* What is not a table of marks. A failure is kept for the step to end with. */
static enum db_result run_person(struct removal *c, int stage)
{
	bool ok, done = false;

	if (stage == STAGE_KEEP) {
		ok = erasure_keep_step(c->tx, c->domain, c->deletion, &done, &c->why);
		c->budget = done ? c->budget : 0;
	} else if (stage == STAGE_ADOPT) {
		ok = erasure_adopt_step(
		    c->tx, c->deletion, c->budget, &done, &c->purging->waits, &c->why);
		c->budget = done ? c->budget : 0;
	} else {
		struct erasing *erasing = &c->purging->erasing;

		if (stage == STAGE_PERSON) {
			erasing->user_id = c->deletion->item_id;
		}
		ok = stage == STAGE_PERSON ? erasure_step(c->tx, c->domain, c->deletion, erasing,
						 &c->budget, &done, &c->why)
					   : erasure_people_step(c->tx, c->domain, c->deletion,
						 erasing, &c->budget, &done, &c->why);
		/* The provider is asked between two steps. */
		c->budget = erasing->identity_uid[0] || erasing->waits ? 0 : c->budget;
		c->purging->waits = erasing->waits;
	}
	if (ok && done) {
		end_stage(c);
	}
	return ok ? DB_OK : DB_ERROR;
}

static enum db_result run_stage(struct removal *c, int stage)
{
	switch (stage) {
	case STAGE_PERSON:
		return c->purging->abroad ? run_person(c, stage) : go_abroad(c);
	case STAGE_ABROAD:
		return c->purging->abroad ? come_home(c) : go_abroad(c);
	case STAGE_KEEP:
	case STAGE_ADOPT:
	case STAGE_PEOPLE:
		return run_person(c, stage);
	case STAGE_TENANT:
		return remove_tenant(c);
	case MARKS_EFFECTS:
		return forget_effects(c);
	default:
		return remove_range(c, (enum mark_table)stage);
	}
}

/* An organisation's purge, and an account's, take everything: also what another deletion's restore,
 * begun before, gave back after the marking had passed. */
static bool sweep(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    struct purging *purging, int64_t budget, struct error *error)
{
	if (purging->swept ||
	    (deletion->kind != ITEM_ORGANIZATION && deletion->kind != ITEM_USER)) {
		purging->swept = true;
		return true;
	}
	return marking_step(
	    tx, domain, deletion, &purging->sweep, false, budget, &purging->swept, error);
}

bool purging_step(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    struct purging *purging, int64_t budget, bool *done_r, struct error *error)
{
	struct removal c = {.tx = tx,
	    .domain = domain,
	    .deletion = deletion,
	    .scope = deletion_in(deletion, &purging->tenant),
	    .purging = purging,
	    .now_us = clock_now_us(domain->clock),
	    .budget = budget,
	    .whole = budget};
	int stages[STAGES_MAX];
	size_t count;
	enum db_result result;

	*done_r = false;
	if (!sweep(tx, domain, deletion, purging, budget, error) ||
	    (purging->swept && !purging_take_over(tx, deletion, purging, budget, error))) {
		return false;
	}
	result = export_any(tx->db, tx->arena, &c.exports);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	c.row_count = cascade_of_kind(deletion->kind, deletion->photo_action, c.rows);
	count = list_stages(&c, stages);
	/* What is left of a step is not worth another range. */
	while (purging->taken && c.budget > budget / 8 && purging->stage < count) {
		result = run_stage(&c, stages[purging->stage]);
		if (result != DB_OK) {
			if (c.why.kind != ERROR_NONE) {
				*error = c.why;
				return false;
			}
			return db_fail(result, error);
		}
	}
	*done_r = purging->stage == count;
	return true;
}
