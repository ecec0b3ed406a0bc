/* containers.h - what tests of containers need beside a trash: a furnished project or site, acts on
 * containers in one line, and what all rows say, so that a restore can be held against it. */
#ifndef LETHE_TESTS_CONTAINERS_H
#define LETHE_TESTS_CONTAINERS_H

#include "trash.h"

#include <store/places.h>

/* A project or site with all that can be in one, and beside it. */
struct furnished {
	enum item_kind kind;
	struct id id;
	const char *name;
	struct id
	    photo;      /* with a derivative, notes, an AI result, a tag, an album place, a share */
	struct id made; /* that derivative */
	struct id asked;    /* with a pending request */
	struct id archived; /* before; a derivative along */
	struct id deleted;  /* before, on its own */
	struct id deletion; /* that deletion */
	struct id outside;  /* in no container */
	struct id album;
};
struct furnished containers_furnish(struct world *world, const struct actor *admin,
    const struct actor *owner, enum item_kind kind, const char *name);

/* Delete a container, its name typed. The code of the refusal, or "". */
const char *containers_delete(struct world *world, const struct actor *actor, enum item_kind kind,
    const struct id *id, enum photo_action action, const char *name, struct deletion *deletion_r);

/* What deleting it would do. The code of the refusal, or "". */
const char *containers_impact(struct world *world, const struct actor *actor, enum item_kind kind,
    const struct id *id, enum photo_action action, struct deletion_impact *impact_r);

/* The last refusal of these two in full. */
const struct error *containers_error(void);

/* What all rows say that a restore gives back; of shares and requests it gives back nothing. */
struct snapshot {
	int64_t sums[16];
};
struct snapshot containers_snapshot(struct world *world);
/* The name of the first thing that differs, or NULL. */
const char *containers_compare(const struct snapshot *before, const struct snapshot *after);

/* A session of a user, as signing in leaves it. */
void containers_session(struct world *world, const struct actor *actor);

#endif
