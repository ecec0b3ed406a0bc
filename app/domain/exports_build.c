/* exports_build.c - making one export: begun, written, finished; or given up at any point. */
#include "accounts_private.h"
#include "exports_private.h"

#include <domain/audit.h>
#include <stdio.h>
#include <string.h>

#define LOOK_US (CLOCK_SECOND_US / 4)

bool export_build_look(struct export_build *build, bool page, struct error *error)
{
	const struct exports_limits *limits = build->limits;
	int64_t now_us = clock_monotonic_us();
	enum db_result result;

	if (!page && now_us - build->looked_us < LOOK_US) {
		return true;
	}
	if (limits->meanwhile) {
		limits->meanwhile(limits->context);
	}
	build->looked_us = clock_monotonic_us();
	build->given_up = (limits->stop && limits->stop(limits->context)) ||
			  !lease_keep(build->domain, build->lease);
	if (build->given_up) {
		return false;
	}
	result = export_progress(
	    build->domain->db, build->arena, &build->row.id, build->key, build->done);
	build->given_up = result == DB_NONE;
	if (page) {
		domain_after_step(build->domain, "export");
	}
	return result == DB_OK || (result != DB_NONE && db_fail(result, error));
}

/* Whom it is for. `gone_r`: nobody; the account, or its organisation, is in the trash. */
static bool find_person(struct db_tx *tx, const struct export_row *row, struct user *user_r,
    bool *gone_r, struct error *error)
{
	enum db_result result = users_find(tx->db, tx->arena, &row->user_id, user_r);

	*gone_r = result == DB_NONE ||
		  (result == DB_OK && (user_r->deleted_us || user_r->organization_deleted));
	return result <= DB_NONE || db_fail(result, error);
}

static bool give_up(
    struct db_tx *tx, struct export_build *build, const struct export_row *row, struct error *error)
{
	enum db_result result =
	    export_settle(tx, row, EXPORT_DISCARDED, clock_now_us(build->domain->clock));

	build->given_up = true;
	if (result <= DB_NONE) {
		result = job_remove(tx, JOB_EXPORT, &row->id);
	}
	return result <= DB_NONE || db_fail(result, error);
}

/* For longer than the transaction and the pages. */
static void keep_person(struct export_build *build, struct arena *arena, const struct user *user)
{
	char *uid = arena_alloc(arena, ID_TEXT_SIZE);

	id_format(&user->id, uid);
	build->person = (struct export_person){
	    .user_id = user->id,
	    .organization_id = user->organization_id,
	    .uid = uid,
	    .email = arena_dup(arena, user->email),
	    .identity_uid = arena_dup(arena, user->identity_uid),
	};
}

struct beginning {
	struct export_build *build;
	const struct id *id;
	struct arena *arena; /* of the whole build */
};

static bool run_begin(struct db_tx *tx, void *context, struct error *error)
{
	const struct beginning *c = context;
	struct export_build *build = c->build;
	int64_t now_us = clock_now_us(build->domain->clock), total = 0;
	struct user user;
	bool gone;
	enum db_result result = export_lock(tx, c->id, &build->row);

	build->given_up =
	    result == DB_NONE || (result == DB_OK && build->row.state != EXPORT_PENDING);
	if (build->given_up) {
		result = job_remove(tx, JOB_EXPORT, c->id);
		return result <= DB_NONE || db_fail(result, error);
	}
	if (result != DB_OK || !find_person(tx, &build->row, &user, &gone, error)) {
		return result == DB_OK ? false : db_fail(result, error);
	}
	if (gone) {
		return give_up(tx, build, &build->row, error);
	}
	result = export_count(tx->db, tx->arena, &user.id, &total);
	build->object_id = id_generate(now_us);
	storage_key_make(&build->object_id, build->key);
	if (result == DB_OK) {
		result = export_begin(tx, &build->row, build->key, total, now_us);
	}
	if (result == DB_OK) {
		keep_person(build, c->arena, &user);
	}
	return result == DB_OK || db_fail(result, error);
}

/* The last transaction. The object is made in it, under the lock of the row that names it: until
 * that is gone, whoever takes the row takes the object. */
struct finishing {
	struct export_build *build;
	struct storage_object object;
	bool committed; /* the object is there */
};

static bool write_file_row(struct db_tx *tx, const struct finishing *c, struct error *error)
{
	const struct export_build *build = c->build;
	struct file file = {
	    .id = build->object_id,
	    .organization_id = build->row.organization_id,
	    .owner_kind = FILE_OF_EXPORT,
	    .owner_id = build->row.id,
	    .part = FILE_ASSET,
	    .storage_key = c->object.key,
	    .content_type = "application/zip",
	    .bytes = (int64_t)c->object.bytes,
	    .created_at_us = clock_now_us(build->domain->clock),
	};
	enum db_result result;

	memcpy(file.digest, c->object.digest, sizeof(file.digest));
	result = store_file_insert(tx, &file);
	return result == DB_OK || db_fail(result, error);
}

static bool tell(struct db_tx *tx, const struct export_build *build, const struct export_row *row,
    const struct user *user, struct error *error)
{
	struct actor worker = actor_system("worker", &row->organization_id);
	struct doc *values = doc_object(tx->arena), *details = doc_object(tx->arena);

	doc_set_text(values, "name", user->display_name);
	doc_set_text(values, "path", "/account/export");
	doc_set_time(values, "expires_at", row->expires_us);
	doc_set_int(details, "bytes", row->bytes);
	return accounts_mail(tx, build->domain, user, "export_ready", values, error) &&
	       audit_write(tx, build->domain, &worker,
		   &(struct audit_event){.action = "export.ready",
		       .kind = "user",
		       .item_id = row->user_id,
		       .details = details},
		   error);
}

static bool finish(struct db_tx *tx, struct finishing *c, struct export_row *row,
    const struct user *user, struct error *error)
{
	struct export_build *build = c->build;
	enum db_result result;

	if (!c->committed) {
		c->committed = storage_commit(&build->stage, &build->object_id, &c->object, error);
	}
	if (!c->committed || !write_file_row(tx, c, error)) {
		return false;
	}
	row->bytes = (int64_t)c->object.bytes;
	row->ready_us = clock_now_us(build->domain->clock);
	row->expires_us = row->ready_us + EXPORTS_LIFE_US;
	result = export_finish(tx, row);
	if (result == DB_OK) {
		result = job_remove(tx, JOB_EXPORT, &row->id);
	}
	return (result <= DB_NONE || db_fail(result, error)) && tell(tx, build, row, user, error);
}

static bool run_finish(struct db_tx *tx, void *context, struct error *error)
{
	struct finishing *c = context;
	struct export_build *build = c->build;
	struct export_row row;
	struct user user;
	bool gone;
	enum db_result result = export_lock(tx, &build->row.id, &row);

	build->made = build->touched = false;
	build->given_up = result == DB_NONE ||
			  (result == DB_OK && (row.state != EXPORT_PENDING || !row.building_key ||
						  strcmp(row.building_key, build->key) != 0));
	if (result > DB_NONE) {
		return db_fail(result, error);
	}
	if (build->given_up) {
		return true;
	}
	if (!find_person(tx, &row, &user, &gone, error)) {
		return false;
	}
	if (gone) {
		return give_up(tx, build, &row, error);
	}
	build->touched = row.touched > 0;
	build->made = !build->touched;
	return build->touched || finish(tx, c, &row, &user, error);
}

/* Whoever else was at it lost the lease: what they left is of no use, nor can they commit it. */
static bool is_of_others(void *context, const struct id *item)
{
	const struct export_build *build = context;

	return !id_equal(item, &build->row.id);
}

static bool write_archive(struct export_build *build, struct error *error)
{
	bool ok;

	if (!storage_sweep_items(build->domain->storage, is_of_others, build, error)) {
		return false;
	}
	build->stage =
	    storage_stage_item(build->domain->storage, &build->row.id, UINT64_MAX, error);
	build->zip = build->stage ? export_zip_open(build->stage, build->folder, error) : NULL;
	ok = build->zip && export_contents_write(build, error) &&
	     export_zip_end(&build->zip, error) && storage_stage_sync(build->stage, error);
	export_zip_discard(&build->zip);
	buf_free(&build->missing);
	return ok;
}

static bool run(struct export_build *build, struct error *error)
{
	struct finishing finishing = {.build = build};
	char day[CLOCK_TEXT_SIZE];

	clock_format(build->row.created_us, day);
	snprintf(build->folder, sizeof(build->folder), "lethe-export-%.10s", day);
	domain_after_step(build->domain, "export");
	return write_archive(build, error) &&
	       db_transaction(build->domain->db, run_finish, &finishing, error);
}

bool export_build_run(const struct domain *domain, const struct exports_limits *limits,
    struct lease *lease, const struct id *id, struct export_build *build, struct error *error)
{
	struct arena *arena = arena_create();
	struct beginning beginning = {.build = build, .id = id, .arena = arena};
	bool ok;

	*build = (struct export_build){
	    .domain = domain,
	    .limits = limits,
	    .lease = lease,
	    .arena = arena_create(),
	    .looked_us = clock_monotonic_us(),
	};
	ok = db_transaction(domain->db, run_begin, &beginning, error);
	if (ok && !build->given_up) {
		ok = run(build, error) || build->given_up;
	}
	storage_discard(&build->stage);
	if (ok && build->made) {
		domain_after_step(domain, "export");
	}
	arena_destroy(&build->arena);
	arena_destroy(&arena);
	return ok;
}
