/* trash.c - details, acts and what the tables hold then. */
#include "trash.h"

#include <store/places.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct error last_error;

/* One counting statement a table, for statements are not built while the program runs. */
#define TABLES(X)                                                                                  \
	X(photos)                                                                                  \
	X(photo_notes)                                                                             \
	X(ai_processing_results)                                                                   \
	X(quests)                                                                                  \
	X(quest_content_cards)                                                                     \
	X(activity_submissions)                                                                    \
	X(adventures)                                                                              \
	X(adventure_sequences)                                                                     \
	X(events)                                                                                  \
	X(albums)                                                                                  \
	X(projects)                                                                                \
	X(sites)                                                                                   \
	X(users)                                                                                   \
	X(organizations)
#define OTHERS(X)                                                                                  \
	X(files)                                                                                   \
	X(photo_tags)                                                                              \
	X(album_photos)                                                                            \
	X(photo_shares)                                                                            \
	X(dead_shares)                                                                             \
	X(storage_cleanup_queue)                                                                   \
	X(deletions)                                                                               \
	X(audit_log)                                                                               \
	X(generations)                                                                             \
	X(tags)                                                                                    \
	X(site_claims)                                                                             \
	X(sessions)                                                                                \
	X(archive_batches)                                                                         \
	X(deletion_effects)                                                                        \
	X(deletion_requests)                                                                       \
	X(role_requests)                                                                           \
	X(webhook_subscriptions)                                                                   \
	X(webhook_outbox)                                                                          \
	X(mail_outbox)                                                                             \
	X(audit_reasons)                                                                           \
	X(jobs)

#define MARKED(t)                                                                                  \
	DB_STATEMENT(trash_marked_##t, "SELECT COUNT(*) FROM " #t " WHERE deletion_id = ?");
#define LIVE(t)                                                                                    \
	DB_STATEMENT(trash_live_##t, "SELECT COUNT(*) FROM " #t " WHERE deleted_at IS NULL");
#define ALL(t) DB_STATEMENT(trash_rows_##t, "SELECT COUNT(*) FROM " #t);
TABLES(MARKED)
TABLES(LIVE)
TABLES(ALL)
OTHERS(ALL)
DB_STATEMENT(trash_photo_mark, "SELECT deleted_at IS NULL, deletion_id FROM photos WHERE id = ?");
DB_STATEMENT(trash_count_action, "SELECT COUNT(*) FROM audit_log WHERE action = ?");

static const struct counter {
	const char *table;
	const struct db_statement *marked, *live, *rows;
} counters[] = {
#define BOTH(t) {#t, &trash_marked_##t, &trash_live_##t, &trash_rows_##t},
#define ONE(t)  {#t, NULL, NULL, &trash_rows_##t},
    TABLES(BOTH) OTHERS(ONE)};

static const struct counter *counter_of(const char *table)
{
	for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (strcmp(counters[i].table, table) == 0) {
			return &counters[i];
		}
	}
	abort();
}

void trash_sql(struct world *world, const char *format, ...)
{
	struct db *owner = test_database_connect(world->database, TEST_OWNER);
	va_list args;
	char *sql;

	va_start(args, format);
	sql = arena_vprintf(world->arena, format, args);
	va_end(args);
	if (db_run(owner, sql) > DB_NONE) {
		fprintf(stderr, "test: %s\n", sql);
		abort();
	}
	db_close(&owner);
}

int64_t trash_number(struct world *world, const char *table, const char *where)
{
	const struct db_statement statement = {"trash_number",
	    arena_printf(world->arena, "SELECT COUNT(*) FROM %s WHERE %s", table, where)};
	struct db *owner = test_database_connect(world->database, TEST_OWNER);
	struct db_rows rows = {0};

	if (db_query(owner, world->arena, &statement, DB_NO_VALUES, &rows) != DB_OK) {
		fprintf(stderr, "test: %s\n", statement.sql);
		abort();
	}
	db_close(&owner);
	return db_int(&rows, 0, 0);
}

const char *trash_hex(struct world *world, const struct id *id)
{
	char *text = arena_alloc(world->arena, 40);
	char *out = text;

	out += sprintf(out, "X'");
	for (size_t i = 0; i < sizeof(id->bytes); i++) {
		out += sprintf(out, "%02x", id->bytes[i]);
	}
	sprintf(out, "'");
	return text;
}

/* The columns that begin every row. */
static const char *head(struct world *world, const struct actor *actor)
{
	struct id id = id_generate(world->clock.fixed_us);

	return arena_printf(world->arena, "%s, %s, '2026-01-21 12:00:00'", trash_hex(world, &id),
	    trash_hex(world, &actor->organization_id));
}

void trash_note(struct world *world, const struct actor *author, const struct id *photo_id)
{
	trash_sql(world,
	    "INSERT INTO photo_notes (id, organization_id, created_at, photo_id, author_id, body)"
	    " VALUES (%s, %s, %s, 'A note')",
	    head(world, author), trash_hex(world, photo_id), trash_hex(world, &author->user_id));
}

void trash_ai_result(struct world *world, const struct actor *actor, const struct id *photo_id)
{
	trash_sql(world,
	    "INSERT INTO ai_processing_results (id, organization_id, created_at, photo_id, model,"
	    " result) VALUES (%s, %s, 'm', '{}')",
	    head(world, actor), trash_hex(world, photo_id));
}

void trash_tag(
    struct world *world, const struct actor *actor, const struct id *photo_id, const char *name)
{
	trash_sql(world,
	    "INSERT IGNORE INTO tags (id, organization_id, created_at, name) VALUES (%s, '%s')",
	    head(world, actor), name);
	trash_sql(world,
	    "INSERT INTO photo_tags (photo_id, tag_id) SELECT %s, id FROM tags WHERE name = '%s'",
	    trash_hex(world, photo_id), name);
}

void trash_share(
    struct world *world, const struct actor *actor, const struct id *photo_id, unsigned char seed)
{
	trash_sql(world,
	    "INSERT INTO photo_shares (id, organization_id, created_at, photo_id, token_hash)"
	    " VALUES (%s, %s, REPEAT(CHAR(%u), 32))",
	    head(world, actor), trash_hex(world, photo_id), seed);
}

void trash_place(struct world *world, const struct id *album_id, const struct id *photo_id)
{
	trash_sql(world,
	    "INSERT INTO album_photos (album_id, photo_id, position) VALUES (%s, %s, 0)",
	    trash_hex(world, album_id), trash_hex(world, photo_id));
}

struct id trash_request(
    struct world *world, const struct actor *actor, const struct id *photo_id, const char *before)
{
	struct id id = id_generate(world->clock.fixed_us);

	trash_sql(world,
	    "INSERT INTO deletion_requests (id, organization_id, photo_id, requester_id,"
	    " requester_role, reason, status, photo_status_before, requested_at, due_at) VALUES"
	    " (%s, %s, %s, %s, 'submitter', 'Please', 'pending', '%s', '2026-01-21', '2026-02-18')",
	    trash_hex(world, &id), trash_hex(world, &actor->organization_id),
	    trash_hex(world, photo_id), trash_hex(world, &actor->user_id), before);
	trash_sql(world, "UPDATE photos SET status = 'deletion_requested' WHERE id = %s",
	    trash_hex(world, photo_id));
	return id;
}

static void add_parts(struct world *world, const struct actor *creator, enum item_kind kind,
    const struct id *id, unsigned parts)
{
	for (unsigned i = 0; i < parts; i++) {
		if (kind == ITEM_ADVENTURE) {
			trash_sql(world,
			    "INSERT INTO adventure_sequences (id, organization_id, created_at,"
			    " adventure_id, position, body) VALUES (%s, %s, %u, 'Step')",
			    head(world, creator), trash_hex(world, id), i);
			continue;
		}
		trash_sql(world,
		    "INSERT INTO quest_content_cards (id, organization_id, created_at, quest_id,"
		    " position, body) VALUES (%s, %s, %u, 'Card')",
		    head(world, creator), trash_hex(world, id), i);
		trash_sql(world,
		    "INSERT INTO activity_submissions (id, organization_id, created_at, quest_id,"
		    " body) VALUES (%s, %s, 'Done')",
		    head(world, creator), trash_hex(world, id));
	}
}

struct id trash_content(struct world *world, const struct actor *creator, enum item_kind kind,
    const char *status, unsigned parts)
{
	struct id id = id_generate(world->clock.fixed_us);
	const char *hex = trash_hex(world, &id);

	trash_sql(world,
	    "INSERT INTO %ss (id, organization_id, creator_id, title, publishing_status,"
	    " created_at) VALUES (%s, %s, %s, 'The title', '%s', '2026-01-21')",
	    item_kind_name(kind), hex, trash_hex(world, &creator->organization_id),
	    trash_hex(world, &creator->user_id), status);
	trash_sql(world,
	    "INSERT INTO files (id, organization_id, created_at, owner_kind, owner_id, part,"
	    " storage_key, content_type, bytes, digest)"
	    " VALUES (%s, '%s', %s, 'asset', LOWER(HEX(%s)), 'image/png', 100, REPEAT('x', 32))",
	    head(world, creator), item_kind_name(kind), hex, hex);
	add_parts(world, creator, kind, &id, parts);
	return id;
}

static const char *outcome(bool ok)
{
	return ok ? "" : last_error.code;
}

const struct error *trash_error(void)
{
	return &last_error;
}

const char *trash_delete(struct world *world, const struct actor *actor, const struct id *photo_id,
    struct deletion *deletion_r)
{
	struct deletion ignored;
	struct deletion_act act = {.kind = ITEM_PHOTO,
	    .item_id = *photo_id,
	    .origin = ORIGIN_BY_ACTOR,
	    .reason = "No longer wanted"};

	error_clear(&last_error);
	return outcome(deletions_delete(&world->domain, actor, world->arena, &act,
	    deletion_r ? deletion_r : &ignored, &last_error));
}

struct id trash_deleted_photo(struct world *world, const struct actor *actor)
{
	struct id photo = world_photo(world, actor, "Photo", NULL, NULL);
	struct deletion deletion;

	if (*trash_delete(world, actor, &photo, &deletion))
		abort();
	return deletion.id;
}

const char *trash_restore(struct world *world, const struct actor *actor,
    const struct id *deletion_id, struct deletion *deletion_r)
{
	struct deletion ignored;

	error_clear(&last_error);
	return outcome(deletions_restore(&world->domain, actor, world->arena, deletion_id, NULL,
	    deletion_r ? deletion_r : &ignored, &last_error));
}

const char *trash_restore_items(struct world *world, const struct actor *actor,
    const struct id *deletion_id, const struct id *items, size_t count, bool without_container,
    struct deletion *deletion_r)
{
	struct deletion ignored;
	struct restore_choice choice = {
	    .without_container = without_container, .items = items, .item_count = count};

	error_clear(&last_error);
	return outcome(deletions_restore(&world->domain, actor, world->arena, deletion_id, &choice,
	    deletion_r ? deletion_r : &ignored, &last_error));
}

const char *trash_forever(struct world *world, const struct actor *actor, enum item_kind kind,
    const struct id *item_id, struct deletion *deletion_r)
{
	struct deletion ignored;

	error_clear(&last_error);
	return outcome(deletions_delete_forever(&world->domain, actor, world->arena, kind, item_id,
	    NULL, deletion_r ? deletion_r : &ignored, &last_error));
}

struct purge_report trash_purge(struct world *world)
{
	struct purge_report report;
	struct error error = {0};

	if (!purge_due(&world->domain, world->arena, NULL, &report, &error)) {
		fprintf(stderr, "purge: %s\n", error.code);
		abort();
	}
	return report;
}

void trash_continue(struct world *world)
{
	unsigned steps;
	struct error error = {0};

	if (!deletions_continue(&world->domain, world->arena, 0, &steps, &error)) {
		fprintf(stderr, "continue: %s\n", error.code);
		abort();
	}
}

struct deletion trash_find(struct world *world, const struct id *deletion_id)
{
	struct deletion deletion;

	if (deletion_find(world->db, world->arena, NULL, deletion_id, &deletion) != DB_OK) {
		abort();
	}
	return deletion;
}

static struct db_rows query_one(
    struct world *world, const struct db_statement *statement, struct db_value value)
{
	struct db_rows rows = {0};

	if (db_query(world->db, world->arena, statement, &value,
		value.type == DB_VALUE_NULL ? 0 : 1, &rows) > DB_NONE) {
		abort();
	}
	return rows;
}

int64_t trash_marked(struct world *world, const char *table, const struct id *deletion_id)
{
	struct db_rows rows = query_one(world, counter_of(table)->marked, db_bind_id(deletion_id));

	return db_int(&rows, 0, 0);
}

int64_t trash_rows(struct world *world, const char *table)
{
	struct db_rows rows = query_one(world, counter_of(table)->rows, db_bind_null());

	return db_int(&rows, 0, 0);
}

int64_t trash_live(struct world *world, const char *table)
{
	struct db_rows rows = query_one(world, counter_of(table)->live, db_bind_null());

	return db_int(&rows, 0, 0);
}

bool trash_is_live(struct world *world, const struct id *photo_id)
{
	struct db_rows rows = query_one(world, &trash_photo_mark, db_bind_id(photo_id));

	return rows.count == 1 && db_bool(&rows, 0, 0);
}

struct id trash_mark_of(struct world *world, const struct id *photo_id)
{
	struct db_rows rows = query_one(world, &trash_photo_mark, db_bind_id(photo_id));

	return rows.count == 1 ? db_id(&rows, 0, 1) : id_none;
}

int64_t trash_entries(struct world *world, const char *action)
{
	struct db_rows rows = query_one(world, &trash_count_action, db_bind_text(action));

	return db_int(&rows, 0, 0);
}

/* A photo with one of everything, and its derivative. */
struct id trash_furnished(struct world *world, const struct actor *ada, const struct actor *ben)
{
	struct id album = world_place(world, ada, PLACE_ALBUM, "Best");
	struct id photo = world_photo(world, ada, "Barn", NULL, NULL);
	struct id small = world_derivative(world, ada, &photo);

	trash_note(world, ben, &photo);
	trash_note(world, ben, &small);
	trash_ai_result(world, ada, &photo);
	trash_tag(world, ada, &photo, "winter");
	trash_tag(world, ada, &photo, "snow");
	trash_tag(world, ada, &small, "winter");
	trash_place(world, &album, &photo);
	trash_share(world, ada, &photo, 1);
	trash_share(world, ada, &small, 2);
	return photo;
}

void trash_expect_nothing_left(struct world *world)
{
	static const char *const tables[] = {"photos", "photo_notes", "ai_processing_results",
	    "photo_tags", "album_photos", "photo_shares", "files"};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (trash_rows(world, tables[i]) != 0) {
			fprintf(
			    stderr, "%s: %d left\n", tables[i], (int)trash_rows(world, tables[i]));
			abort();
		}
	}
}
