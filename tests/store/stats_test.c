/* stats_test.c - the figures of the dashboard: each held against a plain count of all rows, after
 * acts of all kinds in no order; and what the worker counts ahead. */
#include "../support/containers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/photos.h>
#include <domain/purge.h>
#include <domain/stats.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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
DB_STATEMENT(plain_hours, "SELECT COUNT(*) FROM hourly_tallies");

#define ALWAYS  INT64_C(1000000), INT64_C(253402300799000000)
#define LATE_US STATS_LATE_US
#define PHOTOS  24
#define ACTS    400
#define PEOPLE  3

static struct world *world;
static struct id alder, birch;
static struct actor people[PEOPLE + 1]; /* two of Alder, the third of Birch, and its admin */
static struct actor admin, stranger;
static struct stats stats;
static struct error error;
static uint64_t seed;

static int start(void **state)
{
	(void)state;
	world = world_open();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	world_close(&world);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	world_clear(world);
	alder = world_organization(world, "Alder");
	birch = world_organization(world, "Birch");
	people[0] = world_user(world, &alder, "ada@alder.example", ROLE_MEMBER);
	people[1] = world_user(world, &alder, "ben@alder.example", ROLE_MEMBER);
	people[2] = world_user(world, &birch, "mia@birch.example", ROLE_MEMBER);
	admin = world_user(world, &alder, "admin@alder.example", ROLE_ADMIN);
	stranger = world_user(world, &birch, "admin@birch.example", ROLE_ADMIN);
	return 0;
}

static void read_as(const struct actor *actor)
{
	error_clear(&error);
	if (!stats_read(&world->domain, actor, world->arena, &stats, &error))
		fail_msg("%s: %s", error.code, error.message);
}

static void tally(void)
{
	if (!stats_tally(&world->domain, world->arena, NULL, NULL, &error))
		fail_msg("%s: %s", error.code, error.message);
}

static int64_t plain(
    const struct db_statement *statement, const struct id *organization, int64_t from, int64_t to)
{
	struct db_rows rows;

	assert_int_equal(
	    db_query(world->db, world->arena, statement,
		DB_VALUES(db_bind_id(organization), db_bind_time(from), db_bind_time(to)), &rows),
	    DB_OK);
	return db_int(&rows, 0, 0);
}

/* --- every figure ------------------------------------------------------------------------- */

static void compare_turnover(
    const struct stats_turnover *turnover, const struct id *organization, int64_t from, int64_t to)
{
	assert_int_equal(turnover->deleted, plain(&plain_deleted, organization, from, to));
	assert_int_equal(turnover->restored, plain(&plain_restored, organization, from, to));
	assert_int_equal(turnover->purged, plain(&plain_purged, organization, from, to));
	assert_int_equal(
	    turnover->reclaimed_bytes, plain(&plain_reclaimed, organization, from, to));
}

static void compare_shelves(const struct id *organization)
{
	static const struct db_statement *const statements[SHELF_COUNT][2] = {
	    {&plain_live, &plain_live_bytes},
	    {&plain_archived, &plain_archived_bytes},
	    {&plain_trashed, &plain_trashed_bytes},
	};

	for (size_t i = 0; i < SHELF_COUNT; i++) {
		assert_int_equal(
		    stats.shelves[i].sum.photos, plain(statements[i][0], organization, ALWAYS));
		assert_int_equal(
		    stats.shelves[i].sum.bytes, plain(statements[i][1], organization, ALWAYS));
		assert_int_equal(stats.shelves[i].counted_us, 0);
		assert_false(stats.shelves[i].more);
	}
}

static void compare_requesters(const struct id *organization)
{
	int64_t requests = 0, rejected = 0, pending = 0, before = INT64_MAX;

	for (size_t i = 0; i < stats.requester_count; i++) {
		const struct stats_requester *requester = &stats.requesters[i];
		assert_true(requester->requests <= before);
		assert_non_null(requester->name);
		before = requester->requests;
		requests += requester->requests;
		rejected += requester->rejected;
		pending += requester->pending;
	}
	assert_int_equal(stats.requests_asked, plain(&plain_requests, organization, ALWAYS));
	assert_int_equal(requests, stats.requests_asked);
	assert_int_equal(rejected, plain(&plain_rejected, organization, ALWAYS));
	assert_int_equal(pending, plain(&plain_pending, organization, ALWAYS));
}

static void compare_counts(const struct id *organization)
{
	int64_t now = world->clock.fixed_us, end = INT64_C(253402300799000000);
	const struct {
		enum stats_figure figure;
		int64_t expected;
	} figures[] = {
	    {STATS_REQUESTS_PENDING, plain(&plain_pending, organization, ALWAYS)},
	    {STATS_REQUESTS_OVERDUE, plain(&plain_due, organization, 1000000, now + 1)},
	    {STATS_RECOVERABLE, plain(&plain_recoverable, organization, now + 1, end)},
	    {STATS_PURGES_OVERDUE,
		plain(&plain_recoverable, organization, 1000000, now - LATE_US + 1)},
	    {STATS_CLEANUPS_WAITING, plain(&plain_queued, organization, ALWAYS)},
	    {STATS_CLEANUPS_FAILED, plain(&plain_failed, organization, ALWAYS)},
	    {STATS_MAILS_WAITING, plain(&plain_mails, organization, ALWAYS)},
	    {STATS_WORKING, 0},
	    {STATS_JOBS, 0},
	};

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		if (stats.counts[figures[i].figure].count != figures[i].expected)
			fail_msg("figure %d is %lld, not %lld", figures[i].figure,
			    (long long)stats.counts[figures[i].figure].count,
			    (long long)figures[i].expected);
		assert_false(stats.counts[figures[i].figure].more);
	}
}

static void compare_all(const struct actor *actor)
{
	const struct id *organization = &actor->organization_id;
	int64_t today = world->clock.fixed_us - world->clock.fixed_us % CLOCK_DAY_US;

	read_as(actor);
	for (int i = 0; i < STATS_DAYS; i++) {
		int64_t day = today - (STATS_DAYS - 1 - i) * CLOCK_DAY_US;
		assert_int_equal(stats.days[i].start_us, day);
		compare_turnover(&stats.days[i].turnover, organization, day, day + CLOCK_DAY_US);
	}
	compare_turnover(
	    &stats.in_days, organization, stats.days[0].start_us, INT64_C(253402300799000000));
	compare_turnover(&stats.in_all, organization, ALWAYS);
	assert_false(stats.days_more);
	compare_shelves(organization);
	compare_requesters(organization);
	compare_counts(organization);
}

/* --- acts in no order --------------------------------------------------------------------- */

static unsigned dice(unsigned sides)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)((seed >> 33) % sides);
}

struct playground {
	struct id photos[PHOTOS];
	size_t owners[PHOTOS];
	struct id deletions[PHOTOS];
	size_t last; /* whose photo was deleted last */
};

static void request_decided(const struct actor *by, const struct id *photo)
{
	static const char *const statuses[] = {"pending", "rejected", "approved", "cancelled"};
	struct id id;

	trash_sql(world, "UPDATE deletion_requests SET status = 'cancelled' WHERE photo_id = %s",
	    trash_hex(world, photo));
	id = trash_request(world, by, photo, "approved");
	trash_sql(world, "UPDATE deletion_requests SET status = '%s' WHERE id = %s",
	    statuses[dice(4)], trash_hex(world, &id));
}

static const struct actor *admin_of(const struct actor *actor)
{
	return id_equal(&actor->organization_id, &alder) ? &admin : &stranger;
}

static void act(struct playground *p)
{
	size_t i = dice(PHOTOS);
	const struct actor *by = &people[p->owners[i]];
	struct bulk_result bulk;
	struct photo photo;
	struct deletion deletion = {0};

	switch (dice(9)) {
	case 0:
		p->owners[i] = dice(PEOPLE);
		p->photos[i] = world_photo(world, &people[p->owners[i]], "Photo", NULL, NULL);
		break;
	case 1:
		(void)!photos_archive(
		    &world->domain, by, world->arena, &p->photos[i], NULL, &photo, &error);
		break;
	case 2:
	case 3:
		if (*trash_delete(world, by, &p->photos[i], &deletion) == '\0')
			p->deletions[p->last = i] = deletion.id;
		break;
	case 4:
		i = p->last;
		by = &people[p->owners[i]];
		(void)!trash_restore(world, by, &p->deletions[i], NULL);
		break;
	case 5:
		(void)!photos_bulk_restore(
		    &world->domain, by, world->arena, &p->photos[i], 1, &bulk, &error);
		break;
	case 6:
		(void)!trash_forever(world, admin_of(by), ITEM_PHOTO, &p->photos[i], NULL);
		break;
	case 7:
		request_decided(by, &p->photos[i]);
		break;
	default:
		(void)trash_purge(world);
	}
	error_clear(&error);
}

static void every_figure_is_that_of_a_plain_count(void **state)
{
	struct playground playground = {0};
	int64_t archived_seen = 0;

	(void)state;
	for (seed = 1; seed < 4; seed++) {
		uint64_t game = seed;

		set_up(NULL);
		for (size_t i = 0; i < PHOTOS; i++) {
			playground.owners[i] = i % PEOPLE;
			playground.photos[i] =
			    world_photo(world, &people[i % PEOPLE], "Photo", NULL, NULL);
		}
		for (int i = 0; i < ACTS; i++) {
			act(&playground);
			world->clock.fixed_us += dice(4) ? dice(1000000) : dice(9) * HOUR_US;
			if (dice(12) == 0)
				tally();
			if (i % 20 == 0) {
				compare_all(&admin);
				archived_seen += stats.shelves[SHELF_ARCHIVED].sum.photos;
				compare_all(&stranger);
			}
		}
		seed = game;
		read_as(&admin);
		assert_true(stats.in_all.purged > 0);
		assert_true(stats.in_all.restored > 0);
		assert_true(stats.requests_asked > 0);
		assert_true(archived_seen > 0);
	}
}

/* --- hours -------------------------------------------------------------------------------- */

static struct id deleted_photo(void)
{
	struct id photo = world_photo(world, &people[0], "Photo", NULL, NULL);
	struct deletion deletion;

	assert_string_equal(trash_delete(world, &people[0], &photo, &deletion), "");
	return deletion.id;
}

static int64_t hour_of(int64_t time_us)
{
	return time_us - time_us % HOUR_US;
}

static struct stats_tally tally_of(const struct id *organization)
{
	struct stats_tally read;

	assert_true(stats_tally_read(world->db, world->arena, organization, &read) <= DB_NONE);
	return read;
}

static void an_hour_is_counted_once_nobody_can_add_to_it(void **state)
{
	int64_t hour = hour_of(world->clock.fixed_us), settled = hour + HOUR_US + STATS_SETTLED_US;

	(void)state;
	deleted_photo();
	world->clock.fixed_us = settled - 1;
	tally();
	assert_int_equal(tally_of(&alder).until_us, hour);
	assert_int_equal(tally_of(&alder).turnover.deleted, 0);
	world->clock.fixed_us = settled;
	tally();
	assert_int_equal(tally_of(&alder).until_us, hour + HOUR_US);
	assert_int_equal(tally_of(&alder).turnover.deleted, 1);
	tally();
	assert_int_equal(tally_of(&alder).turnover.deleted, 1);
	assert_int_equal(tally_of(&birch).turnover.deleted, 0);
	compare_all(&admin);
}

static void restored_at(int64_t at_us)
{
	struct id deletion;

	world->clock.fixed_us = at_us - CLOCK_SECOND_US;
	deletion = deleted_photo();
	world->clock.fixed_us = at_us;
	assert_string_equal(trash_restore(world, &people[0], &deletion, NULL), "");
}

static void settling_has_the_same_boundaries(void **state)
{
	int64_t midnight = WORLD_START_US - WORLD_START_US % CLOCK_DAY_US + CLOCK_DAY_US;

	(void)state;
	for (int i = 0; i < 3; i++)
		restored_at(midnight - 1 + i);
	world->clock.fixed_us = midnight + HOUR_US;
	for (int i = 0; i < 3; i++) {
		compare_all(&admin);
		assert_int_equal(stats.days[STATS_DAYS - 2].turnover.restored, 1);
		assert_int_equal(stats.days[STATS_DAYS - 1].turnover.restored, 2);
		tally(); /* of the day before; then of the hour */
		world->clock.fixed_us += HOUR_US;
	}
}

/* The first and the last microsecond of an hour and of a day are of it. */
static void boundaries_belong_to_what_they_begin(void **state)
{
	int64_t midnight = WORLD_START_US - WORLD_START_US % CLOCK_DAY_US + CLOCK_DAY_US;

	(void)state;
	for (int i = 0; i < 3; i++) {
		world->clock.fixed_us = midnight - 1 + i;
		deleted_photo();
	}
	world->clock.fixed_us = midnight + HOUR_US - 1;
	deleted_photo();
	world->clock.fixed_us = midnight + 3 * HOUR_US;
	compare_all(&admin);
	assert_int_equal(stats.days[STATS_DAYS - 2].turnover.deleted, 1);
	assert_int_equal(stats.days[STATS_DAYS - 1].turnover.deleted, 3);
	tally();
	compare_all(&admin);
	world->clock.fixed_us = midnight + STATS_DAYS * CLOCK_DAY_US - 1;
	compare_all(&admin);
	assert_int_equal(stats.days[0].turnover.deleted, 3);
	world->clock.fixed_us++;
	compare_all(&admin);
	assert_int_equal(stats.in_days.deleted, 0);
	assert_int_equal(stats.in_all.deleted, 4);
}

static void what_is_forgotten_is_counted_anew(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		struct id deletion = deleted_photo();
		world->clock.fixed_us += CLOCK_SECOND_US;
		if (i % 2)
			assert_string_equal(trash_restore(world, &people[0], &deletion, NULL), "");
		world->clock.fixed_us += 13 * HOUR_US;
	}
	(void)trash_purge(world);
	world->clock.fixed_us += 2 * HOUR_US;
	tally();
	compare_all(&admin);
	trash_sql(world, "DELETE FROM hourly_tallies");
	trash_sql(world, "DELETE FROM tallies");
	compare_all(&admin);
	tally();
	compare_all(&admin);
	assert_int_equal(tally_of(&alder).turnover.deleted, 5);
}

static void hours_that_no_chart_shows_go(void **state)
{
	(void)state;
	deleted_photo();
	world->clock.fixed_us += 2 * HOUR_US;
	tally();
	assert_int_equal(world_number(world, &plain_hours), 1);
	world->clock.fixed_us += (STATS_DAYS + 11) * CLOCK_DAY_US;
	tally();
	assert_int_equal(world_number(world, &plain_hours), 0);
	assert_int_equal(tally_of(&alder).turnover.deleted, 1);
}

/* Records go after the audit retention; that they were is still known. */
static void sums_outlive_the_records(void **state)
{
	(void)state;
	deleted_photo();
	world->clock.fixed_us += 5 * HOUR_US;
	(void)trash_purge(world);
	world->clock.fixed_us += 2 * HOUR_US;
	tally();
	trash_sql(world, "DELETE FROM deletions");
	read_as(&admin);
	assert_int_equal(stats.in_all.deleted, 1);
	assert_int_equal(stats.in_all.purged, 1);
}

/* --- workers ------------------------------------------------------------------------------ */

static void fill_hours(void)
{
	for (int i = 0; i < 40; i++) {
		deleted_photo();
		world->clock.fixed_us += 7 * HOUR_US;
	}
}

static void workers_side_by_side_count_nothing_twice(void **state)
{
	pid_t children[4];
	int status;

	(void)state;
	fill_hours();
	for (size_t i = 0; i < 4; i++) {
		children[i] = fork();
		if (children[i] == 0) {
			struct db *db;
			struct domain domain = world_second_domain(world, &db);
			_exit(!stats_tally(&domain, world->arena, NULL, NULL, &error));
		}
	}
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	compare_all(&admin);
	assert_int_equal(tally_of(&alder).turnover.deleted, 40);
}

static bool die(void *context)
{
	unsigned *left = context;

	if ((*left)-- == 0)
		raise(SIGKILL);
	return false;
}

static void a_worker_killed_leaves_nothing_out(void **state)
{
	(void)state;
	fill_hours();
	for (unsigned at = 0; at < 12; at++) {
		unsigned left = at;
		pid_t child = fork();
		int status;

		if (child == 0) {
			struct db *db;
			struct domain domain = world_second_domain(world, &db);
			_exit(!stats_tally(&domain, world->arena, die, &left, &error));
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		compare_all(&admin);
	}
	tally();
	compare_all(&admin);
	assert_int_equal(tally_of(&alder).turnover.deleted, 40);
}

/* --- bounds ------------------------------------------------------------------------------- */

#define SEQUENCE_ID "UNHEX(CONCAT(LPAD(HEX(seq), 12, '0'), '7000', '8', LPAD('', 15, '0')))"

static void add_photos(int from, int to)
{
	trash_sql(world,
	    "INSERT INTO photos (id, organization_id, status, bytes, created_at)"
	    " SELECT " SEQUENCE_ID ", %s, IF(seq %% 2, 'approved', 'pending'), 3, '2026-01-01'"
	    " FROM seq_%d_to_%d",
	    trash_hex(world, &alder), from, to);
}

static void many_photos_are_those_that_were_counted_last(void **state)
{
	(void)state;
	tally();
	add_photos(1, STATS_SHELF_MOST);
	read_as(&admin);
	assert_int_equal(stats.shelves[SHELF_LIVE].sum.photos, STATS_SHELF_MOST);
	assert_false(stats.shelves[SHELF_LIVE].more);
	add_photos(STATS_SHELF_MOST + 1, STATS_SHELF_MOST + 1);
	read_as(&admin);
	assert_true(stats.shelves[SHELF_LIVE].more);
	add_photos(STATS_SHELF_MOST + 2, 45000);
	world->clock.fixed_us += CLOCK_DAY_US;
	tally();
	read_as(&admin);
	assert_int_equal(stats.shelves[SHELF_LIVE].sum.photos, 45000);
	assert_int_equal(stats.shelves[SHELF_LIVE].sum.bytes, 3 * 45000);
	assert_int_equal(stats.shelves[SHELF_LIVE].counted_us, world->clock.fixed_us);
	assert_false(stats.shelves[SHELF_LIVE].more);
	assert_int_equal(stats.shelves[SHELF_TRASHED].counted_us, 0);
}

/* Counted again once something happened, a while after the last time; and once a day. */
static void shelves_are_counted_again_when_something_happened(void **state)
{
	int64_t counted = world->clock.fixed_us;

	(void)state;
	tally();
	assert_int_equal(tally_of(&alder).counted_us, counted);
	deleted_photo();
	world->clock.fixed_us = counted + STATS_STALE_US - 1;
	tally();
	assert_int_equal(tally_of(&alder).counted_us, counted);
	assert_int_equal(tally_of(&alder).shelves[SHELF_TRASHED].photos, 0);
	world->clock.fixed_us++;
	tally();
	assert_int_equal(tally_of(&alder).counted_us, counted + STATS_STALE_US);
	assert_int_equal(tally_of(&alder).shelves[SHELF_TRASHED].photos, 1);
	counted = world->clock.fixed_us + 2 * HOUR_US;
	world->clock.fixed_us = counted;
	tally();
	world->clock.fixed_us = counted + 3 * HOUR_US;
	tally();
	assert_int_equal(tally_of(&alder).counted_us, counted);
	world->clock.fixed_us = counted + CLOCK_DAY_US;
	tally();
	assert_int_equal(tally_of(&alder).counted_us, world->clock.fixed_us);
}

static void add_mails(int from, int to)
{
	trash_sql(world,
	    "INSERT INTO mail_outbox (id, organization_id, template, state, next_attempt_at,"
	    " created_at) SELECT " SEQUENCE_ID ", %s, 'retention', 'waiting', '2026-01-01',"
	    " '2026-01-01' FROM seq_%d_to_%d",
	    trash_hex(world, &alder), from, to);
}

static void counts_end_at_their_bound(void **state)
{
	(void)state;
	add_mails(1, STATS_MOST);
	read_as(&admin);
	assert_int_equal(stats.counts[STATS_MAILS_WAITING].count, STATS_MOST);
	assert_false(stats.counts[STATS_MAILS_WAITING].more);
	add_mails(STATS_MOST + 1, STATS_MOST + 1);
	read_as(&admin);
	assert_int_equal(stats.counts[STATS_MAILS_WAITING].count, STATS_MOST);
	assert_true(stats.counts[STATS_MAILS_WAITING].more);
	assert_int_equal(stats.counts[STATS_MAILS_OVERDUE].count, STATS_MOST);
	read_as(&stranger);
	assert_int_equal(stats.counts[STATS_MAILS_WAITING].count, 0);
}

/* --- what is late, and who may know ------------------------------------------------------- */

static void overdue(enum stats_figure figure, int64_t due_us, int64_t grace_us)
{
	for (int after = 0; after < 2; after++) {
		world->clock.fixed_us = due_us + grace_us - 1 + after;
		read_as(&admin);
		assert_int_equal(stats.counts[figure].count, after);
		assert_int_equal(stats.counts[figure].since_us, after ? due_us : 0);
	}
}

static void work_is_overdue_at_the_microsecond(void **state)
{
	int64_t due = WORLD_START_US + 40 * CLOCK_DAY_US;
	char text[CLOCK_TEXT_SIZE];
	struct id photo = world_photo(world, &people[0], "Photo", NULL, NULL), request;
	struct photo archived;

	(void)state;
	clock_format(due, text);
	text[strlen(text) - 1] = '\0';
	request = trash_request(world, &people[0], &photo, "approved");
	trash_sql(world, "UPDATE deletion_requests SET due_at = '%s' WHERE id = %s", text,
	    trash_hex(world, &request));
	overdue(STATS_REQUESTS_OVERDUE, due, 0);
	deleted_photo();
	trash_sql(world, "UPDATE deletions SET recover_until = '%s'", text);
	overdue(STATS_PURGES_OVERDUE, due, STATS_LATE_US);
	assert_true(photos_archive(
	    &world->domain, &people[0], world->arena, &photo, NULL, &archived, &error));
	trash_sql(
	    world, "UPDATE photos SET purge_after = '%s' WHERE purge_after IS NOT NULL", text);
	overdue(STATS_RETENTIONS_OVERDUE, due, STATS_LATE_US);
	trash_sql(world,
	    "UPDATE users SET deletion_status = 'SCHEDULED', deletion_scheduled_for = '%s'"
	    " WHERE email LIKE 'ben@%%'",
	    text);
	overdue(STATS_ERASURES_OVERDUE, due, STATS_LATE_US);
	trash_sql(world,
	    "INSERT INTO jobs (id, organization_id, task, item_id, run_at, created_at)"
	    " VALUES ('a', %s, 'test', 'b', '%s', '%s')",
	    trash_hex(world, &alder), text, text);
	overdue(STATS_JOBS_OVERDUE, due, STATS_LATE_US);
	trash_sql(world,
	    "INSERT INTO webhook_outbox (id, organization_id, event, payload, next_attempt_at,"
	    " created_at) VALUES ('a', %s, 'test', '{}', '%s', '%s')",
	    trash_hex(world, &alder), text, text);
	overdue(STATS_WEBHOOKS_OVERDUE, due, STATS_LATE_US);
	read_as(&stranger);
	for (int i = 0; i < STATS_FIGURE_COUNT; i++)
		assert_int_equal(stats.counts[i].count, 0);
}

/* What is archived and then deleted is the deletion's affair. */
static void an_archived_photo_in_the_trash_is_not_overdue(void **state)
{
	struct id photo = world_photo(world, &people[0], "Photo", NULL, NULL);
	struct photo archived;

	(void)state;
	assert_true(photos_archive(
	    &world->domain, &people[0], world->arena, &photo, NULL, &archived, &error));
	assert_string_equal(trash_delete(world, &people[0], &photo, NULL), "");
	world->clock.fixed_us += 60 * CLOCK_DAY_US;
	read_as(&admin);
	assert_int_equal(stats.counts[STATS_RETENTIONS_OVERDUE].count, 0);
	assert_int_equal(stats.counts[STATS_PURGES_OVERDUE].count, 1);
}

static void visitors_are_told_apart_by_address(void **state)
{
	struct id photo = world_photo(world, &people[0], "Photo", NULL, NULL);

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct id request = trash_request(world, &people[0], &photo, "approved");
		world->clock.fixed_us += 1000;
		trash_sql(world,
		    "UPDATE deletion_requests SET requester_id = NULL, requester_email = %s,"
		    " requester_role = 'visitor', status = 'rejected' WHERE id = %s",
		    i < 2   ? "'kim@visitors.example'"
		    : i < 3 ? "'lee@visitors.example'"
			    : "NULL",
		    trash_hex(world, &request));
	}
	read_as(&admin);
	assert_int_equal(stats.requester_count, 3);
	assert_string_equal(stats.requesters[0].email, "kim@visitors.example");
	assert_int_equal(stats.requesters[0].requests, 2);
	assert_int_equal(stats.requesters[0].rejected, 2);
	assert_null(stats.requesters[1].email);
	assert_null(stats.requesters[1].name);
}

static void only_admins_may_know(void **state)
{
	(void)state;
	assert_false(stats_read(&world->domain, &people[0], world->arena, &stats, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	deleted_photo();
	read_as(&stranger);
	assert_int_equal(stats.closing.count, 0);
	assert_int_equal(stats.latest.count, 0);
	read_as(&admin);
	assert_int_equal(stats.closing.count, 1);
	assert_true(stats.latest.count > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(every_figure_is_that_of_a_plain_count, set_up),
	    cmocka_unit_test_setup(an_hour_is_counted_once_nobody_can_add_to_it, set_up),
	    cmocka_unit_test_setup(boundaries_belong_to_what_they_begin, set_up),
	    cmocka_unit_test_setup(settling_has_the_same_boundaries, set_up),
	    cmocka_unit_test_setup(what_is_forgotten_is_counted_anew, set_up),
	    cmocka_unit_test_setup(hours_that_no_chart_shows_go, set_up),
	    cmocka_unit_test_setup(sums_outlive_the_records, set_up),
	    cmocka_unit_test_setup(workers_side_by_side_count_nothing_twice, set_up),
	    cmocka_unit_test_setup(a_worker_killed_leaves_nothing_out, set_up),
	    cmocka_unit_test_setup(many_photos_are_those_that_were_counted_last, set_up),
	    cmocka_unit_test_setup(shelves_are_counted_again_when_something_happened, set_up),
	    cmocka_unit_test_setup(counts_end_at_their_bound, set_up),
	    cmocka_unit_test_setup(work_is_overdue_at_the_microsecond, set_up),
	    cmocka_unit_test_setup(an_archived_photo_in_the_trash_is_not_overdue, set_up),
	    cmocka_unit_test_setup(visitors_are_told_apart_by_address, set_up),
	    cmocka_unit_test_setup(only_admins_may_know, set_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
