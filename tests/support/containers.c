/* containers.c - furnished containers, acts on them, and what all rows say. */
#include "containers.h"

#include <stdlib.h>
#include <string.h>

/* One number for all rows of a table: it differs when any of these columns does. */
#define SUM_OF(NAME, table, columns)                                                               \
	DB_STATEMENT(containers_##NAME,                                                            \
	    "SELECT COALESCE(BIT_XOR(CRC32(CONCAT_WS('|', " columns "))), 0) FROM " table)
#define MARK "COALESCE(deleted_at, ''), COALESCE(HEX(deletion_id), '')"
SUM_OF(photos, "photos",
    "HEX(id), COALESCE(HEX(uploader_id), ''), COALESCE(HEX(project_id), ''),"
    " COALESCE(HEX(site_id), ''), COALESCE(HEX(original_id), ''), status, title,"
    " COALESCE(archived_at, ''), COALESCE(HEX(archived_by), ''), COALESCE(archive_reason, ''),"
    " COALESCE(HEX(archive_batch_id), ''), COALESCE(purge_after, ''), " MARK);
SUM_OF(photo_notes, "photo_notes", "HEX(id), HEX(photo_id), " MARK);
SUM_OF(ai_results, "ai_processing_results", "HEX(id), HEX(photo_id), " MARK);
SUM_OF(photo_tags, "photo_tags", "HEX(photo_id), HEX(tag_id)");
SUM_OF(album_photos, "album_photos", "HEX(album_id), HEX(photo_id), position");
SUM_OF(albums, "albums", "HEX(id), name, " MARK);
SUM_OF(projects, "projects", "HEX(id), name, " MARK);
SUM_OF(sites, "sites", "HEX(id), name, slug, " MARK);
SUM_OF(users, "users", "HEX(id), COALESCE(email, ''), display_name, role, " MARK);
SUM_OF(quests, "quests", "HEX(id), publishing_status, " MARK);
SUM_OF(cards, "quest_content_cards", "HEX(id), " MARK);
SUM_OF(adventures, "adventures", "HEX(id), publishing_status, " MARK);
SUM_OF(events, "events", "HEX(id), COALESCE(HEX(created_by), ''), " MARK);
SUM_OF(files, "files", "HEX(id), HEX(owner_id)");
SUM_OF(organizations, "organizations", "HEX(id), name, " MARK);
SUM_OF(effects, "deletion_effects", "HEX(deletion_id), HEX(photo_id), effect");

static const struct db_statement *const sums[] = {&containers_photos, &containers_photo_notes,
    &containers_ai_results, &containers_photo_tags, &containers_album_photos, &containers_albums,
    &containers_projects, &containers_sites, &containers_users, &containers_quests,
    &containers_cards, &containers_adventures, &containers_events, &containers_files,
    &containers_organizations, &containers_effects};
#define SUMS (sizeof(sums) / sizeof(sums[0]))

struct snapshot containers_snapshot(struct world *world)
{
	struct snapshot snapshot = {{0}};

	for (size_t i = 0; i < SUMS; i++) {
		snapshot.sums[i] = world_number(world, sums[i]);
	}
	return snapshot;
}

const char *containers_compare(const struct snapshot *before, const struct snapshot *after)
{
	for (size_t i = 0; i < SUMS; i++) {
		if (before->sums[i] != after->sums[i]) {
			return sums[i]->name;
		}
	}
	return NULL;
}

static void must(bool ok)
{
	if (!ok) {
		abort();
	}
}

/* A photo in the container, if `inside`. */
static struct id add_photo(
    struct world *world, const struct actor *owner, const struct furnished *f, const char *title)
{
	return world_photo(world, owner, title, f->kind == ITEM_PROJECT ? &f->id : NULL,
	    f->kind == ITEM_SITE ? &f->id : NULL);
}

static void archive(struct world *world, const struct actor *admin, const struct id *photo)
{
	struct photo archived;
	struct error error = {0};

	must(photos_archive(
	    &world->domain, admin, world->arena, photo, "Season over", &archived, &error));
}

struct furnished containers_furnish(struct world *world, const struct actor *admin,
    const struct actor *owner, enum item_kind kind, const char *name)
{
	struct furnished f = {.kind = kind, .name = name};
	struct deletion deletion;

	f.id = world_place(world, admin, kind == ITEM_PROJECT ? PLACE_PROJECT : PLACE_SITE, name);
	f.album = world_place(world, owner, PLACE_ALBUM, name);
	f.photo = add_photo(world, owner, &f, "Furnished");
	f.made = world_derivative(world, owner, &f.photo);
	trash_note(world, owner, &f.photo);
	trash_note(world, admin, &f.photo);
	trash_note(world, owner, &f.made);
	trash_ai_result(world, owner, &f.photo);
	trash_tag(world, owner, &f.photo, "winter");
	trash_place(world, &f.album, &f.photo);
	trash_share(world, owner, &f.photo, (unsigned char)(world->pictures * 4 + 1));
	trash_share(world, owner, &f.made, (unsigned char)(world->pictures * 4 + 2));
	f.asked = add_photo(world, owner, &f, "Asked");
	trash_request(world, owner, &f.asked, kind == ITEM_SITE ? "pending" : "approved");
	f.archived = add_photo(world, owner, &f, "Archived");
	(void)world_derivative(world, owner, &f.archived);
	archive(world, admin, &f.archived);
	f.deleted = add_photo(world, owner, &f, "Deleted");
	must(trash_delete(world, admin, &f.deleted, &deletion)[0] == '\0');
	f.deletion = deletion.id;
	f.outside = world_photo(world, owner, "Outside", NULL, NULL);
	trash_share(world, owner, &f.outside, (unsigned char)(world->pictures * 4 + 3));
	return f;
}

static struct error last_error;

const struct error *containers_error(void)
{
	return &last_error;
}

const char *containers_delete(struct world *world, const struct actor *actor, enum item_kind kind,
    const struct id *id, enum photo_action action, const char *name, struct deletion *deletion_r)
{
	struct deletion ignored;
	struct deletion_act act = {.kind = kind,
	    .item_id = *id,
	    .origin = ORIGIN_BY_ACTOR,
	    .photo_action = action,
	    .confirmation = name};

	error_clear(&last_error);
	return deletions_delete(&world->domain, actor, world->arena, &act,
		   deletion_r ? deletion_r : &ignored, &last_error)
		   ? ""
		   : last_error.code;
}

const char *containers_impact(struct world *world, const struct actor *actor, enum item_kind kind,
    const struct id *id, enum photo_action action, struct deletion_impact *impact_r)
{
	error_clear(&last_error);
	return deletions_impact(&world->domain, actor, world->arena, kind, id, action, IMPACT_ALL,
		   impact_r, &last_error)
		   ? ""
		   : last_error.code;
}

void containers_session(struct world *world, const struct actor *actor)
{
	struct id id = id_generate(world->clock.fixed_us);

	trash_sql(world,
	    "INSERT INTO sessions (token_hash, id, user_id, csrf_secret, created_at, seen_at) "
	    "VALUES"
	    " (UNHEX(SHA2(%s, 256)), %s, %s, REPEAT('c', 32), '2026-01-21', '2026-01-21')",
	    trash_hex(world, &id), trash_hex(world, &id), trash_hex(world, &actor->user_id));
}
