/* erasure_people.c - the people of an organisation that is being purged, one after another. */
#include "accounts_private.h"
#include "erasure_private.h"

#include <store/erasure.h>

/* The user's row bears another mark from now on. */
static void move_count(struct deletion *organization)
{
	int64_t rows[MARK_TABLE_COUNT] = {[MARKS_USERS] = 1};

	count_marks(organization, rows, -1);
}

/* The deletion of a person's account as a part of their organisation's: at once, since its window
 * has closed. What the photos are to become was never confirmed, so that they go. */
static bool begin_account(struct db_tx *tx, const struct domain *domain,
    struct deletion *organization, const struct user *user, struct error *error)
{
	const struct account_choices choices = {0};
	struct actor worker = actor_system("worker", NULL);
	struct deletion deletion = accounts_describe(domain, &worker, user, &choices);
	struct account_row row = {0};
	enum db_result result = account_read(tx->db, tx->arena, &user->id, &row);

	deletion.act_id = organization->act_id;
	deletion.initiator_id = organization->initiator_id;
	deletion.origin = ORIGIN_CONTAINER;
	deletion.mode = MODE_HARD;
	deletion.state = DELETION_MARKING;
	deletion.recover_until_us = organization->recover_until_us;
	deletion.counts[COUNT_USER] = 1;
	deletion.progress_done = 1;
	accounts_put_choices(&row, &choices);
	if (result == DB_OK) {
		result = account_store(tx, &user->id, &row);
	}
	if (result == DB_OK) {
		result = deletion_insert(tx, &deletion);
	}
	if (result == DB_OK) {
		result = erasure_mark_user(tx, &deletion, &user->id);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	move_count(organization);
	return deletion_audit(tx, domain, &worker, &deletion, "delete", &user->id, NULL, error);
}

/* Whoever has left something in other organisations is erased by a deletion of their own, which
 * goes there, and which this one then waits for as for all that is in its trash. All they had at
 * home is gone by now. */
static bool go_abroad(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    struct erasing *erasing, struct error *error)
{
	struct id tenant = id_none;
	struct user user = {0};
	enum db_result result =
	    account_next_tenant(tx->db, tx->arena, &erasing->user_id, &tenant, false, &tenant);

	if (result != DB_OK) {
		return result == DB_NONE || db_fail(result, error);
	}
	erasing->waits = true;
	result = users_find(tx->db, tx->arena, &erasing->user_id, &user);
	return result == DB_OK ? begin_account(tx, domain, deletion, &user, error)
			       : db_fail(result, error);
}

/* The next who has not been erased. */
static bool find_person(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    struct erasing *erasing, bool *done_r, struct error *error)
{
	enum db_result result;

	if (!id_is_none(&erasing->user_id)) {
		return true;
	}
	result = erasure_next_user(
	    tx->db, tx->arena, &deletion->organization_id, &id_none, &erasing->user_id);
	*done_r = result == DB_NONE;
	if (result != DB_OK) {
		return result == DB_NONE || db_fail(result, error);
	}
	return go_abroad(tx, domain, deletion, erasing, error);
}

bool erasure_people_step(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    struct erasing *erasing, int64_t *budget, bool *done_r, struct error *error)
{
	*done_r = false;
	while (*budget > 0 && !*done_r && !erasing->identity_uid[0] && !erasing->waits) {
		bool gone = false;

		if (!find_person(tx, domain, deletion, erasing, done_r, error)) {
			return false;
		}
		if (*done_r || erasing->waits) {
			break;
		}
		if (!erasure_step(tx, domain, deletion, erasing, budget, &gone, error)) {
			return false;
		}
		if (gone) {
			if (!erasure_finish(tx, domain, deletion, &erasing->user_id, error)) {
				return false;
			}
			*erasing = (struct erasing){0};
			*budget = 0;
		}
	}
	return true;
}
