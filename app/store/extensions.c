/* extensions.c - lengthening the windows of deletions, by ranges of their ids. */
#include <store/extensions.h>

/* Values: after, organisation, organisation, deletion, deletion. */
#define EXTENSIBLE                                                                                 \
	" WHERE id > ? AND (? IS NULL OR organization_id = ?) AND (? IS NULL OR id = ?)"           \
	" AND state IN ('marking', 'trashed') AND mode = 'soft' AND kind <> 'user'"                \
	" AND origin NOT IN ('account', 'request')"
DB_STATEMENT(EXTENSION_RANGE, "SELECT MAX(id), COUNT(*) FROM (SELECT id FROM deletions" EXTENSIBLE
			      " ORDER BY id LIMIT ?) step");
DB_STATEMENT(EXTENSION_UNTIL,
    "UPDATE deletions SET recover_until = ?" EXTENSIBLE " AND id <= ? AND recover_until < ?");
DB_STATEMENT(EXTENSION_BY,
    "UPDATE deletions SET recover_until ="
    " TIMESTAMPADD(MICROSECOND, ?, GREATEST(recover_until, ?))" EXTENSIBLE " AND id <= ?");

static enum db_result change(struct db_tx *tx, const struct extension *e, const struct id *after,
    const struct id *upto, uint64_t *changed_r)
{
	struct db_value organization = db_bind_id(&e->organization_id);
	struct db_value deletion = db_bind_id(&e->deletion_id), last = db_bind_id(upto);
	struct db_value from = db_bind_blob(after->bytes, sizeof(after->bytes));

	if (e->until_us) {
		struct db_value until = db_bind_time(e->until_us);

		return db_exec(tx->db, &EXTENSION_UNTIL,
		    DB_VALUES(
			until, from, organization, organization, deletion, deletion, last, until),
		    changed_r);
	}
	return db_exec(tx->db, &EXTENSION_BY,
	    DB_VALUES(db_bind_int(e->by_us), db_bind_time(e->now_us), from, organization,
		organization, deletion, deletion, last),
	    changed_r);
}

enum db_result extension_apply(
    struct db_tx *tx, const struct extension *e, unsigned limit, struct id *after, int64_t *rows_r)
{
	struct db_value organization = db_bind_id(&e->organization_id);
	struct db_value deletion = db_bind_id(&e->deletion_id);
	struct db_rows rows = {0};
	struct id upto;
	uint64_t changed = 0;
	enum db_result result = db_query(tx->db, tx->arena, &EXTENSION_RANGE,
	    DB_VALUES(db_bind_blob(after->bytes, sizeof(after->bytes)), organization, organization,
		deletion, deletion, db_bind_int(limit)),
	    &rows);

	*rows_r = 0;
	if (result != DB_OK || db_int(&rows, 0, 1) == 0) {
		return result == DB_OK ? DB_NONE : result;
	}
	upto = db_id(&rows, 0, 0);
	result = change(tx, e, after, &upto, &changed);
	*after = upto;
	*rows_r = result == DB_OK ? (int64_t)changed : 0;
	return result == DB_NONE ? DB_OK : result;
}
