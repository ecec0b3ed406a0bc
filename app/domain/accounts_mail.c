/* accounts_mail.c - the mails about an account that is going, and the reminders of it. */
#include "accounts_private.h"

#include <auth/link.h>
#include <store/mail.h>

#define REMIND_AT_ONCE 100

bool accounts_mail(struct db_tx *tx, const struct domain *domain, const struct user *user,
    const char *template, struct doc *values, struct error *error)
{
	int64_t now_us = clock_now_us(domain->clock);
	struct mail mail = {
	    .id = id_generate(now_us),
	    .organization_id = user->organization_id,
	    .user_id = user->id,
	    .recipient = user->email,
	    .template = template,
	    .values = values,
	    .at_us = now_us,
	};
	enum db_result result = user->email ? mails_add(tx, &mail) : DB_OK;

	return result == DB_OK || db_fail(result, error);
}

struct doc *accounts_mail_values(struct arena *arena, const struct user *user, int64_t scheduled_us)
{
	struct doc *values = doc_object(arena);

	doc_set_text(values, "name", user->display_name);
	if (scheduled_us) {
		doc_set_time(values, "scheduled_at", scheduled_us);
	}
	return values;
}

bool accounts_mail_cancel_link(const struct domain *domain, struct doc *values,
    const struct id *deletion_id, int64_t until_us, struct error *error)
{
	struct link link = {
	    .purpose = ACCOUNTS_LINK_CANCEL, .item = *deletion_id, .expires_us = until_us};
	const char *token;

	/* Without a grace period there is nothing to cancel. */
	if (!domain->auth || until_us <= clock_now_us(domain->clock)) {
		return true;
	}
	if (!link_issue(domain->auth, values->arena, &link, &token, error)) {
		return false;
	}
	doc_set_text(values, "token", token);
	return true;
}

/* Which reminder goes out when. */
static const struct {
	int64_t before_us;
	unsigned reminder;
} reminders[] = {
    {7 * CLOCK_DAY_US, 1},
    {CLOCK_DAY_US, 2},
};

struct reminding {
	const struct domain *domain;
	struct id user_id;
	unsigned reminder;
	int64_t before_us;
	bool queued;
};

static bool run_remind(struct db_tx *tx, void *context, struct error *error)
{
	struct reminding *c = context;
	int64_t now_us = clock_now_us(c->domain->clock);
	struct account_row row = {0};
	struct user user;
	struct doc *values;
	enum db_result result = users_lock(tx, &c->user_id, &user);

	c->queued = false;
	if (result == DB_OK) {
		result = account_reminded(tx, &c->user_id, c->reminder);
	}
	if (result == DB_OK) {
		result = account_read(tx->db, tx->arena, &c->user_id, &row);
	}
	if (result != DB_OK) {
		return result == DB_NONE || db_fail(result, error);
	}
	if (row.scheduled_us <= now_us || row.scheduled_us - now_us > c->before_us) {
		return true;
	}
	values = accounts_mail_values(tx->arena, &user, row.scheduled_us);
	doc_set_bool(values, "last", c->reminder == 2);
	c->queued = user.email != NULL;
	return accounts_mail_cancel_link(
		   c->domain, values, &row.leaving_id, row.scheduled_us, error) &&
	       accounts_mail(tx, c->domain, &user, "account_reminder", values, error);
}

static bool remind(
    const struct domain *domain, struct arena *arena, size_t i, int64_t *count, struct error *error)
{
	int64_t now_us = clock_now_us(domain->clock);
	struct reminding c = {.domain = domain,
	    .reminder = reminders[i].reminder,
	    .before_us = reminders[i].before_us};
	struct id *users;
	size_t found;

	do {
		enum db_result result = account_reminders_due(domain->db, arena, c.reminder, now_us,
		    now_us + c.before_us, REMIND_AT_ONCE, &users, &found);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		for (size_t k = 0; k < found; k++) {
			c.user_id = users[k];
			if (!db_transaction(domain->db, run_remind, &c, error)) {
				return false;
			}
			*count += c.queued;
		}
	} while (found == REMIND_AT_ONCE);
	return true;
}

/* The last one first: who is due both, after a long stop of the worker, gets that one alone. */
bool accounts_remind(
    const struct domain *domain, struct arena *arena, int64_t *count_r, struct error *error)
{
	*count_r = 0;
	for (size_t i = sizeof(reminders) / sizeof(reminders[0]); i-- > 0;) {
		if (!remind(domain, arena, i, count_r, error)) {
			return false;
		}
	}
	return true;
}
