/* accounts_private.h - what the acts on accounts share. All of it runs in the caller's transaction
 * but what says otherwise. */
#ifndef LETHE_DOMAIN_ACCOUNTS_PRIVATE_H
#define LETHE_DOMAIN_ACCOUNTS_PRIVATE_H

#include "deletions.h"

#include <base/doc.h>
#include <domain/accounts.h>
#include <store/accounts.h>

/* Whether the organisation's switch lets people delete their own accounts, or admins those of
 * others; forbidden "self_deletion_off" or "admin_deletion_off". Outside transactions as well, as
 * the two below. */
bool accounts_check_switch(struct db *db, struct arena *arena, const struct id *organization_id,
    bool by_admin, struct error *error) __attribute__((warn_unused_result));

/* Whether events can be handed over to that user: one of the organisation who stays, and is not
 * `owner_id`; invalid "invalid_transfer" (field "transfer_to"). */
bool accounts_check_heir(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *owner_id, const struct id *heir_id, struct error *error)
    __attribute__((warn_unused_result));

/* Check reason and transfer. The reason's pointer is replaced where it is blank. */
bool accounts_check_choices(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *user_id, struct account_choices *choices, struct error *error)
    __attribute__((warn_unused_result));

/* Lock the peers of a user who is to lose their role, then the user anew; conflict "last_admin" or
 * "last_platform_admin" where there is none left. Two who would take away each other's last peer
 * wait for one another here. */
bool accounts_check_peers(struct db_tx *tx, struct user *user, struct error *error)
    __attribute__((warn_unused_result));

/* Conflict "blocking_events" where that was chosen and there are any. */
bool accounts_check_events(struct db_tx *tx, const struct user *user,
    const struct account_choices *choices, struct error *error) __attribute__((warn_unused_result));

/* Conflict "still_restoring" while the account's last deletion is being undone in the background.
 */
bool accounts_check_restored(struct db_tx *tx, const struct user *user, struct error *error)
    __attribute__((warn_unused_result));

/* Describe the deletion of an account. */
struct deletion accounts_describe(const struct domain *domain, const struct actor *actor,
    const struct user *user, const struct account_choices *choices);

/* Write what was chosen into the account's row as it is to be stored. */
void accounts_put_choices(struct account_row *row, const struct account_choices *choices);

/* The status of a user, outside transactions as well. */
bool accounts_read_status(const struct domain *domain, struct db *db, struct arena *arena,
    const struct id *user_id, struct account_status *status_r, struct error *error)
    __attribute__((warn_unused_result));

/* A user as the one who acts, e.g. by the link of a mail. `uid` has room for the id as text. */
struct actor accounts_actor(
    const struct user *user, char uid[ID_TEXT_SIZE], const char *request_id);

/* An account as policy knows it. */
struct policy_subject accounts_subject(const struct user *user);

/* Whether the actor, as an admin, may do that to the account; a platform admin's only another. */
bool accounts_check_admin(const struct actor *actor, enum policy_action action,
    const struct user *user, struct error *error) __attribute__((warn_unused_result));

/* A user whom the actor can reach; not_found also for a tombstone. In or outside transactions. */
bool accounts_load_user(struct db *db, struct arena *arena, const struct actor *actor,
    const struct id *user_id, struct user *user_r, struct error *error)
    __attribute__((warn_unused_result));

/* Queue a mail about the account: to its address, in its organisation. A user without an address
 * gets none. */
bool accounts_mail(struct db_tx *tx, const struct domain *domain, const struct user *user,
    const char *template, struct doc *values, struct error *error)
    __attribute__((warn_unused_result));

/* The values that all of these mails show: the name, and (not 0) when the erasure begins. */
struct doc *accounts_mail_values(
    struct arena *arena, const struct user *user, int64_t scheduled_us);

/* Add a link (value "token") that cancels the deletion until `until_us`. */
bool accounts_mail_cancel_link(const struct domain *domain, struct doc *values,
    const struct id *deletion_id, int64_t until_us, struct error *error)
    __attribute__((warn_unused_result));

#endif
