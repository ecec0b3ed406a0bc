/* requests_many_test.c - a photo that more people ask for than one look at its requests reads. */
#include "../support/asking.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#define ONE_LOOK 1000

static struct error error;

DB_STATEMENT(many_pending, "SELECT COUNT(*) FROM deletion_requests WHERE status = 'pending'");

/* Visitors' requests on a photo, with that status, older than any that is made, or newer. */
static void visitors(const struct id *photo, unsigned count, const char *status, bool newer)
{
	trash_sql(world,
	    "INSERT INTO deletion_requests (id, organization_id, photo_id, requester_email,"
	    " requester_role, reason, status, photo_status_before, requested_at, due_at)"
	    " SELECT UNHEX(CONCAT('%s', LPAD(HEX(seq), 30, '0'))), %s, %s,"
	    " CONCAT('v', seq, '@mail.example'), 'visitor', 'Mine', '%s', 'pending', '2026-01-01',"
	    " '2026-01-29' FROM seq_1_to_%u",
	    newer ? "FF" : "00", trash_hex(world, &cast.alder), trash_hex(world, photo), status,
	    count);
}

static struct id asked_by_many(unsigned count)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, "pending");

	visitors(&photo, count, "pending", false);
	trash_sql(world,
	    "UPDATE photos SET status = 'deletion_requested', withheld = TRUE WHERE id = %s",
	    trash_hex(world, &photo));
	return photo;
}

/* What is rejected is what was looked at; the status comes back with the last of all. */
static void a_rejection_leaves_those_it_did_not_reach_pending(void **state)
{
	struct id photo = asked_by_many(ONE_LOOK + 1);
	struct request_outcome outcome;

	(void)state;
	assert_string_equal(asking_review(world, &cast.admin, &photo, false, &outcome), "");
	assert_int_equal(outcome.settled, ONE_LOOK);
	assert_int_equal(world_number(world, &many_pending), 1);
	assert_string_equal(asking_photo_status(world, &photo), "deletion_requested");
	assert_string_equal(asking_review(world, &cast.admin, &photo, false, &outcome), "");
	assert_int_equal(outcome.settled, 1);
	assert_string_equal(asking_photo_status(world, &photo), "pending");
}

static void ones_own_request_is_found_behind_all_others(void **state)
{
	struct id photo = asked_by_many(ONE_LOOK);
	struct request request, own;
	bool is_there;

	(void)state;
	assert_string_equal(asking_ask(world, &cast.admin, &photo, &request), "");
	assert_int_equal(request.status_before, PHOTO_PENDING);
	assert_string_equal(asking_ask(world, &cast.admin, &photo, NULL), "request_pending");
	assert_string_equal(asking_review(world, &cast.admin, &photo, true, NULL), "own_request");
	assert_true(requests_own_pending(
	    &world->domain, &cast.admin, world->arena, &photo, NULL, &own, &is_there, &error));
	assert_true(is_there && id_equal(&own.id, &request.id));
	assert_true(requests_own_pending(&world->domain, &cast.ben, world->arena, &photo,
	    "v1000@mail.example", &own, &is_there, &error));
	assert_true(is_there);
	assert_true(requests_own_pending(&world->domain, &cast.stranger, world->arena, &photo,
	    "v1000@mail.example", &own, &is_there, &error));
	assert_false(is_there);
	assert_string_equal(asking_review(world, &cast.admin2, &photo, true, NULL), "");
	assert_int_equal(world_number(world, &many_pending), 0);
}

/* Behind more settled ones than a list shows, too. */
static void what_was_settled_since_hides_no_pending_request(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct request_rows rows;
	struct request request, cancelled;

	(void)state;
	assert_string_equal(asking_ask(world, &cast.ada, &photo, &request), "");
	visitors(&photo, REQUESTS_MAX_LIMIT, "rejected", true);
	assert_true(
	    requests_of_photo(&world->domain, &cast.admin, world->arena, &photo, &rows, &error));
	assert_int_equal(rows.count, REQUESTS_MAX_LIMIT);
	assert_true(id_equal(&rows.items[0].id, &request.id));
	assert_true(requests_cancel_on_photo(
	    &world->domain, &cast.ada, world->arena, &photo, &cancelled, &error));
	assert_true(id_equal(&cancelled.id, &request.id));
	assert_string_equal(asking_status(world, &request.id), "cancelled");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ASKING_TEST(a_rejection_leaves_those_it_did_not_reach_pending),
	    ASKING_TEST(ones_own_request_is_found_behind_all_others),
	    ASKING_TEST(what_was_settled_since_hides_no_pending_request),
	};

	return cmocka_run_group_tests_name("requests_many", tests, scene_start, scene_stop);
}
