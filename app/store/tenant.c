/* tenant.c - what the purge of an organisation takes besides what bears its deletion's mark. */
#include <store/tenant.h>

/* Values: organisation, limit. */
#define REMOVE(table) "DELETE FROM " table " WHERE organization_id = ? LIMIT ?"

DB_STATEMENT(TENANT_NOTES, REMOVE("photo_notes"));
DB_STATEMENT(TENANT_AI_RESULTS, REMOVE("ai_processing_results"));
DB_STATEMENT(TENANT_CARDS, REMOVE("quest_content_cards"));
DB_STATEMENT(TENANT_SUBMISSIONS, REMOVE("activity_submissions"));
DB_STATEMENT(TENANT_SEQUENCES, REMOVE("adventure_sequences"));
DB_STATEMENT(TENANT_SHARES_RETIRE,
    "INSERT INTO dead_shares (token_hash, purged_at) SELECT token_hash, ? FROM photo_shares"
    " WHERE organization_id = ? ORDER BY id LIMIT ?");
DB_STATEMENT(
    TENANT_SHARES, "DELETE FROM photo_shares WHERE organization_id = ? ORDER BY id LIMIT ?");
DB_STATEMENT(TENANT_REQUESTS,
    "UPDATE deletion_requests SET requester_email = NULL, reason = NULL, rejection_reason = NULL,"
    " status = IF(status = 'pending', 'superseded', status) WHERE organization_id = ?"
    " AND (requester_email IS NOT NULL OR reason IS NOT NULL OR rejection_reason IS NOT NULL"
    " OR status = 'pending') LIMIT ?");
DB_STATEMENT(TENANT_CLAIMS, REMOVE("site_claims"));
DB_STATEMENT(TENANT_FILES_QUEUE,
    "INSERT INTO storage_cleanup_queue (id, organization_id, storage_key, bytes, next_attempt_at,"
    " created_at) SELECT id, organization_id, storage_key, bytes, ?, ? FROM files"
    " WHERE organization_id = ? ORDER BY digest, id LIMIT ?");
DB_STATEMENT(
    TENANT_FILES, "DELETE FROM files WHERE organization_id = ? ORDER BY digest, id LIMIT ?");
DB_STATEMENT(TENANT_GENERATIONS, REMOVE("generations"));
DB_STATEMENT(TENANT_TAGS, REMOVE("tags"));
DB_STATEMENT(TENANT_BATCHES, REMOVE("archive_batches"));
DB_STATEMENT(TENANT_ROLE_REQUESTS, REMOVE("role_requests"));
DB_STATEMENT(TENANT_SUBSCRIPTIONS, REMOVE("webhook_subscriptions"));
DB_STATEMENT(TENANT_WEBHOOKS, REMOVE("webhook_outbox"));
DB_STATEMENT(TENANT_MAIL,
    "UPDATE mail_outbox SET recipient = NULL, subject = NULL, data = NULL, body_text = NULL,"
    " body_html = NULL, unsubscribe = NULL, last_error = NULL, body_until = NULL,"
    " file_until = created_at, state = IF(state = 'waiting', 'dropped', state)"
    " WHERE organization_id = ? AND forget = FALSE AND (recipient IS NOT NULL OR subject IS NOT "
    "NULL"
    " OR data IS NOT NULL OR body_text IS NOT NULL OR body_html IS NOT NULL) LIMIT ?");
DB_STATEMENT(TENANT_REASONS, "UPDATE audit_reasons SET reason = NULL WHERE organization_id = ?"
			     " AND reason IS NOT NULL LIMIT ?");
DB_STATEMENT(TENANT_RECORDS,
    "UPDATE deletions SET label = NULL, reason = NULL WHERE organization_id = ?"
    " AND state = 'restored' AND (label IS NOT NULL OR reason IS NOT NULL) LIMIT ?");

DB_STATEMENT(TENANT_DELETIONS,
    "(SELECT id FROM deletions FORCE INDEX (trash) WHERE organization_id = ? AND restorable = 1"
    " AND id <> ? ORDER BY id LIMIT ?) UNION ALL"
    " (SELECT id FROM deletions FORCE INDEX (due) WHERE state IN ('restoring', 'purging')"
    " AND organization_id = ? AND id <> ? LIMIT ?)");

/* `keep` stores elsewhere what `take` then removes, with the time bound `keep_times` times. */
static const struct {
	const struct db_statement *take, *keep;
	size_t keep_times;
} statements[] = {
#define TENANT(relation) [RELATION_TENANT_##relation - RELATION_FIRST_OF_TENANT]
    TENANT(NOTES) = {&TENANT_NOTES, NULL, 0},
    TENANT(AI_RESULTS) = {&TENANT_AI_RESULTS, NULL, 0},
    TENANT(CARDS) = {&TENANT_CARDS, NULL, 0},
    TENANT(SUBMISSIONS) = {&TENANT_SUBMISSIONS, NULL, 0},
    TENANT(SEQUENCES) = {&TENANT_SEQUENCES, NULL, 0},
    TENANT(SHARES) = {&TENANT_SHARES, &TENANT_SHARES_RETIRE, 1},
    TENANT(REQUESTS) = {&TENANT_REQUESTS, NULL, 0},
    TENANT(CLAIMS) = {&TENANT_CLAIMS, NULL, 0},
    TENANT(FILES) = {&TENANT_FILES, &TENANT_FILES_QUEUE, 2},
    TENANT(GENERATIONS) = {&TENANT_GENERATIONS, NULL, 0},
    TENANT(TAGS) = {&TENANT_TAGS, NULL, 0},
    TENANT(BATCHES) = {&TENANT_BATCHES, NULL, 0},
    TENANT(ROLE_REQUESTS) = {&TENANT_ROLE_REQUESTS, NULL, 0},
    TENANT(SUBSCRIPTIONS) = {&TENANT_SUBSCRIPTIONS, NULL, 0},
    TENANT(WEBHOOKS) = {&TENANT_WEBHOOKS, NULL, 0},
    TENANT(MAIL) = {&TENANT_MAIL, NULL, 0},
    TENANT(REASONS) = {&TENANT_REASONS, NULL, 0},
    TENANT(RECORDS) = {&TENANT_RECORDS, NULL, 0},
};

bool tenant_holds(enum relation relation)
{
	return relation >= RELATION_FIRST_OF_TENANT && relation <= RELATION_LAST_OF_TENANT;
}

enum db_result tenant_purge(struct db_tx *tx, enum relation relation, const struct deletion *d,
    int64_t limit, int64_t now_us, int64_t *rows_r)
{
	size_t i = (size_t)relation - RELATION_FIRST_OF_TENANT;
	const struct db_value values[] = {db_bind_time(now_us), db_bind_time(now_us),
	    db_bind_id(&d->organization_id), db_bind_int(limit)};
	size_t skipped = 2 - statements[i].keep_times;
	enum db_result result = DB_OK;
	uint64_t changed = 0;

	*rows_r = 0;
	if (statements[i].keep) {
		result = db_exec(tx->db, statements[i].keep, values + skipped, 4 - skipped, NULL);
	}
	if (result == DB_OK) {
		result = db_exec(tx->db, statements[i].take, values + 2, 2, &changed);
	}
	*rows_r = result == DB_OK ? (int64_t)changed : 0;
	return result == DB_NONE ? DB_OK : result;
}

enum db_result tenant_deletions(struct db *db, struct arena *arena, const struct deletion *d,
    unsigned limit, struct id **ids_r, size_t *count_r)
{
	struct db_value organization = db_bind_id(&d->organization_id), id = db_bind_id(&d->id);
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &TENANT_DELETIONS,
	    DB_VALUES(organization, id, db_bind_int(limit), organization, id, db_bind_int(limit)),
	    &rows);

	*count_r = rows.count;
	*ids_r = arena_array(arena, rows.count + 1, sizeof(**ids_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*ids_r)[i] = db_id(&rows, i, 0);
	}
	return result == DB_NONE ? DB_OK : result;
}
