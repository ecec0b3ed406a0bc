/* requests_review.c - an admin decides what people asked for: all that is pending on a photo. */
#include "requests.h"

#include <base/text.h>
#include <domain/deletions.h>

struct deciding {
	const struct domain *domain;
	const struct actor *actor;
	const struct request_decision *decision;
	struct id photo_id;
	const char *reason;
	const char *email; /* the actor's, or NULL */
	struct request_outcome outcome;
};

static const char *const verbs[REQUEST_STATUS_COUNT] = {
    [REQUEST_APPROVED] = "approved",
    [REQUEST_REJECTED] = "rejected",
    [REQUEST_CANCELLED] = "taken back by whoever had made it",
    [REQUEST_SUPERSEDED] = "closed, because the photo was deleted otherwise",
};

/* Whoever comes second is told what was decided, by whom and when. */
static bool refuse_settled(struct arena *arena, const struct request *request, struct error *error)
{
	struct clock_fields at;
	const char *by =
	    request->reviewer_name ? arena_join(arena, " by ", request->reviewer_name, NULL) : "";

	clock_split(request->reviewed_at_us, &at);
	return request_refuse(&request->id, "already_decided",
	    arena_printf(arena, "This request was %s%s on %04d-%02d-%02d at %02d:%02d UTC.",
		verbs[request->status], by, (int)at.year, at.month, at.day, at.hour, at.minute),
	    error);
}

/* Nothing is pending on the photo: say what became of the request meant, or of the last one. */
static bool refuse_idle(struct db_tx *tx, const struct deciding *d, struct error *error)
{
	const struct request_viewer viewer = request_viewer_of(d->actor);
	struct request request;
	enum db_result result = id_is_none(&d->decision->request_id)
				    ? store_request_last_settled(tx->db, tx->arena,
					  &viewer.organization_id, &d->photo_id, &request)
				    : store_request_find(tx->db, tx->arena, &viewer,
					  &d->decision->request_id, &request);

	if (result == DB_NONE)
		return error_set(error, ERROR_CONFLICT, "no_request",
		    "Nobody has asked for the deletion of this photo.");
	return result == DB_OK ? refuse_settled(tx->arena, &request, error)
			       : db_fail(result, error);
}

/* Whoever asks does not decide, also when others asked too. `result` is of looking for a pending
 * request of their own. */
static bool refuse_own(enum db_result result, struct error *error)
{
	if (result == DB_OK)
		return error_set(error, ERROR_FORBIDDEN, "own_request",
		    "You have asked for this yourself, so another admin must approve it.");
	return result == DB_NONE || db_fail(result, error);
}

static bool check_own(struct db_tx *tx, const struct deciding *d, struct error *error)
{
	const struct request_person person = {d->actor->user_id, d->email};
	struct request own;

	return !d->decision->approve ||
	       refuse_own(store_request_lock_own(
			      tx, &d->actor->organization_id, &d->photo_id, &person, &own),
		   error);
}

static bool check_reason(struct arena *arena, struct deciding *d, struct error *error)
{
	const char *reason = d->decision->reason;

	if (!d->decision->approve)
		return request_reason(arena, reason, 1, &d->reason, error);
	if (!reason || text_is_blank(reason))
		return true;
	return request_reason(arena, reason, 1, &d->reason, error);
}

static bool settle(struct db_tx *tx, struct deciding *d, struct request *request,
    const struct photo *photo, struct error *error)
{
	const bool approve = d->decision->approve;
	enum db_result result;

	request->status = approve ? REQUEST_APPROVED : REQUEST_REJECTED;
	request->deletion_id = d->outcome.deletion_id;
	request->reviewed_at_us = clock_now_us(d->domain->clock);
	request->reviewed_by = d->actor->user_id;
	request->rejection_reason = approve ? NULL : d->reason;
	result = store_request_settle(tx, request);
	if (result != DB_OK)
		return db_fail(result, error);
	return request_audit(tx, d->domain, d->actor, request,
		   approve ? "request.approve" : "request.reject", d->reason, error) &&
	       request_mail_decided(
		   tx, d->domain, request, photo, d->outcome.recover_until_us, error);
}

static bool settle_all(struct db_tx *tx, struct deciding *d, const struct request_rows *rows,
    const struct photo *photo, struct error *error)
{
	for (size_t i = 0; i < rows->count; i++)
		if (!settle(tx, d, &rows->items[i], photo, error))
			return false;
	d->outcome.settled = (unsigned)rows->count;
	return true;
}

/* The deletion closes the requests as superseded; they are then what they were approved to be. */
static bool approve(struct db_tx *tx, struct deciding *d, const struct request_rows *rows,
    const struct photo *photo, struct error *error)
{
	const struct deletion_act act = {
	    .kind = ITEM_PHOTO,
	    .item_id = d->photo_id,
	    .reason = d->reason,
	    .origin = ORIGIN_REQUEST,
	    .act_id = d->decision->act_id,
	};
	struct deletion deletion;

	if (!deletions_delete_in(tx, d->domain, d->actor, &act, &deletion, error))
		return false;
	d->outcome.deletion_id = deletion.id;
	d->outcome.recover_until_us = deletion.recover_until_us;
	return settle_all(tx, d, rows, photo, error);
}

static bool reject(struct db_tx *tx, struct deciding *d, const struct request_rows *rows,
    const struct photo *photo, struct error *error)
{
	return settle_all(tx, d, rows, photo, error) &&
	       request_give_back(tx, &rows->items[0], error);
}

static bool run_decide(struct db_tx *tx, void *context, struct error *error)
{
	struct deciding *d = context;
	struct request_rows rows;
	struct photo photo;
	enum db_result result = store_photo_lock(
	    tx, tx->arena, &d->actor->organization_id, &d->photo_id, &d->actor->user_id, &photo);

	d->outcome = (struct request_outcome){.photo_id = d->photo_id};
	if (result == DB_NONE)
		return refuse_idle(tx, d, error); /* it was purged */
	if (result == DB_OK)
		result = store_requests_lock_pending(
		    tx, &d->actor->organization_id, &d->photo_id, &rows);
	if (result != DB_OK)
		return db_fail(result, error);
	if (!check_own(tx, d, error))
		return false;
	if (rows.count == 0)
		return refuse_idle(tx, d, error);
	if (photo.deleted_at_us != 0)
		return photos_refuse_deleted(&photo, error);
	return (d->decision->approve ? approve : reject)(tx, d, &rows, &photo, error);
}

/* The photo, and whether this actor may decide about it: a request's record outlives its photo. */
static bool find_photo(struct arena *arena, struct deciding *d, struct error *error)
{
	struct request request;
	struct photo photo;

	if (id_is_none(&d->decision->request_id)) {
		d->photo_id = d->decision->photo_id;
		return photos_find_for(
		    d->domain, d->actor, arena, &d->photo_id, POLICY_MODERATE, &photo, error);
	}
	if (!requests_find(d->domain, d->actor, arena, &d->decision->request_id, &request, error))
		return false;
	d->photo_id = request.photo_id;
	return actor_is_admin(d->actor) ||
	       error_set(error, ERROR_FORBIDDEN, "forbidden", "Only admins decide requests.");
}

/* What is asked before the input is looked at; asked again under the lock. */
static bool check_own_before(struct arena *arena, const struct deciding *d, struct error *error)
{
	const struct request_person person = {d->actor->user_id, d->email};
	struct request own;

	return !d->decision->approve ||
	       refuse_own(store_request_read_own(d->domain->db, arena, &d->actor->organization_id,
			      &d->photo_id, &person, &own),
		   error);
}

static bool check_before(struct arena *arena, struct deciding *d, struct error *error)
{
	struct user user;

	if (!find_photo(arena, d, error) ||
	    !request_address(d->domain, arena, d->actor, &user, error))
		return false;
	d->email = user.email;
	return check_own_before(arena, d, error);
}

bool requests_may_review(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct request_decision *decision, struct error *error)
{
	struct deciding d = {.domain = domain, .actor = actor, .decision = decision};

	return check_before(arena, &d, error);
}

bool requests_review(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct request_decision *decision, struct request_outcome *outcome_r, struct error *error)
{
	struct deciding d = {.domain = domain, .actor = actor, .decision = decision};

	if (!check_before(arena, &d, error) || !check_reason(arena, &d, error) ||
	    !db_transaction(domain->db, run_decide, &d, error))
		return false;
	*outcome_r = d.outcome;
	return true;
}
