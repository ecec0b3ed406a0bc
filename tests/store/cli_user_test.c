/* cli_user_test.c - lethe user: what it does, and which argument it blames. */
#include "../support/identity.h"
#include <cli/cli.h>

#include <auth/login.h>
#include <auth/session.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct identity *id_;
static char *output, *complaint;

static int reset(void **state)
{
	(void)state;
	identity_reset(id_);
	return 0;
}

static int forget(void **state)
{
	(void)state;
	free(output);
	free(complaint);
	output = complaint = NULL;
	return 0;
}

/* Run `lethe user` with the words of `line`, separated by single blanks ("+" stands for one). */
static int run(const char *line, const char *input)
{
	char *words[16];
	char *copy = arena_dup(id_->arena, line);
	char *rest = NULL;
	size_t size = 0;
	int count = 0;
	struct cli cli = {
	    .config = &id_->config,
	    .db = id_->db,
	    .clock = &id_->clock,
	    .arena = id_->arena,
	    .keys = id_->keys,
	    .in = tmpfile(),
	};

	forget(NULL);
	assert_non_null(cli.in);
	assert_true(fputs(input, cli.in) >= 0);
	rewind(cli.in);
	cli.out = open_memstream(&output, &size);
	cli.err = open_memstream(&complaint, &size);
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		for (char *at = word; *at; at++)
			*at = *at == '+' ? ' ' : *at;
		words[count++] = word;
	}
	int status = cli_user(&cli, count, words);
	fclose(cli.in);
	fclose(cli.out);
	fclose(cli.err);
	return status;
}

static bool logs_in(const char *email, const char *password)
{
	struct error error = {0};
	struct user user;

	return login_check(
	    &id_->auth, id_->arena, email, password, "password", &id_->caller, &user, &error);
}

static struct user found(const char *email)
{
	struct user user;

	assert_int_equal(users_find_by_email(id_->db, id_->arena, email, &user), DB_OK);
	return user;
}

static void test_add(void **state)
{
	(void)state;
	assert_int_equal(
	    run("add New@Alder.test --org Alder --role admin --name Nora+New", "a long password\n"),
	    CLI_OK);
	struct user user = found("new@alder.test");
	assert_true(id_equal(&user.organization_id, &id_->alder));
	assert_int_equal(user.role, USER_ADMIN);
	assert_string_equal(user.display_name, "Nora New");
	assert_true(logs_in("new@alder.test", "a long password"));
	assert_null(strstr(output, "organisation"));
	/* An organisation that is not there is made, and said to be. */
	assert_int_equal(
	    run("add x@cedar.test --role member --org Cedar+Grove", "a long password"), CLI_OK);
	assert_non_null(strstr(output, "Created the organisation Cedar Grove."));
	assert_string_equal(found("x@cedar.test").display_name, "x");
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM organizations"), 3);
	/* Names are compared to the letter. */
	assert_int_equal(
	    run("add y@cedar.test --role member --org cedar+grove", "a long password"), CLI_OK);
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM organizations"), 4);
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM audit_log WHERE"
					     " action = 'user.create' AND actor = 'operator'"),
	    3);
}

static void test_add_refused(void **state)
{
	static const struct {
		const char *line;
		const char *input;
		const char *blames;
		int status;
	} cases[] = {
	    {"add", "", "EMAIL", CLI_USAGE},
	    {"add nonsense --org A --role admin", "", "EMAIL is not an e-mail address: nonsense",
		CLI_USAGE},
	    {"add a@b.test --role admin", "", "--org", CLI_USAGE},
	    {"add a@b.test --org + --role admin", "", "--org", CLI_USAGE},
	    {"add a@b.test --org A\n --role admin", "", "--org", CLI_USAGE},
	    {"add a@b.test --org A", "", "--role", CLI_USAGE},
	    {"add a@b.test --org A --role owner", "", "owner", CLI_USAGE},
	    {"add a@b.test --org A --role", "", "--role", CLI_USAGE},
	    {"add a@b.test --org A --org B --role admin", "", "--org", CLI_USAGE},
	    {"add a@b.test --org A --role admin --name +", "", "--name", CLI_USAGE},
	    {"add a@b.test --org A --role admin --nmae X", "", "--nmae", CLI_USAGE},
	    {"add a@b.test c@d.test --org A --role admin", "", "c@d.test", CLI_USAGE},
	    {"add a@b.test --org A --role admin --deleted", "", "--deleted", CLI_USAGE},
	    {"add a@b.test --org \xff --role admin", "", "--org", CLI_USAGE},
	    {"add a\xff@b.test --org A --role admin", "", "EMAIL", CLI_USAGE},
	    {"add a@b.test --org A --role admin", "", "password", CLI_FAILED},
	    {"add a@b.test --org A --role admin", "\nsecond line", "password", CLI_FAILED},
	    {"add a@b.test --org A --role admin", "short\n", "10", CLI_FAILED},
	    {"add ada@alder.test --org A --role admin", "a long password", "ada@alder.test",
		CLI_FAILED},
	    {"", "", "command", CLI_USAGE},
	    {"rename a@b.test", "", "rename", CLI_USAGE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(run(cases[i].line, cases[i].input), cases[i].status);
		if (!strstr(complaint, cases[i].blames))
			fail_msg("\"%s\" is told: %s", cases[i].line, complaint);
		assert_string_equal(output, "");
	}
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM users"), 3);
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM organizations"), 2);
}

static void test_password(void **state)
{
	struct error error = {0};
	const char *token = NULL;
	struct session session;

	(void)state;
	assert_true(session_start(
	    &id_->auth, id_->arena, &id_->ada, "password", 0, NULL, &id_->caller, &token, &error));
	id_->clock.fixed_us++;
	assert_int_equal(run("password ADA@alder.test", "another password\n"), CLI_OK);
	assert_false(logs_in("ada@alder.test", IDENTITY_PASSWORD));
	assert_true(logs_in("ada@alder.test", "another password"));
	assert_false(session_find(&id_->auth, id_->arena, token, true, &session, &error));
	assert_int_equal(found("ada@alder.test").tokens_valid_after_us, id_->clock.fixed_us);
	assert_int_equal(run("password nobody@alder.test", "another password\n"), CLI_FAILED);
	assert_non_null(strstr(complaint, "nobody@alder.test"));
	assert_int_equal(run("password ada@alder.test", "short\n"), CLI_FAILED);
	assert_int_equal(run("password ada@alder.test --org A", "another password\n"), CLI_USAGE);
	assert_true(logs_in("ada@alder.test", "another password"));
	/* The longest is taken whole; one that is longer is refused, not cut. */
	char *longest = arena_alloc(id_->arena, 1030);
	memset(longest, 'x', 1025);
	assert_int_equal(run("password ada@alder.test", longest), CLI_FAILED);
	longest[1024] = '\n';
	assert_int_equal(run("password ada@alder.test", longest), CLI_OK);
	longest[1024] = '\0';
	assert_true(logs_in("ada@alder.test", longest));
}

/* What the identity provider calls somebody, who needs no password then. */
static void test_uid(void **state)
{
	struct error error = {0};
	const char *token = NULL;
	struct session session;

	(void)state;
	assert_int_equal(
	    run("add new@alder.test --org Alder --role member --uid provider+42", "\n"), CLI_OK);
	assert_string_equal(found("new@alder.test").identity_uid, "provider 42");
	assert_null(found("new@alder.test").password_hash);
	assert_int_equal(
	    run("add other@alder.test --org Alder --role member --uid o-1", "a long password\n"),
	    CLI_OK);
	assert_true(logs_in("other@alder.test", "a long password"));
	assert_string_equal(found("other@alder.test").identity_uid, "o-1");
	assert_int_equal(
	    run("add third@alder.test --org Alder --role member --uid o-1", ""), CLI_FAILED);
	assert_non_null(strstr(complaint, "identity"));
	/* Whoever came in by the old one is signed out. */
	assert_true(session_start(
	    &id_->auth, id_->arena, &id_->ada, "password", 0, NULL, &id_->caller, &token, &error));
	id_->clock.fixed_us++;
	assert_int_equal(run("uid ADA@alder.test uid-of-ada", ""), CLI_OK);
	assert_string_equal(found("ada@alder.test").identity_uid, "uid-of-ada");
	assert_false(session_find(&id_->auth, id_->arena, token, true, &session, &error));
	assert_int_equal(found("ada@alder.test").tokens_valid_after_us, id_->clock.fixed_us);
	assert_int_equal(run("uid ada@alder.test uid-of-ada", ""), CLI_OK);
	assert_int_equal(run("uid ada@alder.test o-1", ""), CLI_FAILED);
	assert_string_equal(found("ada@alder.test").identity_uid, "uid-of-ada");
	assert_int_equal(run("uid ada@alder.test -", ""), CLI_OK);
	assert_null(found("ada@alder.test").identity_uid);
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM audit_log WHERE"
					     " action = 'user.identity' AND actor = 'operator'"),
	    3);
}

static void test_uid_refused(void **state)
{
	char line[200] = "uid ada@alder.test ";

	(void)state;
	assert_int_equal(run("uid ada@alder.test", ""), CLI_USAGE);
	assert_int_equal(run("uid ada@alder.test +", ""), CLI_USAGE);
	assert_int_equal(run("uid ada@alder.test a\tb", ""), CLI_USAGE);
	assert_int_equal(run("uid ada@alder.test \xff", ""), CLI_USAGE);
	assert_int_equal(run("uid nobody@alder.test u", ""), CLI_FAILED);
	assert_int_equal(
	    run("add x@alder.test --org Alder --role member --uid +", "\n"), CLI_USAGE);
	memset(line + strlen(line), 'u', 128);
	assert_int_equal(run(line, ""), CLI_OK);
	line[strlen(line)] = 'u';
	assert_int_equal(run(line, ""), CLI_USAGE);
	assert_int_equal(strlen(found("ada@alder.test").identity_uid), 128);
}

static void test_role(void **state)
{
	(void)state;
	assert_int_equal(run("role ada@alder.test admin", ""), CLI_OK);
	assert_int_equal(found("ada@alder.test").role, USER_ADMIN);
	assert_int_equal(run("role ada@alder.test admin", ""), CLI_OK);
	assert_int_equal(run("role ben@alder.test member", ""), CLI_OK);
	/* The last admin stays one. */
	assert_int_equal(run("role ada@alder.test member", ""), CLI_FAILED);
	assert_non_null(strstr(complaint, "last admin"));
	assert_int_equal(found("ada@alder.test").role, USER_ADMIN);
	assert_int_equal(run("role root@birch.test member", ""), CLI_FAILED);
	assert_non_null(strstr(complaint, "last platform admin"));
	assert_int_equal(run("role ben@alder.test platform_admin", ""), CLI_OK);
	assert_int_equal(run("role root@birch.test member", ""), CLI_OK);
	assert_int_equal(run("role ben@alder.test boss", ""), CLI_USAGE);
	assert_non_null(strstr(complaint, "boss"));
	assert_int_equal(run("role ben@alder.test", ""), CLI_USAGE);
	assert_int_equal(run("role nobody@alder.test member", ""), CLI_FAILED);
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM audit_log WHERE"
					     " action = 'user.role' AND actor = 'operator'"),
	    5);
}

static void test_list(void **state)
{
	(void)state;
	assert_int_equal(run("list", ""), CLI_OK);
	assert_non_null(strstr(output, "\tada@alder.test\tmember\tAlder\tAda\n"));
	assert_non_null(strstr(output, "\troot@birch.test\tplatform_admin\tBirch\tRoot\n"));
	identity_sql(
	    id_, "UPDATE users SET deleted_at = created_at WHERE id = x'%s'", &id_->ada.id);
	assert_int_equal(run("list --org Alder", ""), CLI_OK);
	assert_null(strstr(output, "ada@"));
	assert_null(strstr(output, "root@"));
	assert_non_null(strstr(output, "ben@"));
	assert_int_equal(run("list --deleted --org Alder", ""), CLI_OK);
	assert_non_null(strstr(output, "ada@alder.test\tmember\tAlder\tAda\t(deleted)\n"));
	assert_int_equal(run("list --org Nowhere", ""), CLI_USAGE);
	assert_non_null(strstr(complaint, "Nowhere"));
	assert_int_equal(run("list extra", ""), CLI_USAGE);
	assert_non_null(strstr(complaint, "extra"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_add, reset, forget),
	    cmocka_unit_test_setup_teardown(test_add_refused, reset, forget),
	    cmocka_unit_test_setup_teardown(test_password, reset, forget),
	    cmocka_unit_test_setup_teardown(test_uid, reset, forget),
	    cmocka_unit_test_setup_teardown(test_uid_refused, reset, forget),
	    cmocka_unit_test_setup_teardown(test_role, reset, forget),
	    cmocka_unit_test_setup_teardown(test_list, reset, forget),
	};

	id_ = identity_open();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	identity_close(&id_);
	return failed;
}
