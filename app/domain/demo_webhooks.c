/* demo_webhooks.c - a subscription, and a delivery in each state. It wants only what hardly ever
 * happens, since nobody listens at its address. */
#include "demo.h"

#include <domain/webhooks.h>
#include <string.h>

/* Before the twelfth attempt; less than that may wait (webhook/webhook.h). */
#define WAIT_US (16 * 3600 * CLOCK_SECOND_US)

struct demo_delivery {
	int ago; /* minutes before now */
	enum webhook_state state;
	const char *why;
	unsigned attempts; /* which make the next one wait for long */
};

struct demo_claiming {
	struct demo *demo;
	struct webhook_claim claim;
};

static bool claim(struct db_tx *tx, void *context, struct error *error)
{
	struct demo_claiming *c = context;
	int64_t now_us = c->demo->clock.fixed_us;
	enum db_result result = webhooks_claim(
	    tx, &id_none, now_us, now_us + CLOCK_SECOND_US, c->demo->arena, &c->claim);

	return result == DB_OK || db_fail(result, error);
}

/* One attempt; after the last one it is what it is to be, or waits. */
static bool attempt(
    struct demo *demo, const struct demo_delivery *row, bool is_last, struct error *error)
{
	struct demo_claiming claiming = {.demo = demo};
	int64_t now_us = demo->clock.fixed_us;
	enum db_result result;

	if (!db_transaction(demo->domain.db, claim, &claiming, error)) {
		return false;
	}
	result = webhooks_settle(demo->domain.db, &claiming.claim,
	    is_last ? row->state : WEBHOOK_WAITING, is_last ? now_us + WAIT_US : now_us, now_us,
	    row->why);
	return result == DB_OK || db_fail(result, error);
}

static bool deliver(struct demo *demo, const struct id *webhook, const struct demo_delivery *row,
    struct error *error)
{
	struct webhook_delivery delivery;

	demo_set_clock(demo, row->ago);
	if (!webhooks_test(
		&demo->domain, &demo->people[ADMIN], demo->arena, webhook, &delivery, error)) {
		return false;
	}
	for (unsigned i = 1; i <= row->attempts; i++) {
		if (!attempt(demo, row, i == row->attempts, error)) {
			return false;
		}
	}
	return true;
}

static uint64_t rare_events(void)
{
	uint64_t events = 0;

	for (size_t i = 0; webhook_events[i]; i++)
		if (strncmp(webhook_events[i], "organization.", strlen("organization.")) == 0)
			events |= UINT64_C(1) << i;
	return events;
}

bool demo_make_webhooks(struct demo *demo, struct error *error)
{
	static const struct demo_delivery rows[] = {
	    {DAYS(3), WEBHOOK_SENT, NULL, 1},
	    {DAYS(2), WEBHOOK_FAILED, "The receiver answered 410: it wants no more of these.", 1},
	    {HOURS(1), WEBHOOK_WAITING, "The receiver answered 503.", 11},
	};
	struct webhook webhook;
	const char *secret = NULL;

	demo_set_clock(demo, DAYS(4));
	if (!webhooks_create(&demo->domain, &demo->people[ADMIN], demo->arena,
		"https://hooks.alder.example/lethe", rare_events(), &webhook, &secret, error)) {
		return false;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!deliver(demo, &webhook.id, &rows[i], error)) {
			return false;
		}
	}
	return true;
}
