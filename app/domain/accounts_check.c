/* accounts_check.c - what is asked before an account goes, and how its deletion is described. */
#include "accounts_private.h"

#include <domain/settings.h>
#include <stdio.h>
#include <string.h>

static const char *const events_names[ACCOUNT_EVENTS_COUNT] = {
    [EVENTS_ANONYMIZE] = "anonymize",
    [EVENTS_TRANSFER] = "transfer",
    [EVENTS_BLOCK] = "block",
};

const char *account_events_name(enum account_events events)
{
	return events_names[events];
}

static enum account_events parse_events(const char *name)
{
	for (int i = 0; name && i < ACCOUNT_EVENTS_COUNT; i++) {
		if (strcmp(name, events_names[i]) == 0) {
			return (enum account_events)i;
		}
	}
	return EVENTS_ANONYMIZE;
}

bool accounts_check_switch(struct db *db, struct arena *arena, const struct id *organization_id,
    bool by_admin, struct error *error)
{
	struct settings settings;
	enum db_result result = settings_read(db, arena, organization_id, &settings);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	if (by_admin) {
		return settings.values[SETTING_ADMIN_DELETION] ||
		       error_set(error, ERROR_FORBIDDEN, "admin_deletion_off",
			   "Admins cannot delete accounts here.");
	}
	return settings.values[SETTING_SELF_DELETION] ||
	       error_set(error, ERROR_FORBIDDEN, "self_deletion_off",
		   "Accounts cannot be deleted by oneself here. Ask an admin.");
}

bool accounts_refuse_heir(struct error *error)
{
	return error_set_field(error, "transfer_to", "invalid_transfer",
	    "Choose who takes events over: another person of the organisation who stays.");
}

bool accounts_check_heir(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *owner_id, const struct id *heir_id, struct error *error)
{
	struct user heir;
	enum db_result result;

	if (id_is_none(heir_id) || id_equal(heir_id, owner_id)) {
		return accounts_refuse_heir(error);
	}
	result = users_find(db, arena, heir_id, &heir);
	if (result > DB_NONE) {
		return db_fail(result, error);
	}
	return (result == DB_OK && heir.deleted_us == 0 &&
		   heir.deletion_status != USER_DELETION_SCHEDULED &&
		   id_equal(&heir.organization_id, organization_id)) ||
	       accounts_refuse_heir(error);
}

bool accounts_check_choices(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *user_id, struct account_choices *choices, struct error *error)
{
	if (!deletion_reason(&choices->reason, error)) {
		return false;
	}
	if (choices->events != EVENTS_TRANSFER) {
		choices->transfer_to = id_none;
		return true;
	}
	return accounts_check_heir(
	    db, arena, organization_id, user_id, &choices->transfer_to, error);
}

bool accounts_may_choose(const struct domain *domain, struct arena *arena,
    const struct id *organization_id, const struct id *user_id,
    const struct account_choices *choices, struct error *error)
{
	struct account_choices asked = *choices;
	struct user user = {.organization_id = *organization_id};
	enum db_result result = DB_OK;

	if (!id_is_none(user_id)) {
		result = users_find(domain->db, arena, user_id, &user);
	}
	if (result != DB_OK) {
		return fail_find(result, "user", error);
	}
	return accounts_check_choices(
	    domain->db, arena, &user.organization_id, user_id, &asked, error);
}

bool accounts_check_peers(struct db_tx *tx, struct user *user, struct error *error)
{
	bool platform = user->role == USER_PLATFORM_ADMIN;
	unsigned others = 1;
	enum db_result result = DB_OK;

	if (user->role != USER_MEMBER) {
		result = users_lock_count(tx, platform ? &id_none : &user->organization_id,
		    user->role, &user->id, &others);
	}
	if (result == DB_OK) {
		result = users_lock(tx, &user->id, user);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	if (others > 0) {
		return true;
	}
	return platform ? error_set(error, ERROR_CONFLICT, "last_platform_admin",
			      "This is the last platform admin. Appoint another one first.")
			: error_set(error, ERROR_CONFLICT, "last_admin",
			      "This is the last admin of the organisation. Appoint another one "
			      "first, or have the organisation deleted.");
}

bool accounts_check_events(struct db_tx *tx, const struct user *user,
    const struct account_choices *choices, struct error *error)
{
	struct event_row *events;
	size_t count;
	int64_t total = 0;
	enum db_result result = DB_OK;

	if (choices->events != EVENTS_BLOCK) {
		return true;
	}
	result = account_events(
	    tx->db, tx->arena, &user->organization_id, &user->id, 1, &events, &count, &total);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return total == 0 ||
	       error_set(error, ERROR_CONFLICT, "blocking_events",
		   "%lld event%s in the way. Hand them over or have them made anonymous.",
		   (long long)total, total == 1 ? " stands" : "s stand");
}

bool accounts_check_restored(struct db_tx *tx, const struct user *user, struct error *error)
{
	char text[ID_TEXT_SIZE];
	struct id deletion;
	enum db_result result =
	    deletion_restoring(tx, &user->organization_id, &user->id, &deletion);

	if (result != DB_OK) {
		return result == DB_NONE || db_fail(result, error);
	}
	id_format(&deletion, text);
	error_set(error, ERROR_CONFLICT, "still_restoring",
	    "This account is still being restored. Try again in a moment.");
	error_set_reference(error, "deletion_id", text);
	return false;
}

struct deletion accounts_describe(const struct domain *domain, const struct actor *actor,
    const struct user *user, const struct account_choices *choices)
{
	int64_t now_us = clock_now_us(domain->clock);

	return (struct deletion){
	    .id = id_generate(now_us),
	    .organization_id = user->organization_id,
	    .act_id = id_generate(now_us),
	    .kind = ITEM_USER,
	    .item_id = user->id,
	    .label = user->display_name,
	    .owner_id = user->id,
	    .initiator_id = actor->user_id,
	    .origin = ORIGIN_ADMIN,
	    .reason = choices->reason,
	    .mode = MODE_SOFT,
	    .deleted_at_us = now_us,
	    .recover_until_us = now_us,
	};
}

void accounts_put_choices(struct account_row *row, const struct account_choices *choices)
{
	row->reason = choices->reason;
	row->photos = choices->keep_photos ? "keep" : "delete";
	row->events = account_events_name(choices->events);
	row->transfer_to = choices->transfer_to;
}

bool accounts_read_status(const struct domain *domain, struct db *db, struct arena *arena,
    const struct id *user_id, struct account_status *status_r, struct error *error)
{
	struct settings settings = {0};
	struct account_row row = {0};
	struct user user = {0};
	enum db_result result = users_find(db, arena, user_id, &user);

	(void)domain;
	if (result == DB_OK) {
		result = account_read(db, arena, user_id, &row);
	}
	if (result == DB_OK) {
		result = settings_read(db, arena, &user.organization_id, &settings);
	}
	if (result == DB_NONE) {
		return error_set(
		    error, ERROR_UNAUTHENTICATED, "unauthenticated", "Please sign in.");
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	*status_r = (struct account_status){
	    .status = row.status,
	    .requested_us = row.requested_us,
	    .scheduled_for_us = row.scheduled_us,
	    .reason = row.reason,
	    .deletion_id = row.leaving_id,
	    .choices = {.keep_photos = row.photos && strcmp(row.photos, "keep") == 0,
		.events = parse_events(row.events),
		.transfer_to = row.transfer_to,
		.reason = row.reason},
	    .has_password = user.password_hash != NULL,
	    .enabled = settings.values[SETTING_SELF_DELETION] != 0,
	    .grace_us = settings.values[SETTING_ACCOUNT_GRACE] * CLOCK_SECOND_US,
	};
	return true;
}

struct actor accounts_actor(const struct user *user, char uid[ID_TEXT_SIZE], const char *request_id)
{
	static const enum role roles[USER_ROLE_COUNT] = {
	    [USER_MEMBER] = ROLE_MEMBER,
	    [USER_ADMIN] = ROLE_ADMIN,
	    [USER_PLATFORM_ADMIN] = ROLE_PLATFORM_ADMIN,
	};

	id_format(&user->id, uid);
	return (struct actor){
	    .role = roles[user->role],
	    .user_id = user->id,
	    .organization_id = user->organization_id,
	    .uid = uid,
	    .request_id = request_id,
	};
}
