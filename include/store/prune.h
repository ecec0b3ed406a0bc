/* prune.h - removing what the audit retention is over for: entries of the trail with their reasons,
 * records of settled deletions, settled requests, settled mail.
 *
 * The retention of an organisation is in calendar months (audit_retention_months); what belongs to
 * none has the shortest one. A row goes at the instant at which it is that old. The trail and the
 * records of deletions are removed by a user of the database who may do nothing else (`prune`). */
#ifndef LETHE_STORE_PRUNE_H
#define LETHE_STORE_PRUNE_H

#include <db/db.h>
#include <stdint.h>

enum prune_kind { PRUNE_ENTRIES, PRUNE_DELETIONS, PRUNE_REQUESTS, PRUNE_MAILS, PRUNE_KIND_COUNT };

/* An organisation that has rows of a kind to be removed: those that are from before or at that
 * time. */
struct prune_tenant {
	struct id organization_id; /* none: what belongs to no organisation */
	int64_t until_us;
};

/* Find them; `default_months` is the retention of what belongs to no organisation. Looks at the
 * oldest row of each organisation alone. */
enum db_result prune_tenants(struct db *db, struct arena *arena, enum prune_kind kind,
    int64_t now_us, int64_t default_months, struct prune_tenant **tenants_r, size_t *count_r)
    __attribute__((warn_unused_result));

/* Remove at most `limit` entries with their reasons, oldest first. `prune` is the pruning's own
 * connection. DB_NONE: there were none. */
enum db_result prune_entries(struct db *prune, const struct prune_tenant *tenant, int64_t limit,
    uint64_t *rows_r) __attribute__((warn_unused_result));

/* Remove at most `limit` settled requests, or sent, failed and dropped mails (by when they were
 * sent, else written). As the application. DB_NONE: there were none. */
enum db_result prune_requests(struct db *db, const struct prune_tenant *tenant, int64_t limit,
    uint64_t *rows_r) __attribute__((warn_unused_result));
enum db_result prune_mails(struct db *db, const struct prune_tenant *tenant, int64_t limit,
    uint64_t *rows_r) __attribute__((warn_unused_result));

/* A settled deletion, in the order in which they were settled. */
struct prune_record {
	struct id id;
	int64_t settled_us;
};

/* The next of them, after one (zeroed: from the first), at most `limit`. */
enum db_result prune_records(struct db *db, struct arena *arena, const struct prune_tenant *tenant,
    const struct prune_record *after, int64_t limit, struct prune_record **records_r,
    size_t *count_r) __attribute__((warn_unused_result));

/* Remove at most `limit` of the notes of what a deletion archived or orphaned. DB_NONE: there are
 * none. */
enum db_result prune_effects(struct db_tx *prune, const struct id *deletion_id, int64_t limit,
    uint64_t *rows_r) __attribute__((warn_unused_result));

/* Remove the record, if it is settled for long enough. DB_CONFLICT: something still bears its id (a
 * tombstone), and it stays. */
enum db_result prune_deletion(struct db_tx *prune, const struct prune_tenant *tenant,
    const struct id *deletion_id) __attribute__((warn_unused_result));

#endif
