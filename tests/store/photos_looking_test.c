/* photos_looking_test.c - lists that narrow: whole over all their pages, however far each looks. */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <store/places.h>
#include <string.h>

#define PHOTOS 36
#define LIMIT  3

DB_STATEMENT(looking_status,
    "UPDATE photos SET status = ?, archived_at = IF(?, created_at, NULL) WHERE id = ?");
DB_STATEMENT(looking_marking,
    "INSERT INTO deletions (id, organization_id, act_id, kind, item_id, initiator_id, origin, mode,"
    " state, photo_action, deleted_at, recover_until)"
    " SELECT id, organization_id, id, 'project', id, created_by, 'admin', 'soft', 'marking', ?,"
    " created_at, '2100-01-01' FROM projects WHERE id = ?");
DB_STATEMENT(
    looking_root, "UPDATE projects SET deleted_at = created_at, deletion_id = id WHERE id = ?");
DB_STATEMENT(looking_batch,
    "INSERT INTO archive_batches (id, organization_id, created_by, criteria, purge_after,"
    " created_at) SELECT id, organization_id, created_by, '{}', '2100-01-01', created_at"
    " FROM projects WHERE id = ?");

static struct id garden, field, shop;

/* Photos of two people with every mix of place, tag and status, some archived. */
static int set_up(void **state)
{
	static const char *const statuses[] = {
	    "approved", "pending", "approved", "rejected", "deletion_requested"};
	(void)state;
	scene_people();
	world->domain.look_rows = 0;
	garden = world_place(world, &admin, PLACE_PROJECT, "garden");
	field = world_place(world, &admin, PLACE_PROJECT, "field");
	shop = world_place(world, &admin, PLACE_SITE, "shop");
	for (int i = 0; i < PHOTOS; i++) {
		struct id photo;

		world->clock.fixed_us += 1000;
		photo = world_photo(world, i % 2 ? &ada : &ben, "x",
		    i % 3 == 0   ? &garden
		    : i % 3 == 1 ? &field
				 : NULL,
		    i % 4 < 2 ? &shop : NULL);
		if (i % 7 < 3) {
			trash_tag(world, i % 2 ? &ada : &ben, &photo, "dusk");
		}
		assert_int_not_equal(db_exec(world->db, &looking_status,
					 DB_VALUES(db_bind_text(statuses[i % 5]),
					     db_bind_bool(i % 6 == 5), db_bind_id(&photo)),
					 NULL),
		    DB_ERROR);
	}
	return 0;
}

/* The project as it is while its deletion marks, before the first photo is reached. */
static void begin_marking(const struct id *project, const char *action)
{
	assert_int_equal(db_exec(world->db, &looking_marking,
			     DB_VALUES(db_bind_text(action), db_bind_id(project)), NULL),
	    DB_OK);
	assert_int_equal(
	    db_exec(world->db, &looking_batch, DB_VALUES(db_bind_id(project)), NULL), DB_OK);
	assert_int_equal(
	    db_exec(world->db, &looking_root, DB_VALUES(db_bind_id(project)), NULL), DB_OK);
}

static struct photos_page list(const struct actor *actor, const struct photos_query *query)
{
	struct photos_page page = {0};
	struct error error = {0};

	if (!photos_list(&world->domain, actor, world->arena, query, &page, &error)) {
		fail_msg("%s: %s", error.code, error.message);
	}
	return page;
}

static bool bears(const struct photo *photo, const char *tag)
{
	for (size_t i = 0; i < photo->tag_count; i++) {
		if (strcmp(photo->tags[i].name, tag) == 0) {
			return true;
		}
	}
	return false;
}

static bool fits(const struct photo *photo, const struct photos_query *query)
{
	return (id_is_none(&query->project_id) ||
		   id_equal(&photo->project_id, &query->project_id)) &&
	       (id_is_none(&query->site_id) || id_equal(&photo->site_id, &query->site_id)) &&
	       (!query->tag || bears(photo, query->tag)) &&
	       (!query->by_status || photo->status == query->status);
}

/* All pages of the list, looking at `look` rows for each, are what fits of the list that does not
 * narrow, in its order. Returns how many pages were cut short. */
static size_t check_pages(const struct actor *actor, struct photos_query query, unsigned look)
{
	struct photos_query wide = {.include_archived = query.include_archived,
	    .include_deleted = query.include_deleted,
	    .limit = 200};
	struct photos_page all, page;
	size_t at = 0, cut = 0;

	world->domain.look_rows = 0;
	all = list(actor, &wide);
	world->domain.look_rows = look;
	query.limit = LIMIT;
	do {
		page = list(actor, &query);
		for (size_t i = 0; i < page.count; i++) {
			while (at < all.count && !fits(&all.items[at], &query)) {
				at++;
			}
			assert_true(at < all.count);
			assert_true(id_equal(&all.items[at++].id, &page.items[i].id));
		}
		assert_true(page.count <= LIMIT);
		assert_true(!page.is_cut || (page.count < LIMIT && !id_is_none(&page.next)));
		assert_true(id_is_none(&page.next) || page.is_cut || page.count == LIMIT);
		cut += page.is_cut;
		query.before = page.next;
	} while (!id_is_none(&page.next));
	while (at < all.count) {
		assert_false(fits(&all.items[at++], &query));
	}
	return cut;
}

/* Every filter with every other. Returns how many pages were cut short in all. */
static size_t check_all(unsigned look)
{
	size_t cut = 0;

	for (unsigned bits = 0; bits < 32; bits++) {
		for (int status = -1; status < PHOTO_STATUS_COUNT; status++) {
			const struct actor *actor = bits & 1 ? &admin : &ada;
			struct photos_query query = {
			    .include_archived = bits & 2,
			    .include_deleted = (bits & 2) && actor == &admin,
			    .project_id = bits & 4 ? garden : id_none,
			    .site_id = bits & 8 ? shop : id_none,
			    .tag = bits & 16 ? "dusk" : NULL,
			    .by_status = status >= 0,
			    .status = (enum photo_status)(status < 0 ? 0 : status),
			};

			cut += check_pages(actor, query, look);
		}
	}
	return cut;
}

static void lists_that_narrow_are_whole(void **state)
{
	(void)state;
	assert_int_equal(check_all(PHOTOS), 0);
	assert_true(check_all(2) > 0);
	assert_true(check_all(5) > 0);
}

static void so_they_are_while_a_deletion_marks(void **state)
{
	(void)state;
	begin_marking(&garden, "delete");
	assert_true(check_all(4) > 0);
	set_up(NULL);
	begin_marking(&garden, "orphan");
	begin_marking(&field, "archive");
	assert_true(check_all(4) > 0);
}

/* So many rows and not one more: the one that fits is the third. */
static void a_page_looks_no_further_than_told(void **state)
{
	struct photos_query query = {.tag = "rare", .by_status = true, .status = PHOTO_REJECTED};
	struct photos_page page;
	struct id photos[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		world->clock.fixed_us += 1000;
		photos[i] = world_photo(world, &ada, "x", NULL, NULL);
		trash_tag(world, &ada, &photos[i], "rare");
	}
	assert_int_equal(
	    db_exec(world->db, &looking_status,
		DB_VALUES(db_bind_text("rejected"), db_bind_bool(false), db_bind_id(&photos[0])),
		NULL),
	    DB_OK);
	world->domain.look_rows = 2;
	page = list(&admin, &query);
	assert_int_equal(page.count, 0);
	assert_true(page.is_cut);
	assert_true(id_equal(&page.next, &photos[1]));
	query.before = page.next;
	page = list(&admin, &query);
	assert_int_equal(page.count, 1);
	assert_true(id_equal(&page.items[0].id, &photos[0]));
	assert_true(id_is_none(&page.next) && !page.is_cut);
	query.before = id_none;
	world->domain.look_rows = 3;
	page = list(&admin, &query);
	assert_int_equal(page.count, 1);
	assert_true(id_is_none(&page.next));
}

/* Of a place's shelves each is looked at so far, and the list is whole down to where the first of
 * them stops: the archived photos are the older ones. */
static void each_shelf_of_a_place_is_looked_at(void **state)
{
	struct photos_query query = {.include_archived = true};
	struct photos_page page;
	struct id photos[6];

	(void)state;
	query.project_id = world_place(world, &admin, PLACE_PROJECT, "yard");
	query.site_id = shop;
	for (int i = 0; i < 6; i++) {
		world->clock.fixed_us += 1000;
		photos[i] =
		    world_photo(world, &ada, "x", &query.project_id, i % 3 == 0 ? &shop : NULL);
		assert_int_not_equal(db_exec(world->db, &looking_status,
					 DB_VALUES(db_bind_text("approved"), db_bind_bool(i < 3),
					     db_bind_id(&photos[i])),
					 NULL),
		    DB_ERROR);
	}
	world->domain.look_rows = 2;
	page = list(&admin, &query);
	assert_int_equal(page.count, 0);
	assert_true(id_equal(&page.next, &photos[4]));
	query.before = page.next;
	page = list(&admin, &query);
	assert_int_equal(page.count, 1);
	assert_true(id_equal(&page.items[0].id, &photos[3]));
	assert_true(id_equal(&page.next, &photos[1]));
	query.before = page.next;
	page = list(&admin, &query);
	assert_int_equal(page.count, 1);
	assert_true(id_is_none(&page.next));
}

/* A page of the library passes over no more than so many photos that a large deletion hides, though
 * their rows do not say so yet; the pages behind it find what is left. */
static void a_marking_hides_no_more_than_a_page_looks_at(void **state)
{
	struct photos_query queries[] = {{0}, {.mine = true}, {.include_archived = true}};
	struct id barn;

	(void)state;
	barn = world_place(world, &admin, PLACE_PROJECT, "barn");
	for (int i = 0; i < 5; i++) {
		world->clock.fixed_us += 1000;
		world_photo(world, &ada, "x", &barn, NULL);
	}
	begin_marking(&barn, "delete");
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
		struct photos_page page;

		world->domain.look_rows = 2;
		page = list(&ada, &queries[i]);
		assert_int_equal(page.count, 0);
		assert_true(page.is_cut);
		queries[i].before = page.next;
		page = list(&ada, &queries[i]);
		assert_int_equal(page.count, 0);
		assert_true(page.is_cut);
		queries[i].before = page.next;
		page = list(&ada, &queries[i]);
		assert_true(page.count > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(lists_that_narrow_are_whole, set_up),
	    cmocka_unit_test_setup(so_they_are_while_a_deletion_marks, set_up),
	    cmocka_unit_test_setup(a_marking_hides_no_more_than_a_page_looks_at, set_up),
	    cmocka_unit_test_setup(a_page_looks_no_further_than_told, set_up),
	    cmocka_unit_test_setup(each_shelf_of_a_place_is_looked_at, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
