/* present.h - domain structs to documents: the shapes of the API, with what pages show besides.
 *
 * Members for pages alone (names, words, addresses, rights) are set only where a page is rendered,
 * after doc_page_only. */
#ifndef LETHE_WEB_PRESENT_H
#define LETHE_WEB_PRESENT_H

#include "web.h"

#include <domain/accounts.h>
#include <domain/bulk.h>
#include <domain/claims.h>
#include <domain/deletions.h>
#include <domain/exports.h>
#include <domain/photos.h>
#include <domain/places.h>
#include <domain/settings.h>
#include <domain/webhooks.h>
#include <store/audit.h>
#include <store/content.h>
#include <store/queue.h>
#include <store/requests.h>
#include <store/shares.h>

/* Shape "photo". */
struct doc *present_photo(struct web *web, const struct photo *photo);

/* `{"items": […], "next": …}`; next is none on the last page. */
struct doc *present_list(struct web *web, struct doc *items, const struct id *next);
/* On pages also cut_words: how many were looked at for a page that is short for it. */
struct doc *present_photos(struct web *web, const struct photos_page *page);

/* Shape "deletion". */
struct doc *present_deletion(struct web *web, const struct deletion *deletion);

/* "Photo", "Account" and so on. */
const char *present_kind_word(enum item_kind kind);

/* What an origin means, as a sentence; an unknown word is given back. */
const char *present_origin_words(const char *origin);

/* Counts by kind, without those that are zero. */
struct doc *present_counts(struct web *web, const int64_t *counts);

/* "2 photos, 1 note". */
const char *present_counts_words(struct web *web, const int64_t *counts);

/* `{deletion_id, recover_until, counts}`, the answer to a deletion. */
struct doc *present_deleted(struct web *web, const struct deletion *deletion);

/* `{deletion_id, <item_key>, photo_count, photo_action}`, of a project or site; photo_count is null
 * while it is still marking. */
struct doc *present_container_deleted(
    struct web *web, const struct deletion *deletion, const char *item_key);

/* "More than 500 photos, at least 12 notes": as the impact says what there may be more of; `most`
 * is what it was counted by. `counts` are the impact's or fewer. To begin a sentence with. */
const char *present_impact_words(
    struct web *web, const struct deletion_impact *impact, const int64_t *counts, int64_t most);

/* The same of one number. */
const char *present_counted(struct web *web, int64_t count, bool more, int64_t most,
    const char *singular, const char *plural);

/* Shape "impact"; on pages in words that begin sentences, with `most` as it was counted by. */
struct doc *present_impact(struct web *web, const struct deletion_impact *impact, int64_t most);

/* Shape "claim". */
struct doc *present_claim(struct web *web, const struct claim *claim);

/* Shape "request". */
struct doc *present_request(struct web *web, const struct request *request);

/* Shape "settings". */
struct doc *present_settings(struct web *web, const struct settings *settings);

/* Shape "webhook"; with the secret (NULL: without), shape "webhook_created". */
struct doc *present_webhook(struct web *web, const struct webhook *webhook, const char *secret);

/* Shape "webhook_delivery". */
struct doc *present_webhook_delivery(struct web *web, const struct webhook_delivery *delivery);

/* Shape "content". */
struct doc *present_content(struct web *web, const struct content *content);

/* Shape "audit entry". */
struct doc *present_audit_entry(struct web *web, const struct audit_entry *entry);

/* Shape "bulk result". */
struct doc *present_bulk(struct web *web, const struct bulk_result *result);

/* A project, site, album, organisation or tag: id and name; `selected` (or NULL) is marked for a
 * page's choice. */
struct doc *present_place(struct web *web, const struct place *place, const struct id *selected);

/* A link to a shared photo. */
struct doc *present_share(struct web *web, const struct share *share);

/* The address of a shared photo, for whoever gets the link. */
const char *present_share_url(struct web *web, const char *token);

/* A row of the storage cleanup queue. */
struct doc *present_queue_item(struct web *web, const struct queue_item *item);

/* Shape "account_status"; shape "user"; a page of users; events that stand in the way. */
struct doc *present_account_status(struct web *web, const struct account_status *status);
struct doc *present_user(struct web *web, const struct user *user);
struct doc *present_users(struct web *web, const struct user *users, size_t count, bool more);
struct doc *present_events(struct web *web, const struct account_event *events, size_t count);

/* Shape "export". */
struct doc *present_export(struct web *web, const struct export_row *row);

/* The text of an id in the request's arena. */
const char *present_id(struct web *web, const struct id *id);

#endif
