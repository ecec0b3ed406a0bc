/* asking_scene.c - the scene with those who ask and decide. */
#include "asking.h"
#include "scene.h"

#include <store/places.h>

struct asking_cast cast;

void asking_people(void)
{
	scene_people();
	people_authorize(world);
	cast = (struct asking_cast){.alder = alder,
	    .birch = birch,
	    .ada = ada,
	    .ben = ben,
	    .shop = world_user(world, &alder, "shop@alder.example", ROLE_MEMBER),
	    .admin = admin,
	    .admin2 = world_user(world, &alder, "admin2@alder.example", ROLE_ADMIN),
	    .stranger = stranger,
	    .platform = world_user(world, &birch, "platform@lethe.example", ROLE_PLATFORM_ADMIN),
	    .site = world_place(world, &admin, PLACE_SITE, "shop"),
	    .other_site = world_place(world, &admin, PLACE_SITE, "trail")};
	asking_claim(world, &cast.shop, &cast.site);
}

int asking_set_up(void **state)
{
	(void)state;
	asking_people();
	return 0;
}
