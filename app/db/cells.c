/* cells.c - read the cells of rows. */
#include <assert.h>
#include <db/db.h>
#include <string.h>

static const struct db_cell *cell_at(const struct db_rows *rows, size_t row, size_t column)
{
	assert(row < rows->count && column < rows->columns);
	return &rows->cells[row * rows->columns + column];
}

int64_t db_int(const struct db_rows *rows, size_t row, size_t column)
{
	return cell_at(rows, row, column)->integer;
}

bool db_bool(const struct db_rows *rows, size_t row, size_t column)
{
	return cell_at(rows, row, column)->integer != 0;
}

const char *db_text(const struct db_rows *rows, size_t row, size_t column)
{
	return cell_at(rows, row, column)->bytes;
}

struct id db_id(const struct db_rows *rows, size_t row, size_t column)
{
	const struct db_cell *cell = cell_at(rows, row, column);
	struct id id = id_none;

	if (cell->length == sizeof(id.bytes))
		memcpy(id.bytes, cell->bytes, sizeof(id.bytes));
	return id;
}

int64_t db_time(const struct db_rows *rows, size_t row, size_t column)
{
	return cell_at(rows, row, column)->integer;
}

bool db_is_null(const struct db_rows *rows, size_t row, size_t column)
{
	return cell_at(rows, row, column)->is_null;
}
