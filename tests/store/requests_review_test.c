/* requests_review_test.c - deciding requests: approving, rejecting, several at once, who comes
 * second. */
#include "../support/asking.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

DB_STATEMENT(review_origin, "SELECT COUNT(*) FROM deletions WHERE origin = 'request'");
DB_STATEMENT(review_words_kept,
    "SELECT COUNT(*) FROM deletion_requests WHERE requester_email IS NOT NULL"
    " OR reason IS NOT NULL OR rejection_reason IS NOT NULL");
DB_STATEMENT(review_undecided,
    "SELECT COUNT(*) FROM deletion_requests r JOIN photos p ON p.id = r.photo_id"
    " WHERE r.status = 'pending' AND p.deleted_at IS NOT NULL");

static struct error error;

static struct id asked(const struct actor *by, const char *before, struct request *request_r)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, before);

	assert_string_equal(asking_ask(world, by, &photo, request_r), "");
	return photo;
}

static const char *decide(const struct actor *actor, const struct request_decision *decision)
{
	struct request_outcome outcome;

	error_clear(&error);
	return requests_review(&world->domain, actor, world->arena, decision, &outcome, &error)
		   ? ""
		   : error.code;
}

static struct request find(const struct id *request_id)
{
	struct request request;

	assert_true(
	    requests_find(&world->domain, &cast.admin, world->arena, request_id, &request, &error));
	return request;
}

static void approving_deletes_with_the_photo_window(void **state)
{
	struct request first, second, found;
	struct request_outcome outcome;
	struct deletion deletion;
	struct id photo = asked(&cast.ada, "pending", &first);
	const char *mail;

	(void)state;
	assert_string_equal(asking_ask(world, &cast.admin2, &photo, &second), "");
	world->clock.fixed_us += HOUR_US;
	assert_string_equal(asking_review(world, &cast.admin, &photo, true, &outcome), "");
	assert_int_equal(outcome.settled, 2);
	assert_true(outcome.recover_until_us == WORLD_START_US + 5 * HOUR_US);
	deletion = trash_find(world, &outcome.deletion_id);
	assert_int_equal(deletion.origin, ORIGIN_REQUEST);
	assert_int_equal(deletion.state, DELETION_TRASHED);
	assert_true(id_equal(&deletion.initiator_id, &cast.admin.user_id));
	assert_true(deletion.recover_until_us == outcome.recover_until_us);
	assert_false(trash_is_live(world, &photo));
	found = find(&second.id);
	assert_int_equal(found.status, REQUEST_APPROVED);
	assert_true(id_equal(&found.deletion_id, &deletion.id));
	assert_true(id_equal(&found.reviewed_by, &cast.admin.user_id));
	assert_true(found.reviewed_at_us == world->clock.fixed_us);
	assert_int_equal(find(&first.id).status, REQUEST_APPROVED);
	assert_int_equal(trash_entries(world, "request.approve"), 2);
	assert_int_equal(trash_entries(world, "photo.delete"), 1);
	mail = asking_mail(world, "request_approved", "ada@alder.example");
	assert_non_null(strstr(mail, "\"recover_until\""));
	assert_non_null(strstr(mail, "\"photo_title\":\"Stall\""));
	assert_non_null(asking_mail(world, "request_approved", "admin2@alder.example"));

	/* It comes back with the status it had before anybody asked. */
	assert_string_equal(trash_restore(world, &cast.admin, &deletion.id, NULL), "");
	assert_string_equal(asking_photo_status(world, &photo), "pending");
	assert_int_equal(find(&first.id).status, REQUEST_APPROVED);
}

static void after_its_window_what_was_approved_is_purged(void **state)
{
	struct request request;
	struct request_outcome outcome;
	struct id photo = asked(&cast.ada, NULL, &request);

	(void)state;
	assert_string_equal(asking_review(world, &cast.admin, &photo, true, &outcome), "");
	world->clock.fixed_us += 4 * HOUR_US - 1;
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &outcome.deletion_id).state, DELETION_TRASHED);
	world->clock.fixed_us += 1;
	(void)trash_purge(world);
	assert_int_equal(trash_find(world, &outcome.deletion_id).state, DELETION_PURGED);
	/* The record stays, and says that the photo is gone. */
	assert_false(find(&request.id).photo_exists);
	assert_string_equal(decide(&cast.admin, &(struct request_decision){.request_id = request.id,
						    .approve = true}),
	    "already_decided");
	assert_string_equal(asking_cancel(world, &cast.ada, &request.id), "not_pending");
}

static void mails_know_a_window_of_nothing(void **state)
{
	struct id photo;

	(void)state;
	for (int i = 0; i < 2; i++) {
		const char *at_once = i == 0 ? "\"at_once\":false" : "\"at_once\":true";

		trash_sql(world, "UPDATE organizations SET photo_recovery_s = %d", i == 0);
		trash_sql(world, "DELETE FROM mail_outbox");
		photo = asking_photo(world, &cast.ada, &cast.site, NULL);
		assert_string_equal(asking_ask(world, &cast.ada, &photo, NULL), "");
		assert_non_null(
		    strstr(asking_mail(world, "request_new", "admin@alder.example"), at_once));
		assert_string_equal(asking_review(world, &cast.admin, &photo, true, NULL), "");
		assert_non_null(
		    strstr(asking_mail(world, "request_approved", "ada@alder.example"), at_once));
	}
}

static void rejecting_gives_the_status_back(void **state)
{
	static const char *const befores[] = {"pending", "approved", "rejected"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct request first, second;
		struct id photo = asked(&cast.ada, befores[i], &first);
		const char *mail;

		assert_string_equal(
		    asking_ask(world, &cast.shop, &photo, &second), i == 1 ? "" : "not_found");
		assert_string_equal(asking_review(world, &cast.admin, &photo, false, NULL), "");
		assert_string_equal(asking_photo_status(world, &photo), befores[i]);
		assert_true(trash_is_live(world, &photo));
		assert_int_equal(find(&first.id).status, REQUEST_REJECTED);
		assert_string_equal(find(&first.id).rejection_reason, "Nobody can be made out.");
		mail = asking_mail(world, "request_rejected", "ada@alder.example");
		assert_non_null(strstr(mail, "Nobody can be made out."));
		/* The same person may ask again. */
		world->clock.fixed_us += HOUR_US;
		assert_string_equal(asking_ask(world, &cast.ada, &photo, NULL), "");
	}
	assert_int_equal(trash_entries(world, "request.reject"), 4);
}

static void a_rejection_needs_a_reason(void **state)
{
	struct request request;
	struct id photo = asked(&cast.ada, NULL, &request);
	struct request_decision decision = {.photo_id = photo};
	char *long_reason = arena_alloc(world->arena, 2002);

	(void)state;
	assert_string_equal(decide(&cast.admin, &decision), "missing");
	assert_string_equal(error.field, "reason");
	decision.reason = " \t ";
	assert_string_equal(decide(&cast.admin, &decision), "missing");
	memset(long_reason, 'x', 2001);
	decision.reason = long_reason;
	assert_string_equal(decide(&cast.admin, &decision), "too_long");
	decision.approve = true;
	assert_string_equal(decide(&cast.admin, &decision), "too_long");
	assert_string_equal(error.field, "reason");
	assert_string_equal(asking_status(world, &request.id), "pending");
	decision.approve = false;
	decision.reason = "x";
	assert_string_equal(decide(&cast.admin, &decision), "");
}

static void only_admins_of_the_organisation_decide(void **state)
{
	struct request request;
	struct id photo = asked(&cast.ada, NULL, &request);
	const struct request_decision by_id = {.request_id = request.id, .approve = true};
	struct actor acting = cast.platform;

	(void)state;
	assert_string_equal(asking_review(world, &cast.ada, &photo, true, NULL), "forbidden");
	assert_string_equal(asking_review(world, &cast.shop, &photo, true, NULL), "forbidden");
	assert_string_equal(asking_review(world, &cast.ben, &photo, false, NULL), "forbidden");
	assert_string_equal(asking_review(world, &cast.stranger, &photo, true, NULL), "not_found");
	assert_string_equal(decide(&cast.shop, &by_id), "forbidden");
	assert_string_equal(decide(&cast.ben, &by_id), "not_found");
	assert_string_equal(decide(&cast.stranger, &by_id), "not_found");
	acting.organization_id = cast.alder;
	assert_string_equal(decide(&acting, &by_id), "");
}

/* Also when others asked too, and under one's address. */
static void nobody_approves_what_they_asked_for(void **state)
{
	struct request request;
	struct id photo = asked(&cast.admin, NULL, &request);
	struct id other = asked(&cast.ada, NULL, &request);

	(void)state;
	assert_string_equal(asking_review(world, &cast.admin, &photo, true, NULL), "own_request");
	assert_int_equal(asking_error()->kind, ERROR_FORBIDDEN);
	assert_string_equal(asking_ask(world, &cast.ada, &photo, NULL), "");
	assert_string_equal(asking_review(world, &cast.admin, &photo, true, NULL), "own_request");
	assert_true(trash_is_live(world, &photo));
	trash_sql(world,
	    "UPDATE deletion_requests SET requester_id = NULL,"
	    " requester_email = 'admin@alder.example' WHERE photo_id = %s",
	    trash_hex(world, &other));
	assert_string_equal(asking_review(world, &cast.admin, &other, true, NULL), "own_request");
	/* Rejecting is no gain; another admin approves. */
	assert_string_equal(asking_review(world, &cast.admin2, &photo, true, NULL), "");
	assert_string_equal(asking_review(world, &cast.admin, &other, false, NULL), "");
}

static void the_second_is_told_what_was_decided(void **state)
{
	struct request request;
	struct id photo = asked(&cast.ada, NULL, &request);
	struct id idle = asking_photo(world, &cast.ada, &cast.site, NULL);
	char text[ID_TEXT_SIZE];

	(void)state;
	assert_string_equal(asking_review(world, &cast.admin, &photo, false, NULL), "");
	assert_string_equal(
	    asking_review(world, &cast.admin2, &photo, true, NULL), "already_decided");
	assert_int_equal(asking_error()->kind, ERROR_CONFLICT);
	assert_string_equal(asking_error()->message,
	    "This request was rejected by admin on 2026-01-21 at 12:53 UTC.");
	id_format(&request.id, text);
	assert_string_equal(asking_error()->reference_name, "request_id");
	assert_string_equal(asking_error()->reference, text);
	assert_string_equal(asking_review(world, &cast.admin2, &idle, true, NULL), "no_request");
	/* Whoever was meant is told of the request meant, not of a later one. */
	assert_string_equal(asking_ask(world, &cast.ada, &photo, NULL), "");
	assert_string_equal(asking_review(world, &cast.admin2, &photo, true, NULL), "");
	assert_string_equal(decide(&cast.admin, &(struct request_decision){.request_id = request.id,
						    .reason = "No"}),
	    "already_decided");
	assert_non_null(strstr(error.message, "rejected by admin "));
}

struct judge {
	struct domain domain;
	struct auth auth;
	const struct actor *actor;
	struct id photo;
	bool approve;
	char code[48];
};

static void *judge(void *context)
{
	struct judge *j = context;
	struct arena *arena = arena_create();
	const struct request_decision decision = {
	    .photo_id = j->photo, .approve = j->approve, .reason = "Decided"};
	struct request_outcome outcome;
	struct error why = {0};

	(void)!requests_review(&j->domain, j->actor, arena, &decision, &outcome, &why);
	snprintf(j->code, sizeof(j->code), "%s", why.code);
	arena_destroy(&arena);
	return NULL;
}

static void of_two_admins_at_once_one_decides(void **state)
{
	(void)state;
	for (int round = 0; round < 6; round++) {
		struct request request;
		struct id photo;
		struct db *connections[2];
		struct judge judges[2];
		pthread_t threads[2];
		int won = 0;

		world->clock.fixed_us += HOUR_US;
		photo = asked(&cast.ada, NULL, &request);
		for (int i = 0; i < 2; i++) {
			judges[i].domain = world_second_domain(world, &connections[i]);
			people_authorize_other(world, &judges[i].domain, &judges[i].auth);
			judges[i].actor = i ? &cast.admin : &cast.admin2;
			judges[i].photo = photo;
			judges[i].approve = (i + round) % 2;
			pthread_create(&threads[i], NULL, judge, &judges[i]);
		}
		for (int i = 0; i < 2; i++) {
			pthread_join(threads[i], NULL);
			db_close(&connections[i]);
			won += judges[i].code[0] == '\0';
			assert_true(judges[i].code[0] == '\0' ||
				    strcmp(judges[i].code, "already_decided") == 0);
		}
		assert_int_equal(won, 1);
		assert_string_not_equal(asking_status(world, &request.id), "pending");
	}
	assert_int_equal(world_number(world, &review_undecided), 0);
}

/* Asking and deleting at once: no request is left pending on a deleted photo. */
static void *delete_it(void *context)
{
	struct judge *j = context;
	struct arena *arena = arena_create();
	const struct deletion_act act = {
	    .kind = ITEM_PHOTO, .item_id = j->photo, .origin = ORIGIN_BY_ACTOR};
	struct deletion deletion;
	struct error why = {0};

	(void)!deletions_delete(&j->domain, j->actor, arena, &act, &deletion, &why);
	snprintf(j->code, sizeof(j->code), "%s", why.code);
	arena_destroy(&arena);
	return NULL;
}

static void no_request_outlives_a_deletion_as_pending(void **state)
{
	(void)state;
	for (int round = 0; round < 6; round++) {
		struct db *connection;
		struct judge deleter = {.actor = &cast.admin};
		pthread_t thread;
		const char *code;

		world->clock.fixed_us += HOUR_US;
		deleter.domain = world_second_domain(world, &connection);
		deleter.photo = asking_photo(world, &cast.ada, &cast.site, NULL);
		pthread_create(&thread, NULL, delete_it, &deleter);
		code = asking_ask(world, &cast.admin2, &deleter.photo, NULL);
		pthread_join(thread, NULL);
		db_close(&connection);
		assert_string_equal(deleter.code, "");
		assert_true(!*code || strcmp(code, "already_deleted") == 0);
		assert_int_equal(world_number(world, &review_undecided), 0);
	}
}

/* --- several at once --- */

static void a_bulk_act_decides_photo_by_photo(void **state)
{
	struct request a1, a2, b, own, done;
	struct id a = asked(&cast.ada, NULL, &a1);
	struct bulk_result result;

	(void)state;
	assert_string_equal(asking_ask(world, &cast.shop, &a, &a2), "");
	(void)asked(&cast.ada, NULL, &b);
	(void)asked(&cast.admin, NULL, &own);
	struct id settled = asked(&cast.ada, NULL, &done);
	assert_string_equal(asking_review(world, &cast.admin, &settled, false, NULL), "");
	const struct id ids[] = {a1.id, b.id, a2.id, own.id, done.id, a, a1.id};

	assert_true(requests_bulk_review(
	    &world->domain, &cast.admin, world->arena, ids, 7, true, NULL, &result, &error));
	assert_int_equal(result.count, 7);
	assert_int_equal(result.changed, 3);
	assert_int_equal(result.skipped, 4);
	assert_int_equal(result.rows, 3);
	assert_true(result.items[0].changed && result.items[1].changed && result.items[2].changed);
	assert_string_equal(result.items[3].code, "own_request");
	assert_string_equal(result.items[4].code, "already_decided");
	assert_string_equal(result.items[5].code, "not_found");
	assert_string_equal(result.items[6].code, "repeated");
	assert_int_equal(world_number(world, &review_origin), 2);

	/* All under one act, which one undo takes back. */
	struct act_result *undone;
	size_t count;
	assert_true(deletions_restore_act(
	    &world->domain, &cast.admin, world->arena, &result.act_id, &undone, &count, &error));
	assert_int_equal(count, 2);
	assert_string_equal(asking_photo_status(world, &a), "approved");
}

static void a_bulk_act_takes_one_to_a_thousand_ids(void **state)
{
	struct id *ids = arena_array(world->arena, 1001, sizeof(*ids));
	struct bulk_result result;

	(void)state;
	for (int i = 0; i < 1001; i++) {
		ids[i] = id_generate(world->clock.fixed_us);
	}
	assert_false(requests_bulk_review(
	    &world->domain, &cast.admin, world->arena, ids, 0, true, NULL, &result, &error));
	assert_string_equal(error.field, "ids");
	assert_false(requests_bulk_review(
	    &world->domain, &cast.admin, world->arena, ids, 1001, true, NULL, &result, &error));
	assert_string_equal(error.field, "ids");
	assert_false(requests_bulk_review(
	    &world->domain, &cast.admin, world->arena, ids, 1, false, " ", &result, &error));
	assert_string_equal(error.field, "reason");
	assert_false(requests_bulk_review(
	    &world->domain, &cast.shop, world->arena, ids, 1001, true, NULL, &result, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_true(requests_bulk_review(
	    &world->domain, &cast.admin, world->arena, ids, 1000, true, NULL, &result, &error));
	assert_int_equal(result.skipped, 1000);
	assert_true(id_is_none(&result.act_id));
}

/* --- accounts and organisations that go --- */

static void a_deleted_requester_gets_no_mail(void **state)
{
	struct request request;
	struct id photo = asked(&cast.ada, NULL, &request);

	(void)state;
	trash_sql(world, "UPDATE users SET deleted_at = '2026-01-01' WHERE id = %s",
	    trash_hex(world, &cast.ada.user_id));
	assert_string_equal(asking_review(world, &cast.admin, &photo, true, NULL), "");
	assert_null(asking_mail(world, "request_approved", "ada@alder.example"));
	assert_string_equal(asking_status(world, &request.id), "approved");
}

static void a_blanked_request_is_still_decided(void **state)
{
	struct request request;
	struct id photo = asked(&cast.ada, NULL, &request);

	(void)state;
	trash_sql(world, "UPDATE deletion_requests SET requester_email = NULL, reason = NULL,"
			 " requester_id = NULL");
	assert_null(find(&request.id).reason);
	assert_string_equal(asking_review(world, &cast.admin, &photo, false, NULL), "");
	trash_sql(world, "UPDATE deletion_requests SET rejection_reason = NULL");
	assert_int_equal(world_number(world, &review_words_kept), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ASKING_TEST(approving_deletes_with_the_photo_window),
	    ASKING_TEST(after_its_window_what_was_approved_is_purged),
	    ASKING_TEST(mails_know_a_window_of_nothing),
	    ASKING_TEST(rejecting_gives_the_status_back),
	    ASKING_TEST(a_rejection_needs_a_reason),
	    ASKING_TEST(only_admins_of_the_organisation_decide),
	    ASKING_TEST(nobody_approves_what_they_asked_for),
	    ASKING_TEST(the_second_is_told_what_was_decided),
	    ASKING_TEST(of_two_admins_at_once_one_decides),
	    ASKING_TEST(no_request_outlives_a_deletion_as_pending),
	    ASKING_TEST(a_bulk_act_decides_photo_by_photo),
	    ASKING_TEST(a_bulk_act_takes_one_to_a_thousand_ids),
	    ASKING_TEST(a_deleted_requester_gets_no_mail),
	    ASKING_TEST(a_blanked_request_is_still_decided),
	};

	return cmocka_run_group_tests_name("requests_review", tests, scene_start, scene_stop);
}
