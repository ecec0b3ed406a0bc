/* demo.c - rows that the demonstration alone writes. */
#include <store/demo.h>
#include <string.h>

DB_STATEMENT(DEMO_IS_EMPTY, "SELECT NOT EXISTS (SELECT 1 FROM organizations)");
DB_STATEMENT(DEMO_CLAIM_INSERT,
    "INSERT INTO site_claims (id, organization_id, site_id, user_id, state, decided_by, decided_at,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
DB_STATEMENT(DEMO_QUEST_INSERT,
    "INSERT INTO quests (id, organization_id, creator_id, title, publishing_status, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?)");
DB_STATEMENT(DEMO_ADVENTURE_INSERT,
    "INSERT INTO adventures (id, organization_id, creator_id, title, publishing_status, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?)");
DB_STATEMENT(DEMO_CARD_INSERT,
    "INSERT INTO quest_content_cards (id, organization_id, created_at, quest_id, position, body)"
    " VALUES (?, ?, ?, ?, ?, ?)");
DB_STATEMENT(DEMO_SUBMISSION_INSERT,
    "INSERT INTO activity_submissions (id, organization_id, created_at, quest_id, user_id, body)"
    " VALUES (?, ?, ?, ?, ?, ?)");
DB_STATEMENT(DEMO_SEQUENCE_INSERT, "INSERT INTO adventure_sequences (id, organization_id, "
				   "created_at, adventure_id, position, body)"
				   " VALUES (?, ?, ?, ?, ?, ?)");
DB_STATEMENT(DEMO_NOTE_INSERT,
    "INSERT INTO photo_notes (id, organization_id, created_at, photo_id, author_id, body)"
    " VALUES (?, ?, ?, ?, ?, ?)");
DB_STATEMENT(DEMO_AI_RESULT_INSERT,
    "INSERT INTO ai_processing_results (id, organization_id, created_at, photo_id, model, result)"
    " VALUES (?, ?, ?, ?, ?, ?)");
DB_STATEMENT(DEMO_EVENT_INSERT,
    "INSERT INTO events (id, organization_id, created_at, created_by, starts_at, title)"
    " VALUES (?, ?, ?, ?, ?, ?)");
DB_STATEMENT(DEMO_ROLE_REQUEST_INSERT,
    "INSERT INTO role_requests (id, organization_id, created_at, requester_uid, decided_at,"
    " requested_role, state) SELECT t.id, t.organization, t.made, t.uid, t.decided, t.role,"
    " IF(t.decided IS NULL, 'pending', 'approved') FROM (SELECT ? AS id, ? AS organization,"
    " ? AS made, ? AS uid, ? AS decided, ? AS role) t");
DB_STATEMENT(DEMO_REQUEST_INSERT,
    "INSERT INTO deletion_requests (id, organization_id, photo_id, site_id, requester_id,"
    " requester_email, requester_role, reason, status, photo_status_before, deletion_id,"
    " requested_at, due_at, reviewed_at, reviewed_by, rejection_reason)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'approved', ?, ?, ?, ?, ?, ?)");
DB_STATEMENT(DEMO_PHOTO_REQUESTED,
    "UPDATE photos SET status = 'deletion_requested' WHERE id = ? AND organization_id = ?"
    " AND status = 'approved'");

enum db_result store_demo_is_empty(struct db *db, struct arena *arena, bool *empty_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &DEMO_IS_EMPTY, DB_NO_VALUES, &rows);

	*empty_r = result == DB_OK && db_bool(&rows, 0, 0);
	return result;
}

enum db_result store_demo_claim(struct db_tx *tx, const struct demo_claim *claim)
{
	const bool decided = !id_is_none(&claim->decided_by);

	return db_exec(tx->db, &DEMO_CLAIM_INSERT,
	    DB_VALUES(db_bind_id(&claim->id), db_bind_id(&claim->organization_id),
		db_bind_id(&claim->site_id), db_bind_id(&claim->user_id),
		db_bind_text(decided ? "approved" : "pending"), db_bind_id(&claim->decided_by),
		db_bind_time(decided ? claim->at_us : 0), db_bind_time(claim->at_us)),
	    NULL);
}

enum db_result store_demo_content(struct db_tx *tx, const struct content *content)
{
	return db_exec(tx->db,
	    content->kind == ITEM_QUEST ? &DEMO_QUEST_INSERT : &DEMO_ADVENTURE_INSERT,
	    DB_VALUES(db_bind_id(&content->id), db_bind_id(&content->organization_id),
		db_bind_id(&content->creator_id), db_bind_text(content->title),
		db_bind_text(content_status_name(content->status)),
		db_bind_time(content->created_at_us)),
	    NULL);
}

/* Each statement takes id, organisation, time, then these two, then the text. */
enum column { OWNER, USER, POSITION, NAME, WHEN };

static const struct part {
	const struct db_statement *statement;
	enum column first, second;
} PARTS[DEMO_PART_COUNT] = {
    [DEMO_CARD] = {&DEMO_CARD_INSERT, OWNER, POSITION},
    [DEMO_SUBMISSION] = {&DEMO_SUBMISSION_INSERT, OWNER, USER},
    [DEMO_SEQUENCE] = {&DEMO_SEQUENCE_INSERT, OWNER, POSITION},
    [DEMO_NOTE] = {&DEMO_NOTE_INSERT, OWNER, USER},
    [DEMO_AI_RESULT] = {&DEMO_AI_RESULT_INSERT, OWNER, NAME},
    [DEMO_EVENT] = {&DEMO_EVENT_INSERT, USER, WHEN},
    [DEMO_ROLE_REQUEST] = {&DEMO_ROLE_REQUEST_INSERT, NAME, WHEN},
};

static struct db_value bind_column(enum column column, const struct demo_row *row)
{
	const struct db_value values[] = {
	    [OWNER] = db_bind_id(&row->owner_id),
	    [USER] = db_bind_id(&row->user_id),
	    [POSITION] = db_bind_int(row->position),
	    [NAME] = db_bind_text(row->name),
	    [WHEN] = db_bind_time(row->when_us),
	};

	return values[column];
}

enum db_result store_demo_part(struct db_tx *tx, enum demo_part part, const struct demo_row *row)
{
	return db_exec(tx->db, PARTS[part].statement,
	    DB_VALUES(db_bind_id(&row->id), db_bind_id(&row->organization_id),
		db_bind_time(row->at_us), bind_column(PARTS[part].first, row),
		bind_column(PARTS[part].second, row), db_bind_text(row->text)),
	    NULL);
}

enum db_result store_demo_request(struct db_tx *tx, const struct demo_request *request)
{
	enum db_result result = db_exec(tx->db, &DEMO_REQUEST_INSERT,
	    DB_VALUES(db_bind_id(&request->id), db_bind_id(&request->organization_id),
		db_bind_id(&request->photo_id), db_bind_id(&request->site_id),
		db_bind_id(&request->requester_id), db_bind_text(request->requester_email),
		db_bind_text(request->requester_role), db_bind_text(request->reason),
		db_bind_text(request->status), db_bind_id(&request->deletion_id),
		db_bind_time(request->requested_at_us), db_bind_time(request->due_at_us),
		db_bind_time(request->reviewed_at_us), db_bind_id(&request->reviewed_by),
		db_bind_text(request->rejection_reason)),
	    NULL);

	if (result != DB_OK || strcmp(request->status, "pending") != 0) {
		return result;
	}
	result = db_exec(tx->db, &DEMO_PHOTO_REQUESTED,
	    DB_VALUES(db_bind_id(&request->photo_id), db_bind_id(&request->organization_id)), NULL);
	return result == DB_NONE ? DB_OK : result; /* somebody had asked before */
}
