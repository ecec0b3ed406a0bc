/* content.c - the statements of quests and adventures, which differ in the table's name alone. */
#include <store/content.h>
#include <string.h>

#define COLUMNS                                                                                    \
	"id, organization_id, creator_id, title, publishing_status, status_before_archive,"        \
	" archived_at, created_at, deleted_at, deletion_id"
#define READ(table) "SELECT " COLUMNS " FROM " table " WHERE organization_id = ? AND id = ?"
#define ARCHIVE(table)                                                                             \
	"UPDATE " table " SET status_before_archive = publishing_status,"                          \
	" publishing_status = 'archived', archived_at = ?"                                         \
	" WHERE organization_id = ? AND id = ? AND deleted_at IS NULL"                             \
	" AND publishing_status IN ('draft', 'published')"
#define RESTORE(table)                                                                             \
	"UPDATE " table " SET publishing_status = COALESCE(status_before_archive, 'draft'),"       \
	" status_before_archive = NULL, archived_at = NULL"                                        \
	" WHERE organization_id = ? AND id = ? AND deleted_at IS NULL"                             \
	" AND publishing_status = 'archived'"
#define PAGE(table, narrowing, index)                                                              \
	"SELECT " COLUMNS " FROM " table " FORCE INDEX (" index ")"                                \
	" WHERE organization_id = ? AND creator_id = ? AND deleted_at IS NULL" narrowing           \
	" AND id < ? ORDER BY id DESC LIMIT ?"
#define OF_STATUS  " AND publishing_status = ?"
#define ANY_STATUS " AND ? IS NULL"

DB_STATEMENT(QUEST_READ, READ("quests"));
DB_STATEMENT(QUEST_LOCK, READ("quests") " FOR UPDATE");
DB_STATEMENT(QUEST_ARCHIVE, ARCHIVE("quests"));
DB_STATEMENT(QUEST_RESTORE, RESTORE("quests"));
DB_STATEMENT(QUEST_PAGE, PAGE("quests", ANY_STATUS, "creator"));
DB_STATEMENT(QUEST_PAGE_OF_STATUS, PAGE("quests", OF_STATUS, "creator"));
DB_STATEMENT(ADVENTURE_READ, READ("adventures"));
DB_STATEMENT(ADVENTURE_LOCK, READ("adventures") " FOR UPDATE");
DB_STATEMENT(ADVENTURE_ARCHIVE, ARCHIVE("adventures"));
DB_STATEMENT(ADVENTURE_RESTORE, RESTORE("adventures"));
DB_STATEMENT(ADVENTURE_PAGE, PAGE("adventures", ANY_STATUS, "creator"));
DB_STATEMENT(ADVENTURE_PAGE_OF_STATUS, PAGE("adventures", OF_STATUS, "creator"));

struct statements {
	const struct db_statement *read, *lock, *archive, *restore, *page, *page_of_status;
};

static const struct statements quests = {
    &QUEST_READ, &QUEST_LOCK, &QUEST_ARCHIVE, &QUEST_RESTORE, &QUEST_PAGE, &QUEST_PAGE_OF_STATUS};
static const struct statements adventures = {&ADVENTURE_READ, &ADVENTURE_LOCK, &ADVENTURE_ARCHIVE,
    &ADVENTURE_RESTORE, &ADVENTURE_PAGE, &ADVENTURE_PAGE_OF_STATUS};

static const struct statements *of_kind(enum item_kind kind)
{
	return kind == ITEM_QUEST ? &quests : &adventures;
}

static const char *const status_names[CONTENT_STATUS_COUNT] = {"draft", "published", "archived"};

const char *content_status_name(enum content_status status)
{
	return status_names[status];
}

bool content_status_parse(const char *name, enum content_status *status_r)
{
	for (int i = 0; name && i < CONTENT_STATUS_COUNT; i++) {
		if (strcmp(name, status_names[i]) == 0) {
			*status_r = (enum content_status)i;
			return true;
		}
	}
	return false;
}

static struct content read_content(const struct db_rows *rows, size_t i, enum item_kind kind)
{
	struct content content = {
	    .kind = kind,
	    .id = db_id(rows, i, 0),
	    .organization_id = db_id(rows, i, 1),
	    .creator_id = db_id(rows, i, 2),
	    .title = db_text(rows, i, 3),
	    .archived_at_us = db_time(rows, i, 6),
	    .created_at_us = db_time(rows, i, 7),
	    .deleted_at_us = db_time(rows, i, 8),
	    .deletion_id = db_id(rows, i, 9),
	};

	(void)!content_status_parse(db_text(rows, i, 4), &content.status);
	(void)!content_status_parse(db_text(rows, i, 5), &content.status_before);
	return content;
}

static enum db_result read_one(struct db *db, struct arena *arena,
    const struct db_statement *statement, enum item_kind kind, const struct id *organization_id,
    const struct id *id, struct content *content_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    db, arena, statement, DB_VALUES(db_bind_id(organization_id), db_bind_id(id)), &rows);

	if (result == DB_OK) {
		*content_r = read_content(&rows, 0, kind);
	}
	return result;
}

enum db_result content_read(struct db *db, struct arena *arena, enum item_kind kind,
    const struct id *organization_id, const struct id *id, struct content *content_r)
{
	return read_one(db, arena, of_kind(kind)->read, kind, organization_id, id, content_r);
}

enum db_result content_lock(struct db_tx *tx, enum item_kind kind, const struct id *organization_id,
    const struct id *id, struct content *content_r)
{
	return read_one(
	    tx->db, tx->arena, of_kind(kind)->lock, kind, organization_id, id, content_r);
}

enum db_result content_set_archived(struct db_tx *tx, const struct content *content, int64_t now_us)
{
	return db_exec(tx->db, of_kind(content->kind)->archive,
	    DB_VALUES(db_bind_time(now_us), db_bind_id(&content->organization_id),
		db_bind_id(&content->id)),
	    NULL);
}

enum db_result content_set_restored(struct db_tx *tx, const struct content *content)
{
	return db_exec(tx->db, of_kind(content->kind)->restore,
	    DB_VALUES(db_bind_id(&content->organization_id), db_bind_id(&content->id)), NULL);
}

enum db_result content_read_page(struct db *db, struct arena *arena,
    const struct content_query *query, struct content_page *page_r)
{
	const struct statements *of = of_kind(query->kind);
	struct id below = query->after;
	struct db_rows rows = {0};
	enum db_result result;

	if (id_is_none(&below)) {
		memset(below.bytes, 0xff, sizeof(below.bytes));
	}
	result = db_query(db, arena, query->any_status ? of->page : of->page_of_status,
	    DB_VALUES(db_bind_id(&query->organization_id), db_bind_id(&query->creator_id),
		db_bind_text(query->any_status ? NULL : content_status_name(query->status)),
		db_bind_id(&below), db_bind_int((int64_t)query->limit + 1)),
	    &rows);
	*page_r = (struct content_page){.more = rows.count > query->limit};
	page_r->count = page_r->more ? query->limit : rows.count;
	page_r->items = arena_array(arena, page_r->count + 1, sizeof(*page_r->items));
	for (size_t i = 0; i < page_r->count; i++) {
		page_r->items[i] = read_content(&rows, i, query->kind);
	}
	return result == DB_NONE ? DB_OK : result;
}
