/* content_test.c - quests and adventures: listing, archiving, restoring, deleting forever. */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/content.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static struct actor creator;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	creator = world_user(world, &alder, "creator@alder.example", ROLE_MEMBER);
	return 0;
}

static const char *archive(
    const struct actor *actor, enum item_kind kind, const struct id *id, struct content *content_r)
{
	static struct error error;
	struct content ignored;

	error_clear(&error);
	(void)!content_archive(&world->domain, actor, world->arena, kind, id, "Done with it",
	    content_r ? content_r : &ignored, &error);
	return error.code;
}

static const char *restore(
    const struct actor *actor, enum item_kind kind, const struct id *id, struct content *content_r)
{
	static struct error error;
	struct content ignored;

	error_clear(&error);
	(void)!content_restore(&world->domain, actor, world->arena, kind, id,
	    content_r ? content_r : &ignored, &error);
	return error.code;
}

static void restoring_gives_back_the_former_status(void **state)
{
	static const char *const formers[] = {"draft", "published"};
	static const enum item_kind kinds[] = {ITEM_QUEST, ITEM_ADVENTURE};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct id id = trash_content(world, &creator, kinds[i % 2], formers[i / 2], 1);
		struct content content;

		assert_string_equal(restore(&creator, kinds[i % 2], &id, NULL), "not_archived");
		assert_string_equal(archive(&creator, kinds[i % 2], &id, &content), "");
		assert_int_equal(content.status, CONTENT_ARCHIVED);
		assert_int_equal(content.archived_at_us, WORLD_START_US);
		assert_string_equal(archive(&creator, kinds[i % 2], &id, NULL), "already_archived");
		assert_string_equal(restore(&creator, kinds[i % 2], &id, &content), "");
		assert_string_equal(content_status_name(content.status), formers[i / 2]);
		assert_int_equal(content.archived_at_us, 0);
	}
	assert_int_equal(trash_entries(world, "quest.archive"), 2);
	assert_int_equal(trash_entries(world, "adventure.restore"), 2);
}

static void only_its_creator_acts_on_it(void **state)
{
	struct id id = trash_content(world, &creator, ITEM_QUEST, "draft", 1);
	struct id unknown = id_generate(WORLD_START_US);
	struct content content;
	struct error error = {0};

	(void)state;
	assert_string_equal(archive(&ben, ITEM_QUEST, &id, NULL), "forbidden");
	assert_string_equal(archive(&admin, ITEM_QUEST, &id, NULL), "forbidden");
	assert_string_equal(archive(&stranger, ITEM_QUEST, &id, NULL), "not_found");
	assert_string_equal(archive(&creator, ITEM_QUEST, &unknown, NULL), "not_found");
	assert_string_equal(archive(&creator, ITEM_ADVENTURE, &id, NULL), "not_found");
	assert_false(
	    content_find(&world->domain, &ben, world->arena, ITEM_QUEST, &id, &content, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_true(content_find(
	    &world->domain, &creator, world->arena, ITEM_QUEST, &id, &content, &error));
	assert_string_equal(content.title, "The title");
}

static void lists_are_ones_own_by_status(void **state)
{
	struct content_query query = {.kind = ITEM_QUEST, .any_status = true, .limit = 2};
	struct content_page page;
	struct error error = {0};
	size_t seen = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		world->clock.fixed_us += 1000;
		trash_content(world, &creator, ITEM_QUEST, i == 1 ? "published" : "draft", 0);
	}
	trash_content(world, &ben, ITEM_QUEST, "draft", 0);
	trash_content(world, &creator, ITEM_ADVENTURE, "draft", 0);
	do {
		assert_true(
		    content_list(&world->domain, &creator, world->arena, &query, &page, &error));
		seen += page.count;
		query.after = page.items[page.count - 1].id;
	} while (page.more);
	assert_int_equal(seen, 3);
	query = (struct content_query){.kind = ITEM_QUEST, .status = CONTENT_DRAFT, .limit = 50};
	assert_true(content_list(&world->domain, &creator, world->arena, &query, &page, &error));
	assert_int_equal(page.count, 2);
	assert_true(content_list(&world->domain, &stranger, world->arena, &query, &page, &error));
	assert_int_equal(page.count, 0);
}

static void an_archived_quest_is_deleted_forever(void **state)
{
	struct id id = trash_content(world, &creator, ITEM_QUEST, "draft", 3);
	struct id kept = trash_content(world, &creator, ITEM_QUEST, "draft", 2);
	struct deletion deletion;

	(void)state;
	(void)kept;
	assert_string_equal(archive(&creator, ITEM_QUEST, &id, NULL), "");
	assert_string_equal(trash_forever(world, &creator, ITEM_QUEST, &id, &deletion), "");
	assert_int_equal(deletion.state, DELETION_PURGED);
	assert_int_equal(deletion.mode, MODE_HARD);
	assert_int_equal(deletion.counts[COUNT_QUEST], 1);
	assert_int_equal(deletion.counts[COUNT_CARD], 3);
	assert_int_equal(deletion.counts[COUNT_SUBMISSION], 3);
	assert_int_equal(deletion.bytes, 100);
	assert_int_equal(trash_rows(world, "quests"), 1);
	assert_int_equal(trash_rows(world, "quest_content_cards"), 2);
	assert_int_equal(trash_rows(world, "activity_submissions"), 2);
	assert_int_equal(trash_rows(world, "files"), 1);
	assert_int_equal(trash_rows(world, "storage_cleanup_queue"), 1);
	assert_int_equal(trash_entries(world, "quest.delete"), 1);
	assert_int_equal(trash_entries(world, "quest.purge"), 1);
}

static void an_archived_adventure_is_deleted_forever(void **state)
{
	struct id id = trash_content(world, &creator, ITEM_ADVENTURE, "published", 4);
	struct deletion deletion;

	(void)state;
	assert_string_equal(archive(&creator, ITEM_ADVENTURE, &id, NULL), "");
	assert_string_equal(trash_forever(world, &creator, ITEM_ADVENTURE, &id, &deletion), "");
	assert_int_equal(deletion.counts[COUNT_SEQUENCE], 4);
	assert_int_equal(trash_rows(world, "adventures"), 0);
	assert_int_equal(trash_rows(world, "adventure_sequences"), 0);
	assert_int_equal(trash_rows(world, "files"), 0);
}

static void only_archived_and_ones_own(void **state)
{
	struct id id = trash_content(world, &creator, ITEM_QUEST, "published", 1);
	struct id unknown = id_generate(WORLD_START_US);

	(void)state;
	assert_string_equal(trash_forever(world, &creator, ITEM_QUEST, &id, NULL), "not_archived");
	assert_int_equal(trash_error()->kind, ERROR_INVALID);
	assert_string_equal(
	    trash_error()->message, "Content must be archived before permanent deletion");
	assert_string_equal(trash_forever(world, &ben, ITEM_QUEST, &id, NULL), "forbidden");
	assert_string_equal(trash_forever(world, &admin, ITEM_QUEST, &id, NULL), "forbidden");
	assert_string_equal(trash_forever(world, &stranger, ITEM_QUEST, &id, NULL), "not_found");
	assert_string_equal(
	    trash_forever(world, &creator, ITEM_QUEST, &unknown, NULL), "not_found");
	assert_string_equal(trash_forever(world, &creator, ITEM_ADVENTURE, &id, NULL), "not_found");
	assert_int_equal(trash_rows(world, "quests"), 1);
	assert_int_equal(trash_rows(world, "deletions"), 0);
}

struct rival {
	struct domain domain;
	struct id id;
	bool restores;
	char code[48];
};

static void *compete(void *context)
{
	struct rival *c = context;
	struct arena *arena = arena_create();
	struct content content;
	struct deletion deletion;
	struct error error = {0};

	if (c->restores) {
		(void)!content_restore(
		    &c->domain, &creator, arena, ITEM_QUEST, &c->id, &content, &error);
	} else {
		(void)!deletions_delete_forever(
		    &c->domain, &creator, arena, ITEM_QUEST, &c->id, NULL, &deletion, &error);
	}
	snprintf(c->code, sizeof(c->code), "%s", error.code);
	arena_destroy(&arena);
	return NULL;
}

/* Restored between the page and the act: whichever comes first, the other is refused. */
static void restoring_and_deleting_forever_exclude_each_other(void **state)
{
	(void)state;
	for (int round = 0; round < 8; round++) {
		struct id id = trash_content(world, &creator, ITEM_QUEST, "draft", 1);
		struct rival rivals[2] = {{.restores = true, .id = id}, {.id = id}};
		struct db *connections[2];
		pthread_t threads[2];

		assert_string_equal(archive(&creator, ITEM_QUEST, &id, NULL), "");
		for (int i = 0; i < 2; i++) {
			rivals[i].domain = world_second_domain(world, &connections[i]);
			pthread_create(&threads[i], NULL, compete, &rivals[i]);
		}
		for (int i = 0; i < 2; i++) {
			pthread_join(threads[i], NULL);
			db_close(&connections[i]);
		}
		if (rivals[0].code[0] == '\0') {
			assert_string_equal(rivals[1].code, "not_archived");
			assert_int_equal(trash_live(world, "quests"), 1);
			trash_sql(world, "DELETE FROM activity_submissions");
			trash_sql(world, "DELETE FROM quest_content_cards");
			trash_sql(world, "DELETE FROM quests");
		} else {
			assert_string_equal(rivals[0].code, "not_found");
			assert_string_equal(rivals[1].code, "");
		}
		assert_int_equal(trash_rows(world, "quests"), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(restoring_gives_back_the_former_status, set_up),
	    cmocka_unit_test_setup(only_its_creator_acts_on_it, set_up),
	    cmocka_unit_test_setup(lists_are_ones_own_by_status, set_up),
	    cmocka_unit_test_setup(an_archived_quest_is_deleted_forever, set_up),
	    cmocka_unit_test_setup(an_archived_adventure_is_deleted_forever, set_up),
	    cmocka_unit_test_setup(only_archived_and_ones_own, set_up),
	    cmocka_unit_test_setup(restoring_and_deleting_forever_exclude_each_other, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
