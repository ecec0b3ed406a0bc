/* exports.h - what people take with them: a ZIP of everything about one person, made by the worker.
 *
 * A pending export is made from its beginning to its end by whoever holds its lease; one that was
 * broken off is made anew, under another name, and what was left of it is removed. What a purge
 * removes is in no export: a ready one that contains it is discarded in the same transaction, one
 * that is being made is begun again. It is its owner's alone, for EXPORTS_LIFE_US. */
#ifndef LETHE_DOMAIN_EXPORTS_H
#define LETHE_DOMAIN_EXPORTS_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/error.h>
#include <domain/domain.h>
#include <store/exports.h>

#define EXPORTS_LIFE_US  (7 * CLOCK_DAY_US)
#define EXPORTS_KEPT_US  (30 * CLOCK_DAY_US) /* the row, once it is over */
#define EXPORTS_PER_HOUR 3
#define EXPORTS_ROUND_US (20 * CLOCK_SECOND_US) /* of a worker that has other work, too */

/* Ask for an export of one's own data. Conflict "export_pending" while there is one that is being
 * made; rate_limited; forbidden "reauth_required" where the proof was used before. */
bool exports_request(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct export_row *export_r, struct error *error) __attribute__((warn_unused_result));

/* One's own export of that id; not_found also for another's. One whose time is over reads as
 * expired, also before the worker has seen to it. */
bool exports_get(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *id, struct export_row *export_r, struct error *error)
    __attribute__((warn_unused_result));

/* One's newest export; `found_r`: there is one. */
bool exports_latest(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct export_row *export_r, bool *found_r, struct error *error)
    __attribute__((warn_unused_result));

/* Its file. Conflict "export_pending" before it is ready; gone "export_discarded" or
 * "export_expired". */
bool exports_file(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *id, struct file *file_r, struct error *error)
    __attribute__((warn_unused_result));

/* When to end, and what else to do meanwhile; all may be zero. The functions are called between two
 * files, at most a few times a second, outside transactions. */
struct exports_limits {
	int64_t round_us; /* after which no other one is begun; 0: until none is due */
	bool (*stop)(void *context);
	void (*meanwhile)(void *context);
	void *context;
};

struct exports_report {
	unsigned made;
	unsigned put_off; /* failed, or touched again and again: to be tried later */
	unsigned expired;
	uint64_t bytes;
};

/* Make every pending export that is due, and see to those whose time is over: their files, rows
 * long settled, temporary files that nobody is at any more. Memory does not grow
 * with their size, but by the archive's directory: some 200 bytes for each file. False where the
 * store is out of reach. */
bool exports_continue(const struct domain *domain, struct arena *arena,
    const struct exports_limits *limits, struct exports_report *report_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
