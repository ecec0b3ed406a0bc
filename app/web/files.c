/* files.c - bytes of photos and exports: checked here, sent by nginx (X-Accel-Redirect).
 *
 * `private, no-cache` with an ETag: a browser asks each time, so that a deleted picture shows to
 * nobody from a cache. */
#include "answer.h"
#include "handlers.h"

#include <domain/exports.h>
#include <domain/photos.h>
#include <domain/requests.h>
#include <domain/shares.h>
#include <http/router.h>
#include <sodium.h>

static const char *etag_of(struct web *web, const struct file *file)
{
	char *hex = arena_alloc(web->arena, 2 * FILE_DIGEST_SIZE + 1);

	sodium_bin2hex(hex, 2 * FILE_DIGEST_SIZE + 1, file->digest, FILE_DIGEST_SIZE);
	return arena_printf(web->arena, "\"%.32s\"", hex);
}

static bool send_as(struct web *web, const struct file *file, const char *disposition)
{
	const char *etag = etag_of(web, file);
	char *href = arena_alloc(web->arena, STORAGE_HREF_SIZE);

	http_response_header(web->response, "Cache-Control", "private, no-cache");
	if (http_etag_matches(http_header(web->request, "If-None-Match"), etag)) {
		http_response_not_modified(web->response, etag);
		answer_secure(web);
		return true;
	}
	storage_href(file->storage_key, href);
	http_response_begin(web->response, 200, file->content_type);
	http_response_header(web->response, "X-Accel-Redirect", href);
	http_response_header(web->response, "ETag", etag);
	http_response_header(web->response, "Content-Disposition", disposition);
	answer_secure(web);
	return true;
}

static bool send_file(struct web *web, const struct file *file)
{
	return send_as(web, file, "inline");
}

static bool send_part(struct web *web, enum file_part part, struct error *error)
{
	struct file file;
	struct id photo;

	return web_path_id(web, "id", &photo, error) &&
	       photos_file(web->domain, &web->actor, web->arena, &photo, part, &file, error) &&
	       send_file(web, &file);
}

bool file_original(struct web *web, struct error *error)
{
	return send_part(web, FILE_ORIGINAL, error);
}

bool file_thumbnail(struct web *web, struct error *error)
{
	return send_part(web, FILE_THUMBNAIL, error);
}

bool file_shared(struct web *web, struct error *error)
{
	struct file file;

	return share_file(web->domain, web->arena, http_capture(web->match, "token"), FILE_ORIGINAL,
		   &file, error) &&
	       send_file(web, &file);
}

/* To whoever opened the link of a mail, of a photo whose picture they may see. */
bool file_removal(struct web *web, struct error *error)
{
	struct file file;
	struct id photo;

	return web_path_id(web, "id", &photo, error) &&
	       removal_file(web->domain, web->arena, http_capture(web->match, "token"), &photo,
		   FILE_THUMBNAIL, &file, error) &&
	       send_file(web, &file);
}

/* Of one's own export. */
bool file_export(struct web *web, struct error *error)
{
	char day[CLOCK_TEXT_SIZE];
	struct file file;
	struct id id;

	if (!web_path_id(web, "id", &id, error) ||
	    !exports_file(web->domain, &web->actor, web->arena, &id, &file, error))
		return false;
	clock_format(file.created_at_us, day);
	return send_as(web, &file,
	    arena_printf(web->arena, "attachment; filename=\"lethe-export-%.10s.zip\"", day));
}
