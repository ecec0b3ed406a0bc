/* purge.h - removing for good what nobody can restore any more. */
#ifndef LETHE_DOMAIN_PURGE_H
#define LETHE_DOMAIN_PURGE_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/error.h>
#include <domain/domain.h>
#include <store/deletions.h>
#include <store/installation.h>

/* When to stop before everything due is done. Zeroed: never. */
struct purge_limits {
	unsigned max_steps;
	bool (*stop)(void *context); /* asked between two steps, e.g. for SIGTERM; or NULL */
	void *context;
	struct id organization_id; /* what is due in that one alone; none: in all */
};

/* What was done, or (preview) would be. */
struct purge_report {
	int64_t deletions;                /* settled as purged */
	int64_t counts[COUNT_KIND_COUNT]; /* of them */
	int64_t bytes;                    /* of their files */
	int64_t archived;                 /* archived photos whose retention ended */
	int64_t archived_bytes;
	unsigned steps;
	bool paused;     /* purging is paused: nothing was begun */
	bool unfinished; /* a limit ended it, or others hold the rest */
	bool waiting;    /* an organisation waits for what is in its trash to be purged first */
};

/* Purge what is due: deletions whose window has closed, those already begun, and archived photos
 * whose retention has ended (they become deletions of origin retention first). Steps of at most
 * step_rows rows, each its own transaction; any number of workers at once; after a crash the next
 * run goes on. Audit: photo.purge and so on, retention.purge, actor "worker". */
bool purge_due(const struct domain *domain, struct arena *arena, const struct purge_limits *limits,
    struct purge_report *report_r, struct error *error) __attribute__((warn_unused_result));

/* What purge_due would take now, by the same selection; changes nothing. */
bool purge_preview(const struct domain *domain, struct arena *arena, struct purge_report *report_r,
    struct error *error) __attribute__((warn_unused_result));

/* Purge one deletion that is already in the state purging, at most `max_steps` steps (0: to the
 * end), for `actor` of its organisation, whose name the audit entry bears. Waits for who holds its
 * row. `done_r` tells whether it is purged: not while purging is paused. */
bool purge_deletion(const struct domain *domain, const struct actor *actor,
    const struct id *deletion_id, unsigned max_steps, bool *done_r, struct error *error)
    __attribute__((warn_unused_result));

/* Stop every purge on every machine after the step in hand, or let it go on. Platform admins and
 * the operator. Audit: purge.pause, purge.resume. Errors: forbidden; conflict "already_paused",
 * "not_paused". */
bool purge_pause(const struct domain *domain, const struct actor *actor, struct error *error)
    __attribute__((warn_unused_result));
bool purge_resume(const struct domain *domain, const struct actor *actor, struct error *error)
    __attribute__((warn_unused_result));

/* Which windows to lengthen, and by how much. */
struct purge_extension {
	struct id deletion_id;     /* that one alone; none: */
	struct id organization_id; /* all of an organisation; none as well: all there are */
	int64_t until_us;          /* windows that end sooner end then; 0: */
	int64_t by_us; /* each ends that much later than it would, or than now where it is over */
};

/* Lengthen windows of deletions that are marking or trashed, also where the window is over and the
 * purge has not begun; never those of accounts (kind user, origin account) and requests, nor of
 * what was deleted forever. `count_r` says how many. Platform admins and the operator. Audit:
 * purge.extend. Errors: forbidden; invalid (field "until"/"by") "not_in_future"; not_found for a
 * deletion that is not there; conflict "not_extended" for one that is of those kinds or settled. */
bool purge_extend(const struct domain *domain, const struct actor *actor,
    const struct purge_extension *extension, int64_t *count_r, struct error *error)
    __attribute__((warn_unused_result));

/* Whether purging is paused, since when and by whom. */
bool purge_status(const struct domain *domain, struct arena *arena,
    struct installation *installation_r, struct error *error) __attribute__((warn_unused_result));

#endif
