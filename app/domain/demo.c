/* demo.c - the demonstration: its parts, one after the other, into an empty database. */
#include "demo.h"

void demo_set_clock(struct demo *demo, int minutes_ago)
{
	demo->clock.fixed_us = demo->now_us - (int64_t)minutes_ago * 60 * CLOCK_SECOND_US;
}

bool demo_record(struct db_tx *tx, const struct demo *demo, const struct actor *actor,
    const char *action, const char *kind, const struct id *item_id, struct error *error)
{
	return audit_write(tx, &demo->domain, actor,
	    &(struct audit_event){.action = action, .kind = kind, .item_id = *item_id}, error);
}

static bool check_empty(const struct demo *demo, struct error *error)
{
	bool empty = false;
	enum db_result result = store_demo_is_empty(demo->domain.db, demo->arena, &empty);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return empty || error_set(error, ERROR_CONFLICT, "not_empty",
			    "The database is not empty: the demonstration is only for a new one.");
}

bool demo_load(const struct domain *domain, struct error *error)
{
	struct demo *demo = NULL;
	struct arena *arena = arena_create();
	bool ok = false;

	demo = arena_alloc(arena, sizeof(*demo));
	demo->arena = arena;
	demo->now_us = clock_now_us(domain->clock);
	demo->clock = clock_fixed(demo->now_us);
	demo->domain = *domain;
	demo->domain.clock = &demo->clock;
	demo->hasher = password_hasher_create(error);
	ok = demo->hasher && check_empty(demo, error) && demo_make_people(demo, error) &&
	     demo_make_photos(demo, error) && demo_make_content(demo, error) &&
	     demo_make_past_exports(demo, error) && demo_make_history(demo, error) &&
	     demo_make_exports(demo, error) && demo_make_accounts(demo, error) &&
	     demo_make_webhooks(demo, error);
	password_hasher_destroy(&demo->hasher);
	arena_destroy(&arena);
	return ok;
}
