/* metrics.c - figures of the whole installation, in one round trip. */
#include <store/metrics.h>

#include <base/clock.h>
#include <store/jobs.h>

#define COUNTED(rows)        "(SELECT COUNT(*) FROM (SELECT 1 FROM " rows " LIMIT ?) part)"
#define OUTBOX(table, state) COUNTED(table " FORCE INDEX (due) WHERE state = '" state "'")
#define WORKING(state)       COUNTED("deletions FORCE INDEX (due) WHERE state = '" state "'")
#define FIRST(time, rows)    "(SELECT MIN(" time ") FROM " rows ")"
#define TALLIED(column)      "(SELECT CAST(COALESCE(SUM(" column "), 0) AS SIGNED) FROM tallies)"

#define COUNTS METRIC_MAILS_OVERDUE /* so many columns are counts, and each wants the bound */
#define TIMES  METRIC_DELETED       /* the columns before this one, behind those, are times */

#define QUEUED                                                                                     \
	OUTBOX("mail_outbox", "waiting")                                                           \
	", " OUTBOX("mail_outbox", "failed") ", " OUTBOX("webhook_outbox", "waiting") ", " OUTBOX( \
	    "webhook_outbox", "failed") ", " COUNTED("jobs")
#define WORKED_ON  WORKING("marking") ", " WORKING("restoring") ", " WORKING("purging")
#define FIRST_MAIL FIRST("next_attempt_at", "mail_outbox FORCE INDEX (due) WHERE state = 'waiting'")
#define FIRST_WEBHOOK                                                                              \
	FIRST("next_attempt_at", "webhook_outbox FORCE INDEX (due) WHERE state = 'waiting'")
#define FIRST_JOB   FIRST("run_at", "jobs")
#define FIRST_PURGE FIRST("recover_until", "deletions FORCE INDEX (due) WHERE state = 'trashed'")
#define FIRST_IDENTITY                                                                             \
	FIRST("created_at", "jobs FORCE INDEX (task_item) WHERE task = '" JOB_DELETION             \
			    "' AND last_error LIKE 'identity\\_%'")
#define OVERDUE FIRST_MAIL ", " FIRST_WEBHOOK ", " FIRST_JOB ", " FIRST_PURGE ", " FIRST_IDENTITY
#define SINCE_EVER                                                                                 \
	TALLIED("deleted")                                                                         \
	", " TALLIED("restored") ", " TALLIED("purged") ", " TALLIED("reclaimed_bytes")
DB_STATEMENT(METRICS_READ, "SELECT " QUEUED ", " WORKED_ON ", " OVERDUE ", " SINCE_EVER);

static int64_t seconds_since(int64_t since_us, int64_t now_us)
{
	return since_us && since_us < now_us ? (now_us - since_us) / CLOCK_SECOND_US : 0;
}

enum db_result metrics_read(struct db *db, struct arena *arena, int64_t now_us, int64_t most,
    int64_t values_r[METRIC_COUNT])
{
	struct db_value bounds[COUNTS];
	struct db_rows rows = {0};
	enum db_result result;

	for (int i = 0; i < COUNTS; i++)
		bounds[i] = db_bind_int(most);
	result = db_query(db, arena, &METRICS_READ, bounds, COUNTS, &rows);
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		bool is_time = i >= COUNTS && i < TIMES;

		values_r[i] = result != DB_OK ? 0
			      : is_time       ? seconds_since(db_time(&rows, 0, i), now_us)
					      : db_int(&rows, 0, i);
	}
	return result;
}
