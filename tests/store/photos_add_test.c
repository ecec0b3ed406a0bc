/* photos_add_test.c - what is taken, what is refused, and that a refusal leaves nothing. */
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <store/places.h>
#include <string.h>
#include <sys/stat.h>

DB_STATEMENT(PHOTO_COUNT, "SELECT COUNT(*) FROM photos");
DB_STATEMENT(FILE_COUNT, "SELECT COUNT(*) FROM files");
DB_STATEMENT(TAG_COUNT, "SELECT COUNT(*) FROM tags");
DB_STATEMENT(AUDIT_COUNT, "SELECT COUNT(*) FROM audit_log WHERE action = 'photo.create'"
			  " AND kind = 'photo' AND item_id IN (SELECT id FROM photos)");
DB_STATEMENT(DELETE_PLACE, "UPDATE projects SET deleted_at = ?, deletion_id = ? WHERE id = ?");
DB_STATEMENT(ADD_DELETION,
    "INSERT INTO deletions (id, organization_id, act_id, kind, item_id, origin, mode, state,"
    " deleted_at, recover_until) VALUES (?, ?, ?, 'project', ?, 'admin', 'soft', 'trashed', ?, ?)");

static bool add(struct photos_upload *upload, struct photo *photo_r, struct error *error)
{
	*error = (struct error){0};
	return photos_add(&world->domain, &ada, world->arena, upload, photo_r, error);
}

static void nothing_is_left(void)
{
	assert_int_equal(world_number(world, &PHOTO_COUNT), 0);
	assert_int_equal(world_number(world, &FILE_COUNT), 0);
	assert_int_equal(world_objects(world), 0);
	assert_int_equal(world_staged(world), 0);
}

/* Add what must be refused, and see that it leaves nothing. */
static void refused(
    struct photos_upload upload, enum error_kind kind, const char *code, const char *field)
{
	struct photo photo;
	struct error error;

	if (!upload.original) {
		upload.original = world_picture(world);
	}
	assert_false(add(&upload, &photo, &error));
	assert_null(upload.original);
	assert_null(upload.thumbnail);
	assert_int_equal(error.kind, kind);
	assert_string_equal(error.code, code);
	assert_string_equal(error.field, field);
	nothing_is_left();
}

static void a_library_photo_is_approved(void **state)
{
	static const char *const tags[] = {" dusk ", "river", "dusk", "", "  "};
	struct id project = world_place(world, &ada, PLACE_PROJECT, "garden");
	struct photos_upload upload = {
	    .original = world_picture(world),
	    .thumbnail = world_picture(world),
	    .title = "  The river at dusk\t",
	    .description = "   ",
	    .project_id = project,
	    .tags = tags,
	    .tag_count = 5,
	};
	const int64_t bytes =
	    (int64_t)(storage_stage_bytes(upload.original) + storage_stage_bytes(upload.thumbnail));
	struct photo photo;
	struct error error;

	(void)state;
	assert_true(add(&upload, &photo, &error));
	assert_null(upload.original);
	assert_null(upload.thumbnail);
	assert_string_equal(photo.title, "The river at dusk");
	assert_null(photo.description);
	assert_int_equal(photo.status, PHOTO_APPROVED);
	assert_true(id_equal(&photo.uploader_id, &ada.user_id));
	assert_true(id_equal(&photo.project_id, &project));
	assert_string_equal(photo.project_name, "garden");
	assert_null(photo.submitter_email);
	assert_int_equal(photo.bytes, bytes);
	assert_int_equal(photo.tag_count, 2);
	assert_string_equal(photo.tags[0].name, "dusk");
	assert_string_equal(photo.tags[1].name, "river");
	assert_true(photo.has_thumbnail);
	assert_int_equal(photo.created_at_us, WORLD_START_US);
	assert_int_equal(world_objects(world), 2);
	assert_int_equal(world_staged(world), 0);
	assert_int_equal(world_number(world, &AUDIT_COUNT), 1);
}

static void a_site_photo_waits_with_its_submitter(void **state)
{
	struct id site = world_place(world, &ada, PLACE_SITE, "shop");
	struct photos_upload upload = {.original = world_picture(world), .site_id = site};
	struct photo photo;
	struct error error;

	(void)state;
	assert_true(add(&upload, &photo, &error));
	assert_int_equal(photo.status, PHOTO_PENDING);
	assert_string_equal(photo.submitter_name, "ada");
	assert_string_equal(photo.submitter_email, "ada@alder.example");
	assert_string_equal(photo.site_name, "shop");
}

static void a_thumbnail_that_is_missing_is_the_original(void **state)
{
	struct id with;
	struct id without = world_photo(world, &ada, "x", NULL, NULL);
	struct photos_upload upload = {
	    .original = world_picture(world), .thumbnail = world_picture(world)};
	struct photo photo;
	struct file file;
	struct error error;

	(void)state;
	assert_true(add(&upload, &photo, &error));
	with = photo.id;
	assert_true(
	    photos_file(&world->domain, &ada, world->arena, &with, FILE_THUMBNAIL, &file, &error));
	assert_int_equal(file.part, FILE_THUMBNAIL);
	assert_string_equal(file.content_type, "image/png");
	assert_true(photos_file(
	    &world->domain, &ada, world->arena, &without, FILE_THUMBNAIL, &file, &error));
	assert_int_equal(file.part, FILE_ORIGINAL);
	assert_true(storage_key_valid(file.storage_key));
	assert_false(
	    photos_file(&world->domain, &ada, world->arena, &with, FILE_ASSET, &file, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	assert_false(photos_file(
	    &world->domain, &stranger, world->arena, &with, FILE_ORIGINAL, &file, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
}

struct sample {
	const char *bytes;
	size_t length;
};
#define SAMPLE(text) ((struct sample){text, sizeof(text) - 1})

#define JPEG_HEAD                                                                                  \
	"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x0b\x08\0\1\0\1\1\1\x11\0"       \
	"\xff\xda\0\x08\1\1\0\0\x3f\0\xd2\xcf\x20"
#define GIF_HEAD "GIF89a\1\0\1\0\0\0\0\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
#define WEBP(size)                                                                                 \
	"RIFF" size "\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0"

static const struct sample WHOLE[] = {
    SAMPLE(JPEG_HEAD "\xff\xd9"),
    SAMPLE(JPEG_HEAD "\xff\xd9 and what a phone appends"),
    SAMPLE(GIF_HEAD ";"),
    SAMPLE(GIF_HEAD ";\0\0"),
    SAMPLE(WEBP("\x1a")),
};

static const char *const TYPES[] = {
    "image/jpeg", "image/jpeg", "image/gif", "image/gif", "image/webp"};

static void each_format_is_told_by_its_content(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(WHOLE) / sizeof(WHOLE[0]); i++) {
		struct photos_upload upload = {
		    .original = world_stage(world, WHOLE[i].bytes, WHOLE[i].length)};
		struct photo photo;
		struct file file;
		struct error error;

		if (!add(&upload, &photo, &error)) {
			fail_msg("sample %zu: %s", i, error.message);
		}
		assert_true(photos_file(
		    &world->domain, &ada, world->arena, &photo.id, FILE_ORIGINAL, &file, &error));
		assert_string_equal(file.content_type, TYPES[i]);
	}
}

static void what_is_cut_off_is_refused(void **state)
{
	static const struct sample cut[] = {
	    SAMPLE(JPEG_HEAD),
	    SAMPLE("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xe1\0\x06\xff\xd9"),
	    SAMPLE(GIF_HEAD),
	    SAMPLE(WEBP("\x1b")),
	    SAMPLE("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0\x3a\x7e\x9b\x55"),
	    SAMPLE("\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0\x3a\x7e"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
		refused((struct photos_upload){.original =
						   world_stage(world, cut[i].bytes, cut[i].length)},
		    ERROR_INVALID, "invalid_image", "file");
	}
}

static void what_is_no_image_is_refused(void **state)
{
	(void)state;
	refused((struct photos_upload){.original = world_stage(world, "", 0)}, ERROR_INVALID,
	    "empty_file", "file");
	refused((struct photos_upload){.original = world_stage(world, "hello", 5)}, ERROR_INVALID,
	    "invalid_image", "file");
	refused((struct photos_upload){.original = world_stage(world, "<svg xmlns='x'/>", 16)},
	    ERROR_INVALID, "invalid_image", "file");
	refused((struct photos_upload){.thumbnail = world_stage(world, "hello", 5)}, ERROR_INVALID,
	    "invalid_image", "thumbnail");
}

static char *repeat(const char *text, size_t times)
{
	char *all = arena_alloc(world->arena, strlen(text) * times + 1);

	for (size_t i = 0; i < times; i++) {
		strcat(all, text);
	}
	return all;
}

static void texts_are_counted_in_characters(void **state)
{
	struct photos_upload upload = {.title = repeat("é", PHOTOS_MAX_TITLE)};
	struct photo photo;
	struct error error;

	(void)state;
	refused((struct photos_upload){.title = repeat("é", PHOTOS_MAX_TITLE + 1)}, ERROR_INVALID,
	    "too_long", "title");
	refused((struct photos_upload){.description = repeat("x", PHOTOS_MAX_DESCRIPTION + 1)},
	    ERROR_INVALID, "too_long", "description");
	upload.original = world_picture(world);
	assert_true(add(&upload, &photo, &error));
	assert_string_equal(photo.title, repeat("é", PHOTOS_MAX_TITLE));
}

static void tags_have_their_limits(void **state)
{
	const char *tags[PHOTOS_MAX_TAGS + 1];
	struct photos_upload upload = {.tags = tags, .tag_count = PHOTOS_MAX_TAGS + 1};
	struct photo photo;
	struct error error;

	(void)state;
	for (size_t i = 0; i <= PHOTOS_MAX_TAGS; i++) {
		tags[i] = arena_printf(world->arena, "tag %zu", i);
	}
	refused(upload, ERROR_INVALID, "too_many_tags", "tags");
	tags[3] = repeat("é", PHOTOS_MAX_TAG + 1);
	refused(upload, ERROR_INVALID, "too_long", "tags");
	assert_int_equal(world_number(world, &TAG_COUNT), 0);
	tags[3] = tags[4];
	upload.original = world_picture(world);
	assert_true(add(&upload, &photo, &error));
	assert_int_equal(photo.tag_count, PHOTOS_MAX_TAGS);
}

/* What identifies compares by its bytes: é and e are two tags. */
static void tags_that_differ_in_an_accent_are_two(void **state)
{
	static const char *const tags[] = {"café", "cafe", "CAFE"};
	struct photos_upload upload = {
	    .original = world_picture(world), .tags = tags, .tag_count = 3};
	struct photo photo;
	struct error error;

	(void)state;
	assert_true(add(&upload, &photo, &error));
	assert_int_equal(photo.tag_count, 3);
	assert_int_equal(world_number(world, &TAG_COUNT), 3);
}

static void places_of_others_and_unknown_ones_are_refused(void **state)
{
	struct id theirs = world_place(world, &stranger, PLACE_PROJECT, "theirs");
	struct id site = world_place(world, &stranger, PLACE_SITE, "theirs");

	(void)state;
	refused(
	    (struct photos_upload){.project_id = theirs}, ERROR_INVALID, "unknown", "project_id");
	refused((struct photos_upload){.site_id = site}, ERROR_INVALID, "unknown", "site_id");
	refused((struct photos_upload){.project_id = site}, ERROR_INVALID, "unknown", "project_id");
}

static void an_unknown_organisation_is_not_found(void **state)
{
	struct photos_upload upload = {.original = world_picture(world)};
	struct actor caretaker =
	    world_user(world, &ada.organization_id, "root@alder.example", ROLE_PLATFORM_ADMIN);
	struct photo photo;
	struct error error = {0};

	(void)state;
	caretaker.organization_id = id_generate(1);
	assert_false(photos_add(&world->domain, &caretaker, world->arena, &upload, &photo, &error));
	assert_int_equal(error.kind, ERROR_NOT_FOUND);
	nothing_is_left();
}

static void a_deleted_place_says_by_which_deletion(void **state)
{
	struct id project = world_place(world, &ada, PLACE_PROJECT, "garden");
	struct id deletion = id_generate(1);
	struct photos_upload upload = {.original = world_picture(world), .project_id = project};
	struct photo photo;
	struct error error;
	char text[ID_TEXT_SIZE];

	(void)state;
	assert_int_equal(db_exec(world->db, &ADD_DELETION,
			     DB_VALUES(db_bind_id(&deletion), db_bind_id(&ada.organization_id),
				 db_bind_id(&deletion), db_bind_id(&project), db_bind_time(1000),
				 db_bind_time(1000)),
			     NULL),
	    DB_OK);
	assert_int_equal(
	    db_exec(world->db, &DELETE_PLACE,
		DB_VALUES(db_bind_time(1000), db_bind_id(&deletion), db_bind_id(&project)), NULL),
	    DB_OK);
	assert_false(add(&upload, &photo, &error));
	assert_int_equal(error.kind, ERROR_CONFLICT);
	assert_string_equal(error.code, "container_deleted");
	assert_string_equal(error.reference_name, "deletion_id");
	id_format(&deletion, text);
	assert_string_equal(error.reference, text);
	nothing_is_left();
}

/* The objects are there and the transaction fails: they go again. */
static void a_failed_transaction_leaves_no_objects(void **state)
{
	struct photos_upload upload = {
	    .original = world_picture(world), .thumbnail = world_picture(world)};
	struct actor nobody = ada;
	struct photo photo;
	struct error error = {0};

	(void)state;
	nobody.user_id = id_generate(1); /* no such user: the foreign key refuses */
	assert_false(photos_add(&world->domain, &nobody, world->arena, &upload, &photo, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	nothing_is_left();
}

/* A storage whose folders cannot be written stores nothing, and no row is written. */
static void a_storage_out_of_reach_leaves_no_rows(void **state)
{
	struct photos_upload upload = {.original = world_picture(world)};
	struct photo photo;
	struct error error;
	char path[128];
	FILE *file = NULL;

	(void)state;
	/* Every folder that an object might go into is a file. */
	for (int i = 0; i < 256; i++) {
		snprintf(path, sizeof(path), "%s/%02x", world->folder, (unsigned)i);
		file = fopen(path, "w");
		assert_non_null(file);
		fclose(file);
	}
	assert_false(add(&upload, &photo, &error));
	assert_int_equal(error.kind, ERROR_UNAVAILABLE);
	assert_string_equal(error.code, "storage_unavailable");
	assert_int_equal(world_number(world, &PHOTO_COUNT), 0);
	assert_int_equal(world_staged(world), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SCENE_TEST(a_library_photo_is_approved),
	    SCENE_TEST(a_site_photo_waits_with_its_submitter),
	    SCENE_TEST(a_thumbnail_that_is_missing_is_the_original),
	    SCENE_TEST(each_format_is_told_by_its_content),
	    SCENE_TEST(what_is_cut_off_is_refused),
	    SCENE_TEST(what_is_no_image_is_refused),
	    SCENE_TEST(texts_are_counted_in_characters),
	    SCENE_TEST(tags_have_their_limits),
	    SCENE_TEST(tags_that_differ_in_an_accent_are_two),
	    SCENE_TEST(places_of_others_and_unknown_ones_are_refused),
	    SCENE_TEST(an_unknown_organisation_is_not_found),
	    SCENE_TEST(a_deleted_place_says_by_which_deletion),
	    SCENE_TEST(a_failed_transaction_leaves_no_objects),
	    SCENE_TEST(a_storage_out_of_reach_leaves_no_rows),
	};

	return cmocka_run_group_tests_name("photos_add", tests, scene_start, scene_stop);
}
