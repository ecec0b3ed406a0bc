/* erasure_identity.c - the end of an erasure: who else knows the person is asked to forget them. */
#include "erasure_private.h"

#include <base/log.h>
#include <stdio.h>
#include <store/erasure.h>
#include <store/jobs.h>
#include <string.h>

#define CODES "identity_" /* all that a provider says begins so */

bool erasure_next_identity(struct db_tx *tx, const struct domain *domain, const struct user *user,
    struct erasing *erasing, bool *done_r, struct error *error)
{
	enum db_result result = DB_NONE;
	struct user other;

	*done_r = domain->identity == &identity_provider_none || !user->identity_uid;
	if (!*done_r) {
		result = users_find_by_identity(tx->db, tx->arena, user->identity_uid, &other);
		*done_r = result == DB_OK && !id_equal(&other.id, &user->id);
	}
	erasing->waits = !*done_r && !domain->identity;
	if (!*done_r && !erasing->waits) {
		snprintf(
		    erasing->identity_uid, sizeof(erasing->identity_uid), "%s", user->identity_uid);
	}
	return result <= DB_NONE || db_fail(result, error);
}

struct forgetting {
	struct id user_id;
	struct id deletion_id;
};

static bool run_forget(struct db_tx *tx, void *context, struct error *error)
{
	const struct forgetting *c = context;
	enum db_result result = erasure_forget_identity(tx, &c->user_id);

	if (result <= DB_NONE) {
		result = job_resume(tx, JOB_DELETION, &c->deletion_id);
	}
	return result <= DB_NONE || db_fail(result, error);
}

struct putting_off {
	const struct deletion *deletion;
	const char *why;
	int64_t now_us;
};

/* Unless another worker, who asked meanwhile, has ended it. */
static bool run_put_off(struct db_tx *tx, void *context, struct error *error)
{
	const struct putting_off *c = context;
	struct deletion now;
	struct job job = {
	    .id = id_generate(c->now_us),
	    .organization_id = c->deletion->organization_id,
	    .task = JOB_DELETION,
	    .item_id = c->deletion->id,
	};
	enum db_result result =
	    deletion_lock(tx, &c->deletion->organization_id, &c->deletion->id, &now);

	if (result == DB_OK && now.state == DELETION_PURGING) {
		result = job_defer(tx->db, &job, c->why, c->now_us);
	}
	return result <= DB_NONE || db_fail(result, error);
}

/* Left for a while, as any work that failed. */
static bool put_off(const struct domain *domain, const struct deletion *deletion, const char *why,
    struct error *error)
{
	struct putting_off c = {deletion, why, clock_now_us(domain->clock)};
	char id[ID_TEXT_SIZE];

	id_format(&deletion->id, id);
	log_event(LOG_WARNING, "identity_later", log_text("deletion", id), log_text("why", why));
	return db_transaction(domain->db, run_put_off, &c, error);
}

bool erasure_ask_identity(const struct domain *domain, const struct deletion *deletion,
    struct erasing *erasing, bool *later_r, struct error *error)
{
	struct identity_subject subject = {
	    .uid = erasing->identity_uid,
	    .user_id = erasing->user_id,
	    .organization_id = deletion->organization_id,
	    .deletion_id = deletion->id,
	};
	struct forgetting c = {.user_id = erasing->user_id, .deletion_id = deletion->id};
	char why[200] = CODES "later";
	enum identity_outcome outcome =
	    domain->identity->remove(domain->identity->context, &subject, why, sizeof(why));

	*later_r = outcome == IDENTITY_RETRY;
	if (*later_r) {
		return put_off(domain, deletion, why, error);
	}
	erasing->identity_uid[0] = '\0';
	return db_transaction(domain->db, run_forget, &c, error);
}

static enum identity_outcome knows_nobody(
    void *context, const struct identity_subject *subject, char *why, size_t size)
{
	(void)context;
	(void)subject;
	(void)why;
	(void)size;
	return IDENTITY_ABSENT;
}

const struct identity_provider identity_provider_none = {"none", knows_nobody, NULL};

bool erasure_waits(const struct domain *domain, struct arena *arena, const struct id *deletion_id,
    bool *waits_r, struct erasure_wait *wait_r, struct error *error)
{
	struct job_pause pause;
	enum db_result result = job_pause(domain->db, arena, JOB_DELETION, deletion_id, &pause);

	*waits_r = result == DB_OK && strncmp(pause.why, CODES, strlen(CODES)) == 0;
	if (*waits_r) {
		*wait_r = (struct erasure_wait){
		    pause.why, pause.attempts, pause.since_us, pause.until_us};
	}
	return result <= DB_NONE || db_fail(result, error);
}
