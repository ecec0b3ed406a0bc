/* scene.h - what most test programs begin with: one world, and the usual people in it. */
#ifndef LETHE_TESTS_SCENE_H
#define LETHE_TESTS_SCENE_H

#include "world.h"

extern struct world *world;

/* In Alder the members Ada and Ben and an admin; in Birch another admin. */
extern struct id alder, birch;
extern struct actor ada, ben, admin, stranger;

/* For cmocka: a program's world opened and closed; before a test, scene_people(). */
int scene_start(void **state);
int scene_stop(void **state);
int scene_set_up(void **state);

/* A test that begins with an empty world and these people. */
#define SCENE_TEST(name) cmocka_unit_test_setup(name, scene_set_up)

/* Empty the world and let the people in. */
void scene_people(void);

#endif
