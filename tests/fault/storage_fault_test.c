/* storage_fault_test.c - the storage full, out of reach, and back; and clocks that were ahead.
 *
 * Full: a small tmpfs in a mount namespace of this program's own (skipped where that is not
 * allowed). Out of reach: a file stands where the folder was, so that every use of it fails, for
 * root too. */
#include "../support/stack.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <storage/cleanup.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cmocka.h>

#define KIB          1024
#define SMALL        (20 * KIB)
#define LARGE        (900 * KIB)
#define SIZE_OPTIONS "size=600k,nr_inodes=100,mode=700"

static bool has_mounts; /* of its own */

static void upload_fails(struct stack *stack, size_t bytes, const char *code)
{
	unsigned objects = world_objects(stack->world);
	int64_t photos = trash_rows(stack->world, "photos");
	const struct http_answer *answer = stack_upload(stack, bytes, NULL);

	assert_non_null(answer);
	EXPECT(answer, 503, code);
	assert_non_null(http_answer_header(stack->client, answer, "Retry-After"));
	assert_int_equal(world_objects(stack->world), objects);
	assert_int_equal(world_staged(stack->world), 0);
	assert_int_equal(trash_rows(stack->world, "photos"), photos);
}

static const char *upload(struct stack *stack, size_t bytes)
{
	const struct http_answer *answer = stack_upload(stack, bytes, NULL);

	assert_non_null(answer);
	EXPECT(answer, 201, NULL);
	return http_answer_text(answer, "id");
}

static void delete (struct stack *stack, const char *photo)
{
	EXPECT(stack_api(stack, stack->member_token, NULL, NULL, "DELETE /api/photos/%s", photo),
	    200, NULL);
}

/* --- full ---------------------------------------------------------------------------------- */

static void mount_small(struct stack *stack)
{
	struct error error = {0};
	struct storage *storage;

	if (!has_mounts || mount("tmpfs", stack->world->folder, "tmpfs", 0, SIZE_OPTIONS) != 0) {
		printf("skipped: a small file system cannot be mounted: %s\n", strerror(errno));
		skip();
	}
	storage = storage_open_folder(stack->world->folder, &error);
	assert_non_null(storage);
	storage_close(&storage);
}

static int unmount_small(void **state)
{
	struct stack *stack = *state;

	umount2(stack->world->folder, MNT_DETACH);
	http_client_forget(stack->client);
	stack_clear_photos(stack);
	return 0;
}

/* Leave the file system room for as many new files and folders. */
static void leave_inodes(struct stack *stack, unsigned count)
{
	struct statvfs facts;
	char options[64];

	assert_int_equal(statvfs(stack->world->folder, &facts), 0);
	snprintf(options, sizeof(options), "size=600k,nr_inodes=%lu",
	    facts.f_files - facts.f_ffree + count);
	assert_int_equal(mount("tmpfs", stack->world->folder, "tmpfs", MS_REMOUNT, options), 0);
}

/* The bytes do not fit while the upload is staged; then its folder cannot be made, so that the
 * object cannot be put in its place; then there is not even room for a temporary file. */
static void a_full_disk_refuses_uploads_and_nothing_else(void **state)
{
	struct stack *stack = *state;
	const char *photo;

	mount_small(stack);
	photo = upload(stack, SMALL);
	upload_fails(stack, LARGE, "storage_full");
	for (unsigned inodes = 3; inodes-- > 0;) {
		leave_inodes(stack, inodes);
		upload_fails(stack, SMALL, "storage_full");
	}
	EXPECT(stack_api(stack, stack->member_token, NULL, NULL, "GET /api/photos"), 200, NULL);
	delete (stack, photo);
	stack_check_storage(stack, 0);
	stack_work(stack, "+5h");
	assert_int_equal(world_objects(stack->world), 0);
	leave_inodes(stack, 50);
	upload(stack, SMALL);
	stack_check_storage(stack, 0);
}

static const char *ask_for_export(struct stack *stack)
{
	const struct http_answer *answer = stack_api(stack, stack->member_token, NULL,
	    "{'password': '" STACK_PASSWORD "', 'purpose': 'account.export'}", "POST /api/reauth");

	EXPECT(answer, 201, NULL);
	answer = stack_api(stack, stack->member_token, http_answer_text(answer, "reauth_token"),
	    NULL, "POST /api/me/export");
	EXPECT(answer, 202, NULL);
	return http_answer_text(answer, "id");
}

static int64_t exports_in(struct stack *stack, const char *condition)
{
	return stack_number(stack, "SELECT COUNT(*) FROM exports WHERE %s", condition);
}

/* The pictures are there, but not all of them a second time: the export waits, takes no room
 * meanwhile, and is made once there is some. */
static void a_full_disk_puts_an_export_off(void **state)
{
	struct stack *stack = *state;
	unsigned objects;

	mount_small(stack);
	for (int i = 0; i < 18; i++)
		upload(stack, SMALL);
	objects = world_objects(stack->world);
	(void)ask_for_export(stack);
	stack_work(stack, NULL);
	assert_int_equal(exports_in(stack, "state = 'pending'"), 1);
	assert_int_equal(stack_number(stack, "SELECT COUNT(*) FROM jobs WHERE task = 'export'"
					     " AND last_error = 'storage_full'"),
	    1);
	assert_int_equal(world_staged(stack->world), 0);
	assert_int_equal(world_objects(stack->world), objects);
	assert_int_equal(
	    mount("tmpfs", stack->world->folder, "tmpfs", MS_REMOUNT, "size=6000k,nr_inodes=1000"),
	    0);
	stack_work(stack, "+2h");
	assert_int_equal(exports_in(stack, "state = 'ready' AND bytes > 18 * 20 * 1024"), 1);
	assert_int_equal(world_staged(stack->world), 0);
	assert_int_equal(world_objects(stack->world), objects + 1);
	stack_check_storage(stack, 0);
	stack_work(stack, "+8d");
	assert_int_equal(world_objects(stack->world), objects);
	trash_sql(stack->world, "DELETE FROM exports");
}

/* --- out of reach -------------------------------------------------------------------------- */

static const char *away_name(struct stack *stack)
{
	return arena_printf(stack->world->arena, "%s.away", stack->world->folder);
}

static void take_away(struct stack *stack)
{
	FILE *file;

	assert_int_equal(rename(stack->world->folder, away_name(stack)), 0);
	file = fopen(stack->world->folder, "w");
	assert_non_null(file);
	fclose(file);
}

static void bring_back(struct stack *stack)
{
	assert_int_equal(unlink(stack->world->folder), 0);
	assert_int_equal(rename(away_name(stack), stack->world->folder), 0);
}

static int bring_back_after_failure(void **state)
{
	struct stack *stack = *state;
	struct stat facts;

	if (lstat(stack->world->folder, &facts) == 0 && S_ISREG(facts.st_mode))
		bring_back(stack);
	http_client_forget(stack->client);
	stack_clear_photos(stack);
	return 0;
}

static void an_upload_is_refused_while_the_storage_is_away(void **state)
{
	struct stack *stack = *state;
	const struct http_answer *answer;

	upload(stack, SMALL);
	take_away(stack);
	answer = stack_upload(stack, SMALL, NULL);
	assert_non_null(answer);
	EXPECT(answer, 503, "storage_unavailable");
	EXPECT(stack_api(stack, stack->member_token, NULL, NULL, "GET /api/photos"), 200, NULL);
	bring_back(stack);
	upload(stack, SMALL);
	stack_check_storage(stack, 0);
}

struct item {
	int64_t attempts, failed, left_s; /* until its next attempt, seen from `clock_s` ahead */
};

static struct item read_item(struct stack *stack)
{
	return (struct item){
	    .attempts = stack_number(stack, "SELECT attempts FROM storage_cleanup_queue"),
	    .failed = stack_number(stack, "SELECT state = 'failed' FROM storage_cleanup_queue"),
	};
}

static void work_ahead(struct stack *stack, int64_t ahead_s)
{
	char clock[32];

	snprintf(clock, sizeof(clock), "+%llds", (long long)ahead_s);
	/* The storage is out of reach, which is no reason to fail. */
	stack_work(stack, clock);
}

/* The dashboard, the API and the metrics show it. */
static void check_shown(struct stack *stack, const char *id)
{
	const char *cookie = stack_sign_in(stack, STACK_ADMIN);
	const struct http_answer *answer = stack_page(stack, NULL, cookie, "/admin/storage");
	char metrics[64];

	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, "1 failed"));
	assert_non_null(strstr(answer->body, id));
	answer = stack_api(stack, stack->admin_token, NULL, NULL, "GET /api/admin/storage-cleanup");
	EXPECT(answer, 200, NULL);
	assert_string_equal(http_answer_text(answer, "items.0.id"), id);
	snprintf(metrics, sizeof(metrics), "http://127.0.0.1:%d",
	    atoi(strrchr(stack->url, ':') + 1) + 1);
	answer = stack_page(stack, metrics, NULL, "/metrics");
	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, "lethe_storage_cleanup{state=\"failed\"} 1"));
}

static const char *queued_id(struct stack *stack)
{
	const struct http_answer *answer =
	    stack_api(stack, stack->admin_token, NULL, NULL, "GET /api/admin/storage-cleanup");

	EXPECT(answer, 200, NULL);
	assert_non_null(http_answer_text(answer, "items.0.id"));
	return http_answer_text(answer, "items.0.id");
}

/* Ten attempts, each after twice the wait of the one before; looked at on both sides of each. */
static void removals_are_put_off_longer_and_longer_then_fail(void **state)
{
	struct stack *stack = *state;
	const int64_t begun_us = clock_monotonic_us();
	int64_t ahead_s = 5 * 3600;
	const char *id;

	delete (stack, upload(stack, SMALL));
	take_away(stack);
	work_ahead(stack, ahead_s);
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM deletions WHERE state = 'purged'"), 1);
	assert_int_equal(trash_rows(stack->world, "photos"), 0);
	id = queued_id(stack);
	for (int64_t attempts = 1; attempts < CLEANUP_MAX_ATTEMPTS; attempts++) {
		int64_t wait_s = cleanup_wait_us((unsigned)attempts) / CLOCK_SECOND_US;
		int64_t passed_s = (clock_monotonic_us() - begun_us) / CLOCK_SECOND_US + 1;

		assert_int_equal(read_item(stack).attempts, attempts);
		assert_int_equal(read_item(stack).failed, 0);
		if (wait_s > 2 * passed_s) {
			work_ahead(stack, ahead_s + wait_s - passed_s - 5);
			assert_int_equal(read_item(stack).attempts, attempts);
		}
		ahead_s += wait_s + 1;
		work_ahead(stack, ahead_s);
	}
	assert_int_equal(read_item(stack).attempts, CLEANUP_MAX_ATTEMPTS);
	assert_int_equal(read_item(stack).failed, 1);
	work_ahead(stack, ahead_s + 40 * 86400);
	assert_int_equal(read_item(stack).failed, 1);
	check_shown(stack, id);

	bring_back(stack);
	stack_work(stack, NULL);
	assert_int_equal(world_objects(stack->world), 1);
	EXPECT(stack_api(stack, stack->admin_token, NULL, NULL,
		   "POST /api/admin/storage-cleanup/%s/retry", id),
	    200, NULL);
	stack_work(stack, NULL);
	assert_int_equal(world_objects(stack->world), 0);
	assert_int_equal(trash_rows(stack->world, "storage_cleanup_queue"), 0);
	stack_check_storage(stack, 0);
}

/* --- clocks -------------------------------------------------------------------------------- */

static void a_clock_far_ahead_keeps_nothing_from_a_later_run(void **state)
{
	struct stack *stack = *state;
	const char *photo = upload(stack, SMALL);

	delete (stack, upload(stack, SMALL));
	take_away(stack);
	stack_work(stack, "+31d");
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM deletions WHERE state = 'purged'"), 1);
	assert_int_equal(read_item(stack).attempts, 1);
	bring_back(stack);
	/* Nobody was signed out, and what is due now is done now: the put off, and the new. */
	delete (stack, photo);
	stack_work(stack, NULL);
	assert_int_equal(trash_rows(stack->world, "storage_cleanup_queue"), 0);
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM deletions WHERE state = 'trashed'"), 1);
	stack_work(stack, "+5h");
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM deletions WHERE state = 'purged'"), 2);
	assert_int_equal(world_objects(stack->world), 0);
	assert_int_equal(trash_rows(stack->world, "storage_cleanup_queue"), 0);
	stack_check_storage(stack, 0);
}

/* By a clock a little ahead, too: within the time that a removal may wait anyway. */
static void a_clock_hours_ahead_keeps_nothing_from_a_later_run(void **state)
{
	struct stack *stack = *state;

	delete (stack, upload(stack, SMALL));
	take_away(stack);
	stack_work(stack, "+5h");
	assert_int_equal(read_item(stack).attempts, 1);
	bring_back(stack);
	stack_work(stack, NULL);
	assert_int_equal(trash_rows(stack->world, "storage_cleanup_queue"), 0);
	assert_int_equal(world_objects(stack->world), 0);
}

static void a_clock_far_ahead_makes_no_spent_token_good_again(void **state)
{
	struct stack *stack = *state;
	const char *photo = upload(stack, SMALL);
	const struct http_answer *answer = stack_api(stack, stack->admin_token, NULL,
	    arena_printf(stack->world->arena,
		"{'password': '%s', 'purpose': 'photo.permanent', 'item': '%s'}", STACK_PASSWORD,
		photo),
	    "POST /api/reauth");
	const char *token = http_answer_text(answer, "reauth_token");

	EXPECT(answer, 201, NULL);
	delete (stack, photo);
	EXPECT(stack_api(stack, stack->admin_token, token, "{'confirm_text': 'DELETE'}",
		   "DELETE /api/photos/%s/permanent", photo),
	    200, NULL);
	assert_int_equal(trash_rows(stack->world, "photos"), 0);
	assert_int_equal(stack_number(stack, "SELECT COUNT(*) FROM spent_tokens"), 1);
	stack_work(stack, "+31d");
	assert_int_equal(stack_number(stack, "SELECT COUNT(*) FROM spent_tokens"), 1);
}

#define AWAY(test_) cmocka_unit_test_teardown(test_, bring_back_after_failure)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(a_full_disk_refuses_uploads_and_nothing_else, unmount_small),
	    cmocka_unit_test_teardown(a_full_disk_puts_an_export_off, unmount_small),
	    AWAY(an_upload_is_refused_while_the_storage_is_away),
	    AWAY(removals_are_put_off_longer_and_longer_then_fail),
	    AWAY(a_clock_far_ahead_keeps_nothing_from_a_later_run),
	    AWAY(a_clock_hours_ahead_keeps_nothing_from_a_later_run),
	    AWAY(a_clock_far_ahead_makes_no_spent_token_good_again),
	};

	/* What is mounted here nobody else sees, and it ends with this program. */
	has_mounts =
	    unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
	return cmocka_run_group_tests(tests, stack_group_open_site, stack_group_close);
}
