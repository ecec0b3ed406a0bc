/* cascade.h - the one table of relations: preview, deletion, restore and purge all read it. */
#ifndef LETHE_DOMAIN_CASCADE_H
#define LETHE_DOMAIN_CASCADE_H

#include <base/arena.h>
#include <base/error.h>
#include <domain/domain.h>
#include <store/cascade.h>
#include <store/impact.h>
#include <store/kinds.h>

/* What deleting the parent does to the child rows. */
enum delete_effect {
	DELETE_LEAVES,     /* nothing: they are no part of the parent */
	DELETE_KEEPS,      /* nothing: they wait, unseen, for the restore */
	DELETE_MARKS,      /* they are deleted with it */
	DELETE_REVOKES,    /* links die and stay dead */
	DELETE_SUPERSEDES, /* pending requests are closed */
	DELETE_BY_CHOICE,  /* photos of a project or site: deleted, archived or orphaned */
	DELETE_ENDS,       /* sessions end at once */
	DELETE_EFFECT_COUNT,
};

/* What restoring the parent does to them. */
enum restore_effect {
	RESTORE_NOTHING,
	RESTORE_UNMARKS,   /* exactly the marks with the deletion's id */
	RESTORE_BY_CHOICE, /* undoes what was chosen for the photos */
	RESTORE_EFFECT_COUNT,
};

/* What purging the parent does to them. */
enum purge_effect {
	PURGE_LEAVES,
	PURGE_DELETES,  /* the rows go */
	PURGE_DETACHES, /* the link becomes NULL, the row stays */
	PURGE_BLANKS,   /* what identifies a person is blanked, the row stays */
	PURGE_QUEUES,   /* files: the row goes, the object is queued for removal */
	PURGE_RETIRES,  /* shares: the row goes, the token stays known as dead */
	PURGE_EFFECT_COUNT,
};

/* One relation: a foreign key of the schema, or (no `constraint`) a link that bears none. */
struct cascade_row {
	const char *constraint; /* name of the foreign key, or NULL */
	const char *child;
	const char *column;
	const char *parent;
	enum delete_effect on_delete;
	enum restore_effect on_restore;
	enum purge_effect on_purge;
	enum count_kind counted;     /* of marked rows; COUNT_NOTHING where none are */
	enum relation relation;      /* its statements; RELATION_NONE while nothing executes it */
	enum mark_table child_marks; /* of marked rows: the table they are marked in */
};

/* The table. */
const struct cascade_row *cascade_rows(size_t *count_r);

/* The relations that a deletion of this kind goes through, parents before children, as pointers
 * into the table; `rows` has room for RELATION_COUNT. Only relations with statements. What is
 * chosen for the photos of a project or site decides what follows from them. */
size_t cascade_of_kind(
    enum item_kind kind, enum photo_action action, const struct cascade_row *rows[RELATION_COUNT]);

/* Whether deleting does anything to the rows of a relation. */
bool cascade_acts(const struct cascade_row *row);

/* Where the items of a kind themselves bear their mark; MARKS_NONE while nothing executes it. */
enum mark_table cascade_root_marks(enum item_kind kind);

/* Where the parents of a relation bear it; the name of the table of marks, or NULL for details. */
enum mark_table cascade_parent_marks(const struct cascade_row *row);
const char *cascade_marks_table(enum mark_table marks);

/* What deleting the live item (kind, item_id, organization_id and photo_action of `deletion`) would
 * touch, by kind, the item included, and the rest of its impact: exactly what the act then does,
 * but for what there may be more of (`most` as in impact_count). */
bool cascade_preview(const struct domain *domain, struct arena *arena,
    const struct deletion *deletion, int64_t most, struct deletion_impact *impact_r,
    struct error *error) __attribute__((warn_unused_result));

#endif
