/* cascade.c - the statements of each relation: count, mark, purge.
 *
 * Parents are the rows that bear the deletion's id, found by the index every such table has on
 * (deletion_id, id). A step picks its rows by a bounded subselect and changes them by primary key:
 * neither sorts all that match, and both MariaDB and MySQL run it. */
#include <store/cascade.h>

/* Rows `x` of a child table whose parents `p` bear the deletion's id. */
#define CHILDREN(parent, child, join)                                                              \
	" FROM " parent " p FORCE INDEX (deletion) JOIN " child " x ON " join                      \
	" WHERE p.deletion_id = ? AND p.organization_id = ?"

/* Values: deletion, organisation, after, upto, limit; then time, deletion. */
#define APPLY(parent, child, join, open, set)                                                      \
	"UPDATE " child " c JOIN (SELECT x.id" CHILDREN(                                           \
	    parent, child, join) " AND p.id > ? AND p.id <= ? AND " open                           \
				 " ORDER BY p.id LIMIT ?) step ON step.id = c.id SET " set
#define MARK(parent, child, join)                                                                  \
	APPLY(parent, child, join, "x.deleted_at IS NULL",                                         \
	    "c.deleted_at = ?, c.deletion_id = ? WHERE c.deleted_at IS NULL")

/* Values: deletion, organisation, upto, limit. */
#define PICK(parent, child, join, columns)                                                         \
	"(SELECT " columns CHILDREN(parent, child, join) " AND p.id <= ?"                          \
							 " ORDER BY p.id, " columns                \
							 " LIMIT ?) step"
#define REMOVE(parent, child, join)                                                                \
	"DELETE c FROM " child " c JOIN " PICK(parent, child, join, "x.id") " ON step.id = c.id"
#define DETACH(parent, child, column)                                                              \
	"UPDATE " child " c JOIN " PICK(parent, child, "x." column " = p.id",                      \
	    "x.id") " ON step.id = c.id SET c." column " = NULL"
#define UNPAIR(child, other)                                                                       \
	"DELETE c FROM " child " c JOIN " PICK("photos", child, "x.photo_id = p.id",               \
	    "x.photo_id, x." other) " ON step.photo_id = c.photo_id AND step." other " = c." other

/* Values: time, time (files alone), and those of PICK: the same rows that REMOVE takes then. */
#define QUEUE_FILES(parent, join)                                                                  \
	"INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, bytes,"              \
	" next_attempt_at, created_at) SELECT f.id, f.organization_id, f.storage_key, f.bytes, ?," \
	" ? FROM files f JOIN " PICK(parent, "files", join, "x.id") " ON step.id = f.id"
#define OF_PHOTO     "x.photo_id = p.id"
#define PHOTO_FILE   "x.owner_id = p.id AND x.owner_kind = 'photo'"
#define QUEST_FILE   "x.owner_id = p.id AND x.owner_kind = 'quest'"
#define VENTURE_FILE "x.owner_id = p.id AND x.owner_kind = 'adventure'"

/* Values: root, root, organisation, limit. */
#define COUNT_OF(what)                                                                             \
	"SELECT COUNT(*) FROM (SELECT 1 FROM " what " AND x.deleted_at IS NULL LIMIT ?) t"
#define COUNT_CHILDREN(child, column)                                                              \
	COUNT_OF(child " x WHERE x." column " = ? AND x.id <> ? AND x.organization_id = ?")
#define COUNT_DETAILS(child)                                                                       \
	COUNT_OF("(SELECT ? AS id UNION ALL SELECT id FROM photos"                                 \
		 " WHERE original_id = ? AND deleted_at IS NULL) p"                                \
		 " JOIN " child " x ON x.photo_id = p.id WHERE x.organization_id = ?")

DB_STATEMENT(DERIVATIVES_COUNT, COUNT_CHILDREN("photos", "original_id"));
DB_STATEMENT(DERIVATIVES_MARK, MARK("photos", "photos", "x.original_id = p.id"));
DB_STATEMENT(DERIVATIVES_DETACH, DETACH("photos", "photos", "original_id"));
DB_STATEMENT(NOTES_COUNT, COUNT_DETAILS("photo_notes"));
DB_STATEMENT(NOTES_MARK, MARK("photos", "photo_notes", OF_PHOTO));
DB_STATEMENT(NOTES_REMOVE, REMOVE("photos", "photo_notes", OF_PHOTO));
DB_STATEMENT(AI_RESULTS_COUNT, COUNT_DETAILS("ai_processing_results"));
DB_STATEMENT(AI_RESULTS_MARK, MARK("photos", "ai_processing_results", OF_PHOTO));
DB_STATEMENT(AI_RESULTS_REMOVE, REMOVE("photos", "ai_processing_results", OF_PHOTO));
DB_STATEMENT(SHARES_REVOKE, APPLY("photos", "photo_shares", OF_PHOTO, "x.revoked_at IS NULL",
				"c.revoked_at = ? WHERE c.revoked_at IS NULL AND ? IS NOT NULL"));
DB_STATEMENT(SHARES_RETIRE,
    "INSERT INTO dead_shares (token_hash, purged_at) SELECT s.token_hash, ? FROM photo_shares s"
    " JOIN " PICK("photos", "photo_shares", OF_PHOTO, "x.id") " ON step.id = s.id");
DB_STATEMENT(SHARES_REMOVE, REMOVE("photos", "photo_shares", OF_PHOTO));
DB_STATEMENT(
    REQUESTS_SUPERSEDE, APPLY("photos", "deletion_requests", OF_PHOTO, "x.status = 'pending'",
			    "c.reviewed_at = ?, c.deletion_id = ?, c.status = 'superseded'"
			    " WHERE c.status = 'pending'"));
DB_STATEMENT(TAGS_REMOVE, UNPAIR("photo_tags", "tag_id"));
DB_STATEMENT(PLACES_REMOVE, UNPAIR("album_photos", "album_id"));
DB_STATEMENT(GENERATIONS_DETACH, DETACH("photos", "generations", "original_id"));
DB_STATEMENT(EFFECTS_REMOVE, UNPAIR("deletion_effects", "deletion_id"));
DB_STATEMENT(PHOTO_FILES_QUEUE, QUEUE_FILES("photos", PHOTO_FILE));
DB_STATEMENT(PHOTO_FILES_REMOVE, REMOVE("photos", "files", PHOTO_FILE));
DB_STATEMENT(CARDS_COUNT, COUNT_CHILDREN("quest_content_cards", "quest_id"));
DB_STATEMENT(CARDS_MARK, MARK("quests", "quest_content_cards", "x.quest_id = p.id"));
DB_STATEMENT(CARDS_REMOVE, REMOVE("quests", "quest_content_cards", "x.quest_id = p.id"));
DB_STATEMENT(SUBMISSIONS_COUNT, COUNT_CHILDREN("activity_submissions", "quest_id"));
DB_STATEMENT(SUBMISSIONS_MARK, MARK("quests", "activity_submissions", "x.quest_id = p.id"));
DB_STATEMENT(SUBMISSIONS_REMOVE, REMOVE("quests", "activity_submissions", "x.quest_id = p.id"));
DB_STATEMENT(QUEST_FILES_QUEUE, QUEUE_FILES("quests", QUEST_FILE));
DB_STATEMENT(QUEST_FILES_REMOVE, REMOVE("quests", "files", QUEST_FILE));
DB_STATEMENT(SEQUENCES_COUNT, COUNT_CHILDREN("adventure_sequences", "adventure_id"));
DB_STATEMENT(SEQUENCES_MARK, MARK("adventures", "adventure_sequences", "x.adventure_id = p.id"));
DB_STATEMENT(
    SEQUENCES_REMOVE, REMOVE("adventures", "adventure_sequences", "x.adventure_id = p.id"));
DB_STATEMENT(VENTURE_FILES_QUEUE, QUEUE_FILES("adventures", VENTURE_FILE));
DB_STATEMENT(VENTURE_FILES_REMOVE, REMOVE("adventures", "files", VENTURE_FILE));

/* NULL where the relation has no such effect. `keep` stores elsewhere what `purge` then removes,
 * with the time bound `keep_times` times. */
static const struct {
	const struct db_statement *count, *apply, *keep, *purge;
	int keep_times;
} statements[RELATION_COUNT] = {
    [RELATION_PHOTO_DERIVATIVES] = {&DERIVATIVES_COUNT, &DERIVATIVES_MARK, NULL,
	&DERIVATIVES_DETACH, 0},
    [RELATION_PHOTO_NOTES] = {&NOTES_COUNT, &NOTES_MARK, NULL, &NOTES_REMOVE, 0},
    [RELATION_PHOTO_AI_RESULTS] = {&AI_RESULTS_COUNT, &AI_RESULTS_MARK, NULL, &AI_RESULTS_REMOVE,
	0},
    [RELATION_PHOTO_SHARES] = {NULL, &SHARES_REVOKE, &SHARES_RETIRE, &SHARES_REMOVE, 1},
    [RELATION_PHOTO_REQUESTS] = {NULL, &REQUESTS_SUPERSEDE, NULL, NULL, 0},
    [RELATION_PHOTO_TAGS] = {NULL, NULL, NULL, &TAGS_REMOVE, 0},
    [RELATION_PHOTO_PLACES] = {NULL, NULL, NULL, &PLACES_REMOVE, 0},
    [RELATION_PHOTO_GENERATIONS] = {NULL, NULL, NULL, &GENERATIONS_DETACH, 0},
    [RELATION_PHOTO_EFFECTS] = {NULL, NULL, NULL, &EFFECTS_REMOVE, 0},
    [RELATION_PHOTO_FILES] = {NULL, NULL, &PHOTO_FILES_QUEUE, &PHOTO_FILES_REMOVE, 2},
    [RELATION_QUEST_CARDS] = {&CARDS_COUNT, &CARDS_MARK, NULL, &CARDS_REMOVE, 0},
    [RELATION_QUEST_SUBMISSIONS] = {&SUBMISSIONS_COUNT, &SUBMISSIONS_MARK, NULL,
	&SUBMISSIONS_REMOVE, 0},
    [RELATION_QUEST_FILES] = {NULL, NULL, &QUEST_FILES_QUEUE, &QUEST_FILES_REMOVE, 2},
    [RELATION_ADVENTURE_SEQUENCES] = {&SEQUENCES_COUNT, &SEQUENCES_MARK, NULL, &SEQUENCES_REMOVE,
	0},
    [RELATION_ADVENTURE_FILES] = {NULL, NULL, &VENTURE_FILES_QUEUE, &VENTURE_FILES_REMOVE, 2},
};

static struct db_value bind_bound(const struct id *id)
{
	return db_bind_blob(id->bytes, sizeof(id->bytes));
}

/* That no row matched is an answer like any other here. */
static enum db_result counted(enum db_result result, uint64_t changed, int64_t *rows_r)
{
	*rows_r = result == DB_OK ? (int64_t)changed : 0;
	return result == DB_NONE ? DB_OK : result;
}

enum db_result relation_count(struct db *db, struct arena *arena, enum relation relation,
    const struct id *organization_id, const struct id *root_id, int64_t limit, int64_t *rows_r)
{
	const struct db_statement *statement = statements[relation].count;
	struct db_rows rows = {0};
	enum db_result result;

	*rows_r = 0;
	if (!statement) {
		return DB_OK;
	}
	result = db_query(db, arena, statement,
	    DB_VALUES(db_bind_id(root_id), db_bind_id(root_id), db_bind_id(organization_id),
		db_bind_int(limit)),
	    &rows);
	if (result == DB_OK) {
		*rows_r = db_int(&rows, 0, 0);
	}
	return result;
}

enum db_result relation_apply(struct db_tx *tx, enum relation relation, const struct deletion *d,
    const struct id *after, const struct id *upto, int64_t limit, int64_t now_us, int64_t *rows_r)
{
	const struct db_statement *statement = statements[relation].apply;
	enum db_result result;
	uint64_t changed = 0;

	*rows_r = 0;
	if (!statement) {
		return DB_OK;
	}
	result = db_exec(tx->db, statement,
	    DB_VALUES(db_bind_id(&d->id), db_bind_id(&d->organization_id), bind_bound(after),
		bind_bound(upto), db_bind_int(limit), db_bind_time(now_us), db_bind_id(&d->id)),
	    &changed);
	return counted(result, changed, rows_r);
}

/* Store elsewhere what is about to go. */
static enum db_result keep(struct db_tx *tx, enum relation relation, const struct deletion *d,
    const struct id *upto, int64_t limit, int64_t now_us)
{
	const struct db_value values[] = {db_bind_time(now_us), db_bind_time(now_us),
	    db_bind_id(&d->id), db_bind_id(&d->organization_id), bind_bound(upto),
	    db_bind_int(limit)};
	size_t skipped = (size_t)(2 - statements[relation].keep_times);

	return db_exec(tx->db, statements[relation].keep, values + skipped,
	    sizeof(values) / sizeof(values[0]) - skipped, NULL);
}

enum db_result relation_purge(struct db_tx *tx, enum relation relation, const struct deletion *d,
    const struct id *upto, int64_t limit, int64_t now_us, int64_t *rows_r)
{
	const struct db_statement *statement = statements[relation].purge;
	enum db_result result = DB_OK;
	uint64_t changed = 0;

	*rows_r = 0;
	if (!statement) {
		return DB_OK;
	}
	if (statements[relation].keep) {
		result = keep(tx, relation, d, upto, limit, now_us);
	}
	if (result != DB_OK) {
		return result == DB_NONE ? DB_OK : result;
	}
	result = db_exec(tx->db, statement,
	    DB_VALUES(db_bind_id(&d->id), db_bind_id(&d->organization_id), bind_bound(upto),
		db_bind_int(limit)),
	    &changed);
	return counted(result, changed, rows_r);
}
