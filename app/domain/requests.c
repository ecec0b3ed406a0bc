/* requests.c - asking for the deletion of a photo, and taking it back. */
#include "requests.h"

#include <auth/rate.h>
#include <base/text.h>
#include <store/tokens.h>
#include <string.h>

/* The person, their address, the IP address. */
#define SUBJECTS 3

bool request_reason(
    struct arena *arena, const char *text, size_t min, const char **reason_r, struct error *error)
{
	size_t length;

	if (!text || text_is_blank(text))
		return error_set_field(error, "reason", "missing", "Please give a reason.");
	*reason_r = text_trim(arena, text);
	length = text_length(*reason_r);
	if (length < min)
		return error_set_field(
		    error, "reason", "too_short", "The reason needs at least %zu characters.", min);
	return length <= REQUESTS_REASON_MAX ||
	       error_set_field(error, "reason", "too_long",
		   "The reason may have at most %d characters.", REQUESTS_REASON_MAX);
}

bool request_is_of(const struct request *request, const struct id *user_id, const char *email)
{
	if (!id_is_none(user_id) && id_equal(&request->requester_id, user_id))
		return true;
	return email && request->requester_email && strcmp(request->requester_email, email) == 0;
}

bool request_audit(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct request *request, const char *action, const char *reason, struct error *error)
{
	struct doc *details = doc_object(tx->arena);

	doc_set_id(details, "request_id", &request->id);
	doc_set_text(details, "role", request_role_name(request->role));
	if (!id_is_none(&request->deletion_id))
		doc_set_id(details, "deletion_id", &request->deletion_id);
	return audit_write(tx, domain, actor,
	    &(struct audit_event){.action = action,
		.kind = "photo",
		.item_id = request->photo_id,
		.details = details,
		.reason = reason},
	    error);
}

bool request_refuse(
    const struct id *request_id, const char *code, const char *message, struct error *error)
{
	char text[ID_TEXT_SIZE];

	error_set(error, ERROR_CONFLICT, code, "%s", message);
	id_format(request_id, text);
	error_set_reference(error, "request_id", text);
	return false;
}

bool requests_may_ask(const struct actor *actor, const struct photo *photo)
{
	struct policy_subject subject = photos_policy_subject(photo);

	return photo->deleted_at_us == 0 && policy_allows(actor, POLICY_REQUEST, &subject);
}

bool request_address(const struct domain *domain, struct arena *arena, const struct actor *actor,
    struct user *user_r, struct error *error)
{
	enum db_result result = users_find(domain->db, arena, &actor->user_id, user_r);

	if (result == DB_NONE)
		*user_r = (struct user){0};
	return result <= DB_NONE || db_fail(result, error);
}

/* --- asking --- */

static bool spend_link(struct db_tx *tx, const struct link *link, struct error *error)
{
	enum db_result result;

	if (!link)
		return true;
	result = tokens_spend(tx, &link->id, link->expires_us);
	if (result == DB_CONFLICT)
		return link_used(error);
	return result == DB_OK || db_fail(result, error);
}

/* What the photo gets back in the end is what it had before the first of those pending. */
static bool find_before(
    struct db_tx *tx, struct request *request, const struct photo *photo, struct error *error)
{
	struct request_rows rows;
	enum db_result result;

	request->status_before = photo->status;
	if (photo->status != PHOTO_DELETION_REQUESTED)
		return true;
	result = store_requests_lock_pending(tx, &photo->organization_id, &photo->id, &rows);
	if (result != DB_OK)
		return db_fail(result, error);
	request->status_before = rows.count > 0    ? rows.items[0].status_before
				 : photo->withheld ? PHOTO_PENDING
						   : PHOTO_APPROVED;
	return true;
}

/* Nobody asks twice while the first is pending. */
static bool check_pending(
    struct db_tx *tx, const struct request *request, const struct photo *photo, struct error *error)
{
	const struct request_person person = {request->requester_id, request->requester_email};
	struct request own;
	enum db_result result =
	    store_request_lock_own(tx, &photo->organization_id, &photo->id, &person, &own);

	if (result == DB_OK)
		return request_refuse(&own.id, "request_pending",
		    "You have asked for this already; an admin is yet to decide.", error);
	return result == DB_NONE || db_fail(result, error);
}

static bool insert(
    struct db_tx *tx, const struct asking *asking, const struct photo *photo, struct error *error)
{
	const struct request *request = &asking->request;
	enum db_result result = store_request_insert(tx, request);

	if (result == DB_OK && photo->status != PHOTO_DELETION_REQUESTED)
		result = store_request_photo(tx, &request->organization_id, &photo->id,
		    request->status_before != PHOTO_APPROVED);
	return result == DB_OK || db_fail(result, error);
}

static bool run_ask(struct db_tx *tx, void *context, struct error *error)
{
	struct asking *asking = context;
	struct request *request = &asking->request;
	struct photo photo;
	enum db_result result = store_photo_lock(tx, tx->arena, &request->organization_id,
	    &request->photo_id, &request->requester_id, &photo);

	if (result == DB_NONE)
		return error_set(error, ERROR_NOT_FOUND, "not_found",
		    "There is no such photo, or it is not for you to see.");
	if (result != DB_OK)
		return db_fail(result, error);
	if (!asking->check(asking, &photo, error) || !check_pending(tx, request, &photo, error) ||
	    !find_before(tx, request, &photo, error))
		return false;
	request->site_id = photo.site_id;
	return insert(tx, asking, &photo, error) && spend_link(tx, asking->link, error) &&
	       request_audit(tx, asking->domain, asking->actor, request, "request.create",
		   request->reason, error) &&
	       request_mail_new(tx, asking, &photo, error);
}

/* What was counted for a request that was not made is taken back. */
static void forgive(const struct domain *domain, const struct id *hits, size_t count)
{
	struct error ignored;

	for (size_t i = 0; i < count; i++)
		if (!rate_forgive(domain->auth, &hits[i], &ignored))
			return; /* the store is out of reach; an hour later it is forgotten */
}

static size_t list_subjects(const struct asking *asking, const char *ip, struct arena *arena,
    const char *subjects_r[SUBJECTS])
{
	const struct request *request = &asking->request;
	char id[ID_TEXT_SIZE];
	size_t count = 0;

	if (!id_is_none(&request->requester_id)) {
		id_format(&request->requester_id, id);
		subjects_r[count++] = arena_printf(arena, "user %s", id);
	}
	if (request->requester_email)
		subjects_r[count++] = arena_printf(arena, "email %s", request->requester_email);
	if (ip)
		subjects_r[count++] = arena_printf(arena, "ip %s", rate_network(arena, ip));
	return count;
}

static bool run_limited(
    struct asking *asking, const char *const *subjects, size_t count, struct error *error)
{
	static const struct rate_limit limit = {"request", REQUESTS_PER_HOUR, REQUESTS_HOUR_US};
	struct id hits[SUBJECTS];
	size_t made = 0;
	bool ok = true;

	while (ok && made < count) {
		ok = rate_check_and_hit(
		    asking->domain->auth, &limit, subjects[made], &hits[made], error);
		made += ok;
	}
	ok = ok && db_transaction(asking->domain->db, run_ask, asking, error);
	if (!ok && !(error && strcmp(error->code, "store_uncertain") == 0))
		forgive(asking->domain, hits, made);
	return ok;
}

bool request_ask(struct asking *asking, const char *ip, struct error *error)
{
	const char *subjects[SUBJECTS];
	struct arena *arena = arena_create();
	size_t count = list_subjects(asking, ip, arena, subjects);
	bool ok = run_limited(asking, subjects, count, error);

	arena_destroy(&arena);
	return ok;
}

static bool check_account(
    const struct asking *asking, const struct photo *photo, struct error *error)
{
	struct policy_subject subject = photos_policy_subject(photo);

	return policy_check(asking->actor, POLICY_REQUEST, &subject, error) &&
	       (photo->deleted_at_us == 0 || photos_refuse_deleted(photo, error));
}

static enum request_role role_of(const struct actor *actor, const struct photo *photo)
{
	if (actor_is_admin(actor))
		return REQUESTER_ADMIN;
	return id_equal(&photo->uploader_id, &actor->user_id) ? REQUESTER_SUBMITTER
							      : REQUESTER_SHOP_OWNER;
}

/* As it is now, with what pages show. */
static bool reread(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *request_id, struct request *request_r, struct error *error)
{
	return requests_find(domain, actor, arena, request_id, request_r, error);
}

bool requests_create(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, const char *reason, const char *ip, struct request *request_r,
    struct error *error)
{
	const int64_t now_us = clock_now_us(domain->clock);
	struct photo photo;
	struct user user;
	struct asking asking = {
	    .domain = domain,
	    .actor = actor,
	    .path = "/requests",
	    .check = check_account,
	    .request = {.id = id_generate(now_us),
		.organization_id = actor->organization_id,
		.photo_id = *photo_id,
		.requester_id = actor->user_id,
		.requested_at_us = now_us,
		.due_at_us = now_us + REQUESTS_DUE_US},
	};

	if (!photos_find_for(domain, actor, arena, photo_id, POLICY_REQUEST, &photo, error) ||
	    !request_reason(arena, reason, REQUESTS_REASON_MIN, &asking.request.reason, error) ||
	    !request_address(domain, arena, actor, &user, error))
		return false;
	asking.request.role = role_of(actor, &photo);
	asking.request.requester_email = user.email;
	asking.name = user.display_name;
	return request_ask(&asking, ip, error) &&
	       reread(domain, actor, arena, &asking.request.id, request_r, error);
}

/* --- taking back --- */

bool request_give_back(struct db_tx *tx, const struct request *request, struct error *error)
{
	struct request_rows rows;
	enum db_result result =
	    store_requests_lock_pending(tx, &request->organization_id, &request->photo_id, &rows);

	if (result == DB_OK && rows.count == 0)
		result = store_request_photo_back(
		    tx, &request->organization_id, &request->photo_id, request->status_before);
	return result <= DB_NONE || db_fail(result, error);
}

/* A pending one, locked after its photo. */
static bool take_back(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    struct request *request, struct error *error)
{
	enum db_result result;

	request->status = REQUEST_CANCELLED;
	request->reviewed_at_us = clock_now_us(domain->clock);
	result = store_request_settle(tx, request);
	if (result != DB_OK)
		return db_fail(result, error);
	return request_give_back(tx, request, error) &&
	       request_audit(tx, domain, actor, request, "request.cancel", NULL, error);
}

static bool take_back_of_erased(struct db_tx *tx, const struct domain *domain,
    const struct request *listed, struct error *error)
{
	const struct actor worker = actor_system("worker", &listed->organization_id);
	struct request request;
	struct photo photo;
	enum db_result result = store_photo_lock(tx, tx->arena, &listed->organization_id,
	    &listed->photo_id, &id_none, &photo); /* DB_NONE: it was purged */

	if (result <= DB_NONE)
		result = store_request_lock(tx, &listed->organization_id, &listed->id, &request);
	if (result != DB_OK)
		return result == DB_NONE || db_fail(result, error);
	return request.status != REQUEST_PENDING || take_back(tx, domain, &worker, &request, error);
}

bool requests_cancel_of_erased(struct db_tx *tx, const struct domain *domain,
    const struct request_person *person, int64_t *budget, struct error *error)
{
	while (*budget > 0) {
		struct request_rows rows;
		enum db_result result = store_requests_of_person(
		    tx->db, tx->arena, person, (unsigned)(*budget < 50 ? *budget : 50), &rows);

		if (result != DB_OK)
			return db_fail(result, error);
		if (rows.count == 0)
			return true;
		for (size_t i = 0; i < rows.count; i++)
			if (!take_back_of_erased(tx, domain, &rows.items[i], error))
				return false;
		*budget -= (int64_t)rows.count;
	}
	return true;
}

static bool run_cancel(struct db_tx *tx, void *context, struct error *error)
{
	const struct cancelling *c = context;
	struct request request;
	struct photo photo;
	enum db_result result = store_photo_lock(tx, tx->arena, &c->actor->organization_id,
	    &c->photo_id, &id_none, &photo); /* DB_NONE: it was purged */

	if (result <= DB_NONE)
		result =
		    store_request_lock(tx, &c->actor->organization_id, &c->request_id, &request);
	if (result == DB_NONE)
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such request.");
	if (result != DB_OK)
		return db_fail(result, error);
	if (request.status != REQUEST_PENDING)
		return request_refuse(&request.id, "not_pending",
		    "This request is settled already, so it cannot be taken back.", error);
	return take_back(tx, c->domain, c->actor, &request, error) &&
	       spend_link(tx, c->link, error);
}

bool request_cancel(const struct cancelling *cancelling, struct error *error)
{
	return db_transaction(
	    cancelling->domain->db, run_cancel, (struct cancelling *)cancelling, error);
}

bool requests_cancel(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *request_id, struct request *request_r, struct error *error)
{
	struct cancelling c = {.domain = domain, .actor = actor, .request_id = *request_id};

	if (!requests_find(domain, actor, arena, request_id, request_r, error))
		return false;
	c.photo_id = request_r->photo_id;
	if (!request_is_of(request_r, &actor->user_id, NULL))
		return error_set(error, ERROR_FORBIDDEN, "not_yours",
		    "Only whoever made a request can take it back.");
	return request_cancel(&c, error) &&
	       reread(domain, actor, arena, request_id, request_r, error);
}

bool requests_cancel_on_photo(const struct domain *domain, const struct actor *actor,
    struct arena *arena, const struct id *photo_id, struct request *request_r, struct error *error)
{
	struct photo photo;
	bool is_there;

	if (!photos_find(domain, actor, arena, photo_id, &photo, error) ||
	    !requests_own_pending(
		domain, actor, arena, photo_id, NULL, request_r, &is_there, error))
		return false;
	if (is_there)
		return requests_cancel(domain, actor, arena, &request_r->id, request_r, error);
	return error_set(
	    error, ERROR_CONFLICT, "no_request", "You have no pending request on this photo.");
}
