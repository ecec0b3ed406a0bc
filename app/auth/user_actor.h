/* user_actor.h - from an account to who acts. */
#ifndef LETHE_AUTH_USER_ACTOR_H
#define LETHE_AUTH_USER_ACTOR_H

#include <auth/actor.h>
#include <store/users.h>

/* The role of an account in the rules. */
enum role user_actor_role(enum user_role role);

/* True if the account may act: neither it nor its organisation is deleted. */
bool user_actor_is_live(const struct user *user);

#endif
