/* figures.c - the dashboard's figures held against plain counts of all rows. */
#include "figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Plain counts: organisation, from, before. */
#define PLAIN(what, rows, time)                                                                    \
	"SELECT CAST(COALESCE(" what ", 0) AS SIGNED) FROM " rows                                  \
	" WHERE organization_id = ? AND " time " >= ? AND " time " < ?"
DB_STATEMENT(plain_deleted, PLAIN("COUNT(*)", "deletions", "deleted_at"));
DB_STATEMENT(plain_restored, PLAIN("SUM(state = 'restored')", "deletions", "settled_at"));
DB_STATEMENT(plain_purged, PLAIN("SUM(state = 'purged')", "deletions", "settled_at"));
DB_STATEMENT(
    plain_reclaimed, PLAIN("SUM(IF(state = 'purged', bytes, 0))", "deletions", "settled_at"));
#define SHELF(what, condition) PLAIN(what, "photos", "created_at") " AND " condition
#define IS_LIVE                "deleted_at IS NULL AND archived_at IS NULL"
#define IS_ARCHIVED            "deleted_at IS NULL AND archived_at IS NOT NULL"
DB_STATEMENT(plain_live, SHELF("COUNT(*)", IS_LIVE));
DB_STATEMENT(plain_live_bytes, SHELF("SUM(bytes)", IS_LIVE));
DB_STATEMENT(plain_archived, SHELF("COUNT(*)", IS_ARCHIVED));
DB_STATEMENT(plain_archived_bytes, SHELF("SUM(bytes)", IS_ARCHIVED));
DB_STATEMENT(plain_trashed, SHELF("COUNT(*)", "deleted_at IS NOT NULL"));
DB_STATEMENT(plain_trashed_bytes, SHELF("SUM(bytes)", "deleted_at IS NOT NULL"));
DB_STATEMENT(
    plain_recoverable, PLAIN("SUM(state IN ('marking', 'trashed'))", "deletions", "recover_until"));
DB_STATEMENT(plain_pending, PLAIN("SUM(status = 'pending')", "deletion_requests", "requested_at"));
DB_STATEMENT(plain_due, PLAIN("SUM(status = 'pending')", "deletion_requests", "due_at"));
DB_STATEMENT(plain_requests, PLAIN("COUNT(*)", "deletion_requests", "requested_at"));
DB_STATEMENT(
    plain_rejected, PLAIN("SUM(status = 'rejected')", "deletion_requests", "requested_at"));
DB_STATEMENT(plain_queued, PLAIN("SUM(state = 'waiting')", "storage_cleanup_queue", "created_at"));
DB_STATEMENT(plain_failed, PLAIN("SUM(state = 'failed')", "storage_cleanup_queue", "created_at"));
DB_STATEMENT(plain_mails, PLAIN("SUM(state = 'waiting')", "mail_outbox", "created_at"));

#define ALWAYS  INT64_C(1000000), INT64_C(253402300799000000)
#define LATE_US STATS_LATE_US

static int64_t plain(struct figures *f, const struct db_statement *statement,
    const struct id *organization, int64_t from, int64_t to)
{
	struct db_rows rows;

	assert_int_equal(
	    db_query(f->world->db, f->world->arena, statement,
		DB_VALUES(db_bind_id(organization), db_bind_time(from), db_bind_time(to)), &rows),
	    DB_OK);
	return db_int(&rows, 0, 0);
}

void figures_read(struct figures *f, const struct actor *actor)
{
	struct error error = {0};

	if (!stats_read(&f->world->domain, actor, f->world->arena, &f->stats, &error))
		fail_msg("%s: %s", error.code, error.message);
}

void figures_tally(struct figures *f)
{
	struct error error = {0};

	if (!stats_tally(&f->world->domain, f->world->arena, NULL, NULL, &error))
		fail_msg("%s: %s", error.code, error.message);
}

struct stats_tally figures_tallied(struct figures *f, const struct id *organization)
{
	struct stats_tally read;

	assert_true(
	    stats_tally_read(f->world->db, f->world->arena, organization, &read) <= DB_NONE);
	return read;
}

static void compare_turnover(struct figures *f, const struct stats_turnover *turnover,
    const struct id *organization, int64_t from, int64_t to)
{
	assert_int_equal(turnover->deleted, plain(f, &plain_deleted, organization, from, to));
	assert_int_equal(turnover->restored, plain(f, &plain_restored, organization, from, to));
	assert_int_equal(turnover->purged, plain(f, &plain_purged, organization, from, to));
	assert_int_equal(
	    turnover->reclaimed_bytes, plain(f, &plain_reclaimed, organization, from, to));
}

static void compare_shelves(struct figures *f, const struct id *organization)
{
	static const struct db_statement *const statements[SHELF_COUNT][2] = {
	    {&plain_live, &plain_live_bytes},
	    {&plain_archived, &plain_archived_bytes},
	    {&plain_trashed, &plain_trashed_bytes},
	};

	for (size_t i = 0; i < SHELF_COUNT; i++) {
		assert_int_equal(f->stats.shelves[i].sum.photos,
		    plain(f, statements[i][0], organization, ALWAYS));
		assert_int_equal(f->stats.shelves[i].sum.bytes,
		    plain(f, statements[i][1], organization, ALWAYS));
		assert_int_equal(f->stats.shelves[i].counted_us, 0);
		assert_false(f->stats.shelves[i].more);
	}
}

static void compare_requesters(struct figures *f, const struct id *organization)
{
	int64_t requests = 0, rejected = 0, pending = 0, before = INT64_MAX;

	for (size_t i = 0; i < f->stats.requester_count; i++) {
		const struct stats_requester *requester = &f->stats.requesters[i];
		assert_true(requester->requests <= before);
		assert_non_null(requester->name);
		before = requester->requests;
		requests += requester->requests;
		rejected += requester->rejected;
		pending += requester->pending;
	}
	assert_int_equal(f->stats.requests_asked, plain(f, &plain_requests, organization, ALWAYS));
	assert_int_equal(requests, f->stats.requests_asked);
	assert_int_equal(rejected, plain(f, &plain_rejected, organization, ALWAYS));
	assert_int_equal(pending, plain(f, &plain_pending, organization, ALWAYS));
}

static void compare_counts(struct figures *f, const struct id *organization)
{
	int64_t now = f->world->clock.fixed_us, end = INT64_C(253402300799000000);
	const struct {
		enum stats_figure figure;
		int64_t expected;
	} figures[] = {
	    {STATS_REQUESTS_PENDING, plain(f, &plain_pending, organization, ALWAYS)},
	    {STATS_REQUESTS_OVERDUE, plain(f, &plain_due, organization, 1000000, now + 1)},
	    {STATS_RECOVERABLE, plain(f, &plain_recoverable, organization, now + 1, end)},
	    {STATS_PURGES_OVERDUE,
		plain(f, &plain_recoverable, organization, 1000000, now - LATE_US + 1)},
	    {STATS_CLEANUPS_WAITING, plain(f, &plain_queued, organization, ALWAYS)},
	    {STATS_CLEANUPS_FAILED, plain(f, &plain_failed, organization, ALWAYS)},
	    {STATS_MAILS_WAITING, plain(f, &plain_mails, organization, ALWAYS)},
	    {STATS_WORKING, 0},
	    {STATS_JOBS, 0},
	};

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		if (f->stats.counts[figures[i].figure].count != figures[i].expected)
			fail_msg("figure %d is %lld, not %lld", figures[i].figure,
			    (long long)f->stats.counts[figures[i].figure].count,
			    (long long)figures[i].expected);
		assert_false(f->stats.counts[figures[i].figure].more);
	}
}

void figures_compare(struct figures *f, const struct actor *actor)
{
	const struct id *organization = &actor->organization_id;
	int64_t today = f->world->clock.fixed_us - f->world->clock.fixed_us % CLOCK_DAY_US;

	figures_read(f, actor);
	for (int i = 0; i < STATS_DAYS; i++) {
		int64_t day = today - (STATS_DAYS - 1 - i) * CLOCK_DAY_US;
		assert_int_equal(f->stats.days[i].start_us, day);
		compare_turnover(
		    f, &f->stats.days[i].turnover, organization, day, day + CLOCK_DAY_US);
	}
	compare_turnover(
	    f, &f->stats.in_days, organization, f->stats.days[0].start_us, today + CLOCK_DAY_US);
	compare_turnover(f, &f->stats.in_all, organization, ALWAYS);
	assert_false(f->stats.days_more);
	compare_shelves(f, organization);
	compare_requesters(f, organization);
	compare_counts(f, organization);
}
