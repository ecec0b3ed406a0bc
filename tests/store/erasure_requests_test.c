/* erasure_requests_test.c - what an erasure does to requests: the person's own are taken back,
 * those of others for photos that stay wait for their decision. */
#include "../support/asking.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

static const char *const befores[] = {"pending", "approved", "rejected"};

static struct account_status status;

DB_STATEMENT(erased_cancels,
    "SELECT COUNT(*) FROM audit_log WHERE action = 'request.cancel' AND actor = 'worker'"
    " AND organization_id = ?");
DB_STATEMENT(erased_published, "SELECT COUNT(*) FROM photos WHERE published AND id = ?");
DB_STATEMENT(erased_words,
    "SELECT COUNT(*) FROM deletion_requests WHERE requester_email IS NOT NULL"
    " OR reason IS NOT NULL");

static int64_t count(const struct db_statement *statement, const struct id *id)
{
	struct db_rows rows = {0};

	assert_int_equal(
	    db_query(world->db, world->arena, statement, DB_VALUES(db_bind_id(id)), &rows), DB_OK);
	return db_int(&rows, 0, 0);
}

/* Ada leaves, keeping her photos or not, and her grace ends. */
static void erase_ada(bool keep)
{
	const struct account_choices choices = {.keep_photos = keep};
	struct actor proven;

	world->clock.fixed_us++;
	proven = people_proven(world, &cast.ada);
	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
	world->clock.fixed_us = status.scheduled_for_us;
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_PURGED);
}

/* A request by the address of Ada's account in another organisation. */
static struct id visit(const struct id *photo)
{
	struct id id = id_generate(world->clock.fixed_us);

	trash_sql(world,
	    "INSERT INTO deletion_requests (id, organization_id, photo_id, requester_email,"
	    " requester_role, reason, status, photo_status_before, requested_at, due_at) VALUES"
	    " (%s, %s, %s, 'ada@alder.example', 'visitor', 'Mine', 'pending', 'approved',"
	    " '2026-01-01', '2026-01-29')",
	    trash_hex(world, &id), trash_hex(world, &cast.birch), trash_hex(world, photo));
	trash_sql(world, "UPDATE photos SET status = 'deletion_requested' WHERE id = %s",
	    trash_hex(world, photo));
	return id;
}

/* Each taking back has its entry, where the photo is, and gives the status back. */
static void requests_of_the_erased_are_taken_back_by_name(void **state)
{
	struct id site_photo = asking_photo(world, &cast.ben, &cast.other_site, NULL);
	struct id foreign = world_photo(world, &cast.stranger, "Gate", NULL, NULL);
	struct id shared = asking_photo(world, &cast.ben, &cast.other_site, NULL);
	struct request request, other;
	struct id visited = visit(&foreign);

	(void)state;
	asking_claim(world, &cast.ada, &cast.other_site);
	assert_string_equal(asking_ask(world, &cast.ada, &site_photo, &request), "");
	assert_string_equal(asking_ask(world, &cast.ada, &shared, NULL), "");
	assert_string_equal(asking_ask(world, &cast.admin, &shared, &other), "");
	erase_ada(false);
	assert_string_equal(asking_status(world, &request.id), "cancelled");
	assert_string_equal(asking_photo_status(world, &site_photo), "approved");
	assert_string_equal(asking_status(world, &visited), "cancelled");
	assert_string_equal(asking_photo_status(world, &foreign), "approved");
	assert_int_equal(count(&erased_cancels, &cast.alder), 2);
	assert_int_equal(count(&erased_cancels, &cast.birch), 1);
	/* What somebody else asks for as well stays asked for. */
	assert_string_equal(asking_photo_status(world, &shared), "deletion_requested");
	assert_string_equal(asking_status(world, &other.id), "pending");
	assert_int_equal(world_number(world, &erased_words), 1);
}

/* In steps smaller than what there is. */
static void many_requests_are_taken_back_in_steps(void **state)
{
	(void)state;
	asking_claim(world, &cast.ada, &cast.other_site);
	for (int i = 0; i < 5; i++) {
		struct id photo = asking_photo(world, &cast.ben, &cast.other_site, NULL);

		assert_string_equal(asking_ask(world, &cast.ada, &photo, NULL), "");
	}
	world->domain.step_rows = 2;
	erase_ada(false);
	world->domain.step_rows = 1000;
	assert_int_equal(count(&erased_cancels, &cast.alder), 5);
	assert_int_equal(world_number(world, &erased_words), 0);
}

static void what_others_ask_for_waits_for_its_decision_when_photos_stay(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct request own, others;
		struct id photo, only_own;

		asking_people();
		photo = asking_photo(world, &cast.ada, &cast.site, befores[i]);
		only_own = asking_photo(world, &cast.ada, &cast.site, befores[i]);
		assert_string_equal(asking_ask(world, &cast.ada, &photo, &own), "");
		assert_string_equal(asking_ask(world, &cast.ada, &only_own, NULL), "");
		assert_string_equal(asking_ask(world, &cast.admin2, &photo, &others), "");
		erase_ada(true);
		assert_true(trash_is_live(world, &photo));
		assert_string_equal(asking_status(world, &own.id), "superseded");
		assert_string_equal(asking_status(world, &others.id), "pending");
		assert_string_equal(asking_photo_status(world, &photo), "deletion_requested");
		assert_int_equal(count(&erased_published, &photo), i == 1);
		/* Of what she alone asked for, the wish goes with her; what it was it is again. */
		assert_string_equal(asking_photo_status(world, &only_own), befores[i]);
		assert_string_equal(asking_review(world, &cast.admin, &photo, false, NULL), "");
		assert_string_equal(asking_photo_status(world, &photo), befores[i]);
	}
}

static void what_others_ask_for_can_be_approved_when_photos_stay(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, "pending");
	struct request request;

	(void)state;
	assert_string_equal(asking_ask(world, &cast.admin2, &photo, &request), "");
	erase_ada(true);
	assert_string_equal(asking_review(world, &cast.admin, &photo, true, NULL), "");
	assert_false(trash_is_live(world, &photo));
	assert_string_equal(asking_status(world, &request.id), "approved");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ASKING_TEST(requests_of_the_erased_are_taken_back_by_name),
	    ASKING_TEST(many_requests_are_taken_back_in_steps),
	    cmocka_unit_test_setup(
		what_others_ask_for_waits_for_its_decision_when_photos_stay, asking_set_up),
	    ASKING_TEST(what_others_ask_for_can_be_approved_when_photos_stay),
	};

	return cmocka_run_group_tests_name("erasure_requests", tests, scene_start, scene_stop);
}
