/* exports_sections.c - what goes into an export, but for photos and files: rows of one kind each.
 *
 * What a person has, wrote and did may lie in any organisation, so that these go by the person
 * alone. What is another's is left out: their names, their words, the titles of what is theirs. */
#include <store/exports.h>
#include <string.h>

#define STATE(x) "IF(" x ".deleted_at IS NULL, 'live', 'trash')"
#define ARCHIVED_STATE(x)                                                                          \
	"IF(" x ".deleted_at IS NOT NULL, 'trash',"                                                \
	" IF(" x ".publishing_status = 'archived', 'archived', 'live'))"
#define UNTIL(x) "(SELECT d.recover_until FROM deletions d WHERE d.id = " x ".deletion_id)"
#define PAGE(id) " AND " id " > ? ORDER BY " id " LIMIT ?"

DB_STATEMENT(EXPORT_PROFILE,
    "SELECT u.id, u.organization_id, o.name, u.email, u.display_name, u.bio, u.role,"
    " u.identity_uid, u.notify_requests, u.notify_retention, u.created_at, u.deletion_status,"
    " u.deletion_requested_at, u.deletion_scheduled_for, u.deletion_reason, u.deletion_photos,"
    " u.deletion_events, u.deletion_transfer_to FROM users u"
    " JOIN organizations o ON o.id = u.organization_id WHERE u.id = ?" PAGE("u.id"));
DB_STATEMENT(
    EXPORT_ALBUMS, "SELECT x.id, x.name, x.created_at, " STATE("x") ", x.deleted_at, " UNTIL(
		       "x") " FROM albums x WHERE x.created_by = ?" PAGE("x.id"));
/* Whosever the photos are: what is left of the album in hand, and the next one that has any, so
 * that no page reads more than a few times its rows. Values: album, user, photo, limit; user,
 * album, limit; limit. */
DB_STATEMENT(EXPORT_ALBUM_PHOTOS,
    "(SELECT x.album_id, x.photo_id, x.position FROM albums a JOIN album_photos x"
    " ON x.album_id = a.id WHERE a.id = ? AND a.created_by = ? AND x.photo_id > ?"
    " ORDER BY x.photo_id LIMIT ?) UNION ALL"
    " (SELECT x.album_id, x.photo_id, x.position FROM album_photos x WHERE x.album_id ="
    " (SELECT MIN(a.id) FROM albums a FORCE INDEX (creator) WHERE a.created_by = ? AND a.id > ?"
    " AND EXISTS (SELECT 1 FROM album_photos y WHERE y.album_id = a.id))"
    " ORDER BY x.photo_id LIMIT ?) ORDER BY album_id, photo_id LIMIT ?");
#define MADE(table)                                                                                \
	"SELECT x.id, x.name, x.created_at, " STATE("x") ", x.deleted_at FROM " table              \
							 " x WHERE x.created_by = ?" PAGE("x.id")
DB_STATEMENT(EXPORT_PROJECTS, MADE("projects"));
DB_STATEMENT(EXPORT_SITES, MADE("sites"));
DB_STATEMENT(EXPORT_ORGANIZATIONS, MADE("organizations"));
DB_STATEMENT(EXPORT_QUESTS,
    "SELECT x.id, x.title, x.publishing_status, x.created_at, x.archived_at, " ARCHIVED_STATE(
	"x") ", x.deleted_at, " UNTIL("x") " FROM quests x WHERE x.creator_id = ?" PAGE("x.id"));
DB_STATEMENT(EXPORT_CARDS, "SELECT x.id, x.quest_id, x.position, x.body, x.created_at, " STATE(
			       "x") " FROM quests q JOIN quest_content_cards x ON x.quest_id = q.id"
				    " WHERE q.creator_id = ?" PAGE("x.id"));
DB_STATEMENT(EXPORT_ADVENTURES, "SELECT x.id, x.title, x.publishing_status, x.created_at, "
				"x.archived_at, " ARCHIVED_STATE("x") ", x.deleted_at, " UNTIL(
				    "x") " FROM adventures x WHERE x.creator_id = ?" PAGE("x.id"));
DB_STATEMENT(EXPORT_SEQUENCES,
    "SELECT x.id, x.adventure_id, x.position, x.body, x.created_at, " STATE(
	"x") " FROM adventures a JOIN adventure_sequences x ON x.adventure_id = a.id"
	     " WHERE a.creator_id = ?" PAGE("x.id"));
DB_STATEMENT(
    EXPORT_SUBMISSIONS, "SELECT x.id, x.quest_id, x.body, x.created_at, " STATE(
			    "x") " FROM activity_submissions x WHERE x.user_id = ?" PAGE("x.id"));
DB_STATEMENT(
    EXPORT_EVENTS, "SELECT x.id, x.title, x.starts_at, x.created_at, " STATE(
		       "x") ", x.deleted_at FROM events x WHERE x.created_by = ?" PAGE("x.id"));
DB_STATEMENT(EXPORT_NOTES, "SELECT x.id, x.photo_id, x.body, x.created_at, " STATE(
			       "x") " FROM photo_notes x WHERE x.author_id = ?" PAGE("x.id"));
DB_STATEMENT(EXPORT_ALL_SHARES, "SELECT x.id, x.photo_id, x.created_at, x.expires_at, x.revoked_at"
				" FROM photo_shares x WHERE x.created_by = ?" PAGE("x.id"));
DB_STATEMENT(EXPORT_GENERATIONS, "SELECT x.id, x.original_id, x.created_at, x.finished_at"
				 " FROM generations x WHERE x.started_by = ?" PAGE("x.id"));
/* What admins wrote to others, for as long as it is kept. */
DB_STATEMENT(EXPORT_REVIEWS,
    "SELECT x.id, x.status, x.reviewed_at, x.rejection_reason FROM photos x"
    " FORCE INDEX (moderation) WHERE x.organization_id = ? AND x.status = 'rejected'"
    " AND x.reviewed_by = ?" PAGE("x.id"));
DB_STATEMENT(EXPORT_DECISIONS,
    "SELECT x.id, x.photo_id, x.status, x.reviewed_at, x.rejection_reason"
    " FROM deletion_requests x FORCE INDEX (queue) WHERE x.organization_id = ?"
    " AND x.status = 'rejected' AND x.reviewed_by = ?" PAGE("x.id"));
DB_STATEMENT(EXPORT_SUBMITTED,
    "SELECT x.id, x.submitter_name, x.submitter_email, IF(x.uploader_id IS NULL, x.title, NULL),"
    " IF(x.uploader_id IS NULL, x.description, NULL), x.created_at, " STATE(
	"x") " FROM photos x WHERE x.submitter_email = ?" PAGE("x.id"));
DB_STATEMENT(EXPORT_REQUESTS,
    "SELECT x.id, x.photo_id, x.requester_email, x.requester_role, x.reason, x.status,"
    " x.requested_at, x.due_at, x.reviewed_at, x.rejection_reason FROM deletion_requests x"
    " WHERE (x.requester_id = ? OR x.requester_email = ?)" PAGE("x.id"));
DB_STATEMENT(EXPORT_CLAIMS,
    "SELECT x.id, x.site_id, x.state, x.created_at, x.decided_at FROM site_claims x"
    " WHERE x.user_id = ?" PAGE("x.id"));
DB_STATEMENT(EXPORT_ROLES,
    "SELECT x.id, x.requested_role, x.state, x.created_at, x.decided_at FROM role_requests x"
    " WHERE x.requester_uid IN (?, ?)" PAGE("x.id"));
DB_STATEMENT(EXPORT_ARCHIVINGS,
    "SELECT x.id, x.photo_count, x.reason, x.created_at, x.purge_after, x.criteria"
    " FROM archive_batches x WHERE x.created_by = ?" PAGE("x.id"));
/* One arm for each value of the column before the id in the index, as of photos. */
#define OF_DELETIONS(index, where)                                                                 \
	" FROM ((SELECT id FROM deletions FORCE INDEX (" index ") WHERE " where                    \
	" AND restorable = 0 AND id > ? ORDER BY id LIMIT ?) UNION ALL"                            \
	" (SELECT id FROM deletions FORCE INDEX (" index ") WHERE " where                          \
	" AND restorable = 1 AND id > ? ORDER BY id LIMIT ?) ORDER BY id LIMIT ?) k"               \
	" JOIN deletions x ON x.id = k.id ORDER BY x.id"
DB_STATEMENT(EXPORT_DELETIONS,
    "SELECT x.id, x.kind, x.item_id, IF(x.owner_id = x.initiator_id, x.label, NULL), x.origin,"
    " x.reason, x.mode, x.photo_action, x.state, x.photo_count, x.bytes, x.deleted_at,"
    " x.recover_until, x.settled_at" OF_DELETIONS("own_trash", "initiator_id = ?"));
/* Why, and by whom, is theirs who did it. */
DB_STATEMENT(EXPORT_DELETIONS_OF,
    "SELECT x.id, x.kind, x.item_id, x.label, x.origin, x.mode, x.photo_action, x.state,"
    " x.photo_count, x.bytes, x.deleted_at, x.recover_until, x.settled_at" OF_DELETIONS(
	"owner", "owner_id = ? AND NOT (initiator_id <=> owner_id)"));
DB_STATEMENT(EXPORT_EXPORTS,
    "SELECT x.id, x.state, x.bytes, x.created_at, x.ready_at,"
    " x.expires_at, x.settled_at FROM exports x WHERE x.user_id = ?" PAGE("x.id"));
DB_STATEMENT(EXPORT_SESSIONS, "SELECT x.id, x.user_agent, x.created_at, x.seen_at FROM sessions x"
			      " WHERE x.user_id = ?" PAGE("x.id"));
/* What mails said is not kept for long, holds links that are secrets, and names what is others'. */
DB_STATEMENT(EXPORT_MAILS, "SELECT x.id, x.recipient, x.template, x.state, x.created_at,"
			   " x.sent_at FROM mail_outbox x"
			   " WHERE (x.user_id = ? OR x.recipient = ?)" PAGE("x.id"));
#define ENTRIES                                                                                    \
	"SELECT x.id, x.at, x.action, x.kind, x.item_id, x.mode, x.request_id, r.reason, "         \
	"x.details"
#define REASONS " LEFT JOIN audit_reasons r ON r.audit_id = x.id"
DB_STATEMENT(EXPORT_AUDIT, ENTRIES " FROM audit_log x" REASONS
				   " WHERE x.organization_id = ? AND x.actor = ?" PAGE("x.id"));
/* Those of platform admins; of others there are none. */
DB_STATEMENT(EXPORT_AUDIT_ELSEWHERE,
    ENTRIES " FROM organizations o STRAIGHT_JOIN audit_log x FORCE INDEX (actor)"
	    " ON x.organization_id = o.id" REASONS " WHERE o.id <> ? AND x.actor = ?" PAGE("x.id"));
DB_STATEMENT(EXPORT_AUDIT_ABOUT,
    "SELECT x.id, x.at, x.action, x.mode, x.request_id, x.details FROM audit_log x"
    " WHERE x.organization_id = ? AND x.item_id = ? AND x.actor <> ?" PAGE("x.id"));

/* The values: who (U), organisation (O), id as text (A), address (E), identity (N), the ids that
 * the page goes on after (F, S), the limit (L); without F, this and the limit are the last. The
 * columns with their types: id (I), text (T), time (W), number (N), yes or no (B), JSON (J), which
 * is the last. */
#define ENTRY_TYPES "IWTTITTTJ"
#define ENTRY_COLUMNS                                                                              \
	{                                                                                          \
		"id", "at", "action", "kind", "item_id", "mode", "request_id", "reason", "details" \
	}
static const struct {
	struct export_section section;
	const struct db_statement *statement;
	const char *values;
	const char *types;
	const char *columns[18];
} sections[] = {
    {{"profile", "your account", true}, &EXPORT_PROFILE, "U", "IITTTTTTBBWTWWTTTI",
	{"id", "organization_id", "organization", "email", "display_name", "bio", "role",
	    "identity_uid", "notify_requests", "notify_retention", "created_at", "deletion_status",
	    "deletion_requested_at", "deletion_scheduled_for", "deletion_reason", "deletion_photos",
	    "deletion_events", "deletion_transfer_to"}},
    {{"albums", "your albums", false}, &EXPORT_ALBUMS, "U", "ITWTWW",
	{"id", "name", "created_at", "state", "deleted_at", "recover_until"}},
    {{"album_photos", "which photos are in your albums, at which place", false},
	&EXPORT_ALBUM_PHOTOS, "FUSLUFLL", "IIN", {"album_id", "photo_id", "position"}},
    {{"projects", "projects that you made", false}, &EXPORT_PROJECTS, "U", "ITWTW",
	{"id", "name", "created_at", "state", "deleted_at"}},
    {{"sites", "sites that you made", false}, &EXPORT_SITES, "U", "ITWTW",
	{"id", "name", "created_at", "state", "deleted_at"}},
    {{"organizations", "organisations that you made", false}, &EXPORT_ORGANIZATIONS, "U", "ITWTW",
	{"id", "name", "created_at", "state", "deleted_at"}},
    {{"quests", "your quests", false}, &EXPORT_QUESTS, "U", "ITTWWTWW",
	{"id", "title", "publishing_status", "created_at", "archived_at", "state", "deleted_at",
	    "recover_until"}},
    {{"quest_cards", "the cards of your quests", false}, &EXPORT_CARDS, "U", "IINTWT",
	{"id", "quest_id", "position", "body", "created_at", "state"}},
    {{"adventures", "your adventures", false}, &EXPORT_ADVENTURES, "U", "ITTWWTWW",
	{"id", "title", "publishing_status", "created_at", "archived_at", "state", "deleted_at",
	    "recover_until"}},
    {{"adventure_sequences", "the steps of your adventures", false}, &EXPORT_SEQUENCES, "U",
	"IINTWT", {"id", "adventure_id", "position", "body", "created_at", "state"}},
    {{"submissions", "what you handed in to quests", false}, &EXPORT_SUBMISSIONS, "U", "IITWT",
	{"id", "quest_id", "body", "created_at", "state"}},
    {{"events", "your events", false}, &EXPORT_EVENTS, "U", "ITWWTW",
	{"id", "title", "starts_at", "created_at", "state", "deleted_at"}},
    {{"notes", "your notes on photos", false}, &EXPORT_NOTES, "U", "IITWT",
	{"id", "photo_id", "body", "created_at", "state"}},
    {{"shares", "links to photos that you made, without what opens them", false},
	&EXPORT_ALL_SHARES, "U", "IIWWW",
	{"id", "photo_id", "created_at", "expires_at", "revoked_at"}},
    {{"generations", "derivatives that you had made", false}, &EXPORT_GENERATIONS, "U", "IIWW",
	{"id", "original_id", "created_at", "finished_at"}},
    {{"reviews", "photos that you rejected, and why", false}, &EXPORT_REVIEWS, "OU", "ITWT",
	{"id", "status", "reviewed_at", "rejection_reason"}},
    {{"decisions", "requests that you rejected, and why", false}, &EXPORT_DECISIONS, "OU", "IITWT",
	{"id", "photo_id", "status", "reviewed_at", "rejection_reason"}},
    {{"submitted_photos", "photos that were submitted under your address", false},
	&EXPORT_SUBMITTED, "E", "ITTTTWT",
	{"id", "submitter_name", "submitter_email", "title", "description", "created_at", "state"}},
    {{"requests", "your requests that photos be deleted", false}, &EXPORT_REQUESTS, "UE",
	"IITTTTWWWT",
	{"id", "photo_id", "requester_email", "requester_role", "reason", "status", "requested_at",
	    "due_at", "reviewed_at", "rejection_reason"}},
    {{"site_claims", "your claims on sites", false}, &EXPORT_CLAIMS, "U", "IITWW",
	{"id", "site_id", "state", "created_at", "decided_at"}},
    {{"role_requests", "roles that you asked for", false}, &EXPORT_ROLES, "AN", "ITTWW",
	{"id", "requested_role", "state", "created_at", "decided_at"}},
    {{"archivings", "your acts of archiving", false}, &EXPORT_ARCHIVINGS, "U", "INTWWJ",
	{"id", "photo_count", "reason", "created_at", "purge_after", "criteria"}},
    {{"deletions", "what you deleted", false}, &EXPORT_DELETIONS, "UFLUFLL", "ITITTTTTTNNWWW",
	{"id", "kind", "item_id", "label", "origin", "reason", "mode", "photo_action", "state",
	    "photo_count", "bytes", "deleted_at", "recover_until", "settled_at"}},
    {{"deletions_of_yours", "what was yours and was not deleted by you", false},
	&EXPORT_DELETIONS_OF, "UFLUFLL", "ITITTTTTNNWWW",
	{"id", "kind", "item_id", "label", "origin", "mode", "photo_action", "state", "photo_count",
	    "bytes", "deleted_at", "recover_until", "settled_at"}},
    {{"exports", "exports of your data", false}, &EXPORT_EXPORTS, "U", "ITNWWWW",
	{"id", "state", "bytes", "created_at", "ready_at", "expires_at", "settled_at"}},
    {{"sessions", "browsers that are signed in", false}, &EXPORT_SESSIONS, "U", "ITWW",
	{"id", "user_agent", "created_at", "seen_at"}},
    {{"mails", "mails that were sent to you, without their words", false}, &EXPORT_MAILS, "UE",
	"ITTTWW", {"id", "recipient", "template", "state", "created_at", "sent_at"}},
    {{"audit", "your entries in the audit trail", false}, &EXPORT_AUDIT, "OA", ENTRY_TYPES,
	ENTRY_COLUMNS},
    {{"audit_elsewhere", "those in the trails of other organisations", false},
	&EXPORT_AUDIT_ELSEWHERE, "OA", ENTRY_TYPES, ENTRY_COLUMNS},
    {{"audit_about", "entries about you, made by others", false}, &EXPORT_AUDIT_ABOUT, "OUA",
	"IWTTTJ", {"id", "at", "action", "mode", "request_id", "details"}},
};
#define COUNT (sizeof(sections) / sizeof(sections[0]))

size_t export_section_count(void)
{
	return COUNT;
}

const struct export_section *export_section(size_t i)
{
	return &sections[i].section;
}

/* What is asked for. */
struct page {
	const struct export_person *person;
	const struct export_item *after;
	unsigned limit;
};

static struct db_value value_of(char letter, const struct page *page)
{
	switch (letter) {
	case 'O':
		return db_bind_id(&page->person->organization_id);
	case 'A':
		return db_bind_text(page->person->uid);
	case 'E':
		return db_bind_text(page->person->email);
	case 'N':
		return db_bind_text(page->person->identity_uid);
	case 'F':
		return db_bind_blob(page->after->id.bytes, sizeof(page->after->id.bytes));
	case 'S':
		return db_bind_blob(page->after->second.bytes, sizeof(page->after->second.bytes));
	case 'L':
		return db_bind_int(page->limit);
	default:
		return db_bind_id(&page->person->user_id);
	}
}

static void set_member(struct doc *doc, const char *key, char type, const struct db_rows *rows,
    size_t row, size_t column)
{
	struct id id;

	switch (type) {
	case 'I':
		id = db_id(rows, row, column);
		doc_set_id(doc, key, &id);
		break;
	case 'W':
		doc_set_time(doc, key, db_time(rows, row, column));
		break;
	case 'N':
		doc_set_int(doc, key, db_int(rows, row, column));
		break;
	case 'B':
		doc_set_bool(doc, key, db_bool(rows, row, column));
		break;
	default:
		doc_set_text(doc, key, db_text(rows, row, column));
	}
}

static bool is_of_pairs(size_t section)
{
	return strchr(sections[section].values, 'S') != NULL;
}

static struct export_item read_item(
    struct arena *arena, size_t section, const struct db_rows *rows, size_t row)
{
	struct export_item item = {.id = db_id(rows, row, 0), .doc = doc_object(arena)};
	const char *types = sections[section].types;

	if (is_of_pairs(section)) {
		item.second = db_id(rows, row, 1);
	}

	for (size_t i = 0; types[i]; i++) {
		if (types[i] == 'J') {
			item.raw_name = sections[section].columns[i];
			item.raw = db_text(rows, row, i);
		} else {
			set_member(item.doc, sections[section].columns[i], types[i], rows, row, i);
		}
	}
	return item;
}

enum db_result export_section_read(struct db *db, struct arena *arena, size_t section,
    const struct export_person *person, const struct export_item *after, unsigned limit,
    struct export_item **items_r, size_t *count_r)
{
	const struct page page = {person, after, limit};
	const char *letters = sections[section].values;
	struct db_value values[8];
	size_t count = 0;
	struct db_rows rows = {0};
	enum db_result result;

	for (const char *at = letters; *at; at++) {
		values[count++] = value_of(*at, &page);
	}
	if (!strchr(letters, 'F')) {
		values[count++] = value_of('F', &page);
		values[count++] = value_of('L', &page);
	}
	result = db_query(db, arena, sections[section].statement, values, count, &rows);
	*count_r = rows.count;
	*items_r = arena_array(arena, rows.count + 1, sizeof(**items_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*items_r)[i] = read_item(arena, section, &rows, i);
	}
	return result == DB_NONE ? DB_OK : result;
}
