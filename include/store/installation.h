/* installation.h - the one row of switches for the whole installation. */
#ifndef LETHE_STORE_INSTALLATION_H
#define LETHE_STORE_INSTALLATION_H

#include <base/arena.h>
#include <db/db.h>
#include <stdint.h>

struct installation {
	int64_t purge_paused_at_us;  /* 0: purges run */
	const char *purge_paused_by; /* actor uid, or NULL */
};

/* Read the switches. */
enum db_result installation_read(struct db *db, struct arena *arena,
    struct installation *installation_r) __attribute__((warn_unused_result));

/* Pause all purging. DB_NONE if it is paused already. */
enum db_result installation_pause_purge(struct db_tx *tx, int64_t now_us, const char *actor_uid)
    __attribute__((warn_unused_result));

/* Let purging go on. DB_NONE if it is not paused. */
enum db_result installation_resume_purge(struct db_tx *tx) __attribute__((warn_unused_result));

#endif
