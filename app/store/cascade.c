/* cascade.c - the statements of each relation whose parents are marked: mark, purge.
 *
 * Parents are the rows that bear the deletion's id, found by the index every such table has on
 * (deletion_id, id). A step picks its rows by a bounded subselect and changes them by primary key:
 * neither sorts all that match, and both MariaDB and MySQL run it. */
#include "cascade.h"

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

/* Values: deletion, organisation, after, upto, limit. */
#define PICK(parent, child, join, columns)                                                         \
	"(SELECT " columns CHILDREN(parent, child, join) " AND p.id > ? AND p.id <= ?"             \
							 " ORDER BY p.id, " columns                \
							 " LIMIT ?) step"
#define REMOVE(parent, child, join)                                                                \
	"DELETE c FROM " child " c JOIN " PICK(parent, child, join, "x.id") " ON step.id = c.id"
#define DETACH(parent, child, column)                                                              \
	"UPDATE " child " c JOIN " PICK(parent, child, "x." column " = p.id",                      \
	    "x.id") " ON step.id = c.id SET c." column " = NULL"
#define UNPAIR(parent, child, link, other)                                                         \
	"DELETE c FROM " child " c JOIN " PICK(parent, child, "x." link " = p.id",                 \
	    "x." link ", x." other) " ON step." link " = c." link " AND step." other " = c." other

/* Photos that the deletion archived are the parents: by what it noted. Values as of APPLY. */
#define ARCHIVED(child, join, open, set)                                                           \
	"UPDATE " child " c JOIN (SELECT x.id FROM deletion_effects p JOIN " child " x ON " join   \
	" WHERE p.deletion_id = ? AND p.effect = 'archived' AND x.organization_id = ?"             \
	" AND p.photo_id > ? AND p.photo_id <= ? AND " open                                        \
	" ORDER BY p.photo_id LIMIT ?) step ON step.id = c.id" set

/* Values: time, time (files alone), and those of PICK: the same rows that REMOVE takes then. */
#define QUEUE_FILES(parent, join)                                                                  \
	"INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, bytes,"              \
	" next_attempt_at, created_at) SELECT f.id, f.organization_id, f.storage_key, f.bytes, ?," \
	" ? FROM files f JOIN " PICK(parent, "files", join, "x.id") " ON step.id = f.id"
#define OF_PHOTO     "x.photo_id = p.id"
#define PHOTO_FILE   "x.owner_id = p.id AND x.owner_kind = 'photo'"
#define QUEST_FILE   "x.owner_id = p.id AND x.owner_kind = 'quest'"
#define VENTURE_FILE "x.owner_id = p.id AND x.owner_kind = 'adventure'"

DB_STATEMENT(DERIVATIVES_MARK, MARK("photos", "photos", "x.original_id = p.id"));
DB_STATEMENT(DERIVATIVES_DETACH, DETACH("photos", "photos", "original_id"));
DB_STATEMENT(NOTES_MARK, MARK("photos", "photo_notes", OF_PHOTO));
DB_STATEMENT(NOTES_REMOVE, REMOVE("photos", "photo_notes", OF_PHOTO));
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
DB_STATEMENT(TAGS_REMOVE, UNPAIR("photos", "photo_tags", "photo_id", "tag_id"));
DB_STATEMENT(PLACES_REMOVE, UNPAIR("photos", "album_photos", "photo_id", "album_id"));
DB_STATEMENT(GENERATIONS_DETACH, DETACH("photos", "generations", "original_id"));
DB_STATEMENT(EFFECTS_REMOVE, UNPAIR("photos", "deletion_effects", "photo_id", "deletion_id"));
DB_STATEMENT(PHOTO_FILES_QUEUE, QUEUE_FILES("photos", PHOTO_FILE));
DB_STATEMENT(PHOTO_FILES_REMOVE, REMOVE("photos", "files", PHOTO_FILE));
DB_STATEMENT(CARDS_MARK, MARK("quests", "quest_content_cards", "x.quest_id = p.id"));
DB_STATEMENT(CARDS_REMOVE, REMOVE("quests", "quest_content_cards", "x.quest_id = p.id"));
DB_STATEMENT(SUBMISSIONS_MARK, MARK("quests", "activity_submissions", "x.quest_id = p.id"));
DB_STATEMENT(SUBMISSIONS_REMOVE, REMOVE("quests", "activity_submissions", "x.quest_id = p.id"));
DB_STATEMENT(QUEST_FILES_QUEUE, QUEUE_FILES("quests", QUEST_FILE));
DB_STATEMENT(QUEST_FILES_REMOVE, REMOVE("quests", "files", QUEST_FILE));
DB_STATEMENT(SEQUENCES_MARK, MARK("adventures", "adventure_sequences", "x.adventure_id = p.id"));
DB_STATEMENT(
    SEQUENCES_REMOVE, REMOVE("adventures", "adventure_sequences", "x.adventure_id = p.id"));
DB_STATEMENT(VENTURE_FILES_QUEUE, QUEUE_FILES("adventures", VENTURE_FILE));
DB_STATEMENT(VENTURE_FILES_REMOVE, REMOVE("adventures", "files", VENTURE_FILE));

DB_STATEMENT(ALBUM_PLACES_REMOVE, UNPAIR("albums", "album_photos", "album_id", "photo_id"));
DB_STATEMENT(PROJECT_PHOTOS_DETACH, DETACH("projects", "photos", "project_id"));
DB_STATEMENT(SITE_PHOTOS_DETACH, DETACH("sites", "photos", "site_id"));
DB_STATEMENT(SITE_CLAIMS_REMOVE, REMOVE("sites", "site_claims", "x.site_id = p.id"));
#define SESSIONS_OF(picked) "DELETE c FROM sessions c JOIN " picked " ON step.id = c.id"
DB_STATEMENT(
    SESSIONS_REMOVE_OF_MARKED, SESSIONS_OF(PICK("users", "sessions", "x.user_id = p.id", "x.id")));
DB_STATEMENT(SESSIONS_END,
    SESSIONS_OF(PICK("users", "sessions", "x.user_id = p.id", "x.id")) " WHERE ? IS NOT NULL"
								       " AND ? IS NOT NULL");
DB_STATEMENT(ARCHIVED_DERIVATIVES_NOTE,
    "INSERT INTO deletion_effects (deletion_id, photo_id, effect, container_id)"
    " SELECT p.deletion_id, x.id, 'archived', NULL FROM deletion_effects p"
    " JOIN photos x ON x.original_id = p.photo_id WHERE p.deletion_id = ?"
    " AND p.effect = 'archived' AND x.organization_id = ? AND p.photo_id > ? AND p.photo_id <= ?"
    " AND x.shelf = 0 ORDER BY p.photo_id LIMIT ?"
    " ON DUPLICATE KEY UPDATE effect = 'archived', container_id = NULL");
DB_STATEMENT(ARCHIVED_DERIVATIVES,
    ARCHIVED("photos", "x.original_id = p.photo_id", "x.shelf = 0",
	" JOIN archive_batches b ON ? IS NOT NULL AND b.id = ?"
	" SET c.archived_at = b.created_at, c.archived_by = b.created_by,"
	" c.archive_reason = b.reason, c.archive_batch_id = b.id, c.purge_after = b.purge_after,"
	" c.purge_mail_at = NULL WHERE c.shelf = 0"));
DB_STATEMENT(
    ARCHIVED_SHARES, ARCHIVED("photo_shares", "x.photo_id = p.photo_id", "x.revoked_at IS NULL",
			 " SET c.revoked_at = ? WHERE c.revoked_at IS NULL AND ? IS NOT NULL"));

/* The next parent that has such rows at all. */
#define NEXT(child, index, column)                                                                 \
	"SELECT " column " FROM " child " FORCE INDEX (" index ") WHERE " column                   \
	" > ? ORDER BY " column " LIMIT 1"
DB_STATEMENT(DERIVATIVES_NEXT, NEXT("photos", "original", "original_id"));
DB_STATEMENT(NOTES_NEXT, NEXT("photo_notes", "photo", "photo_id"));
DB_STATEMENT(AI_RESULTS_NEXT, NEXT("ai_processing_results", "photo", "photo_id"));
DB_STATEMENT(SHARES_NEXT, NEXT("photo_shares", "photo", "photo_id"));
DB_STATEMENT(TAGS_NEXT, NEXT("photo_tags", "PRIMARY", "photo_id"));
DB_STATEMENT(PLACES_NEXT, NEXT("album_photos", "photo", "photo_id"));
DB_STATEMENT(GENERATIONS_NEXT, NEXT("generations", "original", "original_id"));
DB_STATEMENT(EFFECTS_NEXT, NEXT("deletion_effects", "photo", "photo_id"));
DB_STATEMENT(FILES_NEXT, NEXT("files", "owner", "owner_id"));
DB_STATEMENT(REQUESTS_NEXT, NEXT("deletion_requests", "photo", "photo_id"));

/* NULL where the relation has no such effect. `keep` stores elsewhere what `purge` then removes,
 * with the time bound `keep_times` times; `note` what `apply` then changes. */
static const struct {
	const struct db_statement *next, *note, *apply, *keep, *purge;
	size_t keep_times;
} statements[RELATION_COUNT] = {
    [RELATION_PHOTO_DERIVATIVES] = {&DERIVATIVES_NEXT, NULL, &DERIVATIVES_MARK, NULL,
	&DERIVATIVES_DETACH, 0},
    [RELATION_PHOTO_NOTES] = {&NOTES_NEXT, NULL, &NOTES_MARK, NULL, &NOTES_REMOVE, 0},
    [RELATION_PHOTO_AI_RESULTS] = {&AI_RESULTS_NEXT, NULL, &AI_RESULTS_MARK, NULL,
	&AI_RESULTS_REMOVE, 0},
    [RELATION_PHOTO_SHARES] = {&SHARES_NEXT, NULL, &SHARES_REVOKE, &SHARES_RETIRE, &SHARES_REMOVE,
	1},
    [RELATION_PHOTO_REQUESTS] = {&REQUESTS_NEXT, NULL, &REQUESTS_SUPERSEDE, NULL, NULL, 0},
    [RELATION_PHOTO_TAGS] = {&TAGS_NEXT, NULL, NULL, NULL, &TAGS_REMOVE, 0},
    [RELATION_PHOTO_PLACES] = {&PLACES_NEXT, NULL, NULL, NULL, &PLACES_REMOVE, 0},
    [RELATION_PHOTO_GENERATIONS] = {&GENERATIONS_NEXT, NULL, NULL, NULL, &GENERATIONS_DETACH, 0},
    [RELATION_PHOTO_EFFECTS] = {&EFFECTS_NEXT, NULL, NULL, NULL, &EFFECTS_REMOVE, 0},
    [RELATION_PHOTO_FILES] = {&FILES_NEXT, NULL, NULL, &PHOTO_FILES_QUEUE, &PHOTO_FILES_REMOVE, 2},
    [RELATION_QUEST_CARDS] = {NULL, NULL, &CARDS_MARK, NULL, &CARDS_REMOVE, 0},
    [RELATION_QUEST_SUBMISSIONS] = {NULL, NULL, &SUBMISSIONS_MARK, NULL, &SUBMISSIONS_REMOVE, 0},
    [RELATION_QUEST_FILES] = {&FILES_NEXT, NULL, NULL, &QUEST_FILES_QUEUE, &QUEST_FILES_REMOVE, 2},
    [RELATION_ADVENTURE_SEQUENCES] = {NULL, NULL, &SEQUENCES_MARK, NULL, &SEQUENCES_REMOVE, 0},
    [RELATION_ADVENTURE_FILES] = {&FILES_NEXT, NULL, NULL, &VENTURE_FILES_QUEUE,
	&VENTURE_FILES_REMOVE, 2},
    [RELATION_ALBUM_PLACES] = {NULL, NULL, NULL, NULL, &ALBUM_PLACES_REMOVE, 0},
    [RELATION_SITE_CLAIMS] = {NULL, NULL, NULL, NULL, &SITE_CLAIMS_REMOVE, 0},
    [RELATION_USER_SESSIONS] = {NULL, NULL, &SESSIONS_END, NULL, &SESSIONS_REMOVE_OF_MARKED, 0},
    [RELATION_ARCHIVED_DERIVATIVES] = {&DERIVATIVES_NEXT, &ARCHIVED_DERIVATIVES_NOTE,
	&ARCHIVED_DERIVATIVES, NULL, NULL, 0},
    [RELATION_ARCHIVED_SHARES] = {&SHARES_NEXT, NULL, &ARCHIVED_SHARES, NULL, NULL, 0},
    [RELATION_PROJECT_PHOTOS] = {NULL, NULL, NULL, NULL, &PROJECT_PHOTOS_DETACH, 0},
    [RELATION_SITE_PHOTOS] = {NULL, NULL, NULL, NULL, &SITE_PHOTOS_DETACH, 0},
};

struct id id_before(const struct id *id)
{
	struct id before = *id;

	for (size_t i = sizeof(before.bytes); i-- > 0 && before.bytes[i]-- == 0;) {
	}
	return before;
}

enum db_result relation_next(struct db *db, struct arena *arena, enum relation relation,
    const struct id *after, struct id *parent_r)
{
	const struct db_statement *statement = statements[relation].next;
	struct db_rows rows = {0};
	enum db_result result;

	*parent_r = *after;
	if (!statement) {
		return DB_OK;
	}
	result = db_query(db, arena, statement, DB_VALUES(bind_bound(after)), &rows);
	if (result == DB_OK) {
		*parent_r = db_id(&rows, 0, 0);
	}
	return result;
}

enum db_result relation_apply(struct db_tx *tx, enum relation relation, const struct deletion *d,
    const struct id *after, const struct id *upto, int64_t limit, int64_t now_us, int64_t *rows_r)
{
	const struct db_statement *statement = statements[relation].apply;
	const struct db_value values[] = {db_bind_id(&d->id), db_bind_id(&d->organization_id),
	    bind_bound(after), bind_bound(upto), db_bind_int(limit), db_bind_time(now_us),
	    db_bind_id(&d->id)};
	enum db_result result = DB_OK;
	uint64_t changed = 0;

	*rows_r = 0;
	if (!statement) {
		return DB_OK;
	}
	if (statements[relation].note) {
		result = db_exec(tx->db, statements[relation].note, values, 5, NULL);
	}
	if (result == DB_OK) {
		result = db_exec(tx->db, statement, values, 7, &changed);
	}
	return counted(result, changed, rows_r);
}

enum db_result relation_purge(struct db_tx *tx, enum relation relation, const struct deletion *d,
    const struct id *after, const struct id *upto, int64_t limit, int64_t now_us, int64_t *rows_r)
{
	const struct db_value values[] = {db_bind_time(now_us), db_bind_time(now_us),
	    db_bind_id(&d->id), db_bind_id(&d->organization_id), bind_bound(after),
	    bind_bound(upto), db_bind_int(limit)};
	size_t skipped = 2 - statements[relation].keep_times;
	enum db_result result = DB_OK;
	uint64_t changed = 0;

	*rows_r = 0;
	if (!statements[relation].purge) {
		return DB_OK;
	}
	if (statements[relation].keep) {
		result =
		    db_exec(tx->db, statements[relation].keep, values + skipped, 7 - skipped, NULL);
	}
	if (result == DB_OK) {
		result = db_exec(tx->db, statements[relation].purge, values + 2, 5, &changed);
	}
	return counted(result, changed, rows_r);
}
