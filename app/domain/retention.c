/* retention.c - the end of an archived photo's retention: a deletion without a window. */
#include "purge.h"

struct retention {
	const struct domain *domain;
	const struct id *organization_id;
	const struct id *photo_id;
	struct id deletion_id;
	bool begun;
};

/* Still archived, for long enough, and not deleted: asked again under the photo's lock, for it may
 * have been restored and archived anew since it was listed. */
static bool is_due(const struct root_item *item, int64_t now_us)
{
	enum lifecycle_state next;

	return !item->deleted_at_us && item->archived && item->purge_after_us != 0 &&
	       item->purge_after_us <= now_us &&
	       lifecycle_next(
		   STATE_PHOTO_ARCHIVED, ACT_RETENTION_END, BY_WORKER, false, &next, NULL);
}

static bool run_begin(struct db_tx *tx, void *context, struct error *error)
{
	struct retention *c = context;
	int64_t now_us = clock_now_us(c->domain->clock);
	struct actor worker = actor_system("worker", c->organization_id);
	struct root_item item;
	struct deletion deletion;
	bool gone;
	enum db_result result = root_lock(tx, ITEM_PHOTO, c->organization_id, c->photo_id, &item);

	c->begun = false;
	if (result != DB_OK || !is_due(&item, now_us)) {
		return result == DB_OK || result == DB_NONE || db_fail(result, error);
	}
	deletion = (struct deletion){
	    .id = id_generate(now_us),
	    .organization_id = item.organization_id,
	    .act_id = id_generate(now_us),
	    .kind = ITEM_PHOTO,
	    .item_id = item.id,
	    .label = item.label,
	    .owner_id = item.owner_id,
	    .origin = ORIGIN_RETENTION,
	    .mode = MODE_HARD,
	    .deleted_at_us = now_us,
	    .recover_until_us = now_us,
	};
	c->deletion_id = deletion.id;
	c->begun = deletion_begin(tx, c->domain, &worker, &deletion, true, &gone, error);
	return c->begun || (gone ? db_fail(DB_CONFLICT, error) : false);
}

bool retention_begin(const struct domain *domain, const struct id *organization_id,
    const struct id *photo_id, struct id *deletion_r, bool *begun_r, struct error *error)
{
	struct retention context = {
	    .domain = domain, .organization_id = organization_id, .photo_id = photo_id};

	if (!db_transaction(domain->db, run_begin, &context, error)) {
		return false;
	}
	*deletion_r = context.deletion_id;
	*begun_r = context.begun;
	return true;
}
