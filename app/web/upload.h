/* upload.h - a multipart body with files, streamed into stages of the storage. */
#ifndef LETHE_WEB_UPLOAD_H
#define LETHE_WEB_UPLOAD_H

#include "web.h"

#include <domain/uploads.h>

/* The files of one body. Whoever reads an upload discards it in the end; a stage that was handed
 * on is NULL by then. */
struct upload {
	struct storage_stage *file;
	struct storage_stage *thumbnail;
};

/* Read the body: `file` is required, `thumbnail` allowed where `takes_thumbnail`; other fields are
 * checked against the route's inputs, the CSRF token of a page's form too. Unknown parts are
 * refused. On failure nothing stays. */
bool upload_read(struct web *web, bool takes_thumbnail, struct upload *upload_r,
    struct error *error) __attribute__((warn_unused_result));

/* Discard what was not handed on. */
void upload_discard(struct upload *upload);

#endif
