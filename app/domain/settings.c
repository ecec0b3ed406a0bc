/* settings.c - windows and switches: their bounds in one table, and how they are changed. */
#include <auth/policy.h>
#include <domain/audit.h>
#include <domain/settings.h>

#define HOUR 3600
#define DAY  86400

static const struct setting_rule rules[SETTING_COUNT] = {
    [SETTING_PHOTO_RECOVERY] = {"photo_recovery_s", SETTING_SECONDS, 0, 30 * DAY, 4 * HOUR},
    [SETTING_CONTAINER_RECOVERY] = {"container_recovery_s", SETTING_SECONDS, HOUR, 30 * DAY,
	7 * DAY},
    [SETTING_ARCHIVE_RETENTION] = {"archive_retention_s", SETTING_SECONDS, DAY, 3650 * DAY,
	30 * DAY},
    [SETTING_ACCOUNT_GRACE] = {"account_grace_s", SETTING_SECONDS, 0, 28 * DAY, 14 * DAY},
    [SETTING_AUDIT_RETENTION] = {"audit_retention_months", SETTING_MONTHS, 12, 120, 12},
    [SETTING_SELF_DELETION] = {"self_deletion", SETTING_SWITCH, 0, 1, 1},
    [SETTING_ADMIN_DELETION] = {"admin_deletion", SETTING_SWITCH, 0, 1, 1},
};

const struct setting_rule *setting_rule(enum setting setting)
{
	return &rules[setting];
}

static bool may(const struct actor *actor, struct error *error)
{
	struct policy_subject subject = {
	    .kind = POLICY_ORGANIZATION, .organization_id = actor->organization_id};

	return policy_check(actor, POLICY_ADMINISTER, &subject, error);
}

static bool fine(enum db_result result, struct error *error)
{
	if (result == DB_NONE)
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is no such organisation any more.");
	return result == DB_OK || db_fail(result, error);
}

bool settings_get(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct settings *settings_r, struct error *error)
{
	return may(actor, error) &&
	       fine(settings_read(domain->db, arena, &actor->organization_id, settings_r), error);
}

static bool check(const struct settings_change *change, struct error *error)
{
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const struct setting_rule *rule = &rules[i];
		if (!change->given[i] ||
		    (change->values[i] >= rule->min && change->values[i] <= rule->max))
			continue;
		return error_set_field(error, rule->name, "out_of_range",
		    "%s must be from %lld to %lld%s.", rule->name, (long long)rule->min,
		    (long long)rule->max,
		    rule->unit == SETTING_SECONDS  ? " seconds"
		    : rule->unit == SETTING_MONTHS ? " months"
						   : "");
	}
	return true;
}

struct changing {
	const struct domain *domain;
	const struct actor *actor;
	const struct settings_change *change;
	struct settings *settings;
};

static void note(struct doc *details, const struct setting_rule *rule, int64_t before, int64_t now)
{
	const char *key = arena_join(details->arena, rule->name, "_before", NULL);

	if (rule->unit == SETTING_SWITCH) {
		doc_set_bool(details, rule->name, now != 0);
		doc_set_bool(details, key, before != 0);
	} else {
		doc_set_int(details, rule->name, now);
		doc_set_int(details, key, before);
	}
}

/* Put what is given in the place of what was, and say what is different. */
static bool apply(
    const struct settings_change *change, struct settings *settings, struct doc *details)
{
	bool changed = false;

	for (size_t i = 0; i < SETTING_COUNT; i++) {
		if (!change->given[i] || change->values[i] == settings->values[i])
			continue;
		note(details, &rules[i], settings->values[i], change->values[i]);
		settings->values[i] = change->values[i];
		changed = true;
	}
	return changed;
}

static bool run_change(struct db_tx *tx, void *context, struct error *error)
{
	const struct changing *c = context;
	const struct id *organization = &c->actor->organization_id;
	struct doc *details = doc_object(tx->arena);

	if (!fine(settings_lock(tx, organization, c->settings), error))
		return false;
	if (!apply(c->change, c->settings, details))
		return true;
	return fine(settings_store(tx, organization, c->settings), error) &&
	       audit_write(tx, c->domain, c->actor,
		   &(struct audit_event){.action = "settings.change",
		       .kind = "organization",
		       .item_id = *organization,
		       .details = details},
		   error);
}

bool settings_change(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct settings_change *change, struct settings *settings_r, struct error *error)
{
	struct changing context = {domain, actor, change, settings_r};

	(void)arena;
	return may(actor, error) && check(change, error) &&
	       db_transaction(domain->db, run_change, &context, error);
}
