/* purge_due.c - the worker's round over all that is due, and its preview by the same selection. */
#include "lease.h"
#include "purge.h"

#include <domain/audit.h>
#include <string.h>

#define DUE_PAGE 100

/* What is due, in the order in which it is taken: what was begun first. A window still open has no
 * part in it; what is still marking is marked to its end before. */
static const struct {
	enum deletion_state state;
	bool closed; /* only where the window has closed */
} selection[] = {
    {DELETION_PURGING, false},
    {DELETION_MARKING, true},
    {DELETION_TRASHED, true},
};
#define SELECTIONS (sizeof(selection) / sizeof(selection[0]))

/* A round under way. */
struct round {
	const struct domain *domain;
	struct arena *arena;
	const struct purge_limits *limits;
	struct purge_report *report;
	int64_t now_us;
};

static int64_t until(const struct round *round, size_t i)
{
	return selection[i].closed ? round->now_us : 0;
}

static bool purge_one(struct round *round, const struct id *id, struct error *error)
{
	struct actor worker = actor_system("worker", NULL);
	bool done;

	if (!purge_steps(round->domain, &worker, id, round->limits, round->report, &done, error)) {
		return false;
	}
	round->report->unfinished = round->report->unfinished || !done;
	return true;
}

/* Marking takes of the same steps as purging. */
static bool take(struct round *round, const struct deletion_due *due, struct error *error)
{
	struct purge_limits rest = *round->limits;
	unsigned steps = 0;

	if (rest.max_steps > 0) {
		rest.max_steps -= round->report->steps;
	}
	if (due->state == DELETION_MARKING &&
	    !background_mark(round->domain, &due->id, &rest, &steps, error)) {
		return false;
	}
	round->report->steps += steps;
	return purge_one(round, &due->id, error);
}

/* One that cannot be purged must not keep the others waiting, unless the store is out of reach. */
static bool take_or_skip(struct round *round, const struct deletion_due *due, struct error *error)
{
	if (take(round, due, error)) {
		return true;
	}
	if (!work_skip(round->domain, "purge_failed", due, error)) {
		return false;
	}
	round->report->unfinished = true;
	return true;
}

static bool purge_selected(struct round *round, size_t i, struct error *error)
{
	struct deletion_due *due, last = {0};
	size_t count;

	do {
		enum db_result result = deletion_due(round->domain->db, round->arena,
		    &round->limits->organization_id, selection[i].state, until(round, i),
		    round->now_us, last.recover_until_us ? &last : NULL, DUE_PAGE, &due, &count);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		for (size_t k = 0; k < count; k++) {
			if (purge_must_stop(round->limits, round->report)) {
				return true;
			}
			if (!take_or_skip(round, &due[k], error)) {
				return false;
			}
			last = due[k];
		}
	} while (count == DUE_PAGE);
	return true;
}

/* Again as long as an organisation waits for what was in its trash, and that gets on. */
static bool purge_all_selected(struct round *round, struct error *error)
{
	unsigned before;
	bool closed = false; /* what is in its trash: the first look does that */

	do {
		closed = round->report->waiting;
		before = round->report->steps;
		round->report->waiting = false;
		for (size_t i = 0; i < SELECTIONS && !round->report->paused; i++) {
			if (!purge_selected(round, i, error)) {
				return false;
			}
		}
	} while (round->report->waiting && (!closed || round->report->steps > before) &&
		 !purge_must_stop(round->limits, round->report));
	return true;
}

static bool end_retention(struct round *round, const struct id *organization_id,
    const struct retention_due *due, struct error *error)
{
	/* One larger than a step is still marking. */
	struct deletion_due deletion = {.state = DELETION_MARKING};
	bool begun;

	if (!retention_begin(
		round->domain, organization_id, &due->photo_id, &deletion.id, &begun, error)) {
		return false;
	}
	if (!begun) {
		return true;
	}
	round->report->archived++;
	round->report->archived_bytes += due->bytes;
	domain_after_step(round->domain, "retention");
	return take_or_skip(round, &deletion, error);
}

/* Photos that were taken leave the selection, so each page starts anew. */
static bool end_retentions(
    struct round *round, const struct id *organization_id, struct error *error)
{
	struct retention_due *due;
	size_t count;
	int64_t before;

	do {
		enum db_result result = retention_due(round->domain->db, round->arena,
		    organization_id, round->now_us, DUE_PAGE, &due, &count);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		before = round->report->archived;
		for (size_t i = 0; i < count; i++) {
			if (purge_must_stop(round->limits, round->report)) {
				return true;
			}
			if (!end_retention(round, organization_id, &due[i], error)) {
				return false;
			}
		}
	} while (count == DUE_PAGE && round->report->archived > before);
	return true;
}

static bool purge_archived(struct round *round, struct error *error)
{
	struct id *organizations;
	size_t count;
	enum db_result result;

	if (!id_is_none(&round->limits->organization_id)) {
		return purge_must_stop(round->limits, round->report) ||
		       end_retentions(round, &round->limits->organization_id, error);
	}
	result = retention_organizations(round->domain->db, round->arena, &organizations, &count);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	for (size_t i = 0; i < count && !purge_must_stop(round->limits, round->report); i++) {
		if (!end_retentions(round, &organizations[i], error)) {
			return false;
		}
	}
	return true;
}

static bool read_paused(struct round *round, struct error *error)
{
	struct installation installation = {0};

	if (!purge_status(round->domain, round->arena, &installation, error)) {
		return false;
	}
	round->report->paused = installation.purge_paused_at_us != 0;
	return true;
}

bool purge_due(const struct domain *domain, struct arena *arena, const struct purge_limits *limits,
    struct purge_report *report_r, struct error *error)
{
	static const struct purge_limits none = {0};
	struct round round = {
	    domain, arena, limits ? limits : &none, NULL, clock_now_us(domain->clock)};

	*report_r = (struct purge_report){0};
	round.report = report_r;
	if (!read_paused(&round, error)) {
		return false;
	}
	return purge_all_selected(&round, error) &&
	       (report_r->paused || purge_archived(&round, error));
}

static bool add_retentions(struct round *round, struct error *error)
{
	struct id *organizations;
	size_t count;
	enum db_result result =
	    retention_organizations(round->domain->db, round->arena, &organizations, &count);

	for (size_t i = 0; result == DB_OK && i < count; i++) {
		int64_t photos, bytes;

		result = retention_sums(round->domain->db, round->arena, &organizations[i],
		    round->now_us, &photos, &bytes);
		round->report->archived += photos;
		round->report->archived_bytes += bytes;
	}
	return result == DB_OK || db_fail(result, error);
}

bool purge_preview(const struct domain *domain, struct arena *arena, struct purge_report *report_r,
    struct error *error)
{
	struct round round = {domain, arena, NULL, NULL, clock_now_us(domain->clock)};
	struct deletion_due_sums sums = {0};

	*report_r = (struct purge_report){0};
	round.report = report_r;
	for (size_t i = 0; i < SELECTIONS; i++) {
		enum db_result result = deletion_due_sums(
		    domain->db, arena, selection[i].state, until(&round, i), &sums);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
	}
	report_r->deletions = sums.deletions;
	report_r->bytes = sums.bytes;
	memcpy(report_r->counts, sums.counts, sizeof(sums.counts));
	return read_paused(&round, error) && add_retentions(&round, error);
}
