/* account_parts.h - what pages that end an account show alike: what goes, what can be chosen, which
 * events stand in the way. */
#ifndef LETHE_WEB_PAGES_ACCOUNT_PARTS_H
#define LETHE_WEB_PAGES_ACCOUNT_PARTS_H

#include "../web.h"

#include <domain/accounts.h>

/* `impact` of a live account (none: one's own) of that organisation: words, size, trashed,
 * requests, events, photos, has_events, has_photos. */
bool account_parts_impact(struct web *web, struct doc *page, const struct id *organization_id,
    const struct id *user_id, struct error *error) __attribute__((warn_unused_result));

/* The fields photos, events, transfer_to, transfer_address and reason, as `choice`, filled in as
 * they were sent, with the people of the organisation (but `except`) who can take over events. */
bool account_parts_choices(struct web *web, struct doc *page, const struct id *organization_id,
    const struct id *except, struct error *error) __attribute__((warn_unused_result));

/* `events`, soonest first, of an account (none: one's own), and `more_events` where there are more
 * than are listed. Whoever settles one comes back to the address `next`, which is the caller's. */
bool account_parts_events(struct web *web, struct doc *page, const struct id *user_id,
    const char *next, struct error *error) __attribute__((warn_unused_result));

/* Whether a refusal is one that the page with the form explains, on which it is then kept as
 * web->form_error: conflicts of accounts. */
bool account_parts_explains(struct web *web, struct error *error);

/* How `choices` were made, in words: `kept`, `events_words`. */
bool account_parts_chosen(struct web *web, struct doc *doc, const struct account_choices *choices,
    struct error *error) __attribute__((warn_unused_result));

/* Set `wait` on `doc`: since when, why and until when the purge of an account or an organisation
 * waits for the identity provider; null where it does not. */
bool account_parts_wait(struct web *web, struct doc *doc, const struct id *deletion_id,
    struct error *error) __attribute__((warn_unused_result));

#endif
