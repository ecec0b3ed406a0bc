/* exports.c - asking for an export, reading it, and the worker's round over those that are due. */
#include <domain/exports.h>

#include "deletions.h"
#include "exports_private.h"

#include <auth/rate.h>
#include <base/log.h>
#include <domain/audit.h>
#include <store/users.h>
#include <string.h>

#define JOBS_PAGE 20
#define ATTEMPTS  3 /* that purges may spoil before it is put off */
#define AT_ONCE   100

static const struct rate_limit REQUESTS = {
    "account.export", EXPORTS_PER_HOUR, INT64_C(3600) * CLOCK_SECOND_US};

struct asking {
	const struct domain *domain;
	const struct actor *actor;
	struct export_row *row;
};

static bool refuse_pending(struct error *error)
{
	return error_set(error, ERROR_CONFLICT, "export_pending",
	    "An export of your data is being made already.");
}

static bool record(struct db_tx *tx, const struct asking *c, struct error *error)
{
	struct doc *details = doc_object(tx->arena);

	doc_set_id(details, "export_id", &c->row->id);
	return audit_write(tx, c->domain, c->actor,
	    &(struct audit_event){.action = "export.create",
		.kind = "user",
		.item_id = c->actor->user_id,
		.details = details},
	    error);
}

static bool run_ask(struct db_tx *tx, void *context, struct error *error)
{
	const struct asking *c = context;
	int64_t now_us = clock_now_us(c->domain->clock);
	struct job job;
	struct user user;
	enum db_result result = users_find(tx->db, tx->arena, &c->actor->user_id, &user);

	if (result != DB_OK) {
		return result == DB_NONE ? error_set(error, ERROR_UNAUTHENTICATED,
					       "unauthenticated", "Please sign in.")
					 : db_fail(result, error);
	}
	*c->row = (struct export_row){
	    .id = id_generate(now_us),
	    .organization_id = user.organization_id,
	    .user_id = user.id,
	    .created_us = now_us,
	};
	result = export_insert(tx, c->row);
	if (result == DB_CONFLICT) {
		return refuse_pending(error);
	}
	job = (struct job){.id = id_generate(now_us),
	    .organization_id = user.organization_id,
	    .task = JOB_EXPORT,
	    .item_id = c->row->id};
	if (result == DB_OK) {
		result = job_insert(tx, &job, now_us);
	}
	return (result == DB_OK || db_fail(result, error)) &&
	       deletion_spend_reauth(tx, c->actor, error) && record(tx, c, error);
}

/* Only what went through counts. */
static bool ask(struct asking *c, struct error *error)
{
	const struct domain *domain = c->domain;
	struct id hit = id_none;

	if (domain->auth &&
	    !rate_check_and_hit(domain->auth, &REQUESTS, c->actor->uid, &hit, error)) {
		return false;
	}
	if (db_transaction(domain->db, run_ask, c, error)) {
		return true;
	}
	if (domain->auth && !rate_forgive(domain->auth, &hit, NULL)) {
		return false; /* it is forgotten in an hour */
	}
	return false;
}

bool exports_request(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct export_row *export_r, struct error *error)
{
	struct asking c = {.domain = domain, .actor = actor, .row = export_r};
	enum db_result result = export_pending(domain->db, arena, &actor->user_id, export_r);

	if (result == DB_OK) {
		return refuse_pending(error);
	}
	return result == DB_NONE ? ask(&c, error) : db_fail(result, error);
}

/* Time does not wait for the worker. */
static void see_time(const struct domain *domain, struct export_row *row)
{
	if (row->state == EXPORT_READY && clock_now_us(domain->clock) >= row->expires_us) {
		row->state = EXPORT_EXPIRED;
		row->settled_us = row->expires_us;
	}
}

bool exports_get(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *id, struct export_row *export_r, struct error *error)
{
	enum db_result result = export_find(domain->db, arena, &actor->user_id, id, export_r);

	if (result == DB_NONE) {
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is no such export for you.");
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	see_time(domain, export_r);
	return true;
}

bool exports_latest(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct export_row *export_r, bool *found_r, struct error *error)
{
	enum db_result result = export_newest(domain->db, arena, &actor->user_id, export_r);

	*found_r = result == DB_OK;
	if (*found_r) {
		see_time(domain, export_r);
	}
	return result <= DB_NONE || db_fail(result, error);
}

static bool check_ready(const struct export_row *row, struct error *error)
{
	switch (row->state) {
	case EXPORT_READY:
		return true;
	case EXPORT_PENDING:
		return error_set(error, ERROR_CONFLICT, "export_pending",
		    "This export is being made; a mail will tell you when it is ready.");
	case EXPORT_DISCARDED:
		return error_set(error, ERROR_GONE, "export_discarded",
		    "This export is gone, because something in it was deleted forever. Make a new "
		    "one.");
	default:
		return error_set(error, ERROR_GONE, "export_expired",
		    "This export is older than 7 days and is gone. Make a new one.");
	}
}

bool exports_file(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *id, struct file *file_r, struct error *error)
{
	struct export_row row;
	enum db_result result;

	if (!exports_get(domain, actor, arena, id, &row, error) || !check_ready(&row, error)) {
		return false;
	}
	result =
	    store_file_find(domain->db, arena, &row.organization_id, &row.id, FILE_ASSET, file_r);
	if (result == DB_NONE) { /* discarded in this moment */
		row.state = EXPORT_DISCARDED;
		return check_ready(&row, error);
	}
	return result == DB_OK || db_fail(result, error);
}

/* --- the worker's --- */

/* One that cannot be made now must not keep the others waiting. */
static bool put_off(const struct domain *domain, const struct job *job, const char *why,
    struct exports_report *report)
{
	char id[ID_TEXT_SIZE];

	id_format(&job->item_id, id);
	log_event(LOG_WARNING, "export_put_off", log_text("export", id), log_text("code", why));
	report->put_off++;
	return job_defer(domain->db, job, why, clock_now_us(domain->clock)) <= DB_NONE;
}

static bool make_leased(const struct domain *domain, const struct exports_limits *limits,
    struct lease *lease, const struct job *job, struct exports_report *report, struct error *error)
{
	struct export_build build = {.touched = true};

	for (int i = 0; i < ATTEMPTS && build.touched; i++) {
		if (!export_build_run(domain, limits, lease, &job->item_id, &build, error)) {
			if (strcmp(error->code, "store_uncertain") == 0 ||
			    !put_off(domain, job, error->code, report)) {
				return false;
			}
			error_clear(error);
			return true;
		}
	}
	report->made += build.made;
	return !build.touched || put_off(domain, job, "touched", report);
}

static bool make_one(const struct domain *domain, const struct exports_limits *limits,
    const struct job *job, struct exports_report *report, struct error *error)
{
	struct lease lease;
	bool ok;

	if (!lease_begin(domain, JOB_EXPORT, &job->organization_id, &job->item_id, &lease, error)) {
		return false;
	}
	ok = !lease.held || make_leased(domain, limits, &lease, job, report, error);
	lease_end(domain, &lease, ok);
	return ok;
}

static bool is_stopping(const struct exports_limits *limits)
{
	return limits->stop && limits->stop(limits->context);
}

/* A round has at least one. */
static bool is_over(const struct exports_limits *limits, const struct id *after, int64_t since_us)
{
	return is_stopping(limits) || (limits->round_us && !id_is_none(after) &&
					  clock_monotonic_us() - since_us >= limits->round_us);
}

static bool make_all(const struct domain *domain, struct arena *arena,
    const struct exports_limits *limits, struct exports_report *report, struct error *error)
{
	int64_t since_us = clock_monotonic_us();
	struct id after = id_none;
	struct job *jobs;
	size_t count;

	do {
		enum db_result result = job_due(domain->db, arena, JOB_EXPORT,
		    clock_now_us(domain->clock), &after, JOBS_PAGE, &jobs, &count);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		for (size_t i = 0; i < count && !is_over(limits, &after, since_us); i++) {
			if (!make_one(domain, limits, &jobs[i], report, error)) {
				return false;
			}
			after = jobs[i].id;
		}
	} while (count == JOBS_PAGE && !is_over(limits, &after, since_us));
	return true;
}

struct ending {
	const struct domain *domain;
	const struct id *id;
	bool ended;
};

static bool run_expire(struct db_tx *tx, void *context, struct error *error)
{
	struct ending *c = context;
	int64_t now_us = clock_now_us(c->domain->clock);
	struct export_row row;
	enum db_result result = export_lock(tx, c->id, &row);

	c->ended = result == DB_OK && row.state == EXPORT_READY && row.expires_us <= now_us;
	if (c->ended) {
		result = export_settle(tx, &row, EXPORT_EXPIRED, now_us);
	}
	return result <= DB_NONE || db_fail(result, error);
}

static bool expire(const struct domain *domain, struct arena *arena, struct exports_report *report,
    struct error *error)
{
	int64_t now_us = clock_now_us(domain->clock);
	struct id *ids;
	size_t count;
	uint64_t pruned;
	enum db_result result = exports_over(domain->db, arena, now_us, AT_ONCE, &ids, &count);

	for (size_t i = 0; result == DB_OK && i < count; i++) {
		struct ending c = {.domain = domain, .id = &ids[i]};

		if (!db_transaction(domain->db, run_expire, &c, error)) {
			return false;
		}
		report->expired += c.ended;
	}
	if (result == DB_OK) {
		result = exports_prune(domain->db, now_us - EXPORTS_KEPT_US, AT_ONCE, &pruned);
	}
	return result <= DB_NONE || db_fail(result, error);
}

struct sweeping {
	const struct domain *domain;
	struct arena *arena;
};

/* What is being made is somebody's who has the lease; all else was left by a crash, or by whoever
 * does not know yet that the account is gone. */
static bool is_being_made(void *context, const struct id *item)
{
	const struct sweeping *c = context;
	bool leased = true;
	enum db_result result = lease_is_held(
	    c->domain->db, c->arena, JOB_EXPORT, item, clock_now_us(c->domain->clock), &leased);

	return result != DB_OK || leased;
}

bool exports_continue(const struct domain *domain, struct arena *arena,
    const struct exports_limits *limits, struct exports_report *report_r, struct error *error)
{
	struct sweeping sweeping = {domain, arena};
	struct error ignored = {0};

	*report_r = (struct exports_report){0};
	if (!expire(domain, arena, report_r, error)) {
		return false;
	}
	/* A storage out of reach keeps nothing else from its work. */
	(void)!storage_sweep_items(domain->storage, is_being_made, &sweeping, &ignored);
	return make_all(domain, arena, limits, report_r, error);
}
