/* acts_accounts.h - what pages and API do with accounts, from the request's inputs. */
#ifndef LETHE_WEB_ACTS_ACCOUNTS_H
#define LETHE_WEB_ACTS_ACCOUNTS_H

#include "web.h"

#include <domain/accounts.h>

/* The inputs photos, events, transfer_to and reason; transfer_address where it is that of somebody
 * of the organisation. */
struct account_choices acts_account_choices(
    const struct web *web, const struct id *organization_id);

/* The input mode is "hard". */
bool acts_is_hard(const struct web *web);

/* Leave; blocking events are listed in the problem. */
bool acts_leave(struct web *web, struct account_status *status_r, struct error *error)
    __attribute__((warn_unused_result));

/* Delete the account that the path names. */
bool acts_delete_user(struct web *web, struct deletion *deletion_r, struct error *error)
    __attribute__((warn_unused_result));

/* Delete those of the input ids. */
bool acts_delete_users(struct web *web, struct act_result **results_r, size_t *count_r,
    struct error *error) __attribute__((warn_unused_result));

/* Settle the event of the path: handed over as the fields transfer_to and transfer_address say, or
 * (`anonymize`) without a name. */
bool acts_settle_event(struct web *web, bool anonymize, struct account_event *event_r,
    struct error *error) __attribute__((warn_unused_result));

#endif
