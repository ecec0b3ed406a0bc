/* rows.c - the rows that come out of a statement, straight into the caller's arena.
 *
 * Columns are bound once, when the statement is prepared. Once a row's lengths are known, one piece
 * of the arena takes all of its texts; the long ones are copied there from libmariadb's network
 * buffer. */
#include "civil.h"
#include "statement.h"

#include <stdlib.h>
#include <string.h>

/* What is kept of the buffer for the next call: 256 cells. */
#define CELLS_KEPT ((size_t)8 * 1024 + 1)

/* Rows that room is made for at once, after the first. */
#define ROWS_ROOM 16

static enum column_kind kind_of(enum enum_field_types type)
{
	static const struct {
		enum enum_field_types type;
		enum column_kind kind;
	} kinds[] = {
	    {MYSQL_TYPE_TINY, COLUMN_INT}, {MYSQL_TYPE_SHORT, COLUMN_INT},
	    {MYSQL_TYPE_INT24, COLUMN_INT}, {MYSQL_TYPE_LONG, COLUMN_INT},
	    {MYSQL_TYPE_LONGLONG, COLUMN_INT}, {MYSQL_TYPE_YEAR, COLUMN_INT},
	    {MYSQL_TYPE_FLOAT, COLUMN_INT}, {MYSQL_TYPE_DOUBLE, COLUMN_INT},
	    {MYSQL_TYPE_DATE, COLUMN_TIME}, {MYSQL_TYPE_DATETIME, COLUMN_TIME},
	    {MYSQL_TYPE_TIMESTAMP, COLUMN_TIME}, {MYSQL_TYPE_DECIMAL, COLUMN_DECIMAL},
	    {MYSQL_TYPE_NEWDECIMAL, COLUMN_DECIMAL}, /* which SUM() gives even of integers */
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == type)
			return kinds[i].kind;
	return COLUMN_TEXT;
}

static bool holds_text(enum column_kind kind)
{
	return kind == COLUMN_TEXT || kind == COLUMN_DECIMAL;
}

static void bind_column(
    enum column_kind kind, const MYSQL_FIELD *field, struct column *column, MYSQL_BIND *bind)
{
	static const enum enum_field_types types[] = {
	    [COLUMN_INT] = MYSQL_TYPE_LONGLONG,
	    [COLUMN_TIME] = MYSQL_TYPE_DATETIME,
	    [COLUMN_TEXT] = MYSQL_TYPE_BLOB,
	    [COLUMN_DECIMAL] = MYSQL_TYPE_BLOB,
	};

	memset(bind, 0, sizeof(*bind));
	bind->buffer_type = types[kind];
	bind->is_unsigned = (field->flags & UNSIGNED_FLAG) != 0;
	bind->buffer = &column->value;
	bind->buffer_length = sizeof(column->value);
	bind->length = &column->length;
	bind->is_null = &column->is_null;
	bind->error = &column->error;
}

bool rows_bind(struct db *db, struct prepared *prepared)
{
	MYSQL_BIND binds[COLUMNS_MAX];
	const MYSQL_FIELD *fields = mariadb_stmt_fetch_fields(prepared->handle);

	prepared->column_count = mysql_stmt_field_count(prepared->handle);
	if (prepared->column_count == 0)
		return true;
	if (prepared->column_count > COLUMNS_MAX || fields == NULL)
		return false;
	for (unsigned i = 0; i < prepared->column_count; i++) {
		enum column_kind kind = kind_of(fields[i].type);

		prepared->types[i] = (unsigned char)fields[i].type;
		prepared->kinds[i] = (unsigned char)kind;
		bind_column(kind, &fields[i], &db->columns[i], &binds[i]);
	}
	return mysql_stmt_bind_result(prepared->handle, binds) == 0;
}

static bool has_bound_types(const struct prepared *prepared)
{
	const MYSQL_FIELD *fields = mariadb_stmt_fetch_fields(prepared->handle);

	for (unsigned i = 0; i < prepared->column_count; i++)
		if (prepared->types[i] != (unsigned char)fields[i].type)
			return false;
	return true;
}

/* The bytes that the texts of the row just fetched take, each with its NUL. */
static size_t measure_texts(const struct db *db, const struct prepared *prepared)
{
	size_t size = 0;

	for (unsigned i = 0; i < prepared->column_count; i++)
		if (holds_text(prepared->kinds[i]) && !db->columns[i].is_null)
			size += db->columns[i].length + 1;
	return size;
}

/* Fetch the text of a column to `out`, which has room for `length` bytes. */
static bool fetch_text(MYSQL_STMT *handle, unsigned index, size_t length, char *out)
{
	unsigned long length_r = 0;
	my_bool is_null, error;
	MYSQL_BIND bind = {.buffer_type = MYSQL_TYPE_BLOB,
	    .buffer = out,
	    .buffer_length = length,
	    .length = &length_r,
	    .is_null = &is_null,
	    .error = &error};

	return mysql_stmt_fetch_column(handle, &bind, index, 0) == 0;
}

/* Copy the text of a column to `*texts`, which is zeroed, and go past it and its NUL. */
static bool take_text(const struct column *column, MYSQL_STMT *handle, unsigned index, char **texts,
    struct db_cell *cell)
{
	char *text = *texts;

	cell->bytes = text;
	cell->length = column->length;
	*texts += column->length + 1;
	if (column->length > TEXT_INLINE)
		return fetch_text(handle, index, column->length, text);
	memcpy(text, column->value.text, column->length);
	return true;
}

static bool fill_cell(const struct db *db, const struct prepared *prepared, unsigned index,
    char **texts, struct db_cell *cell)
{
	const struct column *column = &db->columns[index];
	enum column_kind kind = prepared->kinds[index];

	*cell = (struct db_cell){.is_null = column->is_null != 0};
	if (cell->is_null)
		return true;
	if (kind == COLUMN_INT)
		cell->integer = column->value.integer;
	else if (kind == COLUMN_TIME)
		cell->integer = civil_to_us(&column->value.time);
	else if (!take_text(column, prepared->handle, index, texts, cell))
		return false;
	if (kind == COLUMN_DECIMAL)
		cell->integer = strtoll(cell->bytes, NULL, 10);
	return true;
}

static bool append_row(struct db *db, struct prepared *prepared, struct arena *arena)
{
	char *texts = arena_alloc(arena, measure_texts(db, prepared) + 1);
	size_t size = prepared->column_count * sizeof(struct db_cell);
	struct db_cell *cells;

	if (db->cells.capacity <= db->cells.length + size)
		buf_reserve(&db->cells, db->cells.length == 0 ? size : ROWS_ROOM * size);
	cells = (struct db_cell *)(void *)(db->cells.data + db->cells.length);
	for (unsigned i = 0; i < prepared->column_count; i++)
		if (!fill_cell(db, prepared, i, &texts, &cells[i]))
			return false;
	db->cells.length += size;
	return true;
}

/* Move the collected cells to the arena, in one piece of the right size. */
static void keep_cells(struct db *db, unsigned columns, struct arena *arena, struct db_rows *rows_r)
{
	size_t count = db->cells.length / sizeof(struct db_cell);
	struct db_cell *cells = arena_array(arena, count, sizeof(*cells));

	memcpy(cells, db->cells.data, db->cells.length);
	rows_r->cells = cells;
	rows_r->count = count / columns;
}

static bool collect_rows(
    struct db *db, struct prepared *prepared, struct arena *arena, struct db_rows *rows_r)
{
	int fetched;

	db->cells.length = 0;
	while ((fetched = mysql_stmt_fetch(prepared->handle)) == 0)
		if (!append_row(db, prepared, arena))
			return false;
	if (fetched != MYSQL_NO_DATA)
		return false;
	if (db->cells.length > 0)
		keep_cells(db, prepared->column_count, arena, rows_r);
	return true;
}

bool rows_read(
    struct db *db, struct prepared *prepared, struct arena *arena, struct db_rows *rows_r)
{
	bool is_read;

	rows_r->columns = prepared->column_count;
	if (prepared->column_count == 0)
		return true;
	if (!has_bound_types(prepared) && !rows_bind(db, prepared))
		return false;
	is_read = collect_rows(db, prepared, arena, rows_r);
	if (db->cells.capacity > CELLS_KEPT)
		buf_free(&db->cells);
	return is_read;
}
