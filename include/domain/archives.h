/* archives.h - archiving photos in bulk, by what they have in common. */
#ifndef LETHE_DOMAIN_ARCHIVES_H
#define LETHE_DOMAIN_ARCHIVES_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/error.h>
#include <domain/domain.h>
#include <store/archives.h>

/* How many photos an act archives before it answers; the worker archives the rest. A job for all of
 * it is made first, so that the worker also ends what an act broke off. */
#define ARCHIVES_AT_ONCE 10000

/* How many live photos the criteria fit, with their derivatives (which go along with their
 * original, whether they fit or not). With IMPACT_ALL exact, in a time that grows with what there
 * is; else as far as `most` and the newest domain_look_rows photos say: `more` where there may be
 * more. Admins. Errors: forbidden; invalid (field "criteria")
 * "no_criteria" where none is given; (field "tag_ids") "too_many_tags" beyond
 * ARCHIVE_MAX_TAGS; (field "date_range") "empty_range". A project or tag that is not the
 * organisation's fits nothing. */
bool archives_preview(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct archive_criteria *criteria, int64_t most, struct archive_fit *fit_r,
    struct error *error) __attribute__((warn_unused_result));

struct archives_result {
	struct id batch_id;  /* none where nothing fits */
	int64_t photo_count; /* photos archived, and to be archived by the worker */
};

/* Archive them, as one batch: shares revoked for good, purge_after by the organisation's retention
 * as it is now. Steps of at most step_rows photos, each its own transaction; beyond
 * ARCHIVES_AT_ONCE photos the rest is done by archives_continue. Photos added after the act are
 * not touched. Audit: photo.archive, one entry for the batch (item: the batch, details: criteria
 * and count). Errors as of the preview; invalid "reason". */
bool archives_archive(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct archive_criteria *criteria, const char *reason, struct archives_result *result_r,
    struct error *error) __attribute__((warn_unused_result));

/* Finish what acts left: at most `max_steps` steps (0: all). Any number of workers at once.
 * `steps_r` says how many steps did something. */
bool archives_continue(const struct domain *domain, struct arena *arena, unsigned max_steps,
    unsigned *steps_r, struct error *error) __attribute__((warn_unused_result));

#endif
