/* restore_bar.h - the bar that restores what is selected of a list. */
#ifndef LETHE_WEB_PAGES_RESTORE_BAR_H
#define LETHE_WEB_PAGES_RESTORE_BAR_H

#include "../web.h"

/* Set what partials/restore_bar wants: where the form goes, and where it leads to afterwards. */
void page_set_restore_bar(struct web *web, struct doc *page, const char *action, const char *next);

#endif
