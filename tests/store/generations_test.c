/* generations_test.c - derivatives that come in time, twice, or too late. */
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/deletions.h>
#include <domain/generations.h>
#include <pthread.h>
#include <store/places.h>
#include <time.h>

DB_STATEMENT(PHOTO_COUNT, "SELECT COUNT(*) FROM photos");
DB_STATEMENT(LIVE_DERIVATIVES,
    "SELECT COUNT(*) FROM photos WHERE original_id IS NOT NULL AND deleted_at IS NULL");
DB_STATEMENT(LOST_DERIVATIVES, "SELECT COUNT(*) FROM photos d JOIN photos o ON o.id = d.original_id"
			       " WHERE o.deleted_at IS NOT NULL AND d.deleted_at IS NULL");
DB_STATEMENT(FILE_COUNT, "SELECT COUNT(*) FROM files");
DB_STATEMENT(AUDIT_CREATED,
    "SELECT COUNT(*) FROM audit_log WHERE action = 'photo.create' AND details LIKE '%generation%'");
DB_STATEMENT(FORGET_ORIGINAL, "UPDATE generations SET original_id = NULL");

DB_STATEMENT(ASKED, "UPDATE photos SET status = 'deletion_requested' WHERE id = ?");
DB_STATEMENT(ASKED_WITHHELD,
    "UPDATE photos SET status = 'deletion_requested', withheld = TRUE WHERE id = ?");

static struct id original;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	original = world_photo(world, &ada, "river", NULL, NULL);
	return 0;
}

static bool begin(const struct actor *actor, struct id *generation_r, struct error *error)
{
	*error = (struct error){0};
	return generation_start(
	    &world->domain, actor, world->arena, &original, generation_r, error);
}

static bool deliver(const struct actor *actor, const struct id *generation, struct photo *photo_r,
    struct error *error)
{
	struct storage_stage *stage = world_picture(world);
	bool ok = false;

	*error = (struct error){0};
	ok = generation_finish(
	    &world->domain, actor, world->arena, generation, &stage, photo_r, error);
	assert_null(stage);
	assert_int_equal(world_staged(world), 0);
	assert_int_equal(world_objects(world), world_number(world, &FILE_COUNT));
	return ok;
}

static bool delete_original(const struct domain *domain, struct arena *arena, struct error *error)
{
	struct deletion_act act = {
	    .kind = ITEM_PHOTO, .item_id = original, .origin = ORIGIN_BY_ACTOR};
	struct deletion deletion;

	return deletions_delete(domain, &ada, arena, &act, &deletion, error);
}

static void a_derivative_is_its_originals_in_all(void **state)
{
	struct id project = world_place(world, &admin, PLACE_PROJECT, "garden");
	struct id site = world_place(world, &admin, PLACE_SITE, "shop");
	struct id generation;
	struct photo photo;
	struct error error;

	(void)state;
	original = world_photo(world, &ada, "river", &project, &site);
	assert_true(begin(&admin, &generation, &error));
	assert_true(deliver(&admin, &generation, &photo, &error));
	assert_true(id_equal(&photo.original_id, &original));
	assert_true(id_equal(&photo.uploader_id, &ada.user_id));
	assert_true(id_equal(&photo.project_id, &project));
	assert_true(id_equal(&photo.site_id, &site));
	assert_int_equal(photo.status, PHOTO_PENDING);
	assert_string_equal(photo.title, "river");
	assert_string_equal(photo.submitter_email, "ada@alder.example");
	assert_int_equal(world_number(world, &AUDIT_CREATED), 1);
}

/* Who asks for the deletion of the original has not asked for this; and what nobody else sees of
 * the one, nobody else sees of the other. */
static void nobody_asked_for_the_deletion_of_a_derivative(void **state)
{
	static const struct {
		const struct db_statement *asked;
		enum photo_status expected;
	} cases[] = {{&ASKED, PHOTO_APPROVED}, {&ASKED_WITHHELD, PHOTO_PENDING}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error error = {0};
		struct photo photo = {0};
		struct id generation;

		assert_true(begin(&ada, &generation, &error));
		assert_int_equal(
		    db_exec(world->db, cases[i].asked, DB_VALUES(db_bind_id(&original)), NULL),
		    DB_OK);
		assert_true(deliver(&ada, &generation, &photo, &error));
		assert_int_equal(photo.status, cases[i].expected);
	}
}

static void a_result_is_taken_once(void **state)
{
	struct id generation;
	struct photo photo;
	struct error error;

	(void)state;
	assert_true(begin(&ada, &generation, &error));
	assert_true(deliver(&ada, &generation, &photo, &error));
	assert_false(deliver(&ada, &generation, &photo, &error));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.code, "already_finished");
	assert_int_equal(world_number(world, &LIVE_DERIVATIVES), 1);
}

static void who_may_generate(void **state)
{
	struct id generation;
	struct photo photo;
	struct error error;

	(void)state;
	assert_false(begin(&ben, &generation, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_false(begin(&stranger, &generation, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_true(begin(&ada, &generation, &error));
	assert_false(deliver(&ben, &generation, &photo, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_false(deliver(&stranger, &generation, &photo, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_true(deliver(&admin, &generation, &photo, &error));
	assert_false(deliver(&ben, &generation, &photo, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
}

static void a_result_that_is_no_image_can_be_sent_again(void **state)
{
	struct id generation;
	struct storage_stage *stage = NULL;
	struct photo photo;
	struct error error;

	(void)state;
	assert_true(begin(&ada, &generation, &error));
	stage = world_stage(world, "hello", 5);
	assert_false(generation_finish(
	    &world->domain, &ada, world->arena, &generation, &stage, &photo, &error));
	assert_null(stage);
	assert_int_equal(error.kind, ERROR_INVALID);
	assert_true(deliver(&ada, &generation, &photo, &error));
}

static void a_deleted_originals_result_comes_too_late(void **state)
{
	struct id generation;
	struct photo photo;
	struct error error;

	(void)state;
	assert_true(begin(&ada, &generation, &error));
	assert_true(delete_original(&world->domain, world->arena, &error));
	assert_false(deliver(&ada, &generation, &photo, &error));
	assert_int_equal(error.kind, ERROR_GONE);
	assert_false(deliver(&admin, &generation, &photo, &error));
	assert_int_equal(error.kind, ERROR_GONE);
	assert_false(deliver(&ben, &generation, &photo, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_int_equal(world_number(world, &PHOTO_COUNT), 1);
	assert_false(begin(&ada, &generation, &error));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.code, "already_deleted");
	/* Restored, the same generation can still be finished. */
	assert_true(
	    photos_restore(&world->domain, &ada, world->arena, &original, NULL, &photo, &error));
}

static void an_override_by_an_admin_is_too_late_for_its_starter_as_well(void **state)
{
	struct deletion_act act = {
	    .kind = ITEM_PHOTO, .item_id = original, .origin = ORIGIN_BY_ACTOR};
	struct deletion deletion;
	struct id generation;
	struct photo photo;
	struct error error;

	(void)state;
	assert_true(begin(&ada, &generation, &error));
	assert_true(
	    deletions_delete(&world->domain, &admin, world->arena, &act, &deletion, &error));
	assert_false(deliver(&ada, &generation, &photo, &error));
	assert_int_equal(error.kind, ERROR_GONE);
}

static void a_purged_originals_result_comes_too_late(void **state)
{
	struct id generation;
	struct photo photo;
	struct error error;

	(void)state;
	assert_true(begin(&ada, &generation, &error));
	assert_int_equal(db_exec(world->db, &FORGET_ORIGINAL, DB_NO_VALUES, NULL), DB_OK);
	assert_false(deliver(&ada, &generation, &photo, &error));
	assert_int_equal(error.kind, ERROR_GONE);
	assert_false(deliver(&ben, &generation, &photo, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
}

static void an_archived_originals_derivative_joins_it(void **state)
{
	struct id generation;
	struct photo archived;
	struct photo photo;
	struct error error;

	(void)state;
	assert_true(begin(&ada, &generation, &error));
	assert_true(photos_archive(
	    &world->domain, &ada, world->arena, &original, "why", &archived, &error));
	assert_true(deliver(&ada, &generation, &photo, &error));
	assert_int_not_equal(photo.archived_at_us, 0);
	assert_true(id_equal(&photo.archive_batch_id, &archived.archive_batch_id));
	assert_int_equal(photo.purge_after_us, archived.purge_after_us);
	assert_true(photos_unarchive(
	    &world->domain, &ada, world->arena, &original, NULL, &archived, &error));
	assert_int_equal(world_number(world, &LIVE_DERIVATIVES), 1);
}

/* --- of a derivative ---------------------------------------------------------------------- */

/* A generation begun from a derivative of the original. */
static struct id begin_further(struct id *derivative_r)
{
	struct id generation;
	struct error error = {0};

	*derivative_r = world_derivative(world, &ada, &original);
	assert_true(generation_start(
	    &world->domain, &ada, world->arena, derivative_r, &generation, &error));
	return generation;
}

static void what_is_made_from_a_derivative_goes_with_the_original(void **state)
{
	struct id derivative, generation = begin_further(&derivative);
	struct photo photo, archived;
	struct error error;

	(void)state;
	assert_true(deliver(&ada, &generation, &photo, &error));
	assert_true(id_equal(&photo.original_id, &original));
	assert_true(photos_archive(
	    &world->domain, &ada, world->arena, &original, "why", &archived, &error));
	assert_true(photos_find(&world->domain, &ada, world->arena, &photo.id, &photo, &error));
	assert_true(id_equal(&photo.archive_batch_id, &archived.archive_batch_id));
	assert_true(photos_unarchive(
	    &world->domain, &ada, world->arena, &original, NULL, &archived, &error));
	assert_true(photos_find(&world->domain, &ada, world->arena, &photo.id, &photo, &error));
	assert_int_equal(photo.archived_at_us, 0);
	assert_true(delete_original(&world->domain, world->arena, &error));
	assert_int_equal(world_number(world, &LIVE_DERIVATIVES), 0);
	assert_true(photos_find(&world->domain, &ada, world->arena, &photo.id, &photo, &error));
	assert_true(id_equal(&photo.deletion_item_id, &original));
}

static void a_deleted_derivatives_result_comes_too_late(void **state)
{
	struct id derivative, generation = begin_further(&derivative);
	struct deletion_act act = {
	    .kind = ITEM_PHOTO, .item_id = derivative, .origin = ORIGIN_BY_ACTOR};
	struct deletion deletion;
	struct photo photo;
	struct error error;

	(void)state;
	assert_true(deletions_delete(&world->domain, &ada, world->arena, &act, &deletion, &error));
	assert_false(deliver(&ada, &generation, &photo, &error));
	assert_int_equal(error.kind, ERROR_GONE);
	assert_int_equal(world_number(world, &LIVE_DERIVATIVES), 0);
}

static void what_is_made_from_one_cut_loose_is_its_own(void **state)
{
	struct id derivative, generation = begin_further(&derivative);
	struct deletion deletion;
	struct photo photo;
	struct error error;
	struct deletion_act act = {
	    .kind = ITEM_PHOTO, .item_id = original, .origin = ORIGIN_BY_ACTOR};
	struct restore_choice choice = {
	    .items = &derivative, .item_count = 1, .without_container = true};

	(void)state;
	assert_true(deletions_delete(&world->domain, &ada, world->arena, &act, &deletion, &error));
	assert_false(deliver(&ada, &generation, &photo, &error));
	assert_int_equal(error.kind, ERROR_GONE);
	assert_true(deletions_restore(
	    &world->domain, &ada, world->arena, &deletion.id, &choice, &deletion, &error));
	assert_true(deliver(&ada, &generation, &photo, &error));
	assert_true(id_equal(&photo.original_id, &derivative));
}

/* --- a deletion in the same moment -------------------------------------------------------- */

/* A transaction that holds the original's row, in another thread, until it is told to go on. */
struct holder {
	struct domain domain;
	struct arena *arena;
	pthread_barrier_t locked;
	pthread_barrier_t go_on;
};

static bool hold(struct db_tx *tx, void *context, struct error *error)
{
	struct holder *holder = context;
	struct deletion_act act = {
	    .kind = ITEM_PHOTO, .item_id = original, .origin = ORIGIN_BY_ACTOR};
	struct deletion deletion;
	bool ok = deletions_delete_in(tx, &holder->domain, &ada, &act, &deletion, error);

	pthread_barrier_wait(&holder->locked);
	pthread_barrier_wait(&holder->go_on);
	return ok;
}

static void *run_holder(void *context)
{
	struct holder *holder = context;

	return db_transaction(holder->domain.db, hold, holder, NULL) ? holder : NULL;
}

struct delivery {
	struct domain domain;
	struct id generation;
	struct storage_stage *stage;
	struct arena *arena;
	struct error error;
	bool ok;
};

static void *run_delivery(void *context)
{
	struct delivery *delivery = context;
	struct photo photo;

	delivery->ok = generation_finish(&delivery->domain, &ada, delivery->arena,
	    &delivery->generation, &delivery->stage, &photo, &delivery->error);
	return NULL;
}

static void open_holder(struct holder *holder, struct db **db)
{
	holder->domain = world_second_domain(world, db);
	pthread_barrier_init(&holder->locked, NULL, 2);
	pthread_barrier_init(&holder->go_on, NULL, 2);
}

/* The deletion has the row first: the result waits for it, and is too late. */
static void wait_for_deletion(const struct delivery *waiting)
{
	struct delivery delivery = *waiting;
	const unsigned objects = world_objects(world) + 1;
	struct db *db = NULL;
	struct db *other = NULL;
	struct holder holder = {0};
	pthread_t threads[2];
	void *committed = NULL;

	delivery.domain = world_second_domain(world, &other);
	delivery.stage = world_picture(world);
	delivery.arena = arena_create();
	open_holder(&holder, &db);
	assert_int_equal(pthread_create(&threads[0], NULL, run_holder, &holder), 0);
	pthread_barrier_wait(&holder.locked);
	assert_int_equal(pthread_create(&threads[1], NULL, run_delivery, &delivery), 0);
	/* Its object is stored before it comes to the row and waits there. */
	for (int i = 0; i < 500 && world_objects(world) < objects; i++) {
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	}
	assert_int_equal(world_objects(world), objects);
	pthread_barrier_wait(&holder.go_on);
	pthread_join(threads[0], &committed);
	pthread_join(threads[1], NULL);
	assert_non_null(committed);
	assert_false(delivery.ok);
	assert_int_equal(delivery.error.kind, ERROR_GONE);
	assert_int_equal(world_number(world, &LIVE_DERIVATIVES), 0);
	assert_int_equal(world_objects(world), objects - 1);
	arena_destroy(&delivery.arena);
	db_close(&db);
	db_close(&other);
}

static void a_deletion_under_way_is_waited_for(void **state)
{
	struct delivery delivery = {.stage = NULL};
	struct error error;

	(void)state;
	assert_true(begin(&ada, &delivery.generation, &error));
	wait_for_deletion(&delivery);
}

static void a_deletion_of_the_original_is_waited_for_by_what_is_made_from_a_derivative(void **state)
{
	struct id derivative;
	struct delivery delivery = {.generation = begin_further(&derivative)};

	(void)state;
	wait_for_deletion(&delivery);
}

/* The result is there first: the deletion takes it along. */
static void a_result_in_time_goes_with_its_original(void **state)
{
	struct id generation;
	struct photo photo;
	struct error error;

	(void)state;
	assert_true(begin(&ada, &generation, &error));
	assert_true(deliver(&ada, &generation, &photo, &error));
	assert_true(delete_original(&world->domain, world->arena, &error));
	assert_int_equal(world_number(world, &LIVE_DERIVATIVES), 0);
	assert_int_equal(world_number(world, &LOST_DERIVATIVES), 0);
}

struct deleter {
	struct domain domain;
	struct arena *arena;
};

static void *run_deleter(void *context)
{
	struct deleter *deleter = context;

	return delete_original(&deleter->domain, deleter->arena, NULL) ? deleter : NULL;
}

/* Both at once, many times over: whoever is first, no live derivative of a deleted original. */
static void whoever_is_first_nothing_is_left_over(void **state)
{
	struct db *db = NULL;
	struct db *other = NULL;
	struct deleter deleter = {.arena = arena_create()};
	struct delivery delivery = {.arena = arena_create()};

	(void)state;
	deleter.domain = world_second_domain(world, &db);
	delivery.domain = world_second_domain(world, &other);
	for (int i = 0; i < 25; i++) {
		pthread_t threads[2];
		void *deleted = NULL;
		struct error error;

		original = world_photo(world, &ada, "x", NULL, NULL);
		assert_true(begin(&ada, &delivery.generation, &error));
		delivery.stage = world_picture(world);
		pthread_create(&threads[0], NULL, run_delivery, &delivery);
		pthread_create(&threads[1], NULL, run_deleter, &deleter);
		pthread_join(threads[0], NULL);
		pthread_join(threads[1], &deleted);
		assert_non_null(deleted);
		assert_int_equal(world_number(world, &LOST_DERIVATIVES), 0);
		assert_int_equal(world_objects(world), world_number(world, &FILE_COUNT));
	}
	arena_destroy(&deleter.arena);
	arena_destroy(&delivery.arena);
	db_close(&db);
	db_close(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_derivative_is_its_originals_in_all, set_up),
	    cmocka_unit_test_setup(nobody_asked_for_the_deletion_of_a_derivative, set_up),
	    cmocka_unit_test_setup(a_result_is_taken_once, set_up),
	    cmocka_unit_test_setup(what_is_made_from_a_derivative_goes_with_the_original, set_up),
	    cmocka_unit_test_setup(a_deleted_derivatives_result_comes_too_late, set_up),
	    cmocka_unit_test_setup(what_is_made_from_one_cut_loose_is_its_own, set_up),
	    cmocka_unit_test_setup(
		a_deletion_of_the_original_is_waited_for_by_what_is_made_from_a_derivative, set_up),
	    cmocka_unit_test_setup(who_may_generate, set_up),
	    cmocka_unit_test_setup(a_result_that_is_no_image_can_be_sent_again, set_up),
	    cmocka_unit_test_setup(a_deleted_originals_result_comes_too_late, set_up),
	    cmocka_unit_test_setup(
		an_override_by_an_admin_is_too_late_for_its_starter_as_well, set_up),
	    cmocka_unit_test_setup(a_purged_originals_result_comes_too_late, set_up),
	    cmocka_unit_test_setup(an_archived_originals_derivative_joins_it, set_up),
	    cmocka_unit_test_setup(a_deletion_under_way_is_waited_for, set_up),
	    cmocka_unit_test_setup(a_result_in_time_goes_with_its_original, set_up),
	    cmocka_unit_test_setup(whoever_is_first_nothing_is_left_over, set_up),
	};

	return cmocka_run_group_tests_name("generations", tests, scene_start, scene_stop);
}
