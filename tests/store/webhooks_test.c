/* webhooks_test.c - subscriptions, and which acts become which events for whom. */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/audit.h>
#include <domain/photos.h>
#include <domain/webhooks.h>
#include <jansson.h>
#include <pthread.h>
#include <string.h>

DB_STATEMENT(TEST_EVENTS, "SELECT event, payload, state, subscription_id, id, created_at FROM"
			  " webhook_outbox ORDER BY id");
DB_STATEMENT(TEST_DETAILS,
    "SELECT details FROM audit_log WHERE action = 'webhook.create' ORDER BY id DESC LIMIT 1");

#define ALL webhook_events_all()

static struct webhook made;
static const char *secret;
static struct error error;

static const char *create(const struct actor *actor, const char *url, uint64_t events)
{
	error_clear(&error);
	return webhooks_create(
		   &world->domain, actor, world->arena, url, events, &made, &secret, &error)
		   ? ""
		   : error.code;
}

static uint64_t event_bit(const char *name)
{
	for (size_t i = 0; webhook_events[i]; i++)
		if (strcmp(webhook_events[i], name) == 0)
			return UINT64_C(1) << i;
	fail_msg("%s", name);
	return 0;
}

static size_t events(struct db_rows *rows)
{
	*rows = (struct db_rows){0};
	assert_true(db_query(world->db, world->arena, &TEST_EVENTS, DB_NO_VALUES, rows) <= DB_NONE);
	return rows->count;
}

static void test_names(void **state)
{
	size_t length = 0, count = 0;

	(void)state;
	for (; webhook_events[count]; count++) {
		length += strlen(webhook_events[count]) + 1;
		assert_true(strlen(webhook_events[count]) <= 64);
		for (size_t i = 0; i < count; i++)
			assert_string_not_equal(webhook_events[i], webhook_events[count]);
	}
	assert_true(length - 1 <= 500);
	assert_true(count < 64);
	assert_string_equal(create(&admin, "https://host.example/", ALL), "");
}

static void test_created_and_listed(void **state)
{
	struct webhook_rows rows;
	struct db_rows details = {0};

	(void)state;
	assert_string_equal(create(&admin, "https://host.example/secret-path?token=1",
				event_bit("photo.deleted") | event_bit("album.deleted")),
	    "");
	assert_int_equal(strlen(secret), 6 + 44);
	assert_memory_equal(secret, "whsec_", 6);
	assert_string_equal(made.events, "photo.deleted,album.deleted");
	assert_true(webhooks_list(&world->domain, &admin, world->arena, &rows, &error));
	assert_int_equal(rows.count, 1);
	assert_string_equal(rows.items[0].url, "https://host.example/secret-path?token=1");
	assert_true(id_equal(&rows.items[0].created_by, &admin.user_id));
	for (size_t i = 0; webhook_events[i]; i++)
		assert_int_equal(webhook_wants(&rows.items[0], i),
		    strcmp(webhook_events[i], "photo.deleted") == 0 ||
			strcmp(webhook_events[i], "album.deleted") == 0);
	/* The address may hold a secret; the trail names the host. */
	assert_int_equal(
	    db_query(world->db, world->arena, &TEST_DETAILS, DB_NO_VALUES, &details), DB_OK);
	assert_string_equal(
	    db_text(&details, 0, 0), "{\"host\":\"https://host.example\",\"events\":2}");
	assert_true(webhooks_list(&world->domain, &stranger, world->arena, &rows, &error));
	assert_int_equal(rows.count, 0);
}

static void test_addresses(void **state)
{
	static const struct {
		const char *url, *code;
	} rows[] = {
	    {"https://host.example", ""},
	    {"http://host.example/x?y=z", ""},
	    {"https://host.example:8443/x", ""},
	    {"https://host.example:1024/x", ""},
	    {"https://93.184.216.34/", ""},
	    {"https://[2606:4700::1111]/", ""},
	    {"", "invalid_url"},
	    {"host.example", "invalid_url"},
	    {"/hooks", "invalid_url"},
	    {"ftp://host.example/", "invalid_url"},
	    {"file:///etc/passwd", "invalid_url"},
	    {"gopher://host.example/", "invalid_url"},
	    {"https://", "invalid_url"},
	    {"https://host.example/#part", "invalid_url"},
	    {"https://host .example/", "invalid_url"},
	    {"https://host.example/\r\nX: y", "invalid_url"},
	    {"https://h\xc3\xb6st.example/", "invalid_url"},
	    {"https://user@host.example/", "url_credentials"},
	    {"https://user:password@host.example/", "url_credentials"},
	    {"https://:password@host.example/", "url_credentials"},
	    {"https://host.example:22/", "url_port"},
	    {"https://host.example:1023/", "url_port"},
	    {"https://host.example:0/", "url_port"},
	    {"https://host.example:65536/", "invalid_url"},
	    {"http://127.0.0.1/", "private_address"},
	    {"http://127.1/", "private_address"},
	    {"http://2130706433/", "private_address"},
	    {"http://0x7f000001/", "private_address"},
	    {"http://169.254.169.254/latest", "private_address"},
	    {"http://[::1]/", "private_address"},
	    {"http://[::ffff:10.0.0.1]/", "private_address"},
	    {"http://localhost/", "private_address"},
	    {"http://LOCALHOST:8080/", "private_address"},
	    {"http://db.internal/", "private_address"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *code = create(&admin, rows[i].url, ALL);
		if (strcmp(code, rows[i].code) != 0)
			fail_msg("%s: %s, not %s", rows[i].url, code, rows[i].code);
		if (*code)
			assert_string_equal(error.field, "url");
	}
	assert_string_equal(create(&admin, NULL, ALL), "invalid_url");
	world->domain.webhook_private = true;
	assert_string_equal(create(&admin, "http://127.0.0.1:8080/", ALL), "");
	assert_string_equal(create(&admin, "http://127.0.0.1:22/", ALL), "url_port");
	world->domain.webhook_private = false;
}

static void test_length_of_an_address(void **state)
{
	char url[WEBHOOK_URL_MAX + 2];
	const char begin[] = "https://host.example/";

	(void)state;
	memset(url, 'a', sizeof(url));
	memcpy(url, begin, sizeof(begin) - 1);
	url[WEBHOOK_URL_MAX + 1] = '\0';
	assert_string_equal(create(&admin, url, ALL), "invalid_url");
	url[WEBHOOK_URL_MAX] = '\0';
	assert_string_equal(create(&admin, url, ALL), "");
	assert_int_equal(strlen(made.url), WEBHOOK_URL_MAX);
}

static void test_only_admins(void **state)
{
	struct webhook_deliveries_page page;
	struct webhook_delivery delivery;
	struct webhook_rows rows;

	(void)state;
	assert_string_equal(create(&ada, "https://host.example", ALL), "forbidden");
	assert_string_equal(create(&admin, "https://host.example", ALL), "");
	assert_false(webhooks_list(&world->domain, &ada, world->arena, &rows, &error));
	assert_false(
	    webhooks_deliveries(&world->domain, &ada, world->arena, &id_none, 10, &page, &error));
	assert_false(
	    webhooks_test(&world->domain, &ada, world->arena, &made.id, &delivery, &error));
	assert_false(webhooks_delete(&world->domain, &ada, &made.id, &error));
	assert_string_equal(error.code, "forbidden");
	/* And of another organisation: there is no such thing. */
	assert_false(
	    webhooks_test(&world->domain, &stranger, world->arena, &made.id, &delivery, &error));
	assert_string_equal(error.code, "not_found");
	assert_false(webhooks_delete(&world->domain, &stranger, &made.id, &error));
	assert_string_equal(error.code, "not_found");
	assert_int_equal(trash_rows(world, "webhook_subscriptions"), 1);
}

static void test_no_more_than_twenty(void **state)
{
	(void)state;
	for (int i = 0; i < WEBHOOKS_MAX; i++)
		assert_string_equal(create(&admin, "https://host.example", ALL), "");
	assert_string_equal(create(&admin, "https://host.example", ALL), "too_many_webhooks");
	assert_string_equal(create(&stranger, "https://host.example", ALL), "");
	assert_string_equal(create(&stranger, "https://host.example", 0), "missing");
	assert_string_equal(error.field, "events");
}

struct making {
	struct domain domain;
	bool made;
};

static void *make_one(void *context)
{
	struct making *making = context;
	struct arena *arena = arena_create();
	struct webhook webhook;
	const char *text = NULL;
	struct error ignored = {0};

	making->made = webhooks_create(
	    &making->domain, &admin, arena, "https://host.example", ALL, &webhook, &text, &ignored);
	arena_destroy(&arena);
	return NULL;
}

static void test_the_twentieth_twice(void **state)
{
	struct making making[2];
	struct db *second = NULL;
	pthread_t thread;

	(void)state;
	for (int i = 1; i < WEBHOOKS_MAX; i++)
		assert_string_equal(create(&admin, "https://host.example", ALL), "");
	making[0].domain = world->domain;
	making[1].domain = world_second_domain(world, &second);
	assert_int_equal(pthread_create(&thread, NULL, make_one, &making[1]), 0);
	make_one(&making[0]);
	pthread_join(thread, NULL);
	db_close(&second);
	assert_int_equal(making[0].made + making[1].made, 1);
	assert_int_equal(trash_rows(world, "webhook_subscriptions"), WEBHOOKS_MAX);
}

/* --- events -------------------------------------------------------------------------------- */

static const char *text_of(const json_t *data, const char *name)
{
	return json_string_value(json_object_get(data, name));
}

static void test_an_act_is_told_to_who_wants_it(void **state)
{
	struct id photo = world_photo(world, &ada, "Private title", NULL, NULL);
	struct deletion deletion;
	struct db_rows rows;
	struct id wanting;
	json_t *json, *data;
	char id[ID_TEXT_SIZE];

	(void)state;
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_int_equal(events(&rows), 0);
	assert_string_equal(trash_restore(world, &ada, &deletion.id, NULL), "");
	assert_string_equal(create(&admin, "https://one.example", event_bit("photo.deleted")), "");
	wanting = made.id;
	assert_string_equal(create(&admin, "https://two.example", event_bit("photo.purged")), "");
	assert_string_equal(create(&stranger, "https://three.example", ALL), "");
	assert_string_equal(trash_delete(world, &ada, &photo, &deletion), "");
	assert_int_equal(events(&rows), 1);
	assert_string_equal(db_text(&rows, 0, 0), "photo.deleted");
	assert_string_equal(db_text(&rows, 0, 2), "waiting");
	assert_true(id_equal(&(const struct id[]){db_id(&rows, 0, 3)}[0], &wanting));
	json = json_loads(db_text(&rows, 0, 1), 0, NULL);
	assert_non_null(json);
	id_format(&(const struct id[]){db_id(&rows, 0, 4)}[0], id);
	assert_string_equal(text_of(json, "id"), id);
	assert_string_equal(text_of(json, "type"), "photo.deleted");
	data = json_object_get(json, "data");
	id_format(&photo, id);
	assert_string_equal(text_of(data, "item_id"), id);
	id_format(&deletion.id, id);
	assert_string_equal(text_of(data, "deletion_id"), id);
	assert_string_equal(text_of(data, "kind"), "photo");
	assert_string_equal(text_of(data, "mode"), "soft");
	assert_non_null(text_of(data, "origin"));
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(data, "counts"), "photo")), 1);
	json_decref(json);
	assert_null(strstr(db_text(&rows, 0, 1), "Private"));
	assert_null(strstr(db_text(&rows, 0, 1), "alder"));
}

struct entry {
	const char *action, *kind;
};

static bool write_entry(struct db_tx *tx, void *context, struct error *why)
{
	const struct entry *entry = context;

	return audit_write(tx, &world->domain, &admin,
	    &(struct audit_event){.action = entry->action,
		.kind = entry->kind,
		.item_id = admin.user_id,
		.reason = "A private reason"},
	    why);
}

static const struct {
	struct entry entry;
	const char *event;
} told[] = {
    {{"photo.archive", "photo"}, "photo.archived"},
    {{"quest.archive", "quest"}, "quest.archived"},
    {{"adventure.archive", "adventure"}, "adventure.archived"},
    {{"photo.delete", "photo"}, "photo.deleted"},
    {{"album.delete", "album"}, "album.deleted"},
    {{"project.delete", "project"}, "project.deleted"},
    {{"site.delete", "site"}, "site.deleted"},
    {{"user.delete", "user"}, "user.deleted"},
    {{"organization.delete", "organization"}, "organization.deleted"},
    {{"quest.delete", "quest"}, "quest.deleted"},
    {{"adventure.delete", "adventure"}, "adventure.deleted"},
    {{"photo.restore", "photo"}, "photo.restored"},
    {{"album.restore", "album"}, "album.restored"},
    {{"project.restore", "project"}, "project.restored"},
    {{"site.restore", "site"}, "site.restored"},
    {{"user.restore", "user"}, "user.restored"},
    {{"organization.restore", "organization"}, "organization.restored"},
    {{"quest.restore", "quest"}, "quest.restored"},
    {{"adventure.restore", "adventure"}, "adventure.restored"},
    {{"photo.purge", "photo"}, "photo.purged"},
    {{"retention.purge", "photo"}, "photo.purged"},
    {{"album.purge", "album"}, "album.purged"},
    {{"project.purge", "project"}, "project.purged"},
    {{"site.purge", "site"}, "site.purged"},
    {{"quest.purge", "quest"}, "quest.purged"},
    {{"adventure.purge", "adventure"}, "adventure.purged"},
    {{"request.approve", "photo"}, "request.decided"},
    {{"request.reject", "photo"}, "request.decided"},
    {{"account.schedule", "user"}, "account.scheduled"},
    {{"account.cancel", "user"}, "account.cancelled"},
    {{"account.erase", "user"}, "account.erased"},
    {{"photo.create", "photo"}, NULL},
    {{"request.create", "photo"}, NULL},
    {{"organization.purge", "organization"}, NULL},
    {{"settings.change", "organization"}, NULL},
    {{"purge.pause", NULL}, NULL},
    {{"webhook.delete", "webhook"}, NULL},
    {{"share.revoke", "photo"}, NULL},
    {{"delete", NULL}, NULL},
};

static void test_every_action(void **state)
{
	struct db_rows rows;
	size_t count = 0;

	(void)state;
	assert_string_equal(create(&admin, "https://one.example", ALL), "");
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		struct entry entry = told[i].entry;
		world->clock.fixed_us += 1000;
		assert_true(db_transaction(world->db, write_entry, &entry, &error));
		count += told[i].event != NULL;
		if (events(&rows) != count)
			fail_msg("%s", told[i].entry.action);
		if (!told[i].event)
			continue;
		assert_string_equal(db_text(&rows, count - 1, 0), told[i].event);
		assert_null(strstr(db_text(&rows, count - 1, 1), "reason"));
	}
}

static bool write_and_fail(struct db_tx *tx, void *context, struct error *why)
{
	return write_entry(tx, context, why) && error_set(why, ERROR_CONFLICT, "no", "No.");
}

static void test_no_event_without_its_act(void **state)
{
	struct entry entry = {"photo.delete", "photo"};
	struct db_rows rows;

	(void)state;
	assert_string_equal(create(&admin, "https://one.example", ALL), "");
	assert_false(db_transaction(world->db, write_and_fail, &entry, &error));
	assert_int_equal(events(&rows), 0);
}

static void test_archiving_counts(void **state)
{
	struct id photo = world_photo(world, &ada, "One", NULL, NULL);
	struct photo now;
	struct db_rows rows;

	(void)state;
	assert_string_equal(create(&admin, "https://one.example", ALL), "");
	assert_true(
	    photos_archive(&world->domain, &ada, world->arena, &photo, "Reason", &now, &error));
	assert_int_equal(events(&rows), 1);
	assert_non_null(strstr(db_text(&rows, 0, 1), "\"counts\":{\"photo\":1}"));
	assert_non_null(strstr(db_text(&rows, 0, 1), "\"batch_id\":"));
	assert_null(strstr(db_text(&rows, 0, 1), "Reason"));
}

/* --- removing, testing, trying again ------------------------------------------------------- */

static void test_removed(void **state)
{
	struct entry entry = {"photo.delete", "photo"};
	struct id first;
	struct db_rows rows;

	(void)state;
	assert_string_equal(create(&admin, "https://one.example", ALL), "");
	first = made.id;
	assert_string_equal(create(&admin, "https://two.example", ALL), "");
	assert_true(db_transaction(world->db, write_entry, &entry, &error));
	assert_int_equal(events(&rows), 2);
	assert_true(webhooks_delete(&world->domain, &admin, &first, &error));
	assert_int_equal(events(&rows), 1);
	assert_true(id_equal(&(const struct id[]){db_id(&rows, 0, 3)}[0], &made.id));
	assert_int_equal(trash_entries(world, "webhook.delete"), 1);
	assert_false(webhooks_delete(&world->domain, &admin, &first, &error));
	assert_string_equal(error.code, "not_found");
}

static void test_test_events(void **state)
{
	struct webhook_delivery delivery;
	struct webhook_deliveries_page page;
	struct id next;

	(void)state;
	assert_string_equal(create(&admin, "https://one.example", event_bit("user.deleted")), "");
	for (int i = 0; i < WEBHOOK_TESTS_MAX; i++) {
		world->clock.fixed_us += 1000;
		assert_true(webhooks_test(
		    &world->domain, &admin, world->arena, &made.id, &delivery, &error));
		assert_string_equal(delivery.event, WEBHOOK_TEST);
	}
	assert_false(
	    webhooks_test(&world->domain, &admin, world->arena, &made.id, &delivery, &error));
	assert_string_equal(error.code, "tests_waiting");
	assert_true(
	    webhooks_deliveries(&world->domain, &admin, world->arena, &id_none, 4, &page, &error));
	assert_int_equal(page.count, 4);
	assert_string_equal(page.items[0].url, "https://one.example/");
	assert_true(id_equal(&page.next, &page.items[3].id));
	next = page.next;
	assert_true(
	    webhooks_deliveries(&world->domain, &admin, world->arena, &next, 4, &page, &error));
	assert_int_equal(page.count, 1);
	assert_true(id_is_none(&page.next));
	assert_true(webhooks_deliveries(
	    &world->domain, &stranger, world->arena, &id_none, 4, &page, &error));
	assert_int_equal(page.count, 0);
}

static void test_retry(void **state)
{
	struct webhook_delivery delivery;
	struct id id;

	(void)state;
	assert_string_equal(create(&admin, "https://one.example", ALL), "");
	assert_true(
	    webhooks_test(&world->domain, &admin, world->arena, &made.id, &delivery, &error));
	id = delivery.id;
	assert_false(webhooks_retry(&world->domain, &admin, world->arena, &id, &delivery, &error));
	assert_string_equal(error.code, "not_failed");
	trash_sql(world, "UPDATE webhook_outbox SET state = 'failed', attempts = 14,"
			 " settled_at = '2026-01-01', last_error = 'x'");
	assert_false(
	    webhooks_retry(&world->domain, &stranger, world->arena, &id, &delivery, &error));
	assert_string_equal(error.code, "not_found");
	assert_false(webhooks_retry(&world->domain, &ada, world->arena, &id, &delivery, &error));
	assert_string_equal(error.code, "forbidden");
	assert_true(webhooks_retry(&world->domain, &admin, world->arena, &id, &delivery, &error));
	assert_int_equal(delivery.state, WEBHOOK_WAITING);
	assert_int_equal(delivery.attempts, 0);
	assert_int_equal(delivery.settled_at_us, 0);
	assert_int_equal(delivery.next_attempt_at_us, world->clock.fixed_us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(test_names),
	    SCENE_TEST(test_created_and_listed),
	    SCENE_TEST(test_addresses),
	    SCENE_TEST(test_length_of_an_address),
	    SCENE_TEST(test_only_admins),
	    SCENE_TEST(test_no_more_than_twenty),
	    SCENE_TEST(test_the_twentieth_twice),
	    SCENE_TEST(test_an_act_is_told_to_who_wants_it),
	    SCENE_TEST(test_every_action),
	    SCENE_TEST(test_no_event_without_its_act),
	    SCENE_TEST(test_archiving_counts),
	    SCENE_TEST(test_removed),
	    SCENE_TEST(test_test_events),
	    SCENE_TEST(test_retry),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
