/* acts.h - what a page's form and its API twin do alike. */
#ifndef LETHE_WEB_ACTS_H
#define LETHE_WEB_ACTS_H

#include "web.h"

#include <domain/photos.h>
#include <store/audit.h>
#include <store/content.h>
#include <store/deletions.h>

/* The caller as auth sees it. */
struct auth_caller acts_caller(const struct web *web);

/* Read a multipart photo with its fields and add it. */
bool acts_add_photo(struct web *web, struct photo *photo_r, struct error *error)
    __attribute__((warn_unused_result));

/* The photos that the route's query inputs ask for. */
bool acts_list_photos(struct web *web, struct photos_page *page_r, struct error *error)
    __attribute__((warn_unused_result));

/* What the route's query inputs (from, to, actor, action, kind, item_id, cursor, limit) ask of the
 * trail. Texts are the inputs' own. */
struct audit_query acts_audit_query(const struct web *web);

/* Delete the photo that web->subject is. */
bool acts_delete_photo(struct web *web, struct deletion *deletion_r, struct error *error)
    __attribute__((warn_unused_result));

/* Restore the photo that web->subject_id names, for the reason that the inputs give, if any. */
bool acts_restore_photo(struct web *web, struct photo *photo_r, struct error *error)
    __attribute__((warn_unused_result));

/* For a confirmation: how long a deleted photo can be restored (`window`), and how long an archived
 * one stays (`retention`), in words. */
bool acts_set_windows(struct web *web, struct doc *page, struct error *error)
    __attribute__((warn_unused_result));

/* Delete forever the item of that kind that the path or body names (web->subject_id). */
bool acts_delete_forever(struct web *web, enum item_kind kind, struct deletion *deletion_r,
    struct error *error) __attribute__((warn_unused_result));

/* The creator's content that the route's query inputs ask for (content_type, status, cursor,
 * limit), both types together, newest first. */
bool acts_list_content(struct web *web, struct content_page *page_r, struct error *error)
    __attribute__((warn_unused_result));

/* Restore the deletion that web->subject is, as the inputs without_container and items say. */
bool acts_restore_deletion(struct web *web, struct deletion *deletion_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
