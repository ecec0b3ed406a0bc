/* paging.h - cursors of lists, newest first. */
#ifndef LETHE_STORE_PAGING_H
#define LETHE_STORE_PAGING_H

#include <db/db.h>

/* For "id < ?": a cursor, or from the newest where it is none. No id is all ones (RFC 9562, 5.10).
 */
static inline struct db_value bind_before(const struct id *before)
{
	static const struct id all_ones = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

	return db_bind_id(id_is_none(before) ? &all_ones : before);
}

/* For "id >= ?": an id, or down to the oldest where it is none. */
static inline struct db_value bind_from(const struct id *from)
{
	return db_bind_blob(from->bytes, sizeof(from->bytes));
}

#endif
