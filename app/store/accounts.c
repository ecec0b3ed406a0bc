/* accounts.c - what an account's row says of its own deletion, and its events. */
#include <store/accounts.h>

#include <store/sessions.h>

DB_STATEMENT(ACCOUNT_READ,
    "SELECT deletion_status, deletion_requested_at, deletion_scheduled_for, deletion_reason,"
    " deletion_photos, deletion_events, deletion_transfer_to, leaving_id, deletion_reminders"
    " FROM users WHERE id = ?");
DB_STATEMENT(ACCOUNT_STORE,
    "UPDATE users SET deletion_status = ?, deletion_requested_at = ?, deletion_scheduled_for = ?,"
    " deletion_reason = ?, deletion_photos = ?, deletion_events = ?, deletion_transfer_to = ?,"
    " leaving_id = ?, deletion_reminders = ? WHERE id = ?");
DB_STATEMENT(ACCOUNT_END_TOKENS,
    "UPDATE users SET tokens_valid_after = ?, kept_token_hash = ? WHERE id = ?");
DB_STATEMENT(ACCOUNT_END_INTERRUPTED,
    "DELETE i FROM interrupted_acts i JOIN sessions s ON s.id = i.session_id WHERE s.user_id = ?");
DB_STATEMENT(ACCOUNT_KEPT_TOKEN,
    "SELECT kept_token_hash FROM users WHERE id = ? AND kept_token_hash IS NOT NULL");
DB_STATEMENT(ACCOUNT_BY_IDENTITY,
    "SELECT id FROM users WHERE (? IS NULL OR organization_id = ?) AND identity_uid = ?"
    " ORDER BY deleted_at IS NULL DESC, id DESC LIMIT 1");

DB_STATEMENT(ACCOUNT_HOME, "SELECT organization_id FROM users WHERE id = ?"
			   " AND (goes_everywhere OR role = 'platform_admin')");
#define LEFT(table, column) "SELECT organization_id FROM " table " WHERE " column " = ?"
/* A photo that could not be kept without a name bears the mark of the deletion alone. */
#define LEFT_WITHOUT_NAME                                                                          \
	"SELECT p.organization_id FROM users u STRAIGHT_JOIN photos p FORCE INDEX (deletion)"      \
	" ON p.deletion_id = u.leaving_id WHERE u.id = ? AND u.deletion_photos = 'keep'"
DB_STATEMENT(ACCOUNT_NEXT_TENANT,
    "SELECT t.id FROM (SELECT organization_id id FROM photos WHERE uploader_id = ? "
    "UNION " LEFT_WITHOUT_NAME " UNION " LEFT("albums", "created_by") " UNION " LEFT("quests",
	"creator_id") " UNION " LEFT("adventures", "creator_id") " UNION " LEFT("photo_notes",
	"author_id") " UNION " LEFT("activity_submissions",
	"user_id") ") t WHERE t.id > ? AND t.id <> ?"
		   " ORDER BY t.id LIMIT 1");
DB_STATEMENT(ACCOUNT_NEXT_ORGANIZATION,
    "SELECT id FROM organizations WHERE id > ? AND id <> ? ORDER BY id LIMIT 1");

DB_STATEMENT(ACCOUNT_NEXT_TRAVELLER,
    "SELECT id FROM users FORCE INDEX (everywhere) WHERE goes_everywhere = 1"
    " AND organization_id = ? AND id > ? ORDER BY id LIMIT 1");

#define EVENTS_OF " FROM events WHERE organization_id = ? AND created_by = ? AND deleted_at IS NULL"
DB_STATEMENT(
    ACCOUNT_EVENTS, "SELECT id, title, starts_at" EVENTS_OF " ORDER BY starts_at, id LIMIT ?");
DB_STATEMENT(ACCOUNT_EVENTS_COUNT, "SELECT COUNT(*)" EVENTS_OF);

#define EVENT                                                                                      \
	"SELECT id, title, starts_at, organization_id, created_by FROM events WHERE id = ?"        \
	" AND (? IS NULL OR organization_id = ?) AND deleted_at IS NULL"
DB_STATEMENT(EVENT_FIND, EVENT);
DB_STATEMENT(EVENT_LOCK, EVENT " FOR UPDATE");
DB_STATEMENT(EVENT_GIVE, "UPDATE events SET created_by = ? WHERE id = ? AND organization_id = ?"
			 " AND deleted_at IS NULL");

DB_STATEMENT(ACCOUNT_REMINDERS_DUE,
    "SELECT id FROM users FORCE INDEX (reminders) WHERE deletion_status = 'SCHEDULED'"
    " AND deletion_reminders < ? AND deletion_scheduled_for > ? AND deletion_scheduled_for <= ?"
    " AND deleted_at IS NULL LIMIT ?");
DB_STATEMENT(ACCOUNT_REMINDED, "UPDATE users SET deletion_reminders = ? WHERE id = ?"
			       " AND deletion_status = 'SCHEDULED' AND deletion_reminders < ?"
			       " AND deleted_at IS NULL");

enum db_result account_read(
    struct db *db, struct arena *arena, const struct id *user_id, struct account_row *row_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, &ACCOUNT_READ, DB_VALUES(db_bind_id(user_id)), &rows);

	if (result == DB_OK)
		*row_r = (struct account_row){
		    .status = user_deletion_parse(db_text(&rows, 0, 0)),
		    .requested_us = db_time(&rows, 0, 1),
		    .scheduled_us = db_time(&rows, 0, 2),
		    .reason = db_text(&rows, 0, 3),
		    .photos = db_text(&rows, 0, 4),
		    .events = db_text(&rows, 0, 5),
		    .transfer_to = db_id(&rows, 0, 6),
		    .leaving_id = db_id(&rows, 0, 7),
		    .reminders = (unsigned)db_int(&rows, 0, 8),
		};
	return result;
}

enum db_result account_store(
    struct db_tx *tx, const struct id *user_id, const struct account_row *row)
{
	enum db_result result = db_exec(tx->db, &ACCOUNT_STORE,
	    DB_VALUES(db_bind_text(user_deletion_name(row->status)),
		db_bind_time(row->requested_us), db_bind_time(row->scheduled_us),
		db_bind_text(row->reason), db_bind_text(row->photos), db_bind_text(row->events),
		db_bind_id(&row->transfer_to), db_bind_id(&row->leaving_id),
		db_bind_int(row->reminders), db_bind_id(user_id)),
	    NULL);

	return result == DB_NONE ? DB_OK : result;
}

enum db_result account_end_access(struct db_tx *tx, const struct id *user_id,
    const unsigned char *token_hash, const struct id *except, int64_t now_us)
{
	enum db_result result = db_exec(tx->db, &ACCOUNT_END_TOKENS,
	    DB_VALUES(db_bind_time(now_us), db_bind_blob(token_hash, ACCOUNT_TOKEN_HASH_BYTES),
		db_bind_id(user_id)),
	    NULL);

	if (result <= DB_NONE)
		result =
		    db_exec(tx->db, &ACCOUNT_END_INTERRUPTED, DB_VALUES(db_bind_id(user_id)), NULL);
	if (result <= DB_NONE)
		result = sessions_remove_all(tx, user_id, except);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result account_kept_token(
    struct db *db, struct arena *arena, const struct id *user_id, const unsigned char **hash_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(db, arena, &ACCOUNT_KEPT_TOKEN, DB_VALUES(db_bind_id(user_id)), &rows);

	if (result == DB_OK)
		*hash_r = (const unsigned char *)db_text(&rows, 0, 0);
	return result;
}

enum db_result account_by_identity(struct db *db, struct arena *arena,
    const struct id *organization_id, const char *uid, struct id *user_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &ACCOUNT_BY_IDENTITY,
	    DB_VALUES(db_bind_id(organization_id), db_bind_id(organization_id), db_bind_text(uid)),
	    &rows);

	if (result == DB_OK)
		*user_r = db_id(&rows, 0, 0);
	return result;
}

enum db_result account_events(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *user_id, unsigned limit, struct event_row **events_r, size_t *count_r,
    int64_t *total_r)
{
	struct db_value organization = db_bind_id(organization_id), user = db_bind_id(user_id);
	struct db_rows rows = {0}, sum = {0};
	enum db_result result = db_query(
	    db, arena, &ACCOUNT_EVENTS, DB_VALUES(organization, user, db_bind_int(limit)), &rows);

	*count_r = rows.count;
	*total_r = 0;
	*events_r = arena_array(arena, rows.count + 1, sizeof(**events_r));
	for (size_t i = 0; i < rows.count; i++)
		(*events_r)[i] = (struct event_row){.id = db_id(&rows, i, 0),
		    .title = db_text(&rows, i, 1),
		    .starts_at_us = db_time(&rows, i, 2)};
	if (result > DB_NONE)
		return result;
	result = db_query(db, arena, &ACCOUNT_EVENTS_COUNT, DB_VALUES(organization, user), &sum);
	if (result == DB_OK)
		*total_r = db_int(&sum, 0, 0);
	return result;
}

enum db_result account_reminders_due(struct db *db, struct arena *arena, unsigned reminder,
    int64_t now_us, int64_t until_us, unsigned limit, struct id **users_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &ACCOUNT_REMINDERS_DUE,
	    DB_VALUES(db_bind_int(reminder), db_bind_time(now_us), db_bind_time(until_us),
		db_bind_int(limit)),
	    &rows);

	*count_r = rows.count;
	*users_r = arena_array(arena, rows.count + 1, sizeof(**users_r));
	for (size_t i = 0; i < rows.count; i++)
		(*users_r)[i] = db_id(&rows, i, 0);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result account_reminded(struct db_tx *tx, const struct id *user_id, unsigned reminder)
{
	return db_exec(tx->db, &ACCOUNT_REMINDED,
	    DB_VALUES(db_bind_int(reminder), db_bind_id(user_id), db_bind_int(reminder)), NULL);
}

enum db_result event_find(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *id, bool lock, struct event_row *event_r)
{
	struct db_value organization = db_bind_id(organization_id);
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, lock ? &EVENT_LOCK : &EVENT_FIND,
	    DB_VALUES(db_bind_id(id), organization, organization), &rows);

	if (result == DB_OK)
		*event_r = (struct event_row){.id = db_id(&rows, 0, 0),
		    .title = db_text(&rows, 0, 1),
		    .starts_at_us = db_time(&rows, 0, 2),
		    .organization_id = db_id(&rows, 0, 3),
		    .owner_id = db_id(&rows, 0, 4)};
	return result;
}

enum db_result event_give(struct db_tx *tx, const struct event_row *event, const struct id *user_id)
{
	return db_exec(tx->db, &EVENT_GIVE,
	    DB_VALUES(
		db_bind_id(user_id), db_bind_id(&event->id), db_bind_id(&event->organization_id)),
	    NULL);
}

enum db_result account_next_tenant(struct db *db, struct arena *arena, const struct id *user_id,
    const struct id *after, bool any, struct id *tenant_r)
{
	const struct db_value bound = db_bind_blob(after->bytes, sizeof(after->bytes));
	const struct db_value user = db_bind_id(user_id);
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &ACCOUNT_HOME, DB_VALUES(user), &rows);
	struct id home;

	if (result != DB_OK)
		return result;
	home = db_id(&rows, 0, 0);
	result =
	    any ? db_query(db, arena, &ACCOUNT_NEXT_ORGANIZATION,
		      DB_VALUES(bound, db_bind_id(&home)), &rows)
		: db_query(db, arena, &ACCOUNT_NEXT_TENANT,
		      DB_VALUES(user, user, user, user, user, user, user, bound, db_bind_id(&home)),
		      &rows);
	if (result == DB_OK)
		*tenant_r = db_id(&rows, 0, 0);
	return result;
}

enum db_result account_next_traveller(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *after, struct id *user_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &ACCOUNT_NEXT_TRAVELLER,
	    DB_VALUES(
		db_bind_id(organization_id), db_bind_blob(after->bytes, sizeof(after->bytes))),
	    &rows);

	if (result == DB_OK)
		*user_r = db_id(&rows, 0, 0);
	return result;
}
