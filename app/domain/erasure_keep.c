/* erasure_keep.c - photos that stay when their owner goes: without a name, in their rows and in
 * their files. */
#include "accounts_private.h"
#include "erasure_private.h"

#include <domain/strip.h>
#include <domain/uploads.h>
#include <storage/storage.h>
#include <store/erasure.h>
#include <store/files.h>
#include <string.h>

#define AT_ONCE   10 /* photos of a step: each is a few files to be read and written */
#define FILE_MOST (64 * 1024 * 1024)

static bool store_stripped(const struct domain *domain, const struct buf *bytes,
    struct storage_object *object_r, struct error *error)
{
	struct id id = id_generate(clock_now_us(domain->clock));
	struct storage_stage *stage = storage_stage(domain->storage, FILE_MOST, error);

	if (!stage || !storage_stage_write(stage, bytes->data, bytes->length, error)) {
		storage_discard(&stage);
		return false;
	}
	return storage_commit(&stage, &id, object_r, error);
}

/* Put another object without metadata in the place of one. `fit_r` is false where that cannot be
 * done: the file is gone, or no picture. */
static bool strip_file(struct db_tx *tx, const struct domain *domain, const struct file *file,
    bool *fit_r, struct error *error)
{
	struct storage_object *object = arena_alloc(tx->arena, sizeof(*object));
	struct buf bytes = {0}, stripped = {0};
	struct error why = {0};
	struct file to = *file;
	bool ok = storage_read(domain->storage, file->storage_key, FILE_MOST, &bytes, &why);
	enum db_result result;

	*fit_r = ok && strip_metadata(file->content_type, (const unsigned char *)bytes.data,
			   bytes.length, &stripped);
	if (!*fit_r && (ok || why.kind == ERROR_NOT_FOUND || why.kind == ERROR_TOO_LARGE)) {
		buf_free(&bytes);
		buf_free(&stripped);
		return true;
	}
	ok = *fit_r && store_stripped(domain, &stripped, object, &why);
	buf_free(&bytes);
	buf_free(&stripped);
	if (!ok) {
		*error = why;
		return false;
	}
	to.storage_key = object->key;
	to.bytes = (int64_t)object->bytes;
	memcpy(to.digest, object->digest, sizeof(to.digest));
	result = erasure_switch_file(tx, file, &to, clock_now_us(domain->clock));
	return result == DB_OK || db_fail(result, error);
}

/* All of a photo's files; one that does not fit is enough for the photo to go. */
static bool strip_files(struct db_tx *tx, const struct domain *domain,
    const struct kept_photo *photo, bool *fit_r, struct error *error)
{
	struct file *files;
	size_t count;
	enum db_result result =
	    erasure_files(tx->db, tx->arena, &photo->organization_id, &photo->id, &files, &count);

	*fit_r = true;
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	for (size_t i = 0; i < count && *fit_r; i++) {
		if (!strip_file(tx, domain, &files[i], fit_r, error)) {
			return false;
		}
	}
	return true;
}

/* The record, and the receipt, tell of what goes with the account. One that says too little already
 * holds nothing up. */
static void count_photo(struct deletion *deletion, const struct kept_photo *photo, bool goes)
{
	bool counted = id_equal(&photo->deletion_id, &deletion->id);

	if (goes && !counted) {
		deletion->counts[COUNT_PHOTO]++;
		deletion->bytes += photo->bytes;
	} else if (counted && !goes) {
		deletion->counts[COUNT_PHOTO] -= deletion->counts[COUNT_PHOTO] > 0;
		deletion->bytes -= photo->bytes < deletion->bytes ? photo->bytes : deletion->bytes;
	}
}

static bool keep_photo(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    const struct kept_photo *photo, struct error *error)
{
	bool fit;
	enum db_result result;

	if (!strip_files(tx, domain, photo, &fit, error)) {
		return false;
	}
	result = erasure_strip_photo(tx, deletion, &deletion->item_id, photo, fit);
	if (result == DB_OK) {
		count_photo(deletion, photo, !fit);
	}
	return result <= DB_NONE || db_fail(result, error);
}

bool erasure_keep_step(struct db_tx *tx, const struct domain *domain, struct deletion *deletion,
    bool *done_r, struct error *error)
{
	struct account_row row = {0};
	struct kept_photo *photos;
	size_t count = 0;
	enum db_result result = account_read(tx->db, tx->arena, &deletion->item_id, &row);

	*done_r = result == DB_NONE || (row.photos == NULL || strcmp(row.photos, "keep") != 0);
	if (result > DB_NONE || *done_r) {
		return result <= DB_NONE || db_fail(result, error);
	}
	result =
	    erasure_kept_photos(tx->db, tx->arena, &deletion->item_id, AT_ONCE, &photos, &count);
	if (result != DB_OK) {
		return db_fail(result, error);
	}
	for (size_t i = 0; i < count; i++) {
		if (!keep_photo(tx, domain, deletion, &photos[i], error)) {
			return false;
		}
	}
	*done_r = count < AT_ONCE;
	return true;
}
