/* leases_test.c - workers spread over large deletions: nobody queues on what another is at, and
 * nobody waits for a worker that is no more, or whose clock ran ahead. */
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <store/jobs.h>

#define LONGEST_US (60 * CLOCK_SECOND_US)

static struct id item;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	item = id_generate(world->clock.fixed_us);
	return 0;
}

static struct lease_row lease_until(int64_t until_us)
{
	return (struct lease_row){
	    .job = {.id = id_generate(world->clock.fixed_us),
		.task = JOB_DELETION,
		.item_id = item},
	    .owner = id_generate(world->clock.fixed_us),
	    .until_us = until_us,
	};
}

static enum db_result take(struct db *db, const struct lease_row *lease, int64_t now_us)
{
	return lease_take(db, world->arena, lease, now_us, LONGEST_US);
}

static void a_lease_is_one_workers_until_it_runs_out(void **state)
{
	int64_t now_us = world->clock.fixed_us;
	struct lease_row first = lease_until(now_us + LONGEST_US);
	struct lease_row second = lease_until(now_us + 2 * LONGEST_US);
	struct db *other;

	(void)state;
	(void)world_second_domain(world, &other);
	assert_int_equal(take(world->db, &first, now_us), DB_OK);
	assert_int_equal(take(other, &second, now_us), DB_NONE);
	assert_int_equal(take(other, &second, now_us + LONGEST_US - 1), DB_NONE);
	assert_int_equal(take(other, &second, now_us + LONGEST_US), DB_OK);
	/* Who lost it learns that. */
	first.until_us++;
	assert_int_equal(lease_extend(world->db, &first), DB_NONE);
	assert_int_equal(lease_release(world->db, world->arena, &first, true), DB_OK);
	assert_int_equal(trash_rows(world, "jobs"), 1);
	assert_int_equal(lease_release(other, world->arena, &second, true), DB_OK);
	assert_int_equal(trash_rows(world, "jobs"), 0);
	db_close(&other);
}

static void an_extended_lease_lasts(void **state)
{
	int64_t now_us = world->clock.fixed_us;
	struct lease_row first = lease_until(now_us + LONGEST_US), second = first;
	struct db *other;

	(void)state;
	(void)world_second_domain(world, &other);
	assert_int_equal(take(world->db, &first, now_us), DB_OK);
	first.until_us += LONGEST_US / 2;
	assert_int_equal(lease_extend(world->db, &first), DB_OK);
	second = lease_until(now_us + 3 * LONGEST_US);
	assert_int_equal(take(other, &second, now_us + LONGEST_US), DB_NONE);
	assert_int_equal(lease_release(world->db, world->arena, &first, true), DB_OK);
	assert_int_equal(take(other, &second, now_us + LONGEST_US), DB_OK);
	db_close(&other);
}

/* The connection of a worker that was killed is gone, and its lease with it. */
static void a_dead_workers_lease_is_nobodys(void **state)
{
	int64_t now_us = world->clock.fixed_us;
	struct lease_row first = lease_until(now_us + LONGEST_US), second = first;
	struct db *other;

	(void)state;
	(void)world_second_domain(world, &other);
	assert_int_equal(take(other, &first, now_us), DB_OK);
	second = lease_until(now_us + LONGEST_US);
	assert_int_equal(take(world->db, &second, now_us), DB_NONE);
	db_close(&other);
	assert_int_equal(take(world->db, &second, now_us), DB_OK);
}

static void a_lease_of_a_clock_that_ran_ahead_is_none(void **state)
{
	int64_t now_us = world->clock.fixed_us;
	struct lease_row ahead = lease_until(now_us + LONGEST_US + 1), second = ahead;
	struct db *other;

	(void)state;
	(void)world_second_domain(world, &other);
	assert_int_equal(take(other, &ahead, now_us + 1), DB_OK);
	second = lease_until(now_us + LONGEST_US);
	assert_int_equal(take(world->db, &second, now_us + 1), DB_NONE);
	assert_int_equal(take(world->db, &second, now_us), DB_OK);
	db_close(&other);
}

static size_t due(const char *task)
{
	struct job *jobs;
	size_t count;

	assert_int_equal(job_due(world->db, world->arena, task, world->clock.fixed_us, &id_none, 10,
			     &jobs, &count),
	    DB_OK);
	return count;
}

/* The longest wait is JOB_PAUSE_MAX_S: what waits longer was put off under a later clock. */
static void a_job_that_a_later_clock_put_off_is_due(void **state)
{
	int64_t now = world->clock.fixed_us;
	struct job job = {.id = id_generate(now),
	    .organization_id = ada.organization_id,
	    .task = JOB_ARCHIVE,
	    .item_id = id_generate(now)};

	(void)state;
	assert_int_equal(job_defer(world->db, &job, "x", now), DB_OK);
	assert_int_equal(due(JOB_ARCHIVE), 0);
	world->clock.fixed_us = now + JOB_PAUSE_S * CLOCK_SECOND_US;
	assert_int_equal(due(JOB_ARCHIVE), 1);
	world->clock.fixed_us = now - (JOB_PAUSE_MAX_S - JOB_PAUSE_S) * CLOCK_SECOND_US;
	assert_int_equal(due(JOB_ARCHIVE), 0);
	world->clock.fixed_us--;
	assert_int_equal(due(JOB_ARCHIVE), 1);
}

static void ended_leases_are_forgotten(void **state)
{
	int64_t now_us = world->clock.fixed_us;
	struct lease_row lease = lease_until(now_us + LONGEST_US);
	uint64_t removed = 0;

	(void)state;
	assert_int_equal(take(world->db, &lease, now_us), DB_OK);
	assert_int_equal(leases_prune(world->db, lease.until_us, 10, &removed), DB_NONE);
	assert_int_equal(leases_prune(world->db, lease.until_us + 1, 10, &removed), DB_OK);
	assert_int_equal(trash_rows(world, "jobs"), 0);
}

/* Two projects to be marked, the first of which another worker is at. */
struct colleague {
	struct domain domain;
	unsigned steps, rounds;
	bool purges;
};

static void meanwhile(void *context, const char *name)
{
	struct colleague *colleague = context;
	struct purge_report report = {0};
	struct error error = {0};
	unsigned steps = 0;

	(void)name;
	if (colleague->rounds++ > 0) {
		return;
	}
	if (colleague->purges) {
		assert_true(purge_due(&colleague->domain, world->arena, NULL, &report, &error));
		steps = report.steps;
	} else {
		assert_true(
		    deletions_continue(&colleague->domain, world->arena, 0, &steps, &error));
	}
	colleague->steps = steps;
}

static void delete_two(struct deletion deletions[2])
{
	static const char *const names[] = {"Orchard", "Stall"};

	for (int i = 0; i < 2; i++) {
		struct id project = world_place(world, &admin, PLACE_PROJECT, names[i]);

		for (int k = 0; k < 6; k++) {
			(void)world_photo(world, &ada, "A photo", &project, NULL);
		}
		world->domain.step_rows = 2;
		world->clock.fixed_us += 1000;
		assert_string_equal(containers_delete(world, &admin, ITEM_PROJECT, &project,
					PHOTO_ACTION_DELETE, names[i], &deletions[i]),
		    "");
		world->domain.step_rows = DOMAIN_STEP_ROWS;
	}
	world->domain.step_rows = 2;
}

static void workers_spread_over_deletions(void **state)
{
	struct colleague colleague = {.rounds = 0};
	struct deletion deletions[2];
	struct error error = {0};
	struct db *other;
	unsigned steps;

	(void)state;
	delete_two(deletions);
	colleague.domain = world_second_domain(world, &other);
	world->domain.after_step = meanwhile;
	world->domain.after_step_context = &colleague;
	assert_true(deletions_continue(&world->domain, world->arena, 0, &steps, &error));
	world->domain.after_step = NULL;
	/* Each has marked one of them, whole. */
	assert_true(steps >= 3);
	assert_int_equal(colleague.steps, steps);
	assert_int_equal(trash_find(world, &deletions[0].id).state, DELETION_TRASHED);
	assert_int_equal(trash_find(world, &deletions[1].id).state, DELETION_TRASHED);
	assert_int_equal(trash_rows(world, "jobs"), 0);
	db_close(&other);
}

static void purges_spread_likewise(void **state)
{
	struct colleague colleague = {.rounds = 0, .purges = true};
	struct deletion deletions[2];
	struct purge_report report;
	struct error error = {0};
	struct db *other;

	(void)state;
	delete_two(deletions);
	trash_continue(world);
	world->clock.fixed_us = deletions[1].recover_until_us;
	colleague.domain = world_second_domain(world, &other);
	world->domain.after_step = meanwhile;
	world->domain.after_step_context = &colleague;
	assert_true(purge_due(&world->domain, world->arena, NULL, &report, &error));
	world->domain.after_step = NULL;
	assert_true(report.steps > 3);
	assert_int_equal(colleague.steps, report.steps);
	assert_int_equal(report.deletions, 1);
	assert_int_equal(trash_find(world, &deletions[0].id).state, DELETION_PURGED);
	assert_int_equal(trash_find(world, &deletions[1].id).state, DELETION_PURGED);
	assert_int_equal(trash_rows(world, "photos"), 0);
	assert_int_equal(trash_rows(world, "jobs"), 0);
	db_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_lease_is_one_workers_until_it_runs_out, set_up),
	    cmocka_unit_test_setup(an_extended_lease_lasts, set_up),
	    cmocka_unit_test_setup(a_dead_workers_lease_is_nobodys, set_up),
	    cmocka_unit_test_setup(a_lease_of_a_clock_that_ran_ahead_is_none, set_up),
	    cmocka_unit_test_setup(a_job_that_a_later_clock_put_off_is_due, set_up),
	    cmocka_unit_test_setup(ended_leases_are_forgotten, set_up),
	    cmocka_unit_test_setup(workers_spread_over_deletions, set_up),
	    cmocka_unit_test_setup(purges_spread_likewise, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
