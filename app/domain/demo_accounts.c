/* demo_accounts.c - an account in each state: leaving, asking to leave, deleted by an admin. */
#include "demo.h"

#include <domain/accounts.h>

static bool leave(struct demo *demo, enum demo_person who, int minutes_ago, bool proven,
    const char *reason, struct error *error)
{
	struct account_choices choices = {.keep_photos = proven, .reason = reason};
	struct account_status status;
	struct actor actor = demo->people[who];

	demo_set_clock(demo, minutes_ago);
	if (proven) {
		actor.reauth_id = id_generate(demo->clock.fixed_us);
		actor.reauth_expires_us = demo->clock.fixed_us + CLOCK_SECOND_US;
	}
	return accounts_schedule(&demo->domain, &actor, demo->arena, &choices, &status, error);
}

bool demo_make_accounts(struct demo *demo, struct error *error)
{
	const struct account_deletion act = {
	    .user_id = demo->people[FORMER].user_id, .choices = {.reason = "Left the collective"}};
	struct deletion deletion;

	if (!leave(demo, LEAVING, DAYS(9), true, "Moving on", error) ||
	    !leave(demo, ASKING, HOURS(2), false, NULL, error)) {
		return false;
	}
	demo_set_clock(demo, DAYS(2));
	return accounts_delete_user(
	    &demo->domain, &demo->people[ADMIN], demo->arena, &act, &deletion, error);
}
