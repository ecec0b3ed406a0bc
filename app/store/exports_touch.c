/* exports_touch.c - exports that contain what a purge is about to remove.
 *
 * Whose: of each table that a purge removes rows of, the people who have the rows in their export,
 * as owners or because they wrote in them. */
#include <store/exports.h>

DB_STATEMENT(EXPORT_ANY, "SELECT 1 FROM exports WHERE state IN ('pending', 'ready') LIMIT 1");

/* Values: deletion, organisation, after, upto. */
#define ROWS(table)                                                                                \
	" FROM " table                                                                             \
	" p FORCE INDEX (deletion) WHERE p.deletion_id = ? AND p.organization_id = ?"              \
	" AND p.id > ? AND p.id <= ?"
#define DETAILS(table, child, link)                                                                \
	" FROM " table " p FORCE INDEX (deletion) JOIN " child " c ON c." link                     \
	" = p.id WHERE p.deletion_id = ? AND p.organization_id = ? AND p.id > ? AND p.id <= ?"
#define OWNERS(table, column) "SELECT DISTINCT p." column " person" ROWS(table)
#define WRITERS(table, child, link, column)                                                        \
	"SELECT DISTINCT c." column " person" DETAILS(table, child, link)
#define TOUCH(people)                                                                              \
	"UPDATE exports e JOIN (" people ") s ON s.person = e.user_id"                             \
	" SET e.touched = e.touched + 1, e.settled_at = IF(e.state = 'pending', NULL, ?),"         \
	" e.state = IF(e.state = 'ready', 'discarded', e.state)"                                   \
	" WHERE e.state IN ('pending', 'ready')"
DB_STATEMENT(EXPORT_TOUCH_UPLOADERS, TOUCH(OWNERS("photos", "uploader_id")));
DB_STATEMENT(EXPORT_TOUCH_SUBMITTERS,
    TOUCH("SELECT DISTINCT u.id person FROM photos p FORCE INDEX (deletion) JOIN users u"
	  " ON u.live_email = p.submitter_email WHERE p.deletion_id = ? AND p.organization_id = ?"
	  " AND p.id > ? AND p.id <= ?"));
DB_STATEMENT(
    EXPORT_TOUCH_WRITERS, TOUCH(WRITERS("photos", "photo_notes", "photo_id", "author_id")));
DB_STATEMENT(
    EXPORT_TOUCH_SHARERS, TOUCH(WRITERS("photos", "photo_shares", "photo_id", "created_by")));
DB_STATEMENT(EXPORT_TOUCH_ALBUMS_OF,
    TOUCH("SELECT DISTINCT a.created_by person FROM photos p FORCE INDEX (deletion)"
	  " JOIN album_photos c ON c.photo_id = p.id JOIN albums a ON a.id = c.album_id"
	  " WHERE p.deletion_id = ? AND p.organization_id = ? AND p.id > ? AND p.id <= ?"));
DB_STATEMENT(EXPORT_TOUCH_PROJECTS, TOUCH(OWNERS("projects", "created_by")));
DB_STATEMENT(EXPORT_TOUCH_SITES, TOUCH(OWNERS("sites", "created_by")));
DB_STATEMENT(EXPORT_TOUCH_AUTHORS, TOUCH(OWNERS("photo_notes", "author_id")));
DB_STATEMENT(EXPORT_TOUCH_QUESTS, TOUCH(OWNERS("quests", "creator_id")));
DB_STATEMENT(
    EXPORT_TOUCH_PLAYERS, TOUCH(WRITERS("quests", "activity_submissions", "quest_id", "user_id")));
DB_STATEMENT(EXPORT_TOUCH_SUBMISSIONS, TOUCH(OWNERS("activity_submissions", "user_id")));
DB_STATEMENT(EXPORT_TOUCH_ADVENTURES, TOUCH(OWNERS("adventures", "creator_id")));
DB_STATEMENT(EXPORT_TOUCH_EVENTS, TOUCH(OWNERS("events", "created_by")));
DB_STATEMENT(EXPORT_TOUCH_ALBUMS, TOUCH(OWNERS("albums", "created_by")));
DB_STATEMENT(EXPORT_TOUCH_CLAIMANTS, TOUCH(WRITERS("sites", "site_claims", "site_id", "user_id")));

/* Files of those that were just discarded, and of any others. */
#define DISCARDED                                                                                  \
	" FROM exports e JOIN files f ON f.owner_id = e.id AND f.owner_kind = 'export'"            \
	" WHERE e.state = 'discarded'"
DB_STATEMENT(EXPORT_QUEUE_DISCARDED,
    "INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, bytes,"
    " next_attempt_at, created_at) SELECT f.id, f.organization_id, f.storage_key, f.bytes, ?,"
    " ?" DISCARDED);
DB_STATEMENT(EXPORT_FILES_DISCARDED, "DELETE f" DISCARDED);

#define PER_TABLE 5
static const struct db_statement *const touching[MARK_TABLE_COUNT][PER_TABLE] = {
    [MARKS_PHOTOS] = {&EXPORT_TOUCH_UPLOADERS, &EXPORT_TOUCH_SUBMITTERS, &EXPORT_TOUCH_WRITERS,
	&EXPORT_TOUCH_SHARERS, &EXPORT_TOUCH_ALBUMS_OF},
    [MARKS_NOTES] = {&EXPORT_TOUCH_AUTHORS},
    [MARKS_QUESTS] = {&EXPORT_TOUCH_QUESTS, &EXPORT_TOUCH_PLAYERS},
    [MARKS_SUBMISSIONS] = {&EXPORT_TOUCH_SUBMISSIONS},
    [MARKS_ADVENTURES] = {&EXPORT_TOUCH_ADVENTURES},
    [MARKS_EVENTS] = {&EXPORT_TOUCH_EVENTS},
    [MARKS_ALBUMS] = {&EXPORT_TOUCH_ALBUMS},
    [MARKS_PROJECTS] = {&EXPORT_TOUCH_PROJECTS},
    [MARKS_SITES] = {&EXPORT_TOUCH_SITES, &EXPORT_TOUCH_CLAIMANTS},
};

enum db_result export_any(struct db *db, struct arena *arena, bool *any_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &EXPORT_ANY, DB_NO_VALUES, &rows);

	*any_r = result == DB_OK;
	return result == DB_NONE ? DB_OK : result;
}

static enum db_result remove_files(struct db_tx *tx, int64_t now_us)
{
	enum db_result result = db_exec(tx->db, &EXPORT_QUEUE_DISCARDED,
	    DB_VALUES(db_bind_time(now_us), db_bind_time(now_us)), NULL);

	if (result == DB_OK) {
		result = db_exec(tx->db, &EXPORT_FILES_DISCARDED, DB_NO_VALUES, NULL);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result export_touch(struct db_tx *tx, enum mark_table table, const struct deletion *d,
    const struct id *after, const struct id *upto, int64_t now_us)
{
	uint64_t all = 0;

	for (size_t i = 0; i < PER_TABLE && touching[table][i]; i++) {
		uint64_t changed = 0;
		enum db_result result = db_exec(tx->db, touching[table][i],
		    DB_VALUES(db_bind_id(&d->id), db_bind_id(&d->organization_id),
			db_bind_blob(after->bytes, sizeof(after->bytes)),
			db_bind_blob(upto->bytes, sizeof(upto->bytes)), db_bind_time(now_us)),
		    &changed);

		if (result > DB_NONE) {
			return result;
		}
		all += result == DB_OK ? changed : 0;
	}
	return all > 0 ? remove_files(tx, now_us) : DB_OK;
}
