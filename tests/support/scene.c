/* scene.c - one world, and the usual people in it. */
#include "scene.h"

#include "people.h"

struct world *world;
struct id alder, birch;
struct actor ada, ben, admin, stranger;

int scene_start(void **state)
{
	(void)state;
	world = world_open();
	return 0;
}

int scene_stop(void **state)
{
	(void)state;
	people_close();
	world_close(&world);
	return 0;
}

int scene_set_up(void **state)
{
	(void)state;
	scene_people();
	return 0;
}

void scene_people(void)
{
	world_people(world, &ada, &ben, &admin, &stranger);
	alder = ada.organization_id;
	birch = stranger.organization_id;
}
