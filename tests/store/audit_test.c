/* audit_test.c - the trail: one entry an act, filters, pages, exports, and that it never changes.
 */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/buf.h>
#include <domain/audit.h>
#include <string.h>

struct writing {
	const struct actor *actor;
	struct audit_event event;
	bool fails;
};

static bool write_one(struct db_tx *tx, void *context, struct error *error)
{
	const struct writing *c = context;

	if (!audit_write(tx, &world->domain, c->actor, &c->event, error)) {
		return false;
	}
	return !c->fails || error_set(error, ERROR_CONFLICT, "test", "Rolled back.");
}

static void write_entry(const struct actor *actor, const char *action, const struct id *item,
    const char *reason, bool fails)
{
	struct doc *details = doc_object(world->arena);
	struct writing writing = {.actor = actor, .fails = fails};
	struct error error = {0};

	doc_set_int(details, "photos", 2);
	writing.event = (struct audit_event){.action = action,
	    .kind = "photo",
	    .item_id = *item,
	    .mode = "soft",
	    .details = details,
	    .reason = reason};
	world->clock.fixed_us += 1000;
	assert_int_equal(db_transaction(world->db, write_one, &writing, &error), !fails);
}

static struct audit_page list(const struct audit_query *query)
{
	struct audit_page page;
	struct error error = {0};

	assert_true(audit_list(&world->domain, &admin, world->arena, query, &page, &error));
	return page;
}

static void an_entry_tells_all_of_an_act(void **state)
{
	struct id item = id_generate(WORLD_START_US);
	struct audit_query query = {.limit = 50};
	struct actor asked = ada;
	struct audit_page page;

	(void)state;
	asked.request_id = "req-1";
	write_entry(&asked, "photo.delete", &item, "No longer wanted", false);
	page = list(&query);
	assert_int_equal(page.count, 1);
	assert_int_equal(page.items[0].at_us, WORLD_START_US + 1000);
	assert_string_equal(page.items[0].actor, ada.uid);
	assert_string_equal(page.items[0].action, "photo.delete");
	assert_string_equal(page.items[0].kind, "photo");
	assert_true(id_equal(&page.items[0].item_id, &item));
	assert_string_equal(page.items[0].mode, "soft");
	assert_string_equal(page.items[0].details, "{\"photos\":2}");
	assert_string_equal(page.items[0].request_id, "req-1");
	assert_string_equal(page.items[0].reason, "No longer wanted");
}

static void an_entry_goes_with_its_transaction(void **state)
{
	struct id item = id_generate(WORLD_START_US);

	(void)state;
	write_entry(&ada, "photo.delete", &item, "Reason", true);
	assert_int_equal(trash_rows(world, "audit_log"), 0);
}

static void filters_narrow(void **state)
{
	struct id first = id_generate(WORLD_START_US), second = id_generate(WORLD_START_US);
	struct audit_query query = {.limit = 50};

	(void)state;
	write_entry(&ada, "photo.delete", &first, NULL, false);
	write_entry(&admin, "photo.delete", &second, NULL, false);
	write_entry(&admin, "photo.restore", &second, NULL, false);
	write_entry(&stranger, "photo.delete", &first, NULL, false);
	assert_int_equal(list(&query).count, 3); /* not the other organisation's */
	query.actor = admin.uid;
	assert_int_equal(list(&query).count, 2);
	query.action = "photo.delete";
	assert_int_equal(list(&query).count, 1);
	query.actor = NULL;
	assert_int_equal(list(&query).count, 2);
	query.item_id = second;
	assert_int_equal(list(&query).count, 1);
	query = (struct audit_query){.limit = 50, .kind = "quest"};
	assert_int_equal(list(&query).count, 0);
	query.kind = "photo";
	assert_int_equal(list(&query).count, 3);
	/* From a time on, and before one, to the microsecond. */
	query = (struct audit_query){.limit = 50, .from_us = WORLD_START_US + 2000};
	assert_int_equal(list(&query).count, 2);
	query.from_us++;
	assert_int_equal(list(&query).count, 1);
	query = (struct audit_query){.limit = 50, .to_us = WORLD_START_US + 2000};
	assert_int_equal(list(&query).count, 1);
	query.to_us++;
	assert_int_equal(list(&query).count, 2);
}

static void pages_are_complete(void **state)
{
	struct id item = id_generate(WORLD_START_US);
	struct audit_query query = {.limit = 3};
	struct audit_page page;
	size_t seen = 0;
	int64_t last = INT64_MAX;

	(void)state;
	for (int i = 0; i < 10; i++) {
		write_entry(&ada, "photo.delete", &item, NULL, false);
	}
	do {
		page = list(&query);
		for (size_t i = 0; i < page.count; i++, seen++) {
			assert_true(page.items[i].at_us < last);
			last = page.items[i].at_us;
			query.after = page.items[i].id;
		}
	} while (page.more);
	assert_int_equal(seen, 10);
}

static void only_admins_read_it(void **state)
{
	struct audit_query query = {.limit = 50};
	struct audit_page page;
	struct error error = {0};

	(void)state;
	assert_false(audit_list(&world->domain, &ada, world->arena, &query, &page, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
}

static bool collect(const char *bytes, size_t length, void *context)
{
	buf_append(context, bytes, length);
	return true;
}

static void export_as(enum audit_format format, struct buf *out)
{
	struct audit_query query = {0};
	struct error error = {0};

	assert_true(audit_export(&world->domain, &admin, &query, format, collect, out, &error));
}

static void csv_is_quoted_and_cannot_compute(void **state)
{
	static const char *const reasons[] = {
	    "=1+1", "+1", "-1", "@cmd", "\tx", "a,\"b\"", "two\nlines", "=a,b"};
	static const char *const cells[] = {",'=1+1,", ",'+1,", ",'-1,", ",'@cmd,", ",'\tx,",
	    ",\"a,\"\"b\"\"\",", ",\"two\nlines\",", ",\"'=a,b\","};
	struct id item = id_generate(WORLD_START_US);
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		write_entry(&ada, "photo.delete", &item, reasons[i], false);
	}
	export_as(AUDIT_CSV, &out);
	assert_ptr_equal(strstr(out.data, "id,at,actor,action,kind,item_id,mode,reason,details,"
					  "request_id\r\n"),
	    out.data);
	for (size_t i = 0; i < 8; i++) {
		if (!strstr(out.data, cells[i])) {
			fail_msg("%s is not in %s", cells[i], out.data);
		}
	}
	assert_non_null(strstr(out.data, ",\"{\"\"photos\"\":2}\","));
	buf_free(&out);
}

static void an_empty_csv_has_its_head(void **state)
{
	struct buf out = {0};

	(void)state;
	export_as(AUDIT_CSV, &out);
	assert_string_equal(
	    out.data, "id,at,actor,action,kind,item_id,mode,reason,details,request_id\r\n");
	buf_free(&out);
}

static void json_lines_are_one_object_each(void **state)
{
	struct id item = id_generate(WORLD_START_US);
	struct buf out = {0};
	size_t lines = 0;

	(void)state;
	write_entry(&ada, "photo.delete", &item, "\"quoted\"", false);
	write_entry(&ada, "photo.restore", &item, NULL, false);
	export_as(AUDIT_JSON_LINES, &out);
	for (size_t i = 0; i < out.length; i++) {
		lines += out.data[i] == '\n';
	}
	assert_int_equal(lines, 2);
	assert_ptr_equal(strstr(out.data, "{\"id\":\""), out.data);
	assert_non_null(strstr(out.data, "\"reason\":\"\\\"quoted\\\"\""));
	assert_non_null(strstr(out.data, ",\"details\":{\"photos\":2}}\n"));
	buf_free(&out);
}

static void an_export_goes_beyond_its_pages(void **state)
{
	struct buf out = {0};
	size_t lines = 0;

	(void)state;
	trash_sql(world,
	    "INSERT INTO audit_log (id, organization_id, at, actor, action, details)"
	    " SELECT UNHEX(LPAD(HEX(seq), 32, '0')), %s, '2026-01-21', 'a', 'b', '{}'"
	    " FROM seq_1_to_1203",
	    trash_hex(world, &admin.organization_id));
	export_as(AUDIT_JSON_LINES, &out);
	for (size_t i = 0; i < out.length; i++) {
		lines += out.data[i] == '\n';
	}
	assert_int_equal(lines, 1203);
	buf_free(&out);
}

static bool refuse(const char *bytes, size_t length, void *context)
{
	(void)bytes;
	(void)length;
	(void)context;
	return false;
}

static void an_export_can_be_stopped(void **state)
{
	struct id item = id_generate(WORLD_START_US);
	struct audit_query query = {0};
	struct error error = {0};

	(void)state;
	write_entry(&ada, "photo.delete", &item, NULL, false);
	assert_false(audit_export(&world->domain, &admin, &query, AUDIT_CSV, refuse, NULL, &error));
	assert_string_equal(error.code, "export_stopped");
	assert_false(audit_export(&world->domain, &ada, &query, AUDIT_CSV, refuse, NULL, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
}

static uint64_t revision(void)
{
	uint64_t revision;
	struct error error = {0};

	assert_true(
	    audit_revision(&world->domain, &ada.organization_id, world->arena, &revision, &error));
	return revision;
}

static void the_revision_follows_the_trail(void **state)
{
	struct id item = id_generate(WORLD_START_US);
	uint64_t before = revision();

	(void)state;
	assert_true(before == revision());
	write_entry(&stranger, "photo.delete", &item, NULL, false);
	assert_true(before == revision()); /* another organisation's */
	write_entry(&ada, "photo.delete", &item, NULL, false);
	assert_true(before != revision());
	before = revision();
	/* An entry that commits late, with an older id. */
	world->clock.fixed_us -= 500 * 1000;
	write_entry(&ada, "photo.delete", &item, NULL, false);
	assert_true(before != revision());
}

static void the_application_cannot_change_it(void **state)
{
	(void)state;
	assert_int_equal(db_run(world->db, "UPDATE audit_log SET actor = 'x'"), DB_ERROR);
	assert_int_equal(db_run(world->db, "DELETE FROM audit_log"), DB_ERROR);
	assert_int_equal(db_run(world->db, "DELETE FROM audit_reasons"), DB_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(an_entry_tells_all_of_an_act),
	    SCENE_TEST(an_entry_goes_with_its_transaction),
	    SCENE_TEST(filters_narrow),
	    SCENE_TEST(pages_are_complete),
	    SCENE_TEST(only_admins_read_it),
	    SCENE_TEST(csv_is_quoted_and_cannot_compute),
	    SCENE_TEST(an_empty_csv_has_its_head),
	    SCENE_TEST(json_lines_are_one_object_each),
	    SCENE_TEST(an_export_goes_beyond_its_pages),
	    SCENE_TEST(an_export_can_be_stopped),
	    SCENE_TEST(the_revision_follows_the_trail),
	    SCENE_TEST(the_application_cannot_change_it),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
