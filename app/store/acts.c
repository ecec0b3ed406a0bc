/* acts.c - forms that wait for a re-authentication. */
#include <store/acts.h>

DB_STATEMENT(ACTS_INSERT, "INSERT INTO interrupted_acts (id, session_id, path, form, created_at)"
			  " VALUES (?, ?, ?, ?, ?)");
DB_STATEMENT(ACTS_FIND, "SELECT path, form, created_at FROM interrupted_acts"
			" WHERE id = ? AND session_id = ? AND created_at > ?");
DB_STATEMENT(ACTS_ADOPT,
    "UPDATE interrupted_acts a JOIN sessions mine ON mine.id = ? JOIN sessions other"
    " ON other.id = a.session_id AND other.user_id = mine.user_id SET a.session_id = mine.id"
    " WHERE a.id = ? AND a.created_at > ? AND a.created_at <= ? AND a.session_id <> mine.id");
DB_STATEMENT(ACTS_HAND_ON, "UPDATE interrupted_acts a JOIN sessions s ON s.id = a.session_id"
			   " SET a.session_id = ? WHERE s.token_hash = ? AND s.user_id = ?");
DB_STATEMENT(ACTS_REMOVE, "DELETE FROM interrupted_acts WHERE id = ? AND session_id = ?");
DB_STATEMENT(ACTS_PRUNE, "DELETE FROM interrupted_acts WHERE created_at < ? LIMIT ?");

enum db_result acts_insert(struct db *db, const struct act_row *act)
{
	return db_exec(db, &ACTS_INSERT,
	    DB_VALUES(db_bind_id(&act->id), db_bind_id(&act->session_id), db_bind_text(act->path),
		db_bind_text(act->form), db_bind_time(act->created_us)),
	    NULL);
}

enum db_result acts_find(struct db *db, struct arena *arena, const struct id *id,
    const struct id *session_id, int64_t since_us, struct act_row *act_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &ACTS_FIND,
	    DB_VALUES(db_bind_id(id), db_bind_id(session_id), db_bind_time(since_us)), &rows);

	if (result == DB_OK)
		*act_r = (struct act_row){
		    .id = *id,
		    .session_id = *session_id,
		    .path = db_text(&rows, 0, 0),
		    .form = db_text(&rows, 0, 1),
		    .created_us = db_time(&rows, 0, 2),
		};
	return result;
}

enum db_result acts_adopt(struct db *db, const struct id *id, const struct id *session_id,
    int64_t since_us, int64_t until_us)
{
	return db_exec(db, &ACTS_ADOPT,
	    DB_VALUES(db_bind_id(session_id), db_bind_id(id), db_bind_time(since_us),
		db_bind_time(until_us)),
	    NULL);
}

enum db_result acts_hand_on(struct db_tx *tx, const unsigned char *token_hash,
    const struct id *user_id, const struct id *session_id)
{
	return db_exec(tx->db, &ACTS_HAND_ON,
	    DB_VALUES(db_bind_id(session_id), db_bind_blob(token_hash, 32), db_bind_id(user_id)),
	    NULL);
}

enum db_result acts_remove(struct db *db, const struct id *id, const struct id *session_id)
{
	return db_exec(db, &ACTS_REMOVE, DB_VALUES(db_bind_id(id), db_bind_id(session_id)), NULL);
}

enum db_result acts_prune(struct db *db, int64_t before_us, unsigned limit, uint64_t *removed_r)
{
	return db_exec(
	    db, &ACTS_PRUNE, DB_VALUES(db_bind_time(before_us), db_bind_int(limit)), removed_r);
}
