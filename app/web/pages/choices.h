/* choices.h - choices of projects and sites for forms. */
#ifndef LETHE_WEB_PAGES_CHOICES_H
#define LETHE_WEB_PAGES_CHOICES_H

#include "../web.h"

#include <store/places.h>

/* The organisation's live ones of a kind, as `key`: each with id, name, is_selected. The newest 200
 * and the one selected; where there are more, `key`_more is true: /choose finds those. */
bool choices_fill(struct web *web, struct doc *page, const char *key, enum place_kind kind,
    const struct id *selected, struct error *error) __attribute__((warn_unused_result));

#endif
