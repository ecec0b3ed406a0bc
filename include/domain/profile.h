/* profile.h - what people change of their own account. */
#ifndef LETHE_DOMAIN_PROFILE_H
#define LETHE_DOMAIN_PROFILE_H

#include <auth/actor.h>
#include <base/error.h>
#include <domain/domain.h>
#include <stdbool.h>

#define PROFILE_NAME_MAX 200 /* characters */

/* Change the name that others see: 1 to PROFILE_NAME_MAX characters that are not only white space,
 * on one line; white space around it is dropped. Audit, where it is another one: user.rename,
 * without the names. Errors: invalid "display_name" ("missing", "too_long", "invalid_input");
 * not_found where the account is gone; unavailable. */
bool profile_rename(const struct domain *domain, const struct actor *actor, const char *name,
    struct error *error) __attribute__((warn_unused_result));

#endif
