/* export.h - the part of a page that is about one's export. */
#ifndef LETHE_WEB_PAGES_EXPORT_H
#define LETHE_WEB_PAGES_EXPORT_H

#include "../web.h"

/* Set what partials/export shows: the newest export, whether another can be asked for, and how that
 * is confirmed (proof.h). */
bool export_set_section(struct web *web, struct doc *page, struct error *error)
    __attribute__((warn_unused_result));

#endif
