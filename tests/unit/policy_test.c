/* policy_test.c - who may do what: every role against every kind of item. */
#include <auth/policy.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

static const struct id ALDER = {{1}}, BIRCH = {{2}};
static const struct id ADA = {{11}}, BEN = {{12}}, ADMIN = {{13}}, SHOP = {{14}}, ROOT = {{15}};

enum who {
	VISITOR,
	OWNER,
	OTHER,
	SITE_OWNER,
	ALDER_ADMIN,
	FOREIGN_ADMIN,
	PLATFORM,
	WORKER,
	INSTALLATION,
	WHO_COUNT,
};

/* As the tests below write them down: visitor, owner, other member, site owner, admin, admin of
 * another organisation, platform admin of another, worker there, operator of the installation. */
static struct actor actor_of(int who)
{
	const struct actor actors[WHO_COUNT] = {
	    [VISITOR] = {.role = ROLE_VISITOR, .organization_id = ALDER},
	    [OWNER] = {.role = ROLE_MEMBER, .user_id = ADA, .organization_id = ALDER},
	    [OTHER] = {.role = ROLE_MEMBER, .user_id = BEN, .organization_id = ALDER},
	    [SITE_OWNER] = {.role = ROLE_MEMBER, .user_id = SHOP, .organization_id = ALDER},
	    [ALDER_ADMIN] = {.role = ROLE_ADMIN, .user_id = ADMIN, .organization_id = ALDER},
	    [FOREIGN_ADMIN] = {.role = ROLE_ADMIN, .user_id = ADMIN, .organization_id = BIRCH},
	    [PLATFORM] = {.role = ROLE_PLATFORM_ADMIN, .user_id = ROOT, .organization_id = BIRCH},
	    [WORKER] = actor_system("worker", &BIRCH),
	    [INSTALLATION] = actor_system("operator", NULL),
	};

	return actors[who];
}

/* One letter an actor: y allowed, f forbidden, n not found. */
static void expect(
    const struct policy_subject *subject, enum policy_action action, const char *letters)
{
	for (int who = 0; who < WHO_COUNT; who++) {
		struct actor actor = actor_of(who);
		struct policy_subject seen = *subject;
		struct error error = {0};
		char got;

		seen.owns_site = subject->on_site && who == SITE_OWNER;
		got = policy_check(&actor, action, &seen, &error) ? 'y'
		      : error.kind == ERROR_FORBIDDEN             ? 'f'
		      : error.kind == ERROR_NOT_FOUND             ? 'n'
								  : '?';
		if (got != letters[who]) {
			fail_msg("action %d, actor %d: %c, not %c", action, who, got, letters[who]);
		}
		assert_int_equal(policy_allows(&actor, action, &seen), got == 'y');
	}
}

static struct policy_subject photo(void)
{
	return (struct policy_subject){
	    .kind = POLICY_PHOTO, .organization_id = ALDER, .owner_id = ADA, .published = true};
}

static void a_library_photo(void **unused)
{
	struct policy_subject subject = photo();

	(void)unused;
	/*                                       v o m s a x p w i */
	expect(&subject, POLICY_SEE, "nyyyynyny");
	expect(&subject, POLICY_SHARE, "nyffynyny");
	expect(&subject, POLICY_GENERATE, "nyffynyny");
	expect(&subject, POLICY_ARCHIVE, "nyffynyny");
	expect(&subject, POLICY_DELETE, "nyffynyny");
	expect(&subject, POLICY_DELETE_FOREVER, "nfffynyny");
	expect(&subject, POLICY_REQUEST, "nfffynyny");
	expect(&subject, POLICY_MODERATE, "nfffynyny");
	expect(&subject, POLICY_RESTORE, "nfffynyny");
}

static void a_site_photo_is_asked_for(void **unused)
{
	struct policy_subject subject = photo();
	struct actor ada = actor_of(OWNER);
	struct error error = {0};

	(void)unused;
	subject.on_site = true;
	expect(&subject, POLICY_SEE, "nyyyynyny");
	expect(&subject, POLICY_ARCHIVE, "nfffynyny");
	expect(&subject, POLICY_DELETE, "nfffynyny");
	expect(&subject, POLICY_REQUEST, "nyfyynyny");
	expect(&subject, POLICY_SHARE, "nyffynyny");
	assert_false(policy_check(&ada, POLICY_DELETE, &subject, &error));
	assert_string_equal(error.code, "request_instead");
}

static void what_is_not_published_is_its_owners_and_the_admins(void **unused)
{
	struct policy_subject subject = photo();

	(void)unused;
	subject.published = false;
	expect(&subject, POLICY_SEE, "nynnynyny");
	expect(&subject, POLICY_DELETE, "nynnynyny");
	subject = photo();
	subject.archived = true;
	expect(&subject, POLICY_SEE, "nynnynyny");
}

static void what_is_deleted_is_the_deleters_and_the_admins(void **unused)
{
	struct policy_subject subject = photo();

	(void)unused;
	subject.deleted = true;
	subject.deleted_by = ADA;
	expect(&subject, POLICY_SEE, "nynnynyny");
	expect(&subject, POLICY_RESTORE, "nynnynyny");
	expect(&subject, POLICY_DELETE_FOREVER, "nfnnynyny");
	subject.deleted_by = ADMIN; /* not even the owner knows of it then */
	expect(&subject, POLICY_SEE, "nnnnynyny");
	expect(&subject, POLICY_ARCHIVE, "nnnnynyny");
	subject.deleted_by = id_none;
	expect(&subject, POLICY_SEE, "nnnnynyny");
}

/* Ben was an admin when he deleted what is Ada's. */
static void what_an_admin_deleted_is_not_theirs_as_a_member(void **unused)
{
	struct policy_subject subjects[] = {photo(),
	    {.kind = POLICY_DELETION, .organization_id = ALDER, .owner_id = ADA},
	    {.kind = POLICY_DELETION, .organization_id = ALDER},
	    {.kind = POLICY_ALBUM, .organization_id = ALDER, .owner_id = ADA}};

	(void)unused;
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		subjects[i].deleted = true;
		subjects[i].deleted_by = BEN;
		expect(&subjects[i], POLICY_SEE, "nnnnynyny");
		expect(&subjects[i], POLICY_RESTORE, "nnnnynyny");
	}
}

static void what_is_purged_nobody_sees(void **unused)
{
	struct policy_subject subject = photo();

	(void)unused;
	subject.deleted = subject.purged = true;
	subject.deleted_by = ADA;
	expect(&subject, POLICY_SEE, "nnnnnnnny");
}

static void a_photo_of_nobody_is_not_a_visitors(void **unused)
{
	struct policy_subject subject = photo();

	(void)unused;
	subject.owner_id = id_none;
	expect(&subject, POLICY_DELETE, "nfffynyny");
}

static void a_deletion(void **unused)
{
	struct policy_subject subject = {.kind = POLICY_DELETION,
	    .organization_id = ALDER,
	    .owner_id = ADA,
	    .deleted_by = ADA,
	    .deleted = true};

	(void)unused;
	expect(&subject, POLICY_SEE, "nynnynyny");
	expect(&subject, POLICY_RESTORE, "nynnynyny");
	subject.deleted_by = ADMIN; /* deleted over the owner's head: not theirs to undo */
	expect(&subject, POLICY_RESTORE, "nnnnynyny");
	subject.deleted_by = ADA;
	subject.purged = true; /* the record is the admins'; who could have restored learns it */
	expect(&subject, POLICY_SEE, "nnnnynyny");
	expect(&subject, POLICY_RESTORE, "nynnynyny");
}

static void content_is_its_creators_alone(void **unused)
{
	struct policy_subject subject = {
	    .kind = POLICY_CONTENT, .organization_id = ALDER, .owner_id = ADA};

	(void)unused;
	expect(&subject, POLICY_SEE, "nyfffnfny");
	expect(&subject, POLICY_ARCHIVE, "nyfffnfny");
	expect(&subject, POLICY_DELETE_FOREVER, "nyfffnfny");
	expect(&subject, POLICY_DELETE, "nffffnfny");
	subject.deleted = true;
	expect(&subject, POLICY_SEE, "nnnnnnnny");
}

static void containers(void **unused)
{
	struct policy_subject album = {
	    .kind = POLICY_ALBUM, .organization_id = ALDER, .owner_id = ADA};
	struct policy_subject project = {
	    .kind = POLICY_PROJECT, .organization_id = ALDER, .owner_id = ADA};
	struct policy_subject site = {
	    .kind = POLICY_SITE, .organization_id = ALDER, .owner_id = ADA};

	(void)unused;
	expect(&album, POLICY_SEE, "nyyyynyny");
	expect(&album, POLICY_DELETE, "nyffynyny");
	expect(&project, POLICY_SEE, "nyyyynyny");
	expect(&project, POLICY_DELETE, "nfffynyny");
	expect(&site, POLICY_DELETE, "nfffynyny");
	expect(&site, POLICY_RESTORE, "nfffynyny");
	/* Whoever deleted their own album is told that it is deleted; of the others that is kept.
	 */
	album.deleted = project.deleted = true;
	album.deleted_by = project.deleted_by = ADA;
	expect(&album, POLICY_DELETE, "nynnynyny");
	expect(&project, POLICY_DELETE, "nnnnynyny");
}

static void accounts(void **unused)
{
	struct policy_subject user = {
	    .kind = POLICY_USER, .organization_id = ALDER, .owner_id = ADA};

	(void)unused;
	expect(&user, POLICY_SEE, "nynnynyny");
	expect(&user, POLICY_DELETE, "nfnnynyny");
}

/* Of platform admins, whom admins see; the deletion of such an account is as much of it. */
static void guarded_accounts(void **unused)
{
	struct policy_subject user = {
	    .kind = POLICY_USER, .organization_id = ALDER, .owner_id = ADA, .guarded = true};
	struct policy_subject deletion = {
	    .kind = POLICY_DELETION, .organization_id = ALDER, .owner_id = ADA, .guarded = true};

	(void)unused;
	expect(&user, POLICY_SEE, "nynnynyny");
	expect(&user, POLICY_DELETE, "nfnnfnyny");
	expect(&user, POLICY_RESTORE, "nfnnfnyny");
	expect(&user, POLICY_DELETE_FOREVER, "nfnnfnyny");
	expect(&deletion, POLICY_SEE, "nnnnynyny");
	expect(&deletion, POLICY_RESTORE, "nnnnfnyny");
	expect(&deletion, POLICY_DELETE_FOREVER, "nnnnfnyny");
}

static void organisations(void **unused)
{
	struct policy_subject alder = {.kind = POLICY_ORGANIZATION, .organization_id = ALDER};

	(void)unused;
	expect(&alder, POLICY_SEE, "nyyyynyny");
	expect(&alder, POLICY_ADMINISTER, "nfffynyny");
	expect(&alder, POLICY_OPERATE, "nffffnyny");
	expect(&alder, POLICY_DELETE, "nffffnyny");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_library_photo),
	    cmocka_unit_test(a_site_photo_is_asked_for),
	    cmocka_unit_test(what_is_not_published_is_its_owners_and_the_admins),
	    cmocka_unit_test(what_is_deleted_is_the_deleters_and_the_admins),
	    cmocka_unit_test(what_an_admin_deleted_is_not_theirs_as_a_member),
	    cmocka_unit_test(what_is_purged_nobody_sees),
	    cmocka_unit_test(a_photo_of_nobody_is_not_a_visitors),
	    cmocka_unit_test(a_deletion),
	    cmocka_unit_test(content_is_its_creators_alone),
	    cmocka_unit_test(containers),
	    cmocka_unit_test(accounts),
	    cmocka_unit_test(guarded_accounts),
	    cmocka_unit_test(organisations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
