/* lease.c - one worker at one large piece of work. */
#include "lease.h"

#include <base/log.h>
#include <string.h>

bool lease_begin(const struct domain *domain, const char *task, const struct id *organization_id,
    const struct id *item_id, struct lease *lease, struct error *error)
{
	int64_t now_us = clock_now_us(domain->clock);
	struct arena *arena = arena_create();
	enum db_result result;

	*lease = (struct lease){
	    .row =
		{
		    .job =
			{
			    .id = id_generate(now_us),
			    .organization_id = *organization_id,
			    .task = task,
			    .item_id = *item_id,
			},
		    .owner = id_generate(now_us),
		    .until_us = now_us + LEASE_US,
		},
	};
	result = lease_take(domain->db, arena, &lease->row, now_us, LEASE_US);
	arena_destroy(&arena);
	lease->held = result == DB_OK;
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

bool lease_keep(const struct domain *domain, struct lease *lease)
{
	int64_t now_us = clock_now_us(domain->clock);

	if (!lease->held || lease->row.until_us - now_us > LEASE_US / 2) {
		return lease->held;
	}
	lease->row.until_us = now_us + LEASE_US;
	lease->held = lease_extend(domain->db, &lease->row) == DB_OK;
	return lease->held;
}

void lease_end(const struct domain *domain, struct lease *lease, bool well)
{
	struct arena *arena;

	if (!lease->held) {
		return;
	}
	arena = arena_create();
	/* One that is not given back runs out. */
	(void)!lease_release(domain->db, arena, &lease->row, well);
	arena_destroy(&arena);
	lease->held = false;
}

bool work_skip(const struct domain *domain, const char *event, const struct deletion_due *due,
    struct error *error)
{
	int64_t now_us = clock_now_us(domain->clock);
	struct job job = {.id = id_generate(now_us), .task = JOB_DELETION, .item_id = due->id};
	char id[ID_TEXT_SIZE];

	if (strcmp(error->code, "store_uncertain") == 0) {
		return false; /* the connection broke, which is no fault of the deletion */
	}
	id_format(&due->id, id);
	log_event(LOG_ERROR, event, log_text("deletion", id),
	    log_text("state", deletion_state_name(due->state)), log_text("code", error->code));
	if (job_defer(domain->db, &job, error->code, now_us) != DB_OK) {
		return false;
	}
	error_clear(error);
	return true;
}
