/* claims_test.c - claims on sites: made once, decided by admins, within one organisation. */
#include "../support/scene.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <domain/claims.h>
#include <store/places.h>
#include <string.h>

static struct actor platform;
static struct id site;
static struct claim claim;
static struct error error;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	platform = world_user(
	    world, &stranger.organization_id, "platform@lethe.example", ROLE_PLATFORM_ADMIN);
	site = world_place(world, &admin, PLACE_SITE, "shop");
	return 0;
}

/* The code of the refusal, or "". */
static const char *make(const struct actor *actor)
{
	error_clear(&error);
	return claims_make(&world->domain, actor, world->arena, &site, &claim, &error) ? ""
										       : error.code;
}

static const char *decide(const struct actor *actor, const struct id *claim_id, bool approve)
{
	error_clear(&error);
	return claims_decide(
		   &world->domain, actor, world->arena, &site, claim_id, approve, &claim, &error)
		   ? ""
		   : error.code;
}

static size_t count(const struct actor *actor, enum claim_state state)
{
	struct claims_page page;

	assert_true(
	    claims_list(&world->domain, actor, world->arena, state, &id_none, 50, &page, &error));
	return page.count;
}

/* Whether ada sees herself as the owner of the site of this photo. */
static bool owns(const struct id *photo_id)
{
	struct photo photo;

	assert_true(photos_find(&world->domain, &ada, world->arena, photo_id, &photo, &error));
	return photo.owns_site;
}

static void a_claim_is_made_once(void **state)
{
	(void)state;
	assert_string_equal(make(&ada), "");
	assert_int_equal(claim.state, CLAIM_PENDING);
	assert_true(id_equal(&claim.user_id, &ada.user_id));
	assert_string_equal(make(&ada), "already_claimed");
	assert_string_equal(make(&ben), "");
	assert_int_equal(count(&admin, CLAIM_PENDING), 2);
	assert_int_equal(trash_entries(world, "claim.create"), 2);
}

static void an_approved_claim_makes_an_owner(void **state)
{
	struct id photo = world_photo(world, &ada, "On the site", NULL, &site);
	struct id claim_id;

	(void)state;
	assert_string_equal(make(&ada), "");
	claim_id = claim.id;
	assert_false(owns(&photo));
	world->clock.fixed_us += 7;
	assert_string_equal(decide(&admin, &claim_id, true), "");
	assert_int_equal(claim.state, CLAIM_APPROVED);
	assert_true(id_equal(&claim.decided_by, &admin.user_id));
	assert_true(claim.decided_at_us == WORLD_START_US + 7);
	assert_true(owns(&photo));
	assert_string_equal(decide(&admin, &claim_id, true), "already_decided");
	assert_string_equal(make(&ada), "already_claimed");
	assert_string_equal(decide(&admin, &claim_id, false), "");
	assert_false(owns(&photo));
	assert_int_equal(trash_entries(world, "claim.approve"), 1);
	assert_int_equal(trash_entries(world, "claim.reject"), 1);
}

/* It is the same claim, pending anew. */
static void a_rejected_claim_may_be_made_again(void **state)
{
	struct id claim_id;

	(void)state;
	assert_string_equal(make(&ada), "");
	claim_id = claim.id;
	assert_string_equal(decide(&admin, &claim_id, false), "");
	assert_string_equal(make(&ada), "");
	assert_true(id_equal(&claim.id, &claim_id));
	assert_int_equal(claim.state, CLAIM_PENDING);
	assert_true(id_is_none(&claim.decided_by));
	assert_int_equal(count(&admin, CLAIM_PENDING), 1);
	assert_int_equal(count(&admin, CLAIM_REJECTED), 0);
}

static void only_admins_decide(void **state)
{
	struct id claim_id;

	(void)state;
	assert_string_equal(make(&ada), "");
	claim_id = claim.id;
	assert_string_equal(decide(&ada, &claim_id, true), "forbidden");
	assert_string_equal(decide(&ben, &claim_id, true), "forbidden");
	assert_int_equal(trash_entries(world, "claim.approve"), 0);
}

static void other_organizations_see_nothing(void **state)
{
	struct id claim_id;
	struct actor acting = platform;

	(void)state;
	assert_string_equal(make(&ada), "");
	claim_id = claim.id;
	assert_string_equal(make(&stranger), "not_found");
	assert_string_equal(decide(&stranger, &claim_id, true), "not_found");
	assert_int_equal(count(&stranger, CLAIM_PENDING), 0);
	acting.organization_id = ada.organization_id;
	assert_string_equal(make(&acting), "not_a_member");
	assert_string_equal(decide(&acting, &claim_id, true), "");
}

/* A claim is found on its own site alone. */
static void the_site_must_be_the_claims(void **state)
{
	struct id claim_id;

	(void)state;
	assert_string_equal(make(&ada), "");
	claim_id = claim.id;
	site = world_place(world, &admin, PLACE_SITE, "garden");
	assert_string_equal(decide(&admin, &claim_id, true), "not_found");
}

static void a_deleted_site_is_not_claimed(void **state)
{
	struct id claim_id;

	(void)state;
	assert_string_equal(make(&ada), "");
	claim_id = claim.id;
	trash_sql(world, "UPDATE sites SET deleted_at = '2026-01-01' WHERE id = %s",
	    trash_hex(world, &site));
	assert_string_equal(make(&ben), "container_deleted");
	assert_string_equal(decide(&admin, &claim_id, true), "container_deleted");
	assert_int_equal(count(&admin, CLAIM_PENDING), 0);
}

static void lists_page_by_cursor(void **state)
{
	struct claims_page page;
	int64_t pending = 0;

	(void)state;
	assert_string_equal(make(&ada), "");
	world->clock.fixed_us += 1000;
	assert_string_equal(make(&ben), "");
	assert_true(claims_list(
	    &world->domain, &admin, world->arena, CLAIM_PENDING, &id_none, 1, &page, &error));
	assert_int_equal(page.count, 1);
	assert_string_equal(page.items[0].user_email, "ben@alder.example");
	assert_true(claims_list(
	    &world->domain, &admin, world->arena, CLAIM_PENDING, &page.next, 1, &page, &error));
	assert_string_equal(page.items[0].user_email, "ada@alder.example");
	assert_true(id_is_none(&page.next));
	assert_true(claims_pending(&world->domain, &admin, world->arena, &pending, &error));
	assert_int_equal(pending, 2);
	assert_false(claims_list(
	    &world->domain, &ada, world->arena, CLAIM_PENDING, &id_none, 1, &page, &error));
	assert_string_equal(error.code, "forbidden");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_claim_is_made_once, set_up),
	    cmocka_unit_test_setup(an_approved_claim_makes_an_owner, set_up),
	    cmocka_unit_test_setup(a_rejected_claim_may_be_made_again, set_up),
	    cmocka_unit_test_setup(only_admins_decide, set_up),
	    cmocka_unit_test_setup(other_organizations_see_nothing, set_up),
	    cmocka_unit_test_setup(the_site_must_be_the_claims, set_up),
	    cmocka_unit_test_setup(a_deleted_site_is_not_claimed, set_up),
	    cmocka_unit_test_setup(lists_page_by_cursor, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
