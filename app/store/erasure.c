/* erasure.c - the statements of an account's erasure that take rows step by step. */
#include <store/erasure.h>

/* Rows of `table` picked by a bounded subselect, so that nothing is sorted and any index serves. */
#define CHANGE(table, where, set)                                                                  \
	"UPDATE " table " c JOIN (SELECT x.id FROM " table " x WHERE " where                       \
	" LIMIT ?) step ON step.id = c.id SET " set

/* Pending ones have been taken back. */
#define REQUEST_BLANKED "c.requester_email = NULL, c.reason = NULL, c.rejection_reason = NULL"
DB_STATEMENT(ERASURE_REQUESTS, CHANGE("deletion_requests",
				   "x.requester_id = ? AND (x.requester_email IS NOT NULL"
				   " OR x.reason IS NOT NULL OR x.rejection_reason IS NOT NULL)",
				   REQUEST_BLANKED));
DB_STATEMENT(ERASURE_VISITS, CHANGE("deletion_requests", "x.requester_email = ?", REQUEST_BLANKED));
DB_STATEMENT(
    ERASURE_DECISIONS, CHANGE("deletion_requests",
			   "x.organization_id = ? AND x.status = 'rejected' AND x.reviewed_by = ?"
			   " AND x.rejection_reason IS NOT NULL",
			   "c.rejection_reason = NULL"));
DB_STATEMENT(ERASURE_REVIEWS,
    CHANGE("photos",
	"x.organization_id = ? AND x.shelf IN (0, 1, 2) AND x.published = 0 AND x.reviewed_by = ?"
	" AND x.rejection_reason IS NOT NULL",
	"c.rejection_reason = NULL"));
DB_STATEMENT(ERASURE_SUBMISSIONS,
    CHANGE("photos", "x.submitter_email = ?", "c.submitter_name = NULL, c.submitter_email = NULL"));
DB_STATEMENT(ERASURE_ARCHIVINGS,
    "UPDATE photos c JOIN (SELECT p.id FROM archive_batches b JOIN photos p"
    " ON p.archive_batch_id = b.id WHERE b.organization_id = ? AND b.created_by = ?"
    " AND p.archive_reason IS NOT NULL LIMIT ?) step ON step.id = c.id"
    " SET c.archive_reason = NULL");
DB_STATEMENT(ERASURE_BATCHES, "UPDATE archive_batches SET reason = NULL WHERE organization_id = ?"
			      " AND created_by = ? AND reason IS NOT NULL LIMIT ?");
DB_STATEMENT(ERASURE_NOTES, "DELETE FROM photo_notes WHERE author_id = ? LIMIT ?");
DB_STATEMENT(ERASURE_HANDED_IN, "DELETE FROM activity_submissions WHERE user_id = ? LIMIT ?");
DB_STATEMENT(ERASURE_CLAIMS, "DELETE FROM site_claims WHERE user_id = ? LIMIT ?");
/* An heir who left meanwhile inherits nothing. */
DB_STATEMENT(ERASURE_EVENTS,
    "UPDATE events SET created_by = (SELECT h.id FROM users h WHERE h.id = ?"
    " AND h.deleted_at IS NULL AND NOT (h.deletion_status <=> 'SCHEDULED'))"
    " WHERE created_by = ? LIMIT ?");
DB_STATEMENT(ERASURE_SITES, "UPDATE sites SET created_by = NULL WHERE created_by = ? LIMIT ?");
DB_STATEMENT(
    ERASURE_PROJECTS, "UPDATE projects SET created_by = NULL WHERE created_by = ? LIMIT ?");
DB_STATEMENT(ERASURE_RECORDS,
    "UPDATE deletions SET label = NULL, reason = NULL WHERE owner_id = ? AND id <> ?"
    " AND (label IS NOT NULL OR reason IS NOT NULL) LIMIT ?");
DB_STATEMENT(ERASURE_REASONS, "UPDATE deletions SET reason = NULL WHERE initiator_id = ?"
			      " AND id <> ? AND reason IS NOT NULL LIMIT ?");
#define TRAIL(where)                                                                               \
	"UPDATE audit_reasons c JOIN (SELECT x.audit_id FROM audit_reasons x JOIN audit_log a"     \
	" ON a.id = x.audit_id WHERE " where " AND x.reason IS NOT NULL LIMIT ?) step"             \
	" ON step.audit_id = c.audit_id SET c.reason = NULL"
DB_STATEMENT(ERASURE_WRITTEN, TRAIL("a.organization_id = ? AND a.actor = ?"));
DB_STATEMENT(ERASURE_ABOUT, TRAIL("a.organization_id = ? AND a.item_id = ?"));
DB_STATEMENT(ERASURE_NAMING,
    "UPDATE audit_reasons SET reason = NULL WHERE organization_id = ? AND reason IS NOT NULL"
    " AND (INSTR(reason, ?) > 0 OR INSTR(reason, ?) > 0) LIMIT ?");
#define MAIL_BLANKED                                                                               \
	"UPDATE mail_outbox SET recipient = NULL, subject = NULL, data = NULL, body_text = NULL,"  \
	" body_html = NULL, unsubscribe = NULL, last_error = NULL, body_until = NULL,"             \
	" state = IF(state = 'waiting', 'dropped', state) WHERE forget = FALSE AND "
#define MAIL_SAYS                                                                                  \
	"(recipient IS NOT NULL OR subject IS NOT NULL OR data IS NOT NULL"                        \
	" OR body_text IS NOT NULL OR body_html IS NOT NULL OR unsubscribe IS NOT NULL"            \
	" OR last_error IS NOT NULL)"
DB_STATEMENT(ERASURE_MAIL_TO, MAIL_BLANKED "recipient = ? LIMIT ?");
DB_STATEMENT(ERASURE_MAIL_OF, MAIL_BLANKED "user_id = ? AND " MAIL_SAYS " LIMIT ?");
/* Mails to others that name the person: to admins about their requests, say. */
#define IN_WORDS "CONCAT_WS(' ', data, subject, body_text, body_html, last_error)"
DB_STATEMENT(ERASURE_MAIL_ABOUT,
    MAIL_BLANKED "organization_id = ? AND " MAIL_SAYS " AND (INSTR(" IN_WORDS
		 ", ?) > 0 OR INSTR(" IN_WORDS ", ?) > 0) LIMIT ?");
DB_STATEMENT(ERASURE_HEIRS,
    "UPDATE users SET deletion_transfer_to = NULL,"
    " deletion_events = 'anonymize' WHERE deletion_transfer_to = ? LIMIT ?");
DB_STATEMENT(ERASURE_INTERRUPTED,
    "DELETE c FROM interrupted_acts c JOIN (SELECT i.id FROM sessions s JOIN interrupted_acts i"
    " ON i.session_id = s.id WHERE s.user_id = ? LIMIT ?) step ON step.id = c.id");
DB_STATEMENT(ERASURE_SESSIONS, "DELETE FROM sessions WHERE user_id = ? LIMIT ?");

/* Each statement's values, in order: who (U), organisation (O), id as text (A), address (E), name
 * (N), heir (H), this deletion (D), limit (L). */
static const struct {
	const struct db_statement *statement;
	const char *values;
} parts[ERASURE_PART_COUNT] = {
    [ERASE_REQUESTS] = {&ERASURE_REQUESTS, "UL"},
    [ERASE_VISITS] = {&ERASURE_VISITS, "EL"},
    [ERASE_DECISIONS] = {&ERASURE_DECISIONS, "OUL"},
    [ERASE_REVIEWS] = {&ERASURE_REVIEWS, "OUL"},
    [ERASE_SUBMISSIONS] = {&ERASURE_SUBMISSIONS, "EL"},
    [ERASE_ARCHIVINGS] = {&ERASURE_ARCHIVINGS, "OUL"},
    [ERASE_BATCHES] = {&ERASURE_BATCHES, "OUL"},
    [ERASE_NOTES] = {&ERASURE_NOTES, "UL"},
    [ERASE_HANDED_IN] = {&ERASURE_HANDED_IN, "UL"},
    [ERASE_CLAIMS] = {&ERASURE_CLAIMS, "UL"},
    [ERASE_EVENTS] = {&ERASURE_EVENTS, "HUL"},
    [ERASE_SITES] = {&ERASURE_SITES, "UL"},
    [ERASE_PROJECTS] = {&ERASURE_PROJECTS, "UL"},
    [ERASE_RECORDS] = {&ERASURE_RECORDS, "UDL"},
    [ERASE_REASONS] = {&ERASURE_REASONS, "UDL"},
    [ERASE_WRITTEN] = {&ERASURE_WRITTEN, "OAL"},
    [ERASE_ABOUT] = {&ERASURE_ABOUT, "OUL"},
    [ERASE_NAMING] = {&ERASURE_NAMING, "ONEL"},
    [ERASE_MAIL_TO] = {&ERASURE_MAIL_TO, "EL"},
    [ERASE_MAIL_OF] = {&ERASURE_MAIL_OF, "UL"},
    [ERASE_MAIL_ABOUT] = {&ERASURE_MAIL_ABOUT, "ONEL"},
    [ERASE_HEIRS] = {&ERASURE_HEIRS, "UL"},
    [ERASE_INTERRUPTED] = {&ERASURE_INTERRUPTED, "UL"},
    [ERASE_SESSIONS] = {&ERASURE_SESSIONS, "UL"},
};

static struct db_value value_of(char letter, const struct erasure_person *person, int64_t limit)
{
	switch (letter) {
	case 'U':
		return db_bind_id(&person->user_id);
	case 'O':
		return db_bind_id(&person->organization_id);
	case 'A':
		return db_bind_text(person->uid);
	case 'E':
		return db_bind_text(person->email);
	case 'N':
		return db_bind_text(person->name);
	case 'H':
		return db_bind_id(&person->heir_id);
	case 'D':
		return db_bind_id(&person->deletion_id);
	default:
		return db_bind_int(limit);
	}
}

enum db_result erasure_run(struct db_tx *tx, enum erasure_part part,
    const struct erasure_person *person, int64_t limit, int64_t *rows_r)
{
	struct db_value values[8];
	size_t count = 0;
	uint64_t changed = 0;
	enum db_result result;

	for (const char *at = parts[part].values; *at; at++) {
		values[count++] = value_of(*at, person, limit);
	}
	result = db_exec(tx->db, parts[part].statement, values, count, &changed);
	*rows_r = result == DB_OK ? (int64_t)changed : 0;
	return result == DB_NONE ? DB_OK : result;
}
