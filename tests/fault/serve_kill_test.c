/* serve_kill_test.c - `lethe serve` ended by SIGKILL in the middle of an upload, a deletion and a
 * delete forever, behind nginx, at packets from the first to the last of the request; started
 * again, the act was done whole or not at all, and can be repeated.
 *
 * FAULT_LONG=1 tries every packet, else every third and every COMMIT. */
#include "../support/stack.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <store/places.h>

#define STRIDE      3
#define MOST_POINTS 300
#define CONFIRM     "{'confirm_text': 'DELETE'}"

/* One act on one photo: send it, judge what a death in it left, and what a repetition makes of it.
 */
struct act {
	void (*prepare)(struct stack *stack, char photo[ID_TEXT_SIZE]);
	const struct http_answer *(*send)(struct stack *stack, const char *photo);
	long status; /* of one that is not disturbed */
	void (*judge)(struct stack *stack, const char *photo);
};

static const char *reauth_token; /* of the delete forever at hand */

static const char *id_of(struct stack *stack, const char *photo)
{
	struct id id;

	assert_true(id_parse(photo, &id));
	return trash_hex(stack->world, &id);
}

static void upload(struct stack *stack, char photo[ID_TEXT_SIZE])
{
	const struct http_answer *answer = stack_upload(stack, 3000, NULL);

	assert_non_null(answer);
	EXPECT(answer, 201, NULL);
	snprintf(photo, ID_TEXT_SIZE, "%s", http_answer_text(answer, "id"));
}

/* Rows whose objects are missing there are never; objects without a row there may be. */
static void check_objects(struct stack *stack)
{
	unsigned objects = world_objects(stack->world);
	int64_t named =
	    trash_rows(stack->world, "files") + trash_rows(stack->world, "storage_cleanup_queue");

	assert_true(objects >= named);
	stack_check_storage(stack, objects - (unsigned)named);
}

/* --- upload -------------------------------------------------------------------------------- */

static void prepare_nothing(struct stack *stack, char photo[ID_TEXT_SIZE])
{
	(void)stack;
	photo[0] = '\0';
}

/* To a site, so that there is a question to the store between staging and storing the file. */
static const struct http_answer *send_upload(struct stack *stack, const char *photo)
{
	static struct id site_id;

	(void)photo;
	if (id_is_none(&site_id))
		site_id = world_place(stack->world, &stack->admin, PLACE_SITE, "a-site");
	return stack_upload(stack, 3000, &site_id);
}

static void judge_upload(struct stack *stack, const char *photo)
{
	(void)photo;
	assert_int_equal(trash_rows(stack->world, "photos"), trash_rows(stack->world, "files"));
	assert_int_equal(
	    trash_rows(stack->world, "photos"), trash_entries(stack->world, "photo.create"));
	check_objects(stack);
}

/* --- deletion ------------------------------------------------------------------------------ */

static void prepare_photo(struct stack *stack, char photo[ID_TEXT_SIZE])
{
	upload(stack, photo);
	EXPECT(
	    stack_api(stack, stack->member_token, NULL, "{}", "POST /api/photos/%s/shares", photo),
	    201, NULL);
}

static const struct http_answer *send_deletion(struct stack *stack, const char *photo)
{
	return stack_api(stack, stack->member_token, NULL, NULL, "DELETE /api/photos/%s", photo);
}

static int64_t entries_of(struct stack *stack, const char *action, const char *photo)
{
	return stack_number(stack,
	    "SELECT COUNT(*) FROM audit_log WHERE action = '%s' AND item_id = %s", action,
	    id_of(stack, photo));
}

static void check_deleted(struct stack *stack, const char *photo, int64_t times)
{
	const char *id = id_of(stack, photo);

	assert_int_equal(entries_of(stack, "photo.delete", photo), times);
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM deletions WHERE item_id = %s", id), times);
	assert_int_equal(stack_number(stack,
			     "SELECT COUNT(*) FROM photos WHERE id = %s AND deleted_at IS NOT NULL"
			     " AND deletion_id IS NOT NULL",
			     id),
	    times);
	assert_int_equal(stack_number(stack,
			     "SELECT COUNT(*) FROM photo_shares WHERE photo_id = %s AND revoked_at"
			     " IS NOT NULL",
			     id),
	    times);
}

static void judge_deletion(struct stack *stack, const char *photo)
{
	int64_t done = entries_of(stack, "photo.delete", photo);
	const struct http_answer *answer;

	check_deleted(stack, photo, done);
	answer = send_deletion(stack, photo);
	assert_int_equal(answer->status, done ? 409 : 200);
	check_deleted(stack, photo, 1);
}

/* --- delete forever ------------------------------------------------------------------------ */

static void prepare_forever(struct stack *stack, char photo[ID_TEXT_SIZE])
{
	const struct http_answer *answer;
	static char token[4096];

	prepare_photo(stack, photo);
	EXPECT(send_deletion(stack, photo), 200, NULL);
	answer = stack_api(stack, stack->admin_token, NULL,
	    arena_printf(stack->world->arena,
		"{'password': '%s', 'purpose': 'photo.permanent', 'item': '%s'}", STACK_PASSWORD,
		photo),
	    "POST /api/reauth");
	EXPECT(answer, 201, NULL);
	snprintf(token, sizeof(token), "%s", http_answer_text(answer, "reauth_token"));
	reauth_token = token;
}

static const struct http_answer *send_forever(struct stack *stack, const char *photo)
{
	return stack_api(stack, stack->admin_token, reauth_token, CONFIRM,
	    "DELETE /api/photos/%s/permanent", photo);
}

/* Not begun: the proof is still good. Begun: the worker ends it. */
static void judge_forever(struct stack *stack, const char *photo)
{
	const char *id = id_of(stack, photo);
	int64_t begun = stack_number(stack,
	    "SELECT COUNT(*) FROM deletions WHERE item_id = %s AND state IN ('purging', 'purged')",
	    id);

	assert_int_equal(entries_of(stack, "photo.delete", photo), 1 + begun);
	if (!begun)
		EXPECT(send_forever(stack, photo), 200, NULL);
	else
		assert_int_not_equal(send_forever(stack, photo)->status, 200);
	stack_work(stack, NULL);
	assert_int_equal(
	    stack_number(stack,
		"SELECT COUNT(*) FROM deletions WHERE item_id = %s AND state = 'purged'", id),
	    1);
	assert_int_equal(entries_of(stack, "photo.purge", photo), 1);
	assert_int_equal(stack_number(stack, "SELECT COUNT(*) FROM photos WHERE id = %s", id), 0);
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM files WHERE owner_id = %s", id), 0);
	assert_int_equal(trash_rows(stack->world, "storage_cleanup_queue"), 0);
	check_objects(stack);
}

/* --- dying --------------------------------------------------------------------------------- */

static bool die_at(struct stack *stack, const struct act *act, enum wire_fault fault, int command,
    const char *text, unsigned point)
{
	char photo[ID_TEXT_SIZE];
	const struct http_answer *answer;
	bool died;

	act->prepare(stack, photo);
	wire_break_after(stack->wire, fault, command, text, point);
	answer = act->send(stack, photo);
	died = wire_broke(stack->wire);
	wire_disarm(stack->wire);
	assert_non_null(answer);
	assert_int_equal(answer->status, died ? 503 : act->status);
	if (died) {
		assert_int_equal(stack_wait(stack->serve, 10), -SIGKILL);
		stack_wait_alone(stack);
		printf("  ended at %s %u\n", text ? "COMMIT" : "packet", point);
		stack_serve(stack);
		act->judge(stack, photo);
	}
	http_client_forget(stack->client);
	return died;
}

static void die_everywhere(void **state, const struct act *act)
{
	struct stack *stack = *state;
	unsigned stride = getenv("FAULT_LONG") ? 1 : STRIDE, points = 0;

	for (unsigned i = 0; die_at(stack, act, WIRE_KILL_BEFORE, WIRE_ANY, NULL, i); i += stride)
		assert_true(++points < MOST_POINTS);
	assert_true(points > 2);
	for (unsigned i = 0; die_at(stack, act, WIRE_KILL_BEFORE, WIRE_QUERY, WIRE_COMMIT, i); i++)
		assert_true(++points < MOST_POINTS);
	for (unsigned i = 0; die_at(stack, act, WIRE_KILL_AFTER, WIRE_QUERY, WIRE_COMMIT, i); i++)
		assert_true(++points < MOST_POINTS);
}

/* What is left over after all of it goes by `lethe storage check --repair`, and only that. */
static void repair(struct stack *stack)
{
	int64_t left = world_objects(stack->world) - trash_rows(stack->world, "files");

	assert_true(left > 0);
	assert_int_equal(
	    stack_run(stack, "+2d", LETHE("storage", "check", "--repair", "--digests")), 0);
	assert_int_equal(trash_rows(stack->world, "storage_cleanup_queue"), left);
	assert_int_equal(world_staged(stack->world), 0);
	stack_work(stack, NULL);
	assert_int_equal(trash_rows(stack->world, "storage_cleanup_queue"), 0);
	assert_int_equal(world_objects(stack->world), trash_rows(stack->world, "files"));
	stack_check_storage(stack, 0);
}

static void killed_in_an_upload(void **state)
{
	die_everywhere(state, &(struct act){prepare_nothing, send_upload, 201, judge_upload});
	repair(*state);
}

static void killed_in_a_deletion(void **state)
{
	die_everywhere(state, &(struct act){prepare_photo, send_deletion, 200, judge_deletion});
}

static void killed_in_a_delete_forever(void **state)
{
	die_everywhere(state, &(struct act){prepare_forever, send_forever, 200, judge_forever});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(killed_in_an_upload),
	    cmocka_unit_test(killed_in_a_deletion),
	    cmocka_unit_test(killed_in_a_delete_forever),
	};

	return cmocka_run_group_tests(tests, stack_group_open_site, stack_group_close);
}
