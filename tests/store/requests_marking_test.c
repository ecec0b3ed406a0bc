/* requests_marking_test.c - requests for photos that a larger deletion takes along, orphans or
 * archives: at whatever moment it is restored, nobody sees what nobody had let them see. */
#include "../support/asking.h"
#include "../support/containers.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#define OTHERS 5

static const char *const befores[] = {"pending", "approved", "rejected"};

static struct error error;

DB_STATEMENT(marked_published, "SELECT COUNT(*) FROM photos WHERE published AND id = ?");
DB_STATEMENT(marked_links, "SELECT COUNT(*) FROM photo_shares WHERE revoked_at IS NULL");

static int set_up(void **state)
{
	(void)state;
	asking_people();
	world->domain.step_rows = 1000;
	return 0;
}

static bool is_published(const struct id *photo)
{
	struct db_rows rows = {0};

	assert_int_equal(db_query(world->db, world->arena, &marked_published,
			     DB_VALUES(db_bind_id(photo)), &rows),
	    DB_OK);
	return db_int(&rows, 0, 0) > 0;
}

/* A photo of Ada's on the site that she asks for, newer than others on it. */
static struct id asked(const char *before, struct request *request_r)
{
	struct id photo;

	for (int i = 0; i < OTHERS; i++) {
		world->clock.fixed_us += 1000;
		(void)asking_photo(world, &cast.ben, &cast.site, NULL);
	}
	world->clock.fixed_us += HOUR_US;
	photo = asking_photo(world, &cast.ada, &cast.site, before);
	assert_string_equal(asking_ask(world, &cast.ada, &photo, request_r), "");
	return photo;
}

static struct deletion delete_site(enum photo_action action)
{
	struct deletion deletion;

	assert_string_equal(
	    containers_delete(world, &cast.admin, ITEM_SITE, &cast.site, action, "shop", &deletion),
	    "");
	return deletion;
}

static void step(void)
{
	unsigned steps;

	assert_true(deletions_continue(&world->domain, world->arena, 1, &steps, &error));
}

static void restore(const struct deletion *deletion)
{
	assert_string_equal(trash_restore(world, &cast.admin, &deletion->id, NULL), "");
	trash_continue(world);
	assert_int_equal(trash_find(world, &deletion->id).state, DELETION_RESTORED);
}

/* Marked, while the request for it is not reached yet. */
static struct deletion mark_alone(const struct id *photo, const struct request *request)
{
	struct deletion deletion;

	world->domain.step_rows = 1;
	deletion = delete_site(PHOTO_ACTION_DELETE);
	for (struct id mark = id_none; id_is_none(&mark); mark = trash_mark_of(world, photo)) {
		step();
	}
	assert_int_equal(trash_find(world, &deletion.id).state, DELETION_MARKING);
	assert_string_equal(asking_status(world, &request->id), "pending");
	return deletion;
}

static void a_restore_while_marking_publishes_nothing(void **state)
{
	for (size_t i = 0; i < 3; i++) {
		struct request request;
		struct deletion deletion;
		struct id photo;

		(void)set_up(state);
		photo = asked(befores[i], &request);
		deletion = mark_alone(&photo, &request);
		restore(&deletion);
		assert_true(trash_is_live(world, &photo));
		assert_string_equal(asking_photo_status(world, &photo), "deletion_requested");
		assert_int_equal(is_published(&photo), i == 1);
		assert_string_equal(asking_status(world, &request.id), "pending");
		assert_string_equal(asking_review(world, &cast.admin, &photo, false, NULL), "");
		assert_string_equal(asking_photo_status(world, &photo), befores[i]);
	}
}

/* The same at every step of the marking: what the photo says goes with what its request says. */
static void at_every_step_photo_and_request_agree(void **state)
{
	bool pending = false, superseded = false;

	for (int steps = 0; steps < 20; steps++) {
		struct request request;
		struct deletion deletion;
		struct id photo;
		bool open;

		(void)set_up(state);
		photo = asked("pending", &request);
		world->domain.step_rows = 1;
		deletion = delete_site(PHOTO_ACTION_DELETE);
		for (int i = 0; i < steps; i++) {
			step();
		}
		restore(&deletion);
		assert_false(is_published(&photo));
		open = strcmp(asking_status(world, &request.id), "pending") == 0;
		assert_string_equal(
		    asking_photo_status(world, &photo), open ? "deletion_requested" : "pending");
		pending = pending || open;
		superseded = superseded || !open;
	}
	assert_true(pending && superseded);
}

static void what_is_taken_back_while_marking_gives_the_status_back(void **state)
{
	for (size_t i = 0; i < 3; i++) {
		struct request request;
		struct deletion deletion;
		struct id photo;

		(void)set_up(state);
		photo = asked(befores[i], &request);
		deletion = mark_alone(&photo, &request);
		assert_string_equal(asking_cancel(world, &cast.ada, &request.id), "");
		assert_string_equal(asking_photo_status(world, &photo), befores[i]);
		restore(&deletion);
		assert_string_equal(asking_photo_status(world, &photo), befores[i]);
	}
}

/* What was withheld stays so also where no request tells any more what it was. */
static void without_a_record_what_was_withheld_waits_for_its_review(void **state)
{
	struct request request;
	struct deletion deletion;
	struct id photo = asked("pending", &request);

	(void)state;
	assert_string_equal(trash_delete(world, &cast.admin, &photo, &deletion), "");
	trash_sql(world, "DELETE FROM deletion_requests");
	assert_string_equal(trash_restore(world, &cast.admin, &deletion.id, NULL), "");
	assert_string_equal(asking_photo_status(world, &photo), "pending");
}

/* A photo of which much was made: its links and requests end with the act, as of any photo. */
static void a_photo_left_to_the_worker_is_closed_at_once(void **state)
{
	struct request request;
	struct deletion deletion;
	struct id photo = asked("pending", &request);

	(void)state;
	trash_share(world, &cast.ada, &photo, 7);
	for (int i = 0; i < 4; i++) {
		(void)world_derivative(world, &cast.ada, &photo);
	}
	world->domain.step_rows = 3;
	assert_string_equal(trash_delete(world, &cast.admin, &photo, &deletion), "");
	assert_int_equal(deletion.state, DELETION_MARKING);
	assert_string_equal(asking_status(world, &request.id), "superseded");
	assert_int_equal(world_number(world, &marked_links), 0);
	restore(&deletion);
	assert_string_equal(asking_photo_status(world, &photo), "pending");
	assert_int_equal(world_number(world, &marked_links), 0);
}

/* --- what a site's deletion leaves in reach --- */

enum decision { REJECTED, CANCELLED, APPROVED, DECISIONS };

static void decide(enum decision decision, const struct id *photo, const struct request *request)
{
	assert_string_equal(decision == CANCELLED ? asking_cancel(world, &cast.ada, &request->id)
						  : asking_review(world, &cast.admin, photo,
							decision == APPROVED, NULL),
	    "");
}

/* The photo stays asked for while its site is deleted, is decided then, and the site comes back. */
static void decided_while_the_site_is_away(
    enum photo_action action, enum decision decision, const char *before)
{
	struct request request;
	struct deletion site;
	struct id photo = asked(before, &request);
	struct id approved;

	site = delete_site(action);
	trash_continue(world);
	assert_string_equal(asking_photo_status(world, &photo), "deletion_requested");
	assert_string_equal(asking_status(world, &request.id), "pending");
	decide(decision, &photo, &request);
	approved = trash_mark_of(world, &photo);
	assert_int_equal(trash_is_live(world, &photo), decision != APPROVED);
	restore(&site);
	if (decision == APPROVED) {
		assert_false(trash_is_live(world, &photo));
		assert_string_equal(trash_restore(world, &cast.admin, &approved, NULL), "");
	}
	assert_true(trash_is_live(world, &photo));
	assert_string_equal(asking_photo_status(world, &photo), before);
	assert_int_equal(is_published(&photo), strcmp(before, "approved") == 0);
}

static void a_decision_while_the_site_is_away_holds_when_it_is_back(void **state)
{
	static const enum photo_action actions[] = {PHOTO_ACTION_ORPHAN, PHOTO_ACTION_ARCHIVE};

	for (size_t i = 0; i < 2; i++) {
		for (int decision = REJECTED; decision < DECISIONS; decision++) {
			for (size_t j = 0; j < 3; j++) {
				(void)set_up(state);
				decided_while_the_site_is_away(
				    actions[i], (enum decision)decision, befores[j]);
			}
		}
	}
}

/* --- one request after another --- */

static void the_first_status_comes_back_after_a_second_request(void **state)
{
	for (size_t i = 0; i < 3; i++) {
		struct request first, second;
		struct request_outcome outcome;
		struct id photo;

		(void)set_up(state);
		photo = asked(befores[i], &first);
		assert_string_equal(asking_review(world, &cast.admin, &photo, true, &outcome), "");
		assert_string_equal(
		    trash_restore(world, &cast.admin, &outcome.deletion_id, NULL), "");
		world->clock.fixed_us += HOUR_US;
		assert_string_equal(asking_ask(world, &cast.ada, &photo, &second), "");
		assert_string_equal(asking_photo_status(world, &photo), "deletion_requested");
		assert_int_equal(is_published(&photo), i == 1);
		assert_string_equal(asking_cancel(world, &cast.ada, &second.id), "");
		assert_string_equal(asking_photo_status(world, &photo), befores[i]);
	}
}

DB_STATEMENT(marked_mails, "SELECT COUNT(*) FROM mail_outbox WHERE template IN"
			   " ('request_approved', 'request_rejected')");

/* Of several who asked for one photo each is told once, however many of their requests are named.
 */
static void a_bulk_decision_tells_each_requester_once(void **state)
{
	for (int approve = 0; approve < 2; approve++) {
		const char *template = approve ? "request_approved" : "request_rejected";
		struct request first, second, third;
		struct bulk_result result;
		struct id photo;

		(void)set_up(state);
		photo = asked("approved", &first);
		assert_string_equal(asking_ask(world, &cast.shop, &photo, &second), "");
		assert_string_equal(asking_ask(world, &cast.admin2, &photo, &third), "");
		const struct id ids[] = {first.id, third.id};

		assert_true(requests_bulk_review(&world->domain, &cast.admin, world->arena, ids, 2,
		    approve, "Looked at.", &result, &error));
		assert_int_equal(result.changed, 2);
		assert_int_equal(result.rows, 3);
		assert_non_null(asking_mail(world, template, "ada@alder.example"));
		assert_non_null(asking_mail(world, template, "shop@alder.example"));
		assert_non_null(asking_mail(world, template, "admin2@alder.example"));
		assert_int_equal(world_number(world, &marked_mails), 3);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_restore_while_marking_publishes_nothing, set_up),
	    cmocka_unit_test_setup(at_every_step_photo_and_request_agree, set_up),
	    cmocka_unit_test_setup(what_is_taken_back_while_marking_gives_the_status_back, set_up),
	    cmocka_unit_test_setup(without_a_record_what_was_withheld_waits_for_its_review, set_up),
	    cmocka_unit_test_setup(a_photo_left_to_the_worker_is_closed_at_once, set_up),
	    cmocka_unit_test_setup(a_decision_while_the_site_is_away_holds_when_it_is_back, set_up),
	    cmocka_unit_test_setup(the_first_status_comes_back_after_a_second_request, set_up),
	    cmocka_unit_test_setup(a_bulk_decision_tells_each_requester_once, set_up),
	};

	return cmocka_run_group_tests_name("requests_marking", tests, scene_start, scene_stop);
}
