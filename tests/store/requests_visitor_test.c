/* requests_visitor_test.c - the way of people without an account: an address, a link, what is shown
 * behind it, a request, its state, taking it back. */
#include "../support/asking.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <auth/link.h>
#include <domain/shares.h>
#include <string.h>

#define KIM "kim@mail.example"

DB_STATEMENT(visitor_mails, "SELECT COUNT(*) FROM mail_outbox WHERE template = 'removal_link'");
DB_STATEMENT(visitor_actors,
    "SELECT COUNT(*) FROM audit_log WHERE actor = 'visitor' AND action LIKE 'request.%'");

static struct error error;

/* A site photo that Kim handed in without an account. */
static struct id submitted(const char *title, const char *status)
{
	struct id photo;

	world->clock.fixed_us += 1000; /* newer than those before */
	photo = world_photo(world, &cast.ada, title, NULL, &cast.site);
	trash_sql(world,
	    "UPDATE photos SET uploader_id = NULL, submitter_email = '" KIM
	    "', status = '%s' WHERE id = %s",
	    status, trash_hex(world, &photo));
	return photo;
}

static const char *begin(const char *email, const char *photo)
{
	error_clear(&error);
	return removal_ask(&world->domain, world->arena, email, photo, NULL, &error) ? ""
										     : error.code;
}

static const char *link_for(const char *email, const char *photo)
{
	assert_string_equal(begin(email, photo), "");
	world->clock.fixed_us += 1000; /* so that the next mail is newer */
	return asking_token(world, "removal_link", email);
}

static const char *address_of(const struct id *photo)
{
	char text[ID_TEXT_SIZE];

	id_format(photo, text);
	return arena_printf(world->arena, "https://lethe.test/photos/%s", text);
}

static struct removal shown(const char *token)
{
	struct removal removal;

	error_clear(&error);
	if (!removal_open(&world->domain, world->arena, token, &removal, &error)) {
		fail_msg("%s %s", error.code, error.message);
	}
	return removal;
}

static const char *opened(const char *token)
{
	struct removal removal;

	error_clear(&error);
	return removal_open(&world->domain, world->arena, token, &removal, &error) ? ""
										   : error.code;
}

static const char *send(const char *token, const struct id *photo, const char *reason,
    struct request *request_r, const char **status_r)
{
	char text[ID_TEXT_SIZE];
	struct request request;
	const char *status;

	id_format(photo, text);
	error_clear(&error);
	return removal_send(&world->domain, world->arena, token, text, reason, NULL, "req-2",
		   request_r ? request_r : &request, status_r ? status_r : &status, &error)
		   ? ""
		   : error.code;
}

static void an_address_is_answered_alike_whatever_it_has(void **state)
{
	const char *known, *unknown;

	(void)state;
	(void)submitted("Barn", "approved");
	assert_string_equal(begin(KIM, NULL), "");
	assert_string_equal(begin("nobody@mail.example", NULL), "");
	/* The same mail, a link, to both; only behind it is anything looked up. */
	assert_int_equal(world_number(world, &visitor_mails), 2);
	known = asking_mail(world, "removal_link", KIM);
	unknown = asking_mail(world, "removal_link", "nobody@mail.example");
	assert_true(strlen(known) > 100);
	assert_non_null(strstr(known, "\"expires_at\":\"2026-01-22"));
	assert_non_null(strstr(unknown, "\"expires_at\":\"2026-01-22"));
	assert_int_equal(shown(asking_token(world, "removal_link", KIM)).count, 1);
	assert_int_equal(
	    shown(asking_token(world, "removal_link", "nobody@mail.example")).count, 0);
	assert_int_equal(trash_rows(world, "audit_log"), trash_entries(world, "photo.create"));
}

static void what_is_no_address_is_named(void **state)
{
	(void)state;
	assert_string_equal(begin(NULL, NULL), "missing");
	assert_string_equal(error.field, "email");
	assert_string_equal(begin("  ", NULL), "missing");
	assert_string_equal(begin("kim", NULL), "invalid_email");
	assert_string_equal(begin("kim@mail.example\r\nBcc: x@y.example", NULL), "invalid_email");
	assert_string_equal(begin(KIM, "https://lethe.test/trash"), "invalid_address");
	assert_string_equal(error.field, "photo");
	assert_string_equal(begin(KIM, "https://lethe.test"), "invalid_address");
	assert_string_equal(begin(KIM, "/photos/12"), "invalid_address");
	assert_string_equal(begin(KIM, "/s/short"), "invalid_address");
	assert_int_equal(world_number(world, &visitor_mails), 0);
	assert_string_equal(begin("  KIM@Mail.Example ", "  "), "");
	assert_non_null(asking_mail(world, "removal_link", KIM));
}

static void links_are_asked_for_five_times_an_hour(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_string_equal(begin(KIM, NULL), "");
	}
	assert_string_equal(begin(KIM, NULL), "rate_limited");
	assert_int_equal(error.retry_after_s, 3600);
	assert_string_equal(begin("other@mail.example", NULL), "");
	world->clock.fixed_us += HOUR_US - 1;
	assert_string_equal(begin(KIM, NULL), "rate_limited");
	world->clock.fixed_us += 1;
	assert_string_equal(begin(KIM, NULL), "");
	for (int i = 0; i < 5; i++) {
		const char *email = arena_printf(world->arena, "%d@mail.example", i);
		assert_true(
		    removal_ask(&world->domain, world->arena, email, NULL, "192.0.2.1", &error));
	}
	assert_false(
	    removal_ask(&world->domain, world->arena, "6@mail.example", NULL, "192.0.2.1", &error));
	assert_int_equal(error.kind, ERROR_RATE_LIMITED);
}

static const char *begin_from(const char *email, const char *ip)
{
	error_clear(&error);
	return removal_ask(&world->domain, world->arena, email, NULL, ip, &error) ? "" : error.code;
}

/* Somebody who asks too often from one place locks nobody else's address. */
static void what_an_ip_address_is_refused_leaves_an_address_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		const char *email = arena_printf(world->arena, "%d@mail.example", i);
		assert_string_equal(begin_from(email, "192.0.2.1"), "");
	}
	for (int i = 0; i < 20; i++) {
		assert_string_equal(begin_from(KIM, "192.0.2.1"), "rate_limited");
	}
	for (int i = 0; i < 5; i++) {
		assert_string_equal(begin_from(KIM, "192.0.2.2"), "");
	}
	assert_string_equal(begin_from(KIM, "192.0.2.3"), "rate_limited");
	/* Of IPv6 a network is one place. */
	for (int i = 0; i < 6; i++) {
		const char *email = arena_printf(world->arena, "six%d@mail.example", i);
		const char *ip = arena_printf(world->arena, "2001:db8::%d", i);
		assert_string_equal(begin_from(email, ip), i < 5 ? "" : "rate_limited");
	}
}

/* Live and archived ones, of every organisation; nothing of others, nothing deleted. */
static void the_link_shows_what_was_submitted_under_the_address(void **state)
{
	struct id barn = submitted("Barn", "approved");
	struct id waiting = submitted("Waiting", "pending");
	struct id archived = submitted("Archived", "approved");
	struct id deleted = submitted("Deleted", "approved");
	struct id birch_photo;
	struct removal removal;
	struct photo photo;

	(void)state;
	(void)asking_photo(world, &cast.ada, &cast.site, NULL);
	world->clock.fixed_us += 1000;
	birch_photo = world_photo(world, &cast.stranger, "Birch", NULL, NULL);
	trash_sql(world, "UPDATE photos SET submitter_email = '" KIM "' WHERE id = %s",
	    trash_hex(world, &birch_photo));
	assert_true(photos_archive(
	    &world->domain, &cast.admin, world->arena, &archived, NULL, &photo, &error));
	assert_string_equal(trash_delete(world, &cast.admin, &deleted, NULL), "");
	removal = shown(link_for(KIM, NULL));
	assert_int_equal(removal.kind, REMOVAL_SUBMITTED);
	assert_string_equal(removal.email, KIM);
	assert_int_equal(removal.count, 4);
	assert_true(id_equal(&removal.photos[0].id, &birch_photo));
	assert_true(id_equal(&removal.photos[1].id, &archived));
	assert_true(id_equal(&removal.photos[2].id, &waiting));
	assert_true(id_equal(&removal.photos[3].id, &barn));
	assert_string_equal(removal.photos[3].title, "Barn");
	assert_string_equal(removal.photos[3].site_name, "shop");
	assert_true(removal.photos[3].picture_shown);
	/* An organisation in the trash shows nothing. */
	trash_sql(world,
	    "INSERT INTO deletions (id, organization_id, act_id, kind, item_id, origin,"
	    " mode, state, deleted_at, recover_until) SELECT id, id, id,"
	    " 'organization', id, 'admin', 'soft', 'marking', '2026-01-01',"
	    " '2026-12-01' FROM organizations WHERE name = 'Alder'");
	trash_sql(world, "UPDATE organizations SET deleted_at = '2026-01-01', deletion_id = id"
			 " WHERE name = 'Alder'");
	assert_int_equal(shown(link_for(KIM, NULL)).count, 1);
}

/* Knowing a photo's address is enough to ask, not to see: that is for shares that are live. */
static void the_address_of_a_photo_lets_ask_and_that_of_a_share_lets_see(void **state)
{
	struct id photo = world_photo(world, &cast.ada, "Secret title", NULL, NULL);
	struct share share;
	struct removal removal;
	struct file file;
	const char *token, *share_token, *address;

	(void)state;
	token = link_for(KIM, address_of(&photo));
	removal = shown(token);
	assert_int_equal(removal.kind, REMOVAL_PHOTO);
	assert_int_equal(removal.count, 1);
	assert_false(removal.photos[0].picture_shown);
	assert_null(removal.photos[0].title);
	assert_false(removal_file(
	    &world->domain, world->arena, token, &photo, FILE_THUMBNAIL, &file, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);

	assert_true(share_create(
	    &world->domain, &cast.ada, world->arena, &photo, 0, &share, &share_token, &error));
	address = arena_printf(world->arena, "http://any.host:8080/s/%s?x=1", share_token);
	token = link_for(KIM, address);
	removal = shown(token);
	assert_int_equal(removal.count, 1);
	assert_true(removal.photos[0].picture_shown);
	assert_string_equal(removal.photos[0].title, "Secret title");
	assert_true(removal_file(
	    &world->domain, world->arena, token, &photo, FILE_THUMBNAIL, &file, &error));
	/* The link gives no more than the share: revoked, it shows nothing, and still lets ask. */
	assert_true(
	    share_revoke(&world->domain, &cast.ada, world->arena, &photo, &share.id, &error));
	assert_false(removal_file(
	    &world->domain, world->arena, token, &photo, FILE_THUMBNAIL, &file, &error));
	removal = shown(token);
	assert_int_equal(removal.count, 1);
	assert_false(removal.photos[0].picture_shown);
	assert_null(removal.photos[0].title);
}

static void what_others_do_not_see_has_no_address(void **state)
{
	static const char *const statuses[] = {"pending", "rejected"};
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct id unknown = id_generate(world->clock.fixed_us);
	struct photo archived;
	const char *token = link_for(KIM, address_of(&photo));

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		trash_sql(world, "UPDATE photos SET status = '%s'", statuses[i]);
		assert_int_equal(shown(token).count, 0);
		assert_string_equal(send(token, &photo, REASON, NULL, NULL), "not_yours");
		assert_string_equal(error.field, "photo");
	}
	trash_sql(world, "UPDATE photos SET status = 'approved'");
	assert_int_equal(shown(token).count, 1);
	assert_true(photos_archive(
	    &world->domain, &cast.admin, world->arena, &photo, NULL, &archived, &error));
	assert_int_equal(shown(token).count, 0);
	assert_int_equal(shown(link_for(KIM, address_of(&unknown))).count, 0);
	assert_int_equal(
	    shown(link_for(KIM, "/s/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")).count, 0);
}

static void a_visitor_asks_once_per_link(void **state)
{
	struct id barn = submitted("Barn", "approved");
	struct id field = submitted("Field", "pending");
	const char *token = link_for(KIM, NULL);
	struct request request;
	const char *status, *mail;
	struct removal removal;

	(void)state;
	assert_string_equal(send(token, &barn, "too short", NULL, NULL), "too_short");
	assert_string_equal(error.field, "reason");
	assert_string_equal(opened(token), ""); /* what was refused has not spent it */
	assert_string_equal(send(token, &barn, REASON, &request, &status), "");
	assert_int_equal(request.role, REQUESTER_VISITOR);
	assert_true(id_is_none(&request.requester_id));
	assert_string_equal(request.requester_email, KIM);
	assert_string_equal(asking_photo_status(world, &barn), "deletion_requested");
	assert_string_equal(send(token, &field, REASON, NULL, NULL), "link_used");
	assert_int_equal(error.kind, ERROR_GONE);
	assert_string_equal(opened(token), "link_used");
	assert_string_equal(asking_photo_status(world, &field), "pending");
	mail = asking_mail(world, "request_received", KIM);
	assert_non_null(strstr(mail, "\"visitor\":true"));
	assert_non_null(strstr(mail, "\"photo_title\":\"Barn\""));
	assert_string_equal(asking_token(world, "request_received", KIM), status);
	assert_non_null(asking_mail(world, "request_new", "admin@alder.example"));

	removal = shown(status);
	assert_int_equal(removal.kind, REMOVAL_STATUS);
	assert_int_equal(removal.request.status, REQUEST_PENDING);
	assert_string_equal(removal.request.photo_title, "Barn");
	/* A second link shows that it was asked for; asking again says so. */
	token = link_for(KIM, NULL);
	assert_true(id_equal(&shown(token).photos[1].request_id, &request.id));
	assert_string_equal(send(token, &barn, REASON, NULL, NULL), "request_pending");
	assert_string_equal(error.reference_name, "request_id");
	assert_string_equal(send(token, &field, REASON, NULL, NULL), "");
	assert_int_equal(world_number(world, &visitor_actors), 2);
}

static void a_link_is_for_its_own_photos(void **state)
{
	struct id theirs = submitted("Barn", "approved");
	struct id other = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct id unknown = id_generate(world->clock.fixed_us);
	const char *token = link_for(KIM, NULL);
	const char *named = link_for(KIM, address_of(&other));
	struct file file;

	(void)state;
	assert_string_equal(send(token, &other, REASON, NULL, NULL), "not_yours");
	assert_string_equal(send(token, &unknown, REASON, NULL, NULL), "not_yours");
	assert_string_equal(error.field, "photo");
	assert_string_equal(send(named, &theirs, REASON, NULL, NULL), "not_yours");
	assert_false(removal_file(
	    &world->domain, world->arena, token, &other, FILE_THUMBNAIL, &file, &error));
	assert_true(removal_file(
	    &world->domain, world->arena, token, &theirs, FILE_THUMBNAIL, &file, &error));
	assert_int_equal(trash_rows(world, "deletion_requests"), 0);
	/* In the picture, not its submitter: asked, and the mail names nothing. */
	assert_string_equal(send(named, &other, REASON, NULL, NULL), "");
	assert_null(strstr(asking_mail(world, "request_received", KIM), "photo_title"));
	assert_null(shown(asking_token(world, "request_received", KIM)).request.photo_title);
	assert_string_equal(asking_review(world, &cast.admin, &other, false, NULL), "");
	assert_null(strstr(asking_mail(world, "request_rejected", KIM), "photo_title"));
	assert_non_null(strstr(asking_mail(world, "request_rejected", KIM), "made out"));
}

static void a_link_ends_after_a_day(void **state)
{
	struct id barn = submitted("Barn", "approved");
	const char *token;

	(void)state;
	world->clock.fixed_us = WORLD_START_US / CLOCK_SECOND_US * CLOCK_SECOND_US;
	assert_string_equal(begin(KIM, NULL), "");
	token = asking_token(world, "removal_link", KIM);
	world->clock.fixed_us += DAY_US - 1;
	assert_string_equal(opened(token), "");
	world->clock.fixed_us += 1;
	assert_string_equal(opened(token), "link_expired");
	assert_int_equal(error.kind, ERROR_GONE);
	assert_string_equal(send(token, &barn, REASON, NULL, NULL), "link_expired");
	assert_string_equal(opened("v4.local.none"), "not_found");
	assert_string_equal(opened(""), "not_found");
}

/* A link of another purpose opens nothing here. */
static void only_links_of_these_mails_open(void **state)
{
	const struct link other = {.purpose = "account.cancel", .subject = KIM};
	const char *token;

	(void)state;
	assert_true(link_issue(world->domain.auth, world->arena, &other, &token, &error));
	assert_string_equal(opened(token), "not_found");
}

static void a_visitor_takes_back_by_the_link(void **state)
{
	struct id barn = submitted("Barn", "rejected");
	const char *first = link_for(KIM, NULL);
	const char *status;
	struct request request;

	(void)state;
	assert_false(
	    removal_cancel(&world->domain, world->arena, first, "req-3", &request, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_string_equal(send(first, &barn, REASON, NULL, &status), "");
	assert_string_equal(send(status, &barn, REASON, NULL, NULL), "not_found");
	assert_true(
	    removal_cancel(&world->domain, world->arena, status, "req-3", &request, &error));
	assert_int_equal(request.status, REQUEST_CANCELLED);
	assert_string_equal(asking_photo_status(world, &barn), "rejected");
	assert_string_equal(opened(status), "link_used");
	assert_false(
	    removal_cancel(&world->domain, world->arena, status, "req-3", &request, &error));
	assert_string_equal(error.code, "link_used");
	assert_int_equal(trash_entries(world, "request.cancel"), 1);
}

/* The longer it is overdue, the more reason there is to look, and to take it back. */
static void an_overdue_request_is_shown_and_taken_back(void **state)
{
	static const int64_t late_us[] = {-1, 0, 400 * DAY_US};
	struct request request;
	const char *status;

	(void)state;
	for (size_t i = 0; i < sizeof(late_us) / sizeof(late_us[0]); i++) {
		struct id barn = submitted("Barn", "approved");

		assert_string_equal(
		    send(link_for(KIM, NULL), &barn, REASON, &request, &status), "");
		world->clock.fixed_us = request.due_at_us + late_us[i];
		assert_int_equal(shown(status).request.status, REQUEST_PENDING);
		assert_true(removal_cancel(
		    &world->domain, world->arena, status, "req-3", &request, &error));
		assert_int_equal(request.status, REQUEST_CANCELLED);
	}
}

static void the_status_link_tells_the_decision(void **state)
{
	struct id barn = submitted("Barn", "approved");
	struct request_outcome outcome;
	struct request request;
	const char *status;
	struct removal removal;

	(void)state;
	assert_string_equal(send(link_for(KIM, NULL), &barn, REASON, NULL, &status), "");
	assert_string_equal(asking_review(world, &cast.admin, &barn, true, &outcome), "");
	removal = shown(status);
	assert_int_equal(removal.request.status, REQUEST_APPROVED);
	assert_null(removal.request.reviewer_name);
	assert_false(
	    removal_cancel(&world->domain, world->arena, status, "req-3", &request, &error));
	assert_string_equal(error.code, "not_pending");
	assert_string_equal(opened(status), ""); /* refused: not spent */
	assert_non_null(asking_mail(world, "request_approved", KIM));
	/* Once the address is blanked, the link that was sent to it shows nothing more. */
	trash_sql(world, "UPDATE deletion_requests SET requester_email = NULL");
	assert_string_equal(opened(status), "request_gone");
	assert_int_equal(error.kind, ERROR_GONE);
	trash_sql(world, "DELETE FROM deletion_requests");
	assert_string_equal(opened(status), "request_gone");
}

/* One person, with and without account; and the counts are of the address too. */
static void an_address_and_its_account_are_one_person(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	const char *token = link_for("ada@alder.example", NULL);
	struct request request;

	(void)state;
	assert_string_equal(asking_ask(world, &cast.ada, &photo, &request), "");
	assert_string_equal(send(token, &photo, REASON, NULL, NULL), "request_pending");
	for (int i = 0; i < 4; i++) {
		photo = asking_photo(world, &cast.ada, &cast.site, NULL);
		assert_string_equal(asking_ask(world, &cast.ada, &photo, NULL), "");
	}
	photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	assert_string_equal(send(token, &photo, REASON, NULL, NULL), "rate_limited");
	assert_string_equal(opened(token), "");
}

static void a_photo_deleted_meanwhile_is_told(void **state)
{
	struct id barn = submitted("Barn", "approved");
	const char *token = link_for(KIM, NULL);

	(void)state;
	assert_string_equal(trash_delete(world, &cast.admin, &barn, NULL), "");
	assert_string_equal(send(token, &barn, REASON, NULL, NULL), "already_deleted");
	assert_string_equal(error.reference, "");
}

/* Of what was in the trash before the link came, nobody but its submitter learns that it was there.
 */
static void what_was_deleted_before_is_unknown_to_strangers(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct id theirs = submitted("Barn", "approved");
	const char *own = link_for(KIM, NULL),
		   *before = link_for("lee@mail.example", address_of(&photo));
	const char *after;

	(void)state;
	assert_string_equal(trash_delete(world, &cast.admin, &photo, NULL), "");
	assert_string_equal(trash_delete(world, &cast.admin, &theirs, NULL), "");
	world->clock.fixed_us += 1000;
	after = link_for("max@mail.example", address_of(&photo));
	assert_string_equal(send(before, &photo, REASON, NULL, NULL), "already_deleted");
	assert_string_equal(send(after, &photo, REASON, NULL, NULL), "not_yours");
	assert_string_equal(error.field, "photo");
	assert_string_equal(send(own, &theirs, REASON, NULL, NULL), "already_deleted");
	own = link_for(KIM, NULL);
	assert_string_equal(send(own, &theirs, REASON, NULL, NULL), "already_deleted");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ASKING_TEST(an_address_is_answered_alike_whatever_it_has),
	    ASKING_TEST(what_is_no_address_is_named),
	    ASKING_TEST(links_are_asked_for_five_times_an_hour),
	    ASKING_TEST(what_an_ip_address_is_refused_leaves_an_address_its_own),
	    ASKING_TEST(the_link_shows_what_was_submitted_under_the_address),
	    cmocka_unit_test_setup(
		the_address_of_a_photo_lets_ask_and_that_of_a_share_lets_see, asking_set_up),
	    ASKING_TEST(what_others_do_not_see_has_no_address),
	    ASKING_TEST(a_visitor_asks_once_per_link),
	    ASKING_TEST(a_link_is_for_its_own_photos),
	    ASKING_TEST(a_link_ends_after_a_day),
	    ASKING_TEST(only_links_of_these_mails_open),
	    ASKING_TEST(a_visitor_takes_back_by_the_link),
	    ASKING_TEST(an_overdue_request_is_shown_and_taken_back),
	    ASKING_TEST(the_status_link_tells_the_decision),
	    ASKING_TEST(an_address_and_its_account_are_one_person),
	    ASKING_TEST(a_photo_deleted_meanwhile_is_told),
	    ASKING_TEST(what_was_deleted_before_is_unknown_to_strangers),
	};

	return cmocka_run_group_tests_name("requests_visitor", tests, scene_start, scene_stop);
}
