/* audit.c - writing the trail, and reading it for admins. */
#include "audit.h"

#include <auth/policy.h>
#include <domain/webhooks.h>

/* How many of the newest entries the revision looks at: an entry that commits late, with an older
 * id than the newest, still changes it. */
#define REVISION_ENTRIES 64

bool audit_write(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct audit_event *event, struct error *error)
{
	struct buf details = {0};
	struct audit_entry entry = {
	    .organization_id = actor->organization_id,
	    .at_us = clock_now_us(domain->clock),
	    .actor = actor->uid,
	    .action = event->action,
	    .kind = event->kind,
	    .item_id = event->item_id,
	    .mode = event->mode,
	    .request_id = actor->request_id,
	    .reason = event->reason,
	};
	enum db_result result;

	if (event->details) {
		doc_write_json(event->details, &details);
	}
	entry.details = details.data;
	result = audit_insert(tx, &entry);
	entry.details = NULL;
	buf_free(&details);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return webhooks_tell(tx, &entry, event->details, error);
}

bool audit_check(const struct actor *actor, struct error *error)
{
	return policy_check(actor, POLICY_ADMINISTER,
	    &(struct policy_subject){
		.kind = POLICY_ORGANIZATION, .organization_id = actor->organization_id},
	    error);
}

bool audit_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct audit_query *query, struct audit_page *page_r, struct error *error)
{
	struct audit_query own = *query;
	enum db_result result;

	if (!audit_check(actor, error)) {
		return false;
	}
	own.organization_id = actor->organization_id;
	result = audit_read_page(domain->db, arena, &own, page_r);
	return result == DB_OK || db_fail(result, error);
}

bool audit_revision(const struct domain *domain, const struct id *organization_id,
    struct arena *arena, uint64_t *revision_r, struct error *error)
{
	struct id *ids;
	size_t count;
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a, 64 bits */
	enum db_result result =
	    audit_newest(domain->db, arena, organization_id, REVISION_ENTRIES, &ids, &count);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	for (size_t i = 0; i < count * sizeof(ids[0]); i++) {
		hash = (hash ^ ((const unsigned char *)ids)[i]) * UINT64_C(1099511628211);
	}
	*revision_r = hash;
	return true;
}
