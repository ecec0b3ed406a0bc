/* erasure.c - the stages of an account's erasure, and its end. */
#include "accounts_private.h"
#include "erasure_private.h"
#include "requests.h"

#include <domain/receipts.h>
#include <stdio.h>
#include <store/erasure.h>
#include <store/exports.h>
#include <store/mail.h>
#include <store/organizations.h>
#include <string.h>

/* Exports with their files, also those that are being made. */
static enum db_result take_exports(
    struct db_tx *tx, const struct erasure *erasure, int64_t limit, int64_t *rows_r)
{
	return exports_remove(tx, &erasure->user.id, limit, erasure->now_us, rows_r);
}

/* Stages beside the statements of store/erasure.h, which come first, in their order. */
static const struct {
	const char *name;
	erasure_stage_fn take;
} stages[] = {
    {"exports", take_exports},
    {NULL, NULL},
};

/* The person gets the receipt by mail: of their deletion, or of the account's part in that of their
 * organisation. */
static bool give_receipt(
    struct db_tx *tx, const struct erasure *erasure, struct doc *mail_values, struct error *error)
{
	const struct deletion *deletion = erasure->deletion;

	(void)error;
	if (mail_values) {
		doc_set_text(mail_values, "receipt",
		    deletion->kind == ITEM_USER ? receipts_issue(erasure->domain, tx->arena,
						      deletion, deletion->settled_at_us)
						: receipts_issue_person(erasure->domain, tx->arena,
						      deletion, erasure->now_us));
	}
	return true;
}

/* What is done in the last transaction, in this order. */
static const struct {
	const char *name;
	erasure_end_fn end;
} erasure_at_end[] = {
    {"receipt", give_receipt},
    {NULL, NULL},
};

/* The person as the rows say still. DB_NONE: there is none any more. */
static enum db_result read_person(struct db_tx *tx, const struct domain *domain,
    const struct deletion *deletion, const struct id *user_id, struct erasure *erasure_r,
    struct erasure_person *person_r)
{
	struct account_row row = {0};
	char *uid = arena_alloc(tx->arena, ID_TEXT_SIZE);
	enum db_result result;

	*erasure_r = (struct erasure){
	    .domain = domain, .deletion = deletion, .now_us = clock_now_us(domain->clock)};
	result = users_find(tx->db, tx->arena, user_id, &erasure_r->user);
	if (result == DB_OK) {
		result = account_read(tx->db, tx->arena, user_id, &row);
	}
	if (result != DB_OK) {
		return result;
	}
	id_format(user_id, uid);
	erasure_r->keep_photos = row.photos && strcmp(row.photos, "keep") == 0;
	*person_r = (struct erasure_person){
	    .user_id = *user_id,
	    .organization_id = erasure_r->user.organization_id,
	    .uid = uid,
	    .email = erasure_r->user.email,
	    .name = erasure_r->user.display_name,
	    .heir_id =
		row.events && strcmp(row.events, "transfer") == 0 ? row.transfer_to : id_none,
	    .deletion_id = deletion->id,
	};
	return DB_OK;
}

/* Whether the organisation, or the installation, keeps an admin. */
static bool check_peers(struct db_tx *tx, const struct user *user, bool *may_r, struct error *error)
{
	bool platform = user->role == USER_PLATFORM_ADMIN;
	unsigned others = 1;
	enum db_result result = DB_OK;

	if (user->role != USER_MEMBER && !user->organization_deleted) {
		result = users_lock_count(tx, platform ? &id_none : &user->organization_id,
		    user->role, &user->id, &others);
	}
	*may_r = others > 0;
	return result == DB_OK || db_fail(result, error);
}

bool erasure_begin(struct db_tx *tx, const struct domain *domain, const struct deletion *deletion,
    bool *may_r, struct error *error)
{
	struct user user = {0};
	enum db_result result = users_find(tx->db, tx->arena, &deletion->item_id, &user);

	(void)domain;
	*may_r = true;
	if (result == DB_NONE || (result == DB_OK && id_equal(&user.deletion_id, &deletion->id))) {
		return true;
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	if (!check_peers(tx, &user, may_r, error)) {
		return false;
	}
	if (!*may_r) {
		return true;
	}
	result = erasure_mark_user(tx, deletion, &deletion->item_id);
	return result <= DB_NONE || db_fail(result, error);
}

/* Whether the other deletion gives up what it has of the person's: what is being restored or purged
 * by it is waited for; but the person's organisation waits for the person itself, and removes
 * nothing before. */
static bool gives_up(const struct deletion *other, const struct deletion *deletion)
{
	return other->state == DELETION_TRASHED || other->state == DELETION_MARKING ||
	       (other->state == DELETION_PURGING && other->kind == ITEM_ORGANIZATION &&
		   id_equal(&other->organization_id, &deletion->organization_id));
}

static bool adopt_photo(struct db_tx *tx, struct deletion *deletion, const struct kept_photo *photo,
    bool *waits_r, struct error *error)
{
	int64_t rows[MARK_TABLE_COUNT], bytes = 0;
	struct deletion other, from;
	enum db_result result =
	    deletion_find(tx->db, tx->arena, &id_none, &photo->deletion_id, &other);

	if (result == DB_OK) { /* in whatever organisation it is */
		result = deletion_lock(tx, &other.organization_id, &photo->deletion_id, &other);
	}
	*waits_r = result == DB_NONE || (result == DB_OK && !gives_up(&other, deletion));
	if (result == DB_OK && !*waits_r) {
		from = deletion_in(&other, &photo->organization_id);
		result = marks_move_photo(tx, &from, deletion, &photo->id, rows, &bytes);
	}
	if (result != DB_OK || *waits_r) {
		return result <= DB_NONE || db_fail(result, error);
	}
	count_marks(&other, rows, -1);
	count_marks(deletion, rows, 1);
	other.bytes -= bytes < other.bytes ? bytes : other.bytes;
	deletion->bytes += bytes;
	result = deletion_store_counts(tx, &other);
	return result == DB_OK || db_fail(result, error);
}

bool erasure_adopt_step(struct db_tx *tx, struct deletion *deletion, int64_t budget, bool *done_r,
    bool *waits_r, struct error *error)
{
	int64_t adopted = 0;
	enum db_result result = DB_OK;

	*done_r = *waits_r = false;
	for (int64_t i = 0; i < budget && !*waits_r; i++) {
		struct kept_photo photo;

		result =
		    erasure_foreign_photo(tx->db, tx->arena, deletion, &deletion->item_id, &photo);
		if (result != DB_OK) {
			break;
		}
		if (!adopt_photo(tx, deletion, &photo, waits_r, error)) {
			return false;
		}
	}
	if (result == DB_OK) {
		return true;
	}
	if (result == DB_NONE) {
		result = erasure_adopt(tx, deletion, &deletion->item_id, budget, &adopted);
		*done_r = adopted == 0;
	}
	return result == DB_OK || db_fail(result, error);
}

/* One stage, as far as the budget reaches; elsewhere only what goes by the organisation. */
static enum db_result run_stage(struct db_tx *tx, const struct erasure *erasure,
    const struct erasure_person *person, size_t stage, int64_t limit, int64_t *rows_r)
{
	bool home = id_equal(&person->organization_id, &erasure->user.organization_id);

	*rows_r = 0;
	if (!home &&
	    (stage >= ERASURE_PART_COUNT || !erasure_is_of_tenant((enum erasure_part)stage))) {
		return DB_OK;
	}
	if (stage < ERASURE_PART_COUNT) {
		return erasure_run(tx, (enum erasure_part)stage, person, limit, rows_r);
	}
	return stages[stage - ERASURE_PART_COUNT].take(tx, erasure, limit, rows_r);
}

static bool is_last(size_t stage)
{
	return stage >= ERASURE_PART_COUNT && !stages[stage - ERASURE_PART_COUNT].take;
}

/* All of them, and for whoever went everywhere in each organisation. */
static enum db_result run_stages(struct db_tx *tx, const struct erasure *erasure,
    struct erasure_person *person, struct erasing *erasing, int64_t *budget)
{
	enum db_result result = DB_OK;

	while (result == DB_OK && *budget > 0 && !erasing->abroad) {
		int64_t rows = 0;

		if (!id_is_none(&erasing->tenant)) {
			person->organization_id = erasing->tenant;
		}
		if (!is_last(erasing->stage)) {
			result = run_stage(tx, erasure, person, erasing->stage, *budget, &rows);
			*budget -= rows;
			erasing->stage += rows == 0;
			continue;
		}
		result = account_next_tenant(
		    tx->db, tx->arena, &erasing->user_id, &erasing->tenant, true, &erasing->tenant);
		erasing->abroad = result == DB_NONE;
		erasing->stage = result == DB_OK ? 0 : erasing->stage;
		result = result == DB_NONE ? DB_OK : result;
	}
	return result;
}

bool erasure_step(struct db_tx *tx, const struct domain *domain, const struct deletion *deletion,
    struct erasing *erasing, int64_t *budget, bool *done_r, struct error *error)
{
	struct erasure_person person;
	struct erasure erasure;
	enum db_result result =
	    read_person(tx, domain, deletion, &erasing->user_id, &erasure, &person);

	*done_r = result == DB_NONE;
	if (result == DB_OK && erasing->stage == 0 &&
	    !requests_cancel_of_erased(tx, domain,
		&(struct request_person){person.user_id, person.email}, budget, error)) {
		return false;
	}
	if (result == DB_OK) {
		result = run_stages(tx, &erasure, &person, erasing, budget);
	}
	if (result != DB_OK) {
		return result == DB_NONE || db_fail(result, error);
	}
	if (!is_last(erasing->stage) || !erasing->abroad) {
		return true;
	}
	return erasure_next_identity(tx, domain, &erasure.user, erasing, done_r, error);
}

/* The mail goes once everything else is gone, and is forgotten with its address. */
static bool queue_last_mail(
    struct db_tx *tx, const struct erasure *erasure, struct doc *values, struct error *error)
{
	struct mail mail = {
	    .id = id_generate(erasure->now_us),
	    .organization_id = erasure->user.organization_id,
	    .recipient = erasure->user.email,
	    .template = "account_erased",
	    .values = values,
	    .forget = true,
	    .at_us = erasure->now_us,
	};
	enum db_result result = values ? mails_add(tx, &mail) : DB_OK;

	return result == DB_OK || db_fail(result, error);
}

bool erasure_finish(struct db_tx *tx, const struct domain *domain, const struct deletion *deletion,
    const struct id *user_id, struct error *error)
{
	struct erasure_person person;
	struct erasure erasure;
	struct doc *values = NULL;
	enum db_result result = read_person(tx, domain, deletion, user_id, &erasure, &person);

	if (result != DB_OK) {
		return result == DB_NONE || db_fail(result, error);
	}
	if (erasure.user.email) {
		values = doc_object(tx->arena);
		doc_set_bool(values, "photos_kept", erasure.keep_photos);
	}
	for (size_t i = 0; erasure_at_end[i].end; i++) {
		if (!erasure_at_end[i].end(tx, &erasure, values, error)) {
			return false;
		}
	}
	if (!queue_last_mail(tx, &erasure, values, error)) {
		return false;
	}
	result = erasure_user(tx, deletion, user_id);
	return result == DB_OK || db_fail(result, error);
}
