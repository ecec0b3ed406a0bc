/* demo_content.c - quests and adventures, events, notes, what models said, and roles asked for. */
#include "demo.h"

#include <domain/content.h>
#include <domain/deletions.h>
#include <store/files.h>
#include <string.h>

#define PARTS 3

static const struct demo_item {
	enum item_kind kind;
	enum content_status status;
	const char *title;
} CONTENT[] = {
    {ITEM_QUEST, CONTENT_DRAFT, "Find the oldest tree"},
    {ITEM_QUEST, CONTENT_DRAFT, "A week of weather"},
    {ITEM_QUEST, CONTENT_DRAFT, "Who lives in the hedge?"},
    {ITEM_QUEST, CONTENT_PUBLISHED, "Count the bees"},
    {ITEM_QUEST, CONTENT_PUBLISHED, "Follow the water"},
    {ITEM_QUEST, CONTENT_PUBLISHED, "From blossom to apple"},
    {ITEM_QUEST, CONTENT_ARCHIVED, "Summer harvest"},
    {ITEM_QUEST, CONTENT_ARCHIVED, "The lost signpost"},
    {ITEM_QUEST, CONTENT_ARCHIVED, "Spring cleaning"},
    {ITEM_ADVENTURE, CONTENT_DRAFT, "Night walk to the lake"},
    {ITEM_ADVENTURE, CONTENT_DRAFT, "The miller's secret"},
    {ITEM_ADVENTURE, CONTENT_DRAFT, "Three bridges"},
    {ITEM_ADVENTURE, CONTENT_PUBLISHED, "Along the river"},
    {ITEM_ADVENTURE, CONTENT_PUBLISHED, "A day at the market"},
    {ITEM_ADVENTURE, CONTENT_PUBLISHED, "Up to the high meadow"},
    {ITEM_ADVENTURE, CONTENT_ARCHIVED, "The winter trail"},
    {ITEM_ADVENTURE, CONTENT_ARCHIVED, "Lanterns"},
    {ITEM_ADVENTURE, CONTENT_ARCHIVED, "The first orchard tour"},
    {ITEM_QUEST, CONTENT_ARCHIVED, "A quest that went wrong"}, /* deleted forever below */
};
#define CONTENT_COUNT (sizeof(CONTENT) / sizeof(CONTENT[0]))

static const char *const TEXTS[PARTS] = {
    "Start at the gate and look around you: what has changed since last week?",
    "Write down what you see, hear and smell. One sentence for each is enough.",
    "Go back the way you came, and compare.",
};

/* One quest or adventure with what belongs to it. */
struct content_making {
	struct demo *demo;
	struct content content;
	struct file asset;
};

static bool insert_part(struct db_tx *tx, const struct demo *demo, enum demo_part part,
    const struct content *content, unsigned position, enum demo_person by, const char *text,
    struct error *error)
{
	const struct demo_row row = {
	    .id = id_generate(demo->clock.fixed_us),
	    .organization_id = content->organization_id,
	    .owner_id = content->id,
	    .user_id = demo->people[by].user_id,
	    .position = position,
	    .text = text,
	    .at_us = demo->clock.fixed_us,
	};
	enum db_result result = store_demo_part(tx, part, &row);

	return result == DB_OK || db_fail(result, error);
}

static bool insert_parts(
    struct db_tx *tx, const struct demo *demo, const struct content *content, struct error *error)
{
	const bool quest = content->kind == ITEM_QUEST;

	for (unsigned i = 0; i < PARTS; i++) {
		if (!insert_part(tx, demo, quest ? DEMO_CARD : DEMO_SEQUENCE, content, i, CREATOR,
			TEXTS[i], error)) {
			return false;
		}
	}
	if (!quest || content->status == CONTENT_DRAFT) {
		return true;
	}
	return insert_part(tx, demo, DEMO_SUBMISSION, content, 0, ADA,
		   "Seven bees, two of them asleep.", error) &&
	       insert_part(tx, demo, DEMO_SUBMISSION, content, 0, BEN,
		   "I found it behind the barn.", error);
}

static bool insert_content(struct db_tx *tx, void *context, struct error *error)
{
	struct content_making *making = context;
	const struct content *content = &making->content;
	const char *kind = content->kind == ITEM_QUEST ? "quest" : "adventure";
	enum db_result result = store_demo_content(tx, content);

	if (result == DB_OK) {
		result = store_file_insert(tx, &making->asset);
	}
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return insert_parts(tx, making->demo, content, error) &&
	       demo_record(tx, making->demo, &making->demo->people[CREATOR],
		   arena_printf(tx->arena, "%s.create", kind), kind, &content->id, error);
}

static bool store_asset(struct content_making *making, unsigned scene, struct error *error)
{
	struct demo *demo = making->demo;
	const struct picture picture = {.scene = scene, .seed = scene, .tint = PICTURE_WARM};
	struct storage_object *object = arena_alloc(demo->arena, sizeof(*object));
	struct storage_stage *stage = picture_stage(demo->domain.storage, &picture,
	    PICTURE_THUMBNAIL_WIDTH * 2, PICTURE_THUMBNAIL_HEIGHT * 2, error);
	struct file *file = &making->asset;

	*file = (struct file){
	    .id = id_generate(demo->clock.fixed_us),
	    .organization_id = making->content.organization_id,
	    .owner_kind = making->content.kind == ITEM_QUEST ? FILE_OF_QUEST : FILE_OF_ADVENTURE,
	    .owner_id = making->content.id,
	    .part = FILE_ASSET,
	    .storage_key = object->key,
	    .content_type = "image/png",
	    .created_at_us = demo->clock.fixed_us,
	};
	if (!stage || !storage_commit(&stage, &file->id, object, error)) {
		return false;
	}
	file->bytes = (int64_t)object->bytes;
	memcpy(file->digest, object->digest, sizeof(file->digest));
	return true;
}

static bool add_content(struct demo *demo, size_t item, struct id *id_r, struct error *error)
{
	const struct actor *creator = &demo->people[CREATOR];
	const bool archived = CONTENT[item].status == CONTENT_ARCHIVED;
	struct content_making making = {
	    .demo = demo,
	    .content =
		{
		    .kind = CONTENT[item].kind,
		    .organization_id = creator->organization_id,
		    .creator_id = creator->user_id,
		    .title = CONTENT[item].title,
		    .status = archived ? CONTENT_PUBLISHED : CONTENT[item].status,
		},
	};

	demo_set_clock(demo, DAYS(50) - HOURS(7) * (int)item);
	making.content.id = id_generate(demo->clock.fixed_us);
	making.content.created_at_us = demo->clock.fixed_us;
	*id_r = making.content.id;
	if (!store_asset(&making, (unsigned)item, error) ||
	    !db_transaction(demo->domain.db, insert_content, &making, error)) {
		return false;
	}
	demo_set_clock(demo, DAYS(16) - HOURS(5) * (int)item);
	return !archived || content_archive(&demo->domain, creator, demo->arena, CONTENT[item].kind,
				id_r, NULL, &making.content, error);
}

/* --- what is small ------------------------------------------------------------------------ */

static const struct demo_small {
	enum demo_part part;
	int ago;  /* minutes */
	int when; /* minutes from now */
	enum demo_person by;
	int photo;
	const char *name, *text;
} SMALL[] = {
    {DEMO_EVENT, DAYS(20), DAYS(12), ADMIN, 0, NULL, "Harvest supper"},
    {DEMO_EVENT, DAYS(18), DAYS(26), ADA, 0, NULL, "Grafting for beginners"},
    {DEMO_EVENT, DAYS(10), DAYS(5), CREATOR, 0, NULL, "Quest night"},
    {DEMO_EVENT, DAYS(40), -DAYS(9), BEN, 0, NULL, "River clean-up"},
    {DEMO_EVENT, DAYS(15), DAYS(30), MIA, 0, NULL, "Reading room, long evening"},
    {DEMO_ROLE_REQUEST, DAYS(55), -DAYS(54), SHOP, 0, "", "site owner"},
    {DEMO_ROLE_REQUEST, DAYS(52), -DAYS(51), CREATOR, 0, "", "creator"},
    {DEMO_ROLE_REQUEST, DAYS(4), 0, BEN, 0, "", "admin"},
    {DEMO_NOTE, DAYS(43), 0, BEN, P_DAWN, NULL, "Could this be the cover?"},
    {DEMO_NOTE, DAYS(42), 0, ADA, P_DAWN, NULL, "Gladly."},
    {DEMO_NOTE, DAYS(29), 0, BEN, P_STORM, NULL, "You were lucky with the roof."},
    {DEMO_NOTE, DAYS(20), 0, ADMIN, P_VALLEY, NULL, "For the trail's page, please."},
    {DEMO_NOTE, DAYS(24), 0, SHOP, P_STALL, NULL, "The sorts are in the wrong order."},
    {DEMO_NOTE, DAYS(12), 0, MIA, P_BIRCH_MAP, NULL, "Window cleaned since."},
    {DEMO_AI_RESULT, DAYS(44), 0, ADA, P_DAWN, "labels-2", "{\"labels\":[\"hill\",\"sunrise\"]}"},
    {DEMO_AI_RESULT, DAYS(41), 0, ADA, P_ORCHARD, "labels-2", "{\"labels\":[\"tree\",\"field\"]}"},
    {DEMO_AI_RESULT, DAYS(30), 0, ADA, P_STORM, "labels-2", "{\"labels\":[\"cloud\"]}"},
    {DEMO_AI_RESULT, DAYS(30), 0, ADA, P_STORM, "quality-1", "{\"sharpness\":0.71}"},
    {DEMO_AI_RESULT, DAYS(36), 0, BEN, P_VALLEY, "quality-1", "{\"sharpness\":0.88}"},
    {DEMO_AI_RESULT, DAYS(26), 0, ADA, P_STALL, "labels-2", "{\"labels\":[\"apple\",\"crate\"]}"},
};

static bool insert_small(struct db_tx *tx, void *context, struct error *error)
{
	struct demo *demo = context;

	for (size_t i = 0; i < sizeof(SMALL) / sizeof(SMALL[0]); i++) {
		const struct demo_small *small = &SMALL[i];
		const struct actor *by = &demo->people[small->by];
		struct demo_row row = {
		    .organization_id = by->organization_id,
		    .owner_id = demo->photos[small->photo],
		    .user_id = by->user_id,
		    .name = small->part == DEMO_ROLE_REQUEST ? by->uid : small->name,
		    .text = small->text,
		};
		enum db_result result = DB_OK;

		demo_set_clock(demo, small->ago);
		row.id = id_generate(demo->clock.fixed_us);
		row.at_us = demo->clock.fixed_us;
		row.when_us = small->when == 0
				  ? 0
				  : demo->now_us + (int64_t)small->when * 60 * CLOCK_SECOND_US;
		result = store_demo_part(tx, small->part, &row);
		if (result != DB_OK) {
			return db_fail(result, error);
		}
	}
	return true;
}

bool demo_make_content(struct demo *demo, struct error *error)
{
	struct deletion deletion;
	struct id last = id_none;

	for (size_t i = 0; i < CONTENT_COUNT; i++) {
		if (!add_content(demo, i, &last, error)) {
			return false;
		}
	}
	demo_set_clock(demo, DAYS(9));
	return deletions_delete_forever(&demo->domain, &demo->people[CREATOR], demo->arena,
		   ITEM_QUEST, &last, "It led people into the bog.", &deletion, error) &&
	       db_transaction(demo->domain.db, insert_small, demo, error);
}
