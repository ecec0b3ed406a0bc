/* receipts_test.c - receipts of what was purged: when there is one, what it says, and the keys that
 * verify it after they were replaced. */
#include "../support/people.h"
#include "../support/program.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <auth/keyring.h>
#include <auth/keys.h>
#include <domain/receipts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

DB_STATEMENT(receipts_mailed, "SELECT data FROM mail_outbox WHERE template = 'account_erased'");
DB_STATEMENT(receipts_stored, "SELECT COUNT(receipt) FROM deletions");
DB_STATEMENT(receipts_public_halves, "SELECT COUNT(public_key) FROM signing_keys");
DB_STATEMENT(receipts_keys_known, "SELECT COUNT(*) FROM signing_keys");

static struct error error;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	alder = ada.organization_id;
	people_authorize(world);
	trash_sql(world, "DELETE FROM signing_keys");
	error_clear(&error);
	return 0;
}

static const char *text_of(const struct id *id)
{
	char *text = arena_alloc(world->arena, ID_TEXT_SIZE);

	id_format(id, text);
	return text;
}

static const char *get(const struct deletion *deletion)
{
	const char *receipt = NULL;

	error_clear(&error);
	return receipts_get(&world->domain, world->arena, deletion, &receipt, &error) ? receipt
										      : NULL;
}

/* What a receipt says; the test ends if it is not valid. */
static struct receipt read_receipt(const char *text)
{
	struct receipt_key *keys;
	struct receipt receipt = {0};
	const char *key_id;
	size_t count, key;

	assert_non_null(text);
	assert_true(receipts_keys(&world->domain, world->arena, &keys, &count, &error));
	assert_int_equal(receipt_verify(world->arena, text, keys, count, &receipt, &key, &key_id),
	    RECEIPT_VALID);
	return receipt;
}

static int64_t count_of(const struct receipt *receipt, const char *kind)
{
	for (size_t i = 0; i < receipt->count_count; i++) {
		if (strcmp(receipt->counts[i].kind, kind) == 0) {
			return receipt->counts[i].count;
		}
	}
	return 0;
}

static struct deletion purged_photo(const char *title)
{
	struct id photo = world_photo(world, &ada, title, NULL, NULL);
	struct deletion deletion;

	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us;
	(void)trash_purge(world);
	return trash_find(world, &deletion.id);
}

static void a_purge_leaves_a_receipt(void **state)
{
	struct id photo = trash_furnished(world, &ada, &ben);
	struct deletion deletion, purged;
	struct receipt receipt;
	const char *text;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	world->clock.fixed_us = deletion.recover_until_us;
	(void)trash_purge(world);
	purged = trash_find(world, &deletion.id);
	assert_int_equal(world_number(world, &receipts_stored), 1);
	text = get(&purged);
	receipt = read_receipt(text);
	assert_string_equal(receipt.issuer, "https://lethe.test");
	assert_string_equal(receipt.deletion_id, text_of(&deletion.id));
	assert_string_equal(receipt.kind, "photo");
	assert_string_equal(receipt.item_id, text_of(&photo));
	assert_string_equal(receipt.mode, "soft");
	assert_string_equal(receipt.origin, "owner");
	assert_int_equal(count_of(&receipt, "photo"), purged.counts[COUNT_PHOTO]);
	assert_int_equal(count_of(&receipt, "photo"), 2);
	assert_int_equal(count_of(&receipt, "note"), purged.counts[COUNT_NOTE]);
	assert_true(receipt.bytes > 0);
	assert_int_equal(receipt.bytes, purged.bytes);
	assert_int_equal(receipt.deleted_at_us, deletion.deleted_at_us);
	assert_int_equal(receipt.purged_at_us, purged.settled_at_us);
	/* The same each time, and by another's eyes. */
	world->clock.fixed_us += HOUR_US;
	assert_string_equal(get(&purged), text);
}

static void before_the_purge_there_is_none(void **state)
{
	struct id photo = world_photo(world, &ada, "Barn", NULL, NULL);
	struct deletion deletion;

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_null(get(&deletion));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.code, "not_purged");
	assert_string_equal(trash_restore(world, &ada, &deletion.id, &deletion), "");
	deletion = trash_find(world, &deletion.id);
	assert_int_equal(deletion.state, DELETION_RESTORED);
	assert_null(get(&deletion));
	assert_string_equal(error.code, "not_purged");
	assert_int_equal(world_number(world, &receipts_stored), 0);
}

static void nothing_personal_is_in_it(void **state)
{
	struct deletion purged = purged_photo("Grandmother");
	struct paseto_message message;
	struct receipt_key *keys;
	size_t count;

	(void)state;
	assert_true(receipts_keys(&world->domain, world->arena, &keys, &count, &error));
	assert_true(paseto_verify(
	    world->arena, &keys[0].key, get(&purged), paseto_text(RECEIPT_ASSERTION), &message));
	assert_null(strstr(message.payload.bytes, "Grandmother"));
	assert_null(strstr(message.payload.bytes, text_of(&ada.user_id)));
	assert_null(strstr(message.payload.bytes, text_of(&alder)));
}

/* A record without a stored one: no key was at hand, or it is older than receipts. */
static void a_record_is_enough(void **state)
{
	struct auth *auth = world->domain.auth;
	struct deletion purged;
	const char *text;

	(void)state;
	world->domain.auth = NULL;
	purged = purged_photo("Barn");
	assert_int_equal(world_number(world, &receipts_stored), 0);
	assert_null(get(&purged));
	world->domain.auth = auth;
	text = get(&purged);
	assert_int_equal(read_receipt(text).purged_at_us, purged.settled_at_us);
	assert_string_equal(get(&purged), text);
	assert_int_equal(world_number(world, &receipts_stored), 0);
}

static void it_goes_with_the_record(void **state)
{
	struct deletion purged = purged_photo("Barn");
	const char *text = get(&purged);

	(void)state;
	trash_sql(world, "DELETE FROM deletions");
	assert_null(get(&purged));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	/* Whoever has it can verify it still. */
	assert_string_equal(read_receipt(text).deletion_id, text_of(&purged.id));
}

static const char *mailed(size_t i)
{
	static const char key[] = "\"receipt\":\"";
	struct db_rows rows = {0};
	const char *at;

	assert_int_equal(
	    db_query(world->db, world->arena, &receipts_mailed, DB_NO_VALUES, &rows), DB_OK);
	assert_true(i < rows.count);
	at = strstr(db_text(&rows, i, 0), key);
	assert_non_null(at);
	at += strlen(key);
	return arena_copy(world->arena, at, strcspn(at, "\""));
}

static void a_person_gets_theirs_by_mail(void **state)
{
	struct actor proven = people_proven(world, &ada);
	struct account_status status;
	struct receipt receipt;
	struct deletion purged;

	(void)state;
	(void)world_photo(world, &ada, "Barn", NULL, NULL);
	assert_string_equal(people_leave(world, &proven, NULL, &status), "");
	world->clock.fixed_us = status.scheduled_for_us;
	(void)trash_purge(world);
	purged = trash_find(world, &status.deletion_id);
	assert_int_equal(purged.state, DELETION_PURGED);
	receipt = read_receipt(mailed(0));
	assert_string_equal(receipt.kind, "user");
	assert_string_equal(receipt.origin, "account");
	assert_null(receipt.item_id); /* it is the person */
	assert_int_equal(count_of(&receipt, "user"), purged.counts[COUNT_USER]);
	assert_int_equal(count_of(&receipt, "photo"), 1);
	/* To the letter what the admin gets. */
	assert_string_equal(get(&purged), mailed(0));
}

static void an_organization_gives_each_their_own(void **state)
{
	struct actor platform = world_user(
	    world, &stranger.organization_id, "platform@lethe.example", ROLE_PLATFORM_ADMIN);
	struct deletion_act act = {.kind = ITEM_ORGANIZATION,
	    .item_id = alder,
	    .origin = ORIGIN_BY_ACTOR,
	    .confirmation = "Alder"};
	struct deletion deletion, purged;
	struct receipt receipt;

	(void)state;
	(void)world_photo(world, &ada, "Barn", NULL, NULL);
	assert_true(
	    deletions_delete(&world->domain, &platform, world->arena, &act, &deletion, &error));
	trash_continue(world);
	world->clock.fixed_us = deletion.recover_until_us;
	(void)trash_purge(world);
	purged = trash_find(world, &deletion.id);
	assert_int_equal(purged.state, DELETION_PURGED);
	for (size_t i = 0; i < 3; i++) {
		receipt = read_receipt(mailed(i));
		assert_string_equal(receipt.kind, "user");
		assert_string_equal(receipt.origin, "container");
		assert_string_equal(receipt.deletion_id, text_of(&deletion.id));
		assert_null(receipt.item_id);
		assert_int_equal(receipt.count_count, 1);
		assert_int_equal(count_of(&receipt, "user"), 1);
	}
	receipt = read_receipt(get(&purged));
	assert_string_equal(receipt.kind, "organization");
	assert_int_equal(count_of(&receipt, "photo"), 1);
}

/* --- keys ------------------------------------------------------------------------------------ */

static char root[32], folder[64];

static const struct keys *open_ring(struct db *owner, bool create)
{
	const struct keys *keys =
	    keyring_open(owner, folder, create, world->clock.fixed_us, world->arena, &error);

	assert_non_null(keys);
	return keys;
}

static void forget_folder(void)
{
	program_remove_folder(root);
}

static void receipts_outlive_their_keys(void **state)
{
	struct db *owner = test_database_connect(world->database, TEST_OWNER);
	struct receipt_key *keys;
	struct deletion purged;
	char path[80], first[PASERK_ID_SIZE];
	size_t count;

	(void)state;
	snprintf(root, sizeof(root), "/tmp/lethe-receipts-XXXXXX");
	assert_non_null(mkdtemp(root));
	snprintf(folder, sizeof(folder), "%s/keys", root);
	world->domain.auth->keys = open_ring(owner, true);
	snprintf(first, sizeof(first), "%s", keys_id(world->domain.auth->keys, 0));
	assert_int_equal(world_number(world, &receipts_public_halves), 1);
	purged = purged_photo("Barn");
	const char *text = get(&purged);

	world->clock.fixed_us++;
	assert_true(keyring_rotate(owner, folder, world->clock.fixed_us, world->arena, &error));
	snprintf(path, sizeof(path), "%s/0001.key", folder);
	assert_int_equal(unlink(path), 0);
	world->domain.auth->keys = open_ring(owner, false);
	assert_int_equal(keys_count(world->domain.auth->keys), 2);
	assert_string_equal(read_receipt(text).deletion_id, text_of(&purged.id));
	/* It stays the one that was given. */
	assert_string_equal(get(&purged), text);
	assert_true(receipts_keys(&world->domain, world->arena, &keys, &count, &error));
	assert_int_equal(count, 2);
	assert_string_equal(keys[1].id, first);

	/* A row that is not what it says verifies nothing. */
	trash_sql(world,
	    "UPDATE signing_keys SET public_key ="
	    " 'k4.public.Hrnbu7wEfAP9cGBOAHHwmH4Wsot1ciXBHwBBXQ4gsaI' WHERE key_id = '%s'",
	    keys[1].id);
	assert_true(receipts_keys(&world->domain, world->arena, &keys, &count, &error));
	assert_int_equal(count, 1);
	db_close(&owner);
	forget_folder();
}

/* Keys from before there were receipts: the next migration enters their public halves. */
static void a_migration_adds_public_halves(void **state)
{
	struct db *owner = test_database_connect(world->database, TEST_OWNER);

	(void)state;
	snprintf(root, sizeof(root), "/tmp/lethe-receipts-XXXXXX");
	assert_non_null(mkdtemp(root));
	snprintf(folder, sizeof(folder), "%s/keys", root);
	(void)open_ring(owner, true);
	trash_sql(world, "UPDATE signing_keys SET public_key = NULL");
	(void)open_ring(owner, false);
	assert_int_equal(world_number(world, &receipts_public_halves), 0);
	(void)open_ring(owner, true);
	assert_int_equal(world_number(world, &receipts_public_halves), 1);
	assert_int_equal(world_number(world, &receipts_keys_known), 2);
	db_close(&owner);
	forget_folder();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_purge_leaves_a_receipt, set_up),
	    cmocka_unit_test_setup(before_the_purge_there_is_none, set_up),
	    cmocka_unit_test_setup(nothing_personal_is_in_it, set_up),
	    cmocka_unit_test_setup(a_record_is_enough, set_up),
	    cmocka_unit_test_setup(it_goes_with_the_record, set_up),
	    cmocka_unit_test_setup(a_person_gets_theirs_by_mail, set_up),
	    cmocka_unit_test_setup(an_organization_gives_each_their_own, set_up),
	    cmocka_unit_test_setup(receipts_outlive_their_keys, set_up),
	    cmocka_unit_test_setup(a_migration_adds_public_halves, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
