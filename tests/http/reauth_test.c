/* reauth_test.c - proving again who one is: tokens bound to one act, and forms that wait for it. */
#include "../support/site.h"

#include <auth/reauth.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define CONFIRM "{'confirm_text': 'DELETE'}"

static const char *header(struct site *site, const char *token)
{
	return arena_printf(site_arena(site), "X-Reauth-Token: %s", token);
}

static const struct http_answer *delete_forever(
    struct site *site, enum person who, const char *photo, const char *token)
{
	return site_api_with(
	    site, who, header(site, token), CONFIRM, "DELETE /api/photos/%s/permanent", photo);
}

static const char *trashed_photo(struct site *site)
{
	const char *photo = site_photo(site, ADA, "A photo");

	(void)site_delete(site, ADA, photo);
	return photo;
}

/* --- the API's tokens ------------------------------------------------------------------------- */

static void test_no_token(void **state)
{
	struct site *site = *state;
	const char *photo = trashed_photo(site);

	EXPECT(site_api_json(site, ADMIN, CONFIRM, "DELETE /api/photos/%s/permanent", photo), 403,
	    "reauth_required");
	EXPECT(delete_forever(site, ADMIN, photo, "x"), 403, "reauth_required");
	EXPECT(delete_forever(site, ADMIN, photo, site_token(site, ADMIN)), 403, "reauth_required");
}

static void test_bound_to_act(void **state)
{
	struct site *site = *state;
	const char *photo = trashed_photo(site);
	const char *other = trashed_photo(site);

	EXPECT(
	    delete_forever(site, ADMIN, photo, site_reauth(site, ADMIN, "photo.permanent", other)),
	    403, "reauth_required");
	EXPECT(delete_forever(site, ADMIN, photo, site_reauth(site, ADMIN, "user.delete", photo)),
	    403, "reauth_required");
	EXPECT(delete_forever(site, ADMIN, photo, site_reauth(site, ADMIN, "account.delete", NULL)),
	    403, "reauth_required");
	EXPECT(
	    delete_forever(site, ADMIN, photo, site_reauth(site, ADMIN2, "photo.permanent", photo)),
	    403, "reauth_required");
	EXPECT(
	    delete_forever(site, ADMIN, photo, site_reauth(site, ADMIN, "photo.permanent", photo)),
	    200, NULL);
}

static void test_altered(void **state)
{
	struct site *site = *state;
	const char *photo = trashed_photo(site);
	const char *token = site_reauth(site, ADMIN, "photo.permanent", photo);
	size_t length = strlen(token);

	for (size_t i = 0; i < length; i++) {
		char *altered = arena_dup(site_arena(site), token);
		altered[i] = altered[i] == 'A' ? 'B' : 'A';
		EXPECT(delete_forever(site, ADMIN, photo, altered), 403, "reauth_required");
	}
	EXPECT(delete_forever(site, ADMIN, photo, token), 200, NULL);
}

/* A refused act does not use it up; a done one does, also for another photo's sake. */
static void test_single_use(void **state)
{
	struct site *site = *state;
	const char *photo = trashed_photo(site);
	const char *token = site_reauth(site, ADMIN, "photo.permanent", photo);

	EXPECT(site_api_with(site, ADMIN, header(site, token), "{'confirm_text': 'delete'}",
		   "DELETE /api/photos/%s/permanent", photo),
	    400, NULL);
	EXPECT(delete_forever(site, ADMIN, photo, token), 200, NULL);
	EXPECT(delete_forever(site, ADMIN, photo, token), 404, NULL);
	assert_true(site_number(site, "SELECT COUNT(*) FROM spent_tokens") > 0);
}

/* The live photo is refused before the token is spent, and the token then serves once. */
static void test_survives_a_refusal(void **state)
{
	struct site *site = *state;
	const char *photo = site_photo(site, ADA, "Live");
	const char *token = site_reauth(site, ADMIN, "photo.permanent", photo);

	EXPECT(delete_forever(site, ADMIN, photo, token), 400, "not_archived_or_trashed");
	site_archive(site, ADA, photo);
	EXPECT(delete_forever(site, ADMIN, photo, token), 200, NULL);
}

static const char *token_made_at(struct site *site, const char *photo, int64_t shift_s)
{
	struct auth *auth = site_auth_at(site, shift_s * CLOCK_SECOND_US);
	struct actor actor = {.role = ROLE_ADMIN, .uid = site_user_id(site, ADMIN)};
	struct reauth_proof proof = {.password = SITE_PASSWORD};
	struct error error = {0};
	struct id item;
	const char *token = NULL;

	assert_true(id_parse(actor.uid, &actor.user_id));
	assert_true(id_parse(site_organization_id(site, ADMIN), &actor.organization_id));
	assert_true(id_parse(photo, &item));
	assert_true(reauth_issue(
	    auth, site_arena(site), &actor, &proof, REAUTH_PHOTO_PERMANENT, &item, &token, &error));
	return token;
}

static void test_expired(void **state)
{
	struct site *site = *state;
	const char *photo = trashed_photo(site);

	EXPECT(delete_forever(site, ADMIN, photo, token_made_at(site, photo, -REAUTH_LIFE_S)), 403,
	    "reauth_required");
	EXPECT(delete_forever(site, ADMIN, photo, token_made_at(site, photo, 30 - REAUTH_LIFE_S)),
	    200, NULL);
}

static void test_input(void **state)
{
	static const char item[] = "01890000-0000-7000-8000-000000000000";
	struct site *site = *state;
	const struct {
		const char *body;
		int status;
		const char *code, *field;
	} cases[] = {
	    {"{'purpose': 'account.delete'}", 400, NULL, "password"},
	    {"{'password': 'lethe-demo-1'}", 400, "missing", "purpose"},
	    {"{'password': 'lethe-demo-1', 'purpose': 'all'}", 400, "invalid_choice", "purpose"},
	    {"{'password': 'lethe-demo-1', 'purpose': 'photo.permanent'}", 400, NULL, "item"},
	    {arena_printf(site_arena(site),
		 "{'password': 'lethe-demo-1', 'purpose': 'account.delete', 'item': '%s'}", item),
		400, NULL, "item"},
	    {"{'password': 'lethe-demo-1', 'purpose': 'photo.permanent', 'item': 'x'}", 400,
		"invalid_input", "item"},
	    {"{'password': 'wrong', 'purpose': 'account.delete'}", 403, "wrong_password", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		EXPECT_FIELD(site_api_json(site, ADA, cases[i].body, "POST /api/reauth"),
		    cases[i].status, cases[i].code, cases[i].field);
	site_forgive_rates(site);
}

static void test_guessing(void **state)
{
	static const char wrong[] = "{'password': 'wrong', 'purpose': 'account.delete'}";
	static const char right[] = "{'password': 'lethe-demo-1', 'purpose': 'account.delete'}";
	struct site *site = *state;
	const struct http_answer *answer;

	site_forgive_rates(site);
	for (int i = 0; i < 10; i++)
		EXPECT(site_api_json(site, SHOP, wrong, "POST /api/reauth"), 403, "wrong_password");
	answer = site_api_json(site, SHOP, right, "POST /api/reauth");
	EXPECT(answer, 429, "rate_limited");
	assert_non_null(http_answer_header(site_client(site), answer, "Retry-After"));
	EXPECT(site_api_json(site, ADA, right, "POST /api/reauth"), 201, NULL);
	site_forgive_rates(site);
}

/* --- pages: a form that waits ------------------------------------------------------------------
 */

/* Send the form of /photos/{id}/permanent; gives the id of the act that waits. */
static const char *interrupt(struct site *site, const char *photo, const char *fields)
{
	const struct http_answer *answer =
	    site_form(site, ADMIN, fields, "POST /photos/%s/permanent", photo);
	const char *location = http_answer_header(site_client(site), answer, "Location");

	EXPECT(answer, 303, NULL);
	assert_memory_equal(location, "/reauth?act=", 12);
	return location + 12;
}

static const struct http_answer *prove(
    struct site *site, enum person who, const char *act, const char *password)
{
	return site_form(site, who,
	    arena_printf(site_arena(site), "act=%s&password=%s", act, password), "POST /reauth");
}

static void test_interrupted_act(void **state)
{
	struct site *site = *state;
	const char *photo = trashed_photo(site);
	const char *act = interrupt(
	    site, photo, "confirm_text=DELETE&reason=It%20shows%20a%20licence%20%26%20more");
	const struct http_answer *answer;

	EXPECT(site_api(site, ADMIN, "GET /api/photos/%s", photo), 200, NULL);
	answer = site_page(site, ADMIN, "GET /reauth?act=%s", act);
	EXPECT(answer, 200, NULL);
	assert_non_null(strstr(answer->body, act));
	answer = prove(site, ADMIN, act, "wrong");
	EXPECT(answer, 403, NULL);
	assert_non_null(strstr(answer->body, act)); /* the form once more */
	EXPECT(site_api(site, ADMIN, "GET /api/photos/%s", photo), 200, NULL);
	answer = prove(site, ADMIN, act, SITE_PASSWORD);
	EXPECT(answer, 303, NULL);
	assert_string_equal(
	    http_answer_header(site_client(site), answer, "Location"), "/trash?done=purged");
	EXPECT(site_api(site, ADMIN, "GET /api/photos/%s", photo), 404, NULL);
	/* The form came through as it was. */
	assert_int_equal(
	    site_number(site,
		"SELECT COUNT(*) FROM audit_log l JOIN audit_reasons r ON r.audit_id ="
		" l.id WHERE l.item_id = " UUID " AND r.reason = 'It shows a licence & more'",
		photo),
	    1);
	EXPECT(prove(site, ADMIN, act, SITE_PASSWORD), 410, NULL);
	site_forgive_rates(site);
}

/* What is wrong with the form is said before anybody is asked for a password. */
static void test_wrong_form_is_not_kept(void **state)
{
	struct site *site = *state;
	const char *photo = trashed_photo(site);
	int64_t before = site_number(site, "SELECT COUNT(*) FROM interrupted_acts");

	EXPECT(site_form(site, ADMIN, "confirm_text=delete", "POST /photos/%s/permanent", photo),
	    400, NULL);
	EXPECT(site_form(site, ADMIN, "", "POST /photos/%s/permanent", photo), 400, NULL);
	assert_int_equal(site_number(site, "SELECT COUNT(*) FROM interrupted_acts"), before);
}

static void test_act_of_another_session(void **state)
{
	struct site *site = *state;
	const char *photo = trashed_photo(site);
	const char *act = interrupt(site, photo, "confirm_text=DELETE");

	EXPECT(site_page(site, ADMIN2, "GET /reauth?act=%s", act), 410, NULL);
	EXPECT(prove(site, ADMIN2, act, SITE_PASSWORD), 410, NULL);
	EXPECT(site_api(site, ADMIN, "GET /api/photos/%s", photo), 200, NULL);
}

static void test_act_is_forgotten(void **state)
{
	struct site *site = *state;
	const char *act = interrupt(site, trashed_photo(site), "confirm_text=DELETE");

	site_sql(site,
	    "UPDATE interrupted_acts SET created_at = created_at - INTERVAL 1 HOUR WHERE id "
	    "= " UUID,
	    act);
	EXPECT(site_page(site, ADMIN, "GET /reauth?act=%s", act), 410, NULL);
	EXPECT(prove(site, ADMIN, act, SITE_PASSWORD), 410, NULL);
}

/* Its photo was restored in the meantime: the act is checked again when it goes on. */
static void test_act_is_checked_again(void **state)
{
	struct site *site = *state;
	const char *photo = trashed_photo(site);
	const char *act = interrupt(site, photo, "confirm_text=DELETE");

	EXPECT(site_api(site, ADA, "POST /api/photos/%s/restore", photo), 200, NULL);
	EXPECT(prove(site, ADMIN, act, SITE_PASSWORD), 400, NULL);
	EXPECT(site_api(site, ADA, "GET /api/photos/%s", photo), 200, NULL);
}

/* A token of a session is no good outside it. */
static void test_bound_to_session(void **state)
{
	struct site *site = *state;
	const char *photo = trashed_photo(site);
	struct arena *arena = site_arena(site);
	const struct http_answer *answer = http_client_send(site_client(site),
	    &(struct http_call){.method = "POST",
		.path = "/api/reauth",
		.type = "application/json",
		.body = arena_printf(arena,
		    "{\"password\": \"%s\", \"purpose\": \"photo.permanent\", \"item\": \"%s\"}",
		    SITE_PASSWORD, photo),
		.headers = (const char *const[]){
		    arena_printf(arena, "Cookie: %s", site_cookie(site, ADMIN)),
		    arena_printf(arena, "X-CSRF-Token: %s", site_csrf(site, ADMIN)), NULL}});

	EXPECT(answer, 201, NULL);
	EXPECT(delete_forever(site, ADMIN, photo, http_answer_text(answer, "reauth_token")), 403,
	    "reauth_required");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_no_token),
	    SITE_TEST(test_bound_to_act),
	    SITE_TEST(test_altered),
	    SITE_TEST(test_single_use),
	    SITE_TEST(test_survives_a_refusal),
	    SITE_TEST(test_expired),
	    SITE_TEST(test_input),
	    SITE_TEST(test_guessing),
	    SITE_TEST(test_interrupted_act),
	    SITE_TEST(test_wrong_form_is_not_kept),
	    SITE_TEST(test_act_of_another_session),
	    SITE_TEST(test_act_is_forgotten),
	    SITE_TEST(test_act_is_checked_again),
	    SITE_TEST(test_bound_to_session),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
