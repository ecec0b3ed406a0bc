/* hold.c - containers held against their deletion while photos come back into them. */
#include "cascade.h"

/* Only the containers are locked, each once and by its key; the photos are read as they are. */
#define HOLD(table, column, photos)                                                                \
	"SELECT STRAIGHT_JOIN o.id FROM (SELECT DISTINCT c." column " id FROM " photos             \
	" AND c." column " IS NOT NULL) held JOIN " table " o ON o.id = held.id"                   \
	" AND o.organization_id = ? LOCK IN SHARE MODE"
#define BEARING                                                                                    \
	"photos c FORCE INDEX (deletion) WHERE c.deletion_id = ? AND c.organization_id = ?"        \
	" AND c.id > ? AND c.id <= ?"
#define ONE  "photos c WHERE c.id = ? AND c.organization_id = ?"
#define MADE "photos c WHERE c.original_id = ? AND c.organization_id = ?"

DB_STATEMENT(HOLD_PROJECTS, HOLD("projects", "project_id", BEARING));
DB_STATEMENT(HOLD_SITES, HOLD("sites", "site_id", BEARING));
DB_STATEMENT(HOLD_ORIGINALS, HOLD("photos", "original_id", BEARING));
DB_STATEMENT(HOLD_PROJECT_OF_ONE, HOLD("projects", "project_id", ONE));
DB_STATEMENT(HOLD_SITE_OF_ONE, HOLD("sites", "site_id", ONE));
DB_STATEMENT(HOLD_PROJECTS_OF_MADE, HOLD("projects", "project_id", MADE));
DB_STATEMENT(HOLD_SITES_OF_MADE, HOLD("sites", "site_id", MADE));

static enum db_result hold(struct db_tx *tx, const struct db_statement *const *statements,
    size_t count, const struct db_value *values, size_t value_count)
{
	enum db_result result = DB_OK;

	for (size_t i = 0; i < count && (result == DB_OK || result == DB_NONE); i++) {
		struct db_rows rows = {0};

		result = db_query(tx->db, tx->arena, statements[i], values, value_count, &rows);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result containers_hold(struct db_tx *tx, const struct deletion *d, const struct id *after,
    const struct id *upto, bool originals)
{
	static const struct db_statement *const all[] = {
	    &HOLD_PROJECTS, &HOLD_SITES, &HOLD_ORIGINALS};
	const struct db_value values[] = {db_bind_id(&d->id), db_bind_id(&d->organization_id),
	    bind_bound(after), bind_bound(upto), db_bind_id(&d->organization_id)};

	return hold(tx, all, originals ? 3 : 2, values, 5);
}

enum db_result containers_hold_photo(
    struct db_tx *tx, const struct id *organization_id, const struct id *photo_id)
{
	static const struct db_statement *const all[] = {
	    &HOLD_PROJECT_OF_ONE, &HOLD_SITE_OF_ONE, &HOLD_PROJECTS_OF_MADE, &HOLD_SITES_OF_MADE};
	const struct db_value values[] = {
	    db_bind_id(photo_id), db_bind_id(organization_id), db_bind_id(organization_id)};

	return hold(tx, all, 4, values, 3);
}
