/* settings.h - an organisation's windows and switches, within their bounds.
 *
 * A changed setting holds for later acts: what is in the trash keeps its recover_until, what is
 * archived its purge_after. */
#ifndef LETHE_DOMAIN_SETTINGS_H
#define LETHE_DOMAIN_SETTINGS_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/error.h>
#include <domain/domain.h>
#include <stdbool.h>
#include <store/settings.h>

/* What a setting is measured in. */
enum setting_unit { SETTING_SECONDS, SETTING_MONTHS, SETTING_SWITCH };

/* One setting: its name (of the API, and of the field that an error names), its bounds, both
 * allowed, and what a new organisation has (as in the table's columns). */
struct setting_rule {
	const char *name;
	enum setting_unit unit;
	int64_t min, max;
	int64_t standard;
};

/* The rule of a setting; static. */
const struct setting_rule *setting_rule(enum setting setting);

/* The settings of the actor's organisation: admins. Errors: forbidden, not_found, unavailable. */
bool settings_get(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct settings *settings_r, struct error *error) __attribute__((warn_unused_result));

/* Which settings to change, and to what. */
struct settings_change {
	bool given[SETTING_COUNT];
	int64_t values[SETTING_COUNT];
};

/* Change settings of the actor's organisation, all that are given or none: admins. `settings_r` are
 * those that stand then. Audit, where one is different: settings.change with each changed one's
 * value (by its name) and the one before ("<name>_before"). Errors: forbidden; invalid
 * "out_of_range" with the field; not_found where the organisation is deleted. */
bool settings_change(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct settings_change *change, struct settings *settings_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
