/* bulk.h - what a bulk act did, item by item. */
#ifndef LETHE_DOMAIN_BULK_H
#define LETHE_DOMAIN_BULK_H

#include <base/id.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BULK_MAX_ITEMS 1000

/* One id asked for. What went along with another id of the same act counts as changed. */
struct bulk_item {
	struct id id;
	bool changed;
	const char *code;    /* of what was skipped: an error code such as "not_found"; else NULL */
	const char *message; /* the same for a person; else NULL */
};

/* One item per id asked, in its order. Lives in the arena of the act. */
struct bulk_result {
	struct id act_id; /* shared by the deletions it made; of archiving, the batch; none: nothing
			     done */
	struct bulk_item *items;
	size_t count;
	size_t changed;
	size_t skipped;
	int64_t rows; /* photos really changed, those that went along with others included; of
			 restoring: those asked for */
};

#endif
