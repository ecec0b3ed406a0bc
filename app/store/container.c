/* container.c - the statements on what a container holds.
 *
 * Each band is one range of one index, in order of id: a step finds the lowest id of its rows
 * there, and then changes exactly that range. What is changed leaves the band, so that a pass that
 * starts anew finds what is left. */
#include <store/container.h>

#include "cascade.h"
#include "paging.h"

/* Where the rows of a relation are: the table as `c`, and the band's condition. Photos are changed
 * down their primary key where most between the ends of the range are of the band: what is changed
 * would leave the other index, so that the server would read all rows twice. */
#define PROJECT_ROWS "photos c FORCE INDEX (project)"
#define PROJECT_BAND " WHERE c.project_id = ? AND c.organization_id = ? AND c.shelf = ?"
#define SITE_ROWS    "photos c FORCE INDEX (site)"
#define SITE_BAND    " WHERE c.site_id = ? AND c.organization_id = ? AND c.shelf = ?"
#define PHOTO_ROWS   "photos c FORCE INDEX (shelf)"
#define PHOTO_BAND   " WHERE c.organization_id = ? AND c.shelf = ? AND c.published = ?"
#define DENSE_ROWS   "photos c FORCE INDEX (PRIMARY)"
#define LIVE_BAND    " WHERE c.organization_id = ? AND c.deleted_at IS NULL"

#define BELOW      " AND c.id < ?"
#define BETWEEN    " AND c.id >= ? AND c.id < ?"
#define SET_MARK   " SET c.deleted_at = ?, c.deletion_id = ?"
#define SET_TOKENS " SET c.deleted_at = ?, c.deletion_id = ?, c.tokens_valid_after = c.deleted_at"

#define RANGE(rows, band) "SELECT c.id FROM " rows band BELOW " ORDER BY c.id DESC LIMIT 1 OFFSET ?"
#define COUNT(rows, band)                                                                          \
	"SELECT COUNT(*), MIN(t.id) FROM (SELECT c.id FROM " rows band BELOW                       \
	" ORDER BY c.id DESC LIMIT ?) t"
#define SETTING(rows, set, band) "UPDATE " rows set band BETWEEN
#define NOTE(rows, effect, container, band)                                                        \
	"INSERT INTO deletion_effects (deletion_id, photo_id, effect, container_id)"               \
	" SELECT ?, c.id, '" effect "', " container " FROM " rows band BETWEEN                     \
	" ON DUPLICATE KEY UPDATE effect = '" effect "', container_id = " container
#define ARCHIVE(rows, band)                                                                        \
	"UPDATE " rows " JOIN archive_batches b ON b.id = ?" SET_ARCHIVED band BETWEEN

#define PLACE(NAME, rows, band, column)                                                            \
	DB_STATEMENT(NAME##_RANGE, RANGE(rows, band));                                             \
	DB_STATEMENT(NAME##_COUNT, COUNT(rows, band));                                             \
	DB_STATEMENT(NAME##_MARK, SETTING(rows, SET_MARK, band));                                  \
	DB_STATEMENT(NAME##_NOTE_ORPHANED, NOTE(rows, "orphaned", "c." column, band));             \
	DB_STATEMENT(NAME##_ORPHAN, SETTING(rows, " SET c." column " = NULL", band));              \
	DB_STATEMENT(NAME##_NOTE_ARCHIVED, NOTE(rows, "archived", "NULL", band));                  \
	DB_STATEMENT(NAME##_ARCHIVE, ARCHIVE(rows, band));                                         \
	DB_STATEMENT(NAME##_MARK_DENSE, SETTING(DENSE_ROWS, SET_MARK, band));                      \
	DB_STATEMENT(NAME##_ORPHAN_DENSE, SETTING(DENSE_ROWS, " SET c." column " = NULL", band));  \
	DB_STATEMENT(NAME##_ARCHIVE_DENSE, ARCHIVE(DENSE_ROWS, band))
#define BYTES(rows, band) "SELECT SUM(c.bytes) FROM " rows band BETWEEN
#define BYTES_OF_FILES(rows, kind, band)                                                           \
	"SELECT SUM(f.bytes) FROM " rows " STRAIGHT_JOIN files f ON f.owner_id = c.id"             \
	" AND f.owner_kind = '" kind "'" band BETWEEN
#define CHILD(NAME, rows, band, set)                                                               \
	DB_STATEMENT(NAME##_RANGE, RANGE(rows, band));                                             \
	DB_STATEMENT(NAME##_COUNT, COUNT(rows, band));                                             \
	DB_STATEMENT(NAME##_MARK, SETTING(rows, set, band))

PLACE(IN_PROJECT, PROJECT_ROWS, PROJECT_BAND, "project_id");
PLACE(IN_SITE, SITE_ROWS, SITE_BAND, "site_id");
CHILD(ORG_PHOTOS, PHOTO_ROWS, PHOTO_BAND, SET_MARK);
DB_STATEMENT(ORG_PHOTOS_MARK_DENSE, SETTING(DENSE_ROWS, SET_MARK, PHOTO_BAND));
DB_STATEMENT(ORG_PHOTOS_BYTES, BYTES(PHOTO_ROWS, PHOTO_BAND));
CHILD(ORG_USERS, "users c FORCE INDEX (organization)", LIVE_BAND, SET_TOKENS);
CHILD(ORG_SITES, "sites c FORCE INDEX (live)", LIVE_BAND, SET_MARK);
CHILD(ORG_PROJECTS, "projects c FORCE INDEX (live)", LIVE_BAND, SET_MARK);
CHILD(ORG_ALBUMS, "albums c FORCE INDEX (live)", LIVE_BAND, SET_MARK);
#define ORG_QUEST_ROWS     "quests c FORCE INDEX (organization)"
#define ORG_ADVENTURE_ROWS "adventures c FORCE INDEX (organization)"
CHILD(ORG_QUESTS, ORG_QUEST_ROWS, LIVE_BAND, SET_MARK);
DB_STATEMENT(ORG_QUESTS_BYTES, BYTES_OF_FILES(ORG_QUEST_ROWS, "quest", LIVE_BAND));
CHILD(ORG_ADVENTURES, ORG_ADVENTURE_ROWS, LIVE_BAND, SET_MARK);
DB_STATEMENT(ORG_ADVENTURES_BYTES, BYTES_OF_FILES(ORG_ADVENTURE_ROWS, "adventure", LIVE_BAND));
CHILD(ORG_EVENTS, "events c FORCE INDEX (organization)", LIVE_BAND, SET_MARK);

#define OWNED_BAND(column)                                                                         \
	" WHERE c." column " = ? AND c.organization_id = ? AND c.deleted_at IS NULL"
#define OWN_BAND                                                                                   \
	" WHERE c.uploader_id = ? AND c.organization_id = ? AND c.shelf = ? AND c.published = ?"
CHILD(USER_PHOTOS, "photos c FORCE INDEX (own)", OWN_BAND, SET_MARK);
DB_STATEMENT(USER_PHOTOS_MARK_DENSE, SETTING(DENSE_ROWS, SET_MARK, OWN_BAND));
DB_STATEMENT(USER_PHOTOS_BYTES, BYTES("photos c FORCE INDEX (own)", OWN_BAND));
CHILD(USER_NOTES, "photo_notes c FORCE INDEX (author)", OWNED_BAND("author_id"), SET_MARK);
CHILD(USER_ALBUMS, "albums c FORCE INDEX (creator)", OWNED_BAND("created_by"), SET_MARK);
#define MADE_BAND           OWNED_BAND("creator_id")
#define USER_QUEST_ROWS     "quests c FORCE INDEX (creator)"
#define USER_ADVENTURE_ROWS "adventures c FORCE INDEX (creator)"
CHILD(USER_QUESTS, USER_QUEST_ROWS, MADE_BAND, SET_MARK);
DB_STATEMENT(USER_QUESTS_BYTES, BYTES_OF_FILES(USER_QUEST_ROWS, "quest", MADE_BAND));
CHILD(USER_ADVENTURES, USER_ADVENTURE_ROWS, MADE_BAND, SET_MARK);
DB_STATEMENT(USER_ADVENTURES_BYTES, BYTES_OF_FILES(USER_ADVENTURE_ROWS, "adventure", MADE_BAND));
CHILD(
    USER_SUBMISSIONS, "activity_submissions c FORCE INDEX (user)", OWNED_BAND("user_id"), SET_MARK);

/* Whether there are at least so many photos between two ids. */
DB_STATEMENT(PHOTOS_BETWEEN, "SELECT 1 FROM photos WHERE id >= ? AND id < ? LIMIT 1 OFFSET ?");

DB_STATEMENT(BATCH_OF_DELETION,
    "INSERT INTO archive_batches (id, organization_id, created_by, criteria, reason, purge_after,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?)");
DB_STATEMENT(
    BATCH_COUNT, "UPDATE archive_batches SET photo_count = ? WHERE id = ? AND organization_id = ?");
DB_STATEMENT(END_SESSIONS,
    "DELETE c FROM sessions c JOIN (SELECT s.id FROM users u FORCE INDEX (organization)"
    " JOIN sessions s ON s.user_id = u.id WHERE u.organization_id = ? LIMIT ?) step"
    " ON step.id = c.id");
DB_STATEMENT(END_TOKENS, "UPDATE users SET tokens_valid_after = ? WHERE organization_id = ?"
			 " AND (tokens_valid_after IS NULL OR tokens_valid_after < ?) LIMIT ?");

enum rows_of { OF_PLACE, OF_SHELF, OF_LIVE, OF_OWNER, OF_OWN_SHELF };

/* `change` and `dense` are by what is done: to mark is what is done without a choice, too. */
static const struct holding {
	enum rows_of rows;
	const struct db_statement *range, *count;
	const struct db_statement *note[PHOTO_ACTION_COUNT];
	const struct db_statement *change[PHOTO_ACTION_COUNT], *dense[PHOTO_ACTION_COUNT];
} holdings[] = {
#define HOLDING(relation) [(relation) - (int) RELATION_FIRST_OF_ROOT]
#define BY_CHOICE(NAME, D)                                                                         \
	{                                                                                          \
		[PHOTO_ACTION_DELETE] = &NAME##_MARK##D,                                           \
		[PHOTO_ACTION_ARCHIVE] = &NAME##_ARCHIVE##D,                                       \
		[PHOTO_ACTION_ORPHAN] = &NAME##_ORPHAN##D                                          \
	}
#define PHOTOS_OF(NAME)                                                                            \
	{                                                                                          \
		OF_PLACE, &NAME##_RANGE, &NAME##_COUNT,                                            \
		    {[PHOTO_ACTION_ARCHIVE] = &NAME##_NOTE_ARCHIVED,                               \
			[PHOTO_ACTION_ORPHAN] = &NAME##_NOTE_ORPHANED},                            \
		    BY_CHOICE(NAME, ), BY_CHOICE(NAME, _DENSE)                                     \
	}
#define ROWS_OF(NAME)                                                                              \
	{                                                                                          \
		OF_LIVE, &NAME##_RANGE, &NAME##_COUNT, {NULL}, {&NAME##_MARK},                     \
		{                                                                                  \
			NULL                                                                       \
		}                                                                                  \
	}
    HOLDING(RELATION_PROJECT_PHOTOS) = PHOTOS_OF(IN_PROJECT),
    HOLDING(RELATION_SITE_PHOTOS) = PHOTOS_OF(IN_SITE),
    HOLDING(RELATION_ORGANIZATION_USERS) = ROWS_OF(ORG_USERS),
    HOLDING(RELATION_ORGANIZATION_SITES) = ROWS_OF(ORG_SITES),
    HOLDING(RELATION_ORGANIZATION_PROJECTS) = ROWS_OF(ORG_PROJECTS),
    HOLDING(RELATION_ORGANIZATION_ALBUMS) = ROWS_OF(ORG_ALBUMS),
    HOLDING(RELATION_ORGANIZATION_PHOTOS) = {OF_SHELF, &ORG_PHOTOS_RANGE, &ORG_PHOTOS_COUNT, {NULL},
	{&ORG_PHOTOS_MARK}, {&ORG_PHOTOS_MARK_DENSE}},
    HOLDING(RELATION_ORGANIZATION_QUESTS) = ROWS_OF(ORG_QUESTS),
    HOLDING(RELATION_ORGANIZATION_ADVENTURES) = ROWS_OF(ORG_ADVENTURES),
    HOLDING(RELATION_ORGANIZATION_EVENTS) = ROWS_OF(ORG_EVENTS),
#define OWNED(NAME)                                                                                \
	{                                                                                          \
		OF_OWNER, &NAME##_RANGE, &NAME##_COUNT, {NULL}, {&NAME##_MARK},                    \
		{                                                                                  \
			NULL                                                                       \
		}                                                                                  \
	}
    HOLDING(RELATION_USER_ALBUMS) = OWNED(USER_ALBUMS),
    HOLDING(RELATION_USER_QUESTS) = OWNED(USER_QUESTS),
    HOLDING(RELATION_USER_ADVENTURES) = OWNED(USER_ADVENTURES),
    HOLDING(RELATION_USER_SUBMISSIONS) = OWNED(USER_SUBMISSIONS),
    HOLDING(RELATION_USER_NOTES) = OWNED(USER_NOTES),
    HOLDING(RELATION_USER_PHOTOS) = {OF_OWN_SHELF, &USER_PHOTOS_RANGE, &USER_PHOTOS_COUNT, {NULL},
	{&USER_PHOTOS_MARK}, {&USER_PHOTOS_MARK_DENSE}},
};

/* Of what has files. */
static const struct db_statement *const sums_of_bytes[] = {
    HOLDING(RELATION_ORGANIZATION_PHOTOS) = &ORG_PHOTOS_BYTES,
    HOLDING(RELATION_ORGANIZATION_QUESTS) = &ORG_QUESTS_BYTES,
    HOLDING(RELATION_ORGANIZATION_ADVENTURES) = &ORG_ADVENTURES_BYTES,
    HOLDING(RELATION_USER_QUESTS) = &USER_QUESTS_BYTES,
    HOLDING(RELATION_USER_ADVENTURES) = &USER_ADVENTURES_BYTES,
    HOLDING(RELATION_USER_PHOTOS) = &USER_PHOTOS_BYTES,
};

static const struct holding *holding_of(enum relation relation)
{
	return &holdings[relation - RELATION_FIRST_OF_ROOT];
}

bool container_holds(enum relation relation)
{
	return relation >= RELATION_FIRST_OF_ROOT && relation <= RELATION_LAST_OF_ROOT;
}

unsigned container_bands(enum relation relation, enum photo_action action)
{
	switch (holding_of(relation)->rows) {
	case OF_PLACE: /* live and archived, but what is archived already stays as it is */
		return action == PHOTO_ACTION_ARCHIVE ? 1 : 2;
	case OF_SHELF: /* each published or not */
	case OF_OWN_SHELF:
		return 4;
	default:
		return 1;
	}
}

/* Values as they are gathered: those of a band, and a few more before and after. */
struct values {
	struct db_value items[12];
	size_t count;
};

static void add(struct values *values, struct db_value value)
{
	values->items[values->count++] = value;
}

static void add_band(
    struct values *values, const struct holding *holding, const struct deletion *d, unsigned band)
{
	if (holding->rows != OF_SHELF && holding->rows != OF_LIVE) {
		add(values, db_bind_id(&d->item_id));
	}
	add(values, db_bind_id(&d->organization_id));
	if (holding->rows == OF_PLACE) {
		add(values, db_bind_int(band));
	} else if (holding->rows == OF_SHELF || holding->rows == OF_OWN_SHELF) {
		add(values, db_bind_int(band / 2));
		add(values, db_bind_int(band % 2));
	}
}

enum db_result container_range(struct db *db, struct arena *arena, enum relation relation,
    const struct deletion *d, unsigned band, const struct id *before, int64_t count,
    struct id *from_r, bool *last_r)
{
	const struct holding *holding = holding_of(relation);
	struct values values = {0};
	struct db_rows rows = {0};
	enum db_result result;

	add_band(&values, holding, d, band);
	add(&values, bind_before(before));
	add(&values, db_bind_int(count - 1));
	result = db_query(db, arena, holding->range, values.items, values.count, &rows);
	*last_r = result == DB_NONE;
	*from_r = result == DB_OK ? db_id(&rows, 0, 0) : id_none;
	return result == DB_NONE ? DB_OK : result;
}

static enum db_result run(struct db_tx *tx, const struct db_statement *statement,
    struct values *values, const struct holding *holding, const struct deletion *d, unsigned band,
    const struct id *from, const struct id *before, uint64_t *changed_r)
{
	enum db_result result;

	add_band(values, holding, d, band);
	add(values, db_bind_blob(from->bytes, sizeof(from->bytes)));
	add(values, bind_before(before));
	result = db_exec(tx->db, statement, values->items, values->count, changed_r);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result container_bytes(struct db *db, struct arena *arena, enum relation relation,
    const struct deletion *d, unsigned band, const struct id *from, const struct id *before,
    int64_t *bytes_r)
{
	const struct db_statement *sum = sums_of_bytes[relation - RELATION_FIRST_OF_ROOT];
	struct values values = {0};
	struct db_rows rows = {0};
	enum db_result result;

	*bytes_r = 0;
	if (!sum) {
		return DB_OK;
	}
	add_band(&values, holding_of(relation), d, band);
	add(&values, db_bind_blob(from->bytes, sizeof(from->bytes)));
	add(&values, bind_before(before));
	result = db_query(db, arena, sum, values.items, values.count, &rows);
	*bytes_r = result == DB_OK ? db_int(&rows, 0, 0) : 0;
	return result;
}

/* What is orphaned or archived bears no mark, so it is noted. */
static enum db_result note(struct db_tx *tx, const struct holding *holding,
    const struct deletion *d, unsigned band, const struct id *from, const struct id *before)
{
	struct values values = {0};
	uint64_t changed;

	add(&values, db_bind_id(&d->id));
	return run(
	    tx, holding->note[d->photo_action], &values, holding, d, band, from, before, &changed);
}

/* The statement that changes a range of about `count` rows. */
static enum db_result choose_change(struct db_tx *tx, const struct holding *holding,
    const struct deletion *d, const struct id *from, const struct id *before, int64_t count,
    const struct db_statement **statement_r)
{
	const struct db_statement *dense = holding->dense[d->photo_action];
	struct db_rows rows = {0};
	enum db_result result;

	*statement_r = holding->change[d->photo_action];
	if (!dense) {
		return DB_OK;
	}
	result = db_query(tx->db, tx->arena, &PHOTOS_BETWEEN,
	    DB_VALUES(db_bind_blob(from->bytes, sizeof(from->bytes)), bind_before(before),
		db_bind_int(2 * count)),
	    &rows);
	if (result == DB_NONE) {
		*statement_r = dense;
	}
	return result == DB_NONE ? DB_OK : result;
}

/* What a statement sets, before the values of its band. */
static void add_set(struct values *values, const struct deletion *d, int64_t now_us)
{
	if (d->photo_action == PHOTO_ACTION_ARCHIVE) {
		add(values, db_bind_id(&d->id));
		add(values, db_bind_time(d->deleted_at_us));
	} else if (d->photo_action != PHOTO_ACTION_ORPHAN) {
		add(values, db_bind_time(now_us));
		add(values, db_bind_id(&d->id));
	}
}

enum db_result container_apply(struct db_tx *tx, enum relation relation, const struct deletion *d,
    unsigned band, const struct id *from, const struct id *before, int64_t count, int64_t now_us,
    int64_t *rows_r)
{
	const struct holding *holding = holding_of(relation);
	const struct db_statement *statement;
	struct values values = {0};
	uint64_t changed = 0;
	enum db_result result = choose_change(tx, holding, d, from, before, count, &statement);

	*rows_r = 0;
	if (result == DB_OK && holding->note[d->photo_action]) {
		result = note(tx, holding, d, band, from, before);
	}
	if (result != DB_OK) {
		return result;
	}
	add_set(&values, d, now_us);
	result = run(tx, statement, &values, holding, d, band, from, before, &changed);
	*rows_r = (int64_t)changed;
	return result;
}

enum db_result container_count_band(struct db *db, struct arena *arena, enum relation relation,
    const struct deletion *d, unsigned band, struct id *before, int64_t limit, int64_t *rows_r)
{
	const struct holding *holding = holding_of(relation);
	struct values values = {0};
	struct db_rows rows = {0};
	enum db_result result;

	add_band(&values, holding, d, band);
	add(&values, bind_before(before));
	add(&values, db_bind_int(limit));
	result = db_query(db, arena, holding->count, values.items, values.count, &rows);
	*rows_r = result == DB_OK ? db_int(&rows, 0, 0) : 0;
	if (*rows_r > 0) {
		*before = db_id(&rows, 0, 1);
	}
	return result;
}

enum db_result container_count(struct db *db, struct arena *arena, enum relation relation,
    const struct deletion *d, int64_t limit, int64_t *rows_r)
{
	unsigned bands = container_bands(relation, d->photo_action);
	enum db_result result = DB_OK;

	*rows_r = 0;
	for (unsigned band = 0; result == DB_OK && band < bands; band++) {
		struct id before = id_none;
		int64_t rows = 0;

		result = container_count_band(db, arena, relation, d, band, &before, limit, &rows);
		*rows_r += rows;
	}
	return result;
}

enum db_result container_batch_insert(struct db_tx *tx, const struct deletion *d,
    const char *criteria, const char *reason, int64_t purge_after_us)
{
	return db_exec(tx->db, &BATCH_OF_DELETION,
	    DB_VALUES(db_bind_id(&d->id), db_bind_id(&d->organization_id),
		db_bind_id(&d->initiator_id), db_bind_text(criteria), db_bind_text(reason),
		db_bind_time(purge_after_us), db_bind_time(d->deleted_at_us)),
	    NULL);
}

enum db_result container_batch_count(struct db_tx *tx, const struct deletion *d, int64_t photos)
{
	enum db_result result = db_exec(tx->db, &BATCH_COUNT,
	    DB_VALUES(db_bind_int(photos), db_bind_id(&d->id), db_bind_id(&d->organization_id)),
	    NULL);

	return result == DB_NONE ? DB_OK : result;
}

enum db_result container_end_sessions(
    struct db_tx *tx, const struct deletion *d, int64_t limit, int64_t *rows_r)
{
	struct db_value until = db_bind_time(d->deleted_at_us);
	uint64_t changed = 0;
	enum db_result result = db_exec(tx->db, &END_SESSIONS,
	    DB_VALUES(db_bind_id(&d->organization_id), db_bind_int(limit)), &changed);

	if (result == DB_NONE) {
		result = db_exec(tx->db, &END_TOKENS,
		    DB_VALUES(until, db_bind_id(&d->organization_id), until, db_bind_int(limit)),
		    &changed);
	}
	*rows_r = result == DB_OK ? (int64_t)changed : 0;
	return result == DB_NONE ? DB_OK : result;
}
