/* request_view.h - a removal request as pages show it: with its photo as the viewer sees that. */
#ifndef LETHE_WEB_PAGES_REQUEST_VIEW_H
#define LETHE_WEB_PAGES_REQUEST_VIEW_H

#include "../web.h"

#include <domain/requests.h>

#define REQUEST_PAGE_ROWS PHOTOS_FIND_MOST

/* The photos of these requests (at most REQUEST_PAGE_ROWS) that the viewer sees, by one read. */
bool request_view_photos(struct web *web, const struct request *requests, size_t count,
    struct photos_page *photos_r, struct error *error) __attribute__((warn_unused_result));

/* The request with its words, times and rights; its picture where `photos` has its photo. */
struct doc *request_view(
    struct web *web, const struct request *request, const struct photos_page *photos);

/* What became of the photo of a request by which, or since which, it was deleted: `is_restored` (it
 * is back), `is_purged` (its row is gone). */
void request_view_set_photo_state(struct doc *doc, const struct request *request);

/* The request was made by the viewer: by their account, or under its address. */
bool request_view_is_own(const struct web *web, const struct request *request);

/* Tabs by status: label, url, is_current. The url is `path` with `tab` (or NULL) and the status. */
struct doc *request_view_tabs(
    struct web *web, const char *path, const char *tab, enum request_status current);

/* The status that the input `status` asks for; pending where it is absent. */
enum request_status request_view_status(const struct web *web);

/* Where the list goes on, and back to its start: `next_url` and `first_url`. */
void request_view_pager(struct web *web, struct doc *page, const char *path, const char *tab,
    const struct requests_page *rows);

#endif
