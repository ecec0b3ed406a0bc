/* purging_foreign.c - what a platform admin has left in an organisation that is purged, while the
 * deletion of their account, or of their own organisation, has hold of it: it goes with the
 * organisation that it is in, and comes back with nobody. */
#include "purge.h"

#include <store/tenant.h>

/* One is being restored: what it gives back is this deletion's once it is done. */
static bool is_waited_for(enum db_result result, const struct deletion *other)
{
	return result == DB_NONE || other->state == DELETION_RESTORING ||
	       other->state == DELETION_RESTORED;
}

static bool take_over(struct db_tx *tx, struct deletion *deletion, struct deletion *other,
    int64_t *budget, struct error *error)
{
	int64_t rows[MARK_TABLE_COUNT], bytes;
	enum db_result result = tenant_take_over(tx, other, deletion, *budget, rows, &bytes);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	for (size_t i = 0; i < MARK_TABLE_COUNT; i++) {
		*budget -= rows[i];
	}
	count_marks(other, rows, -1);
	count_marks(deletion, rows, 1);
	/* While it is marking, its bytes are not known yet. */
	other->bytes -= bytes < other->bytes ? bytes : other->bytes;
	deletion->bytes += bytes;
	result = deletion_store_counts(tx, other);
	return result == DB_OK || db_fail(result, error);
}

bool purging_take_over(struct db_tx *tx, struct deletion *deletion, struct purging *purging,
    int64_t budget, struct error *error)
{
	if (deletion->kind != ITEM_ORGANIZATION) {
		purging->taken = true;
	}
	while (!purging->taken && !purging->waits && budget > 0) {
		struct deletion other = {0};
		struct id id;
		enum db_result result = tenant_foreign_deletion(tx->db, tx->arena, deletion, &id);

		if (result == DB_NONE) {
			purging->taken = true;
			break;
		}
		if (result == DB_OK) {
			result = deletion_find(tx->db, tx->arena, &id_none, &id, &other);
		}
		if (result == DB_OK) {
			result = deletion_lock(tx, &other.organization_id, &id, &other);
		}
		if (result > DB_NONE) {
			return db_fail(result, error);
		}
		purging->waits = is_waited_for(result, &other);
		if (!purging->waits && !take_over(tx, deletion, &other, &budget, error)) {
			return false;
		}
	}
	return true;
}
