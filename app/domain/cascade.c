/* cascade.c - the one table of relations, and the preview that reads it. */
#include <domain/cascade.h>
#include <string.h>

/* A relation that nothing executes yet, and one whose rows bear no mark. */
#define LATER    RELATION_NONE, MARKS_NONE
#define UNMARKED COUNT_NOTHING

static const struct cascade_row table[] = {
    /* A photo takes what was made from it along, and what was said of it; its place in the world
     * (tags, albums) waits for a restore; links to it die. */
    {"photos_original", "photos", "original_id", "photos", DELETE_MARKS, RESTORE_UNMARKS,
	PURGE_DETACHES, COUNT_PHOTO, RELATION_PHOTO_DERIVATIVES, MARKS_PHOTOS},
    {"photo_notes_photo", "photo_notes", "photo_id", "photos", DELETE_MARKS, RESTORE_UNMARKS,
	PURGE_DELETES, COUNT_NOTE, RELATION_PHOTO_NOTES, MARKS_NOTES},
    {"ai_results_photo", "ai_processing_results", "photo_id", "photos", DELETE_MARKS,
	RESTORE_UNMARKS, PURGE_DELETES, COUNT_AI_RESULT, RELATION_PHOTO_AI_RESULTS,
	MARKS_AI_RESULTS},
    {"photo_shares_photo", "photo_shares", "photo_id", "photos", DELETE_REVOKES, RESTORE_NOTHING,
	PURGE_RETIRES, UNMARKED, RELATION_PHOTO_SHARES, MARKS_NONE},
    {NULL, "deletion_requests", "photo_id", "photos", DELETE_SUPERSEDES, RESTORE_NOTHING,
	PURGE_LEAVES, UNMARKED, RELATION_PHOTO_REQUESTS, MARKS_NONE},
    {"photo_tags_photo", "photo_tags", "photo_id", "photos", DELETE_KEEPS, RESTORE_NOTHING,
	PURGE_DELETES, UNMARKED, RELATION_PHOTO_TAGS, MARKS_NONE},
    {"album_photos_photo", "album_photos", "photo_id", "photos", DELETE_KEEPS, RESTORE_NOTHING,
	PURGE_DELETES, UNMARKED, RELATION_PHOTO_PLACES, MARKS_NONE},
    {"generations_original", "generations", "original_id", "photos", DELETE_KEEPS, RESTORE_NOTHING,
	PURGE_DETACHES, UNMARKED, RELATION_PHOTO_GENERATIONS, MARKS_NONE},
    {NULL, "deletion_effects", "photo_id", "photos", DELETE_KEEPS, RESTORE_NOTHING, PURGE_DELETES,
	UNMARKED, RELATION_PHOTO_EFFECTS, MARKS_NONE},
    {NULL, "files", "owner_id", "photos", DELETE_KEEPS, RESTORE_NOTHING, PURGE_QUEUES, UNMARKED,
	RELATION_PHOTO_FILES, MARKS_NONE},

    /* Content takes its parts along. */
    {"cards_quest", "quest_content_cards", "quest_id", "quests", DELETE_MARKS, RESTORE_UNMARKS,
	PURGE_DELETES, COUNT_CARD, RELATION_QUEST_CARDS, MARKS_CARDS},
    {"submissions_quest", "activity_submissions", "quest_id", "quests", DELETE_MARKS,
	RESTORE_UNMARKS, PURGE_DELETES, COUNT_SUBMISSION, RELATION_QUEST_SUBMISSIONS,
	MARKS_SUBMISSIONS},
    {NULL, "files", "owner_id", "quests", DELETE_KEEPS, RESTORE_NOTHING, PURGE_QUEUES, UNMARKED,
	RELATION_QUEST_FILES, MARKS_NONE},
    {"sequences_adventure", "adventure_sequences", "adventure_id", "adventures", DELETE_MARKS,
	RESTORE_UNMARKS, PURGE_DELETES, COUNT_SEQUENCE, RELATION_ADVENTURE_SEQUENCES,
	MARKS_SEQUENCES},
    {NULL, "files", "owner_id", "adventures", DELETE_KEEPS, RESTORE_NOTHING, PURGE_QUEUES, UNMARKED,
	RELATION_ADVENTURE_FILES, MARKS_NONE},

    /* Containers of photos. */
    {"album_photos_album", "album_photos", "album_id", "albums", DELETE_KEEPS, RESTORE_NOTHING,
	PURGE_DELETES, UNMARKED, LATER},
    {"photos_project", "photos", "project_id", "projects", DELETE_BY_CHOICE, RESTORE_BY_CHOICE,
	PURGE_DETACHES, COUNT_PHOTO, LATER},
    {"photos_site", "photos", "site_id", "sites", DELETE_BY_CHOICE, RESTORE_BY_CHOICE,
	PURGE_DETACHES, COUNT_PHOTO, LATER},
    {"site_claims_site", "site_claims", "site_id", "sites", DELETE_KEEPS, RESTORE_NOTHING,
	PURGE_DELETES, UNMARKED, LATER},
    {"photo_tags_tag", "photo_tags", "tag_id", "tags", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_DELETES, UNMARKED, LATER},
    {"photos_batch", "photos", "archive_batch_id", "archive_batches", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_DETACHES, UNMARKED, LATER},

    /* A person. What of theirs others rely on stays, without its author. */
    {"photos_uploader", "photos", "uploader_id", "users", DELETE_BY_CHOICE, RESTORE_BY_CHOICE,
	PURGE_DELETES, COUNT_PHOTO, LATER},
    {"photo_notes_author", "photo_notes", "author_id", "users", DELETE_MARKS, RESTORE_UNMARKS,
	PURGE_DELETES, COUNT_NOTE, LATER},
    {"albums_creator", "albums", "created_by", "users", DELETE_MARKS, RESTORE_UNMARKS,
	PURGE_DELETES, COUNT_ALBUM, LATER},
    {"quests_creator", "quests", "creator_id", "users", DELETE_MARKS, RESTORE_UNMARKS,
	PURGE_DELETES, COUNT_QUEST, LATER},
    {"adventures_creator", "adventures", "creator_id", "users", DELETE_MARKS, RESTORE_UNMARKS,
	PURGE_DELETES, COUNT_ADVENTURE, LATER},
    {"submissions_user", "activity_submissions", "user_id", "users", DELETE_KEEPS, RESTORE_NOTHING,
	PURGE_DETACHES, UNMARKED, LATER},
    {"events_creator", "events", "created_by", "users", DELETE_BY_CHOICE, RESTORE_BY_CHOICE,
	PURGE_DETACHES, COUNT_EVENT, LATER},
    {"site_claims_user", "site_claims", "user_id", "users", DELETE_KEEPS, RESTORE_NOTHING,
	PURGE_DELETES, UNMARKED, LATER},
    {"sites_creator", "sites", "created_by", "users", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_DETACHES, UNMARKED, LATER},
    {"projects_creator", "projects", "created_by", "users", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_DETACHES, UNMARKED, LATER},
    {"sessions_user", "sessions", "user_id", "users", DELETE_ENDS, RESTORE_NOTHING, PURGE_DELETES,
	UNMARKED, LATER},

    /* An organisation: everything but the trail and the record of deletions. */
    {"users_organization", "users", "organization_id", "organizations", DELETE_MARKS,
	RESTORE_UNMARKS, PURGE_BLANKS, COUNT_USER, LATER},
    {"sites_organization", "sites", "organization_id", "organizations", DELETE_MARKS,
	RESTORE_UNMARKS, PURGE_DELETES, COUNT_SITE, LATER},
    {"projects_organization", "projects", "organization_id", "organizations", DELETE_MARKS,
	RESTORE_UNMARKS, PURGE_DELETES, COUNT_PROJECT, LATER},
    {"albums_organization", "albums", "organization_id", "organizations", DELETE_MARKS,
	RESTORE_UNMARKS, PURGE_DELETES, COUNT_ALBUM, LATER},
    {"photos_organization", "photos", "organization_id", "organizations", DELETE_MARKS,
	RESTORE_UNMARKS, PURGE_DELETES, COUNT_PHOTO, LATER},
    {"quests_organization", "quests", "organization_id", "organizations", DELETE_MARKS,
	RESTORE_UNMARKS, PURGE_DELETES, COUNT_QUEST, LATER},
    {"adventures_organization", "adventures", "organization_id", "organizations", DELETE_MARKS,
	RESTORE_UNMARKS, PURGE_DELETES, COUNT_ADVENTURE, LATER},
    {"events_organization", "events", "organization_id", "organizations", DELETE_MARKS,
	RESTORE_UNMARKS, PURGE_DELETES, COUNT_EVENT, LATER},
    {"photo_notes_organization", "photo_notes", "organization_id", "organizations", DELETE_KEEPS,
	RESTORE_NOTHING, PURGE_DELETES, UNMARKED, LATER},
    {"ai_results_organization", "ai_processing_results", "organization_id", "organizations",
	DELETE_KEEPS, RESTORE_NOTHING, PURGE_DELETES, UNMARKED, LATER},
    {"cards_organization", "quest_content_cards", "organization_id", "organizations", DELETE_KEEPS,
	RESTORE_NOTHING, PURGE_DELETES, UNMARKED, LATER},
    {"submissions_organization", "activity_submissions", "organization_id", "organizations",
	DELETE_KEEPS, RESTORE_NOTHING, PURGE_DELETES, UNMARKED, LATER},
    {"sequences_organization", "adventure_sequences", "organization_id", "organizations",
	DELETE_KEEPS, RESTORE_NOTHING, PURGE_DELETES, UNMARKED, LATER},
    {"photo_shares_organization", "photo_shares", "organization_id", "organizations",
	DELETE_REVOKES, RESTORE_NOTHING, PURGE_RETIRES, UNMARKED, LATER},
    {"deletion_requests_organization", "deletion_requests", "organization_id", "organizations",
	DELETE_SUPERSEDES, RESTORE_NOTHING, PURGE_BLANKS, UNMARKED, LATER},
    {"site_claims_organization", "site_claims", "organization_id", "organizations", DELETE_KEEPS,
	RESTORE_NOTHING, PURGE_DELETES, UNMARKED, LATER},
    {"archive_batches_organization", "archive_batches", "organization_id", "organizations",
	DELETE_KEEPS, RESTORE_NOTHING, PURGE_DELETES, UNMARKED, LATER},
    {"tags_organization", "tags", "organization_id", "organizations", DELETE_KEEPS, RESTORE_NOTHING,
	PURGE_DELETES, UNMARKED, LATER},
    {"generations_organization", "generations", "organization_id", "organizations", DELETE_KEEPS,
	RESTORE_NOTHING, PURGE_DELETES, UNMARKED, LATER},
    {"role_requests_organization", "role_requests", "organization_id", "organizations",
	DELETE_KEEPS, RESTORE_NOTHING, PURGE_DELETES, UNMARKED, LATER},
    {"files_organization", "files", "organization_id", "organizations", DELETE_KEEPS,
	RESTORE_NOTHING, PURGE_QUEUES, UNMARKED, LATER},
    {"webhook_subscriptions_organization", "webhook_subscriptions", "organization_id",
	"organizations", DELETE_KEEPS, RESTORE_NOTHING, PURGE_DELETES, UNMARKED, LATER},
    {"webhook_outbox_organization", "webhook_outbox", "organization_id", "organizations",
	DELETE_KEEPS, RESTORE_NOTHING, PURGE_DELETES, UNMARKED, LATER},
    {"deletions_organization", "deletions", "organization_id", "organizations", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_LEAVES, UNMARKED, LATER},

    /* Marks point at the record of their deletion, which outlives what it marked. */
    {"organizations_deletion", "organizations", "deletion_id", "deletions", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_LEAVES, UNMARKED, LATER},
    {"users_deletion", "users", "deletion_id", "deletions", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_LEAVES, UNMARKED, LATER},
    {"sites_deletion", "sites", "deletion_id", "deletions", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_LEAVES, UNMARKED, LATER},
    {"projects_deletion", "projects", "deletion_id", "deletions", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_LEAVES, UNMARKED, LATER},
    {"albums_deletion", "albums", "deletion_id", "deletions", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_LEAVES, UNMARKED, LATER},
    {"photos_deletion", "photos", "deletion_id", "deletions", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_LEAVES, UNMARKED, LATER},
    {"photo_notes_deletion", "photo_notes", "deletion_id", "deletions", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_LEAVES, UNMARKED, LATER},
    {"ai_results_deletion", "ai_processing_results", "deletion_id", "deletions", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_LEAVES, UNMARKED, LATER},
    {"quests_deletion", "quests", "deletion_id", "deletions", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_LEAVES, UNMARKED, LATER},
    {"cards_deletion", "quest_content_cards", "deletion_id", "deletions", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_LEAVES, UNMARKED, LATER},
    {"submissions_deletion", "activity_submissions", "deletion_id", "deletions", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_LEAVES, UNMARKED, LATER},
    {"adventures_deletion", "adventures", "deletion_id", "deletions", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_LEAVES, UNMARKED, LATER},
    {"sequences_deletion", "adventure_sequences", "deletion_id", "deletions", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_LEAVES, UNMARKED, LATER},
    {"events_deletion", "events", "deletion_id", "deletions", DELETE_LEAVES, RESTORE_NOTHING,
	PURGE_LEAVES, UNMARKED, LATER},
    {"deletion_effects_deletion", "deletion_effects", "deletion_id", "deletions", DELETE_LEAVES,
	RESTORE_NOTHING, PURGE_DELETES, UNMARKED, LATER},
};
#define ROWS (sizeof(table) / sizeof(table[0]))

static const struct {
	const char *table;
	enum mark_table marks;
} roots[ITEM_KIND_COUNT] = {
    [ITEM_PHOTO] = {"photos", MARKS_PHOTOS},
    [ITEM_ALBUM] = {"albums", MARKS_NONE},
    [ITEM_PROJECT] = {"projects", MARKS_NONE},
    [ITEM_SITE] = {"sites", MARKS_NONE},
    [ITEM_QUEST] = {"quests", MARKS_QUESTS},
    [ITEM_ADVENTURE] = {"adventures", MARKS_ADVENTURES},
    [ITEM_EVENT] = {"events", MARKS_NONE},
    [ITEM_USER] = {"users", MARKS_NONE},
    [ITEM_ORGANIZATION] = {"organizations", MARKS_NONE},
};

const struct cascade_row *cascade_rows(size_t *count_r)
{
	*count_r = ROWS;
	return table;
}

enum mark_table cascade_root_marks(enum item_kind kind)
{
	return roots[kind].marks;
}

/* The rows below `parent`, then those below each child that is marked with it. */
static size_t walk(const char *parent, const struct cascade_row **rows, size_t count)
{
	size_t first = count;

	for (size_t i = 0; i < ROWS; i++) {
		if (table[i].relation != RELATION_NONE && strcmp(table[i].parent, parent) == 0) {
			rows[count++] = &table[i];
		}
	}
	for (size_t i = first, end = count; i < end; i++) {
		if (rows[i]->on_delete == DELETE_MARKS && strcmp(rows[i]->child, parent) != 0) {
			count = walk(rows[i]->child, rows, count);
		}
	}
	return count;
}

size_t cascade_of_kind(enum item_kind kind, const struct cascade_row *rows[RELATION_COUNT])
{
	return walk(roots[kind].table, rows, 0);
}

bool cascade_preview(const struct domain *domain, struct arena *arena, enum item_kind kind,
    const struct id *organization_id, const struct id *item_id, int64_t limit,
    int64_t counts_r[COUNT_KIND_COUNT], int64_t *total_r, struct error *error)
{
	const struct cascade_row *rows[RELATION_COUNT];
	size_t count = cascade_of_kind(kind, rows);

	memset(counts_r, 0, COUNT_KIND_COUNT * sizeof(counts_r[0]));
	counts_r[item_kind_counted(kind)] = 1;
	*total_r = 1;
	for (size_t i = 0; i < count; i++) {
		int64_t found = 0;
		enum db_result result = DB_OK;

		if (rows[i]->on_delete == DELETE_MARKS) {
			result = relation_count(domain->db, arena, rows[i]->relation,
			    organization_id, item_id, limit, &found);
			counts_r[rows[i]->counted] += found;
		}
		if (result != DB_OK) {
			return db_fail(result, error);
		}
		*total_r += found;
	}
	return true;
}
