/* proof.h - the part of a page that says how its act will be confirmed. */
#ifndef LETHE_WEB_PAGES_PROOF_H
#define LETHE_WEB_PAGES_PROOF_H

#include "../web.h"

/* Set what partials/proof shows: `is_fresh` (nothing is asked any more: gate_is_fresh) and
 * `has_password`, which `has_password_r` (or NULL) is told, too. */
bool proof_set(struct web *web, struct doc *page, bool *has_password_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
