/* receipts_test.c - receipts over HTTP: whose they are to fetch, and the page that verifies them.
 */
#include "../support/request_forms.h"

#include <auth/access.h>
#include <auth/keys.h>
#include <auth/receipt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char *purged(struct site *site, enum person who, const char *title)
{
	const char *deletion = site_delete(site, who, site_photo(site, who, title));

	site_sql(site,
	    "UPDATE deletions SET recover_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE id "
	    "= " UUID,
	    deletion);
	site_work(site);
	return deletion;
}

static const char *receipt_of(struct site *site, const char *deletion)
{
	const struct http_answer *answer =
	    site_api(site, ADMIN, "GET /api/deletions/%s/receipt", deletion);

	EXPECT(answer, 200, NULL);
	return http_answer_text(answer, "receipt");
}

static const char *form_token;

/* The parts of the visitors' form: its cookie goes with them. */
static const struct http_answer *send_parts(
    struct site *site, enum person who, const struct site_part *parts, size_t count)
{
	const struct http_answer *page = site_page(site, VISITOR, "GET /receipts");
	const char *cookie = http_answer_cookie(site_client(site), page, "csrf");
	struct site_part all[4];
	struct http_call call = {
	    .method = "POST", .path = "/receipts", .type = SITE_MULTIPART_TYPE};

	EXPECT(page, 200, NULL);
	if (!form_token)
		form_token =
		    http_answer_between(site_client(site), page, "name=\"csrf\" value=\"", "\"");
	assert_true(count < 4);
	all[0] = (struct site_part){.name = "csrf", .bytes = form_token};
	memcpy(all + 1, parts, count * sizeof(*parts));
	call.headers = (const char *const[]){
	    forms_text(site, "Cookie: csrf=%s%s%s", cookie, who == VISITOR ? "" : "; ",
		who == VISITOR ? "" : site_cookie(site, who)),
	    NULL};
	call.body = site_multipart(site, all, count + 1, &call.length);
	form_token = NULL;
	return http_client_send(site_client(site), &call);
}

static const struct http_answer *verify(struct site *site, const char *text)
{
	return send_parts(site, VISITOR, PARTS({.name = "receipt", .bytes = text}));
}

static void test_who_gets_it(void **state)
{
	struct site *site = *state;
	const char *deletion = purged(site, ADA, "Barn");
	const struct http_answer *answer;

	static const struct {
		enum person who;
		long status, page;
	} rows[] = {{VISITOR, 401, 303}, {ADA, 404, 404}, {BEN, 404, 404}, {ADMIN, 200, 200},
	    {PLATFORM, 200, 200}, {MIA, 404, 404}, {BIRCH_ADMIN, 404, 404}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		EXPECT(site_api(site, rows[i].who, "GET /api/deletions/%s/receipt", deletion),
		    rows[i].status, NULL);
		EXPECT(site_page(site, rows[i].who, "GET /trash/%s/receipt", deletion),
		    rows[i].page, NULL);
	}
	answer = site_api(site, ADMIN, "GET /api/deletions/%s/receipt", deletion);
	assert_string_equal(http_answer_text(answer, "deletion_id"), deletion);
	assert_string_equal(http_answer_text(answer, "purged_at"),
	    site_text(site,
		"SELECT DATE_FORMAT(settled_at, '%%Y-%%m-%%dT%%H:%%i:%%s.%%fZ') FROM deletions"
		" WHERE id = " UUID,
		deletion));
	assert_string_equal(http_answer_text(answer, "receipt"),
	    site_text(site, "SELECT receipt FROM deletions WHERE id = " UUID, deletion));
	/* The file is the same, to keep. */
	const char *receipt = receipt_of(site, deletion);
	answer = site_page(site, ADMIN, "GET /trash/%s/receipt", deletion);
	assert_string_equal(answer->body, forms_text(site, "%s\n", receipt));
	assert_string_equal(http_answer_header(site_client(site), answer, "Content-Disposition"),
	    forms_text(site, "attachment; filename=\"receipt-%s.txt\"", deletion));
	answer = site_page(site, ADMIN, "GET /trash/%s", deletion);
	assert_true(forms_shows(answer, forms_text(site, "href=\"/trash/%s/receipt\"", deletion)));
}

static void test_before_the_purge(void **state)
{
	struct site *site = *state;
	const char *deletion = site_delete(site, ADA, site_photo(site, ADA, "Barn"));
	const struct http_answer *answer;

	answer = site_api(site, ADA, "GET /api/deletions/%s/receipt", deletion);
	EXPECT(answer, 409, "not_purged");
	assert_string_equal(http_answer_text(answer, "deletion_id"), deletion);
	EXPECT(site_api(site, BEN, "GET /api/deletions/%s/receipt", deletion), 404, NULL);
	EXPECT(site_page(site, ADA, "GET /trash/%s/receipt", deletion), 409, NULL);
	answer = site_page(site, ADA, "GET /trash/%s", deletion);
	assert_false(forms_shows(answer, "/receipt\""));
	EXPECT(site_api(site, ADA, "POST /api/deletions/%s/restore", deletion), 200, NULL);
	EXPECT(site_api(site, ADA, "GET /api/deletions/%s/receipt", deletion), 409, "not_purged");
	EXPECT(
	    site_api(site, ADMIN, "GET /api/deletions/%s/receipt", site_new_id(site)), 404, NULL);
}

static void test_a_valid_one(void **state)
{
	struct site *site = *state;
	const char *deletion = purged(site, ADA, "Grandmother");
	const char *receipt = receipt_of(site, deletion);
	const struct http_answer *answer = verify(site, receipt);

	EXPECT(answer, 200, NULL);
	assert_true(forms_shows(answer, "This receipt is valid."));
	assert_true(forms_shows(answer, deletion));
	assert_true(forms_shows(answer, "1 photo"));
	assert_false(forms_shows(answer, "Grandmother"));
	/* Pasted with line ends; as a file, which goes first; by somebody signed in. */
	answer = verify(site, forms_text(site, "\r\n%.50s\r\n%s\r\n", receipt, receipt + 50));
	assert_true(forms_shows(answer, "This receipt is valid."));
	answer = send_parts(site, VISITOR,
	    PARTS({.name = "receipt", .bytes = "x"}, {"file", "receipt.txt", receipt, 0}));
	assert_true(forms_shows(answer, "This receipt is valid."));
	answer = send_parts(site, ADA, PARTS({.name = "receipt", .bytes = receipt}));
	EXPECT(answer, 200, NULL);
	assert_true(forms_shows(answer, "This receipt is valid."));
	/* Once the record is gone as well: nothing is looked up but keys. */
	site_sql(site, "DELETE FROM deletions WHERE id = " UUID, deletion);
	EXPECT(site_api(site, ADMIN, "GET /api/deletions/%s/receipt", deletion), 404, NULL);
	assert_true(forms_shows(verify(site, receipt), "This receipt is valid."));
}

static void test_invalid_ones(void **state)
{
	struct site *site = *state;
	const char *receipt = receipt_of(site, purged(site, ADA, "Barn"));
	char *changed = arena_dup(site_arena(site), receipt);
	const struct http_answer *answer;
	static const char *const texts[] = {
	    "hello", "v4.public.", "v4.public.AAAA", "<script>alert(1)</script>"};

	changed[60] = changed[60] == 'A' ? 'B' : 'A';
	answer = verify(site, changed);
	EXPECT(answer, 200, NULL);
	assert_true(forms_shows(answer, "This receipt is not valid."));
	assert_true(forms_shows(answer, "The signature does not fit"));
	assert_true(forms_shows(answer, changed)); /* still in the field */
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		answer = verify(site, texts[i]);
		EXPECT(answer, 200, NULL);
		assert_true(forms_shows(answer, "This receipt is not valid."));
		assert_false(forms_shows(answer, "<script>alert"));
	}
}

/* An access token is signed with the same key and is no receipt; a receipt opens nothing. */
static void test_other_tokens(void **state)
{
	struct site *site = *state;
	const char *receipt = receipt_of(site, purged(site, ADA, "Barn"));
	const struct http_answer *answer = verify(site, site_token(site, ADA));

	EXPECT(answer, 200, NULL);
	assert_true(forms_shows(answer, "This receipt is not valid."));
	assert_true(forms_shows(answer, "The signature does not fit"));
	EXPECT(site_api_with(site, VISITOR, forms_text(site, "Authorization: Bearer %s", receipt),
		   NULL, "GET /api/photos"),
	    401, NULL);
}

static void test_unknown_key(void **state)
{
	struct site *site = *state;
	const char *folder = forms_text(site, "/tmp/lethe-receipts-%s", site_new_id(site));
	const struct receipt receipt = {.issuer = "https://elsewhere.example",
	    .deletion_id = site_new_id(site),
	    .kind = "photo",
	    .mode = "soft",
	    .origin = "owner",
	    .deleted_at_us = 1769000000000000,
	    .purged_at_us = 1769000000000000};
	const struct keys *keys;
	struct error error = {0};
	const struct http_answer *answer;

	assert_true(keys_create(folder, &error));
	keys = keys_load(folder, site_arena(site), &error);
	assert_non_null(keys);
	answer = verify(site, receipt_sign(keys, site_arena(site), &receipt));
	assert_true(forms_shows(answer, "This receipt is not valid."));
	assert_true(forms_shows(answer, "a key that is not known here"));
	assert_true(forms_shows(answer, keys_id(keys, 0)));
	assert_false(forms_shows(answer, "elsewhere.example"));
	assert_int_equal(remove(forms_text(site, "%s/0001.key", folder)), 0);
	assert_int_equal(remove(folder), 0);
}

static void test_bad_input(void **state)
{
	struct site *site = *state;
	const struct http_answer *answer = verify(site, "");
	char *large = arena_alloc(site_arena(site), 70000);

	EXPECT(answer, 400, NULL);
	assert_true(forms_shows(answer, "Paste a receipt"));
	EXPECT(verify(site, "  \r\n "), 200, NULL);
	EXPECT(send_parts(site, VISITOR, PARTS({"file", "a.txt", "a\0b", 3})), 400, NULL);
	memset(large, 'A', 69999);
	large[69999] = '\0';
	EXPECT(send_parts(site, VISITOR, PARTS({"file", "a.txt", large, 0})), 413, NULL);
	EXPECT(send_parts(site, VISITOR, PARTS({.name = "receipt", .bytes = large})), 413, NULL);
	large[30000] = '\0';
	EXPECT(send_parts(site, VISITOR, PARTS({.name = "receipt", .bytes = large})), 400, NULL);
	EXPECT(send_parts(site, VISITOR, PARTS({"other", "a.txt", "x", 0})), 400, NULL);
	EXPECT(
	    send_parts(site, VISITOR, PARTS({"file", "a.txt", "x", 0}, {"file", "b.txt", "x", 0})),
	    400, NULL);
	form_token = "x";
	EXPECT(verify(site, "v4.public.AAAA"), 403, NULL);
	form_token = NULL;
}

/* All keys that ever signed, for whoever verifies offline. */
static void test_keys_are_shown(void **state)
{
	struct site *site = *state;
	const struct auth *auth = site_auth_at(site, 0);
	const struct http_answer *answer = site_page(site, VISITOR, "GET /receipts");
	struct receipt_key *keys;
	size_t count = receipt_keys_of(auth->keys, site_arena(site), &keys);

	assert_true(count > 0);
	for (size_t i = 0; i < count; i++) {
		assert_true(forms_shows(answer, keys[i].text));
		assert_true(forms_shows(answer, keys[i].id));
		assert_string_equal(
		    site_text(site, "SELECT public_key FROM signing_keys WHERE key_id = '%s'",
			keys[i].id),
		    keys[i].text);
	}
	assert_false(forms_shows(answer, "k4.secret"));
	assert_false(forms_shows(answer, "k4.lid"));
	EXPECT(site_page(site, ADA, "GET /receipts"), 200, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_who_gets_it),
	    SITE_TEST(test_before_the_purge),
	    SITE_TEST(test_a_valid_one),
	    SITE_TEST(test_invalid_ones),
	    SITE_TEST(test_other_tokens),
	    SITE_TEST(test_unknown_key),
	    SITE_TEST(test_bad_input),
	    SITE_TEST(test_keys_are_shown),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
