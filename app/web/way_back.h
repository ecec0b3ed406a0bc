/* way_back.h - where a person goes on who has to do something else first. */
#ifndef LETHE_WEB_WAY_BACK_H
#define LETHE_WEB_WAY_BACK_H

#include "web.h"

/* The address to come back to after signing in: the one asked for, query included; of a form that
 * was sent the page that it is on, with as much of it as that page's address takes. NULL: it is not
 * known, or the start page, or the way out. In the arena, and short enough for the login's field
 * `next`. */
const char *way_back(struct web *web);

#endif
