/* doc.h - the document that goes out: a small value tree in the request's arena.
 *
 * Presenters build it, the Mustache engine renders it, json_write prints it; nothing else formats
 * an answer. Keys are string literals (they are not copied) and must outlive the document; texts
 * are not copied either: they live in the arena or are static. */
#ifndef LETHE_BASE_DOC_H
#define LETHE_BASE_DOC_H

#include <base/arena.h>
#include <base/buf.h>
#include <base/id.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum doc_type { DOC_NULL, DOC_BOOL, DOC_INT, DOC_TEXT, DOC_LIST, DOC_OBJECT };

struct doc;

/* One named member of an object. */
struct doc_member {
	const char *key;
	uint32_t hash;  /* doc_hash of the key */
	bool page_only; /* rendered, never printed as JSON */
	const struct doc *value;
};

/* A value. Read it directly; write it only through the functions below. */
struct doc {
	enum doc_type type;
	bool page_only; /* of an object: members set from now on are for pages alone */
	union {
		bool boolean;
		int64_t integer;
		struct {
			const char *data; /* UTF-8, NUL-terminated */
			size_t length;
		} text;
		struct {
			const struct doc **items;
			uint32_t count, capacity;
		} list;
		struct {
			struct doc_member *members;
			uint32_t count, capacity;
		} object;
	} as;
	struct arena *arena;
};

struct doc *doc_object(struct arena *arena) __attribute__((warn_unused_result));
struct doc *doc_list(struct arena *arena) __attribute__((warn_unused_result));
struct doc *doc_text(struct arena *arena, const char *text) __attribute__((warn_unused_result));

/* Make room in an empty object for so many members at once, which spares an object of many the
 * growing; it may get more or fewer. */
void doc_reserve(struct doc *object, uint32_t count);

/* Set a member of an object; setting a key again replaces its value. */
void doc_set(struct doc *object, const char *key, const struct doc *value);
void doc_set_null(struct doc *object, const char *key);
void doc_set_bool(struct doc *object, const char *key, bool value);
void doc_set_int(struct doc *object, const char *key, int64_t value);
void doc_set_text(struct doc *object, const char *key, const char *text);  /* NULL becomes null */
void doc_set_id(struct doc *object, const char *key, const struct id *id); /* none becomes null */
void doc_set_time(struct doc *object, const char *key, int64_t time_us);   /* 0 becomes null */

/* From now on members set on `object` are for pages alone: templates see them, JSON does not. */
void doc_page_only(struct doc *object);

/* Append to a list. */
void doc_push(struct doc *list, const struct doc *value);

/* The member of that name, or NULL where there is none. `hash` is doc_hash(key, length). */
const struct doc *doc_find(const struct doc *object, const char *key, size_t length, uint32_t hash);
const struct doc *doc_get(const struct doc *object, const char *key);

/* FNV-1a, 32 bits, over the key's bytes. */
uint32_t doc_hash(const char *key, size_t length);

/* Append the document as JSON (RFC 8259), members in the order they were set. */
void doc_write_json(const struct doc *doc, struct buf *out);

#endif
