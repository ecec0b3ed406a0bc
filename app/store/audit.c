/* audit.c - the statements of the trail: insert and read, nothing else. */
#include <store/audit.h>
#include <string.h>

DB_STATEMENT(AUDIT_INSERT,
    "INSERT INTO audit_log (id, organization_id, at, actor, action, kind, item_id, mode, details,"
    " request_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
DB_STATEMENT(AUDIT_INSERT_REASON,
    "INSERT INTO audit_reasons (audit_id, organization_id, reason) VALUES (?, ?, ?)");

/* Pages go down one index: the organisation's, the actor's, the action's, the kind's or the item's.
 * What is left of the filters is checked on the rows of that index. */
#define PAGE(index, narrowing)                                                                     \
	"SELECT a.id, a.organization_id, a.at, a.actor, a.action, a.kind, a.item_id, a.mode,"      \
	" a.details, a.request_id, r.reason"                                                       \
	" FROM (SELECT id FROM audit_log FORCE INDEX (" index ")"                                  \
	" WHERE organization_id <=> ?" narrowing                                                   \
	" AND id < ? AND id >= ? AND (? IS NULL OR kind = ?) AND (? IS NULL OR actor = ?)"         \
	" AND (? IS NULL OR action = ?) ORDER BY id DESC LIMIT ?) page"                            \
	" JOIN audit_log a ON a.id = page.id LEFT JOIN audit_reasons r ON r.audit_id = a.id"       \
	" ORDER BY a.id DESC"

DB_STATEMENT(AUDIT_PAGE, PAGE("organization", " AND ? IS NULL"));
DB_STATEMENT(AUDIT_PAGE_OF_ACTOR, PAGE("actor", " AND actor = ?"));
DB_STATEMENT(AUDIT_PAGE_OF_ACTION, PAGE("action", " AND action = ?"));
DB_STATEMENT(AUDIT_PAGE_OF_KIND, PAGE("kind", " AND kind = ?"));
DB_STATEMENT(AUDIT_PAGE_OF_ITEM, PAGE("item", " AND item_id = ?"));

/* Of all organisations, by the trail's own order. */
DB_STATEMENT(AUDIT_PAGE_EVERYWHERE,
    "SELECT a.id, a.organization_id, a.at, a.actor, a.action, a.kind, a.item_id, a.mode, a.details,"
    " a.request_id, r.reason FROM (SELECT id FROM audit_log WHERE id < ? AND id >= ?"
    " ORDER BY id DESC LIMIT ?) page JOIN audit_log a ON a.id = page.id"
    " LEFT JOIN audit_reasons r ON r.audit_id = a.id ORDER BY a.id DESC");

DB_STATEMENT(AUDIT_NEWEST,
    "SELECT id FROM audit_log FORCE INDEX (organization) WHERE organization_id <=> ?"
    " ORDER BY id DESC LIMIT ?");

static enum db_result insert_reason(
    struct db_tx *tx, const struct id *id, const struct audit_entry *entry)
{
	if (!entry->reason) {
		return DB_OK;
	}
	return db_exec(tx->db, &AUDIT_INSERT_REASON,
	    DB_VALUES(
		db_bind_id(id), db_bind_id(&entry->organization_id), db_bind_text(entry->reason)),
	    NULL);
}

enum db_result audit_insert(struct db_tx *tx, const struct audit_entry *entry)
{
	struct id id = id_is_none(&entry->id) ? id_generate(entry->at_us) : entry->id;
	enum db_result result = db_exec(tx->db, &AUDIT_INSERT,
	    DB_VALUES(db_bind_id(&id), db_bind_id(&entry->organization_id),
		db_bind_time(entry->at_us), db_bind_text(entry->actor), db_bind_text(entry->action),
		db_bind_text(entry->kind), db_bind_id(&entry->item_id), db_bind_text(entry->mode),
		db_bind_text(entry->details ? entry->details : "{}"),
		db_bind_text(entry->request_id)),
	    NULL);

	return result == DB_OK ? insert_reason(tx, &id, entry) : result;
}

static struct audit_entry read_entry(const struct db_rows *rows, size_t i)
{
	return (struct audit_entry){
	    .id = db_id(rows, i, 0),
	    .organization_id = db_id(rows, i, 1),
	    .at_us = db_time(rows, i, 2),
	    .actor = db_text(rows, i, 3),
	    .action = db_text(rows, i, 4),
	    .kind = db_text(rows, i, 5),
	    .item_id = db_id(rows, i, 6),
	    .mode = db_text(rows, i, 7),
	    .details = db_text(rows, i, 8),
	    .request_id = db_text(rows, i, 9),
	    .reason = db_text(rows, i, 10),
	};
}

/* The index that leaves the fewest rows to look at, and the value it is entered with. */
static const struct db_statement *choose_page(
    const struct audit_query *query, struct db_value *narrowing_r)
{
	if (!id_is_none(&query->item_id)) {
		*narrowing_r = db_bind_id(&query->item_id);
		return &AUDIT_PAGE_OF_ITEM;
	}
	if (query->actor) {
		*narrowing_r = db_bind_text(query->actor);
		return &AUDIT_PAGE_OF_ACTOR;
	}
	if (query->action) {
		*narrowing_r = db_bind_text(query->action);
		return &AUDIT_PAGE_OF_ACTION;
	}
	if (query->kind) {
		*narrowing_r = db_bind_text(query->kind);
		return &AUDIT_PAGE_OF_KIND;
	}
	*narrowing_r = db_bind_null();
	return &AUDIT_PAGE;
}

/* Entries are below this id: the cursor's, or the first that could be made at the end of the time
 * asked for, whichever is smaller. */
static struct id upper_bound(const struct audit_query *query)
{
	struct id bound;

	memset(bound.bytes, 0xff, sizeof(bound.bytes));
	if (query->to_us) {
		bound = id_floor(query->to_us);
	}
	if (!id_is_none(&query->after) &&
	    memcmp(query->after.bytes, bound.bytes, sizeof(bound.bytes)) < 0) {
		bound = query->after;
	}
	return bound;
}

static enum db_result read_everywhere(struct db *db, struct arena *arena,
    const struct audit_query *query, const struct id *below, const struct id *above,
    struct db_rows *rows_r)
{
	return db_query(db, arena, &AUDIT_PAGE_EVERYWHERE,
	    DB_VALUES(db_bind_blob(below->bytes, sizeof(below->bytes)),
		db_bind_blob(above->bytes, sizeof(above->bytes)),
		db_bind_int((int64_t)query->limit + 1)),
	    rows_r);
}

static enum db_result read_rows(struct db *db, struct arena *arena, const struct audit_query *query,
    const struct id *below, const struct id *above, struct db_rows *rows_r)
{
	struct db_value narrowing, kind = db_bind_text(query->kind);
	struct db_value actor = db_bind_text(query->actor), action = db_bind_text(query->action);
	const struct db_statement *statement = choose_page(query, &narrowing);

	return db_query(db, arena, statement,
	    DB_VALUES(db_bind_id(&query->organization_id), narrowing,
		db_bind_blob(below->bytes, sizeof(below->bytes)),
		db_bind_blob(above->bytes, sizeof(above->bytes)), kind, kind, actor, actor, action,
		action, db_bind_int((int64_t)query->limit + 1)),
	    rows_r);
}

enum db_result audit_read_page(
    struct db *db, struct arena *arena, const struct audit_query *query, struct audit_page *page_r)
{
	struct id above = query->from_us ? id_floor(query->from_us) : id_none;
	struct id below = upper_bound(query);
	struct db_rows rows = {0};
	enum db_result result = query->everywhere
				    ? read_everywhere(db, arena, query, &below, &above, &rows)
				    : read_rows(db, arena, query, &below, &above, &rows);

	*page_r = (struct audit_page){.more = rows.count > query->limit};
	page_r->count = page_r->more ? query->limit : rows.count;
	page_r->items = arena_array(arena, page_r->count + 1, sizeof(*page_r->items));
	for (size_t i = 0; i < page_r->count; i++) {
		page_r->items[i] = read_entry(&rows, i);
	}
	return result == DB_NONE ? DB_OK : result;
}

enum db_result audit_newest(struct db *db, struct arena *arena, const struct id *organization_id,
    unsigned limit, struct id **ids_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &AUDIT_NEWEST,
	    DB_VALUES(db_bind_id(organization_id), db_bind_int(limit)), &rows);

	*count_r = rows.count;
	*ids_r = arena_array(arena, rows.count + 1, sizeof(**ids_r));
	for (size_t i = 0; i < rows.count; i++) {
		(*ids_r)[i] = db_id(&rows, i, 0);
	}
	return result == DB_NONE ? DB_OK : result;
}
