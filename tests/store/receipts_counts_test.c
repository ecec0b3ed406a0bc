/* receipts_counts_test.c - what a receipt says is gone is gone, and nothing else: held against the
 * rows before and after. */
#include "../support/people.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/receipts.h>
#include <store/places.h>
#include <string.h>

/* What is counted, and where. */
static const struct {
	const char *kind, *table;
} counted[] = {
    {"photo", "photos"},
    {"album", "albums"},
    {"quest", "quests"},
    {"adventure", "adventures"},
    {"user", "users"},
    {"note", "photo_notes"},
    {"ai_result", "ai_processing_results"},
    {"card", "quest_content_cards"},
    {"submission", "activity_submissions"},
    {"sequence", "adventure_sequences"},
};
#define COUNTED (sizeof(counted) / sizeof(counted[0]))

/* What makes each picture of a world differ stands behind its end. */
#define STRIPPED ((int64_t)sizeof(world->pictures))

static struct error error;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	people_authorize(world);
	return 0;
}

static struct receipt receipt_of(const struct id *deletion_id)
{
	struct deletion deletion = trash_find(world, deletion_id);
	struct receipt receipt = {0};
	struct receipt_key *keys;
	const char *text, *key_id;
	size_t count, key;

	assert_int_equal(deletion.state, DELETION_PURGED);
	assert_true(receipts_get(&world->domain, world->arena, &deletion, &text, &error));
	assert_true(receipts_keys(&world->domain, world->arena, &keys, &count, &error));
	assert_int_equal(receipt_verify(world->arena, text, keys, count, &receipt, &key, &key_id),
	    RECEIPT_VALID);
	return receipt;
}

static int64_t count_of(const struct receipt *receipt, const char *kind)
{
	for (size_t i = 0; i < receipt->count_count; i++)
		if (strcmp(receipt->counts[i].kind, kind) == 0)
			return receipt->counts[i].count;
	return 0;
}

/* A life with some of everything, also in the trash, and beside others'. */
static void live(void)
{
	struct id photo = world_photo(world, &ada, "One", NULL, NULL), other;
	struct id theirs = world_photo(world, &ben, "Theirs", NULL, NULL);

	(void)world_derivative(world, &ada, &photo);
	trash_note(world, &ada, &photo);
	trash_ai_result(world, &ada, &photo);
	trash_note(world, &ben, &theirs);
	other = world_photo(world, &ada, "Two", NULL, NULL);
	assert_string_equal(trash_delete(world, &ada, &other, NULL), "");
	other = world_photo(world, &ada, "Three", NULL, NULL);
	assert_string_equal(trash_delete(world, &admin, &other, NULL), "");
	(void)world_place(world, &ada, PLACE_ALBUM, "Album");
	(void)trash_content(world, &ada, ITEM_QUEST, "published", 2);
	(void)trash_content(world, &ada, ITEM_ADVENTURE, "archived", 3);
}

static int64_t bytes_stored(void)
{
	static const struct db_statement sum = {
	    "test_receipts_bytes", "SELECT COALESCE(SUM(bytes), 0) + 0 FROM files"};

	return world_number(world, &sum);
}

/* Erase her: all receipts of what was hers together tell of what went. */
static void erase_and_compare(const struct account_choices *choices, int64_t cut)
{
	struct actor proven = people_proven(world, &ada);
	int64_t before[COUNTED], told[COUNTED] = {0};
	int64_t bytes = bytes_stored(), told_bytes = 0;
	struct account_status status;
	struct db_rows rows = {0};
	static const struct db_statement all = {
	    "test_receipts_all", "SELECT id FROM deletions WHERE state = 'purged'"};
	struct db *owner;

	for (size_t i = 0; i < COUNTED; i++)
		before[i] = trash_rows(world, counted[i].table);
	assert_string_equal(people_leave(world, &proven, choices, &status), "");
	world->clock.fixed_us = status.scheduled_for_us;
	for (int i = 0; i < 3; i++)
		(void)trash_purge(world);
	owner = test_database_connect(world->database, TEST_OWNER);
	assert_int_equal(db_query(owner, world->arena, &all, DB_NO_VALUES, &rows), DB_OK);
	for (size_t row = 0; row < rows.count; row++) {
		struct id id = db_id(&rows, row, 0);
		struct receipt receipt = receipt_of(&id);

		for (size_t i = 0; i < COUNTED; i++)
			told[i] += count_of(&receipt, counted[i].kind);
		told_bytes += receipt.bytes;
	}
	db_close(&owner);
	/* What was cut out of files that are kept is not counted. */
	assert_int_equal(bytes - bytes_stored() - cut, told_bytes);
	for (size_t i = 0; i < COUNTED; i++) {
		int64_t gone = before[i] - trash_rows(world, counted[i].table);

		if (gone != told[i])
			fail_msg("%s: %lld gone, %lld told", counted[i].kind, (long long)gone,
			    (long long)told[i]);
	}
}

static void an_erasure_tells_of_what_went(void **state)
{
	(void)state;
	live();
	erase_and_compare(NULL, 0);
}

static void what_was_kept_is_not_told(void **state)
{
	(void)state;
	live();
	erase_and_compare(&(struct account_choices){.keep_photos = true}, 2 * STRIPPED);
}

/* What cannot be kept is gone, and told of. */
static void what_could_not_be_kept_is_told(void **state)
{
	(void)state;
	live();
	trash_sql(world, "UPDATE files SET content_type = 'image/jpeg'");
	erase_and_compare(&(struct account_choices){.keep_photos = true}, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(an_erasure_tells_of_what_went, set_up),
	    cmocka_unit_test_setup(what_was_kept_is_not_told, set_up),
	    cmocka_unit_test_setup(what_could_not_be_kept_is_told, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
