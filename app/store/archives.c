/* archives.c - archiving photos by criteria.
 *
 * The photos that fit are found down one index: that of the first tag, or the project, or of what
 * is live in the organisation (published and not: two bands). Whatever it is, the other criteria
 * are looked at row by row. */
#include <store/archives.h>

#include "cascade.h"
#include "looking.h"
#include "paging.h"

/* Values: first, organisation, published; then MATCH. What a form does not use it binds idly. */
#define BY_TAG                                                                                     \
	" FROM photo_tags b FORCE INDEX (tag) STRAIGHT_JOIN photos p ON p.id = b.photo_id"         \
	" WHERE b.tag_id = ? AND p.organization_id = ? AND p.shelf = 0 AND ? IS NOT NULL"
#define BY_PROJECT                                                                                 \
	" FROM photos p FORCE INDEX (project)"                                                     \
	" WHERE p.project_id = ? AND p.organization_id = ? AND p.shelf = 0 AND ? IS NOT NULL"
#define BY_SHELF                                                                                   \
	" FROM photos p FORCE INDEX (shelf)"                                                       \
	" WHERE ? IS NULL AND p.organization_id = ? AND p.shelf = 0 AND p.published = ?"
#define BY_SHELF_AT_ONCE                                                                           \
	" FROM photos p FORCE INDEX (shelf)"                                                       \
	" WHERE ? IS NULL AND p.organization_id = ? AND p.shelf = 0 AND p.published IN (0, 1)"     \
	" AND ? IS NOT NULL"
#define BEARS                                                                                      \
	" AND (? IS NULL OR EXISTS (SELECT 1 FROM photo_tags x WHERE x.photo_id = p.id"            \
	" AND x.tag_id = ?))"
/* Values: project twice, from twice, until twice, each tag twice; lowest id, highest (not with). */
#define MATCH                                                                                      \
	" AND (? IS NULL OR p.project_id = ?) AND (? IS NULL OR p.created_at >= ?)"                \
	" AND (? IS NULL OR p.created_at < ?)" BEARS BEARS BEARS BEARS BEARS                       \
	" AND p.id >= ? AND p.id < ?"

/* The photos and what was made from them; what was made from a derivative is its original's. */
#define WITH_MADE(base, open)                                                                      \
	"WITH b (id) AS (" base "), t (id) AS (SELECT id FROM b UNION SELECT x.id FROM b"          \
	" STRAIGHT_JOIN photos x FORCE INDEX (original) ON x.original_id = b.id WHERE " open ") "
/* Value: limit. */
#define COUNT(form)                                                                                \
	WITH_MADE("SELECT p.id" form MATCH " LIMIT ?", "x.shelf = 0") "SELECT COUNT(*) FROM t"
#define RANGE(form) "SELECT p.id" form MATCH " ORDER BY p.id DESC LIMIT 1 OFFSET ?"
#define ARCHIVE(form)                                                                              \
	"UPDATE photos c JOIN (SELECT p.id" form MATCH                                             \
	") step ON step.id = c.id JOIN archive_batches b ON b.id = ?" SET_ARCHIVED

#define FORM(NAME, form, at_once)                                                                  \
	DB_STATEMENT(NAME##_COUNT, COUNT(at_once));                                                \
	DB_STATEMENT(NAME##_RANGE, RANGE(form));                                                   \
	DB_STATEMENT(NAME##_ARCHIVE, ARCHIVE(form))
FORM(ARCHIVE_TAGGED, BY_TAG, BY_TAG);
FORM(ARCHIVE_IN_PROJECT, BY_PROJECT, BY_PROJECT);
FORM(ARCHIVE_LIVE, BY_SHELF, BY_SHELF_AT_ONCE);

/* What was made from the batch's photos of a range. Values: batch, organisation, lowest, highest
 * (not with). */
#define OF_RANGE                                                                                   \
	"SELECT id FROM photos FORCE INDEX (batch) WHERE archive_batch_id = ?"                     \
	" AND organization_id = ? AND id >= ? AND id < ?"
DB_STATEMENT(ARCHIVE_MADE,
    "UPDATE photos c JOIN (" WITH_MADE(OF_RANGE,
	"x.shelf = 0") "SELECT id FROM t) step"
		       " ON step.id = c.id JOIN archive_batches b ON b.id = ?" SET_ARCHIVED
		       " WHERE c.shelf = 0");
DB_STATEMENT(ARCHIVE_REVOKE, "UPDATE photo_shares s JOIN (" WITH_MADE(OF_RANGE,
				 "x.archive_batch_id = ?") "SELECT id FROM t) step ON step.id = "
							   "s.photo_id SET s.revoked_at = ?"
							   " WHERE s.revoked_at IS NULL");

DB_STATEMENT(ARCHIVE_BATCH_INSERT,
    "INSERT INTO archive_batches (id, organization_id, created_by, criteria, reason, purge_after,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
#define MEMBER(path) " JSON_UNQUOTE(JSON_EXTRACT(criteria, '" path "'))"
DB_STATEMENT(ARCHIVE_BATCH_LOCK,
    "SELECT organization_id, created_by, photo_count, created_at," MEMBER(
	"$.project_id") ","
			" CAST(JSON_EXTRACT(criteria, '$.from_us') AS SIGNED),"
			" CAST(JSON_EXTRACT(criteria, '$.until_us') AS "
			"SIGNED)," MEMBER("$.tag_ids[0]") "," MEMBER(
			    "$.tag_"
			    "ids[1]") "," MEMBER("$.tag_ids[2]") "," MEMBER("$.tag_ids[3]") "," MEMBER("$.tag_ids[4]") " FROM "
														       "archive"
														       "_batche"
														       "s "
														       "WHERE "
														       "id = ? "
														       "AND organization_id = ? FOR "
														       "UPDAT"
														       "E");
DB_STATEMENT(ARCHIVE_BATCH_COUNT, "UPDATE archive_batches SET photo_count = photo_count + ? WHERE "
				  "id = ? AND organization_id = ?");

static const struct form {
	const struct db_statement *count, *range, *archive;
} tagged = {&ARCHIVE_TAGGED_COUNT, &ARCHIVE_TAGGED_RANGE, &ARCHIVE_TAGGED_ARCHIVE},
  in_project = {&ARCHIVE_IN_PROJECT_COUNT, &ARCHIVE_IN_PROJECT_RANGE, &ARCHIVE_IN_PROJECT_ARCHIVE},
  live = {&ARCHIVE_LIVE_COUNT, &ARCHIVE_LIVE_RANGE, &ARCHIVE_LIVE_ARCHIVE};

static const struct form *form_of(const struct archive_criteria *criteria)
{
	if (criteria->tag_count > 0) {
		return &tagged;
	}
	return id_is_none(&criteria->project_id) ? &live : &in_project;
}

unsigned archive_bands(const struct archive_criteria *criteria)
{
	return form_of(criteria) == &live ? 2 : 1;
}

#define VALUES_MAX 32

/* The values of a form with its MATCH. */
static size_t bind(struct db_value values[VALUES_MAX], const struct id *organization_id,
    const struct archive_criteria *c, unsigned band, const struct id *from, const struct id *before)
{
	size_t n = 0;

	values[n++] = c->tag_count > 0 ? db_bind_id(&c->tag_ids[0]) : db_bind_id(&c->project_id);
	values[n++] = db_bind_id(organization_id);
	values[n++] = db_bind_bool(band == 1);
	values[n++] = db_bind_id(&c->project_id);
	values[n++] = db_bind_id(&c->project_id);
	values[n++] = db_bind_time(c->from_us);
	values[n++] = db_bind_time(c->from_us);
	values[n++] = db_bind_time(c->until_us);
	values[n++] = db_bind_time(c->until_us);
	for (size_t i = 0; i < ARCHIVE_MAX_TAGS; i++) {
		struct db_value tag =
		    i < c->tag_count ? db_bind_id(&c->tag_ids[i]) : db_bind_null();

		values[n++] = tag;
		values[n++] = tag;
	}
	values[n++] = db_bind_blob(from->bytes, sizeof(from->bytes));
	values[n++] = bind_before(before);
	return n;
}

/* How far down the range of the criteria's form a count looks. */
static enum db_result look_down(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct archive_criteria *criteria, unsigned look,
    struct id *floor_r)
{
	struct id other = id_none;
	enum db_result result;

	if (criteria->tag_count > 0) {
		return look_at_tag(
		    db, arena, organization_id, &criteria->tag_ids[0], &id_none, look, floor_r);
	}
	if (!id_is_none(&criteria->project_id)) {
		return look_at_project(
		    db, arena, organization_id, &criteria->project_id, 0, &id_none, look, floor_r);
	}
	result = look_at_shelf(db, arena, organization_id, 0, true, &id_none, look, floor_r);
	if (result == DB_OK) {
		result =
		    look_at_shelf(db, arena, organization_id, 0, false, &id_none, look, &other);
	}
	look_raise(floor_r, &other);
	return result;
}

enum db_result archive_count(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct archive_criteria *criteria, int64_t most, unsigned look, struct archive_fit *fit_r)
{
	struct db_value values[VALUES_MAX];
	struct db_rows rows = {0};
	struct id floor = id_none;
	enum db_result result = look_down(db, arena, organization_id, criteria, look, &floor);
	size_t count = bind(values, organization_id, criteria, 0, &floor, &id_none);

	*fit_r = (struct archive_fit){0};
	values[count++] = db_bind_int(most == IMPACT_ALL ? most : most + 1);
	if (result == DB_OK) {
		result = db_query(db, arena, form_of(criteria)->count, values, count, &rows);
	}
	if (result == DB_OK) {
		fit_r->count = db_int(&rows, 0, 0);
		fit_r->looked = fit_r->count > most || id_is_none(&floor) ? 0 : look;
		fit_r->more = fit_r->count > most || fit_r->looked > 0;
	}
	return result;
}

enum db_result archive_batch_insert(struct db_tx *tx, const struct archive_batch *batch,
    const char *json, const char *reason, int64_t purge_after_us)
{
	return db_exec(tx->db, &ARCHIVE_BATCH_INSERT,
	    DB_VALUES(db_bind_id(&batch->id), db_bind_id(&batch->organization_id),
		db_bind_id(&batch->created_by), db_bind_text(json), db_bind_text(reason),
		db_bind_time(purge_after_us), db_bind_time(batch->created_us)),
	    NULL);
}

/* An id in JSON; false and none if there is none. */
static bool read_id(const struct db_rows *rows, size_t column, struct id *id_r)
{
	const char *text = db_text(rows, 0, column);

	*id_r = id_none;
	return text && id_parse(text, id_r);
}

enum db_result archive_batch_lock(struct db_tx *tx, const struct id *organization_id,
    const struct id *batch_id, struct archive_batch *batch_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(tx->db, tx->arena, &ARCHIVE_BATCH_LOCK,
	    DB_VALUES(db_bind_id(batch_id), db_bind_id(organization_id)), &rows);

	if (result != DB_OK) {
		return result;
	}
	*batch_r = (struct archive_batch){
	    .id = *batch_id,
	    .organization_id = db_id(&rows, 0, 0),
	    .created_by = db_id(&rows, 0, 1),
	    .photo_count = db_int(&rows, 0, 2),
	    .created_us = db_time(&rows, 0, 3),
	    .criteria = {.from_us = db_int(&rows, 0, 5), .until_us = db_int(&rows, 0, 6)},
	};
	(void)!read_id(&rows, 4, &batch_r->criteria.project_id);
	for (size_t i = 0; i < ARCHIVE_MAX_TAGS; i++) {
		struct id *tag = &batch_r->criteria.tag_ids[batch_r->criteria.tag_count];

		batch_r->criteria.tag_count += read_id(&rows, 7 + i, tag);
	}
	return DB_OK;
}

/* The range's photos, what was made from them, and an end to their shares. */
static enum db_result archive_range(struct db_tx *tx, const struct archive_batch *batch,
    unsigned band, const struct id *from, const struct id *before, int64_t now_us, int64_t *rows_r)
{
	struct db_value values[VALUES_MAX], id = db_bind_id(&batch->id);
	struct db_value organization = db_bind_id(&batch->organization_id);
	struct db_value low = db_bind_blob(from->bytes, sizeof(from->bytes));
	struct db_value high = bind_before(before), at = db_bind_time(batch->created_us);
	uint64_t fitting = 0, made = 0;
	size_t count = bind(values, &batch->organization_id, &batch->criteria, band, from, before);
	enum db_result result;

	values[count++] = id;
	values[count++] = at;
	result = db_exec(tx->db, form_of(&batch->criteria)->archive, values, count, &fitting);
	if (result == DB_OK) {
		result = db_exec(
		    tx->db, &ARCHIVE_MADE, DB_VALUES(id, organization, low, high, id, at), &made);
	}
	if (result == DB_OK || (result == DB_NONE && fitting > 0)) {
		result = db_exec(tx->db, &ARCHIVE_REVOKE,
		    DB_VALUES(id, organization, low, high, id, db_bind_time(now_us)), NULL);
	}
	*rows_r = (int64_t)(fitting + made);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result archive_step(struct db_tx *tx, const struct archive_batch *batch, unsigned band,
    struct id *before, int64_t limit, int64_t now_us, int64_t *rows_r)
{
	const struct id *below = id_is_none(before) ? &batch->id : before;
	struct db_value values[VALUES_MAX];
	struct db_rows rows = {0};
	struct id from = id_none;
	bool last;
	size_t count =
	    bind(values, &batch->organization_id, &batch->criteria, band, &id_none, below);
	enum db_result result;

	*rows_r = 0;
	values[count++] = db_bind_int(limit - 1);
	result =
	    db_query(tx->db, tx->arena, form_of(&batch->criteria)->range, values, count, &rows);
	if (result != DB_OK && result != DB_NONE) {
		return result;
	}
	last = result == DB_NONE;
	if (!last) {
		from = db_id(&rows, 0, 0);
	}
	result = archive_range(tx, batch, band, &from, below, now_us, rows_r);
	*before = from;
	return result == DB_OK && last ? DB_NONE : result;
}

enum db_result archive_batch_add(
    struct db_tx *tx, const struct archive_batch *batch, int64_t photos)
{
	enum db_result result = db_exec(tx->db, &ARCHIVE_BATCH_COUNT,
	    DB_VALUES(
		db_bind_int(photos), db_bind_id(&batch->id), db_bind_id(&batch->organization_id)),
	    NULL);

	return result == DB_NONE ? DB_OK : result;
}
