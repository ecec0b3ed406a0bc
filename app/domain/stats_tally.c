/* stats_tally.c - counting ahead what the dashboard would take too long to count. */
#include <domain/stats.h>

#define HOUR_US (3600 * CLOCK_SECOND_US)
#define DAY_US  CLOCK_DAY_US

#define TENANTS_AT_ONCE 100
#define SHELF_ROWS      20000 /* of an index, between two looks at whether to stop */
/* Hours that the chart does not reach go, but not so soon that a clock that is a year ahead takes
 * what the chart shows. */
#define KEEP_HOURS_US ((STATS_DAYS + 400) * DAY_US)
#define KEEP_STEP     1000
#define BEGIN_US      DAY_US /* before anything was deleted */

/* Shelves are counted again even where the trail says nothing, since marking goes on after its
 * entry; and for good measure. */
#define LAG_US HOUR_US
#define OLD_US DAY_US

struct counting {
	const struct domain *domain;
	struct arena *arena;
	bool (*stop)(void *context);
	void *context;
	int64_t now_us;
	int64_t closed_us; /* no transaction can add to the hours before it any more */
};

static int64_t floor_to(int64_t time_us, int64_t part_us)
{
	return time_us - time_us % part_us;
}

static bool must_stop(const struct counting *c)
{
	return c->stop && c->stop(c->context);
}

/* A stretch of hours of one organisation, counted. */
struct stretch {
	struct stats_tally tally;
	int64_t until_us;
	const struct stats_part *parts;
	size_t count;
	bool moved;
};

static bool store_stretch(struct db_tx *tx, void *context, struct error *error)
{
	struct stretch *stretch = context;
	struct stats_turnover sums = {0};
	enum db_result result;

	for (size_t i = 0; i < stretch->count; i++) {
		const struct stats_turnover *part = &stretch->parts[i].turnover;

		sums.deleted += part->deleted;
		sums.restored += part->restored;
		sums.purged += part->purged;
		sums.reclaimed_bytes += part->reclaimed_bytes;
	}
	result = stats_tally_move(tx, &stretch->tally, stretch->until_us, &sums);
	stretch->moved = result == DB_OK;
	for (size_t i = 0; result == DB_OK && i < stretch->count; i++) {
		result = stats_hour_add(tx, &stretch->tally.organization_id, &stretch->parts[i]);
	}
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

/* The next day of a tally, or all that is left of it where nothing happened. */
static bool count_stretch(const struct counting *c, struct stretch *stretch, struct error *error)
{
	struct stats_part *parts = NULL;
	int64_t next_us = 0;
	enum db_result result = stats_turnover_next(c->domain->db, c->arena,
	    &stretch->tally.organization_id, stretch->tally.until_us, &next_us);

	stretch->until_us = c->closed_us;
	stretch->count = 0;
	if (result == DB_OK && next_us < c->closed_us) {
		int64_t from_us = floor_to(next_us, HOUR_US);

		if (from_us + DAY_US < c->closed_us) {
			stretch->until_us = from_us + DAY_US;
		}
		result =
		    stats_turnover_read(c->domain->db, c->arena, &stretch->tally.organization_id,
			from_us, stretch->until_us, HOUR_US, 0, &parts, &stretch->count, NULL);
	}
	stretch->parts = parts;
	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	return db_transaction(c->domain->db, store_stretch, stretch, error);
}

static bool count_hours(
    const struct counting *c, const struct stats_tally *tally, struct error *error)
{
	struct stretch stretch = {.tally = *tally, .moved = true};

	while (stretch.moved && stretch.tally.until_us < c->closed_us && !must_stop(c)) {
		if (!count_stretch(c, &stretch, error)) {
			return false;
		}
		stretch.tally.until_us = stretch.until_us;
	}
	return true;
}

struct rewinding {
	const struct stats_tally *tally;
	int64_t until_us;
};

static bool rewind_tally(struct db_tx *tx, void *context, struct error *error)
{
	const struct rewinding *rewinding = context;
	enum db_result result = stats_tally_rewind(tx, rewinding->tally, rewinding->until_us);

	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

/* What a clock that was ahead has counted must not keep this run from counting. */
static bool rewind_all(const struct counting *c, struct error *error)
{
	struct stats_tally *tallies;
	size_t count = TENANTS_AT_ONCE;

	while (count == TENANTS_AT_ONCE && !must_stop(c)) {
		enum db_result result = stats_tally_ahead(
		    c->domain->db, c->arena, c->closed_us, TENANTS_AT_ONCE, &tallies, &count);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		for (size_t i = 0; i < count && !must_stop(c); i++) {
			struct rewinding rewinding = {
			    &tallies[i], stats_trusted_us(tallies[i].until_us, c->now_us)};

			if (!db_transaction(c->domain->db, rewind_tally, &rewinding, error)) {
				return false;
			}
		}
	}
	return true;
}

static bool count_all_hours(const struct counting *c, struct error *error)
{
	struct stats_tally *tallies;
	size_t count = TENANTS_AT_ONCE;
	enum db_result result = stats_tally_begin(c->domain->db, BEGIN_US);

	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	while (count == TENANTS_AT_ONCE && !must_stop(c)) {
		result = stats_tally_due(
		    c->domain->db, c->arena, c->closed_us, TENANTS_AT_ONCE, &tallies, &count);
		if (result != DB_OK) {
			return db_fail(result, error);
		}
		for (size_t i = 0; i < count && !must_stop(c); i++) {
			if (!count_hours(c, &tallies[i], error)) {
				return false;
			}
		}
	}
	return true;
}

/* False with DB_OK in `result_r` where it was stopped. */
static bool count_part(const struct counting *c, const struct id *organization_id,
    enum stats_shelf shelf, bool published, struct stats_sum *sum, enum db_result *result_r)
{
	struct id after = id_none;

	do {
		if (must_stop(c)) {
			return false;
		}
		*result_r = stats_shelf_step(c->domain->db, c->arena, organization_id, shelf,
		    published, SHELF_ROWS, &after, sum);
	} while (*result_r == DB_OK && !id_is_none(&after));
	return *result_r == DB_OK;
}

static bool count_shelves(
    const struct counting *c, const struct id *organization_id, struct error *error)
{
	struct stats_sum sums[SHELF_COUNT] = {0};
	enum db_result result = DB_OK;
	bool whole = true;

	for (int i = 0; whole && i < 2 * SHELF_COUNT; i++) {
		whole = count_part(
		    c, organization_id, (enum stats_shelf)(i / 2), i % 2, &sums[i / 2], &result);
	}
	if (whole) {
		result = stats_shelves_store(c->domain->db, organization_id, sums, c->now_us);
	}
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

static bool count_all_shelves(const struct counting *c, struct error *error)
{
	struct id *ids;
	size_t count = TENANTS_AT_ONCE;

	while (count == TENANTS_AT_ONCE && !must_stop(c)) {
		enum db_result result = stats_shelves_due(c->domain->db, c->arena,
		    c->now_us - STATS_STALE_US, c->now_us - OLD_US, c->now_us + LAG_US, LAG_US,
		    TENANTS_AT_ONCE, &ids, &count);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		for (size_t i = 0; i < count && !must_stop(c); i++) {
			if (!count_shelves(c, &ids[i], error)) {
				return false;
			}
		}
	}
	return true;
}

static bool forget_hours(const struct counting *c, struct error *error)
{
	uint64_t removed = KEEP_STEP;

	while (removed >= KEEP_STEP && !must_stop(c)) {
		enum db_result result;

		removed = 0;
		result = stats_hours_prune(
		    c->domain->db, c->now_us - KEEP_HOURS_US, KEEP_STEP, &removed);
		if (result != DB_OK && result != DB_NONE) {
			return db_fail(result, error);
		}
	}
	return true;
}

bool stats_tally(const struct domain *domain, struct arena *arena, bool (*stop)(void *context),
    void *context, struct error *error)
{
	int64_t now_us = clock_now_us(domain->clock);
	const struct counting counting = {
	    .domain = domain,
	    .arena = arena,
	    .stop = stop,
	    .context = context,
	    .now_us = now_us,
	    .closed_us = floor_to(now_us - STATS_SETTLED_US, HOUR_US),
	};

	return rewind_all(&counting, error) && count_all_hours(&counting, error) &&
	       count_all_shelves(&counting, error) && forget_hours(&counting, error);
}
