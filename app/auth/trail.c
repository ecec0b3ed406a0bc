/* trail.c - the audit entries of identity. */
#include "trail.h"

#include <store/audit.h>

bool trail_write(struct db_tx *tx, const struct trail *trail, struct error *error)
{
	struct audit_entry entry = {
	    .at_us = trail->now_us,
	    .actor = trail->actor,
	    .action = trail->action,
	    /* Methods are this program's own words, so there is nothing to escape. */
	    .details = arena_printf(tx->arena, "{\"method\":\"%s\"}", trail->method),
	    .request_id = trail->request_id,
	};

	if (trail->user) {
		entry.organization_id = trail->user->organization_id;
		entry.kind = "user";
		entry.item_id = trail->user->id;
	}
	enum db_result result = audit_insert(tx, &entry);
	return result == DB_OK || db_fail(result, error);
}

/* The entry alone is what the transaction writes. */
static bool write_entry(struct db_tx *tx, void *context, struct error *error)
{
	return trail_write(tx, context, error);
}

bool trail_write_alone(struct db *db, const struct trail *trail, struct error *error)
{
	struct trail copy = *trail;

	return db_transaction(db, write_entry, &copy, error);
}
