/* user_actor.c - from an account to who acts. */
#include "user_actor.h"

enum role user_actor_role(enum user_role role)
{
	static const enum role roles[USER_ROLE_COUNT] = {
	    [USER_MEMBER] = ROLE_MEMBER,
	    [USER_ADMIN] = ROLE_ADMIN,
	    [USER_PLATFORM_ADMIN] = ROLE_PLATFORM_ADMIN,
	};

	return roles[role];
}

bool user_actor_is_live(const struct user *user)
{
	return user->deleted_us == 0 && !user->organization_deleted;
}
