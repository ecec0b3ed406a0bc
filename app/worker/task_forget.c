/* task_forget.c - rows that are over: nothing reads them any more, so they go; and what mail said,
 * a while after it was sent. */
#include "tasks.h"

#include <store/acts.h>
#include <store/jobs.h>
#include <store/mail.h>
#include <store/rates.h>
#include <store/sessions.h>
#include <store/tokens.h>
#include <store/webhooks.h>

#define BATCH   1000
#define HOUR_US (3600 * CLOCK_SECOND_US)
/* Sessions (auth/session.h) and spent tokens run out by themselves; their rows stay for longer, so
 * that a worker whose clock is ahead signs nobody out and makes no spent token good again. */
#define SESSION_AFTER_US (45 * CLOCK_DAY_US)
#define TOKEN_AFTER_US   (45 * CLOCK_DAY_US)
#define ACT_AFTER_US     HOUR_US /* auth/interrupted.h */
#define WEBHOOK_AFTER_US (30 * CLOCK_DAY_US)
#define RATE_AFTER_US    (2 * HOUR_US) /* longer than the longest limit counts */

/* One kind of rows, with the age at which they are over. */
static const struct forgotten {
	enum db_result (*prune)(
	    struct db *db, int64_t before_us, unsigned limit, uint64_t *removed_r);
	int64_t age_us;
} forgotten[] = {
    {sessions_prune, SESSION_AFTER_US},
    {acts_prune, ACT_AFTER_US},
    {tokens_prune, TOKEN_AFTER_US},
    {rates_prune, RATE_AFTER_US},
    {mails_blank, 0},
    {webhooks_prune, WEBHOOK_AFTER_US},
    {leases_prune, HOUR_US},
};

static bool prune_all(
    const struct worker *worker, const struct forgotten *rows, struct error *error)
{
	const struct worker_control *control = &worker->control;
	const struct domain *domain = worker->domain;
	int64_t before_us = clock_now_us(domain->clock) - rows->age_us;
	uint64_t removed = BATCH;

	while (removed >= BATCH && !control->stop(control->context)) {
		enum db_result result;
		removed = 0;
		result = rows->prune(domain->db, before_us, BATCH, &removed);
		if (result != DB_OK && result != DB_NONE)
			return db_fail(result, error);
	}
	return true;
}

bool task_forget(const struct worker *worker, struct arena *arena, struct error *error)
{
	(void)arena;
	for (size_t i = 0; i < sizeof(forgotten) / sizeof(forgotten[0]); i++)
		if (!prune_all(worker, &forgotten[i], error))
			return false;
	return true;
}
