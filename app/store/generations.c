/* generations.c - derivatives under way. */
#include <store/generations.h>

DB_STATEMENT(GENERATION_INSERT,
    "INSERT INTO generations (id, organization_id, original_id, started_by, created_at)"
    " VALUES (?, ?, ?, ?, ?)");
DB_STATEMENT(GENERATION_FIND,
    "SELECT id, organization_id, original_id, started_by, created_at, finished_at"
    " FROM generations WHERE id = ? AND organization_id = ?");
DB_STATEMENT(GENERATION_FINISH,
    "UPDATE generations SET finished_at = ? WHERE id = ? AND organization_id = ?"
    " AND finished_at IS NULL");

enum db_result store_generation_insert(struct db_tx *tx, const struct generation *generation)
{
	return db_exec(tx->db, &GENERATION_INSERT,
	    DB_VALUES(db_bind_id(&generation->id), db_bind_id(&generation->organization_id),
		db_bind_id(&generation->original_id), db_bind_id(&generation->started_by),
		db_bind_time(generation->created_at_us)),
	    NULL);
}

enum db_result store_generation_find(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *generation_id,
    struct generation *generation_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &GENERATION_FIND,
	    DB_VALUES(db_bind_id(generation_id), db_bind_id(organization_id)), &rows);

	if (result == DB_OK) {
		*generation_r = (struct generation){
		    .id = db_id(&rows, 0, 0),
		    .organization_id = db_id(&rows, 0, 1),
		    .original_id = db_id(&rows, 0, 2),
		    .started_by = db_id(&rows, 0, 3),
		    .created_at_us = db_time(&rows, 0, 4),
		    .finished_at_us = db_time(&rows, 0, 5),
		};
	}
	return result;
}

enum db_result store_generation_finish(
    struct db_tx *tx, const struct generation *generation, int64_t now_us)
{
	return db_exec(tx->db, &GENERATION_FINISH,
	    DB_VALUES(db_bind_time(now_us), db_bind_id(&generation->id),
		db_bind_id(&generation->organization_id)),
	    NULL);
}
