/* values.c - the values that go into a statement. */
#include "civil.h"
#include "statement.h"

#include <string.h>

/* What is kept of the buffer for the next call; a bulk insert may need more for once. */
#define VALUES_KEPT ((size_t)16 * 1024)

struct db_value db_bind_null(void)
{
	return (struct db_value){.type = DB_VALUE_NULL};
}

struct db_value db_bind_int(int64_t value)
{
	return (struct db_value){.type = DB_VALUE_INT, .integer = value};
}

struct db_value db_bind_bool(bool value)
{
	return db_bind_int(value ? 1 : 0);
}

struct db_value db_bind_text(const char *text)
{
	if (text == NULL)
		return db_bind_null();
	return (struct db_value){.type = DB_VALUE_TEXT, .bytes = text, .length = strlen(text)};
}

struct db_value db_bind_blob(const void *bytes, size_t length)
{
	if (bytes == NULL)
		return db_bind_null();
	return (struct db_value){.type = DB_VALUE_BLOB, .bytes = bytes, .length = length};
}

struct db_value db_bind_id(const struct id *id)
{
	if (id == NULL || id_is_none(id))
		return db_bind_null();
	return db_bind_blob(id->bytes, sizeof(id->bytes));
}

struct db_value db_bind_time(int64_t time_us)
{
	if (time_us == 0)
		return db_bind_null();
	return (struct db_value){.type = DB_VALUE_TIME, .integer = time_us};
}

static void bind_value(const struct db_value *value, MYSQL_BIND *bind, MYSQL_TIME *time)
{
	static const enum enum_field_types types[] = {
	    [DB_VALUE_NULL] = MYSQL_TYPE_NULL,
	    [DB_VALUE_INT] = MYSQL_TYPE_LONGLONG,
	    [DB_VALUE_TEXT] = MYSQL_TYPE_STRING,
	    [DB_VALUE_BLOB] = MYSQL_TYPE_BLOB,
	    [DB_VALUE_TIME] = MYSQL_TYPE_DATETIME,
	};

	memset(bind, 0, sizeof(*bind));
	bind->buffer_type = types[value->type];
	bind->buffer = (void *)value->bytes;
	bind->buffer_length = value->length;
	if (value->type == DB_VALUE_INT)
		bind->buffer = (void *)&value->integer;
	if (value->type == DB_VALUE_TIME) {
		civil_from_us(value->integer, time);
		bind->buffer = time;
	}
}

/* The binds come first in the buffer, then as many times. */
MYSQL_BIND *values_bind(struct db *db, const struct db_value *values, size_t count)
{
	MYSQL_BIND *binds;
	MYSQL_TIME *times;

	if (count == 0)
		return NULL;
	if (db->values.capacity > VALUES_KEPT)
		buf_free(&db->values);
	buf_reserve(&db->values, count * (sizeof(*binds) + sizeof(*times)));
	binds = (MYSQL_BIND *)(void *)db->values.data;
	times = (MYSQL_TIME *)(void *)(binds + count);
	for (size_t i = 0; i < count; i++)
		bind_value(&values[i], &binds[i], &times[i]);
	return binds;
}
