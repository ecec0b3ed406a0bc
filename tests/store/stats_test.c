/* stats_test.c - the figures of the dashboard: each held against a plain count of all rows, after
 * acts of all kinds in no order. What the worker counts ahead is in tally_test.c. */
#include "../support/figures.h"
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/photos.h>
#include <domain/purge.h>
#include <domain/stats.h>
#include <string.h>

#define PHOTOS 24
#define ACTS   400
#define PEOPLE 3

static struct actor people[PEOPLE]; /* two of Alder, the third of Birch */
static struct figures figures;
static struct error error;
static uint64_t seed;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	figures.world = world;
	people[0] = ada;
	people[1] = ben;
	people[2] = world_user(world, &birch, "pia@birch.example", ROLE_MEMBER);
	return 0;
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
		    &world->domain, by, world->arena, &p->photos[i], 1, NULL, &bulk, &error);
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
				figures_tally(&figures);
			if (i % 20 == 0) {
				figures_compare(&figures, &admin);
				archived_seen += figures.stats.shelves[SHELF_ARCHIVED].sum.photos;
				figures_compare(&figures, &stranger);
			}
		}
		seed = game;
		figures_read(&figures, &admin);
		assert_true(figures.stats.in_all.purged > 0);
		assert_true(figures.stats.in_all.restored > 0);
		assert_true(figures.stats.requests_asked > 0);
		assert_true(archived_seen > 0);
	}
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
	figures_tally(&figures);
	add_photos(1, STATS_SHELF_MOST);
	figures_read(&figures, &admin);
	assert_int_equal(figures.stats.shelves[SHELF_LIVE].sum.photos, STATS_SHELF_MOST);
	assert_false(figures.stats.shelves[SHELF_LIVE].more);
	add_photos(STATS_SHELF_MOST + 1, STATS_SHELF_MOST + 1);
	figures_read(&figures, &admin);
	assert_true(figures.stats.shelves[SHELF_LIVE].more);
	add_photos(STATS_SHELF_MOST + 2, 45000);
	world->clock.fixed_us += CLOCK_DAY_US;
	figures_tally(&figures);
	figures_read(&figures, &admin);
	assert_int_equal(figures.stats.shelves[SHELF_LIVE].sum.photos, 45000);
	assert_int_equal(figures.stats.shelves[SHELF_LIVE].sum.bytes, 3 * 45000);
	assert_int_equal(figures.stats.shelves[SHELF_LIVE].counted_us, world->clock.fixed_us);
	assert_false(figures.stats.shelves[SHELF_LIVE].more);
	assert_int_equal(figures.stats.shelves[SHELF_TRASHED].counted_us, 0);
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
	figures_read(&figures, &admin);
	assert_int_equal(figures.stats.counts[STATS_MAILS_WAITING].count, STATS_MOST);
	assert_false(figures.stats.counts[STATS_MAILS_WAITING].more);
	add_mails(STATS_MOST + 1, STATS_MOST + 1);
	figures_read(&figures, &admin);
	assert_int_equal(figures.stats.counts[STATS_MAILS_WAITING].count, STATS_MOST);
	assert_true(figures.stats.counts[STATS_MAILS_WAITING].more);
	assert_int_equal(figures.stats.counts[STATS_MAILS_OVERDUE].count, STATS_MOST);
	figures_read(&figures, &stranger);
	assert_int_equal(figures.stats.counts[STATS_MAILS_WAITING].count, 0);
}

/* Links to people without an account belong to no organisation: whoever runs the installation sees
 * that they do not go out. */
static void mail_of_no_organisation_is_for_platform_admins(void **state)
{
	struct actor platform = world_user(world, &birch, "p@lethe.example", ROLE_PLATFORM_ADMIN);

	(void)state;
	add_mails(1, 2);
	trash_sql(world, "UPDATE mail_outbox SET organization_id = NULL");
	figures_read(&figures, &stranger);
	assert_int_equal(figures.stats.counts[STATS_MAILS_WAITING].count, 0);
	figures_read(&figures, &platform);
	assert_int_equal(figures.stats.counts[STATS_MAILS_WAITING].count, 2);
	assert_int_equal(figures.stats.counts[STATS_MAILS_OVERDUE].count, 2);
	assert_true(figures.stats.counts[STATS_MAILS_OVERDUE].since_us > 0);
	trash_sql(world, "UPDATE mail_outbox SET state = 'failed'");
	figures_read(&figures, &platform);
	assert_int_equal(figures.stats.counts[STATS_MAILS_OVERDUE].count, 0);
	assert_int_equal(figures.stats.counts[STATS_MAILS_FAILED].count, 2);
	assert_int_equal(figures.stats.counts[STATS_JOBS].count, 0);
}

/* --- what is late, and who may know ------------------------------------------------------- */

static void overdue(enum stats_figure figure, int64_t due_us, int64_t grace_us)
{
	for (int after = 0; after < 2; after++) {
		world->clock.fixed_us = due_us + grace_us - 1 + after;
		figures_read(&figures, &admin);
		assert_int_equal(figures.stats.counts[figure].count, after);
		assert_int_equal(figures.stats.counts[figure].since_us, after ? due_us : 0);
	}
}

static void work_is_overdue_at_the_microsecond(void **state)
{
	int64_t due = WORLD_START_US + 40 * CLOCK_DAY_US;
	char text[CLOCK_TEXT_SIZE];
	struct id photo = world_photo(world, &ada, "Photo", NULL, NULL), request;
	struct photo archived;

	(void)state;
	clock_format(due, text);
	text[strlen(text) - 1] = '\0';
	request = trash_request(world, &ada, &photo, "approved");
	trash_sql(world, "UPDATE deletion_requests SET due_at = '%s' WHERE id = %s", text,
	    trash_hex(world, &request));
	overdue(STATS_REQUESTS_OVERDUE, due, 0);
	trash_deleted_photo(world, &ada);
	trash_sql(world, "UPDATE deletions SET recover_until = '%s'", text);
	overdue(STATS_PURGES_OVERDUE, due, STATS_LATE_US);
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &photo, NULL, &archived, &error));
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
	    "INSERT INTO webhook_outbox (id, organization_id, subscription_id, event, payload,"
	    " next_attempt_at, created_at) VALUES ('a', %s, 'b', 'test', '{}', '%s', '%s')",
	    trash_hex(world, &alder), text, text);
	overdue(STATS_WEBHOOKS_OVERDUE, due, STATS_LATE_US);
	/* An erasure waits since then; one that another worker has ended does not. */
	trash_sql(world, "UPDATE deletions SET state = 'purging'");
	trash_sql(world,
	    "INSERT INTO jobs (id, organization_id, task, item_id, run_at, created_at, last_error)"
	    " SELECT 'c', organization_id, 'deletion', id, '2040-01-01', '%s', 'identity_timeout'"
	    " FROM deletions",
	    text);
	overdue(STATS_IDENTITIES_OVERDUE, due, STATS_LATE_US);
	figures_read(&figures, &stranger);
	for (int i = 0; i < STATS_FIGURE_COUNT; i++)
		assert_int_equal(figures.stats.counts[i].count, 0);
	trash_sql(world, "UPDATE deletions SET state = 'purged'");
	figures_read(&figures, &admin);
	assert_int_equal(figures.stats.counts[STATS_IDENTITIES_OVERDUE].count, 0);
	trash_sql(world, "UPDATE deletions SET state = 'purging'");
	trash_sql(world, "UPDATE jobs SET last_error = 'store_failed' WHERE task = 'deletion'");
	figures_read(&figures, &admin);
	assert_int_equal(figures.stats.counts[STATS_IDENTITIES_OVERDUE].count, 0);
}

/* What is archived and then deleted is the deletion's affair. */
static void an_archived_photo_in_the_trash_is_not_overdue(void **state)
{
	struct id photo = world_photo(world, &ada, "Photo", NULL, NULL);
	struct photo archived;

	(void)state;
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &photo, NULL, &archived, &error));
	assert_string_equal(trash_delete(world, &ada, &photo, NULL), "");
	world->clock.fixed_us += 60 * CLOCK_DAY_US;
	figures_read(&figures, &admin);
	assert_int_equal(figures.stats.counts[STATS_RETENTIONS_OVERDUE].count, 0);
	assert_int_equal(figures.stats.counts[STATS_PURGES_OVERDUE].count, 1);
}

static void visitors_are_told_apart_by_address(void **state)
{
	struct id photo = world_photo(world, &ada, "Photo", NULL, NULL);

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct id request = trash_request(world, &ada, &photo, "approved");
		world->clock.fixed_us += 1000;
		trash_sql(world,
		    "UPDATE deletion_requests SET requester_id = NULL, requester_email = %s,"
		    " requester_role = 'visitor', status = 'rejected' WHERE id = %s",
		    i < 2   ? "'kim@visitors.example'"
		    : i < 3 ? "'lee@visitors.example'"
			    : "NULL",
		    trash_hex(world, &request));
	}
	figures_read(&figures, &admin);
	assert_int_equal(figures.stats.requester_count, 3);
	assert_string_equal(figures.stats.requesters[0].email, "kim@visitors.example");
	assert_int_equal(figures.stats.requesters[0].requests, 2);
	assert_int_equal(figures.stats.requesters[0].rejected, 2);
	assert_null(figures.stats.requesters[1].email);
	assert_null(figures.stats.requesters[1].name);
}

static void only_admins_may_know(void **state)
{
	(void)state;
	assert_false(stats_read(&world->domain, &ada, world->arena, &figures.stats, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	trash_deleted_photo(world, &ada);
	figures_read(&figures, &stranger);
	assert_int_equal(figures.stats.closing.count, 0);
	assert_int_equal(figures.stats.latest.count, 0);
	figures_read(&figures, &admin);
	assert_int_equal(figures.stats.closing.count, 1);
	assert_true(figures.stats.latest.count > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(every_figure_is_that_of_a_plain_count, set_up),
	    cmocka_unit_test_setup(many_photos_are_those_that_were_counted_last, set_up),
	    cmocka_unit_test_setup(counts_end_at_their_bound, set_up),
	    cmocka_unit_test_setup(mail_of_no_organisation_is_for_platform_admins, set_up),
	    cmocka_unit_test_setup(work_is_overdue_at_the_microsecond, set_up),
	    cmocka_unit_test_setup(an_archived_photo_in_the_trash_is_not_overdue, set_up),
	    cmocka_unit_test_setup(visitors_are_told_apart_by_address, set_up),
	    cmocka_unit_test_setup(only_admins_may_know, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
