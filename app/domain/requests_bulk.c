/* requests_bulk.c - one decision on many requests: each photo in its own transaction, one result
 * for each request. */
#include "requests.h"

#include <domain/deletions.h>
#include <stdlib.h>
#include <string.h>

struct bulk {
	const struct domain *domain;
	const struct actor *actor;
	struct arena *arena;   /* of the results */
	struct arena *scratch; /* of one item */
	struct request_decision decision;
	struct bulk_result *result;
	struct id *decided; /* photos that this act decided about */
	size_t decided_count;
};

static bool is_decided(const struct bulk *bulk, const struct id *photo_id)
{
	for (size_t i = 0; i < bulk->decided_count; i++)
		if (id_equal(&bulk->decided[i], photo_id))
			return true;
	return false;
}

/* Settled by this very act, along with another request on the same photo. */
static bool is_ours(const struct bulk *bulk, const struct id *request_id, const struct error *why)
{
	struct request request;
	struct error ignored;

	return why->kind == ERROR_CONFLICT &&
	       requests_find(
		   bulk->domain, bulk->actor, bulk->scratch, request_id, &request, &ignored) &&
	       id_equal(&request.reviewed_by, &bulk->actor->user_id) &&
	       is_decided(bulk, &request.photo_id);
}

static void skip(struct bulk *bulk, struct bulk_item *item, const struct error *why)
{
	item->code = arena_dup(bulk->arena, why->code);
	item->message = arena_dup(bulk->arena, why->message);
	bulk->result->skipped++;
}

static void change(struct bulk *bulk, struct bulk_item *item, unsigned rows)
{
	item->changed = true;
	bulk->result->changed++;
	bulk->result->rows += rows;
}

/* False where the store itself is out of reach: no use in going on. */
static bool run_item(struct bulk *bulk, struct bulk_item *item, struct error *why)
{
	struct request_outcome outcome;

	arena_reset(bulk->scratch);
	error_clear(why);
	bulk->decision.request_id = item->id;
	if (requests_review(
		bulk->domain, bulk->actor, bulk->scratch, &bulk->decision, &outcome, why)) {
		bulk->decided[bulk->decided_count++] = outcome.photo_id;
		change(bulk, item, outcome.settled);
		return true;
	}
	if (why->kind == ERROR_UNAVAILABLE || why->kind == ERROR_INTERNAL)
		return false;
	if (is_ours(bulk, &item->id, why))
		change(bulk, item, 0);
	else
		skip(bulk, item, why);
	return true;
}

static int compare_ids(const void *a, const void *b)
{
	return memcmp(((const struct id *)a)->bytes, ((const struct id *)b)->bytes, 16);
}

/* Whether an earlier item has the same id; `seen` holds the ids before it, sorted. */
static bool is_repeated(const struct bulk_result *result, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (id_equal(&result->items[i].id, &result->items[index].id))
			return true;
	return false;
}

static bool run_items(struct bulk *bulk, bool may_repeat, struct error *error)
{
	static const struct error repeated = {
	    .code = "repeated", .message = "This id was given more than once."};
	struct bulk_result *result = bulk->result;
	struct error why = {0};
	bool reachable = true;

	for (size_t i = 0; i < result->count; i++) {
		if (may_repeat && is_repeated(result, i)) {
			skip(bulk, &result->items[i], &repeated);
			continue;
		}
		reachable = reachable && run_item(bulk, &result->items[i], &why);
		if (!reachable && result->changed + result->skipped == 0) {
			if (error)
				*error = why;
			return false;
		}
		if (!reachable)
			skip(bulk, &result->items[i], &why);
	}
	return true;
}

/* One look at the ids as a whole spares comparing each with all before it. */
static bool has_repeats(struct arena *arena, const struct id *ids, size_t count)
{
	struct id *sorted = arena_array(arena, count, sizeof(*sorted));

	memcpy(sorted, ids, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_ids);
	for (size_t i = 1; i < count; i++)
		if (id_equal(&sorted[i], &sorted[i - 1]))
			return true;
	return false;
}

/* What is wrong with the act as a whole, whatever the requests. */
static bool check(struct bulk *bulk, size_t count, struct error *error)
{
	const char *reason = bulk->decision.reason;
	struct policy_subject subject = {
	    .kind = POLICY_ORGANIZATION, .organization_id = bulk->actor->organization_id};

	if (!policy_check(bulk->actor, POLICY_MODERATE, &subject, error))
		return false;
	if (count < 1 || count > BULK_MAX_ITEMS)
		return error_set_field(error, "ids", "invalid_count",
		    "Between 1 and %d ids are needed.", BULK_MAX_ITEMS);
	return (bulk->decision.approve && !reason) ||
	       request_reason(bulk->arena, reason, 1, &bulk->decision.reason, error);
}

bool requests_bulk_review(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *request_ids, size_t count, bool approve,
    const char *reason, struct bulk_result *result_r, struct error *error)
{
	struct bulk bulk = {
	    .domain = domain,
	    .actor = actor,
	    .arena = arena,
	    .result = result_r,
	    .decision = {.approve = approve,
		.reason = approve && reason && !*reason ? NULL : reason,
		.act_id = deletions_new_act(domain)},
	};
	bool ok;

	if (!check(&bulk, count, error))
		return false;
	*result_r = (struct bulk_result){
	    .act_id = bulk.decision.act_id,
	    .items = arena_array(arena, count, sizeof(*result_r->items)),
	    .count = count,
	};
	for (size_t i = 0; i < count; i++)
		result_r->items[i].id = request_ids[i];
	bulk.decided = arena_array(arena, count, sizeof(*bulk.decided));
	bulk.scratch = arena_create();
	ok = run_items(&bulk, has_repeats(arena, request_ids, count), error);
	arena_destroy(&bulk.scratch);
	if (result_r->changed == 0 || !approve)
		result_r->act_id = id_none;
	return ok;
}
