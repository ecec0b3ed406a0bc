/* exports_contents.c - what is in an export: a page that explains it, documents, pictures.
 *
 * A document is written to a temporary file first, so that its size is known when it goes into the
 * archive, whatever the size. */
#include "exports_private.h"

#include <base/log.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define ROWS_AT_ONCE 200
#define PIECE        65536

/* A document in the making. */
struct document {
	struct export_build *build;
	const char *name;
	bool single;
	struct storage_stage *stage;
	struct buf line;
	bool begun;
};

static bool document_open(struct document *document, struct error *error)
{
	document->stage = storage_stage_item(
	    document->build->domain->storage, &document->build->row.id, UINT64_MAX, error);
	return document->stage != NULL;
}

static bool document_add(
    struct document *document, const struct export_item *item, struct error *error)
{
	struct buf *line = &document->line;

	buf_clear(line);
	buf_puts(line, document->begun ? ",\n" : document->single ? "" : "[\n");
	doc_write_json(item->doc, line);
	if (item->raw_name) {
		line->length--; /* the closing brace, to add the last member */
		buf_printf(line, ",\"%s\":%s}", item->raw_name, item->raw ? item->raw : "null");
	}
	document->begun = true;
	return storage_stage_write(document->stage, line->data, line->length, error);
}

static bool copy_stage(
    struct export_zip *zip, const struct storage_stage *stage, struct error *error)
{
	char piece[PIECE];
	int fd = open(storage_stage_path(stage), O_RDONLY | O_CLOEXEC);
	ssize_t length = -1;
	bool ok = fd >= 0;

	while (ok && (length = read(fd, piece, sizeof(piece))) != 0) {
		ok = length > 0 ? export_zip_write(zip, piece, (size_t)length, error)
				: errno == EINTR;
	}
	if (fd >= 0) {
		close(fd);
	}
	return ok || (length < 0 && error_set(error, ERROR_UNAVAILABLE, "storage_unavailable",
					"The storage is out of reach."));
}

/* Put it into the archive. */
static bool document_end(struct document *document, struct error *error)
{
	const char *end = !document->begun ? "[]\n" : document->single ? "\n" : "\n]\n";
	struct export_build *build = document->build;

	return storage_stage_write(document->stage, end, strlen(end), error) &&
	       export_zip_file(build->zip, arena_printf(build->arena, "%s.json", document->name),
		   (int64_t)storage_stage_bytes(document->stage), build->row.created_us, true,
		   error) &&
	       copy_stage(build->zip, document->stage, error);
}

static void document_close(struct document *document)
{
	storage_discard(&document->stage);
	buf_free(&document->line);
}

/* --- rows of one kind --- */

static bool add_rows(struct document *document, size_t section, struct error *error)
{
	struct export_build *build = document->build;
	struct export_item after = {.id = id_none};
	struct export_item *items;
	size_t count;

	do {
		enum db_result result;

		arena_reset(build->arena);
		result = export_section_read(build->domain->db, build->arena, section,
		    &build->person, &after, ROWS_AT_ONCE, &items, &count);
		if (result != DB_OK) {
			return db_fail(result, error);
		}
		for (size_t i = 0; i < count; i++) {
			if (!document_add(document, &items[i], error)) {
				return false;
			}
			after = items[i];
		}
		if (!export_build_look(build, false, error)) {
			return false;
		}
	} while (count > 0);
	return true;
}

static bool write_section(struct export_build *build, size_t section, struct error *error)
{
	const struct export_section *kind = export_section(section);
	struct document document = {.build = build, .name = kind->name, .single = kind->single};
	bool ok = document_open(&document, error) && add_rows(&document, section, error) &&
		  document_end(&document, error);

	document_close(&document);
	return ok;
}

/* --- files --- */

/* Bytes of an object, on their way into the archive. */
static bool put_piece(void *context, const void *bytes, size_t length, struct error *error)
{
	struct export_build *build = context;

	return export_zip_write(build->zip, bytes, length, error);
}

/* Whether the object is there, as large as its row says. */
static bool is_whole(struct export_build *build, const struct export_object *object, bool *whole_r,
    struct error *error)
{
	bool exists = false;
	uint64_t bytes = 0;

	*whole_r = false;
	if (!object->storage_key || !storage_key_valid(object->storage_key)) {
		return true;
	}
	if (!storage_exists(build->domain->storage, object->storage_key, &exists, &bytes, error)) {
		return false;
	}
	*whole_r = exists && (int64_t)bytes == object->bytes;
	return true;
}

/* Put an object in; its name becomes a member of the document, null where it is not there. */
static bool put_object(struct export_build *build, const struct export_file *file,
    const struct export_object *object, const char *member, const char *name, struct error *error)
{
	bool whole;

	if (!is_whole(build, object, &whole, error)) {
		return false;
	}
	doc_set_text(file->item.doc, member, whole ? name : NULL);
	if (!whole) {
		buf_puts(&build->missing, name);
		buf_putc(&build->missing, '\n');
		return true;
	}
	return export_zip_file(build->zip, name, object->bytes, file->created_us, false, error) &&
	       storage_pass(build->domain->storage, object->storage_key, put_piece, build, error);
}

static const char *photo_folder(const char *state)
{
	static const char *const folders[][2] = {
	    {"archived", "photos-archived"}, {"trash", "photos-in-the-trash"}};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (strcmp(folders[i][0], state) == 0) {
			return folders[i][1];
		}
	}
	return "photos";
}

static bool put_photo(
    struct export_build *build, const struct export_file *photo, struct error *error)
{
	const char *name = export_zip_name(build->arena, photo_folder(photo->state),
	    photo->created_us, photo->title, &photo->item.id, photo->object.content_type);
	const char *thumbnail = export_zip_name(build->arena, "thumbnails", photo->created_us,
	    photo->title, &photo->item.id, photo->thumbnail.content_type);

	if (!put_object(build, photo, &photo->object, "file", name, error)) {
		return false;
	}
	if (!photo->thumbnail.storage_key) { /* few have one */
		doc_set_null(photo->item.doc, "thumbnail");
		return true;
	}
	return put_object(build, photo, &photo->thumbnail, "thumbnail", thumbnail, error);
}

static bool put_asset(
    struct export_build *build, const struct export_file *file, struct error *error)
{
	const char *folder = arena_printf(build->arena, "%ss", file->state);

	return put_object(build, file, &file->object, "file",
	    export_zip_name(
		build->arena, folder, 0, file->title, &file->item.id, file->object.content_type),
	    error);
}

/* A list of files: how a page is read, how one is put in. */
struct file_list {
	const char *name;
	enum db_result (*read)(struct export_build *build, const struct id *after,
	    struct export_file **files_r, size_t *count_r);
	bool (*put)(
	    struct export_build *build, const struct export_file *file, struct error *error);
	size_t page;
};

static enum db_result read_photos(struct export_build *build, const struct id *after,
    struct export_file **files_r, size_t *count_r)
{
	return export_photos_read(
	    build->domain->db, build->arena, &build->person.user_id, after, files_r, count_r);
}

static enum db_result read_assets(struct export_build *build, const struct id *after,
    struct export_file **files_r, size_t *count_r)
{
	return export_assets_read(build->domain->db, build->arena, &build->person.user_id, after,
	    ROWS_AT_ONCE, files_r, count_r);
}

static bool add_file(struct document *document, const struct file_list *list,
    const struct export_file *file, struct error *error)
{
	struct export_build *build = document->build;

	if (!list->put(build, file, error)) {
		return false;
	}
	build->done++;
	return document_add(document, &file->item, error) && export_build_look(build, false, error);
}

static bool add_files(struct document *document, const struct file_list *list, struct error *error)
{
	struct export_build *build = document->build;
	struct id after = id_none;
	struct export_file *files;
	size_t count;

	do {
		enum db_result result;

		arena_reset(build->arena);
		result = list->read(build, &after, &files, &count);
		if (result != DB_OK) {
			return db_fail(result, error);
		}
		for (size_t i = 0; i < count; i++) {
			if (!add_file(document, list, &files[i], error)) {
				return false;
			}
			after = files[i].item.id;
		}
		if (!export_build_look(build, true, error)) {
			return false;
		}
	} while (count == list->page);
	return true;
}

static bool write_files(
    struct export_build *build, const struct file_list *list, struct error *error)
{
	struct document document = {.build = build, .name = list->name};
	bool ok = document_open(&document, error) && add_files(&document, list, error) &&
		  document_end(&document, error);

	document_close(&document);
	return ok;
}

/* --- the page that explains it --- */

static bool write_text(
    struct export_build *build, const char *name, const struct buf *text, struct error *error)
{
	return export_zip_file(
		   build->zip, name, (int64_t)text->length, build->row.created_us, true, error) &&
	       export_zip_write(build->zip, text->data, text->length, error);
}

static bool write_readme(struct export_build *build, struct error *error)
{
	struct buf text = {0};
	bool ok;

	buf_puts(&text,
	    "This is everything that is stored about you, and nothing of anybody else.\r\n\r\n"
	    "Pictures, as they were stored:\r\n\r\n"
	    "  photos/               what is in the library\r\n"
	    "  photos-archived/      what is archived\r\n"
	    "  photos-in-the-trash/  what is in the trash and can still be restored, or is "
	    "about\r\n"
	    "                        to go\r\n"
	    "  thumbnails/           small pictures of those that have one of their own\r\n"
	    "  quests/, adventures/  files of your quests and adventures\r\n\r\n"
	    "Documents (JSON in UTF-8, times in UTC):\r\n\r\n"
	    "  photos.json: your photos with tags, your albums, notes, AI results and shares;\r\n"
	    "    \"file\" and \"thumbnail\" are the pictures' places here, \"state\" is live,\r\n"
	    "    archived or trash\r\n"
	    "  files.json: the files of your quests and adventures\r\n");
	for (size_t i = 0; i < export_section_count(); i++) {
		buf_printf(
		    &text, "  %s.json: %s\r\n", export_section(i)->name, export_section(i)->what);
	}
	buf_puts(&text, "\r\nWhat could not be read from the storage is named in missing.txt, if"
			" there is such a file.\r\n");
	ok = write_text(build, "README.txt", &text, error);
	buf_free(&text);
	return ok;
}

bool export_contents_write(struct export_build *build, struct error *error)
{
	static const struct file_list photos = {"photos", read_photos, put_photo, EXPORT_PAGE};
	static const struct file_list assets = {"files", read_assets, put_asset, ROWS_AT_ONCE};
	bool ok = write_readme(build, error);

	for (size_t i = 0; ok && i < export_section_count(); i++) {
		ok = write_section(build, i, error);
	}
	ok = ok && write_files(build, &photos, error) && write_files(build, &assets, error);
	if (ok && build->missing.length > 0) {
		log_event(LOG_WARNING, "export_incomplete");
		ok = write_text(build, "missing.txt", &build->missing, error);
	}
	return ok;
}
