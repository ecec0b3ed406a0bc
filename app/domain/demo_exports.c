/* demo_exports.c - exports: one to be fetched, one that has expired, one that a purge discarded. */
#include "demo.h"

#include <domain/exports.h>
#include <storage/cleanup.h>

static bool work(struct demo *demo, struct error *error)
{
	const struct exports_limits limits = {0};
	struct exports_report report;

	return exports_continue(&demo->domain, demo->arena, &limits, &report, error);
}

static bool make(struct demo *demo, enum demo_person who, int minutes_ago, struct export_row *row_r,
    struct error *error)
{
	demo_set_clock(demo, minutes_ago);
	return exports_request(&demo->domain, &demo->people[who], demo->arena, row_r, error) &&
	       work(demo, error);
}

struct discarding {
	const struct demo *demo;
	const struct id *id;
};

static bool run_discard(struct db_tx *tx, void *context, struct error *error)
{
	const struct discarding *c = context;
	struct export_row row;
	enum db_result result = export_lock(tx, c->id, &row);

	if (result == DB_OK) {
		result =
		    export_settle(tx, &row, EXPORT_DISCARDED, clock_now_us(c->demo->domain.clock));
	}
	return result == DB_OK || db_fail(result, error);
}

/* Before anything else is queued for removal. */
bool demo_make_past_exports(struct demo *demo, struct error *error)
{
	struct export_row row;
	struct discarding discarding = {.demo = demo, .id = &row.id};
	struct cleanup_report cleanup = {0};

	if (!make(demo, BEN, DAYS(10), &row, error) || !make(demo, CREATOR, DAYS(4), &row, error)) {
		return false;
	}
	demo_set_clock(demo, DAYS(2));
	return db_transaction(demo->domain.db, run_discard, &discarding, error) &&
	       work(demo, error) &&
	       storage_cleanup_run(
		   demo->domain.db, &demo->clock, demo->domain.storage, 10, &cleanup, error);
}

/* After all purges, which would discard it. */
bool demo_make_exports(struct demo *demo, struct error *error)
{
	struct export_row row;

	return make(demo, ADA, HOURS(20), &row, error);
}
