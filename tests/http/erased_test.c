/* erased_test.c - whoever has left is found nowhere: not in any table, stored file, log or mail of
 * the whole running Lethe, whichever way they went and whatever was chosen. The person's life is
 * lived through the program, by themselves and by others who write about them. */
#include "../support/site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <ftw.h>
#include <unistd.h>

/* Somebody of Alder's, by words that nothing else says. */
struct person_to_go {
	const char *id;
	const char *name;
	const char *email;
	const char *word; /* in all that they wrote */
	const char *uid;  /* the identity provider's */
	const char *authorization;
	const char *photos[4]; /* in the library, on a site, deleted, archived */
	const char *keys[4];   /* of their files */
};

enum way { BY_THEMSELVES, BY_AN_ADMIN, AT_ONCE };

/* --- a life --------------------------------------------------------------------------------- */

static const char *text(struct site *site, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static const char *text(struct site *site, const char *format, ...)
{
	char *buffer = arena_alloc(site_arena(site), 2048);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(buffer, 2048, format, arguments);
	va_end(arguments);
	return buffer;
}

static struct person_to_go make_person(struct site *site, const char *seed)
{
	struct person_to_go made = {.id = site_new_id(site),
	    .name = text(site, "Quill Name%s", seed),
	    .email = text(site, "address%s@alder.example", seed),
	    .word = text(site, "word%s", seed),
	    .uid = text(site, "provider%s", seed)};

	site_sql(site,
	    "INSERT INTO users (id, organization_id, email, display_name, bio, role, password_hash,"
	    " identity_uid, created_at) SELECT " UUID ", organization_id, '%s', '%s', '%s',"
	    " 'member', password_hash, '%s', created_at FROM users WHERE email = '%s'",
	    made.id, made.email, made.name, made.word, made.uid, site_email(ADA));
	return made;
}

static const struct http_answer *send_as(struct site *site, const struct person_to_go *person,
    const char *json, const char *method_and_path)
{
	return site_api_with(site, VISITOR, person->authorization, json, "%s", method_and_path);
}

/* Signed in twice: by a token, and in a browser that has a name. */
static void sign_in(struct site *site, struct person_to_go *person)
{
	const struct http_answer *answer = site_api_json(site, VISITOR,
	    text(site, "{'email': '%s', 'password': '" SITE_PASSWORD "'}", person->email),
	    "POST /api/tokens");

	EXPECT(answer, 201, NULL);
	person->authorization =
	    text(site, "Authorization: Bearer %s", http_answer_text(answer, "access_token"));
	EXPECT(
	    site_api_json(site, VISITOR,
		text(site, "{'email': '%s', 'password': 'wrong-%s'}", person->email, person->word),
		"POST /api/tokens"),
	    401, NULL);
	assert_non_null(site_sign_in(site, person->email, SITE_PASSWORD, NULL, NULL));
	site_sql(site, "UPDATE sessions SET user_agent = '%s' WHERE user_id = " UUID, person->word,
	    person->id);
	site_forgive_rates(site);
}

static const char *prove(struct site *site, const struct person_to_go *person, const char *purpose)
{
	const struct http_answer *answer = send_as(site, person,
	    text(site, "{'password': '" SITE_PASSWORD "', 'purpose': '%s'}", purpose),
	    "POST /api/reauth");

	EXPECT(answer, 201, NULL);
	return text(site, "%s\r\nX-Reauth-Token: %s", person->authorization,
	    http_answer_text(answer, "reauth_token"));
}

/* A JPEG with a comment in it, as cameras and programs write them. */
static struct site_part picture_that_says(struct site *site, const char *word)
{
	struct site_part part = {.name = "file", .filename = text(site, "%s.jpg", word)};
	const unsigned char *plain = site_picture(site, PICTURE_JPEG, &part.length);
	size_t said = strlen(word);
	unsigned char *bytes = arena_alloc(site_arena(site), part.length + said + 4);

	memcpy(bytes, plain, 2);
	bytes[2] = 0xff;
	bytes[3] = 0xfe;
	bytes[4] = 0;
	bytes[5] = (unsigned char)(said + 2);
	memcpy(bytes + 6, word, said);
	memcpy(bytes + 6 + said, plain + 2, part.length - 2);
	part.bytes = bytes;
	part.length += said + 4;
	return part;
}

static const char *add_photo(
    struct site *site, const struct person_to_go *person, const char *site_id)
{
	const struct site_part parts[] = {picture_that_says(site, person->word),
	    {.name = "title", .bytes = text(site, "Title %s", person->word)},
	    {.name = "description", .bytes = text(site, "Seen by %s", person->word)},
	    {.name = "site_id", .bytes = site_id}};
	const char *headers[] = {person->authorization, "Content-Type: " SITE_MULTIPART_TYPE, NULL};
	struct http_call call = {.method = "POST", .path = "/api/photos", .headers = headers};
	const struct http_answer *answer;

	call.body = site_multipart(site, parts, site_id ? 4 : 3, &call.length);
	answer = http_client_send(site_client(site), &call);
	EXPECT(answer, 201, NULL);
	return http_answer_text(answer, "id");
}

static void add_photos(struct site *site, struct person_to_go *person)
{
	const char *market = site_place(site, ADMIN, "sites", "Stall");
	const char *reason = text(site, "{'reason': 'Because %s'}", person->word);

	site_sql(site,
	    "INSERT INTO site_claims (id, organization_id, site_id, user_id, state, created_at)"
	    " SELECT " UUID ", organization_id, id, " UUID ", 'approved', '2026-01-01' FROM sites"
	    " WHERE id = " UUID,
	    site_new_id(site), site_user_id(site, SHOP), market);
	for (int i = 0; i < 4; i++) {
		person->photos[i] = add_photo(site, person, i == 1 ? market : NULL);
		person->keys[i] = site_text(site,
		    "SELECT storage_key FROM files WHERE owner_id = " UUID, person->photos[i]);
	}
	site_sql(site,
	    "UPDATE photos SET status = 'approved', submitter_name = '%s', submitter_email = '%s'"
	    " WHERE id = " UUID,
	    person->name, person->email, person->photos[1]);
	EXPECT(send_as(
		   site, person, NULL, text(site, "POST /api/photos/%s/shares", person->photos[0])),
	    201, NULL);
	EXPECT(
	    send_as(site, person, reason, text(site, "DELETE /api/photos/%s", person->photos[2])),
	    200, NULL);
	EXPECT(send_as(site, person, reason,
		   text(site, "POST /api/photos/%s/archive", person->photos[3])),
	    200, NULL);
}

/* Of what has no address of its own in the API. */
static void add_content(struct site *site, const struct person_to_go *person)
{
	const char *quest = site_content(site, CREATOR, "quests", "published");
	const char *other = site_content(site, CREATOR, "quests", "published");
	const char *adventure = site_content(site, CREATOR, "adventures", "archived");
	const char *theirs = site_photo(site, BEN, "Ben's own");

	site_sql(site, "UPDATE quests SET creator_id = " UUID ", title = '%s' WHERE id = " UUID,
	    person->id, person->word, quest);
	site_sql(site, "UPDATE quest_content_cards SET body = '%s' WHERE quest_id = " UUID,
	    person->word, quest);
	site_sql(site, "UPDATE adventures SET creator_id = " UUID ", title = '%s' WHERE id = " UUID,
	    person->id, person->word, adventure);
	site_sql(site,
	    "INSERT INTO activity_submissions (id, organization_id, quest_id, user_id, body,"
	    " created_at) SELECT " UUID ", organization_id, id, " UUID ", '%s', created_at"
	    " FROM quests WHERE id = " UUID,
	    site_new_id(site), person->id, person->word, other);
	site_sql(site,
	    "INSERT INTO photo_notes (id, organization_id, photo_id, author_id, body, created_at)"
	    " SELECT " UUID ", organization_id, id, " UUID ", '%s', created_at FROM photos"
	    " WHERE id = " UUID,
	    site_new_id(site), person->id, person->word, theirs);
	site_sql(site,
	    "INSERT INTO albums (id, organization_id, name, created_by, created_at) SELECT " UUID
	    ", organization_id, '%s', id, created_at FROM users WHERE id = " UUID,
	    site_new_id(site), person->word, person->id);
	site_sql(site,
	    "INSERT INTO events (id, organization_id, title, starts_at, created_by, created_at)"
	    " SELECT " UUID ", organization_id, 'Supper', '2027-06-01', id, created_at FROM users"
	    " WHERE id = " UUID,
	    site_new_id(site), person->id);
}

/* They ask for a deletion, and so does the owner of the site; both are mailed about. */
static void ask_and_answer(struct site *site, const struct person_to_go *person)
{
	const char *photo = person->photos[1], *own;
	const char *theirs = site_photo(site, BEN, "Another of Ben's");

	EXPECT(send_as(site, person,
		   text(site, "{'action': 'request_deletion', 'reason': 'I am the %s in it'}",
		       person->word),
		   text(site, "PATCH /api/photos/%s", photo)),
	    201, NULL);
	own = site_request_on(site, photo);
	EXPECT(site_api_json(site, SHOP,
		   "{'action': 'request_deletion', 'reason': 'It is not our stall at all.'}",
		   "PATCH /api/photos/%s", photo),
	    201, NULL);
	EXPECT(site_form(site, ADMIN, text(site, "ids=%s&reason=Ask+%s+again", own, person->name),
		   "POST /admin/requests/reject"),
	    303, NULL);
	EXPECT(site_api_json(site, ADMIN,
		   text(site, "{'reason': '%s (%s) wrote to us'}", person->name, person->email),
		   "DELETE /api/photos/%s", theirs),
	    200, NULL);
	site_forgive_rates(site);
}

/* What others do about them. */
static void be_looked_for(struct site *site, const struct person_to_go *person)
{
	EXPECT(site_page(site, ADMIN, "GET /admin/users?q=%s", person->email), 200, NULL);
	EXPECT(site_api(site, ADMIN, "GET /api/admin/users/%s", person->uid), 200, NULL);
	EXPECT(site_api(site, ADMIN, "GET /api/admin/users/%s/impact", person->uid), 200, NULL);
	site_await_in_logs(site, "/api/admin/users/-\"");
	/* An admin is asked for the password, and has second thoughts. */
	EXPECT(site_form(site, ADMIN,
		   text(site, "mode=hard&confirmation=%s&reason=%s", person->name, person->word),
		   "POST /admin/users/%s/delete", person->id),
	    303, NULL);
	EXPECT(
	    site_visitor_form(site, "/removal", "/removal", text(site, "email=%s", person->email)),
	    303, NULL);
	site_forgive_rates(site);
}

static void live(struct site *site, struct person_to_go *person)
{
	sign_in(site, person);
	add_photos(site, person);
	add_content(site, person);
	ask_and_answer(site, person);
	be_looked_for(site, person);
	EXPECT(site_api_with(site, VISITOR, prove(site, person, "account.export"), NULL,
		   "POST /api/me/export"),
	    202, NULL);
	site_work(site);
}

/* --- the search ----------------------------------------------------------------------------- */

static const char *needles[5];
static unsigned found;
static bool tells;

/* A message may break a line anywhere by "=". */
static void join_lines(char *bytes, size_t *length)
{
	size_t to = 0;

	for (size_t i = 0; i < *length; i++) {
		if (bytes[i] == '=' && i + 1 < *length &&
		    (bytes[i + 1] == '\r' || bytes[i + 1] == '\n'))
			i += bytes[i + 1] == '\r' ? 2 : 1;
		else
			bytes[to++] = bytes[i];
	}
	*length = to;
}

static void search_bytes(const char *where, char *bytes, size_t length)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; needles[i]; i++)
			if (memmem(bytes, length, needles[i], strlen(needles[i]))) {
				found++;
				if (tells)
					print_message("%s has %s\n", where, needles[i]);
			}
		join_lines(bytes, &length);
	}
}

/* All but the database's own files, which hold what was, too, until they are written over; and but
 * the one mail that goes to who was erased. */
static int search_file(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	FILE *file;
	char *bytes;
	size_t length;

	(void)place;
	if (kind == FTW_D && strcmp(path + place->base, "db") == 0)
		return FTW_SKIP_SUBTREE;
	if (kind != FTW_F || status->st_size == 0 || !(file = fopen(path, "r")))
		return FTW_CONTINUE;
	bytes = malloc((size_t)status->st_size);
	if (!bytes)
		abort();
	length = fread(bytes, 1, (size_t)status->st_size, file);
	if (!strstr(path, ".eml") || !memmem(bytes, length, "has been erased", 15))
		search_bytes(path, bytes, length);
	free(bytes);
	fclose(file);
	return FTW_CONTINUE;
}

static void search_table(struct site *site, const char *table, const char *columns)
{
	for (size_t i = 0; needles[i]; i++) {
		int64_t rows = site_number(site,
		    "SELECT COUNT(*) FROM %s WHERE INSTR(LOWER(CONCAT_WS('|', %s)), LOWER('%s')) > "
		    "0",
		    table, columns, needles[i]);

		found += rows > 0;
		if (rows > 0 && tells)
			print_message("table %s has %s\n", table, needles[i]);
	}
}

static void search_tables(struct site *site)
{
	const char *after = "";

	for (;;) {
		const char *row = site_text(site,
		    "SELECT CONCAT(TABLE_NAME, '=', GROUP_CONCAT(CONCAT('CONVERT(', COLUMN_NAME,"
		    " ' USING utf8mb4)') SEPARATOR ', ')) FROM information_schema.COLUMNS"
		    " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME > '%s' AND DATA_TYPE IN"
		    " ('varchar', 'char', 'text', 'mediumtext', 'longtext', 'varbinary', 'blob')"
		    " GROUP BY TABLE_NAME ORDER BY TABLE_NAME LIMIT 1",
		    after);
		const char *split = row ? strchr(row, '=') : NULL;

		if (!split)
			return;
		after = text(site, "%.*s", (int)(split - row), row);
		search_table(site, after, split + 1);
	}
}

static unsigned search(struct site *site, const struct person_to_go *person, bool aloud)
{
	const char *local = text(site, "%.*s", (int)strcspn(person->email, "@"), person->email);
	const char *name = strchr(person->name, ' ') + 1, *var = getenv("LETHE_TEST_VAR");

	needles[0] = name;
	needles[1] = local;
	needles[2] = person->word;
	needles[3] = person->uid;
	needles[4] = NULL;
	found = 0;
	tells = aloud;
	search_tables(site);
	if (!var)
		abort();
	assert_int_equal(nftw(var, search_file, 16, FTW_PHYS | FTW_ACTIONRETVAL), 0);
	return found;
}

/* The worker of the site works as well: whatever either has begun comes to its end. */
static void await_nothing(struct site *site, const struct person_to_go *person)
{
	for (int i = 0; i < 50; i++) {
		site_work(site);
		if (search(site, person, false) == 0)
			return;
		usleep(100 * 1000);
	}
	assert_int_equal(search(site, person, true), 0);
}

/* --- the end -------------------------------------------------------------------------------- */

/* Bring the end of the grace or window to now. */
static void pass_window(struct site *site, const struct person_to_go *person)
{
	site_sql(site,
	    "UPDATE users u JOIN deletions d ON d.id = u.leaving_id SET u.deletion_scheduled_for ="
	    " UTC_TIMESTAMP(6) - INTERVAL 1 SECOND, d.recover_until = u.deletion_scheduled_for"
	    " WHERE u.id = " UUID,
	    person->id);
}

static void go(struct site *site, const struct person_to_go *person, enum way way,
    const char *photos, const char *events)
{
	const char *heir = strcmp(events, "transfer") == 0
			       ? text(site, ", 'transfer_to': '%s'", site_user_id(site, BEN))
			       : "";
	const char *choices =
	    text(site, "'photos': '%s', 'events': '%s', 'reason': 'Farewell %s'%s", photos, events,
		person->word, heir);
	const char *proof;

	switch (way) {
	case BY_THEMSELVES:
		EXPECT(site_api_with(site, VISITOR, prove(site, person, "account.delete"),
			   text(site, "{'phrase': 'delete my account', %s}", choices),
			   "POST /api/me/delete"),
		    202, NULL);
		site_work(site); /* the mail with the link that cancels goes out */
		pass_window(site, person);
		return;
	case BY_AN_ADMIN:
		EXPECT(site_api_json(site, ADMIN, text(site, "{%s}", choices),
			   "DELETE /api/admin/users/%s", person->id),
		    204, NULL);
		pass_window(site, person);
		return;
	case AT_ONCE:
		proof = text(site, "X-Reauth-Token: %s",
		    site_reauth(site, ADMIN, "user.delete", person->id));
		EXPECT(site_api_with(site, ADMIN, proof, text(site, "{%s}", choices),
			   "DELETE /api/admin/users/%s?mode=hard", person->uid),
		    204, NULL);
		return;
	}
}

static void check_photos(struct site *site, const struct person_to_go *person, bool kept)
{
	for (int i = 0; i < 4; i++) {
		bool stays = kept && i != 2; /* what they had deleted goes in any case */

		assert_int_equal(site_number(site, "SELECT COUNT(*) FROM photos WHERE id = " UUID,
				     person->photos[i]),
		    stays);
		assert_int_equal(
		    site_number(site, "SELECT COUNT(*) FROM files WHERE owner_id = " UUID,
			person->photos[i]),
		    stays);
		assert_false(site_has_object(site, person->keys[i]));
	}
}

static void erase(
    void **state, const char *seed, enum way way, const char *photos, const char *events)
{
	struct site *site = *state;
	struct person_to_go person = make_person(site, seed);

	live(site, &person);
	assert_true(search(site, &person, false) > 20);
	if (strcmp(events, "block") == 0)
		site_sql(site, "DELETE FROM events WHERE created_by = " UUID, person.id);
	go(site, &person, way, photos, events);
	await_nothing(site, &person);
	check_photos(site, &person, strcmp(photos, "keep") == 0);
	assert_int_equal(
	    site_number(site,
		"SELECT COUNT(*) FROM events WHERE title = 'Supper' AND created_by = " UUID,
		site_user_id(site, BEN)),
	    strcmp(events, "transfer") == 0);
	site_sql(site, "DELETE FROM events WHERE title = 'Supper'");
	site_sql(site,
	    "DELETE c FROM site_claims c JOIN sites s ON s.id = c.site_id WHERE s.name = 'Stall'");
}

static void test_leaving_with_everything(void **state)
{
	erase(state, "qa1zx", BY_THEMSELVES, "delete", "anonymize");
}

static void test_leaving_photos_behind(void **state)
{
	erase(state, "qb2zx", BY_THEMSELVES, "keep", "transfer");
}

static void test_leaving_without_events(void **state)
{
	erase(state, "qc3zx", BY_THEMSELVES, "delete", "block");
}

static void test_being_deleted(void **state)
{
	erase(state, "qd4zx", BY_AN_ADMIN, "delete", "transfer");
}

static void test_being_deleted_photos_kept(void **state)
{
	erase(state, "qe5zx", BY_AN_ADMIN, "keep", "anonymize");
}

static void test_being_erased_at_once(void **state)
{
	erase(state, "qf6zx", AT_ONCE, "delete", "anonymize");
}

static void test_being_erased_at_once_photos_kept(void **state)
{
	erase(state, "qg7zx", AT_ONCE, "keep", "block");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SITE_TEST(test_leaving_with_everything),
	    SITE_TEST(test_leaving_photos_behind),
	    SITE_TEST(test_leaving_without_events),
	    SITE_TEST(test_being_deleted),
	    SITE_TEST(test_being_deleted_photos_kept),
	    SITE_TEST(test_being_erased_at_once),
	    SITE_TEST(test_being_erased_at_once_photos_kept),
	};

	return cmocka_run_group_tests(tests, site_group_setup, site_group_teardown);
}
