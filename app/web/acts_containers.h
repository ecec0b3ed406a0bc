/* acts_containers.h - what pages and API do alike with albums, projects, sites, organisations. */
#ifndef LETHE_WEB_ACTS_CONTAINERS_H
#define LETHE_WEB_ACTS_CONTAINERS_H

#include "web.h"

#include <domain/archives.h>
#include <domain/deletions.h>
#include <store/places.h>

/* The kind of item that a place is; not for tags. */
enum item_kind acts_kind_of(enum place_kind kind);

/* What the route's input photo_action says; PHOTO_ACTION_NONE where it is absent. */
enum photo_action acts_photo_action(const struct web *web);

/* How many of a kind a page counts: all if the input `exact` says so, else what is quick, whatever
 * there is. */
int64_t acts_count_most(const struct web *web);

/* What deleting the place that web->subject is would do; `most` as in store/impact.h. */
bool acts_impact(struct web *web, enum photo_action action, int64_t most,
    struct deletion_impact *impact_r, struct error *error) __attribute__((warn_unused_result));

/* Delete that place as the inputs photo_action, confirmation and reason say. */
bool acts_delete_container(struct web *web, struct deletion *deletion_r, struct error *error)
    __attribute__((warn_unused_result));

/* Criteria of an archiving from the API's object `criteria`: project_id, date_range with start and
 * end, tag_ids. Invalid with the member's name as the field. */
bool acts_read_criteria(const json_t *object, struct archive_criteria *criteria_r,
    struct error *error) __attribute__((warn_unused_result));

/* The same from a form's or query's project_id, from, to and tags (names, comma-separated).
 * `given_r`: there is at least one. */
bool acts_form_criteria(struct web *web, struct archive_criteria *criteria_r, bool *given_r,
    struct error *error) __attribute__((warn_unused_result));

#endif
