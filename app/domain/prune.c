/* prune.c - removing what the audit retention is over for, in steps. */
#include "purge.h"

#include <domain/prune.h>
#include <domain/settings.h>

/* A round under way. */
struct pruning {
	const struct domain *domain;
	struct db *prune;
	struct arena *arena;
	bool (*stop)(void *context);
	void *context;
	struct prune_report *report;
};

static bool must_stop(const struct pruning *p)
{
	return p->stop && p->stop(p->context);
}

/* A record with its notes, as far as the budget reaches. */
static enum db_result remove_record(struct db_tx *tx, const struct prune_tenant *tenant,
    const struct id *deletion_id, int64_t *budget)
{
	uint64_t removed = 0;
	enum db_result result = prune_effects(tx, deletion_id, *budget, &removed);

	*budget -= (int64_t)removed;
	if ((result != DB_OK && result != DB_NONE) || *budget <= 0) {
		return result;
	}
	result = prune_deletion(tx, tenant, deletion_id);
	*budget -= result == DB_OK;
	/* What something still points at stays. */
	return result == DB_CONFLICT ? DB_OK : result;
}

/* A step over records. */
struct records_step {
	const struct prune_tenant *tenant;
	const struct prune_record *records;
	size_t count;
	int64_t limit;
	int64_t left; /* of the limit */
	size_t done;  /* records that are settled for this round */
};

static bool remove_records(struct db_tx *tx, void *context, struct error *error)
{
	struct records_step *step = context;

	step->left = step->limit;
	for (step->done = 0; step->done < step->count && step->left > 0; step->done++) {
		enum db_result result =
		    remove_record(tx, step->tenant, &step->records[step->done].id, &step->left);

		if (result != DB_OK && result != DB_NONE) {
			return db_fail(result, error);
		}
		if (step->left <= 0) {
			break; /* the record itself may be left */
		}
	}
	return true;
}

/* Down the order of settling, since records that must stay would come up again and again. */
static bool prune_deletions_of(
    struct pruning *p, const struct prune_tenant *tenant, struct error *error)
{
	struct prune_record last = {0};
	struct records_step step = {.tenant = tenant, .limit = p->domain->step_rows};

	do {
		struct prune_record *records = NULL;
		enum db_result result = prune_records(
		    p->domain->db, p->arena, tenant, &last, step.limit, &records, &step.count);

		step.records = records;
		if (result != DB_OK) {
			return db_fail(result, error);
		}
		if (!db_transaction(p->prune, remove_records, &step, error)) {
			return false;
		}
		p->report->rows[PRUNE_DELETIONS] += step.limit - step.left;
		if (step.done > 0) {
			last = records[step.done - 1];
		}
		if (step.left < step.limit) {
			domain_after_step(p->domain, "prune");
		}
	} while (step.count > 0 && !must_stop(p));
	return true;
}

/* The kinds that go by one statement a step. Entries bring their reasons along. */
static const struct {
	enum db_result (*remove)(
	    struct db *db, const struct prune_tenant *tenant, int64_t limit, uint64_t *rows_r);
	bool by_pruner;
	int64_t rows_each;
} removals[PRUNE_KIND_COUNT] = {
    [PRUNE_ENTRIES] = {prune_entries, true, 2},
    [PRUNE_REQUESTS] = {prune_requests, false, 1},
    [PRUNE_MAILS] = {prune_mails, false, 1},
};

static bool prune_rows_of(
    struct pruning *p, enum prune_kind kind, const struct prune_tenant *tenant, struct error *error)
{
	struct db *db = removals[kind].by_pruner ? p->prune : p->domain->db;
	int64_t limit = p->domain->step_rows / removals[kind].rows_each;
	enum db_result result = DB_OK;

	while (result == DB_OK && !must_stop(p)) {
		uint64_t removed = 0;

		result = removals[kind].remove(db, tenant, limit > 0 ? limit : 1, &removed);
		if (result == DB_OK) {
			p->report->rows[kind] += (int64_t)removed;
			domain_after_step(p->domain, "prune");
		}
	}
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

static bool prune_kind(struct pruning *p, enum prune_kind kind, struct error *error)
{
	struct prune_tenant *tenants = NULL;
	size_t count = 0;
	enum db_result result =
	    prune_tenants(p->domain->db, p->arena, kind, clock_now_us(p->domain->clock),
		setting_rule(SETTING_AUDIT_RETENTION)->min, &tenants, &count);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	for (size_t i = 0; i < count && !must_stop(p); i++) {
		bool ok = removals[kind].remove ? prune_rows_of(p, kind, &tenants[i], error)
						: prune_deletions_of(p, &tenants[i], error);

		if (!ok) {
			return false;
		}
	}
	return true;
}

bool prune_due(const struct domain *domain, struct db *prune, struct arena *arena,
    bool (*stop)(void *context), void *context, struct prune_report *report_r, struct error *error)
{
	struct pruning pruning = {domain, prune, arena, stop, context, report_r};

	*report_r = (struct prune_report){0};
	for (int kind = 0; kind < PRUNE_KIND_COUNT; kind++) {
		if (!prune_kind(&pruning, (enum prune_kind)kind, error)) {
			return false;
		}
	}
	return true;
}
