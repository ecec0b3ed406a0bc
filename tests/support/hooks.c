/* hooks.c - subscribing, telling, delivering. */
#include "hooks.h"

#include "receiver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct webhook hooks_subscribe(struct world *world, const struct actor *admin, const char *url)
{
	struct webhook webhook;
	struct error error = {0};
	const char *secret = NULL;

	assert_true(webhooks_create(&world->domain, admin, world->arena, url, webhook_events_all(),
	    &webhook, &secret, &error));
	receiver_set_secret(secret);
	return webhook;
}

struct id hooks_tell(struct world *world, const struct actor *admin, const struct webhook *webhook)
{
	struct webhook_delivery delivery;
	struct error error = {0};

	world->clock.fixed_us += 1000;
	assert_true(
	    webhooks_test(&world->domain, admin, world->arena, &webhook->id, &delivery, &error));
	return delivery.id;
}

struct webhook_report hooks_deliver(const struct webhook_run *run, unsigned limit)
{
	struct webhook_report report;
	struct error error = {0};

	if (!webhook_deliver_due(run, limit, &report, &error))
		fail_msg("%s", error.code);
	return report;
}
