/* requests_test.c - asking for the deletion of a photo: who may, what it takes, what it does, how
 * often, and taking it back. */
#include "../support/asking.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

DB_STATEMENT(requests_admin_mails, "SELECT COUNT(*) FROM mail_outbox"
				   " WHERE template = 'request_new'");
DB_STATEMENT(requests_words_in_trail,
    "SELECT COUNT(*) FROM audit_log WHERE details LIKE '%face%' OR details LIKE '%@%'");
DB_STATEMENT(requests_reasons_apart,
    "SELECT COUNT(*) FROM audit_reasons r JOIN audit_log l ON l.id = r.audit_id"
    " WHERE l.action = 'request.create' AND r.reason LIKE 'My face%'");

static struct error error;

static const char *ask(const struct actor *actor, const struct id *photo_id)
{
	return asking_ask(world, actor, photo_id, NULL);
}

static const char *ask_because(
    const struct actor *actor, const struct id *photo_id, const char *reason)
{
	struct request request;

	error_clear(&error);
	return requests_create(
		   &world->domain, actor, world->arena, photo_id, reason, NULL, &request, &error)
		   ? ""
		   : error.code;
}

static void each_role_asks_for_what_is_theirs_to_ask(void **state)
{
	struct id of_ada = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct id elsewhere = asking_photo(world, &cast.ada, &cast.other_site, NULL);
	struct id in_library = world_photo(world, &cast.ada, "Barn", NULL, NULL);
	struct request request;

	(void)state;
	assert_string_equal(asking_ask(world, &cast.ada, &of_ada, &request), "");
	assert_int_equal(request.role, REQUESTER_SUBMITTER);
	assert_string_equal(asking_ask(world, &cast.shop, &of_ada, &request), "");
	assert_int_equal(request.role, REQUESTER_SHOP_OWNER);
	assert_string_equal(asking_ask(world, &cast.admin, &of_ada, &request), "");
	assert_int_equal(request.role, REQUESTER_ADMIN);
	assert_string_equal(ask(&cast.ben, &of_ada), "forbidden");
	assert_string_equal(ask(&cast.shop, &elsewhere), "forbidden");
	assert_string_equal(ask(&cast.ada, &in_library), "delete_instead");
	assert_string_equal(ask(&cast.ben, &in_library), "forbidden");
	assert_string_equal(ask(&cast.stranger, &of_ada), "not_found");
	assert_string_equal(ask(&cast.platform, &of_ada), "not_found"); /* acts in Birch */
	assert_int_equal(trash_entries(world, "request.create"), 3);
}

/* What a rejected claim no longer allows. */
static void a_site_owner_is_one_while_the_claim_holds(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);

	(void)state;
	trash_sql(world, "UPDATE site_claims SET state = 'rejected'");
	assert_string_equal(ask(&cast.shop, &photo), "forbidden");
	trash_sql(world, "UPDATE site_claims SET state = 'pending'");
	assert_string_equal(ask(&cast.shop, &photo), "forbidden");
	trash_sql(world, "UPDATE site_claims SET state = 'approved'");
	assert_string_equal(ask(&cast.shop, &photo), "");
}

static void a_request_says_all_of_itself(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct request request;

	(void)state;
	assert_string_equal(asking_ask(world, &cast.ada, &photo, &request), "");
	assert_true(id_equal(&request.photo_id, &photo));
	assert_true(id_equal(&request.site_id, &cast.site));
	assert_true(id_equal(&request.requester_id, &cast.ada.user_id));
	assert_string_equal(request.requester_email, "ada@alder.example");
	assert_string_equal(request.reason, REASON);
	assert_int_equal(request.status, REQUEST_PENDING);
	assert_true(request.requested_at_us == WORLD_START_US);
	assert_true(request.due_at_us == WORLD_START_US + 28 * DAY_US);
	assert_true(request.reviewed_at_us == 0);
	assert_string_equal(request.photo_title, "Stall");
	assert_string_equal(request.site_name, "shop");
	assert_string_equal(request.requester_name, "ada");
	assert_true(request.photo_exists);
}

static void the_reason_has_ten_to_two_thousand_characters(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	char *long_reason = arena_alloc(world->arena, 2 * 2001 + 1);

	(void)state;
	assert_string_equal(ask_because(&cast.ada, &photo, NULL), "missing");
	assert_string_equal(error.field, "reason");
	assert_string_equal(ask_because(&cast.ada, &photo, ""), "missing");
	assert_string_equal(ask_because(&cast.ada, &photo, "            \t\n   "), "missing");
	assert_string_equal(ask_because(&cast.ada, &photo, "Ninechars"), "too_short");
	assert_string_equal(error.field, "reason");
	/* White space around it does not count; characters do, not bytes. */
	assert_string_equal(ask_because(&cast.ada, &photo, "   Ninechars     "), "too_short");
	assert_string_equal(ask_because(&cast.ada, &photo, "éééééééée"), "too_short");
	for (int i = 0; i < 2001; i++) {
		memcpy(long_reason + (size_t)2 * i, "é", 2);
	}
	assert_string_equal(ask_because(&cast.ada, &photo, long_reason), "too_long");
	assert_string_equal(error.field, "reason");
	assert_int_equal(trash_rows(world, "deletion_requests"), 0);
	long_reason[2 * 2000] = '\0';
	assert_string_equal(ask_because(&cast.ada, &photo, long_reason), "");
	photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	assert_string_equal(ask_because(&cast.ada, &photo, "Tencharact"), "");
}

/* Who may not, is told so whatever the input. */
static void what_is_not_allowed_is_told_before_what_is_wrong(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);

	(void)state;
	assert_string_equal(ask_because(&cast.stranger, &photo, ""), "not_found");
	assert_string_equal(ask_because(&cast.ben, &photo, ""), "forbidden");
	assert_string_equal(ask(&cast.ada, &photo), "");
	assert_string_equal(ask_because(&cast.ada, &photo, ""), "missing");
}

static void one_pending_request_per_photo_and_person(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct request first;
	char text[ID_TEXT_SIZE];

	(void)state;
	assert_string_equal(asking_ask(world, &cast.ada, &photo, &first), "");
	assert_string_equal(ask(&cast.ada, &photo), "request_pending");
	assert_int_equal(asking_error()->kind, ERROR_CONFLICT);
	assert_string_equal(asking_error()->reference_name, "request_id");
	id_format(&first.id, text);
	assert_string_equal(asking_error()->reference, text);
	assert_string_equal(ask(&cast.shop, &photo), "");
	assert_string_equal(asking_cancel(world, &cast.ada, &first.id), "");
	assert_string_equal(ask(&cast.ada, &photo), "");
}

struct click {
	struct domain domain;
	struct auth auth;
	struct id photo;
	char code[48];
};

static void *click(void *context)
{
	struct click *c = context;
	struct arena *arena = arena_create();
	struct request request;
	struct error why = {0};

	(void)!requests_create(
	    &c->domain, &cast.ada, arena, &c->photo, REASON, NULL, &request, &why);
	snprintf(c->code, sizeof(c->code), "%s", why.code);
	arena_destroy(&arena);
	return NULL;
}

static void of_a_double_click_one_request_comes(void **state)
{
	(void)state;
	for (int round = 0; round < 4; round++) {
		struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
		struct db *connections[2];
		struct click clicks[2];
		pthread_t threads[2];
		int won = 0;

		for (int i = 0; i < 2; i++) {
			clicks[i].domain = world_second_domain(world, &connections[i]);
			people_authorize_other(world, &clicks[i].domain, &clicks[i].auth);
			clicks[i].photo = photo;
			pthread_create(&threads[i], NULL, click, &clicks[i]);
		}
		for (int i = 0; i < 2; i++) {
			pthread_join(threads[i], NULL);
			db_close(&connections[i]);
			won += clicks[i].code[0] == '\0';
			assert_true(clicks[i].code[0] == '\0' ||
				    strcmp(clicks[i].code, "request_pending") == 0);
		}
		assert_int_equal(won, 1);
	}
	/* The refused ones were not counted: a fifth may follow. */
	struct id last = asking_photo(world, &cast.ada, &cast.site, NULL);
	assert_string_equal(ask(&cast.ada, &last), "");
}

/* --- the photo's status --- */

static void the_status_is_kept_and_given_back(void **state)
{
	static const char *const befores[] = {"pending", "approved", "rejected"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct id photo = asking_photo(world, &cast.ada, &cast.site, befores[i]);
		struct request first, second;

		world->clock.fixed_us += HOUR_US;
		assert_string_equal(asking_ask(world, &cast.ada, &photo, &first), "");
		assert_string_equal(asking_photo_status(world, &photo), "deletion_requested");
		assert_string_equal(asking_ask(world, &cast.admin, &photo, &second), "");
		assert_int_equal(first.status_before, second.status_before);
		assert_string_equal(photo_status_name(second.status_before), befores[i]);
		/* The first is taken back: the second goes on, and holds the true former status. */
		assert_string_equal(asking_cancel(world, &cast.ada, &first.id), "");
		assert_string_equal(asking_photo_status(world, &photo), "deletion_requested");
		assert_string_equal(asking_cancel(world, &cast.admin, &second.id), "");
		assert_string_equal(asking_photo_status(world, &photo), befores[i]);
	}
	assert_int_equal(trash_entries(world, "request.cancel"), 6);
}

static bool sees(const struct actor *actor, const struct id *photo_id)
{
	struct photo photo;
	struct photos_page page;
	const struct photos_query query = {0};
	bool listed = false;
	bool found = photos_find(&world->domain, actor, world->arena, photo_id, &photo, &error);

	assert_true(photos_list(&world->domain, actor, world->arena, &query, &page, &error));
	for (size_t i = 0; i < page.count; i++) {
		listed = listed || id_equal(&page.items[i].id, photo_id);
	}
	assert_true(found == listed);
	return found;
}

/* Asking for the deletion of what nobody else sees must not show it to everybody. */
static void a_request_shows_nobody_what_was_hidden(void **state)
{
	struct id waiting = asking_photo(world, &cast.ada, &cast.site, "pending");
	struct id refused = asking_photo(world, &cast.ada, &cast.site, "rejected");
	struct id shown = asking_photo(world, &cast.ada, &cast.site, "approved");

	(void)state;
	assert_string_equal(ask(&cast.ada, &waiting), "");
	assert_string_equal(ask(&cast.ada, &refused), "");
	assert_string_equal(ask(&cast.ada, &shown), "");
	assert_false(sees(&cast.ben, &waiting));
	assert_false(sees(&cast.ben, &refused));
	assert_true(sees(&cast.ben, &shown));
	assert_true(sees(&cast.ada, &waiting));
	assert_true(sees(&cast.admin, &waiting));
	/* Turned down, then asked again: as before. */
	assert_string_equal(asking_review(world, &cast.admin, &waiting, false, NULL), "");
	assert_false(sees(&cast.ben, &waiting));
	trash_sql(world, "UPDATE photos SET status = 'approved' WHERE id = %s",
	    trash_hex(world, &waiting));
	assert_string_equal(ask(&cast.ada, &waiting), "");
	assert_true(sees(&cast.ben, &waiting));
}

static void an_archived_photo_is_asked_for_a_deleted_one_is_not(void **state)
{
	struct id archived = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct id deleted = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct deletion deletion;
	struct photo photo;
	char text[ID_TEXT_SIZE];

	(void)state;
	assert_true(photos_archive(
	    &world->domain, &cast.admin, world->arena, &archived, NULL, &photo, &error));
	assert_string_equal(ask(&cast.ada, &archived), "");
	assert_string_equal(trash_delete(world, &cast.admin, &deleted, &deletion), "");
	assert_string_equal(ask(&cast.admin, &deleted), "already_deleted");
	id_format(&deletion.id, text);
	assert_string_equal(asking_error()->reference_name, "deletion_id");
	assert_string_equal(asking_error()->reference, text);
	assert_string_equal(ask(&cast.ada, &deleted), "not_found");
}

/* --- how often --- */

static const char *ask_from(const struct actor *actor, const char *ip)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct request request;

	error_clear(&error);
	return requests_create(
		   &world->domain, actor, world->arena, &photo, REASON, ip, &request, &error)
		   ? ""
		   : error.code;
}

static void five_requests_an_hour_and_person(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_string_equal(ask_from(&cast.ada, NULL), "");
		world->clock.fixed_us += 60 * CLOCK_SECOND_US;
	}
	assert_string_equal(ask_from(&cast.ada, NULL), "rate_limited");
	assert_int_equal(error.kind, ERROR_RATE_LIMITED);
	assert_int_equal(error.retry_after_s, 3600 - 300);
	assert_string_equal(ask_from(&cast.shop, NULL), ""); /* others are not touched */
	/* The first leaves the hour exactly one hour after it was made. */
	world->clock.fixed_us = WORLD_START_US + HOUR_US - 1;
	assert_string_equal(ask_from(&cast.ada, NULL), "rate_limited");
	assert_int_equal(error.retry_after_s, 1);
	world->clock.fixed_us += 1;
	assert_string_equal(ask_from(&cast.ada, NULL), "");
	assert_string_equal(ask_from(&cast.ada, NULL), "rate_limited");
}

static void five_requests_an_hour_and_ip_address(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_string_equal(ask_from(i % 2 ? &cast.ada : &cast.shop, "192.0.2.7"), "");
	}
	assert_string_equal(ask_from(&cast.admin, "192.0.2.7"), "rate_limited");
	assert_string_equal(ask_from(&cast.admin, "192.0.2.8"), "");
	/* What was refused by one count is counted by none. */
	for (int i = 0; i < 4; i++) {
		assert_string_equal(ask_from(&cast.admin, "192.0.2.9"), "");
	}
	assert_string_equal(ask_from(&cast.admin, "192.0.2.10"), "rate_limited");
}

/* Refused requests are none that were made. */
static void what_is_refused_is_not_counted(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);

	(void)state;
	assert_string_equal(ask(&cast.ada, &photo), "");
	for (int i = 0; i < 8; i++) {
		assert_string_equal(ask(&cast.ada, &photo), "request_pending");
		assert_string_equal(ask_because(&cast.ada, &photo, "short"), "too_short");
	}
	for (int i = 0; i < 4; i++) {
		assert_string_equal(ask_from(&cast.ada, NULL), "");
	}
	assert_string_equal(ask_from(&cast.ada, NULL), "rate_limited");
}

/* --- mails and the trail --- */

static void admins_who_want_to_know_are_told(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	const char *mail;

	(void)state;
	trash_sql(world, "UPDATE users SET notify_requests = FALSE WHERE id = %s",
	    trash_hex(world, &cast.admin2.user_id));
	assert_string_equal(ask(&cast.ada, &photo), "");
	assert_int_equal(world_number(world, &requests_admin_mails), 1);
	mail = asking_mail(world, "request_new", "admin@alder.example");
	assert_non_null(strstr(mail, "\"photo_title\":\"Stall\""));
	assert_non_null(strstr(mail, "\"role\":\"submitter\""));
	assert_non_null(strstr(mail, REASON));
	assert_non_null(strstr(mail, "\"requester\":\"ada\""));
	assert_non_null(strstr(mail, "\"path\":\"/admin/requests\""));
	assert_non_null(strstr(mail, "\"due_at\":\"2026-02-18"));
	assert_null(asking_mail(world, "request_new", "mia@birch.example"));

	/* Neither the deleted nor those in their grace period. */
	trash_sql(world, "UPDATE users SET notify_requests = TRUE, deletion_status = 'SCHEDULED'"
			 " WHERE role = 'admin'");
	assert_string_equal(ask(&cast.shop, &photo), "");
	assert_int_equal(world_number(world, &requests_admin_mails), 1);
}

static void the_requester_gets_a_receipt_whatever_they_want(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	const char *mail;

	(void)state;
	trash_sql(world, "UPDATE users SET notify_requests = FALSE");
	assert_string_equal(ask(&cast.ada, &photo), "");
	mail = asking_mail(world, "request_received", "ada@alder.example");
	assert_non_null(strstr(mail, "\"photo_title\":\"Stall\""));
	assert_non_null(strstr(mail, REASON));
	assert_non_null(strstr(mail, "\"path\":\"/requests\""));
	assert_non_null(strstr(mail, "\"visitor\":false"));
	assert_int_equal(world_number(world, &requests_admin_mails), 0);
}

static void the_trail_has_no_words_of_people(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);

	(void)state;
	assert_string_equal(ask(&cast.ada, &photo), "");
	assert_int_equal(world_number(world, &requests_words_in_trail), 0);
	assert_int_equal(world_number(world, &requests_reasons_apart), 1);
}

/* --- taking back --- */

static const char *cancel_on(const struct actor *actor, const struct id *photo_id)
{
	struct request request;

	error_clear(&error);
	return requests_cancel_on_photo(
		   &world->domain, actor, world->arena, photo_id, &request, &error)
		   ? ""
		   : error.code;
}

static void only_the_requester_takes_back_and_only_once(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct request request;

	(void)state;
	assert_string_equal(cancel_on(&cast.ada, &photo), "no_request");
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(asking_ask(world, &cast.ada, &photo, &request), "");
	assert_string_equal(asking_cancel(world, &cast.ben, &request.id), "not_found");
	assert_string_equal(asking_cancel(world, &cast.stranger, &request.id), "not_found");
	assert_string_equal(asking_cancel(world, &cast.shop, &request.id), "not_yours");
	assert_string_equal(asking_cancel(world, &cast.admin, &request.id), "not_yours");
	assert_string_equal(cancel_on(&cast.admin, &photo), "no_request");
	assert_string_equal(cancel_on(&cast.stranger, &photo), "not_found");
	world->clock.fixed_us += 5;
	assert_string_equal(cancel_on(&cast.ada, &photo), "");
	assert_string_equal(asking_status(world, &request.id), "cancelled");
	assert_string_equal(asking_cancel(world, &cast.ada, &request.id), "not_pending");
	assert_string_equal(asking_error()->reference_name, "request_id");
	assert_int_equal(trash_entries(world, "request.cancel"), 1);
}

/* Deleted otherwise: the request is closed, and the photo comes back as it was before. */
static void a_deletion_supersedes_and_its_restore_gives_back(void **state)
{
	static const char *const befores[] = {"pending", "approved", "rejected"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct id photo = asking_photo(world, &cast.ada, &cast.site, befores[i]);
		struct request request;
		struct deletion deletion;

		assert_string_equal(asking_ask(world, &cast.ada, &photo, &request), "");
		assert_string_equal(trash_delete(world, &cast.admin, &photo, &deletion), "");
		assert_string_equal(asking_status(world, &request.id), "superseded");
		assert_string_equal(asking_cancel(world, &cast.ada, &request.id), "not_pending");
		assert_string_equal(trash_restore(world, &cast.admin, &deletion.id, NULL), "");
		assert_string_equal(asking_photo_status(world, &photo), befores[i]);
		assert_string_equal(asking_status(world, &request.id), "superseded");
		assert_string_equal(ask(&cast.admin, &photo), "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ASKING_TEST(each_role_asks_for_what_is_theirs_to_ask),
	    ASKING_TEST(a_site_owner_is_one_while_the_claim_holds),
	    ASKING_TEST(a_request_says_all_of_itself),
	    ASKING_TEST(the_reason_has_ten_to_two_thousand_characters),
	    ASKING_TEST(what_is_not_allowed_is_told_before_what_is_wrong),
	    ASKING_TEST(one_pending_request_per_photo_and_person),
	    ASKING_TEST(of_a_double_click_one_request_comes),
	    ASKING_TEST(the_status_is_kept_and_given_back),
	    ASKING_TEST(a_request_shows_nobody_what_was_hidden),
	    ASKING_TEST(an_archived_photo_is_asked_for_a_deleted_one_is_not),
	    ASKING_TEST(five_requests_an_hour_and_person),
	    ASKING_TEST(five_requests_an_hour_and_ip_address),
	    ASKING_TEST(what_is_refused_is_not_counted),
	    ASKING_TEST(admins_who_want_to_know_are_told),
	    ASKING_TEST(the_requester_gets_a_receipt_whatever_they_want),
	    ASKING_TEST(the_trail_has_no_words_of_people),
	    ASKING_TEST(only_the_requester_takes_back_and_only_once),
	    ASKING_TEST(a_deletion_supersedes_and_its_restore_gives_back),
	};

	return cmocka_run_group_tests_name("requests", tests, scene_start, scene_stop);
}
