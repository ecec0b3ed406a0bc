/* figures.h - the dashboard's figures held against plain counts of all rows. */
#ifndef LETHE_TESTS_FIGURES_H
#define LETHE_TESTS_FIGURES_H

#include "world.h"

#include <domain/stats.h>

/* A world, and what was read of it last. */
struct figures {
	struct world *world;
	struct stats stats;
};

/* Read the figures as that admin. */
void figures_read(struct figures *figures, const struct actor *actor);

/* Read them, and end the test unless each is that of a plain count: for worlds of few rows. */
void figures_compare(struct figures *figures, const struct actor *actor);

/* Let the worker count ahead; what it has counted of an organisation. */
void figures_tally(struct figures *figures);
struct stats_tally figures_tallied(struct figures *figures, const struct id *organization);

#endif
