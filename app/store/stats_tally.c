/* stats_tally.c - what the worker counts ahead: deletions by the hour, and the shelves of photos.
 */
#include <base/clock.h>
#include <store/stats.h>

#define HOUR_US       (3600 * CLOCK_SECOND_US)
#define FAR_FUTURE_US INT64_C(253402300799000000) /* the last second of the year 9999 */

/* The milliseconds at which an id was made, and the parts of so many of them they fall into. */
#define MADE_MS   "CAST(CONV(HEX(SUBSTR(id, 1, 6)), 16, 10) AS SIGNED)"
#define SINCE(at) "TIMESTAMPDIFF(SECOND, '1970-01-01', " at ")"

DB_STATEMENT(TALLY_READ,
    "SELECT organization_id, tallied_until, deleted, restored, purged, reclaimed_bytes,"
    " live_photos, live_bytes, archived_photos, archived_bytes, trashed_photos, trashed_bytes,"
    " counted_at FROM tallies WHERE organization_id = ?");
DB_STATEMENT(TALLY_DAYS,
    "SELECT DATE(hour), CAST(SUM(deleted) AS SIGNED), CAST(SUM(restored) AS SIGNED),"
    " CAST(SUM(purged) AS SIGNED), CAST(SUM(reclaimed_bytes) AS SIGNED) FROM hourly_tallies"
    " WHERE organization_id = ? AND hour >= ? AND hour < ? GROUP BY DATE(hour) ORDER BY "
    "DATE(hour)");

#define HOURS_SINCE                                                                                \
	"SELECT CAST(COALESCE(SUM(deleted), 0) AS SIGNED) AS deleted,"                             \
	" CAST(COALESCE(SUM(restored), 0) AS SIGNED) AS restored,"                                 \
	" CAST(COALESCE(SUM(purged), 0) AS SIGNED) AS purged,"                                     \
	" CAST(COALESCE(SUM(reclaimed_bytes), 0) AS SIGNED) AS reclaimed_bytes"                    \
	" FROM hourly_tallies WHERE organization_id = ? AND hour >= ?"
DB_STATEMENT(TALLY_HOURS_SINCE, HOURS_SINCE);

/* A deletion is in one of the two ranges of its index. Values: twice organisation, from, to, most;
 * before them the part in milliseconds. */
#define MADE_IN(restorable)                                                                        \
	"(SELECT id FROM deletions FORCE INDEX (trash) WHERE organization_id = ?"                  \
	" AND restorable = " restorable " AND id >= ? AND id < ? ORDER BY id LIMIT ?)"
DB_STATEMENT(TALLY_MADE, "SELECT " MADE_MS " DIV ? AS part, COUNT(*) FROM (" MADE_IN(
			     "0") " UNION ALL " MADE_IN("1") ") made GROUP BY part ORDER BY part");
DB_STATEMENT(TALLY_SETTLED,
    "SELECT " SINCE("settled_at") " DIV ? AS part, CAST(SUM(state = 'restored') AS SIGNED),"
				  " CAST(SUM(state = 'purged') AS SIGNED),"
				  " CAST(SUM(IF(state = 'purged', bytes, 0)) AS SIGNED)"
				  " FROM (SELECT settled_at, state, bytes FROM deletions"
				  " FORCE INDEX (settled) WHERE organization_id = ?"
				  " AND settled_at >= ? AND settled_at < ?"
				  " ORDER BY settled_at LIMIT ?) settled"
				  " GROUP BY part ORDER BY part");
DB_STATEMENT(TALLY_NEXT,
    "SELECT (SELECT " MADE_MS " FROM deletions FORCE INDEX (trash) WHERE organization_id = ?"
    " AND restorable = 0 AND id >= ? ORDER BY id LIMIT 1),"
    " (SELECT " MADE_MS " FROM deletions FORCE INDEX (trash) WHERE organization_id = ?"
    " AND restorable = 1 AND id >= ? ORDER BY id LIMIT 1),"
    " (SELECT settled_at FROM deletions FORCE INDEX (settled) WHERE organization_id = ?"
    " AND settled_at >= ? ORDER BY settled_at LIMIT 1)");

DB_STATEMENT(TALLY_BEGIN,
    "INSERT INTO tallies (organization_id, tallied_until) SELECT o.id, ? FROM organizations o"
    " WHERE NOT EXISTS (SELECT 1 FROM tallies t WHERE t.organization_id = o.id)"
    " ON DUPLICATE KEY UPDATE tallied_until = tallies.tallied_until");
DB_STATEMENT(TALLY_DUE, "SELECT organization_id, tallied_until FROM tallies"
			" WHERE tallied_until < ? ORDER BY tallied_until LIMIT ?");
DB_STATEMENT(TALLY_MOVE,
    "UPDATE tallies SET tallied_until = ?, deleted = deleted + ?, restored = restored + ?,"
    " purged = purged + ?, reclaimed_bytes = reclaimed_bytes + ?"
    " WHERE organization_id = ? AND tallied_until = ?");
DB_STATEMENT(TALLY_AHEAD, "SELECT organization_id, tallied_until FROM tallies"
			  " WHERE tallied_until > ? ORDER BY tallied_until DESC LIMIT ?");
DB_STATEMENT(TALLY_TAKE_OUT,
    "UPDATE tallies t JOIN (" HOURS_SINCE ") h"
    " SET t.deleted = t.deleted - LEAST(t.deleted, h.deleted),"
    " t.restored = t.restored - LEAST(t.restored, h.restored),"
    " t.purged = t.purged - LEAST(t.purged, h.purged),"
    " t.reclaimed_bytes = t.reclaimed_bytes - LEAST(t.reclaimed_bytes, h.reclaimed_bytes)"
    " WHERE t.organization_id = ?");
DB_STATEMENT(
    TALLY_REMOVE_HOURS, "DELETE FROM hourly_tallies WHERE organization_id = ? AND hour >= ?");
DB_STATEMENT(TALLY_ADD_HOUR,
    "INSERT INTO hourly_tallies (organization_id, hour, deleted, restored, purged,"
    " reclaimed_bytes) VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE"
    " deleted = deleted + ?, restored = restored + ?, purged = purged + ?,"
    " reclaimed_bytes = reclaimed_bytes + ?");
/* Of all organisations. */
DB_STATEMENT(TALLY_PRUNE, "DELETE FROM hourly_tallies WHERE hour < ? LIMIT ?");

DB_STATEMENT(SHELF_STEP,
    "SELECT COUNT(*), CAST(COALESCE(SUM(step.bytes), 0) AS SIGNED), MAX(step.id) FROM"
    " (SELECT id, bytes FROM photos FORCE INDEX (shelf) WHERE organization_id = ? AND shelf = ?"
    " AND published = ? AND id > ? ORDER BY id LIMIT ?) step");
/* Those that nothing has happened in stay as they were counted. */
DB_STATEMENT(SHELVES_DUE,
    "SELECT t.organization_id FROM tallies t WHERE t.counted_at IS NULL OR t.counted_at > ?"
    " OR (t.counted_at <= ?"
    " AND (t.counted_at <= ? OR (SELECT a.at FROM audit_log a WHERE"
    " a.organization_id = t.organization_id ORDER BY a.id DESC LIMIT 1)"
    " >= TIMESTAMPADD(MICROSECOND, ?, t.counted_at))) LIMIT ?");
DB_STATEMENT(SHELVES_STORE,
    "UPDATE tallies SET live_photos = ?, live_bytes = ?, archived_photos = ?, archived_bytes = ?,"
    " trashed_photos = ?, trashed_bytes = ?, counted_at = ? WHERE organization_id = ?");

enum db_result stats_shelf_step(struct db *db, struct arena *arena,
    const struct id *organization_id, enum stats_shelf shelf, bool published, int64_t limit,
    struct id *after, struct stats_sum *sum)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &SHELF_STEP,
	    DB_VALUES(db_bind_id(organization_id), db_bind_int(shelf), db_bind_bool(published),
		db_bind_blob(after->bytes, sizeof(after->bytes)), db_bind_int(limit)),
	    &rows);

	if (result != DB_OK) {
		return result;
	}
	sum->photos += db_int(&rows, 0, 0);
	sum->bytes += db_int(&rows, 0, 1);
	*after = db_int(&rows, 0, 0) == limit ? db_id(&rows, 0, 2) : id_none;
	return DB_OK;
}

static struct stats_turnover read_turnover(const struct db_rows *rows, size_t row, size_t column)
{
	return (struct stats_turnover){
	    .deleted = db_int(rows, row, column),
	    .restored = db_int(rows, row, column + 1),
	    .purged = db_int(rows, row, column + 2),
	    .reclaimed_bytes = db_int(rows, row, column + 3),
	};
}

enum db_result stats_tally_read(struct db *db, struct arena *arena,
    const struct id *organization_id, struct stats_tally *tally_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, &TALLY_READ, DB_VALUES(db_bind_id(organization_id)), &rows);

	*tally_r = (struct stats_tally){.organization_id = *organization_id};
	if (result != DB_OK) {
		return result;
	}
	tally_r->until_us = db_time(&rows, 0, 1);
	tally_r->turnover = read_turnover(&rows, 0, 2);
	for (size_t i = 0; i < SHELF_COUNT; i++) {
		tally_r->shelves[i] =
		    (struct stats_sum){db_int(&rows, 0, 6 + 2 * i), db_int(&rows, 0, 7 + 2 * i)};
	}
	tally_r->counted_us = db_time(&rows, 0, 12);
	return DB_OK;
}

enum db_result stats_days(struct db *db, struct arena *arena, const struct id *organization_id,
    int64_t from_us, int64_t to_us, struct stats_part **parts_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &TALLY_DAYS,
	    DB_VALUES(db_bind_id(organization_id), db_bind_time(from_us), db_bind_time(to_us)),
	    &rows);

	*count_r = rows.count;
	*parts_r = arena_array(arena, rows.count + 1, sizeof(**parts_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*parts_r)[i] =
		    (struct stats_part){db_time(&rows, i, 0), read_turnover(&rows, i, 1)};
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result stats_hours_since(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t from_us, struct stats_turnover *sums_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &TALLY_HOURS_SINCE,
	    DB_VALUES(db_bind_id(organization_id), db_bind_time(from_us)), &rows);

	*sums_r = (struct stats_turnover){0};
	if (result == DB_OK) {
		*sums_r = read_turnover(&rows, 0, 0);
	}
	return result;
}

/* The made ones: of either range at most `most`, so up to twice as many. */
static enum db_result read_made(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id range[2], int64_t part_us, int64_t most,
    struct db_rows *rows_r)
{
	const struct db_value values[] = {db_bind_id(organization_id),
	    db_bind_blob(range[0].bytes, sizeof(range[0].bytes)), db_bind_id(&range[1]),
	    db_bind_int(most)};

	return db_query(db, arena, &TALLY_MADE,
	    DB_VALUES(db_bind_int(part_us / 1000), values[0], values[1], values[2], values[3],
		values[0], values[1], values[2], values[3]),
	    rows_r);
}

enum db_result stats_turnover_read(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t from_us, int64_t to_us, int64_t part_us, int64_t most,
    struct stats_part **parts_r, size_t *count_r, bool *more_r)
{
	const int64_t end_us = to_us ? to_us : FAR_FUTURE_US, limit = most ? most + 1 : INT64_MAX;
	const struct id range[2] = {id_floor(from_us), id_floor(end_us)};
	struct db_rows made = {0}, settled = {0};
	int64_t made_sum = 0, settled_sum = 0;
	enum db_result result = read_made(db, arena, organization_id, range, part_us, limit, &made);

	if (result == DB_OK || result == DB_NONE) {
		result = db_query(db, arena, &TALLY_SETTLED,
		    DB_VALUES(db_bind_int(part_us / CLOCK_SECOND_US), db_bind_id(organization_id),
			db_bind_time(from_us), db_bind_time(end_us), db_bind_int(limit)),
		    &settled);
	}
	*count_r = made.count + settled.count;
	*parts_r = arena_array(arena, *count_r + 1, sizeof(**parts_r));
	for (size_t i = 0; i < made.count; i++) {
		(*parts_r)[i] = (struct stats_part){
		    db_int(&made, i, 0) * part_us, {.deleted = db_int(&made, i, 1)}};
		made_sum += db_int(&made, i, 1);
	}
	for (size_t i = 0; i < settled.count; i++) {
		struct stats_turnover sums = {
		    0, db_int(&settled, i, 1), db_int(&settled, i, 2), db_int(&settled, i, 3)};

		(*parts_r)[made.count + i] =
		    (struct stats_part){db_int(&settled, i, 0) * part_us, sums};
		settled_sum += sums.restored + sums.purged;
	}
	if (more_r) {
		*more_r = most && (made_sum > most || settled_sum > most);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result stats_turnover_next(struct db *db, struct arena *arena,
    const struct id *organization_id, int64_t from_us, int64_t *at_r)
{
	const struct id from = id_floor(from_us);
	struct db_value organization = db_bind_id(organization_id);
	struct db_value first = db_bind_blob(from.bytes, sizeof(from.bytes));
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &TALLY_NEXT,
	    DB_VALUES(
		organization, first, organization, first, organization, db_bind_time(from_us)),
	    &rows);

	*at_r = 0;
	if (result != DB_OK) {
		return result;
	}
	for (size_t i = 0; i < 3; i++) {
		int64_t at_us = i < 2 ? db_int(&rows, 0, i) * 1000 : db_time(&rows, 0, i);

		if (!db_is_null(&rows, 0, i) && (*at_r == 0 || at_us < *at_r)) {
			*at_r = at_us;
		}
	}
	return *at_r ? DB_OK : DB_NONE;
}

enum db_result stats_tally_begin(struct db *db, int64_t from_us)
{
	return db_exec(db, &TALLY_BEGIN, DB_VALUES(db_bind_time(from_us)), NULL);
}

static enum db_result read_tallies(struct db *db, struct arena *arena,
    const struct db_statement *statement, int64_t until_us, unsigned limit,
    struct stats_tally **tallies_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    db, arena, statement, DB_VALUES(db_bind_time(until_us), db_bind_int(limit)), &rows);

	*count_r = rows.count;
	*tallies_r = arena_array(arena, rows.count + 1, sizeof(**tallies_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*tallies_r)[i] = (struct stats_tally){
		    .organization_id = db_id(&rows, i, 0), .until_us = db_time(&rows, i, 1)};
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result stats_tally_due(struct db *db, struct arena *arena, int64_t until_us, unsigned limit,
    struct stats_tally **tallies_r, size_t *count_r)
{
	return read_tallies(db, arena, &TALLY_DUE, until_us, limit, tallies_r, count_r);
}

enum db_result stats_tally_ahead(struct db *db, struct arena *arena, int64_t until_us,
    unsigned limit, struct stats_tally **tallies_r, size_t *count_r)
{
	return read_tallies(db, arena, &TALLY_AHEAD, until_us, limit, tallies_r, count_r);
}

enum db_result stats_tally_move(struct db_tx *tx, const struct stats_tally *tally, int64_t until_us,
    const struct stats_turnover *sums)
{
	return db_exec(tx->db, &TALLY_MOVE,
	    DB_VALUES(db_bind_time(until_us), db_bind_int(sums->deleted),
		db_bind_int(sums->restored), db_bind_int(sums->purged),
		db_bind_int(sums->reclaimed_bytes), db_bind_id(&tally->organization_id),
		db_bind_time(tally->until_us)),
	    NULL);
}

/* The move comes first: its lock keeps the hours as they are. */
enum db_result stats_tally_rewind(
    struct db_tx *tx, const struct stats_tally *tally, int64_t until_us)
{
	struct db_value organization = db_bind_id(&tally->organization_id);
	struct db_value until = db_bind_time(until_us);
	enum db_result result =
	    stats_tally_move(tx, tally, until_us, &(const struct stats_turnover){0});

	if (result != DB_OK) {
		return result;
	}
	result =
	    db_exec(tx->db, &TALLY_TAKE_OUT, DB_VALUES(organization, until, organization), NULL);
	if (result == DB_OK) {
		result = db_exec(tx->db, &TALLY_REMOVE_HOURS, DB_VALUES(organization, until), NULL);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result stats_hour_add(
    struct db_tx *tx, const struct id *organization_id, const struct stats_part *part)
{
	struct db_value deleted = db_bind_int(part->turnover.deleted);
	struct db_value restored = db_bind_int(part->turnover.restored);
	struct db_value purged = db_bind_int(part->turnover.purged);
	struct db_value bytes = db_bind_int(part->turnover.reclaimed_bytes);

	return db_exec(tx->db, &TALLY_ADD_HOUR,
	    DB_VALUES(db_bind_id(organization_id), db_bind_time(part->start_us), deleted, restored,
		purged, bytes, deleted, restored, purged, bytes),
	    NULL);
}

enum db_result stats_hours_prune(
    struct db *db, int64_t before_us, unsigned limit, uint64_t *removed_r)
{
	return db_exec(
	    db, &TALLY_PRUNE, DB_VALUES(db_bind_time(before_us), db_bind_int(limit)), removed_r);
}

enum db_result stats_shelves_due(struct db *db, struct arena *arena, int64_t stale_us,
    int64_t old_us, int64_t ahead_us, int64_t lag_us, unsigned limit, struct id **ids_r,
    size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &SHELVES_DUE,
	    DB_VALUES(db_bind_time(ahead_us), db_bind_time(stale_us), db_bind_time(old_us),
		db_bind_int(-lag_us), db_bind_int(limit)),
	    &rows);

	*count_r = rows.count;
	*ids_r = arena_array(arena, rows.count + 1, sizeof(**ids_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*ids_r)[i] = db_id(&rows, i, 0);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result stats_shelves_store(struct db *db, const struct id *organization_id,
    const struct stats_sum shelves[SHELF_COUNT], int64_t now_us)
{
	return db_exec(db, &SHELVES_STORE,
	    DB_VALUES(db_bind_int(shelves[0].photos), db_bind_int(shelves[0].bytes),
		db_bind_int(shelves[1].photos), db_bind_int(shelves[1].bytes),
		db_bind_int(shelves[2].photos), db_bind_int(shelves[2].bytes), db_bind_time(now_us),
		db_bind_id(organization_id)),
	    NULL);
}
