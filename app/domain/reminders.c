/* reminders.c - one mail to each owner of archived photos that will be purged soon. */
#include "deletions.h"

#include <domain/notices.h>
#include <domain/reminders.h>
#include <store/mail.h>
#include <store/reminders.h>
#include <store/users.h>

#define OWNER_PAGE 100
/* What was archived so shortly before a mail may not have been committed when it was written. */
#define UNSEEN_US (60 * CLOCK_SECOND_US)
/* A worker that was stopped has a successor by then. */
#define UNFINISHED_US (3600 * CLOCK_SECOND_US)

/* One step: some photos of one owner. */
struct step {
	const struct domain *domain;
	struct reminder_range range;
	struct id owner_id;
	int64_t now_us;
	bool first;      /* the owner has not been told in this round */
	bool queued;     /* the mail was */
	bool telling;    /* the owner has been told by now */
	uint64_t marked; /* photos */
};

static struct doc *describe_photos(
    struct arena *arena, const struct reminder_photo *photos, size_t count)
{
	struct doc *list = doc_list(arena);

	for (size_t i = 0; i < count; i++) {
		struct doc *photo = doc_object(arena);

		doc_set_id(photo, "id", &photos[i].id);
		doc_set_text(photo, "title", photos[i].title);
		doc_set_time(photo, "purge_after", photos[i].purge_after_us);
		doc_push(list, photo);
	}
	return list;
}

static struct doc *describe(struct arena *arena, const struct user *owner,
    const struct reminder_photo *photos, size_t count, int64_t total)
{
	struct doc *values = doc_object(arena);

	/* One could have come in between the two readings. */
	total = total < (int64_t)count ? (int64_t)count : total;
	doc_set_text(values, "name", owner->display_name);
	doc_set_int(values, "count", total);
	doc_set_bool(values, "one", total == 1);
	doc_set_time(values, "purge_after", photos[0].purge_after_us);
	doc_set(values, "photos", describe_photos(arena, photos, count));
	doc_set_int(values, "more", total - (int64_t)count);
	return values;
}

/* Nothing to name: what is left are derivatives whose original was in an earlier mail. */
static bool queue_mail(
    struct db_tx *tx, struct step *step, const struct user *owner, struct error *error)
{
	struct reminder_photo *photos;
	size_t count;
	int64_t total;
	enum db_result result = reminder_photos(
	    tx->db, tx->arena, &step->range, &owner->id, REMINDERS_NAMED, &photos, &count, &total);

	if (result != DB_OK || count == 0) {
		return result == DB_OK || db_fail(result, error);
	}
	struct mail mail = {
	    .id = id_generate(step->now_us),
	    .organization_id = owner->organization_id,
	    .user_id = owner->id,
	    .recipient = owner->email,
	    .template = REMINDERS_TEMPLATE,
	    .values = describe(tx->arena, owner, photos, count, total),
	    .unsubscribe = notices_path(step->domain, tx->arena, &owner->id, NOTICE_RETENTION),
	    .at_us = step->now_us,
	};
	result = mails_add(tx, &mail);
	step->queued = result == DB_OK;
	return step->queued || db_fail(result, error);
}

static bool can_be_told(const struct user *owner)
{
	return owner->deleted_us == 0 && !owner->organization_deleted && owner->notify_retention &&
	       owner->email;
}

/* When the owner's last mail was written, if there may be more of it to be marked: it is not long
 * ago, and filled a step. Else 0. */
static enum db_result find_unfinished(struct db_tx *tx, const struct step *step, int64_t *at_us_r)
{
	int64_t at_us = 0, told = 0;
	enum db_result result =
	    mails_last(tx->db, tx->arena, &step->owner_id, REMINDERS_TEMPLATE, &at_us);

	*at_us_r = 0;
	if (result != DB_OK || step->now_us - at_us > UNFINISHED_US) {
		return result == DB_NONE ? DB_OK : result;
	}
	result = reminder_told(
	    tx->db, tx->arena, &step->range.organization_id, &step->owner_id, at_us, &told);
	*at_us_r = told >= step->domain->step_rows ? at_us : 0;
	return result;
}

/* Mark what the owner's last mail told of already: a worker that died did not come to it, or
 * another one is at it. The mail counted all that was due then and archived well before. */
static enum db_result mark_told(struct db_tx *tx, struct step *step)
{
	struct reminder_range told = step->range;
	int64_t at_us;
	enum db_result result = find_unfinished(tx, step, &at_us);

	if (result != DB_OK || at_us == 0) {
		return result;
	}
	told.archived_until_us = at_us - UNSEEN_US;
	if (told.until_us > at_us + REMINDERS_BEFORE_US) {
		told.until_us = at_us + REMINDERS_BEFORE_US;
	}
	return reminder_mark(
	    tx, &told, &step->owner_id, at_us, step->domain->step_rows, &step->marked);
}

static bool tell_owner(
    struct db_tx *tx, struct step *step, const struct user *owner, struct error *error)
{
	enum db_result result = step->first ? mark_told(tx, step) : DB_OK;

	if (result != DB_OK || step->marked > 0) {
		return result == DB_OK || db_fail(result, error);
	}
	if (step->first && !queue_mail(tx, step, owner, error)) {
		return false;
	}
	step->telling = true;
	result = reminder_mark(tx, &step->range, &step->owner_id, step->now_us,
	    step->domain->step_rows, &step->marked);
	return result == DB_OK || db_fail(result, error);
}

static bool run_step(struct db_tx *tx, void *context, struct error *error)
{
	struct step *step = context;
	struct user owner;
	enum db_result result = users_lock(tx, &step->owner_id, &owner);

	step->marked = 0;
	step->queued = false;
	step->telling = false;
	if (result != DB_OK || !can_be_told(&owner)) {
		return result == DB_OK || result == DB_NONE || db_fail(result, error);
	}
	return tell_owner(tx, step, &owner, error);
}

/* A round over the organisations. */
struct round {
	const struct domain *domain;
	bool (*stop)(void *context);
	void *context;
	struct reminders_report *report;
	int64_t now_us;
};

static bool must_stop(const struct round *round)
{
	return round->stop && round->stop(round->context);
}

static bool remind_owner(struct round *round, const struct reminder_range *range,
    const struct id *owner_id, struct error *error)
{
	struct step step = {
	    .domain = round->domain,
	    .range = *range,
	    .owner_id = *owner_id,
	    .now_us = round->now_us,
	    .first = true,
	};

	do {
		if (!db_transaction(round->domain->db, run_step, &step, error)) {
			return false;
		}
		round->report->mails += step.queued;
		round->report->photos += (int64_t)step.marked;
		step.first = step.first && !step.telling;
		domain_after_step(round->domain, "reminder");
	} while ((step.first ? step.marked > 0 : step.marked == round->domain->step_rows) &&
		 !must_stop(round));
	return true;
}

static bool remind_organization(
    struct round *round, struct arena *arena, const struct id *organization_id, struct error *error)
{
	const struct reminder_range range = {
	    .organization_id = *organization_id,
	    .after_us = round->now_us,
	    .until_us = round->now_us + REMINDERS_BEFORE_US,
	    /* Archived is before purged. */
	    .archived_until_us = round->now_us + REMINDERS_BEFORE_US,
	};
	struct id after = id_none;
	struct id *owners;
	size_t count;

	do {
		enum db_result result = reminder_owners(
		    round->domain->db, arena, &range, &after, OWNER_PAGE, &owners, &count);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
		for (size_t i = 0; i < count && !must_stop(round); i++) {
			if (!remind_owner(round, &range, &owners[i], error)) {
				return false;
			}
			after = owners[i];
		}
	} while (count == OWNER_PAGE && !must_stop(round));
	return true;
}

bool reminders_queue(const struct domain *domain, struct arena *arena, bool (*stop)(void *context),
    void *context, struct reminders_report *report_r, struct error *error)
{
	struct round round = {domain, stop, context, report_r, clock_now_us(domain->clock)};
	struct id *organizations;
	size_t count;
	enum db_result result = retention_organizations(domain->db, arena, &organizations, &count);

	*report_r = (struct reminders_report){0};
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	for (size_t i = 0; i < count && !must_stop(&round); i++) {
		if (!remind_organization(&round, arena, &organizations[i], error)) {
			return false;
		}
	}
	return true;
}
