/* background_round.c - rounds over all that acts have left to the worker: each deletion has a turn
 * of a few steps, of every state in turn, so that none waits for the end of a large one. */
#include "deletions.h"
#include "lease.h"

#include <base/log.h>

#define DUE_PAGE   50
#define TURN_STEPS 10 /* of one deletion, before it is the next one's turn */
#define PLACES     64 /* of deletions under way that are remembered from turn to turn */

static const enum deletion_state states[] = {DELETION_MARKING, DELETION_RESTORING};
#define STATES (sizeof(states) / sizeof(states[0]))

/* Where a deletion stood at the end of its last turn. */
struct remembered {
	struct deletion_due due;
	struct background_place place;
};

/* The deletions of one state, page by page. */
struct line {
	struct deletion_due *due, last;
	size_t count, next;
	bool begun, ended;
};

struct round {
	const struct domain *domain;
	struct arena *arena;
	const struct purge_limits *limits;
	unsigned steps;
	struct remembered *places; /* PLACES of them */
	size_t next_place;
};

static bool is_over(const struct round *round)
{
	const struct purge_limits *limits = round->limits;

	return (limits->max_steps > 0 && round->steps >= limits->max_steps) ||
	       (limits->stop && limits->stop(limits->context));
}

/* The place of a deletion; of one that is not remembered the beginning. The oldest one is given up
 * for it. */
static struct background_place *place_of(struct round *round, const struct deletion_due *due)
{
	struct remembered *place;

	for (size_t i = 0; i < PLACES; i++) {
		place = &round->places[i];
		if (id_equal(&place->due.id, &due->id) && place->due.state == due->state) {
			return &place->place;
		}
	}
	place = &round->places[round->next_place++ % PLACES];
	*place = (struct remembered){.due = *due};
	return &place->place;
}

/* One that cannot be gone on with must not keep the others waiting: it is tried again later. Where
 * that cannot even be noted, the store is out of reach. */
static bool turn_or_skip(struct round *round, const struct deletion_due *due, struct error *error)
{
	struct purge_limits turn = *round->limits;
	unsigned steps = 0, left = turn.max_steps - round->steps;
	bool ok;

	if (turn.max_steps == 0 || left > TURN_STEPS) {
		left = TURN_STEPS;
	}
	turn.max_steps = left;
	ok = background_turn(round->domain, due, place_of(round, due), &turn, &steps, error);
	round->steps += steps;
	return ok || work_skip(round->domain, "deletion_stuck", due, error);
}

/* The next deletion of a line; NULL at its end, and with an error set where the store fails. */
static const struct deletion_due *next_due(
    struct round *round, struct line *line, enum deletion_state state, struct error *error)
{
	if (line->next == line->count && (!line->begun || line->count == DUE_PAGE)) {
		enum db_result result = deletion_due(round->domain->db, round->arena, &id_none,
		    state, 0, clock_now_us(round->domain->clock), line->begun ? &line->last : NULL,
		    DUE_PAGE, &line->due, &line->count);

		if (result != DB_OK) {
			(void)!db_fail(result, error);
			return NULL;
		}
		line->begun = true;
		line->next = 0;
	}
	if (line->next == line->count) {
		line->ended = true;
		return NULL;
	}
	line->last = line->due[line->next++];
	return &line->last;
}

/* A turn for each deletion there is, one of every state by turns. */
static bool pass(struct round *round, struct error *error)
{
	struct line lines[STATES] = {{0}};
	size_t ended = 0;

	for (size_t i = 0; ended < STATES && !is_over(round); i = (i + 1) % STATES) {
		const struct deletion_due *due;

		if (lines[i].ended) {
			continue;
		}
		due = next_due(round, &lines[i], states[i], error);
		if (due ? !turn_or_skip(round, due, error) : error->kind != ERROR_NONE) {
			return false;
		}
		ended += !due;
	}
	return true;
}

bool deletions_continue_within(const struct domain *domain, struct arena *arena,
    const struct purge_limits *limits, unsigned *steps_r, struct error *error)
{
	struct round round = {domain, arena, limits, 0, NULL, 0};
	unsigned before;
	bool ok;

	round.places = arena_array(arena, PLACES, sizeof(*round.places));
	error_clear(error);
	do {
		before = round.steps;
		ok = pass(&round, error);
	} while (ok && round.steps > before && !is_over(&round));
	*steps_r = round.steps;
	return ok;
}

bool deletions_continue(const struct domain *domain, struct arena *arena, unsigned max_steps,
    unsigned *steps_r, struct error *error)
{
	const struct purge_limits limits = {.max_steps = max_steps};

	return deletions_continue_within(domain, arena, &limits, steps_r, error);
}
