/* sessions_test.c - browsers that are signed in: rotation, both ends of their time, CSRF. */
#include "../support/identity.h"

#include <auth/csrf.h>
#include <auth/interrupted.h>
#include <auth/secret.h>
#include <auth/session.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <store/sessions.h>
#include <string.h>

#include <cmocka.h>

static struct identity *id_;

static int reset(void **state)
{
	(void)state;
	identity_reset(id_);
	return 0;
}

static const char *start(const struct user *user, const char *old)
{
	struct error error = {0};
	const char *token = NULL;

	assert_true(session_start(
	    &id_->auth, id_->arena, user, "password", 0, old, &id_->caller, &token, &error));
	return token;
}

static bool finds(const char *token, struct session *session_r)
{
	struct error error = {0};
	struct session session;
	bool found = session_find(&id_->auth, id_->arena, token, true, &session, &error);

	if (!found)
		assert_int_equal(error.kind, ERROR_UNAUTHENTICATED);
	if (session_r)
		*session_r = session;
	return found;
}

static void test_start_and_find(void **state)
{
	struct session session;
	const char *token = start(&id_->ada, NULL);

	(void)state;
	assert_true(finds(token, &session));
	assert_true(id_equal(&session.user_id, &id_->ada.id));
	assert_true(id_equal(&session.organization_id, &id_->alder));
	assert_int_equal(session.role, ROLE_MEMBER);
	assert_int_equal(session.deletion_status, USER_DELETION_NONE);
	assert_string_equal(session.display_name, "Ada");
	assert_string_equal(session.email, "ada@alder.test");
	assert_int_equal(session.created_us, IDENTITY_START_US);
	assert_false(finds(NULL, NULL));
	assert_false(finds("", NULL));
	assert_false(finds("short", NULL));
	assert_false(finds("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL));
	/* The status of an account in its grace period is known to whoever opens the gate. */
	identity_sql(
	    id_, "UPDATE users SET deletion_status = 'SCHEDULED' WHERE id = x'%s'", &id_->ada.id);
	assert_true(finds(token, &session));
	assert_int_equal(session.deletion_status, USER_DELETION_SCHEDULED);
}

static void test_only_the_hash_is_stored(void **state)
{
	const char *token = start(&id_->ada, NULL);
	unsigned char bytes[SECRET_SIZE];
	struct secret_hash hash;

	(void)state;
	assert_true(secret_parse(token, bytes));
	assert_true(secret_hash(token, &hash));
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM sessions"), 1);
	const struct id *halves = (const struct id *)hash.bytes;
	identity_sql(id_, "DELETE FROM sessions WHERE LEFT(token_hash, 16) <> x'%s'", &halves[0]);
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM sessions"), 1);
	halves = (const struct id *)bytes;
	identity_sql(id_, "DELETE FROM sessions WHERE LEFT(token_hash, 16) = x'%s'", &halves[0]);
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM sessions"), 1);
}

static void test_rotation(void **state)
{
	const char *first = start(&id_->ada, NULL);
	const char *stranger = start(&id_->root, NULL);

	(void)state;
	/* Whatever cookie came along does not become the session, and the session it named ends. */
	const char *second = start(&id_->ada, first);
	assert_string_not_equal(first, second);
	assert_false(finds(first, NULL));
	assert_true(finds(second, NULL));
	const char *planted = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA";
	const char *third = start(&id_->ada, planted);
	assert_string_not_equal(third, planted);
	assert_false(finds(planted, NULL));
	assert_true(finds(third, NULL));
	assert_true(finds(second, NULL));
	assert_true(finds(stranger, NULL));
	assert_true(finds(start(&id_->ada, "not a token"), NULL));
}

static void test_idle_end(void **state)
{
	const char *token = start(&id_->ada, NULL);

	(void)state;
	id_->clock.fixed_us = IDENTITY_START_US + SESSION_IDLE_US;
	assert_false(finds(token, NULL));
	id_->clock.fixed_us--;
	assert_true(finds(token, NULL));
	/* That use began another twelve hours. */
	int64_t seen_us = id_->clock.fixed_us;
	id_->clock.fixed_us = seen_us + SESSION_IDLE_US - 1;
	assert_true(finds(token, NULL));
	id_->clock.fixed_us += SESSION_IDLE_US;
	assert_false(finds(token, NULL));
}

static void test_absolute_end(void **state)
{
	const char *token = start(&id_->ada, NULL);

	(void)state;
	for (int i = 1; i <= 15; i++) {
		id_->clock.fixed_us =
		    IDENTITY_START_US + i * (INT64_C(11) * 3600 * CLOCK_SECOND_US);
		assert_true(finds(token, NULL));
	}
	id_->clock.fixed_us = IDENTITY_START_US + SESSION_LIFE_US - 1;
	assert_true(finds(token, NULL));
	id_->clock.fixed_us++;
	assert_false(finds(token, NULL));
}

static void test_seen_at_most_once_a_minute(void **state)
{
	const char *token = start(&id_->ada, NULL);
	struct session session;
	struct error error = {0};

	(void)state;
	id_->clock.fixed_us = IDENTITY_START_US + SESSION_TOUCH_US - 1;
	assert_true(finds(token, &session));
	assert_true(finds(token, &session));
	assert_int_equal(session.seen_us, IDENTITY_START_US);
	id_->clock.fixed_us++;
	/* What a page asks by itself is no use. */
	assert_true(session_find(&id_->auth, id_->arena, token, false, &session, &error));
	assert_int_equal(session.seen_us, IDENTITY_START_US);
	assert_true(finds(token, &session));
	assert_int_equal(session.seen_us, id_->clock.fixed_us);
	id_->clock.fixed_us++;
	assert_true(finds(token, &session));
	assert_int_equal(session.seen_us, id_->clock.fixed_us - 1);
}

static void test_ends_with_user_and_organisation(void **state)
{
	const char *token = start(&id_->ada, NULL);
	const char *none = NULL;
	struct error error = {0};

	(void)state;
	identity_sql(
	    id_, "UPDATE users SET deleted_at = created_at WHERE id = x'%s'", &id_->ada.id);
	assert_false(finds(token, NULL));
	assert_false(session_start(
	    &id_->auth, id_->arena, &id_->ada, "password", 0, NULL, &id_->caller, &none, &error));
	assert_int_equal(error.kind, ERROR_UNAUTHENTICATED);
	identity_sql(id_, "UPDATE users SET deleted_at = NULL WHERE id = x'%s'", &id_->ada.id);
	assert_true(finds(token, NULL));
	identity_sql(
	    id_, "UPDATE organizations SET deleted_at = created_at WHERE id = x'%s'", &id_->alder);
	assert_false(finds(token, NULL));
	assert_false(session_start(
	    &id_->auth, id_->arena, &id_->ada, "password", 0, NULL, &id_->caller, &none, &error));
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM sessions"), 1);
}

static void test_ending(void **state)
{
	struct error error = {0};
	struct session first, second;
	const char *one = start(&id_->ada, NULL);
	const char *two = start(&id_->ada, NULL);
	const char *three = start(&id_->ada, NULL);
	const char *root = start(&id_->root, NULL);

	(void)state;
	assert_true(finds(one, &first));
	assert_true(finds(two, &second));
	assert_true(session_end(&id_->auth, three, &error));
	assert_true(session_end(&id_->auth, three, &error));
	assert_true(session_end(&id_->auth, "nonsense", &error));
	assert_false(finds(three, NULL));
	/* Nobody ends another's session. */
	assert_false(session_end_one(&id_->auth, &id_->root.id, &first.id, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_true(finds(one, NULL));
	assert_true(session_end_one(&id_->auth, &id_->ada.id, &first.id, &error));
	assert_false(finds(one, NULL));
	one = start(&id_->ada, NULL);
	assert_true(session_end_all(&id_->auth, &id_->ada.id, &second.id, &error));
	assert_false(finds(one, NULL));
	assert_true(finds(two, NULL));
	assert_true(session_end_all(&id_->auth, &id_->ada.id, NULL, &error));
	assert_false(finds(two, NULL));
	assert_true(finds(root, NULL));
}

static void test_list(void **state)
{
	struct session_list list;
	struct error error = {0};
	struct session session;

	(void)state;
	char agent[300];
	memset(agent, 'a', sizeof(agent));
	memcpy(agent + 199, "\xc3\xa9", 2);
	agent[299] = '\0';
	start(&id_->root, NULL);
	start(&id_->ada, NULL);
	id_->clock.fixed_us += SESSION_IDLE_US - 1000;
	id_->caller.user_agent = agent;
	const char *token = start(&id_->ada, NULL);
	id_->caller.user_agent = "Test/1";
	assert_true(finds(token, &session));
	assert_true(
	    session_list(&id_->auth, id_->arena, &id_->ada.id, &session.id, NULL, &list, &error));
	assert_int_equal(list.count, 2);
	assert_true(list.items[0].current && !list.items[1].current);
	assert_int_equal(strlen(list.items[0].user_agent), 201);
	assert_string_equal(list.items[1].user_agent, "Test/1");
	id_->clock.fixed_us += 1000;
	assert_true(session_list(&id_->auth, id_->arena, &id_->ada.id, NULL, NULL, &list, &error));
	assert_int_equal(list.count, 1);
	assert_true(session_list(&id_->auth, id_->arena, &id_->ben.id, NULL, NULL, &list, &error));
	assert_int_equal(list.count, 0);
}

/* However many there are, a page has so many; the next ones have the rest, each once, also of those
 * last used in the same microsecond. */
static void test_list_by_pages(void **state)
{
	const struct session_entry *last = NULL;
	struct session_place place = {0};
	struct session_list list = {.more = true};
	struct error error = {0};
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < 2 * SESSION_LIST_ROWS + 1; i++) {
		start(&id_->ada, NULL);
		if (i % 60 == 59)
			id_->clock.fixed_us += 1;
	}
	for (; list.more; count += list.count) {
		assert_true(session_list(
		    &id_->auth, id_->arena, &id_->ada.id, NULL, &place, &list, &error));
		assert_in_range(list.count, 1, SESSION_LIST_ROWS);
		for (size_t i = 0; i < list.count; i++) {
			const struct session_entry *entry = &list.items[i];

			assert_true(!last || last->seen_us > entry->seen_us ||
				    (last->seen_us == entry->seen_us &&
					memcmp(last->id.bytes, entry->id.bytes, 16) > 0));
			last = entry;
		}
		place = (struct session_place){last->seen_us, last->id};
	}
	assert_int_equal(count, 2 * SESSION_LIST_ROWS + 1);
}

static void test_actor_and_acting_for(void **state)
{
	struct error error = {0};
	struct session ada, root;
	const char *token = start(&id_->root, NULL);
	char uid[ID_TEXT_SIZE];

	(void)state;
	assert_true(finds(start(&id_->ada, NULL), &ada));
	assert_true(finds(token, &root));
	struct actor actor = session_actor(&ada, "req-9");
	id_format(&id_->ada.id, uid);
	assert_int_equal(actor.role, ROLE_MEMBER);
	assert_string_equal(actor.uid, uid);
	assert_string_equal(actor.request_id, "req-9");
	assert_true(id_equal(&actor.organization_id, &id_->alder));
	assert_true(id_equal(&actor.session_id, &ada.id));
	assert_true(id_is_none(&actor.reauth_id));
	assert_false(session_act_for(&id_->auth, &ada, &id_->birch, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_true(session_act_for(&id_->auth, &root, &id_->alder, &error));
	assert_true(finds(token, &root));
	assert_int_equal(session_actor(&root, NULL).role, ROLE_PLATFORM_ADMIN);
	actor = session_actor(&root, NULL);
	assert_true(id_equal(&actor.organization_id, &id_->alder));
	/* For an organisation that is gone for good nobody acts, so that nothing is put into it. */
	struct id gone = id_generate(id_->clock.fixed_us);
	assert_true(session_act_for(&id_->auth, &root, &gone, &error));
	assert_true(finds(token, &root));
	actor = session_actor(&root, NULL);
	assert_true(id_equal(&actor.organization_id, &id_->birch));
	assert_true(session_act_for(&id_->auth, &root, &id_->alder, &error));
	/* Whoever is no platform admin any more acts at home. */
	identity_sql(id_, "UPDATE users SET role = 'admin' WHERE id = x'%s'", &id_->root.id);
	assert_true(finds(token, &root));
	actor = session_actor(&root, NULL);
	assert_true(id_equal(&actor.organization_id, &id_->birch));
	identity_sql(
	    id_, "UPDATE users SET role = 'platform_admin' WHERE id = x'%s'", &id_->root.id);
	assert_true(finds(token, &root));
	assert_true(session_act_for(&id_->auth, &root, &id_none, &error));
	assert_true(finds(token, &root));
	actor = session_actor(&root, NULL);
	assert_true(id_equal(&actor.organization_id, &id_->birch));
}

static void test_csrf(void **state)
{
	struct session ada, root;

	(void)state;
	assert_true(finds(start(&id_->ada, NULL), &ada));
	assert_true(finds(start(&id_->root, NULL), &root));
	assert_true(session_csrf_check(&ada, ada.csrf));
	assert_false(session_csrf_check(&ada, root.csrf));
	assert_false(session_csrf_check(&ada, NULL));
	assert_false(session_csrf_check(&ada, ""));
	char altered[SESSION_CSRF_SIZE];
	for (size_t i = 0; i + 2 < sizeof(altered); i++) {
		memcpy(altered, ada.csrf, sizeof(altered));
		altered[i] = altered[i] == 'A' ? 'B' : 'A';
		assert_false(session_csrf_check(&ada, altered));
	}
}

static void test_csrf_before_login(void **state)
{
	const struct auth *auth = &id_->auth;
	struct csrf_form form = csrf_form_make(auth, id_->arena, NULL, "login");

	(void)state;
	assert_non_null(form.cookie);
	assert_true(csrf_form_check(auth, id_->arena, form.cookie, "login", form.field));
	assert_false(csrf_form_check(auth, id_->arena, form.cookie, "removal", form.field));
	assert_false(csrf_form_check(auth, id_->arena, NULL, "login", form.field));
	assert_false(csrf_form_check(auth, id_->arena, form.cookie, "login", NULL));
	assert_false(csrf_form_check(auth, id_->arena, form.cookie, "login", form.cookie));
	/* A cookie that is good is kept, so that a second page does not break the first. */
	struct csrf_form again = csrf_form_make(auth, id_->arena, form.cookie, "login");
	assert_null(again.cookie);
	assert_string_equal(again.field, form.field);
	struct csrf_form other = csrf_form_make(auth, id_->arena, "malformed", "login");
	assert_non_null(other.cookie);
	assert_false(csrf_form_check(auth, id_->arena, other.cookie, "login", form.field));
	assert_false(csrf_form_check(auth, id_->arena, "malformed", "login", form.field));
}

static void test_audit(void **state)
{
	(void)state;
	start(&id_->ada, NULL);
	assert_int_equal(
	    identity_count(id_,
		"SELECT COUNT(*) FROM audit_log WHERE action = 'session.login'"
		" AND details = '{\"method\":\"password\"}' AND kind = 'user'"
		" AND request_id = 'req-1'"
		" AND actor = (SELECT LOWER(CONCAT_WS('-', SUBSTR(h, 1, 8),"
		" SUBSTR(h, 9, 4), SUBSTR(h, 13, 4), SUBSTR(h, 17, 4), SUBSTR(h, 21)))"
		" FROM (SELECT HEX(id) h FROM users WHERE email = 'ada@alder.test') u)"),
	    1);
	identity_sql(id_, "DELETE FROM audit_log WHERE item_id = x'%s'", &id_->ada.id);
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM audit_log"), 0);
}

static void test_prune(void **state)
{
	uint64_t removed = 0;
	const char *token = start(&id_->ada, NULL);

	(void)state;
	assert_int_equal(sessions_prune(id_->db, IDENTITY_START_US, 10, &removed), DB_NONE);
	assert_true(finds(token, NULL));
	assert_int_equal(sessions_prune(id_->db, IDENTITY_START_US + 1, 10, &removed), DB_OK);
	assert_int_equal(removed, 1);
	assert_false(finds(token, NULL));
}

static void test_interrupted_acts(void **state)
{
	struct error error = {0};
	struct interrupted act;
	struct id mine = id_generate(1), other = id_generate(2), id, second;
	char *big = arena_alloc(id_->arena, INTERRUPTED_FORM_MAX + 2);

	(void)state;
	memset(big, 'x', INTERRUPTED_FORM_MAX + 1);
	assert_false(interrupted_save(&id_->auth, &mine, "/trash", big, &id, &error));
	assert_int_equal(error.kind, ERROR_TOO_LARGE);
	big[INTERRUPTED_FORM_MAX] = '\0';
	assert_true(interrupted_save(&id_->auth, &mine, "/trash", big, &second, &error));
	assert_true(
	    interrupted_save(&id_->auth, &mine, "/photos/1?x=\xc3\xa9", "a=1&b=2", &id, &error));
	assert_true(interrupted_load(&id_->auth, id_->arena, &mine, &id, &act, &error));
	assert_string_equal(act.path, "/photos/1?x=\xc3\xa9");
	assert_string_equal(act.form, "a=1&b=2");
	assert_true(interrupted_load(&id_->auth, id_->arena, &mine, &second, &act, &error));
	assert_string_equal(act.form, big);
	/* Another session has no such act, and cannot drop it. */
	assert_false(interrupted_load(&id_->auth, id_->arena, &other, &id, &act, &error));
	assert_int_equal(error.kind, ERROR_GONE);
	assert_true(interrupted_drop(&id_->auth, &other, &id, &error));
	id_->clock.fixed_us += INTERRUPTED_LIFE_US - 1;
	assert_true(interrupted_load(&id_->auth, id_->arena, &mine, &id, &act, &error));
	id_->clock.fixed_us++;
	assert_false(interrupted_load(&id_->auth, id_->arena, &mine, &id, &act, &error));
	id_->clock.fixed_us--;
	assert_true(interrupted_drop(&id_->auth, &mine, &id, &error));
	assert_true(interrupted_drop(&id_->auth, &mine, &id, &error));
	assert_false(interrupted_load(&id_->auth, id_->arena, &mine, &id, &act, &error));
	memset(big, 'p', 501);
	big[501] = '\0';
	assert_false(interrupted_save(&id_->auth, &mine, big, "", &id, &error));
	assert_string_equal(error.field, "path");
}

/* Who signs in anew in the same browser goes on there with what waits; nobody else does. */
static void test_interrupted_acts_are_handed_on(void **state)
{
	struct error error = {0};
	struct interrupted act;
	struct session session;
	const char *token = start(&id_->ada, NULL);
	struct id id;

	(void)state;
	assert_true(finds(token, &session));
	assert_true(interrupted_save(&id_->auth, &session.id, "/trash", "a=1", &id, &error));
	token = start(&id_->ada, token);
	assert_true(finds(token, &session));
	assert_true(interrupted_load(&id_->auth, id_->arena, &session.id, &id, &act, &error));
	assert_true(finds(start(&id_->root, token), &session));
	assert_false(interrupted_load(&id_->auth, id_->arena, &session.id, &id, &act, &error));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_start_and_find, reset),
	    cmocka_unit_test_setup(test_only_the_hash_is_stored, reset),
	    cmocka_unit_test_setup(test_rotation, reset),
	    cmocka_unit_test_setup(test_idle_end, reset),
	    cmocka_unit_test_setup(test_absolute_end, reset),
	    cmocka_unit_test_setup(test_seen_at_most_once_a_minute, reset),
	    cmocka_unit_test_setup(test_ends_with_user_and_organisation, reset),
	    cmocka_unit_test_setup(test_ending, reset),
	    cmocka_unit_test_setup(test_list, reset),
	    cmocka_unit_test_setup(test_list_by_pages, reset),
	    cmocka_unit_test_setup(test_actor_and_acting_for, reset),
	    cmocka_unit_test_setup(test_csrf, reset),
	    cmocka_unit_test_setup(test_csrf_before_login, reset),
	    cmocka_unit_test_setup(test_audit, reset),
	    cmocka_unit_test_setup(test_prune, reset),
	    cmocka_unit_test_setup(test_interrupted_acts, reset),
	    cmocka_unit_test_setup(test_interrupted_acts_are_handed_on, reset),
	};

	id_ = identity_open();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	identity_close(&id_);
	return failed;
}
