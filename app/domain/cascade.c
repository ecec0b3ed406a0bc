/* cascade.c - the one table of relations, and the preview that reads it. */
#include <domain/cascade.h>
#include <store/container.h>
#include <string.h>

/* What becomes of most rows: they are hidden, given back and purged with their parent; or nothing
 * hides them, and they are purged with it. */
#define GOES_ALONG DELETE_MARKS, RESTORE_UNMARKS, PURGE_DELETES
#define STAYS_PUT  DELETE_KEEPS, RESTORE_NOTHING, PURGE_DELETES

/* A relation that others settle (its parents are removed with nothing left to point at them, or
 * never), and one whose rows bear no mark. */
#define SETTLED  RELATION_NONE, MARKS_NONE
#define UNMARKED COUNT_NOTHING

/* Rows of which nothing becomes by their parent. */
#define UNTOUCHED DELETE_LEAVES, RESTORE_NOTHING, PURGE_LEAVES, UNMARKED, SETTLED

static const struct cascade_row table[] = {
    /* A photo takes what was made from it along, and what was said of it; its place in the world
     * (tags, albums) waits for a restore; links to it die. */
    {"photos_original", "photos", "original_id", "photos", DELETE_MARKS, RESTORE_UNMARKS,
	PURGE_DETACHES, COUNT_PHOTO, RELATION_PHOTO_DERIVATIVES, MARKS_PHOTOS},
    {"photo_notes_photo", "photo_notes", "photo_id", "photos", GOES_ALONG, COUNT_NOTE,
	RELATION_PHOTO_NOTES, MARKS_NOTES},
    {"ai_results_photo", "ai_processing_results", "photo_id", "photos", GOES_ALONG, COUNT_AI_RESULT,
	RELATION_PHOTO_AI_RESULTS, MARKS_AI_RESULTS},
    {"photo_shares_photo", "photo_shares", "photo_id", "photos", DELETE_REVOKES, RESTORE_NOTHING,
	PURGE_RETIRES, UNMARKED, RELATION_PHOTO_SHARES, MARKS_NONE},
    {NULL, "deletion_requests", "photo_id", "photos", DELETE_SUPERSEDES, RESTORE_NOTHING,
	PURGE_LEAVES, UNMARKED, RELATION_PHOTO_REQUESTS, MARKS_NONE},
    {"photo_tags_photo", "photo_tags", "photo_id", "photos", STAYS_PUT, UNMARKED,
	RELATION_PHOTO_TAGS, MARKS_NONE},
    {"album_photos_photo", "album_photos", "photo_id", "photos", STAYS_PUT, UNMARKED,
	RELATION_PHOTO_PLACES, MARKS_NONE},
    {"generations_original", "generations", "original_id", "photos", DELETE_KEEPS, RESTORE_NOTHING,
	PURGE_DETACHES, UNMARKED, RELATION_PHOTO_GENERATIONS, MARKS_NONE},
    {NULL, "deletion_effects", "photo_id", "photos", STAYS_PUT, UNMARKED, RELATION_PHOTO_EFFECTS,
	MARKS_NONE},
    {NULL, "files", "owner_id", "photos", DELETE_KEEPS, RESTORE_NOTHING, PURGE_QUEUES, UNMARKED,
	RELATION_PHOTO_FILES, MARKS_NONE},

    /* Content takes its parts along. */
    {"cards_quest", "quest_content_cards", "quest_id", "quests", GOES_ALONG, COUNT_CARD,
	RELATION_QUEST_CARDS, MARKS_CARDS},
    {"submissions_quest", "activity_submissions", "quest_id", "quests", GOES_ALONG,
	COUNT_SUBMISSION, RELATION_QUEST_SUBMISSIONS, MARKS_SUBMISSIONS},
    {NULL, "files", "owner_id", "quests", DELETE_KEEPS, RESTORE_NOTHING, PURGE_QUEUES, UNMARKED,
	RELATION_QUEST_FILES, MARKS_NONE},
    {"sequences_adventure", "adventure_sequences", "adventure_id", "adventures", GOES_ALONG,
	COUNT_SEQUENCE, RELATION_ADVENTURE_SEQUENCES, MARKS_SEQUENCES},
    {NULL, "files", "owner_id", "adventures", DELETE_KEEPS, RESTORE_NOTHING, PURGE_QUEUES, UNMARKED,
	RELATION_ADVENTURE_FILES, MARKS_NONE},

    /* Containers of photos. */
    {"album_photos_album", "album_photos", "album_id", "albums", STAYS_PUT, UNMARKED,
	RELATION_ALBUM_PLACES, MARKS_NONE},
    {"photos_project", "photos", "project_id", "projects", DELETE_BY_CHOICE, RESTORE_BY_CHOICE,
	PURGE_DETACHES, COUNT_PHOTO, RELATION_PROJECT_PHOTOS, MARKS_PHOTOS},
    {"photos_site", "photos", "site_id", "sites", DELETE_BY_CHOICE, RESTORE_BY_CHOICE,
	PURGE_DETACHES, COUNT_PHOTO, RELATION_SITE_PHOTOS, MARKS_PHOTOS},
    {"site_claims_site", "site_claims", "site_id", "sites", STAYS_PUT, UNMARKED,
	RELATION_SITE_CLAIMS, MARKS_NONE},
    {"photo_tags_tag", "photo_tags", "tag_id", "tags", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_DELETES, UNMARKED, SETTLED},
    {"photos_batch", "photos", "archive_batch_id", "archive_batches", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_DETACHES, UNMARKED, SETTLED},

    /* Photos that the deletion of a project or site archived take along what was made from them, as
     * any photo does that is archived. */
    {NULL, "photos", "original_id", "deletion_effects", DELETE_BY_CHOICE, RESTORE_BY_CHOICE,
	PURGE_LEAVES, COUNT_PHOTO, RELATION_ARCHIVED_DERIVATIVES, MARKS_EFFECTS},
    {NULL, "photo_shares", "photo_id", "deletion_effects", DELETE_REVOKES, RESTORE_NOTHING,
	PURGE_LEAVES, UNMARKED, RELATION_ARCHIVED_SHARES, MARKS_NONE},

    /* A person. What of theirs others rely on stays, without its author. */
    {"albums_creator", "albums", "created_by", "users", GOES_ALONG, COUNT_ALBUM,
	RELATION_USER_ALBUMS, MARKS_ALBUMS},
    {"quests_creator", "quests", "creator_id", "users", GOES_ALONG, COUNT_QUEST,
	RELATION_USER_QUESTS, MARKS_QUESTS},
    {"adventures_creator", "adventures", "creator_id", "users", GOES_ALONG, COUNT_ADVENTURE,
	RELATION_USER_ADVENTURES, MARKS_ADVENTURES},
    {"submissions_user", "activity_submissions", "user_id", "users", GOES_ALONG, COUNT_SUBMISSION,
	RELATION_USER_SUBMISSIONS, MARKS_SUBMISSIONS},
    {"photo_notes_author", "photo_notes", "author_id", "users", GOES_ALONG, COUNT_NOTE,
	RELATION_USER_NOTES, MARKS_NOTES},
    {"photos_uploader", "photos", "uploader_id", "users", GOES_ALONG, COUNT_PHOTO,
	RELATION_USER_PHOTOS, MARKS_PHOTOS},
    /* By the erasure's stages (erasure.h). */
    {"events_creator", "events", "created_by", "users", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_DETACHES, UNMARKED, SETTLED},
    {"site_claims_user", "site_claims", "user_id", "users", STAYS_PUT, UNMARKED, SETTLED},
    {"sites_creator", "sites", "created_by", "users", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_DETACHES, UNMARKED, SETTLED},
    {"projects_creator", "projects", "created_by", "users", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_DETACHES, UNMARKED, SETTLED},
    {"exports_user", "exports", "user_id", "users", STAYS_PUT, UNMARKED, SETTLED},
    {"sessions_user", "sessions", "user_id", "users", DELETE_ENDS, RESTORE_NOTHING, PURGE_DELETES,
	UNMARKED, RELATION_USER_SESSIONS, MARKS_NONE},

    /* An organisation: everything but the trail and the record of deletions. */
    {"users_organization", "users", "organization_id", "organizations", DELETE_MARKS,
	RESTORE_UNMARKS, PURGE_BLANKS, COUNT_USER, RELATION_ORGANIZATION_USERS, MARKS_USERS},
    {"sites_organization", "sites", "organization_id", "organizations", GOES_ALONG, COUNT_SITE,
	RELATION_ORGANIZATION_SITES, MARKS_SITES},
    {"projects_organization", "projects", "organization_id", "organizations", GOES_ALONG,
	COUNT_PROJECT, RELATION_ORGANIZATION_PROJECTS, MARKS_PROJECTS},
    {"albums_organization", "albums", "organization_id", "organizations", GOES_ALONG, COUNT_ALBUM,
	RELATION_ORGANIZATION_ALBUMS, MARKS_ALBUMS},
    {"photos_organization", "photos", "organization_id", "organizations", GOES_ALONG, COUNT_PHOTO,
	RELATION_ORGANIZATION_PHOTOS, MARKS_PHOTOS},
    {"quests_organization", "quests", "organization_id", "organizations", GOES_ALONG, COUNT_QUEST,
	RELATION_ORGANIZATION_QUESTS, MARKS_QUESTS},
    {"adventures_organization", "adventures", "organization_id", "organizations", GOES_ALONG,
	COUNT_ADVENTURE, RELATION_ORGANIZATION_ADVENTURES, MARKS_ADVENTURES},
    {"events_organization", "events", "organization_id", "organizations", GOES_ALONG, COUNT_EVENT,
	RELATION_ORGANIZATION_EVENTS, MARKS_EVENTS},
    {"photo_notes_organization", "photo_notes", "organization_id", "organizations", STAYS_PUT,
	UNMARKED, RELATION_TENANT_NOTES, MARKS_NONE},
    {"ai_results_organization", "ai_processing_results", "organization_id", "organizations",
	STAYS_PUT, UNMARKED, RELATION_TENANT_AI_RESULTS, MARKS_NONE},
    {"cards_organization", "quest_content_cards", "organization_id", "organizations", STAYS_PUT,
	UNMARKED, RELATION_TENANT_CARDS, MARKS_NONE},
    {"submissions_organization", "activity_submissions", "organization_id", "organizations",
	STAYS_PUT, UNMARKED, RELATION_TENANT_SUBMISSIONS, MARKS_NONE},
    {"sequences_organization", "adventure_sequences", "organization_id", "organizations", STAYS_PUT,
	UNMARKED, RELATION_TENANT_SEQUENCES, MARKS_NONE},
    {"photo_shares_organization", "photo_shares", "organization_id", "organizations",
	DELETE_REVOKES, RESTORE_NOTHING, PURGE_RETIRES, UNMARKED, RELATION_TENANT_SHARES,
	MARKS_NONE},
    {"deletion_requests_organization", "deletion_requests", "organization_id", "organizations",
	DELETE_SUPERSEDES, RESTORE_NOTHING, PURGE_BLANKS, UNMARKED, RELATION_TENANT_REQUESTS,
	MARKS_NONE},
    {"site_claims_organization", "site_claims", "organization_id", "organizations", STAYS_PUT,
	UNMARKED, RELATION_TENANT_CLAIMS, MARKS_NONE},
    {"archive_batches_organization", "archive_batches", "organization_id", "organizations",
	STAYS_PUT, UNMARKED, RELATION_TENANT_BATCHES, MARKS_NONE},
    {"tags_organization", "tags", "organization_id", "organizations", STAYS_PUT, UNMARKED,
	RELATION_TENANT_TAGS, MARKS_NONE},
    {"generations_organization", "generations", "organization_id", "organizations", STAYS_PUT,
	UNMARKED, RELATION_TENANT_GENERATIONS, MARKS_NONE},
    {"role_requests_organization", "role_requests", "organization_id", "organizations", STAYS_PUT,
	UNMARKED, RELATION_TENANT_ROLE_REQUESTS, MARKS_NONE},
    {"files_organization", "files", "organization_id", "organizations", DELETE_KEEPS,
	RESTORE_NOTHING, PURGE_QUEUES, UNMARKED, RELATION_TENANT_FILES, MARKS_NONE},
    {"webhook_subscriptions_organization", "webhook_subscriptions", "organization_id",
	"organizations", STAYS_PUT, UNMARKED, RELATION_TENANT_SUBSCRIPTIONS, MARKS_NONE},
    {"webhook_outbox_organization", "webhook_outbox", "organization_id", "organizations", STAYS_PUT,
	UNMARKED, RELATION_TENANT_WEBHOOKS, MARKS_NONE},
    /* With their people. */
    {"exports_organization", "exports", "organization_id", "organizations", STAYS_PUT, UNMARKED,
	SETTLED},
    {NULL, "mail_outbox", "organization_id", "organizations", DELETE_KEEPS, RESTORE_NOTHING,
	PURGE_BLANKS, UNMARKED, RELATION_TENANT_MAIL, MARKS_NONE},
    {NULL, "audit_reasons", "organization_id", "organizations", DELETE_KEEPS, RESTORE_NOTHING,
	PURGE_BLANKS, UNMARKED, RELATION_TENANT_REASONS, MARKS_NONE},
    {"deletions_organization", "deletions", "organization_id", "organizations", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_BLANKS, UNMARKED, RELATION_TENANT_RECORDS, MARKS_NONE},

    /* Marks point at the record of their deletion, which outlives what it marked. */
    {"organizations_deletion", "organizations", "deletion_id", "deletions", UNTOUCHED},
    {"users_deletion", "users", "deletion_id", "deletions", UNTOUCHED},
    {"sites_deletion", "sites", "deletion_id", "deletions", UNTOUCHED},
    {"projects_deletion", "projects", "deletion_id", "deletions", UNTOUCHED},
    {"albums_deletion", "albums", "deletion_id", "deletions", UNTOUCHED},
    {"photos_deletion", "photos", "deletion_id", "deletions", UNTOUCHED},
    {"photo_notes_deletion", "photo_notes", "deletion_id", "deletions", UNTOUCHED},
    {"ai_results_deletion", "ai_processing_results", "deletion_id", "deletions", UNTOUCHED},
    {"quests_deletion", "quests", "deletion_id", "deletions", UNTOUCHED},
    {"cards_deletion", "quest_content_cards", "deletion_id", "deletions", UNTOUCHED},
    {"submissions_deletion", "activity_submissions", "deletion_id", "deletions", UNTOUCHED},
    {"adventures_deletion", "adventures", "deletion_id", "deletions", UNTOUCHED},
    {"sequences_deletion", "adventure_sequences", "deletion_id", "deletions", UNTOUCHED},
    {"events_deletion", "events", "deletion_id", "deletions", UNTOUCHED},
    {"deletion_effects_deletion", "deletion_effects", "deletion_id", "deletions", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_DELETES, UNMARKED, SETTLED},
};
#define ROWS (sizeof(table) / sizeof(table[0]))

static const struct {
	const char *table;
	enum mark_table marks;
} roots[ITEM_KIND_COUNT] = {
    [ITEM_PHOTO] = {"photos", MARKS_PHOTOS},
    [ITEM_ALBUM] = {"albums", MARKS_ALBUMS},
    [ITEM_PROJECT] = {"projects", MARKS_PROJECTS},
    [ITEM_SITE] = {"sites", MARKS_SITES},
    [ITEM_QUEST] = {"quests", MARKS_QUESTS},
    [ITEM_ADVENTURE] = {"adventures", MARKS_ADVENTURES},
    [ITEM_EVENT] = {"events", MARKS_EVENTS},
    [ITEM_USER] = {"users", MARKS_USERS},
    [ITEM_ORGANIZATION] = {"organizations", MARKS_ORGANIZATIONS},
};
#define EFFECTS "deletion_effects"

const struct cascade_row *cascade_rows(size_t *count_r)
{
	*count_r = ROWS;
	return table;
}

enum mark_table cascade_root_marks(enum item_kind kind)
{
	return roots[kind].marks;
}

enum mark_table cascade_parent_marks(const struct cascade_row *row)
{
	for (size_t i = 0; i < ITEM_KIND_COUNT; i++) {
		if (strcmp(roots[i].table, row->parent) == 0) {
			return roots[i].marks;
		}
	}
	return strcmp(row->parent, EFFECTS) == 0 ? MARKS_EFFECTS : MARKS_NONE;
}

const char *cascade_marks_table(enum mark_table marks)
{
	for (size_t i = 0; i < ITEM_KIND_COUNT; i++) {
		if (roots[i].marks == marks) {
			return roots[i].table;
		}
	}
	return NULL;
}

bool cascade_acts(const struct cascade_row *row)
{
	return row->on_delete != DELETE_LEAVES && row->on_delete != DELETE_KEEPS;
}

/* A walk down the table under way. */
struct walk {
	enum photo_action action;
	const char *root;
	const struct cascade_row **rows;
	size_t count;
};

/* Whose relations follow from a row's: its children's, if they share its fate. */
static const char *leads_to(const struct walk *walk, const struct cascade_row *row)
{
	if (row->on_delete == DELETE_MARKS) {
		return strcmp(row->child, row->parent) != 0 ? row->child : NULL;
	}
	if (row->on_delete != DELETE_BY_CHOICE || strcmp(row->parent, EFFECTS) == 0) {
		return NULL;
	}
	if (walk->action == PHOTO_ACTION_DELETE) {
		return row->child;
	}
	return walk->action == PHOTO_ACTION_ARCHIVE ? EFFECTS : NULL;
}

/* The choice is about what the root holds; inside a larger deletion there is none, and what people
 * have goes with the organisation itself. */
static bool takes(const struct walk *walk, const struct cascade_row *row, const char *parent)
{
	return row->relation != RELATION_NONE && strcmp(row->parent, parent) == 0 &&
	       (row->on_delete != DELETE_BY_CHOICE || strcmp(parent, walk->root) == 0 ||
		   strcmp(parent, EFFECTS) == 0) &&
	       (!container_holds(row->relation) || strcmp(parent, walk->root) == 0);
}

/* The rows below `parent`, each followed by those below its children. */
static void walk_down(struct walk *walk, const char *parent)
{
	for (size_t i = 0; i < ROWS; i++) {
		const char *next;

		if (!takes(walk, &table[i], parent)) {
			continue;
		}
		walk->rows[walk->count++] = &table[i];
		next = leads_to(walk, &table[i]);
		if (next) {
			walk_down(walk, next);
		}
	}
}

size_t cascade_of_kind(
    enum item_kind kind, enum photo_action action, const struct cascade_row *rows[RELATION_COUNT])
{
	struct walk walk = {.action = action, .root = roots[kind].table, .rows = rows};

	walk_down(&walk, walk.root);
	return walk.count;
}

bool cascade_preview(const struct domain *domain, struct arena *arena,
    const struct deletion *deletion, int64_t most, struct deletion_impact *impact_r,
    struct error *error)
{
	enum db_result result = impact_count(domain->db, arena, deletion, most, impact_r);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	/* A photo is the first of the photos it takes along. */
	if (deletion->kind != ITEM_PHOTO) {
		impact_r->counts[item_kind_counted(deletion->kind)] += 1;
	}
	return true;
}
