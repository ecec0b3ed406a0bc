/* accounts.c - leaving by oneself: asked for, confirmed, scheduled. */
#include "accounts_private.h"

#include <auth/link.h>
#include <auth/rate.h>
#include <auth/reauth.h>
#include <base/text.h>
#include <domain/audit.h>
#include <domain/settings.h>
#include <stdio.h>
#include <stdlib.h>
#include <store/tokens.h>
#include <string.h>

static const struct rate_limit ATTEMPTS = {
    REAUTH_LEAVING_PURPOSE, REAUTH_LEAVING_LIMIT, REAUTH_LEAVING_WINDOW_US};
static const struct rate_limit SCHEDULINGS = {
    "account.schedule", 3, INT64_C(3600) * CLOCK_SECOND_US};

bool accounts_status(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct account_status *status_r, struct error *error)
{
	return accounts_read_status(domain, domain->db, arena, &actor->user_id, status_r, error);
}

bool accounts_may_leave(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct error *error)
{
	struct user user;
	enum db_result result = users_find(domain->db, arena, &actor->user_id, &user);

	if (result != DB_OK) {
		return fail_find(result, "user", error);
	}
	return accounts_check_switch(domain->db, arena, &user.organization_id, false, error);
}

bool accounts_check_phrase(
    const struct domain *domain, const struct actor *actor, const char *phrase, struct error *error)
{
	struct arena *arena = arena_create();
	bool right = phrase && strcmp(text_trim(arena, phrase), ACCOUNTS_PHRASE) == 0;
	struct id hit;
	bool allowed;

	arena_destroy(&arena);
	allowed = rate_check_and_hit(domain->auth, &ATTEMPTS, actor->uid, &hit, error);
	if (!allowed) {
		return false;
	}
	if (right) {
		return rate_forgive(domain->auth, &hit, error);
	}
	return error_set_field(error, "phrase", "wrong_phrase",
	    "Type the words \"%s\" exactly as they are.", ACCOUNTS_PHRASE);
}

/* One person's way out. */
struct leaving {
	const struct domain *domain;
	const struct actor *actor;
	const struct account_choices *choices; /* NULL: those that were made with the request */
	const struct link *link;               /* of the mail that confirms, or NULL */
};

/* One that stands in the way names the deletion. */
static bool refuse_scheduled(const struct account_row *row, struct error *error)
{
	char text[ID_TEXT_SIZE];

	id_format(&row->leaving_id, text);
	error_set(error, ERROR_CONFLICT, "already_scheduled",
	    "The deletion of this account is scheduled already.");
	error_set_reference(error, "deletion_id", text);
	return false;
}

static bool is_proven(const struct leaving *c)
{
	return c->link || !id_is_none(&c->actor->reauth_id);
}

static bool check_proof(const struct leaving *c, const struct user *user, struct error *error)
{
	return is_proven(c) || !user->password_hash ||
	       error_set(error, ERROR_FORBIDDEN, "reauth_required",
		   "Please confirm that it is you by entering your password again.");
}

static bool check_state(const struct leaving *c, const struct account_row *row, struct error *error)
{
	int64_t now_us = clock_now_us(c->domain->clock);

	if (row->status == USER_DELETION_SCHEDULED || !id_is_none(&row->leaving_id)) {
		return refuse_scheduled(row, error);
	}
	return is_proven(c) || row->status != USER_DELETION_REQUESTED ||
	       now_us >= row->requested_us + LINK_LIFE_US ||
	       error_set(error, ERROR_CONFLICT, "already_requested",
		   "A mail with a link that confirms this is on its way to you already.");
}

/* Lock whoever has to stay, then the account, and read what its row says. */
static bool lock_account(struct db_tx *tx, const struct leaving *c, struct user *user_r,
    struct account_row *row_r, struct error *error)
{
	enum db_result result = users_lock(tx, &c->actor->user_id, user_r);

	if (result == DB_OK) {
		result = account_read(tx->db, tx->arena, &c->actor->user_id, row_r);
	}
	if (result == DB_NONE || (result == DB_OK && user_r->deleted_us)) {
		return error_set(
		    error, ERROR_UNAUTHENTICATED, "unauthenticated", "Please sign in.");
	}
	return result == DB_OK || db_fail(result, error);
}

static bool queue_scheduled(struct db_tx *tx, const struct leaving *c, const struct user *user,
    const struct deletion *deletion, struct error *error)
{
	struct doc *values = accounts_mail_values(tx->arena, user, deletion->recover_until_us);

	return accounts_mail_cancel_link(
		   c->domain, values, &deletion->id, deletion->recover_until_us, error) &&
	       accounts_mail(tx, c->domain, user, "account_scheduled", values, error);
}

/* Reminders that would come with the scheduling itself are passed over. */
static unsigned passed_over(int64_t grace_us)
{
	return (grace_us <= 7 * CLOCK_DAY_US) + (grace_us <= CLOCK_DAY_US);
}

/* The row before the deletion begins: with the choices, and the mark that the deletion sets. */
static bool store_scheduled(struct db_tx *tx, const struct user *user, struct account_row *row,
    const struct deletion *deletion, struct error *error)
{
	enum db_result result;

	row->status = USER_DELETION_SCHEDULED;
	row->requested_us = deletion->deleted_at_us;
	row->scheduled_us = deletion->recover_until_us;
	row->leaving_id = deletion->id;
	row->reminders = passed_over(deletion->recover_until_us - deletion->deleted_at_us);
	result = account_store(tx, &user->id, row);
	return result == DB_OK || db_fail(result, error);
}

static bool schedule(struct db_tx *tx, const struct leaving *c, struct user *user,
    struct account_row *row, const struct account_choices *choices, struct error *error)
{
	struct deletion deletion = accounts_describe(c->domain, c->actor, user, choices);
	struct settings settings;
	enum db_result result = settings_read(tx->db, tx->arena, &user->organization_id, &settings);
	bool gone;

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	deletion.origin = ORIGIN_ACCOUNT;
	deletion.recover_until_us += settings.values[SETTING_ACCOUNT_GRACE] * CLOCK_SECOND_US;
	if (!deletion_begin(tx, c->domain, c->actor, &deletion, false, &gone, error)) {
		return gone ? db_fail(DB_NONE, error) : false;
	}
	if (!store_scheduled(tx, user, row, &deletion, error)) {
		return false;
	}
	result = account_end_access(
	    tx, &user->id, c->actor->token_hash, &c->actor->session_id, deletion.deleted_at_us);
	return (result == DB_OK || db_fail(result, error)) &&
	       queue_scheduled(tx, c, user, &deletion, error) &&
	       deletion_spend_reauth(tx, c->actor, error);
}

/* The link is bound to this request: one that was cancelled, or made anew, has another time. */
static const char *name_request(struct arena *arena, int64_t requested_us)
{
	return arena_printf(arena, "%lld", (long long)requested_us);
}

static bool request(struct db_tx *tx, const struct leaving *c, const struct user *user,
    struct account_row *row, struct error *error)
{
	int64_t now_us = clock_now_us(c->domain->clock);
	struct link link = {.purpose = ACCOUNTS_LINK_CONFIRM,
	    .item = user->id,
	    .subject = name_request(tx->arena, now_us)};
	struct doc *values = accounts_mail_values(tx->arena, user, 0);
	const char *token;
	enum db_result result;

	row->status = USER_DELETION_REQUESTED;
	row->requested_us = now_us;
	row->scheduled_us = 0;
	result = account_store(tx, &user->id, row);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	doc_set_time(values, "link_until", now_us + LINK_LIFE_US);
	if (c->domain->auth) { /* without keys, as in the demonstration, there is no link to send */
		if (!link_issue(c->domain->auth, tx->arena, &link, &token, error)) {
			return false;
		}
		doc_set_text(values, "token", token);
		if (!accounts_mail(tx, c->domain, user, "account_confirm", values, error)) {
			return false;
		}
	}
	return audit_write(tx, c->domain, c->actor,
	    &(struct audit_event){.action = "account.request",
		.kind = "user",
		.item_id = user->id,
		.reason = row->reason},
	    error);
}

/* The choices made with the request hold when its link confirms it. */
static struct account_choices choices_of(const struct leaving *c, const struct account_status *as)
{
	return c->choices ? *c->choices : as->choices;
}

static bool check_link(const struct leaving *c, struct arena *arena, const struct account_row *row,
    struct error *error)
{
	if (!c->link) {
		return true;
	}
	return (row->status == USER_DELETION_REQUESTED && c->link->subject &&
		   strcmp(c->link->subject, name_request(arena, row->requested_us)) == 0) ||
	       link_used(error);
}

static bool spend_link(struct db_tx *tx, const struct link *link, struct error *error)
{
	enum db_result result = link ? tokens_spend(tx, &link->id, link->expires_us) : DB_OK;

	if (result == DB_CONFLICT) {
		return link_used(error);
	}
	return result == DB_OK || db_fail(result, error);
}

static bool run_leave(struct db_tx *tx, void *context, struct error *error)
{
	const struct leaving *c = context;
	struct account_choices choices;
	struct account_status status;
	struct account_row row = {0};
	struct user user;
	enum db_result result = users_find(tx->db, tx->arena, &c->actor->user_id, &user);
	struct error last = {0};
	bool peers;

	if (result > DB_NONE) {
		return db_fail(result, error);
	}
	/* Peers are locked before the account, in one order for everybody. */
	peers = result == DB_NONE || accounts_check_peers(tx, &user, &last);
	if (!peers && last.kind != ERROR_CONFLICT) {
		*error = last;
		return false;
	}
	if (!lock_account(tx, c, &user, &row, error) ||
	    !accounts_check_switch(tx->db, tx->arena, &user.organization_id, false, error) ||
	    !accounts_read_status(c->domain, tx->db, tx->arena, &user.id, &status, error)) {
		return false;
	}
	choices = choices_of(c, &status);
	if (!check_link(c, tx->arena, &row, error) ||
	    !accounts_check_choices(
		tx->db, tx->arena, &user.organization_id, &user.id, &choices, error) ||
	    !check_proof(c, &user, error) || !check_state(c, &row, error) ||
	    !accounts_check_restored(tx, &user, error)) {
		return false;
	}
	if (!peers) {
		*error = last;
		return false;
	}
	if (!accounts_check_events(tx, &user, &choices, error) || !spend_link(tx, c->link, error)) {
		return false;
	}
	accounts_put_choices(&row, &choices);
	return is_proven(c) ? schedule(tx, c, &user, &row, &choices, error)
			    : request(tx, c, &user, &row, error);
}

/* Only what went through counts as a scheduling. */
static bool leave(struct leaving *c, struct error *error)
{
	struct id hit;

	if (!c->domain->auth) {
		return db_transaction(c->domain->db, run_leave, c, error);
	}
	if (!rate_check_and_hit(c->domain->auth, &SCHEDULINGS, c->actor->uid, &hit, error)) {
		return false;
	}
	if (db_transaction(c->domain->db, run_leave, c, error)) {
		return true;
	}
	if (!rate_forgive(c->domain->auth, &hit, NULL)) {
		return false; /* it is forgotten in an hour */
	}
	return false;
}

bool accounts_schedule(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct account_choices *choices, struct account_status *status_r, struct error *error)
{
	struct leaving c = {.domain = domain, .actor = actor, .choices = choices};

	return leave(&c, error) && accounts_status(domain, actor, arena, status_r, error);
}

bool accounts_confirm(const struct domain *domain, struct arena *arena, const char *token,
    const char *request_id, struct account_status *status_r, struct error *error)
{
	char uid[ID_TEXT_SIZE];
	struct actor actor;
	struct link link;
	struct user user;
	struct leaving c = {.domain = domain, .actor = &actor, .link = &link};
	enum db_result result;

	if (!link_open(domain->auth, arena, token, ACCOUNTS_LINK_CONFIRM, &link, error)) {
		return false;
	}
	result = users_find(domain->db, arena, &link.item, &user);
	if (result != DB_OK) {
		return result == DB_NONE ? link_used(error) : db_fail(result, error);
	}
	actor = accounts_actor(&user, uid, request_id);
	return leave(&c, error) && accounts_status(domain, &actor, arena, status_r, error);
}
