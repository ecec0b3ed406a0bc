/* hooks.h - what tests of webhooks need beside a world and a receiver: subscriptions to its
 * addresses, events for them, their delivery. */
#ifndef LETHE_TESTS_HOOKS_H
#define LETHE_TESTS_HOOKS_H

#include "world.h"

#include <domain/webhooks.h>
#include <webhook/webhook.h>

/* Subscribe to all events, as an admin; the receiver is told the secret. */
struct webhook hooks_subscribe(struct world *world, const struct actor *admin, const char *url);

/* Queue a test event for the subscription, a millisecond after the last one; its id. */
struct id hooks_tell(struct world *world, const struct actor *admin, const struct webhook *webhook);

/* Deliver what is due, at most `limit`. */
struct webhook_report hooks_deliver(const struct webhook_run *run, unsigned limit);

#endif
