/* audit.h - what listing and exporting the trail share. */
#ifndef LETHE_DOMAIN_AUDIT_PRIVATE_H
#define LETHE_DOMAIN_AUDIT_PRIVATE_H

#include <domain/audit.h>

/* Whether the actor may read the trail of the organisation acted in. */
bool audit_check(const struct actor *actor, struct error *error)
    __attribute__((warn_unused_result));

#endif
