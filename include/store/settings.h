/* settings.h - what an organisation has set: windows and switches (columns of organizations). */
#ifndef LETHE_STORE_SETTINGS_H
#define LETHE_STORE_SETTINGS_H

#include <base/arena.h>
#include <base/id.h>
#include <db/db.h>
#include <stdint.h>

/* The settings, in the order in which pages and the API show them. */
enum setting {
	SETTING_PHOTO_RECOVERY,
	SETTING_CONTAINER_RECOVERY,
	SETTING_ARCHIVE_RETENTION,
	SETTING_ACCOUNT_GRACE,
	SETTING_AUDIT_RETENTION,
	SETTING_SELF_DELETION,
	SETTING_ADMIN_DELETION,
	SETTING_COUNT,
};

/* Their values: windows and retentions in seconds, the audit's in months, switches 0 or 1. */
struct settings {
	int64_t values[SETTING_COUNT];
};

/* The settings of an organisation, deleted or not. DB_NONE if there is none. */
enum db_result settings_read(struct db *db, struct arena *arena, const struct id *organization_id,
    struct settings *settings_r) __attribute__((warn_unused_result));

/* The same with its row locked until the transaction ends; a deleted one is DB_NONE. */
enum db_result settings_lock(struct db_tx *tx, const struct id *organization_id,
    struct settings *settings_r) __attribute__((warn_unused_result));

/* Store all of them. DB_NONE where none is different. */
enum db_result settings_store(struct db_tx *tx, const struct id *organization_id,
    const struct settings *settings) __attribute__((warn_unused_result));

#endif
