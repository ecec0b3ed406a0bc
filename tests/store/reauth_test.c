/* reauth_test.c - the proof for one act: what it is bound to, its end, its limit. */
#include "../support/identity.h"

#include <auth/claims.h>
#include <auth/keys.h>
#include <auth/link.h>
#include <auth/reauth.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <store/tokens.h>
#include <string.h>

#include <cmocka.h>

#define LIFE_US (REAUTH_LIFE_S * CLOCK_SECOND_US)

static struct identity *id_;
static struct id photo;
static struct id session_id;
static char ada_uid[ID_TEXT_SIZE];

static int reset(void **state)
{
	(void)state;
	identity_reset(id_);
	photo = id_generate(IDENTITY_START_US);
	session_id = id_generate(IDENTITY_START_US);
	id_format(&id_->ada.id, ada_uid);
	return 0;
}

static struct actor ada(void)
{
	return (struct actor){
	    .role = ROLE_MEMBER,
	    .user_id = id_->ada.id,
	    .organization_id = id_->alder,
	    .session_id = session_id,
	    .uid = ada_uid,
	    .request_id = "req-3",
	};
}

static const char *issue(const struct actor *actor, const char *password,
    enum reauth_purpose purpose, const struct id *item, struct error *error)
{
	const struct reauth_proof proof = {.password = password};
	const char *token = NULL;

	error_clear(error);
	return reauth_issue(&id_->auth, id_->arena, actor, &proof, purpose, item, &token, error)
		   ? token
		   : NULL;
}

static bool accepts(const char *token, enum reauth_purpose purpose, const struct id *item,
    struct actor actor, struct actor *actor_r)
{
	struct error error = {0};
	bool accepted = reauth_check(&id_->other, id_->arena, token, purpose, item, &actor, &error);

	if (!accepted) {
		assert_int_equal(error.kind, ERROR_FORBIDDEN);
		assert_string_equal(error.code, "reauth_required");
		assert_true(id_is_none(&actor.reauth_id));
	}
	if (actor_r)
		*actor_r = actor;
	return accepted;
}

static const char *photo_token(void)
{
	struct error error = {0};
	struct actor actor = ada();
	const char *token =
	    issue(&actor, IDENTITY_PASSWORD, REAUTH_PHOTO_PERMANENT, &photo, &error);

	assert_non_null(token);
	return token;
}

static void test_bound(void **state)
{
	const char *token = photo_token();
	struct id another = id_generate(5);
	struct actor actor = ada();

	(void)state;
	assert_true(strncmp(token, "v4.local.", 9) == 0);
	assert_true(accepts(token, REAUTH_PHOTO_PERMANENT, &photo, ada(), &actor));
	assert_false(id_is_none(&actor.reauth_id));
	assert_int_equal(actor.reauth_expires_us, IDENTITY_START_US + LIFE_US);
	assert_false(accepts(token, REAUTH_USER_DELETE, &photo, ada(), NULL));
	assert_false(accepts(token, REAUTH_PHOTO_PERMANENT, &another, ada(), NULL));
	assert_false(accepts(token, REAUTH_PHOTO_PERMANENT, NULL, ada(), NULL));
	assert_false(accepts(token, REAUTH_ACCOUNT_DELETE, NULL, ada(), NULL));
	actor = ada();
	actor.user_id = id_->root.id;
	assert_false(accepts(token, REAUTH_PHOTO_PERMANENT, &photo, actor, NULL));
	actor = ada();
	actor.session_id = another;
	assert_false(accepts(token, REAUTH_PHOTO_PERMANENT, &photo, actor, NULL));
	actor.session_id = id_none;
	assert_false(accepts(token, REAUTH_PHOTO_PERMANENT, &photo, actor, NULL));
	assert_false(accepts(NULL, REAUTH_PHOTO_PERMANENT, &photo, ada(), NULL));
	assert_false(accepts("", REAUTH_PHOTO_PERMANENT, &photo, ada(), NULL));
}

static void test_bound_without_session_and_item(void **state)
{
	struct error error = {0};
	struct actor actor = ada();

	(void)state;
	actor.session_id = id_none;
	const char *token = issue(&actor, IDENTITY_PASSWORD, REAUTH_ACCOUNT_DELETE, NULL, &error);
	assert_non_null(token);
	assert_true(accepts(token, REAUTH_ACCOUNT_DELETE, NULL, actor, NULL));
	assert_true(accepts(token, REAUTH_ACCOUNT_DELETE, &id_none, actor, NULL));
	assert_false(accepts(token, REAUTH_ACCOUNT_DELETE, &photo, actor, NULL));
	assert_false(accepts(token, REAUTH_ACCOUNT_DELETE, NULL, ada(), NULL));
	assert_false(accepts(token, REAUTH_ACCOUNT_EXPORT, NULL, actor, NULL));
}

static void test_altered_in_one_byte(void **state)
{
	const char *token = photo_token();
	char *altered = arena_dup(id_->arena, token);

	(void)state;
	for (size_t i = 0; token[i]; i++) {
		altered[i] = token[i] == 'A' ? 'B' : 'A';
		assert_false(accepts(altered, REAUTH_PHOTO_PERMANENT, &photo, ada(), NULL));
		altered[i] = token[i];
	}
	assert_true(accepts(altered, REAUTH_PHOTO_PERMANENT, &photo, ada(), NULL));
}

static void test_ends(void **state)
{
	const char *token = photo_token();

	(void)state;
	id_->clock.fixed_us = IDENTITY_START_US + LIFE_US - 1;
	assert_true(accepts(token, REAUTH_PHOTO_PERMANENT, &photo, ada(), NULL));
	id_->clock.fixed_us++;
	assert_false(accepts(token, REAUTH_PHOTO_PERMANENT, &photo, ada(), NULL));
}

static void test_another_use_of_the_same_key(void **state)
{
	struct error error = {0};
	const char *token = NULL;
	struct link link = {.purpose = "photo.permanent", .item = photo, .subject = ada_uid};
	struct claims claims = {
	    .issuer = id_->config.issuer,
	    .audience = "reauth",
	    .subject = ada_uid,
	    .token_id = ada_uid,
	    .issued_us = IDENTITY_START_US,
	    .expires_us = IDENTITY_START_US + LIFE_US,
	    .purpose = "account.delete",
	};
	struct actor actor = ada();

	(void)state;
	assert_true(link_issue(&id_->auth, id_->arena, &link, &token, &error));
	assert_false(accepts(token, REAUTH_PHOTO_PERMANENT, &photo, ada(), NULL));
	actor.session_id = id_none;
	const char *json = claims_write(id_->arena, &claims);
	assert_true(accepts(keys_seal(id_->keys, id_->arena, json, "reauth"), REAUTH_ACCOUNT_DELETE,
	    NULL, actor, NULL));
	assert_false(accepts(keys_seal(id_->keys, id_->arena, json, "link"), REAUTH_ACCOUNT_DELETE,
	    NULL, actor, NULL));
	claims.audience = "link";
	json = claims_write(id_->arena, &claims);
	assert_false(accepts(keys_seal(id_->keys, id_->arena, json, "reauth"),
	    REAUTH_ACCOUNT_DELETE, NULL, actor, NULL));
}

static bool spend(struct db_tx *tx, void *context, struct error *error)
{
	const struct actor *actor = context;
	enum db_result result = tokens_spend(tx, &actor->reauth_id, actor->reauth_expires_us);

	return result == DB_OK || db_fail(result, error);
}

static void test_used_once(void **state)
{
	const char *token = photo_token();
	struct error error = {0};
	struct actor actor;

	(void)state;
	assert_true(accepts(token, REAUTH_PHOTO_PERMANENT, &photo, ada(), &actor));
	assert_true(db_transaction(id_->db, spend, &actor, &error));
	assert_false(accepts(token, REAUTH_PHOTO_PERMANENT, &photo, ada(), NULL));
	assert_true(accepts(photo_token(), REAUTH_PHOTO_PERMANENT, &photo, ada(), NULL));
}

static void test_input(void **state)
{
	struct error error = {0};
	struct actor actor = ada();

	(void)state;
	assert_null(issue(&actor, IDENTITY_PASSWORD, REAUTH_NONE, NULL, &error));
	assert_string_equal(error.field, "purpose");
	assert_null(issue(&actor, IDENTITY_PASSWORD, REAUTH_PHOTO_PERMANENT, NULL, &error));
	assert_string_equal(error.field, "item");
	assert_null(issue(&actor, IDENTITY_PASSWORD, REAUTH_ACCOUNT_EXPORT, &photo, &error));
	assert_string_equal(error.field, "item");
	assert_null(issue(&actor, NULL, REAUTH_ACCOUNT_EXPORT, NULL, &error));
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_string_equal(error.field, "password");
	identity_sql(
	    id_, "UPDATE users SET deleted_at = created_at WHERE id = x'%s'", &id_->ada.id);
	assert_null(issue(&actor, IDENTITY_PASSWORD, REAUTH_ACCOUNT_EXPORT, NULL, &error));
	assert_int_equal(error.kind, ERROR_UNAUTHENTICATED);
}

static void test_purposes(void **state)
{
	static const struct {
		const char *name;
		enum reauth_purpose purpose;
		bool has_item;
	} all[] = {
	    {"account.delete", REAUTH_ACCOUNT_DELETE, false},
	    {"account.export", REAUTH_ACCOUNT_EXPORT, false},
	    {"user.delete", REAUTH_USER_DELETE, true},
	    {"photo.permanent", REAUTH_PHOTO_PERMANENT, true},
	    {"organization.delete", REAUTH_ORGANIZATION_DELETE, true},
	};
	enum reauth_purpose purpose = REAUTH_NONE;

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		assert_true(reauth_purpose_parse(all[i].name, &purpose));
		assert_int_equal(purpose, all[i].purpose);
		assert_int_equal(reauth_purpose_has_item(purpose), all[i].has_item);
	}
	assert_false(reauth_purpose_parse("", &purpose));
	assert_false(reauth_purpose_parse(NULL, &purpose));
	assert_false(reauth_purpose_parse("photo.delete", &purpose));
}

static void test_wrong_password_and_limit(void **state)
{
	struct error error = {0};
	struct actor actor = ada();

	(void)state;
	for (int i = 0; i < 9; i++)
		assert_null(issue(&actor, "wrong password", REAUTH_ACCOUNT_EXPORT, NULL, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_string_equal(error.code, "wrong_password");
	assert_string_equal(error.field, "password");
	assert_non_null(issue(&actor, IDENTITY_PASSWORD, REAUTH_ACCOUNT_EXPORT, NULL, &error));
	assert_null(issue(&actor, "wrong password", REAUTH_ACCOUNT_EXPORT, NULL, &error));
	assert_null(issue(&actor, IDENTITY_PASSWORD, REAUTH_ACCOUNT_EXPORT, NULL, &error));
	assert_int_equal(error.kind, ERROR_RATE_LIMITED);
	assert_int_equal(error.retry_after_s, 15 * 60);
	assert_int_equal(
	    identity_count(id_, "SELECT COUNT(*) FROM audit_log WHERE action = 'session.refused'"
				" AND details = '{\"method\":\"reauth\"}' AND actor <> 'visitor'"),
	    10);
	id_->clock.fixed_us += 15 * 60 * CLOCK_SECOND_US;
	assert_non_null(issue(&actor, IDENTITY_PASSWORD, REAUTH_ACCOUNT_EXPORT, NULL, &error));
	/* A user without a password has none that is right. */
	actor.user_id = id_->ben.id;
	assert_null(issue(&actor, "", REAUTH_ACCOUNT_EXPORT, NULL, &error));
	assert_string_equal(error.code, "wrong_password");
}

static bool proves(const struct access *host, struct actor actor)
{
	const struct reauth_proof proof = {.host = host};
	struct error error = {0};
	const char *token = NULL;
	bool proved = reauth_issue(
	    &id_->auth, id_->arena, &actor, &proof, REAUTH_ACCOUNT_DELETE, NULL, &token, &error);

	if (!proved) {
		assert_int_equal(error.kind, ERROR_FORBIDDEN);
		assert_string_equal(error.code, "stale_authentication");
	}
	return proved;
}

static void test_fresh_host_token(void **state)
{
	struct access host = {.user = id_->ben, .from_host = true, .auth_us = IDENTITY_START_US};
	struct actor actor = ada();

	(void)state;
	assert_false(proves(&host, actor));
	actor.user_id = id_->ben.id;
	assert_true(proves(&host, actor));
	id_->clock.fixed_us += 300 * CLOCK_SECOND_US;
	assert_true(proves(&host, actor));
	id_->clock.fixed_us++;
	assert_false(proves(&host, actor));
	host.auth_us = id_->clock.fixed_us;
	assert_true(proves(&host, actor));
	host.from_host = false;
	assert_false(proves(&host, actor));
	host.from_host = true;
	host.auth_us = 0;
	assert_false(proves(&host, actor));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_bound, reset),
	    cmocka_unit_test_setup(test_bound_without_session_and_item, reset),
	    cmocka_unit_test_setup(test_altered_in_one_byte, reset),
	    cmocka_unit_test_setup(test_ends, reset),
	    cmocka_unit_test_setup(test_another_use_of_the_same_key, reset),
	    cmocka_unit_test_setup(test_used_once, reset),
	    cmocka_unit_test_setup(test_input, reset),
	    cmocka_unit_test_setup(test_purposes, reset),
	    cmocka_unit_test_setup(test_wrong_password_and_limit, reset),
	    cmocka_unit_test_setup(test_fresh_host_token, reset),
	};

	id_ = identity_open();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	identity_close(&id_);
	return failed;
}
