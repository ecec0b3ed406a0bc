/* actor.c - who acts. */
#include <auth/actor.h>

bool actor_is_admin(const struct actor *actor)
{
	return actor->role == ROLE_ADMIN || actor->role == ROLE_PLATFORM_ADMIN;
}

struct actor actor_system(const char *uid, const struct id *organization_id)
{
	return (struct actor){
	    .role = ROLE_SYSTEM,
	    .organization_id = organization_id ? *organization_id : id_none,
	    .uid = uid,
	};
}
