/* archives.c - archiving photos in bulk, by what they have in common.
 *
 * The batch and a job for it are made first; then the act does the job itself, as far as it can
 * while someone waits, and the worker whatever is left of it: also where the act broke off. */
#include "lease.h"
#include "photos.h"

#include <base/buf.h>
#include <domain/archives.h>

#define JOBS_PAGE 50

struct archiving {
	const struct domain *domain;
	const struct actor *actor;
	const struct archive_criteria *criteria;
	const char *reason;
	struct archive_fit fit; /* exact */
	struct id batch_id;
};

/* One step of a batch. */
struct archive_run {
	const struct domain *domain;
	struct id organization_id, batch_id;
	unsigned band, next_band;
	struct id before, next_before;
	int64_t rows;
	bool worked; /* the batch is there still */
	bool done;
};

/* How far a run goes: steps (0: no limit) and photos; and how far it came. */
struct archive_limits {
	unsigned max_steps, steps;
	int64_t max_rows, rows;
	bool done;
};

static bool check_actor(const struct actor *actor, struct error *error)
{
	struct policy_subject subject = {
	    .kind = POLICY_ORGANIZATION, .organization_id = actor->organization_id};

	return policy_check(actor, POLICY_ADMINISTER, &subject, error);
}

static bool check_criteria(const struct archive_criteria *criteria, struct error *error)
{
	if (id_is_none(&criteria->project_id) && criteria->from_us == 0 &&
	    criteria->until_us == 0 && criteria->tag_count == 0) {
		return error_set_field(
		    error, "criteria", "no_criteria", "Give a project, a range of dates or tags.");
	}
	if (criteria->tag_count > ARCHIVE_MAX_TAGS) {
		return error_set_field(error, "tag_ids", "too_many_tags",
		    "At most %d tags are possible here.", ARCHIVE_MAX_TAGS);
	}
	if (criteria->from_us != 0 && criteria->until_us != 0 &&
	    criteria->from_us >= criteria->until_us) {
		return error_set_field(error, "date_range", "empty_range",
		    "The range of dates ends before it begins.");
	}
	return true;
}

bool archives_preview(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct archive_criteria *criteria, int64_t most, struct archive_fit *fit_r,
    struct error *error)
{
	const unsigned look = most == IMPACT_ALL ? 0 : domain_look_rows(domain);
	enum db_result result;

	*fit_r = (struct archive_fit){0};
	if (!check_actor(actor, error) || !check_criteria(criteria, error)) {
		return false;
	}
	result =
	    archive_count(domain->db, arena, &actor->organization_id, criteria, most, look, fit_r);
	return result == DB_OK || db_fail(result, error);
}

/* As the row keeps them: ids, and times for people and for the worker. */
static struct doc *describe(struct arena *arena, const struct archive_criteria *criteria)
{
	struct doc *doc = doc_object(arena);
	struct doc *range = doc_object(arena);
	struct doc *tags = doc_list(arena);

	for (size_t i = 0; i < criteria->tag_count; i++) {
		char *text = arena_alloc(arena, ID_TEXT_SIZE);

		id_format(&criteria->tag_ids[i], text);
		doc_push(tags, doc_text(arena, text));
	}
	if (!id_is_none(&criteria->project_id)) {
		doc_set_id(doc, "project_id", &criteria->project_id);
	}
	doc_set_time(range, "start", criteria->from_us);
	doc_set_time(range, "end", criteria->until_us);
	if (criteria->from_us != 0 || criteria->until_us != 0) {
		doc_set(doc, "date_range", range);
	}
	if (criteria->tag_count > 0) {
		doc_set(doc, "tag_ids", tags);
	}
	return doc;
}

static const char *to_json(struct arena *arena, const struct archive_criteria *criteria)
{
	struct doc *doc = describe(arena, criteria);
	struct buf json = {0};
	const char *text;

	doc_set_int(doc, "from_us", criteria->from_us);
	doc_set_int(doc, "until_us", criteria->until_us);
	doc_write_json(doc, &json);
	text = arena_copy(arena, json.data, json.length);
	buf_free(&json);
	return text;
}

static bool audit(struct db_tx *tx, const struct archiving *c, struct error *error)
{
	struct doc *details = doc_object(tx->arena);

	doc_set_id(details, "batch_id", &c->batch_id);
	doc_set_int(details, "photos", c->fit.count);
	doc_set(details, "criteria", describe(tx->arena, c->criteria));
	return audit_write(tx, c->domain, c->actor,
	    &(struct audit_event){.action = "photo.archive",
		.kind = "photo",
		.details = details,
		.reason = c->reason},
	    error);
}

static bool begin(struct db_tx *tx, void *context, struct error *error)
{
	struct archiving *c = context;
	int64_t now_us = clock_now_us(c->domain->clock), retention_s = 0;
	struct archive_batch batch = {
	    .id = id_generate(now_us),
	    .organization_id = c->actor->organization_id,
	    .created_by = c->actor->user_id,
	    .created_us = now_us,
	};
	struct job job = {.id = id_generate(now_us),
	    .organization_id = batch.organization_id,
	    .task = JOB_ARCHIVE,
	    .item_id = batch.id};
	enum db_result result = store_archive_retention(tx, &batch.organization_id, &retention_s);

	c->batch_id = batch.id;
	if (result == DB_OK) {
		result = archive_batch_insert(tx, &batch, to_json(tx->arena, c->criteria),
		    c->reason, now_us + retention_s * CLOCK_SECOND_US);
	}
	if (result == DB_OK) {
		result = job_insert(tx, &job, now_us);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return audit(tx, c, error);
}

static void move_on(
    struct archive_run *run, const struct archive_batch *batch, const struct id *before, bool last)
{
	run->next_before = *before;
	run->next_band = run->band;
	if (last) {
		run->next_before = id_none;
		run->next_band++;
	}
	run->done = run->next_band == archive_bands(&batch->criteria);
}

static bool run_step(struct db_tx *tx, void *context, struct error *error)
{
	struct archive_run *run = context;
	struct archive_batch batch;
	struct id before = run->before;
	enum db_result result =
	    archive_batch_lock(tx, &run->organization_id, &run->batch_id, &batch);
	bool last;

	run->done = run->worked = false;
	run->rows = 0;
	if (result == DB_NONE) {
		return true;
	}
	if (result == DB_OK) {
		result = archive_step(tx, &batch, run->band, &before, run->domain->step_rows,
		    clock_now_us(run->domain->clock), &run->rows);
	}
	last = result == DB_NONE;
	if (result == DB_OK || last) {
		run->worked = true;
		move_on(run, &batch, &before, last);
		result = archive_batch_add(tx, &batch, run->rows);
	}
	if (result == DB_OK && run->done) {
		result = job_remove(tx, JOB_ARCHIVE, &batch.id);
	}
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

static bool is_over(const struct archive_limits *limits)
{
	return limits->done || limits->rows >= limits->max_rows ||
	       (limits->max_steps > 0 && limits->steps >= limits->max_steps);
}

static bool run_steps(const struct domain *domain, const struct id *organization_id,
    const struct id *batch_id, struct archive_limits *limits, struct lease *lease,
    struct error *error)
{
	struct archive_run run = {
	    .domain = domain, .organization_id = *organization_id, .batch_id = *batch_id};

	do {
		if (!db_transaction(domain->db, run_step, &run, error)) {
			return false;
		}
		if (!run.worked) {
			return true;
		}
		run.band = run.next_band;
		run.before = run.next_before;
		limits->rows += run.rows;
		limits->steps++;
		limits->done = run.done;
		if (domain->after_step) {
			domain->after_step(domain->after_step_context, "archive");
		}
	} while (!is_over(limits) && lease_keep(domain, lease));
	return true;
}

static bool run_leased(const struct domain *domain, const struct id *organization_id,
    const struct id *batch_id, struct archive_limits *limits, struct error *error)
{
	struct lease lease;
	bool ok;

	if (!lease_begin(domain, JOB_ARCHIVE, organization_id, batch_id, &lease, error)) {
		return false;
	}
	ok = !lease.held || run_steps(domain, organization_id, batch_id, limits, &lease, error);
	lease_end(domain, &lease, ok);
	return ok;
}

bool archives_archive(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct archive_criteria *criteria, const char *reason, struct archives_result *result_r,
    struct error *error)
{
	struct archiving context = {.domain = domain, .actor = actor, .criteria = criteria};
	struct archive_limits limits = {.max_rows = ARCHIVES_AT_ONCE};
	struct error later = {0};

	*result_r = (struct archives_result){0};
	if (!archives_preview(domain, actor, arena, criteria, IMPACT_ALL, &context.fit, error) ||
	    !photos_reason(arena, reason, &context.reason, error)) {
		return false;
	}
	if (context.fit.count == 0) {
		return true;
	}
	if (!db_transaction(domain->db, begin, &context, error)) {
		return false;
	}
	/* The act stands; what is not archived now, the worker archives. */
	(void)!run_leased(domain, &actor->organization_id, &context.batch_id, &limits, &later);
	result_r->batch_id = context.batch_id;
	result_r->photo_count = limits.done ? limits.rows : context.fit.count;
	return true;
}

bool archives_continue(const struct domain *domain, struct arena *arena, unsigned max_steps,
    unsigned *steps_r, struct error *error)
{
	struct archive_limits limits = {.max_steps = max_steps, .max_rows = INT64_MAX};
	struct id after = id_none;
	struct job *jobs;
	size_t count;

	do {
		enum db_result result = job_due(domain->db, arena, JOB_ARCHIVE,
		    clock_now_us(domain->clock), &after, JOBS_PAGE, &jobs, &count);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		for (size_t i = 0; i < count && !is_over(&limits); i++) {
			if (!run_leased(domain, &jobs[i].organization_id, &jobs[i].item_id, &limits,
				error)) {
				return false;
			}
			limits.done = false;
			after = jobs[i].id;
		}
	} while (count == JOBS_PAGE && !is_over(&limits));
	*steps_r = limits.steps;
	return true;
}
