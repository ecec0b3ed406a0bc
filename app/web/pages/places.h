/* places.h - lists of projects, sites, albums and organisations for pages. */
#ifndef LETHE_WEB_PAGES_PLACES_H
#define LETHE_WEB_PAGES_PLACES_H

#include "../web.h"

#include <store/places.h>

/* A page of the list that the inputs ask for (cursor), as `items`, `is_empty`, `next_url` and
 * `first_url`; `base` is the page's own address. Each item has id, name, created, is_mine,
 * url (of albums), can_delete, delete_url. `items_r` (or NULL) gets the list. `sort` says the order
 * that the input of that name asks for. */
bool places_fill(struct web *web, struct doc *page, enum place_kind kind, const char *base,
    struct doc **items_r, struct error *error) __attribute__((warn_unused_result));

/* Set `sort`, for partials/sorting: is_name, and the addresses of the list by name and newest
 * first. */
void places_set_sort(
    struct web *web, struct doc *page, const char *name_url, const char *newest_url);

/* Whether the input `sort` asks for the order of names. */
bool places_sorts_by_name(const struct web *web);

#endif
