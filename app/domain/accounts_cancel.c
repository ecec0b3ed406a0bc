/* accounts_cancel.c - changing one's mind, and the links of mails. */
#include "accounts_private.h"

#include <auth/link.h>
#include <domain/audit.h>
#include <store/tokens.h>
#include <string.h>

bool account_stays(struct db_tx *tx, const struct deletion *deletion, struct error *error)
{
	struct account_row row;
	enum db_result result;

	if (deletion->kind != ITEM_USER) {
		return true;
	}
	result = account_read(tx->db, tx->arena, &deletion->item_id, &row);
	if (result == DB_OK && id_equal(&row.leaving_id, &deletion->id)) {
		row = (struct account_row){.status = USER_DELETION_NONE};
		if (deletion->origin == ORIGIN_ACCOUNT) {
			row.status = USER_DELETION_CANCELED;
			row.requested_us = deletion->deleted_at_us;
		}
		result = account_store(tx, &deletion->item_id, &row);
	}
	return result <= DB_NONE || db_fail(result, error);
}

struct cancelling {
	const struct domain *domain;
	const struct actor *actor;
	const struct link *link; /* of the mail, or NULL */
};

static bool refuse_nothing(struct error *error)
{
	return error_set(error, ERROR_CONFLICT, "nothing_pending",
	    "There is no deletion of this account to cancel.");
}

/* A request that waits for its link is only taken back. */
static bool cancel_request(struct db_tx *tx, const struct cancelling *c, const struct user *user,
    struct account_row *row, struct error *error)
{
	enum db_result result;

	row->status = USER_DELETION_CANCELED;
	row->reason = NULL;
	result = account_store(tx, &user->id, row);
	return (result == DB_OK || db_fail(result, error)) &&
	       audit_write(tx, c->domain, c->actor,
		   &(struct audit_event){
		       .action = "account.cancel", .kind = "user", .item_id = user->id},
		   error);
}

static bool cancel_scheduled(struct db_tx *tx, const struct cancelling *c, const struct user *user,
    const struct account_row *row, struct error *error)
{
	struct deletion deletion;
	enum db_result result =
	    deletion_lock(tx, &user->organization_id, &row->leaving_id, &deletion);

	if (result != DB_OK) {
		return result == DB_NONE ? refuse_nothing(error) : db_fail(result, error);
	}
	if (deletion.origin != ORIGIN_ACCOUNT) {
		return refuse_nothing(error);
	}
	return deletion_undo(tx, c->domain, c->actor, &deletion, error) &&
	       accounts_mail(tx, c->domain, user, "account_cancelled",
		   accounts_mail_values(tx->arena, user, 0), error);
}

static bool spend(struct db_tx *tx, const struct link *link, struct error *error)
{
	enum db_result result = link ? tokens_spend(tx, &link->id, link->expires_us) : DB_OK;

	if (result == DB_CONFLICT) {
		return link_used(error);
	}
	return result == DB_OK || db_fail(result, error);
}

static bool run_cancel(struct db_tx *tx, void *context, struct error *error)
{
	const struct cancelling *c = context;
	struct account_row row;
	struct user user;
	enum db_result result = users_lock(tx, &c->actor->user_id, &user);

	if (result == DB_OK) {
		result = account_read(tx->db, tx->arena, &c->actor->user_id, &row);
	}
	if (result != DB_OK) {
		return result == DB_NONE ? refuse_nothing(error) : db_fail(result, error);
	}
	if (c->link && !id_equal(&row.leaving_id, &c->link->item)) {
		return link_used(error);
	}
	if (!spend(tx, c->link, error)) {
		return false;
	}
	if (row.status == USER_DELETION_REQUESTED) {
		return cancel_request(tx, c, &user, &row, error);
	}
	return row.status == USER_DELETION_SCHEDULED ? cancel_scheduled(tx, c, &user, &row, error)
						     : refuse_nothing(error);
}

bool accounts_cancel(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct account_status *status_r, struct error *error)
{
	struct cancelling c = {.domain = domain, .actor = actor};

	return db_transaction(domain->db, run_cancel, &c, error) &&
	       accounts_status(domain, actor, arena, status_r, error);
}

/* Whose account a link is about: a confirm link names the user, a cancel link the deletion. */
static enum db_result find_subject(const struct domain *domain, struct arena *arena,
    const char *purpose, const struct link *link, struct user *user_r)
{
	struct deletion deletion = {.item_id = link->item};
	enum db_result result = DB_OK;

	if (strcmp(purpose, ACCOUNTS_LINK_CANCEL) == 0) {
		result = deletion_find(domain->db, arena, &id_none, &link->item, &deletion);
	}
	return result == DB_OK ? users_find(domain->db, arena, &deletion.item_id, user_r) : result;
}

static bool open_link(const struct domain *domain, struct arena *arena, const char *token,
    const char *purpose, struct link *link_r, struct user *user_r, struct error *error)
{
	enum db_result result;

	if (!link_open(domain->auth, arena, token, purpose, link_r, error)) {
		return false;
	}
	result = find_subject(domain, arena, purpose, link_r, user_r);
	if (result != DB_OK) {
		return result == DB_NONE ? link_used(error) : db_fail(result, error);
	}
	return true;
}

/* Whether the account still waits for this link. */
static bool waits_for(struct arena *arena, const char *purpose, const struct link *link,
    const struct account_status *status)
{
	if (strcmp(purpose, ACCOUNTS_LINK_CANCEL) == 0) {
		return status->status == USER_DELETION_SCHEDULED &&
		       id_equal(&status->deletion_id, &link->item);
	}
	return status->status == USER_DELETION_REQUESTED && link->subject &&
	       strcmp(link->subject,
		   arena_printf(arena, "%lld", (long long)status->requested_us)) == 0;
}

bool accounts_open_link(const struct domain *domain, struct arena *arena, const char *token,
    const char *purpose, struct account_status *status_r, struct error *error)
{
	struct link link;
	struct user user;

	if (!open_link(domain, arena, token, purpose, &link, &user, error) ||
	    !accounts_read_status(domain, domain->db, arena, &user.id, status_r, error)) {
		return false;
	}
	return waits_for(arena, purpose, &link, status_r) || link_used(error);
}

bool accounts_cancel_by_link(const struct domain *domain, struct arena *arena, const char *token,
    const char *request_id, struct account_status *status_r, struct error *error)
{
	char uid[ID_TEXT_SIZE];
	struct link link;
	struct user user;
	struct actor actor;
	struct cancelling c = {.domain = domain, .actor = &actor, .link = &link};

	if (!open_link(domain, arena, token, ACCOUNTS_LINK_CANCEL, &link, &user, error)) {
		return false;
	}
	actor = accounts_actor(&user, uid, request_id);
	return db_transaction(domain->db, run_cancel, &c, error) &&
	       accounts_status(domain, &actor, arena, status_r, error);
}
