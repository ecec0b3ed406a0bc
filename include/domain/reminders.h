/* reminders.h - telling owners of archived photos that their retention ends. */
#ifndef LETHE_DOMAIN_REMINDERS_H
#define LETHE_DOMAIN_REMINDERS_H

#include <base/arena.h>
#include <base/clock.h>
#include <base/error.h>
#include <domain/domain.h>

#define REMINDERS_BEFORE_US (3 * CLOCK_DAY_US) /* this long before the purge */
#define REMINDERS_NAMED     50                 /* photos a mail names; the others it counts */
#define REMINDERS_TEMPLATE  "retention"        /* of the mail */

struct reminders_report {
	int64_t mails;  /* queued */
	int64_t photos; /* whose owner was told, derivatives included */
};

/* Queue one mail to each owner of archived photos that will be purged within REMINDERS_BEFORE_US
 * (from exactly then until before the purge), and note on the photos that it was (purge_mail_at):
 * archived again, a photo is told of again. An owner who is not live, wants no such mail or has no
 * address gets none, nor does one of a deleted organisation.
 *
 * In transactions of at most step_rows photos each: the first of an owner queues the mail, which
 * names the first REMINDERS_NAMED and counts all of them. Owners are locked meanwhile; what an
 * owner's last mail counted is only noted. So any number of workers at once send one mail, and one
 * that dies between two steps leaves no reason for another.
 *
 * The template's values: `name`; `count`, and `one` (true for a single photo); `photos`, each with
 * `id`, `title` (or null) and `purge_after`; `more`, the count of those not named; `purge_after` of
 * the first. `stop` (may be NULL) is asked between two steps. After each, after_step gets
 * "reminder". */
bool reminders_queue(const struct domain *domain, struct arena *arena, bool (*stop)(void *context),
    void *context, struct reminders_report *report_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
