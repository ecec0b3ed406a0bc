/* asking.h - what tests of requests for deletion need beside a world: people in each role, acts in
 * one line, the mails that were queued. */
#ifndef LETHE_TESTS_ASKING_H
#define LETHE_TESTS_ASKING_H

#include "people.h"

#include <domain/requests.h>

#define REASON "My face can be made out in it."

/* Ada and Ben are members of Alder, Shop owns `site` by an approved claim, Admin and Admin2 are its
 * admins; Stranger is the admin of Birch, Platform a platform admin of Birch. */
struct asking_cast {
	struct id alder, birch;
	struct actor ada, ben, shop, admin, admin2, stranger, platform;
	struct id site, other_site;
};

extern struct asking_cast cast;

/* Empty the world of the scene, give it keys, make the cast; a test that begins with that. */
void asking_people(void);
int asking_set_up(void **state);
#define ASKING_TEST(name) cmocka_unit_test_setup(name, asking_set_up)

/* An approved claim. */
void asking_claim(struct world *world, const struct actor *owner, const struct id *site_id);

/* A photo of the actor's on a site, approved, or in that status. */
struct id asking_photo(
    struct world *world, const struct actor *actor, const struct id *site_id, const char *status);

/* Ask with REASON and no IP address, review, cancel: the code of the refusal, or "". */
const char *asking_ask(struct world *world, const struct actor *actor, const struct id *photo_id,
    struct request *request_r);
const char *asking_review(struct world *world, const struct actor *actor, const struct id *photo_id,
    bool approve, struct request_outcome *outcome_r);
const char *asking_cancel(
    struct world *world, const struct actor *actor, const struct id *request_id);
const struct error *asking_error(void);

/* A photo's status, and a request's, as the tables say. */
const char *asking_photo_status(struct world *world, const struct id *photo_id);
const char *asking_status(struct world *world, const struct id *request_id);

/* The values of the newest mail of a template to an address, as JSON; NULL: there is none. */
const char *asking_mail(struct world *world, const char *template, const char *recipient);

/* The token in the path of that mail. */
const char *asking_token(struct world *world, const char *template, const char *recipient);

#endif
