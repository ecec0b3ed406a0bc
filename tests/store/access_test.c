/* access_test.c - access tokens of our own and of the host application, and single sign-on. */
#include "../support/identity.h"

#include <auth/access.h>
#include <auth/claims.h>
#include <auth/keys.h>
#include <auth/session.h>
#include <auth/sso.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define LIFE_US (ACCESS_LIFE_S * CLOCK_SECOND_US)
#define HOUR_US (INT64_C(3600) * CLOCK_SECOND_US)

static struct identity *id_;

static int reset(void **state)
{
	(void)state;
	identity_reset(id_);
	return 0;
}

static const char *grant(const struct user *user)
{
	struct error error = {0};
	const char *token = NULL;

	assert_true(access_grant(&id_->auth, id_->arena, user, &id_->caller, &token, &error));
	return token;
}

static struct error refusal;

/* Accepted, or refused in the one wording. */
static bool accepts(const char *token, struct access *access_r)
{
	struct error error = {0};
	struct access access = {0};
	bool accepted = access_verify(&id_->other, id_->arena, token, &access, &error);

	if (accepted && access_r)
		*access_r = access;
	if (!accepted) {
		assert_int_equal(error.kind, ERROR_UNAUTHENTICATED);
		assert_memory_equal(&error, &refusal, sizeof(error));
	}
	return accepted;
}

static void test_own_token(void **state)
{
	struct access access = {0};
	const char *token = grant(&id_->ben);

	(void)state;
	assert_true(strncmp(token, "v4.public.", 10) == 0);
	assert_true(accepts(token, &access));
	assert_true(id_equal(&access.user.id, &id_->ben.id));
	assert_false(access.from_host);
	assert_int_equal(access.auth_us, 0);
	assert_int_equal(access.expires_us, IDENTITY_START_US + LIFE_US);
	struct actor actor = access_actor(&access, "req-2");
	assert_int_equal(actor.role, ROLE_ADMIN);
	assert_true(id_equal(&actor.user_id, &id_->ben.id));
	assert_true(id_equal(&actor.organization_id, &id_->alder));
	assert_true(id_is_none(&actor.session_id));
	assert_string_equal(actor.uid, access.uid);
	assert_string_equal(actor.request_id, "req-2");
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM audit_log WHERE"
					     " action = 'session.login' AND"
					     " details = '{\"method\":\"token\"}'"),
	    1);
	assert_false(accepts(NULL, NULL));
	assert_false(accepts("", NULL));
	assert_false(accepts("v4.public.", NULL));
}

static void test_own_token_ends(void **state)
{
	const char *token = grant(&id_->ada);

	(void)state;
	id_->clock.fixed_us = IDENTITY_START_US + LIFE_US - 1;
	assert_true(accepts(token, NULL));
	id_->clock.fixed_us++;
	assert_false(accepts(token, NULL));
	/* A machine whose clock is a little behind takes it; one that is far behind does not. */
	id_->clock.fixed_us = IDENTITY_START_US - CLAIMS_LEEWAY_MAX_US;
	assert_true(accepts(token, NULL));
	id_->clock.fixed_us--;
	assert_false(accepts(token, NULL));
}

static void test_altered_in_one_byte(void **state)
{
	const char *token = grant(&id_->ada);
	char *altered = arena_dup(id_->arena, token);

	(void)state;
	for (size_t i = 0; token[i]; i++) {
		altered[i] = token[i] == 'A' ? 'B' : 'A';
		assert_false(accepts(altered, NULL));
		altered[i] = token[i];
	}
	assert_true(accepts(altered, NULL));
	assert_false(accepts(arena_printf(id_->arena, "%sA", token), NULL));
	altered[strlen(altered) - 1] = '\0';
	assert_false(accepts(altered, NULL));
}

static void test_refused_before_tokens_valid_after(void **state)
{
	const char *token = grant(&id_->ada);

	(void)state;
	identity_sql(
	    id_, "UPDATE users SET tokens_valid_after = created_at WHERE id = x'%s'", &id_->ada.id);
	assert_true(accepts(token, NULL));
	identity_sql(id_,
	    "UPDATE users SET tokens_valid_after = created_at + INTERVAL 1 MICROSECOND"
	    " WHERE id = x'%s'",
	    &id_->ada.id);
	assert_false(accepts(token, NULL));
	id_->clock.fixed_us++;
	assert_true(accepts(grant(&id_->ada), NULL));
}

static void test_refused_with_user_and_organisation(void **state)
{
	const char *token = grant(&id_->ada);

	(void)state;
	identity_sql(
	    id_, "UPDATE users SET deleted_at = created_at WHERE id = x'%s'", &id_->ada.id);
	assert_false(accepts(token, NULL));
	identity_sql(id_, "UPDATE users SET deleted_at = NULL WHERE id = x'%s'", &id_->ada.id);
	assert_true(accepts(token, NULL));
	identity_sql(
	    id_, "UPDATE organizations SET deleted_at = created_at WHERE id = x'%s'", &id_->alder);
	assert_false(accepts(token, NULL));
	struct user nobody = id_->ada;
	nobody.id = id_generate(1);
	assert_false(accepts(grant(&nobody), NULL));
}

static struct claims own_claims(void)
{
	static char uid[ID_TEXT_SIZE];

	id_format(&id_->ada.id, uid);
	return (struct claims){
	    .issuer = id_->config.issuer,
	    .audience = ACCESS_AUDIENCE,
	    .subject = uid,
	    .issued_us = IDENTITY_START_US,
	    .expires_us = IDENTITY_START_US + LIFE_US,
	};
}

static const char *sign_own(const struct claims *claims)
{
	return keys_sign(id_->keys, id_->arena, claims_write(id_->arena, claims), NULL);
}

static void test_other_things_we_sign(void **state)
{
	struct claims claims = own_claims();

	(void)state;
	assert_true(accepts(sign_own(&claims), NULL));
	claims.audience = "receipt";
	assert_false(accepts(sign_own(&claims), NULL));
	claims = own_claims();
	claims.issuer = id_->config.host_issuer;
	assert_false(accepts(sign_own(&claims), NULL));
	claims = own_claims();
	claims.expires_us++;
	assert_false(accepts(sign_own(&claims), NULL));
	claims = own_claims();
	claims.expires_us = 0;
	assert_false(accepts(sign_own(&claims), NULL));
	/* An identity provider's uid is the host's to name, not ours. */
	claims = own_claims();
	claims.subject = "idp-ada";
	assert_false(accepts(sign_own(&claims), NULL));
	/* The same claims sealed, not signed. */
	claims = own_claims();
	assert_false(accepts(
	    keys_seal(id_->keys, id_->arena, claims_write(id_->arena, &claims), NULL), NULL));
}

static struct claims host_claims(void)
{
	struct claims claims = own_claims();

	claims.issuer = id_->config.host_issuer;
	claims.expires_us = IDENTITY_START_US + HOUR_US;
	return claims;
}

static const char *sign_host(const struct claims *claims)
{
	return identity_host_token(id_, claims_write(id_->arena, claims));
}

static void test_host_token(void **state)
{
	struct claims claims = host_claims();
	struct access access = {0};

	(void)state;
	assert_true(accepts(sign_host(&claims), &access));
	assert_true(access.from_host);
	assert_int_equal(access.auth_us, 0);
	claims.subject = "idp-ada";
	claims.authenticated_us = IDENTITY_START_US - CLOCK_SECOND_US;
	assert_true(accepts(sign_host(&claims), &access));
	assert_true(id_equal(&access.user.id, &id_->ada.id));
	assert_int_equal(access.auth_us, IDENTITY_START_US - CLOCK_SECOND_US);
	claims.subject = "idp-unknown";
	assert_false(accepts(sign_host(&claims), NULL));
	claims = host_claims();
	claims.issuer = id_->config.issuer;
	assert_false(accepts(sign_host(&claims), NULL));
	claims = host_claims();
	claims.audience = "another";
	assert_false(accepts(sign_host(&claims), NULL));
	claims = host_claims();
	claims.audience = NULL;
	assert_false(accepts(sign_host(&claims), NULL));
}

static void test_host_token_times(void **state)
{
	struct claims claims = host_claims();

	(void)state;
	claims.expires_us = 0;
	assert_false(accepts(sign_host(&claims), NULL));
	claims.expires_us = IDENTITY_START_US + 24 * HOUR_US;
	assert_true(accepts(sign_host(&claims), NULL));
	claims.expires_us++;
	assert_false(accepts(sign_host(&claims), NULL));
	claims = host_claims();
	claims.issued_us = 0;
	assert_false(accepts(sign_host(&claims), NULL));
	claims = host_claims();
	id_->clock.fixed_us = claims.expires_us + CLAIMS_LEEWAY_MAX_US - 1;
	assert_true(accepts(sign_host(&claims), NULL));
	id_->clock.fixed_us++;
	assert_false(accepts(sign_host(&claims), NULL));
	id_->clock.fixed_us = IDENTITY_START_US;
	identity_sql(id_,
	    "UPDATE users SET tokens_valid_after = created_at + INTERVAL 1 MICROSECOND"
	    " WHERE id = x'%s'",
	    &id_->ada.id);
	assert_false(accepts(sign_host(&claims), NULL));
}

static void test_another_hosts_key(void **state)
{
	struct claims claims = host_claims();
	const char *token = sign_host(&claims);
	struct paseto_secret_key secret = id_->host;
	struct error error = {0};

	(void)state;
	id_->host.bytes[0] ^= 1;
	assert_false(accepts(sign_host(&claims), NULL));
	id_->host = secret;
	/* Without a configured key there are no host tokens. */
	struct config config = id_->config;
	struct auth without;
	struct access access = {0};
	config.host_key = "";
	assert_true(
	    auth_open(&without, &config, id_->db, &id_->clock, id_->keys, id_->hasher, &error));
	assert_true(accepts(token, NULL));
	assert_false(access_verify(&without, id_->arena, token, &access, &error));
	config.host_key = "k4.public.short";
	assert_false(
	    auth_open(&without, &config, id_->db, &id_->clock, id_->keys, id_->hasher, &error));
	assert_string_equal(error.field, "LETHE_HOST_KEY");
	config = id_->config;
	config.host_issuer = "";
	assert_false(
	    auth_open(&without, &config, id_->db, &id_->clock, id_->keys, id_->hasher, &error));
	assert_string_equal(error.field, "LETHE_HOST_ISSUER");
	config.host_issuer = config.issuer;
	assert_false(
	    auth_open(&without, &config, id_->db, &id_->clock, id_->keys, id_->hasher, &error));
	assert_string_equal(error.field, "LETHE_HOST_ISSUER");
}

static void test_sso(void **state)
{
	struct claims claims = host_claims();
	const char *old = NULL, *token = NULL;
	struct session session;
	struct error error = {0};

	(void)state;
	assert_true(session_start(
	    &id_->auth, id_->arena, &id_->root, "password", 0, NULL, &id_->caller, &old, &error));
	claims.subject = "idp-ada";
	assert_true(sso_start(
	    &id_->auth, id_->arena, sign_host(&claims), old, &id_->caller, &token, &error));
	assert_true(session_find(&id_->auth, id_->arena, token, true, &session, &error));
	assert_true(id_equal(&session.user_id, &id_->ada.id));
	assert_false(session_find(&id_->auth, id_->arena, old, true, &session, &error));
	assert_int_equal(identity_count(id_, "SELECT COUNT(*) FROM audit_log WHERE"
					     " action = 'session.login' AND"
					     " details = '{\"method\":\"sso\"}'"),
	    1);
	/* Our own tokens are for the API alone. */
	assert_false(sso_start(
	    &id_->auth, id_->arena, grant(&id_->ada), NULL, &id_->caller, &token, &error));
	assert_int_equal(error.kind, ERROR_UNAUTHENTICATED);
	assert_false(
	    sso_start(&id_->auth, id_->arena, "nonsense", NULL, &id_->caller, &token, &error));
	assert_int_equal(error.kind, ERROR_UNAUTHENTICATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_own_token, reset),
	    cmocka_unit_test_setup(test_own_token_ends, reset),
	    cmocka_unit_test_setup(test_altered_in_one_byte, reset),
	    cmocka_unit_test_setup(test_refused_before_tokens_valid_after, reset),
	    cmocka_unit_test_setup(test_refused_with_user_and_organisation, reset),
	    cmocka_unit_test_setup(test_other_things_we_sign, reset),
	    cmocka_unit_test_setup(test_host_token, reset),
	    cmocka_unit_test_setup(test_host_token_times, reset),
	    cmocka_unit_test_setup(test_another_hosts_key, reset),
	    cmocka_unit_test_setup(test_sso, reset),
	};
	struct access access = {0};

	id_ = identity_open();
	if (access_verify(&id_->auth, id_->arena, NULL, &access, &refusal))
		return 1;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	identity_close(&id_);
	return failed;
}
