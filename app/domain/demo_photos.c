/* demo_photos.c - the photos: who added what, when, where, with which words. */
#include "demo.h"
#include "photos.h"

#include <store/tags.h>
#include <string.h>

static const struct demo_picture {
	int ago; /* minutes */
	enum demo_person by;
	const char *title, *description;
	const char *tags; /* comma-separated */
	int project, site, album;
	unsigned scene;
} PHOTOS[] = {
    [P_DAWN] = {DAYS(44), ADA, "Hills at dawn", "From the upper gate, a little after five.",
	"dawn,hills", ORCHARD, NOWHERE, BEST, 0},
    [P_ORCHARD] = {DAYS(41), ADA, "The orchard in May", "Rows nine to fourteen.", "orchard,spring",
	ORCHARD, NOWHERE, BEST, 4},
    [P_LAKE] = {DAYS(37), ADA, "Night at the lake", NULL, "night,water", NOWHERE, NOWHERE, BEST, 3},
    [P_VALLEY] = {DAYS(36), BEN, "The river valley", "Where the path turns north.", "river,water",
	NOWHERE, NOWHERE, WALKS, 8},
    [P_DUNES] = {DAYS(35), ADA, "Dunes", "A day off at the coast.", "coast", NOWHERE, NOWHERE, BEST,
	7},
    [P_GATE] = {DAYS(43), ADA, "The old gate in the evening", NULL, "dusk", ORCHARD, NOWHERE,
	NOWHERE, 10},
    [P_STORM] = {DAYS(30), ADA, "Before the storm", "Ten minutes later it poured.", "weather,hills",
	ORCHARD, NOWHERE, BEST, 9},
    [P_BULK1] = {DAYS(12), ADA, "Test shot one", NULL, "test", NOWHERE, NOWHERE, NOWHERE, 1},
    [P_BULK2] = {DAYS(12), ADA, "Test shot two", NULL, "test", NOWHERE, NOWHERE, NOWHERE, 1},
    [P_BULK3] = {DAYS(12), ADA, "Test shot three", NULL, "test", NOWHERE, NOWHERE, NOWHERE, 1},
    [P_OVERRIDE] = {DAYS(20), BEN, "Neighbour's yard", NULL, "hills", NOWHERE, NOWHERE, NOWHERE, 6},
    [P_CLOSING] = {DAYS(18), BEN, "Blurred river", NULL, "river", NOWHERE, NOWHERE, WALKS, 8},
    [P_PUT_AWAY] = {DAYS(33), BEN, "Last year's snow", NULL, "winter", CATALOGUE, NOWHERE, NOWHERE,
	5},
    [P_ASKED_SUBMITTER] = {DAYS(25), ADA, "Queue at the stall", "Saturday, before ten.", "market",
	NOWHERE, FARM_SHOP, NOWHERE, 11},
    [P_ASKED_OWNER] = {DAYS(24), BEN, "The stall in the rain", NULL, "market,weather", NOWHERE,
	FARM_SHOP, NOWHERE, 11},
    [P_OVERDUE] = {DAYS(40), BEN, "Lemons for the market", NULL, "market,fruit", NOWHERE, FARM_SHOP,
	NOWHERE, 13},
    [P_KEPT] = {DAYS(28), ADA, "Apples, first day", NULL, "market,fruit", NOWHERE, FARM_SHOP,
	NOWHERE, 12},
    [P_GRANTED] = {DAYS(27), ADA, "At the till", NULL, "market", NOWHERE, FARM_SHOP, NOWHERE, 11},
    [P_WAITING] = {DAYS(2), ADA, "New awning", "Put up this morning.", "market", NOWHERE, FARM_SHOP,
	NOWHERE, 11},
    [P_TURNED_DOWN] = {DAYS(5), ADA, "Dark corner", NULL, NULL, NOWHERE, FARM_SHOP, NOWHERE, 3},
    [P_STALL] = {DAYS(26), ADA, "Crates of apples", "Four sorts, all from row twelve.",
	"market,fruit", STALL_BOOK, FARM_SHOP, NOWHERE, 12},
    [P_HISTORY] = {DAYS(8), ADA, "Doubled exposure", NULL, NULL, NOWHERE, NOWHERE, NOWHERE, 2},
    [P_HISTORY + 1] = {DAYS(8), BEN, "Boots", NULL, NULL, NOWHERE, NOWHERE, NOWHERE, 7},
    [P_HISTORY + 2] = {DAYS(8), ADA, "Fog, nothing else", NULL, "weather", NOWHERE, NOWHERE,
	NOWHERE, 9},
    [P_HISTORY + 3] = {DAYS(8), ADA, "Meadow, again", NULL, "hills", NOWHERE, NOWHERE, NOWHERE, 1},
    [P_HISTORY + 4] = {DAYS(8), BEN, "Wrong lens", NULL, NULL, NOWHERE, NOWHERE, NOWHERE, 6},
    [P_HISTORY_END] = {DAYS(8), ADMIN, "Scan with a crease", NULL, NULL, NOWHERE, NOWHERE, NOWHERE,
	10},
    [P_BIRCH_MAP] = {DAYS(32), MIA, "View from the reading room", NULL, "house", HERBARIUM, NOWHERE,
	OLD_PAPERS, 6},
    [P_BIRCH_ARCHIVED] = {DAYS(31), MIA, "Birches in winter", NULL, "winter", HERBARIUM, NOWHERE,
	NOWHERE, 5},
    [P_BIRCH_DELETED] = {DAYS(15), MIA, "Lamp", NULL, NULL, NOWHERE, NOWHERE, NOWHERE, 13},
    [P_OTHERS] = {DAYS(39), ADA, "Dusk at the sea", NULL, "dusk,water,coast", NOWHERE, NOWHERE,
	BEST, 2},
    {DAYS(34), ADA, "Autumn wood", "The week before the leaves fell.", "autumn", CATALOGUE, NOWHERE,
	NOWHERE, 6},
    {DAYS(29), ADA, "Winter slopes", NULL, "winter,hills", CATALOGUE, NOWHERE, NOWHERE, 5},
    {DAYS(22), ADA, "Meadow at noon", NULL, "hills,spring", NOWHERE, NOWHERE, NOWHERE, 1},
    {DAYS(38), BEN, "A pink evening", NULL, "dusk,river", NOWHERE, NOWHERE, WALKS, 10},
    {DAYS(21), BEN, "Lemons in the light", NULL, "fruit", STALL_BOOK, NOWHERE, NOWHERE, 13},
    {DAYS(14), BEN, "Morning on the river", NULL, "river,dawn,water", NOWHERE, NOWHERE, WALKS, 8},
    {DAYS(11), BEN, "Trail marker", "The third after the bridge.", "river", NOWHERE, TRAIL, NOWHERE,
	0},
    {DAYS(10), ADMIN, "The farm from above", NULL, "hills,orchard", ORCHARD, NOWHERE, NOWHERE, 4},
    {DAYS(9), SHOP, "Our stall", NULL, "market", STALL_BOOK, NOWHERE, NOWHERE, 11},
    {DAYS(7), CREATOR, "Map of the quest", NULL, NULL, NOWHERE, NOWHERE, NOWHERE, 7},
    {DAYS(19), VISITOR, "My children at the stall", NULL, NULL, NOWHERE, FARM_SHOP, NOWHERE, 11},
    {DAYS(17), VISITOR, "Basket of apples", NULL, NULL, NOWHERE, FARM_SHOP, NOWHERE, 12},
    {DAYS(23), BIRCH_ADMIN, "The stacks at night", NULL, "house", NOWHERE, NOWHERE, NOWHERE, 3},
    {DAYS(13), MIA, "Pressed leaves", NULL, "autumn", HERBARIUM, NOWHERE, OLD_PAPERS, 6},
};
#define PHOTO_COUNT (sizeof(PHOTOS) / sizeof(PHOTOS[0]))
_Static_assert(PHOTO_COUNT <= DEMO_PHOTOS, "there is no room for all photos");

/* Which submissions an admin has looked through already: all but those two. */
static bool is_approved(size_t photo)
{
	return PHOTOS[photo].site != NOWHERE && PHOTOS[photo].by != VISITOR && photo != P_WAITING &&
	       photo != P_TURNED_DOWN;
}

static struct id place_of(const struct demo *demo, int place)
{
	return place == NOWHERE ? id_none : demo->places[place];
}

static bool paint(const struct demo *demo, size_t photo, struct storage_stage **original_r,
    struct storage_stage **thumbnail_r, struct error *error)
{
	const struct picture picture = {
	    .scene = PHOTOS[photo].scene, .seed = 11 + (unsigned)photo * 5};

	*original_r =
	    picture_stage(demo->domain.storage, &picture, PICTURE_WIDTH, PICTURE_HEIGHT, error);
	*thumbnail_r = *original_r ? picture_stage(demo->domain.storage, &picture,
					 PICTURE_THUMBNAIL_WIDTH, PICTURE_THUMBNAIL_HEIGHT, error)
				   : NULL;
	if (!*thumbnail_r) {
		storage_discard(original_r);
	}
	return *thumbnail_r != NULL;
}

static size_t split_tags(const struct demo *demo, const char *tags, const char *names[8])
{
	size_t count = 0;
	char *rest = arena_dup(demo->arena, tags);

	for (char *name = rest ? strtok_r(rest, ",", &rest) : NULL; name && count < 8;
	     name = strtok_r(NULL, ",", &rest)) {
		names[count++] = name;
	}
	return count;
}

static bool add_photo(struct demo *demo, size_t photo, struct error *error)
{
	const struct demo_picture *row = &PHOTOS[photo];
	const char *tags[8];
	struct photos_upload upload = {
	    .title = row->title,
	    .description = row->description,
	    .project_id = place_of(demo, row->project),
	    .site_id = place_of(demo, row->site),
	    .tags = tags,
	    .tag_count = split_tags(demo, row->tags, tags),
	};
	struct photo added;

	if (!paint(demo, photo, &upload.original, &upload.thumbnail, error) ||
	    !photos_add(
		&demo->domain, &demo->people[row->by], demo->arena, &upload, &added, error)) {
		return false;
	}
	demo->photos[photo] = added.id;
	return !is_approved(photo) ||
	       photos_review(&demo->domain, &demo->people[ADMIN], demo->arena, &added.id,
		   PHOTO_APPROVED, NULL, &added, error);
}

/* What somebody without an account handed in: only the host application does that. */
struct submission {
	struct demo *demo;
	struct photo_draft draft;
};

static bool insert_submission(struct db_tx *tx, void *context, struct error *error)
{
	const struct submission *submission = context;

	return photos_insert(tx, &submission->draft, error) &&
	       demo_record(tx, submission->demo, &submission->demo->people[VISITOR], "photo.create",
		   "photo", &submission->draft.photo.id, error);
}

static bool add_submission(struct demo *demo, size_t photo, struct error *error)
{
	const struct demo_picture *row = &PHOTOS[photo];
	struct submission *submission = arena_alloc(demo->arena, sizeof(*submission));
	struct storage_stage *original = NULL;
	struct storage_stage *thumbnail = NULL;

	submission->demo = demo;
	submission->draft.photo = (struct photo){
	    .id = id_generate(demo->clock.fixed_us),
	    .organization_id = demo->people[VISITOR].organization_id,
	    .site_id = place_of(demo, row->site),
	    .title = row->title,
	    .submitter_name = "Vera Finch",
	    .submitter_email = "visitor@mail.example",
	    .status = PHOTO_APPROVED,
	    .created_at_us = demo->clock.fixed_us,
	};
	demo->photos[photo] = submission->draft.photo.id;
	return paint(demo, photo, &original, &thumbnail, error) &&
	       photos_store_files(
		   &demo->domain, demo->arena, &original, &thumbnail, &submission->draft, error) &&
	       db_transaction(demo->domain.db, insert_submission, submission, error);
}

static bool insert_albums(struct db_tx *tx, void *context, struct error *error)
{
	const struct demo *demo = context;
	enum db_result result = DB_OK;

	for (size_t i = 0; i < PHOTO_COUNT && result == DB_OK; i++) {
		if (PHOTOS[i].album != NOWHERE) {
			result = store_album_photo_add(
			    tx, &demo->places[PHOTOS[i].album], &demo->photos[i], (unsigned)i);
		}
	}
	return result == DB_OK || db_fail(result, error);
}

bool demo_make_photos(struct demo *demo, struct error *error)
{
	for (size_t i = 0; i < PHOTO_COUNT; i++) {
		demo_set_clock(demo, PHOTOS[i].ago);
		if (PHOTOS[i].by == VISITOR ? !add_submission(demo, i, error)
					    : !add_photo(demo, i, error)) {
			return false;
		}
	}
	return db_transaction(demo->domain.db, insert_albums, demo, error);
}
