/* requests_lists_test.c - who sees which request, page by page, and how many there are. */
#include "../support/asking.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <store/requests.h>
#include <string.h>

static struct error error;

static struct id asked(const struct actor *by, const char *before, struct request *request_r)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, before);

	assert_string_equal(asking_ask(world, by, &photo, request_r), "");
	return photo;
}

/* --- who sees which --- */

static size_t list(const struct actor *actor, enum requests_scope scope, enum request_status status,
    struct requests_page *page_r)
{
	const struct requests_query query = {.scope = scope, .status = status};

	error_clear(&error);
	*page_r = (struct requests_page){0};
	if (!requests_list(&world->domain, actor, world->arena, &query, page_r, &error)) {
		return 99;
	}
	return page_r->count;
}

static void each_sees_their_own_and_those_on_their_sites(void **state)
{
	struct request on_site, elsewhere;
	struct requests_page page;
	struct request found;
	struct id photo = asking_photo(world, &cast.ada, &cast.other_site, NULL);

	(void)state;
	(void)asked(&cast.ada, NULL, &on_site);
	assert_string_equal(asking_ask(world, &cast.ada, &photo, &elsewhere), "");
	assert_int_equal(list(&cast.admin, REQUESTS_ALL, REQUEST_PENDING, &page), 2);
	assert_int_equal(list(&cast.stranger, REQUESTS_ALL, REQUEST_PENDING, &page), 0);
	assert_int_equal(list(&cast.ada, REQUESTS_ALL, REQUEST_PENDING, &page), 99);
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	assert_int_equal(list(&cast.ada, REQUESTS_OWN, REQUEST_PENDING, &page), 2);
	assert_int_equal(list(&cast.ben, REQUESTS_OWN, REQUEST_PENDING, &page), 0);
	assert_int_equal(list(&cast.ben, REQUESTS_ON_SITES, REQUEST_PENDING, &page), 99);
	assert_string_equal(error.code, "no_site");
	assert_int_equal(list(&cast.shop, REQUESTS_ON_SITES, REQUEST_PENDING, &page), 1);
	assert_true(id_equal(&page.items[0].id, &on_site.id));
	/* What was asked and why, not under which address. */
	assert_null(page.items[0].requester_email);
	assert_string_equal(page.items[0].reason, REASON);
	assert_true(
	    requests_find(&world->domain, &cast.shop, world->arena, &on_site.id, &found, &error));
	assert_null(found.requester_email);
	assert_false(
	    requests_find(&world->domain, &cast.shop, world->arena, &elsewhere.id, &found, &error));
	assert_false(
	    requests_find(&world->domain, &cast.ben, world->arena, &on_site.id, &found, &error));
	assert_false(requests_find(
	    &world->domain, &cast.stranger, world->arena, &on_site.id, &found, &error));
	/* A deleted site has no owner. */
	trash_sql(world, "UPDATE sites SET deleted_at = '2026-01-01' WHERE id = %s",
	    trash_hex(world, &cast.site));
	assert_int_equal(list(&cast.shop, REQUESTS_ON_SITES, REQUEST_PENDING, &page), 99);
}

static void site_owners_see_what_can_be_recovered_of_theirs(void **state)
{
	struct id theirs = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct id other = asking_photo(world, &cast.ada, &cast.other_site, NULL);
	const struct photos_query query = {0};
	struct photos_page page;

	(void)state;
	assert_string_equal(trash_delete(world, &cast.admin, &theirs, NULL), "");
	assert_string_equal(trash_delete(world, &cast.admin, &other, NULL), "");
	assert_true(
	    requests_recoverable(&world->domain, &cast.shop, world->arena, &query, &page, &error));
	assert_int_equal(page.count, 1);
	assert_true(id_equal(&page.items[0].id, &theirs));
	assert_true(page.items[0].recover_until_us == WORLD_START_US + 4 * HOUR_US);
	assert_true(
	    requests_recoverable(&world->domain, &cast.admin, world->arena, &query, &page, &error));
	assert_int_equal(page.count, 2);
	assert_false(
	    requests_recoverable(&world->domain, &cast.ada, world->arena, &query, &page, &error));
	assert_int_equal(error.kind, ERROR_FORBIDDEN);
	world->clock.fixed_us += 4 * HOUR_US;
	assert_true(
	    requests_recoverable(&world->domain, &cast.shop, world->arena, &query, &page, &error));
	assert_int_equal(page.count, 0);
}

/* Page by page, every request once, in the queue's order; also over several sites. */
static void the_queue_is_read_page_by_page_soonest_due_first(void **state)
{
	struct requests_query query = {.limit = 2, .status = REQUEST_PENDING};
	enum { ASKED = 7 };

	(void)state;
	asking_claim(world, &cast.shop, &cast.other_site);
	for (int i = 0; i < ASKED; i++) {
		struct id photo =
		    asking_photo(world, &cast.ada, i % 2 ? &cast.site : &cast.other_site, NULL);
		assert_string_equal(
		    asking_ask(world, i % 2 ? &cast.ada : &cast.admin, &photo, NULL), "");
		world->clock.fixed_us += 2 * HOUR_US;
	}
	/* One that is due sooner than its age says. */
	trash_sql(world, "UPDATE deletion_requests SET due_at = '2026-02-01'"
			 " ORDER BY id DESC LIMIT 1");
	for (int scope = 0; scope < 2; scope++) {
		const struct actor *actor = scope ? &cast.shop : &cast.admin;
		struct requests_page page;
		int64_t last_us = 0;
		int seen = 0;

		query.scope = scope ? REQUESTS_ON_SITES : REQUESTS_ALL;
		query.after_us = 0;
		query.after_id = id_none;
		do {
			assert_true(requests_list(
			    &world->domain, actor, world->arena, &query, &page, &error));
			for (size_t i = 0; i < page.count; i++) {
				assert_true(page.items[i].due_at_us > last_us);
				last_us = page.items[i].due_at_us;
				seen++;
			}
			/* The id alone is enough for the API's cursor. */
			query.after_us = scope ? page.next_us : 0;
			query.after_id = page.next_id;
		} while (!id_is_none(&page.next_id));
		assert_int_equal(seen, ASKED);
	}
	query.after_id = id_generate(world->clock.fixed_us);
	query.after_us = 0;
	query.scope = REQUESTS_ALL;
	struct requests_page page;
	assert_false(
	    requests_list(&world->domain, &cast.admin, world->arena, &query, &page, &error));
	assert_string_equal(error.field, "cursor");
	query.limit = 201;
	assert_false(
	    requests_list(&world->domain, &cast.admin, world->arena, &query, &page, &error));
	assert_string_equal(error.field, "limit");
}

/* What is settled newest first, for admins and on several sites alike. */
static void what_is_settled_is_read_newest_first(void **state)
{
	enum { ASKED = 5 };
	struct id asked_ids[ASKED];

	(void)state;
	asking_claim(world, &cast.shop, &cast.other_site);
	for (int i = 0; i < ASKED; i++) {
		struct id photo =
		    asking_photo(world, &cast.ada, i % 2 ? &cast.site : &cast.other_site, NULL);
		struct request request;

		assert_string_equal(asking_ask(world, &cast.ada, &photo, &request), "");
		assert_string_equal(asking_review(world, &cast.admin, &photo, false, NULL), "");
		asked_ids[i] = request.id;
		world->clock.fixed_us += 2 * HOUR_US;
	}
	for (int way = 0; way < 4; way++) {
		const struct actor *actor = way % 2 ? &cast.shop : &cast.admin;
		struct requests_query query = {.limit = 2,
		    .status = REQUEST_REJECTED,
		    .scope = way % 2 ? REQUESTS_ON_SITES : REQUESTS_ALL};
		struct requests_page page;
		int seen = 0;

		do {
			assert_true(requests_list(
			    &world->domain, actor, world->arena, &query, &page, &error));
			for (size_t i = 0; i < page.count; i++) {
				seen++;
				assert_true(id_equal(&page.items[i].id, &asked_ids[ASKED - seen]));
			}
			query.after_us = way < 2 ? page.next_us : 0;
			query.after_id = page.next_id;
		} while (!id_is_none(&page.next_id));
		assert_int_equal(seen, ASKED);
	}
}

static void a_request_is_overdue_from_its_due_time_on(void **state)
{
	struct request request;
	struct request_counts counts;
	int64_t pending, overdue;

	(void)state;
	(void)asked(&cast.ada, NULL, &request);
	for (int late = 0; late < 2; late++) {
		world->clock.fixed_us = WORLD_START_US + 28 * DAY_US - 1 + late;
		assert_true(requests_pending(
		    &world->domain, &cast.admin, world->arena, &pending, &overdue, &error));
		assert_int_equal(pending, 1);
		assert_int_equal(overdue, late);
		assert_int_equal(store_requests_count(world->db, world->arena, &id_none,
				     world->clock.fixed_us, 100, &counts),
		    DB_OK);
		assert_int_equal(counts.pending, 1);
		assert_int_equal(counts.overdue, late);
	}
	assert_true(requests_pending(
	    &world->domain, &cast.stranger, world->arena, &pending, &overdue, &error));
	assert_int_equal(pending, 0);
	assert_false(
	    requests_pending(&world->domain, &cast.ada, world->arena, &pending, &overdue, &error));
}

/* --- by index --- */

DB_STATEMENT(review_explain_queue,
    "EXPLAIN SELECT id FROM deletion_requests FORCE INDEX (due) WHERE organization_id = ?"
    " AND organization_id = ? AND status = 'pending' AND due_at >= ? AND (due_at > ? OR id > ?)"
    " ORDER BY due_at, id LIMIT 51");

static void the_queue_is_read_by_its_index(void **state)
{
	const struct db_value tenant = db_bind_id(&cast.alder);
	const struct db_value from = db_bind_time(1);
	struct db_rows rows = {0};

	(void)state;
	assert_int_equal(db_query(world->db, world->arena, &review_explain_queue,
			     DB_VALUES(tenant, tenant, from, from, db_bind_id(&cast.alder)), &rows),
	    DB_OK);
	assert_int_equal(rows.count, 1);
	assert_string_equal(db_text(&rows, 0, 5), "due");
	assert_null(strstr(db_text(&rows, 0, 9), "filesort"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ASKING_TEST(each_sees_their_own_and_those_on_their_sites),
	    ASKING_TEST(site_owners_see_what_can_be_recovered_of_theirs),
	    ASKING_TEST(the_queue_is_read_page_by_page_soonest_due_first),
	    ASKING_TEST(what_is_settled_is_read_newest_first),
	    ASKING_TEST(a_request_is_overdue_from_its_due_time_on),
	    ASKING_TEST(the_queue_is_read_by_its_index),
	};

	return cmocka_run_group_tests_name("requests_lists", tests, scene_start, scene_stop);
}
