/* photos_files.c - the stored objects of a new photo: there before its row, gone if that fails. */
#include "image.h"
#include "photos.h"

#include <base/log.h>
#include <string.h>

/* An object is known by the id of its files row, so that nothing of it can be guessed or chosen. */
static bool store_file(const struct domain *domain, struct arena *arena,
    struct storage_stage **stage, const char *type, enum file_part part, struct photo_draft *draft,
    struct error *error)
{
	const int64_t now_us = clock_now_us(domain->clock);
	struct file *file = &draft->files[draft->file_count];
	struct storage_object *object = arena_alloc(arena, sizeof(*object));
	struct id id = id_generate(now_us);

	if (!storage_commit(stage, &id, object, error)) {
		return false;
	}
	*file = (struct file){
	    .id = id,
	    .organization_id = draft->photo.organization_id,
	    .owner_kind = FILE_OF_PHOTO,
	    .owner_id = draft->photo.id,
	    .part = part,
	    .storage_key = object->key,
	    .content_type = type,
	    .bytes = (int64_t)object->bytes,
	    .created_at_us = now_us,
	};
	memcpy(file->digest, object->digest, sizeof(file->digest));
	draft->photo.bytes += file->bytes;
	draft->file_count++;
	return true;
}

bool photos_store_files(const struct domain *domain, struct arena *arena,
    struct storage_stage **original, struct storage_stage **thumbnail, struct photo_draft *draft,
    struct error *error)
{
	struct error why = {0};
	const char *type = image_type(*original, "file", &why);
	const char *thumbnail_type = NULL;
	bool ok = type != NULL;

	if (ok && *thumbnail) {
		thumbnail_type = image_type(*thumbnail, "thumbnail", &why);
		ok = thumbnail_type != NULL;
	}
	draft->file_count = 0;
	ok = ok && store_file(domain, arena, original, type, FILE_ORIGINAL, draft, &why);
	if (ok && *thumbnail) {
		ok = store_file(
		    domain, arena, thumbnail, thumbnail_type, FILE_THUMBNAIL, draft, &why);
	}
	storage_discard(original);
	storage_discard(thumbnail);
	if (!ok) {
		photos_forget_files(domain, draft, &why);
		if (error) {
			*error = why;
		}
	}
	return ok;
}

void photos_forget_files(
    const struct domain *domain, const struct photo_draft *draft, const struct error *error)
{
	if (strcmp(error->code, "store_uncertain") == 0) {
		return;
	}
	for (size_t i = 0; i < draft->file_count; i++) {
		if (!storage_remove(domain->storage, draft->files[i].storage_key, NULL)) {
			log_event(LOG_WARNING, "object_left_over",
			    log_text("key", draft->files[i].storage_key));
		}
	}
}

bool photos_insert(struct db_tx *tx, const struct photo_draft *draft, struct error *error)
{
	enum db_result result = store_photo_insert(tx, &draft->photo);

	for (size_t i = 0; result == DB_OK && i < draft->file_count; i++) {
		result = store_file_insert(tx, &draft->files[i]);
	}
	return result == DB_OK || db_fail(result, error);
}
