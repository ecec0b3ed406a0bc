/* deletions_test.c - deleting a photo: what goes with it, who may, what is refused, and the lists.
 */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/audit.h>
#include <pthread.h>
#include <stdio.h>
#include <store/places.h>
#include <string.h>

DB_STATEMENT(revoked_shares, "SELECT COUNT(*) FROM photo_shares WHERE revoked_at IS NOT NULL");
DB_STATEMENT(superseded_requests,
    "SELECT COUNT(*) FROM deletion_requests WHERE status = 'superseded' AND deletion_id IS NOT NULL"
    " AND reviewed_at IS NOT NULL");

static void a_photo_takes_its_derivatives_notes_and_results_along(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id small = world_derivative(world, &ada, &photo);
	struct id other = world_photo(world, &ada, "Pond", NULL, NULL);
	struct deletion deletion;

	(void)state;
	trash_note(world, &ben, &photo);
	trash_note(world, &ben, &small);
	trash_note(world, &ben, &other);
	trash_ai_result(world, &ada, &small);
	trash_tag(world, &ada, &photo, "winter");
	trash_share(world, &ada, &photo, 1);
	trash_share(world, &ada, &small, 2);
	trash_share(world, &ada, &other, 3);
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");

	assert_int_equal(deletion.state, DELETION_TRASHED);
	assert_int_equal(deletion.origin, ORIGIN_OWNER);
	assert_int_equal(deletion.mode, MODE_SOFT);
	assert_int_equal(deletion.counts[COUNT_PHOTO], 2);
	assert_int_equal(deletion.counts[COUNT_NOTE], 2);
	assert_int_equal(deletion.counts[COUNT_AI_RESULT], 1);
	assert_true(deletion.bytes > 0);
	assert_int_equal(deletion.deleted_at_us, WORLD_START_US);
	assert_int_equal(deletion.recover_until_us, WORLD_START_US + 4 * HOUR_US);
	assert_string_equal(deletion.label, "Barn");
	assert_string_equal(deletion.reason, "No longer wanted");
	assert_string_equal(deletion.initiator_name, "ada");
	assert_true(deletion.has_picture);
	assert_int_equal(trash_marked(world, "photos", &deletion.id), 2);
	assert_int_equal(trash_marked(world, "photo_notes", &deletion.id), 2);
	assert_int_equal(trash_marked(world, "ai_processing_results", &deletion.id), 1);
	assert_true(trash_is_live(world, &other));
	assert_int_equal(trash_live(world, "photo_notes"), 1);
	assert_int_equal(trash_rows(world, "photo_tags"), 1);
	assert_int_equal(world_number(world, &revoked_shares), 2);
	assert_int_equal(trash_entries(world, "photo.delete"), 1);
}

static void the_window_is_the_organisations_at_the_time_of_deleting(void **state)
{
	struct id first = world_photo(world, &ada, "First", NULL, NULL);
	struct id second = world_photo(world, &ada, "Second", NULL, NULL);
	struct deletion deletion;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &first, &deletion), "");
	trash_sql(world, "UPDATE organizations SET photo_recovery_s = 60");
	assert_int_equal(
	    trash_find(world, &deletion.id).recover_until_us, WORLD_START_US + 4 * HOUR_US);
	assert_string_equal(trash_delete(world, &ada, &second, &deletion), "");
	assert_int_equal(deletion.recover_until_us, WORLD_START_US + 60 * CLOCK_SECOND_US);
}

static void a_derivative_goes_alone(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id small = world_derivative(world, &ada, &photo);
	struct deletion first, second;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &small, &first), "");
	assert_int_equal(first.counts[COUNT_PHOTO], 1);
	assert_true(trash_is_live(world, &photo));
	/* Deleting the original leaves it to its older deletion. */
	assert_string_equal(trash_delete(world, &ada, &photo, &second), "");
	assert_int_equal(second.counts[COUNT_PHOTO], 1);
	assert_int_equal(trash_marked(world, "photos", &first.id), 1);
}

static void an_admin_deletes_under_their_own_name(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion deletion;

	(void)state;
	assert_string_equal(trash_delete(world, &admin, &photo, &deletion), "");
	assert_int_equal(deletion.origin, ORIGIN_ADMIN);
	assert_true(id_equal(&deletion.initiator_id, &admin.user_id));
	assert_true(id_equal(&deletion.owner_id, &ada.user_id));
	assert_string_equal(deletion.initiator_name, "admin");
	/* Its owner learns nothing of it, not even by asking again. */
	assert_string_equal(trash_delete(world, &ada, &photo, NULL), "not_found");
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "not_found");
	photo = world_photo(world, &admin, "Mine", NULL, NULL);
	assert_string_equal(trash_delete(world, &admin, &photo, &deletion), "");
	assert_int_equal(deletion.origin, ORIGIN_OWNER);
}

static void others_are_refused(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id site = world_place(world, &admin, PLACE_SITE, "shop");
	struct id shown = world_photo(world, &ada, "Shop", NULL, &site);
	struct id unknown = id_generate(WORLD_START_US);

	(void)state;
	assert_string_equal(trash_delete(world, &ben, &photo, NULL), "forbidden");
	assert_string_equal(trash_delete(world, &stranger, &photo, NULL), "not_found");
	assert_string_equal(trash_delete(world, &ada, &unknown, NULL), "not_found");
	assert_string_equal(trash_delete(world, &ada, &shown, NULL), "request_instead");
	assert_string_equal(trash_delete(world, &admin, &shown, NULL), "");
	assert_true(trash_is_live(world, &photo));
	assert_int_equal(trash_rows(world, "deletions"), 1);
}

static void deleting_twice_names_the_deletion(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion deletion;
	char id[ID_TEXT_SIZE];

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_string_equal(trash_delete(world, &ada, &photo, NULL), "already_deleted");
	id_format(&deletion.id, id);
	assert_int_equal(trash_error()->kind, ERROR_CONFLICT);
	assert_string_equal(trash_error()->reference_name, "deletion_id");
	assert_string_equal(trash_error()->reference, id);
	assert_int_equal(trash_rows(world, "deletions"), 1);
	assert_int_equal(trash_entries(world, "photo.delete"), 1);
}

static void a_reason_is_bounded_in_characters(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	char *reason = arena_alloc(world->arena, 2 * 2001 + 1);
	struct deletion_act act = {
	    .kind = ITEM_PHOTO, .item_id = photo, .origin = ORIGIN_BY_ACTOR, .reason = reason};
	struct deletion deletion;
	struct error error = {0};

	(void)state;
	for (size_t i = 0; i < 2001; i++) {
		memcpy(reason + 2 * i, "ä", 2);
	}
	assert_false(deletions_delete(&world->domain, &ada, world->arena, &act, &deletion, &error));
	assert_string_equal(error.code, "reason_too_long");
	assert_string_equal(error.field, "reason");
	reason[4000] = '\0';
	assert_true(deletions_delete(&world->domain, &ada, world->arena, &act, &deletion, &error));
	assert_string_equal(deletion.reason, reason);
}

static void a_reason_of_blanks_is_none(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion_act act = {
	    .kind = ITEM_PHOTO, .item_id = photo, .origin = ORIGIN_BY_ACTOR, .reason = " \n"};
	struct deletion deletion;
	struct error error = {0};

	(void)state;
	assert_true(deletions_delete(&world->domain, &ada, world->arena, &act, &deletion, &error));
	assert_null(deletion.reason);
}

static void other_kinds_are_refused(void **state)
{
	struct deletion_act act = {.kind = ITEM_EVENT, .origin = ORIGIN_BY_ACTOR};
	struct deletion deletion;
	struct error error = {0};

	(void)state;
	assert_false(
	    deletions_delete(&world->domain, &admin, world->arena, &act, &deletion, &error));
	assert_string_equal(error.code, "unknown_kind");
}

static void pending_requests_are_superseded(void **state)
{
	struct id site = world_place(world, &admin, PLACE_SITE, "shop");
	struct id photo = world_photo(world, &ada, "Shop", NULL, &site);

	(void)state;
	trash_request(world, &ada, &photo, "approved");
	trash_request(world, &ben, &photo, "approved");
	assert_string_equal(trash_delete(world, &admin, &photo, NULL), "");
	assert_int_equal(world_number(world, &superseded_requests), 2);
}

struct click {
	struct domain domain;
	struct id photo;
	char code[48];
};

static void *click(void *context)
{
	struct click *c = context;
	struct arena *arena = arena_create();
	struct deletion_act act = {
	    .kind = ITEM_PHOTO, .item_id = c->photo, .origin = ORIGIN_BY_ACTOR};
	struct deletion deletion;
	struct error error = {0};

	(void)!deletions_delete(&c->domain, &ada, arena, &act, &deletion, &error);
	snprintf(c->code, sizeof(c->code), "%s", error.code);
	arena_destroy(&arena);
	return NULL;
}

static void of_a_double_click_one_wins(void **state)
{
	(void)state;
	for (int round = 0; round < 5; round++) {
		struct click clicks[2];
		pthread_t threads[2];
		struct db *connections[2];
		struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
		int won = 0;

		for (int i = 0; i < 2; i++) {
			clicks[i].domain = world_second_domain(world, &connections[i]);
			clicks[i].photo = photo;
			pthread_create(&threads[i], NULL, click, &clicks[i]);
		}
		for (int i = 0; i < 2; i++) {
			pthread_join(threads[i], NULL);
			db_close(&connections[i]);
			won += clicks[i].code[0] == '\0';
			assert_true(clicks[i].code[0] == '\0' ||
				    strcmp(clicks[i].code, "already_deleted") == 0);
		}
		assert_int_equal(won, 1);
	}
	assert_int_equal(trash_rows(world, "deletions"), 5);
}

/* More rows than a step: the root and what a step holds at once, the rest by the worker. */
static void what_is_larger_than_a_step_is_marked_in_steps(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct id small[4];
	struct deletion deletion;
	unsigned steps, live = 0;
	struct error error = {0};

	(void)state;
	for (int i = 0; i < 4; i++) {
		small[i] = world_derivative(world, &ada, &photo);
	}
	world->domain.step_rows = 3;
	for (int i = 0; i < 5; i++) {
		trash_note(world, &ben, &photo);
		trash_note(world, &ben, &small[0]);
		trash_share(world, &ada, &photo, (unsigned char)(10 + i));
	}
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_int_equal(deletion.state, DELETION_MARKING);
	assert_false(trash_is_live(world, &photo));
	/* Hidden for every reader all the same: deleting any of them names this deletion. */
	for (int i = 0; i < 4; i++) {
		live += trash_is_live(world, &small[i]);
		assert_string_equal(trash_delete(world, &ada, &small[i], NULL), "already_deleted");
		assert_string_equal(trash_error()->reference_name, "deletion_id");
	}
	assert_int_equal(live, 1);

	assert_true(deletions_continue(&world->domain, world->arena, 1, &steps, &error));
	assert_int_equal(steps, 1);
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.state, DELETION_MARKING);
	assert_in_range(deletion.progress_done, 5, 7);
	assert_in_range(deletion.progress_total, deletion.progress_done, 15);
	trash_continue(world);
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.state, DELETION_TRASHED);
	assert_int_equal(deletion.counts[COUNT_PHOTO], 5);
	assert_int_equal(deletion.counts[COUNT_NOTE], 10);
	assert_int_equal(trash_marked(world, "photo_notes", &deletion.id), 10);
	assert_int_equal(world_number(world, &revoked_shares), 5);
	assert_true(deletion.bytes > 0);
}

static void what_fits_a_step_exactly_is_marked_at_once(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion deletion;

	(void)state;
	trash_note(world, &ben, &photo);
	trash_note(world, &ben, &photo);
	world->domain.step_rows = 3;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_int_equal(deletion.state, DELETION_TRASHED);
	photo = world_photo(world, &ada, "Pond", NULL, NULL);
	for (int i = 0; i < 3; i++) {
		trash_note(world, &ben, &photo);
	}
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_int_equal(deletion.state, DELETION_MARKING);
}

static size_t list(
    const struct actor *actor, const struct deletion_query *query, struct deletion_page *page_r)
{
	struct error error = {0};

	assert_true(deletions_list(&world->domain, actor, world->arena, query, page_r, &error));
	return page_r->count;
}

static void lists_show_ones_own_and_admins_all(void **state)
{
	struct id photos[5];
	struct deletion deletions[5];
	struct deletion_query query = {.recoverable = true, .any_kind = true, .limit = 2};
	struct deletion_page page;
	size_t seen = 0;

	(void)state;
	for (int i = 0; i < 5; i++) {
		const struct actor *who = i < 3 ? &ada : &ben;

		world->clock.fixed_us += 1000;
		photos[i] = world_photo(world, who, "Photo", NULL, NULL);
		assert_string_equal(trash_delete(world, who, &photos[i], &deletions[i]), "");
	}
	do { /* newest first, each once */
		list(&admin, &query, &page);
		for (size_t i = 0; i < page.count; i++, seen++) {
			assert_true(id_equal(&page.items[i].id, &deletions[4 - seen].id));
			query.after = page.items[i].id;
		}
	} while (page.more);
	assert_int_equal(seen, 5);
	query = (struct deletion_query){.recoverable = true, .any_kind = true, .limit = 50};
	assert_int_equal(list(&ada, &query, &page), 3);
	assert_int_equal(list(&ben, &query, &page), 2);
	assert_int_equal(list(&stranger, &query, &page), 0);
	query.initiator_id = ada.user_id;
	assert_int_equal(list(&admin, &query, &page), 3);
	assert_int_equal(list(&ben, &query, &page), 2); /* one cannot ask for another's */
	query.any_kind = false;
	query.kind = ITEM_PHOTO;
	assert_int_equal(list(&ada, &query, &page), 3);
	query.kind = ITEM_QUEST;
	assert_int_equal(list(&ada, &query, &page), 0);
}

static void lists_end_with_the_window(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion_query query = {.recoverable = true, .any_kind = true, .limit = 50};
	struct deletion_query trashed = {.state = DELETION_TRASHED, .any_kind = true, .limit = 50};
	struct deletion_query restored = {
	    .state = DELETION_RESTORED, .any_kind = true, .limit = 50};
	struct deletion deletion;
	struct deletion_page page;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us - 1;
	assert_int_equal(list(&ada, &query, &page), 1);
	world->clock.fixed_us = deletion.recover_until_us;
	assert_int_equal(list(&ada, &query, &page), 0);
	assert_int_equal(list(&ada, &trashed, &page), 1);
	assert_int_equal(list(&ada, &restored, &page), 0);
	world->clock.fixed_us = deletion.recover_until_us - 1;
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "");
	assert_int_equal(list(&ada, &query, &page), 0);
	assert_int_equal(list(&ada, &restored, &page), 1);
}

static void what_closes_soonest_comes_first(void **state)
{
	struct id first = world_photo(world, &ada, "First", NULL, NULL);
	struct id second = world_photo(world, &ada, "Second", NULL, NULL);
	struct deletion long_one, short_one;
	struct deletion_page page;
	struct error error = {0};

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &first, &long_one), "");
	trash_sql(world, "UPDATE organizations SET photo_recovery_s = 60");
	assert_string_equal(trash_delete(world, &ada, &second, &short_one), "");
	assert_true(deletions_list_closing(
	    &world->domain, &admin, world->arena, 0, &id_none, 1, &page, &error));
	assert_int_equal(page.count, 1);
	assert_true(page.more);
	assert_true(id_equal(&page.items[0].id, &short_one.id));
	assert_true(deletions_list_closing(&world->domain, &admin, world->arena,
	    page.items[0].recover_until_us, &page.items[0].id, 1, &page, &error));
	assert_int_equal(page.count, 1);
	assert_false(page.more);
	assert_true(id_equal(&page.items[0].id, &long_one.id));
	world->clock.fixed_us = short_one.recover_until_us;
	assert_true(deletions_list_closing(
	    &world->domain, &admin, world->arena, 0, &id_none, 50, &page, &error));
	assert_int_equal(page.count, 1);
	assert_false(deletions_list_closing(
	    &world->domain, &ada, world->arena, 0, &id_none, 50, &page, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
}

static void one_deletion_is_its_makers_and_the_admins(void **state)
{
	struct id project = world_place(world, &admin, PLACE_PROJECT, "Meadow");
	struct id photo = world_photo(world, &ada, "Barn", &project, NULL);
	struct id small = world_derivative(world, &ada, &photo);
	struct deletion made, found;
	struct deletion_item *items;
	size_t count;
	bool more;
	struct error error = {0};

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &made), "");
	assert_true(deletions_find(&world->domain, &ada, world->arena, &made.id, &found, &error));
	assert_string_equal(found.part_of, "Meadow");
	assert_true(deletions_find(&world->domain, &admin, world->arena, &made.id, &found, &error));
	assert_false(deletions_find(&world->domain, &ben, world->arena, &made.id, &found, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_false(
	    deletions_find(&world->domain, &stranger, world->arena, &made.id, &found, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);

	assert_true(deletions_items(
	    &world->domain, world->arena, &made, &id_none, 1, &items, &count, &more, &error));
	assert_true(more);
	assert_true(deletions_items(
	    &world->domain, world->arena, &made, &items[0].id, 1, &items, &count, &more, &error));
	assert_int_equal(count, 1);
	assert_false(more);
	assert_true(id_equal(&items[0].id, &photo) || id_equal(&items[0].id, &small));
	assert_string_equal(items[0].part_of, "Meadow");
	assert_true(items[0].has_picture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(a_photo_takes_its_derivatives_notes_and_results_along),
	    SCENE_TEST(the_window_is_the_organisations_at_the_time_of_deleting),
	    SCENE_TEST(a_derivative_goes_alone),
	    SCENE_TEST(an_admin_deletes_under_their_own_name),
	    SCENE_TEST(others_are_refused),
	    SCENE_TEST(deleting_twice_names_the_deletion),
	    SCENE_TEST(a_reason_is_bounded_in_characters),
	    SCENE_TEST(a_reason_of_blanks_is_none),
	    SCENE_TEST(other_kinds_are_refused),
	    SCENE_TEST(pending_requests_are_superseded),
	    SCENE_TEST(of_a_double_click_one_wins),
	    SCENE_TEST(what_is_larger_than_a_step_is_marked_in_steps),
	    SCENE_TEST(what_fits_a_step_exactly_is_marked_at_once),
	    SCENE_TEST(lists_show_ones_own_and_admins_all),
	    SCENE_TEST(lists_end_with_the_window),
	    SCENE_TEST(what_closes_soonest_comes_first),
	    SCENE_TEST(one_deletion_is_its_makers_and_the_admins),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
