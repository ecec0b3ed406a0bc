/* prune.h - the end of the audit retention.
 *
 * Entries of the trail with their reasons, records of settled deletions, settled requests and
 * settled mail go once they are as old as their organisation's audit retention (calendar months; an
 * entry of the installation has the shortest one): at that microsecond, not before it. A deletion
 * is as old as its settling, a request as its decision, a mail as its sending. */
#ifndef LETHE_DOMAIN_PRUNE_H
#define LETHE_DOMAIN_PRUNE_H

#include <base/arena.h>
#include <domain/domain.h>
#include <store/prune.h>

struct prune_report {
	int64_t rows[PRUNE_KIND_COUNT]; /* removed; of entries, reasons are counted as well */
};

/* Remove what is due, of all organisations, in transactions of at most step_rows rows, until there
 * is nothing left or `stop` (may be NULL) says so. `prune` is the connection of the pruning's own
 * user: the application may neither touch the trail nor remove a record. Any number of workers at
 * once; what a crash left is taken the next time. After each step after_step gets "prune". */
bool prune_due(const struct domain *domain, struct db *prune, struct arena *arena,
    bool (*stop)(void *context), void *context, struct prune_report *report_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
