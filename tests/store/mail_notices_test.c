/* mail_notices_test.c - links that end notices: how long, for whom, and what is left of them. */
#include "../support/identity.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <auth/link.h>
#include <domain/notices.h>
#include <store/mail.h>
#include <string.h>

#define PATH "/notices/"

static struct identity *identity;
static struct domain domain;
static struct error error;

static int start(void **state)
{
	(void)state;
	identity = identity_open();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	identity_close(&identity);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	identity_reset(identity);
	domain =
	    (struct domain){.db = identity->db, .clock = &identity->clock, .auth = &identity->auth};
	error = (struct error){0};
	return 0;
}

static const char *token_of(const struct user *user, enum notice notice)
{
	const char *path = notices_path(&domain, identity->arena, &user->id, notice);

	assert_non_null(path);
	assert_int_equal(strncmp(path, PATH, strlen(PATH)), 0);
	assert_true(strlen(path) <= 900); /* what the column and a header's line take */
	return path + strlen(PATH);
}

static const char *look(const char *token)
{
	struct notices_link link;

	error = (struct error){0};
	return notices_open(&domain, identity->arena, token, &link, &error) ? "" : error.code;
}

static const char *end(const char *token)
{
	struct notices_link link = {.wanted = true};

	error = (struct error){0};
	if (!notices_end(&domain, identity->arena, token, "r-1", &link, &error))
		return error.code;
	assert_false(link.wanted);
	return "";
}

static void a_link_is_good_for_thirty_days(void **state)
{
	const char *token = token_of(&identity->ada, NOTICE_RETENTION);

	(void)state;
	identity->clock.fixed_us += NOTICES_LINK_US - 1;
	assert_string_equal(look(token), "");
	assert_string_equal(end(token), "");
	identity->clock.fixed_us++;
	assert_string_equal(look(token), "link_expired");
	assert_string_equal(end(token), "link_expired");
	assert_int_equal(error.kind, ERROR_GONE);
}

/* One notice of one person, and one entry in the trail, however often it is used. */
static void it_ends_what_it_is_for_and_nothing_else(void **state)
{
	const char *token = token_of(&identity->ada, NOTICE_RETENTION);

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_string_equal(end(token), "");
	assert_int_equal(
	    identity_count(identity, "SELECT COUNT(*) FROM users WHERE notify_retention = 0"), 1);
	assert_int_equal(
	    identity_count(identity, "SELECT COUNT(*) FROM users WHERE notify_requests = 0"), 0);
	assert_int_equal(
	    identity_count(identity, "SELECT COUNT(*) FROM audit_log WHERE action = 'user.notices'"
				     " AND details LIKE '%\"by_link\":true%' AND request_id = 'r-1'"
				     " AND organization_id = (SELECT organization_id FROM users"
				     " WHERE notify_retention = 0)"),
	    1);
	assert_string_equal(end(token_of(&identity->ada, NOTICE_REQUESTS)), "");
	assert_int_equal(
	    identity_count(identity, "SELECT COUNT(*) FROM users WHERE notify_requests = 0"), 1);
}

static void other_links_end_nothing(void **state)
{
	static const char *const others[] = {"removal", "request.cancel", "account.cancel"};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		const struct link link = {.purpose = others[i], .item = identity->ada.id};
		const char *token;

		assert_true(link_issue(&identity->auth, identity->arena, &link, &token, &error));
		assert_string_equal(end(token), "not_found");
	}
	assert_string_equal(end("nonsense"), "not_found");
	assert_int_equal(
	    identity_count(identity,
		"SELECT COUNT(*) FROM users WHERE notify_retention = 0 OR notify_requests = 0"),
	    0);
}

static void an_account_that_is_gone_is_told_so(void **state)
{
	const char *token = token_of(&identity->ada, NOTICE_RETENTION);

	(void)state;
	identity_sql(identity, "UPDATE users SET deleted_at = '2026-01-01' WHERE id = UNHEX('%s')",
	    &identity->ada.id);
	assert_string_equal(look(token), "account_gone");
	assert_string_equal(end(token), "account_gone");
}

static void without_keys_mail_goes_without_a_link(void **state)
{
	(void)state;
	domain.auth = NULL;
	assert_null(notices_path(&domain, identity->arena, &identity->ada.id, NOTICE_RETENTION));
}

/* --- in the outbox ------------------------------------------------------------------------- */

static bool run_queue(struct db_tx *tx, void *context, struct error *failure)
{
	const struct mail mail = {
	    .id = id_generate(identity->clock.fixed_us),
	    .recipient = "ada@alder.example",
	    .template = "retention",
	    .values = doc_object(tx->arena),
	    .unsubscribe = context,
	    .at_us = identity->clock.fixed_us,
	};
	enum db_result result = mails_add(tx, &mail);

	return result == DB_OK || db_fail(result, failure);
}

static bool run_claim(struct db_tx *tx, void *context, struct error *failure)
{
	const int64_t now_us = identity->clock.fixed_us;
	enum db_result result =
	    mails_claim(tx, identity->arena, now_us, now_us + CLOCK_DAY_US, context);

	return result == DB_OK || db_fail(result, failure);
}

/* It is there for every attempt, and forgotten with what the mail said. */
static void the_path_goes_with_the_mail(void **state)
{
	const char *path =
	    notices_path(&domain, identity->arena, &identity->ada.id, NOTICE_RETENTION);
	struct mail_claim claim = {0};
	struct mail_outcome outcome = {.state = MAIL_SENT};
	uint64_t changed = 0;

	(void)state;
	assert_true(db_transaction(identity->db, run_queue, (void *)path, &error));
	assert_true(db_transaction(identity->db, run_claim, &claim, &error));
	assert_string_equal(claim.unsubscribe, path);
	outcome.at_us = outcome.body_until_us = identity->clock.fixed_us;
	assert_int_equal(mails_settle(identity->db, &claim, &outcome), DB_OK);
	assert_int_equal(mails_blank(identity->db, outcome.at_us - 1, 10, &changed), DB_NONE);
	assert_int_equal(identity_count(identity,
			     "SELECT COUNT(*) FROM mail_outbox WHERE unsubscribe IS NOT NULL"),
	    1);
	assert_int_equal(mails_blank(identity->db, outcome.at_us, 10, &changed), DB_OK);
	assert_int_equal(identity_count(identity,
			     "SELECT COUNT(*) FROM mail_outbox WHERE unsubscribe IS NOT NULL"),
	    0);
}

/* What was given up is sent again while it is known what it said, and not after. */
static void what_failed_can_be_sent_again_while_it_is_known(void **state)
{
	struct mail_claim claim = {0};
	struct mail_outcome outcome = {.state = MAIL_FAILED};
	uint64_t changed = 0;

	(void)state;
	assert_true(db_transaction(identity->db, run_queue, NULL, &error));
	assert_int_equal(
	    mails_retry(identity->db, &id_none, identity->clock.fixed_us, &changed), DB_NONE);
	assert_true(db_transaction(identity->db, run_claim, &claim, &error));
	outcome.at_us = outcome.body_until_us = identity->clock.fixed_us;
	assert_int_equal(mails_settle(identity->db, &claim, &outcome), DB_OK);
	assert_int_equal(
	    mails_retry(identity->db, &identity->ada.id, outcome.at_us, &changed), DB_NONE);
	assert_int_equal(mails_retry(identity->db, &claim.id, outcome.at_us, &changed), DB_OK);
	assert_true(db_transaction(identity->db, run_claim, &claim, &error));
	assert_int_equal(claim.attempt, 1);
	assert_int_equal(mails_settle(identity->db, &claim, &outcome), DB_OK);
	assert_int_equal(mails_blank(identity->db, outcome.at_us, 10, &changed), DB_OK);
	assert_int_equal(mails_retry(identity->db, &claim.id, outcome.at_us, &changed), DB_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_link_is_good_for_thirty_days, set_up),
	    cmocka_unit_test_setup(it_ends_what_it_is_for_and_nothing_else, set_up),
	    cmocka_unit_test_setup(other_links_end_nothing, set_up),
	    cmocka_unit_test_setup(an_account_that_is_gone_is_told_so, set_up),
	    cmocka_unit_test_setup(without_keys_mail_goes_without_a_link, set_up),
	    cmocka_unit_test_setup(the_path_goes_with_the_mail, set_up),
	    cmocka_unit_test_setup(what_failed_can_be_sent_again_while_it_is_known, set_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
