/* exports_columns_test.c - an export is complete: whatever an erasure would take from a person's
 * rows is a member of one of its documents, or left out for a reason that stands here. */
#include "../support/archives.h"
#include "../support/exporting.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/erasure.h>
#include <domain/exports.h>
#include <jansson.h>
#include <store/places.h>
#include <string.h>

static int set_up(void **state)
{
	(void)state;
	scene_people();
	people_authorize(world);
	return 0;
}

/* Where a column of a person's rows is: a document and its member, "id" for a column that says
 * whose the row is. */
static const struct whereabouts {
	const char *table, *column;
	const char *document; /* NULL: it is left out */
	const char *member;   /* or why */
} places[] = {
    {"activity_submissions", "user_id", "submissions", "id"},
    {"activity_submissions", "body", "submissions", "body"},
    {"adventure_sequences", "body", "adventure_sequences", "body"},
    {"adventures", "creator_id", "adventures", "id"},
    {"adventures", "title", "adventures", "title"},
    {"ai_processing_results", "result", "photos", "ai_results"},
    {"albums", "created_by", "albums", "id"},
    {"albums", "name", "albums", "name"},
    {"archive_batches", "created_by", "archivings", "id"},
    {"archive_batches", "reason", "archivings", "reason"},
    {"audit_log", "actor", "audit", "id"},
    {"audit_log", "item_id", "audit_about", "id"},
    {"audit_reasons", "reason", "audit", "reason"},
    {"deletion_requests", "requester_id", "requests", "id"},
    {"deletion_requests", "requester_email", "requests", "requester_email"},
    {"deletion_requests", "requester_key", NULL, "made of the two"},
    {"deletion_requests", "reason", "requests", "reason"},
    {"deletion_requests", "reviewed_by", "decisions", "id"},
    {"deletion_requests", "rejection_reason", "decisions", "rejection_reason"},
    {"deletions", "item_id", "deletions_of_yours", "item_id"},
    {"deletions", "initiator_id", "deletions", "id"},
    {"deletions", "owner_id", "deletions_of_yours", "id"},
    {"deletions", "label", "deletions_of_yours", "label"},
    {"deletions", "reason", "deletions", "reason"},
    {"events", "created_by", "events", "id"},
    {"exports", "user_id", "exports", "id"},
    {"exports", "pending_of", NULL, "made of user_id"},
    {"generations", "started_by", "generations", "id"},
    {"installation", "purge_paused_by", NULL, "an operator's act"},
    {"interrupted_acts", "path", NULL, "forgotten within an hour"},
    {"interrupted_acts", "form", NULL, "forgotten within an hour"},
    {"mail_outbox", "user_id", "mails", "id"},
    {"mail_outbox", "recipient", "mails", "recipient"},
    {"mail_outbox", "author_id", NULL, "of mails to others"},
    {"mail_outbox", "owner_id", NULL, "of mails to others"},
    {"mail_outbox", "data", NULL, "holds links that are secrets, and is forgotten"},
    {"mail_outbox", "unsubscribe", NULL, "a secret"},
    {"mail_outbox", "subject", NULL, "may name what is another's"},
    {"mail_outbox", "body_text", NULL, "holds links that are secrets, and is forgotten"},
    {"mail_outbox", "body_html", NULL, "holds links that are secrets, and is forgotten"},
    {"mail_outbox", "last_error", NULL, "of a mail server"},
    {"organizations", "created_by", "organizations", "id"},
    {"photo_notes", "author_id", "notes", "id"},
    {"photo_notes", "body", "notes", "body"},
    {"photo_shares", "created_by", "shares", "id"},
    {"photos", "uploader_id", "photos", "id"},
    {"photos", "title", "photos", "title"},
    {"photos", "description", "photos", "description"},
    {"photos", "submitter_name", "photos", "submitter_name"},
    {"photos", "submitter_email", "photos", "submitter_email"},
    {"photos", "reviewed_by", "reviews", "id"},
    {"photos", "rejection_reason", "reviews", "rejection_reason"},
    {"photos", "archived_by", "archivings", "id"},
    {"photos", "archive_reason", "photos", "archive_reason"},
    {"projects", "created_by", "projects", "id"},
    {"quest_content_cards", "body", "quest_cards", "body"},
    {"quests", "creator_id", "quests", "id"},
    {"quests", "title", "quests", "title"},
    {"role_requests", "requester_uid", "role_requests", "id"},
    {"sessions", "token_hash", NULL, "a secret"},
    {"sessions", "user_id", "sessions", "id"},
    {"sessions", "csrf_secret", NULL, "a secret"},
    {"sessions", "user_agent", "sessions", "user_agent"},
    {"site_claims", "user_id", "site_claims", "id"},
    {"site_claims", "decided_by", NULL, "the audit trail tells of it"},
    {"sites", "created_by", "sites", "id"},
    {"users", "email", "profile", "email"},
    {"users", "live_email", NULL, "the same"},
    {"users", "display_name", "profile", "display_name"},
    {"users", "password_hash", NULL, "a secret"},
    {"users", "identity_uid", "profile", "identity_uid"},
    {"users", "live_identity_uid", NULL, "the same"},
    {"users", "kept_token_hash", NULL, "a secret"},
    {"users", "deletion_reason", "profile", "deletion_reason"},
    {"users", "deletion_transfer_to", "profile", "deletion_transfer_to"},
    {"users", "leaving_id", NULL, "the deletion says so itself"},
    {"users", "bio", "profile", "bio"},
    {"webhook_subscriptions", "created_by", NULL, "the audit trail tells of it"},
};
#define PLACES (sizeof(places) / sizeof(places[0]))

static bool is_personal(const struct erasure_column *column)
{
	return column->effect != ERASED_NOT_PERSONAL && column->effect != ERASED_OTHERS;
}

/* A column that an erasure minds, without a place; a place without such a column. */
static void every_column_has_its_place(void **state)
{
	size_t count, personal = 0, missing = 0;
	const struct erasure_column *columns = erasure_columns(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		if (!is_personal(&columns[i]))
			continue;
		personal++;
		while (k < PLACES && (strcmp(places[k].table, columns[i].table) != 0 ||
					 strcmp(places[k].column, columns[i].column) != 0))
			k++;
		if (k == PLACES) {
			print_error("%s.%s has no place\n", columns[i].table, columns[i].column);
			missing++;
		}
	}
	assert_int_equal(missing, 0);
	assert_int_equal(personal, PLACES);
}

/* --- a life that has all of it --------------------------------------------------------------- */

static const char *hex(const struct actor *actor)
{
	return trash_hex(world, &actor->user_id);
}

/* What is hers and where she only takes part. */
static void live_as_owner(void)
{
	struct id photo = world_photo(world, &ada, "Mine", NULL, NULL);
	struct id taken = world_photo(world, &ada, "Taken", NULL, NULL);
	struct id theirs = world_photo(world, &ben, "Theirs", NULL, NULL);
	struct id album = world_place(world, &ada, PLACE_ALBUM, "Album");
	struct id site = world_place(world, &ada, PLACE_SITE, "shop");
	struct id quest = trash_content(world, &ben, ITEM_QUEST, "published", 1);

	(void)world_place(world, &ada, PLACE_PROJECT, "Harvest");
	(void)world_derivative(world, &ada, &photo);
	(void)trash_content(world, &ada, ITEM_QUEST, "published", 2);
	(void)trash_content(world, &ada, ITEM_ADVENTURE, "archived", 2);
	(void)people_event(world, &ada, "Fair");
	(void)people_session(world, &ada);
	trash_place(world, &album, &photo);
	trash_place(world, &album, &theirs);
	trash_note(world, &ada, &theirs);
	trash_ai_result(world, &ada, &photo);
	trash_share(world, &ada, &theirs, 7);
	(void)trash_request(world, &ada, &theirs, "approved");
	trash_sql(world,
	    "UPDATE photos SET description = 'd', submitter_name = 'n', archived_at = '2026-01-02',"
	    " submitter_email = 'ada@alder.example', archive_reason = 'r' WHERE id = %s",
	    trash_hex(world, &photo));
	trash_sql(world,
	    "INSERT INTO activity_submissions (id, organization_id, quest_id, user_id, body,"
	    " created_at) VALUES (UNHEX(MD5('s')), %s, %s, %s, 'b', '2026-01-01')",
	    trash_hex(world, &ada.organization_id), trash_hex(world, &quest), hex(&ada));
	trash_sql(world,
	    "INSERT INTO site_claims (id, organization_id, site_id, user_id, state, created_at)"
	    " VALUES (UNHEX(MD5('c')), %s, %s, %s, 'pending', '2026-01-01')",
	    trash_hex(world, &ada.organization_id), trash_hex(world, &site), hex(&ada));
	assert_string_equal(trash_delete(world, &admin, &taken, NULL), "");
}

/* What she decided about what is others'. */
static void live_as_admin(void)
{
	struct id rejected = world_photo(world, &ben, "Rejected", NULL, NULL);
	struct id asked = world_photo(world, &ben, "Asked", NULL, NULL);
	struct id request = trash_request(world, &ben, &asked, "approved");
	struct id gone = world_photo(world, &ada, "Gone", NULL, NULL);

	trash_sql(world,
	    "UPDATE photos SET status = 'rejected', reviewed_by = %s, reviewed_at = '2026-01-02',"
	    " rejection_reason = 'why' WHERE id = %s",
	    hex(&ada), trash_hex(world, &rejected));
	trash_sql(world,
	    "UPDATE deletion_requests SET status = 'rejected', reviewed_by = %s,"
	    " reviewed_at = '2026-01-02', rejection_reason = 'why' WHERE id = %s",
	    hex(&ada), trash_hex(world, &request));
	trash_sql(world, "UPDATE organizations SET created_by = %s", hex(&ada));
	assert_string_equal(trash_delete(world, &ada, &gone, NULL), "");
	trash_sql(world, "UPDATE deletions SET reason = 'why' WHERE initiator_id = %s", hex(&ada));
}

/* What there is of her beside. */
static void live_on(void)
{
	char uid[ID_TEXT_SIZE];

	id_format(&ada.user_id, uid);
	trash_sql(world,
	    "INSERT INTO role_requests (id, organization_id, requester_uid, requested_role, state,"
	    " created_at) VALUES (UNHEX(MD5('r')), %s, '%s', 'admin', 'pending', '2026-01-01')",
	    trash_hex(world, &ada.organization_id), uid);
	trash_sql(world,
	    "INSERT INTO archive_batches (id, organization_id, created_by, reason, created_at)"
	    " VALUES (UNHEX(MD5('b')), %s, %s, 'why', '2026-01-01')",
	    trash_hex(world, &stranger.organization_id), hex(&ada));
	trash_sql(world,
	    "INSERT INTO deletion_requests (id, organization_id, photo_id, requester_email,"
	    " requester_role, reason, status, photo_status_before, requested_at, due_at)"
	    " VALUES (UNHEX(MD5('q')), %s, UNHEX(MD5('p')), 'ada@alder.example', 'visitor', 'why',"
	    " 'rejected', 'approved', '2026-01-01', '2026-01-29')",
	    trash_hex(world, &stranger.organization_id));
	trash_sql(world,
	    "INSERT INTO mail_outbox (id, user_id, recipient, template, subject, next_attempt_at,"
	    " created_at) VALUES (UNHEX(MD5('m')), %s, 'ada@alder.example', 'request', 'Hello',"
	    " '2026-01-01', '2026-01-01')",
	    hex(&ada));
	trash_sql(world,
	    "INSERT INTO audit_log (id, organization_id, at, actor, action, details)"
	    " VALUES (UNHEX(MD5('a')), %s, '2026-01-01', '%s', 'settings.change', '{}')",
	    trash_hex(world, &stranger.organization_id), uid);
	trash_sql(world,
	    "INSERT INTO audit_log (id, organization_id, at, actor, action, item_id, details)"
	    " VALUES (UNHEX(MD5('o')), %s, '2026-01-01', 'operator', 'user.role', %s, '{}')",
	    trash_hex(world, &ada.organization_id), hex(&ada));
	trash_sql(world, "REPLACE INTO audit_reasons (audit_id, organization_id, reason)"
			 " SELECT id, organization_id, 'why' FROM audit_log");
	trash_sql(world, "UPDATE sessions SET user_agent = 'Browser'");
	trash_sql(world, "UPDATE photo_shares SET created_by = %s", hex(&ada));
	trash_sql(world,
	    "UPDATE users SET bio = 'b', identity_uid = 'uid', deletion_reason = 'why',"
	    " deletion_photos = 'keep', deletion_events = 'transfer', deletion_transfer_to = %s"
	    " WHERE id = %s",
	    hex(&ben), hex(&ada));
}

static json_t *document_of(const struct taken *taken, const char *name)
{
	const struct taken_file *file =
	    taken_find(taken, arena_printf(world->arena, "/%s.json", name));
	json_t *json = file ? json_loads(file->bytes, 0, NULL) : NULL;

	if (!json)
		fail_msg("%s.json", name);
	return json;
}

static bool is_said(const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);

	return value && !json_is_null(value) && (!json_is_array(value) || json_array_size(value));
}

static bool says(const json_t *document, const char *member)
{
	const json_t *row;
	size_t i;

	if (json_is_object(document))
		return is_said(document, member);
	json_array_foreach(document, i, row)
	{
		if (is_said(row, member))
			return true;
	}
	return false;
}

static void every_column_is_in_it(void **state)
{
	const char *path;
	struct taken taken;

	(void)state;
	live_as_owner();
	live_as_admin();
	live_on();
	(void)exporting_make(world, &ada, &path);
	taken_read(&taken, path);
	for (size_t i = 0; i < PLACES; i++) {
		json_t *json;

		if (!places[i].document)
			continue;
		json = document_of(&taken, places[i].document);
		if (!says(json, places[i].member))
			fail_msg("%s.%s is not in %s.json", places[i].table, places[i].column,
			    places[i].document);
		json_decref(json);
	}
	taken_free(&taken);
}

/* --- what is not by a column ------------------------------------------------------------------ */

static void expect_rows(const struct taken *taken, const char *name, size_t rows)
{
	json_t *json = document_of(taken, name);

	assert_int_equal(json_array_size(json), rows);
	json_decref(json);
}

/* Her albums are whole; entries of hers are found wherever she was at work; none that tell of her
 * say who it was. */
static void what_lies_elsewhere_is_in_it(void **state)
{
	struct taken taken;
	const struct taken_file *about;
	const char *path;
	char uid[ID_TEXT_SIZE];

	(void)state;
	live_as_owner();
	live_as_admin();
	live_on();
	(void)exporting_make(world, &ada, &path);
	taken_read(&taken, path);
	expect_rows(&taken, "album_photos", 2);
	expect_rows(&taken, "audit_elsewhere", 1);
	expect_rows(&taken, "audit_about", 1);
	expect_rows(&taken, "deletions", 1);
	expect_rows(&taken, "deletions_of_yours", 1);
	expect_rows(&taken, "organizations", 2);
	about = taken_find(&taken, "deletions_of_yours.json");
	assert_null(strstr(about->bytes, "why"));
	about = taken_find(&taken, "audit_about.json");
	assert_null(strstr(about->bytes, "operator"));
	id_format(&admin.user_id, uid);
	assert_false(taken_says(&taken, uid));
	taken_free(&taken);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_column_has_its_place),
	    cmocka_unit_test_setup(every_column_is_in_it, set_up),
	    cmocka_unit_test_setup(what_lies_elsewhere_is_in_it, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
