/* erasure.c - the statements of an account's erasure that take rows step by step. */
#include "deletions.h"

#include <store/erasure.h>

#include <base/buf.h>
#include <base/text.h>
#include <ctype.h>
#include <string.h>

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
/* What was submitted under their address without an account, they have described as well. */
DB_STATEMENT(ERASURE_SUBMITTED,
    "UPDATE deletions c JOIN (SELECT d.id FROM photos p JOIN deletions d ON d.id = p.deletion_id"
    " AND d.item_id = p.id WHERE p.submitter_email = ? AND p.uploader_id IS NULL"
    " AND d.label IS NOT NULL LIMIT ?) step ON step.id = c.id SET c.label = NULL");
DB_STATEMENT(
    ERASURE_SUBMISSIONS, CHANGE("photos", "x.submitter_email = ?",
			     "c.title = IF(c.uploader_id IS NULL, NULL, c.title),"
			     " c.description = IF(c.uploader_id IS NULL, NULL, c.description),"
			     " c.submitter_name = NULL, c.submitter_email = NULL"));
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
    " AND kind NOT IN " PLACE_KINDS " AND (label IS NOT NULL OR reason IS NOT NULL) LIMIT ?");
DB_STATEMENT(ERASURE_REASONS, "UPDATE deletions SET reason = NULL WHERE initiator_id = ?"
			      " AND id <> ? AND reason IS NOT NULL LIMIT ?");
#define TRAIL(where)                                                                               \
	"UPDATE audit_reasons c JOIN (SELECT x.audit_id FROM audit_reasons x JOIN audit_log a"     \
	" ON a.id = x.audit_id WHERE " where " AND x.reason IS NOT NULL LIMIT ?) step"             \
	" ON step.audit_id = c.audit_id SET c.reason = NULL"
DB_STATEMENT(ERASURE_WRITTEN, TRAIL("a.organization_id = ? AND a.actor = ?"));
DB_STATEMENT(ERASURE_ABOUT, TRAIL("a.organization_id = ? AND a.item_id = ?"));
/* What others wrote stays, but for the name and the address in it. Values: pattern, replacement,
 * organisation, pattern, limit; the pattern comes last in `where`. Where the replacement would make
 * the text longer than its column, nothing stands there. */
#define TAKEN_OUT(column)                                                                          \
	"IF(CHAR_LENGTH(REGEXP_REPLACE(c." column ", step.said, step.instead)) <= 2000,"           \
	" REGEXP_REPLACE(c." column ", step.said, step.instead),"                                  \
	" REGEXP_REPLACE(c." column ", step.said, ''))"
#define NAMED(table, key, column, where)                                                           \
	"UPDATE (SELECT x." key " AS found, ? AS said, ? AS instead FROM " table " x"              \
	" WHERE x.organization_id = ?" where " AND x." column " REGEXP ? LIMIT ?) step"            \
	" JOIN " table " c ON c." key " = step.found"                                              \
	" SET c." column " = " TAKEN_OUT(column)
DB_STATEMENT(ERASURE_NAMED_TRAIL, NAMED("audit_reasons", "audit_id", "reason", ""));
DB_STATEMENT(ERASURE_NAMED_RECORDS, NAMED("deletions", "id", "reason", ""));
DB_STATEMENT(ERASURE_NAMED_REQUESTS, NAMED("deletion_requests", "id", "reason", ""));
DB_STATEMENT(ERASURE_NAMED_DECISIONS, NAMED("deletion_requests", "id", "rejection_reason", ""));
DB_STATEMENT(ERASURE_NAMED_REVIEWS,
    NAMED("photos", "id", "rejection_reason", " AND x.shelf IN (0, 1, 2) AND x.published = 0"));
DB_STATEMENT(ERASURE_NAMED_ARCHIVED,
    "UPDATE (SELECT p.id, ? AS said, ? AS instead FROM archive_batches b JOIN photos p"
    " ON p.archive_batch_id = b.id WHERE b.organization_id = ? AND p.archive_reason REGEXP ?"
    " LIMIT ?) step JOIN photos c ON c.id = step.id"
    " SET c.archive_reason = " TAKEN_OUT("archive_reason"));
DB_STATEMENT(ERASURE_NAMED_BATCHES, NAMED("archive_batches", "id", "reason", ""));
/* Their file in the spool is due to go at once, too. */
#define MAIL_FORGOTTEN                                                                             \
	"recipient = NULL, subject = NULL, data = NULL, body_text = NULL, body_html = NULL,"       \
	" unsubscribe = NULL, last_error = NULL, body_until = NULL, file_until = created_at,"      \
	" state = IF(state = 'waiting', 'dropped', state)"
#define MAIL_BLANKED "UPDATE mail_outbox SET " MAIL_FORGOTTEN " WHERE forget = FALSE AND "
#define MAIL_SAYS                                                                                  \
	"(recipient IS NOT NULL OR subject IS NOT NULL OR data IS NOT NULL"                        \
	" OR body_text IS NOT NULL OR body_html IS NOT NULL OR unsubscribe IS NOT NULL"            \
	" OR last_error IS NOT NULL)"
DB_STATEMENT(ERASURE_MAIL_TO, MAIL_BLANKED "recipient = ? LIMIT ?");
DB_STATEMENT(ERASURE_MAIL_OF, MAIL_BLANKED "user_id = ? AND " MAIL_SAYS " LIMIT ?");
/* Mails to others that repeat the person's words, or name a photo of theirs. A notice of their
 * request is void; what else still waits goes out first, and is forgotten then. */
#define MAIL_OF_OTHERS                                                                             \
	"UPDATE mail_outbox SET forget = state = 'waiting' AND template <> 'request_new',"         \
	" recipient = IF(forget, recipient, NULL), subject = IF(forget, subject, NULL),"           \
	" data = IF(forget, data, NULL), body_text = IF(forget, body_text, NULL),"                 \
	" body_html = IF(forget, body_html, NULL), unsubscribe = IF(forget, unsubscribe, NULL),"   \
	" last_error = NULL, body_until = NULL, file_until = IF(forget, NULL, created_at),"        \
	" state = IF(state = 'waiting' AND NOT forget, 'dropped', state) WHERE forget = FALSE "    \
	"AND "
DB_STATEMENT(ERASURE_MAIL_WORDS, MAIL_OF_OTHERS "author_id = ? AND " MAIL_SAYS " LIMIT ?");
DB_STATEMENT(ERASURE_MAIL_PHOTOS, MAIL_OF_OTHERS "owner_id = ? AND " MAIL_SAYS " LIMIT ?");
/* Those that have the address in them: to admins, about requests made by it without the account. */
#define IN_WORDS "CONCAT_WS(' ', x.data, x.subject, x.body_text, x.body_html, x.last_error)"
DB_STATEMENT(ERASURE_MAIL_NAMING,
    "UPDATE mail_outbox c JOIN (SELECT x.id FROM (SELECT CAST(? AS BINARY(16)) id UNION"
    " SELECT q.organization_id FROM deletion_requests q WHERE q.requester_email = ?) t"
    " STRAIGHT_JOIN mail_outbox x FORCE INDEX (organization) ON x.organization_id = t.id"
    " WHERE x.forget = FALSE AND INSTR(" IN_WORDS ", ?) > 0 LIMIT ?) step ON step.id = c.id"
    " SET " MAIL_FORGOTTEN);
DB_STATEMENT(ERASURE_HEIRS,
    "UPDATE users SET deletion_transfer_to = NULL,"
    " deletion_events = 'anonymize' WHERE deletion_transfer_to = ? LIMIT ?");
DB_STATEMENT(ERASURE_INTERRUPTED,
    "DELETE c FROM interrupted_acts c JOIN (SELECT i.id FROM sessions s JOIN interrupted_acts i"
    " ON i.session_id = s.id WHERE s.user_id = ? LIMIT ?) step ON step.id = c.id");
/* What an admin was about to do with the account, and has not confirmed. */
DB_STATEMENT(
    ERASURE_INTERRUPTED_ABOUT, "DELETE FROM interrupted_acts WHERE INSTR(path, ?) > 0 LIMIT ?");
DB_STATEMENT(ERASURE_SESSIONS, "DELETE FROM sessions WHERE user_id = ? LIMIT ?");

/* Each statement's values, in order: who (U), organisation (O), id as text (A), address (E), what
 * finds name and address (N), what stands in their place (R), heir (H), this deletion (D), limit
 * (L). */
static const struct {
	const struct db_statement *statement;
	const char *values;
} parts[ERASURE_PART_COUNT] = {
    [ERASE_MAIL_TO] = {&ERASURE_MAIL_TO, "EL"},
    [ERASE_MAIL_OF] = {&ERASURE_MAIL_OF, "UL"},
    [ERASE_MAIL_WORDS] = {&ERASURE_MAIL_WORDS, "UL"},
    [ERASE_MAIL_PHOTOS] = {&ERASURE_MAIL_PHOTOS, "UL"},
    [ERASE_MAIL_NAMING] = {&ERASURE_MAIL_NAMING, "OEEL"},
    [ERASE_REQUESTS] = {&ERASURE_REQUESTS, "UL"},
    [ERASE_VISITS] = {&ERASURE_VISITS, "EL"},
    [ERASE_DECISIONS] = {&ERASURE_DECISIONS, "OUL"},
    [ERASE_REVIEWS] = {&ERASURE_REVIEWS, "OUL"},
    [ERASE_SUBMITTED] = {&ERASURE_SUBMITTED, "EL"},
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
    [ERASE_NAMED_TRAIL] = {&ERASURE_NAMED_TRAIL, "NRONL"},
    [ERASE_NAMED_RECORDS] = {&ERASURE_NAMED_RECORDS, "NRONL"},
    [ERASE_NAMED_REQUESTS] = {&ERASURE_NAMED_REQUESTS, "NRONL"},
    [ERASE_NAMED_DECISIONS] = {&ERASURE_NAMED_DECISIONS, "NRONL"},
    [ERASE_NAMED_REVIEWS] = {&ERASURE_NAMED_REVIEWS, "NRONL"},
    [ERASE_NAMED_ARCHIVED] = {&ERASURE_NAMED_ARCHIVED, "NRONL"},
    [ERASE_NAMED_BATCHES] = {&ERASURE_NAMED_BATCHES, "NRONL"},
    [ERASE_HEIRS] = {&ERASURE_HEIRS, "UL"},
    [ERASE_INTERRUPTED] = {&ERASURE_INTERRUPTED, "UL"},
    [ERASE_INTERRUPTED_ABOUT] = {&ERASURE_INTERRUPTED_ABOUT, "AL"},
    [ERASE_SESSIONS] = {&ERASURE_SESSIONS, "UL"},
};

static const char name_gone[] = "(name removed)";

/* A text as a regular expression finds it: each sign of ASCII that is no letter or digit escaped.
 */
static void put_literal(struct buf *pattern, const char *text)
{
	for (const char *at = text; *at; at++) {
		if ((unsigned char)*at < 0x80 && !isalnum((unsigned char)*at)) {
			buf_putc(pattern, '\\');
		}
		buf_putc(pattern, *at);
	}
}

/* A name of one word may be a word of everybody's ("Will"): it is one as it is written, or with a
 * capital at its beginning. That is looked at once it is found, which costs a quarter. */
static void put_name(struct buf *pattern, const char *name)
{
	unsigned after = 0; /* characters but the first */

	put_literal(pattern, name);
	if (strchr(name, ' ')) {
		return;
	}
	for (const char *at = name + 1; *at; at++) {
		after += ((unsigned char)*at & 0xC0) != 0x80;
	}
	buf_puts(pattern, "(?<=(?-i:");
	put_literal(pattern, name);
	buf_printf(pattern, "|\\p{Lu}.{%u}))", after);
}

/* Finds the name and the address as whole words; NULL, which finds nothing, where there is neither.
 * It is the person who chose the name, so it must not take more with it than itself. */
static const char *naming_of(struct arena *arena, const struct erasure_person *person)
{
	static const char begin[] = "(?<![\\p{L}\\p{N}])(?:";
	struct buf pattern = {0};
	const char *copy = NULL;

	if (person->name && !text_is_blank(person->name)) {
		buf_puts(&pattern, begin);
		put_name(&pattern, text_trim(arena, person->name));
	}
	if (person->email && !text_is_blank(person->email)) {
		buf_puts(&pattern, pattern.length ? "|" : begin);
		put_literal(&pattern, text_trim(arena, person->email));
	}
	if (pattern.length) {
		buf_puts(&pattern, ")(?![\\p{L}\\p{N}])");
		copy = arena_copy(arena, pattern.data, pattern.length);
	}
	buf_free(&pattern);
	return copy;
}

/* It must not be found itself, or there would be no end to it. */
static const char *replacement_of(struct arena *arena, const struct erasure_person *person)
{
	const char *name = text_trim(arena, person->name ? person->name : "");
	size_t length = strlen(name);

	for (const char *at = strcasestr(name_gone, name); at; at = strcasestr(at + 1, name)) {
		bool begins = at == name_gone || !isalnum((unsigned char)at[-1]);

		if (begins && !isalnum((unsigned char)at[length])) {
			return "";
		}
	}
	return name_gone;
}

static struct db_value value_of(
    struct arena *arena, char letter, const struct erasure_person *person, int64_t limit)
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
		return db_bind_text(naming_of(arena, person));
	case 'R':
		return db_bind_text(replacement_of(arena, person));
	case 'H':
		return db_bind_id(&person->heir_id);
	case 'D':
		return db_bind_id(&person->deletion_id);
	default:
		return db_bind_int(limit);
	}
}

bool erasure_is_of_tenant(enum erasure_part part)
{
	return strchr(parts[part].values, 'O') != NULL;
}

enum db_result erasure_run(struct db_tx *tx, enum erasure_part part,
    const struct erasure_person *person, int64_t limit, int64_t *rows_r)
{
	struct db_value values[8];
	size_t count = 0;
	uint64_t changed = 0;
	enum db_result result;

	for (const char *at = parts[part].values; *at; at++) {
		values[count++] = value_of(tx->arena, *at, person, limit);
	}
	result = db_exec(tx->db, parts[part].statement, values, count, &changed);
	*rows_r = result == DB_OK ? (int64_t)changed : 0;
	return result == DB_NONE ? DB_OK : result;
}
