/* kinds.h - the kinds of items that can be deleted, and what deletions count. */
#ifndef LETHE_STORE_KINDS_H
#define LETHE_STORE_KINDS_H

#include <stdbool.h>

/* The type of an item, in the order of the column deletions.kind. */
enum item_kind {
	ITEM_PHOTO,
	ITEM_ALBUM,
	ITEM_PROJECT,
	ITEM_SITE,
	ITEM_QUEST,
	ITEM_ADVENTURE,
	ITEM_EVENT,
	ITEM_USER,
	ITEM_ORGANIZATION,
	ITEM_KIND_COUNT,
};

/* What the counts of a deletion are kept by: the columns deletions.*_count, in their order. */
enum count_kind {
	COUNT_PHOTO,
	COUNT_NOTE,
	COUNT_AI_RESULT,
	COUNT_ALBUM,
	COUNT_PROJECT,
	COUNT_SITE,
	COUNT_QUEST,
	COUNT_CARD,
	COUNT_SUBMISSION,
	COUNT_ADVENTURE,
	COUNT_SEQUENCE,
	COUNT_EVENT,
	COUNT_USER,
	COUNT_ORGANIZATION,
	COUNT_KIND_COUNT,
	COUNT_NOTHING = COUNT_KIND_COUNT, /* rows that no count is kept of */
};

/* The word for a kind, e.g. "photo"; static. */
const char *item_kind_name(enum item_kind kind);

/* The kind of that name. False (and `kind_r` untouched) if there is none, or `name` is NULL. */
bool item_kind_parse(const char *name, enum item_kind *kind_r) __attribute__((warn_unused_result));

/* The word for what is counted, as the API's counts name it, e.g. "ai_result"; static. */
const char *count_kind_name(enum count_kind kind);

/* What the root item of a deletion is counted as. */
enum count_kind item_kind_counted(enum item_kind kind);

#endif
