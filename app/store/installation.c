/* installation.c - the statements of the installation's switches. */
#include <store/installation.h>

DB_STATEMENT(
    INSTALLATION_READ, "SELECT purge_paused_at, purge_paused_by FROM installation WHERE id = 1");
DB_STATEMENT(INSTALLATION_PAUSE, "UPDATE installation SET purge_paused_at = ?, purge_paused_by = ?"
				 " WHERE id = 1 AND purge_paused_at IS NULL");
DB_STATEMENT(INSTALLATION_RESUME,
    "UPDATE installation SET purge_paused_at = NULL, purge_paused_by = NULL"
    " WHERE id = 1 AND purge_paused_at IS NOT NULL");

enum db_result installation_read(
    struct db *db, struct arena *arena, struct installation *installation_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &INSTALLATION_READ, DB_NO_VALUES, &rows);

	if (result == DB_OK) {
		*installation_r = (struct installation){
		    .purge_paused_at_us = db_time(&rows, 0, 0),
		    .purge_paused_by = db_text(&rows, 0, 1),
		};
	}
	return result;
}

enum db_result installation_pause_purge(struct db_tx *tx, int64_t now_us, const char *actor_uid)
{
	return db_exec(tx->db, &INSTALLATION_PAUSE,
	    DB_VALUES(db_bind_time(now_us), db_bind_text(actor_uid)), NULL);
}

enum db_result installation_resume_purge(struct db_tx *tx)
{
	return db_exec(tx->db, &INSTALLATION_RESUME, DB_NO_VALUES, NULL);
}
