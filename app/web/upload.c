/* upload.c - multipart to stages: memory does not grow with the files. */
#include "upload.h"

#include "gate.h"
#include "input.h"

#include <domain/photos.h>
#include <http/multipart.h>
#include <string.h>

#define BODY_SLACK_BYTES (1024 * 1024) /* fields and part headers beside the files */

struct sink {
	struct web *web;
	bool takes_thumbnail;
	struct upload *upload;
	struct storage_stage *current;
	enum upload_part part;
};

static bool begin_part(void *context, const struct http_part *part, struct error *error)
{
	struct sink *sink = context;
	bool is_thumbnail = sink->takes_thumbnail && strcmp(part->name, "thumbnail") == 0;
	struct storage_stage **slot = is_thumbnail ? &sink->upload->thumbnail : &sink->upload->file;

	if (!is_thumbnail && strcmp(part->name, "file") != 0)
		return error_set_field(error, part->name, "unknown_member",
		    "The part %.60s is not known here; leave it out.", part->name);
	if (*slot)
		return error_set_field(
		    error, part->name, "duplicate_part", "Send one %s at a time.", part->name);
	sink->part = is_thumbnail ? UPLOAD_THUMBNAIL : UPLOAD_FILE;
	*slot = uploads_begin(sink->web->domain, sink->part, error);
	sink->current = *slot;
	return *slot != NULL;
}

static bool write_part(void *context, const char *bytes, size_t length, struct error *error)
{
	struct sink *sink = context;

	return uploads_write(sink->current, sink->part, bytes, length, error);
}

static bool end_part(void *context, struct error *error)
{
	struct sink *sink = context;

	(void)error;
	sink->current = NULL;
	return true;
}

static bool check_fields(struct web *web, const struct http_pairs *fields, struct error *error)
{
	struct error ignored = {0};

	if (gate_check_form_token(web, fields, error))
		return input_read_fields(web, fields, error);
	if (!input_read_fields(web, fields, &ignored))
		error_clear(&ignored); /* they are shown again */
	return false;
}

bool upload_read(
    struct web *web, bool takes_thumbnail, struct upload *upload_r, struct error *error)
{
	struct sink sink = {.web = web, .takes_thumbnail = takes_thumbnail, .upload = upload_r};
	const struct http_multipart_sink calls = {
	    .begin = begin_part, .data = write_part, .end = end_part, .context = &sink};
	const struct http_multipart_limits limits = {
	    .file_bytes = PHOTOS_MAX_BYTES,
	    .total_bytes = PHOTOS_MAX_BYTES + PHOTOS_THUMBNAIL_BYTES + BODY_SLACK_BYTES,
	};
	struct http_pairs fields = {0};

	*upload_r = (struct upload){0};
	if (http_multipart_read(web->request, &limits, &calls, &fields, error) &&
	    check_fields(web, &fields, error)) {
		if (upload_r->file)
			return true;
		error_set_field(error, "file", "missing", "Choose a photo to add.");
	}
	upload_discard(upload_r);
	return false;
}

void upload_discard(struct upload *upload)
{
	uploads_discard(&upload->file);
	uploads_discard(&upload->thumbnail);
}
