/* reminders.c - one mail to each owner of archived photos that will be purged soon. */
#include "deletions.h"

#include <domain/reminders.h>
#include <store/mail.h>
#include <store/reminders.h>
#include <store/users.h>

#define OWNER_PAGE 100

/* One step: some photos of one owner. */
struct step {
	const struct domain *domain;
	struct reminder_range range;
	struct id owner_id;
	int64_t now_us;
	bool first;      /* the mail is to be queued */
	bool queued;     /* it was */
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

/* The photos to be marked are locked before the mail is written, so that it counts all of them. */
static bool run_step(struct db_tx *tx, void *context, struct error *error)
{
	struct step *step = context;
	struct user owner;
	enum db_result result = users_lock(tx, &step->owner_id, &owner);

	step->marked = 0;
	step->queued = false;
	if (result != DB_OK || !can_be_told(&owner)) {
		return result == DB_OK || result == DB_NONE || db_fail(result, error);
	}
	if (step->first && !queue_mail(tx, step, &owner, error)) {
		return false;
	}
	result = reminder_mark(tx, &step->range, &step->owner_id, step->now_us,
	    step->domain->step_rows, &step->marked);
	return result == DB_OK || db_fail(result, error);
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
		step.first = false;
		domain_after_step(round->domain, "reminder");
	} while (step.marked == round->domain->step_rows && !must_stop(round));
	return true;
}

static bool remind_organization(
    struct round *round, struct arena *arena, const struct id *organization_id, struct error *error)
{
	const struct reminder_range range = {
	    .organization_id = *organization_id,
	    .after_us = round->now_us,
	    .until_us = round->now_us + REMINDERS_BEFORE_US,
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
