/* erasure.c - the statements of an account's erasure that take rows step by step. */
#include <store/erasure.h>

/* Rows of `table` picked by a bounded subselect, so that nothing is sorted and any index serves. */
#define CHANGE(table, where, set)                                                                  \
	"UPDATE " table " c JOIN (SELECT x.id FROM " table " x WHERE " where                       \
	" LIMIT ?) step ON step.id = c.id SET " set

/* Only the last pending request of a photo gives its status back. */
DB_STATEMENT(ERASURE_STATUSES,
    "UPDATE photos c JOIN (SELECT p.id, MIN(r.photo_status_before) before_it"
    " FROM deletion_requests r JOIN photos p ON p.id = r.photo_id"
    " WHERE (r.requester_id = ? OR r.requester_email = ?) AND r.status = 'pending'"
    " AND p.status = 'deletion_requested' AND NOT EXISTS (SELECT 1 FROM deletion_requests o"
    " WHERE o.photo_id = p.id AND o.status = 'pending' AND NOT (o.requester_id <=> r.requester_id"
    " AND o.requester_email <=> r.requester_email)) GROUP BY p.id LIMIT ?) step ON step.id = c.id"
    " SET c.status = step.before_it, c.withheld = FALSE");
#define REQUEST_BLANKED                                                                            \
	"c.reviewed_at = IF(c.status = 'pending', ?, c.reviewed_at), c.requester_email = NULL,"    \
	" c.reason = NULL, c.rejection_reason = NULL,"                                             \
	" c.status = IF(c.status = 'pending', 'cancelled', c.status)"
DB_STATEMENT(ERASURE_REQUESTS,
    CHANGE("deletion_requests",
	"x.requester_id = ? AND (x.status = 'pending' OR x.requester_email IS NOT NULL"
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
 * (N), heir (H), this deletion (D), time (T), limit (L). */
static const struct {
	const struct db_statement *statement;
	const char *values;
	const char *name;
} parts[ERASURE_PART_COUNT] = {
    [ERASE_STATUSES] = {&ERASURE_STATUSES, "UEL", "statuses"},
    [ERASE_REQUESTS] = {&ERASURE_REQUESTS, "ULT", "requests"},
    [ERASE_VISITS] = {&ERASURE_VISITS, "ELT", "visits"},
    [ERASE_DECISIONS] = {&ERASURE_DECISIONS, "OUL", "decisions"},
    [ERASE_REVIEWS] = {&ERASURE_REVIEWS, "OUL", "reviews"},
    [ERASE_SUBMISSIONS] = {&ERASURE_SUBMISSIONS, "EL", "submissions"},
    [ERASE_ARCHIVINGS] = {&ERASURE_ARCHIVINGS, "OUL", "archivings"},
    [ERASE_BATCHES] = {&ERASURE_BATCHES, "OUL", "batches"},
    [ERASE_NOTES] = {&ERASURE_NOTES, "UL", "notes"},
    [ERASE_HANDED_IN] = {&ERASURE_HANDED_IN, "UL", "handed_in"},
    [ERASE_CLAIMS] = {&ERASURE_CLAIMS, "UL", "claims"},
    [ERASE_EVENTS] = {&ERASURE_EVENTS, "HUL", "events"},
    [ERASE_SITES] = {&ERASURE_SITES, "UL", "sites"},
    [ERASE_PROJECTS] = {&ERASURE_PROJECTS, "UL", "projects"},
    [ERASE_RECORDS] = {&ERASURE_RECORDS, "UDL", "records"},
    [ERASE_REASONS] = {&ERASURE_REASONS, "UDL", "reasons"},
    [ERASE_WRITTEN] = {&ERASURE_WRITTEN, "OAL", "written"},
    [ERASE_ABOUT] = {&ERASURE_ABOUT, "OUL", "about"},
    [ERASE_NAMING] = {&ERASURE_NAMING, "ONEL", "naming"},
    [ERASE_MAIL_TO] = {&ERASURE_MAIL_TO, "EL", "mail_to"},
    [ERASE_MAIL_OF] = {&ERASURE_MAIL_OF, "UL", "mail_of"},
    [ERASE_MAIL_ABOUT] = {&ERASURE_MAIL_ABOUT, "ONEL", "mail_about"},
    [ERASE_HEIRS] = {&ERASURE_HEIRS, "UL", "heirs"},
    [ERASE_INTERRUPTED] = {&ERASURE_INTERRUPTED, "UL", "interrupted"},
    [ERASE_SESSIONS] = {&ERASURE_SESSIONS, "UL", "sessions"},
};

const char *erasure_part_name(enum erasure_part part)
{
	return parts[part].name;
}

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
	case 'T':
		return db_bind_time(person->now_us);
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
