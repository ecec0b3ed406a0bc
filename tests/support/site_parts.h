/* site_parts.h - what the files of tests/support/site share. */
#ifndef LETHE_TESTS_SITE_PARTS_H
#define LETHE_TESTS_SITE_PARTS_H

#include "site.h"

#include <sys/types.h>

struct site {
	struct http_client *client;
	struct arena *lasting; /* until the site is closed */
	const char *tokens[PERSON_COUNT];
	const char *cookies[PERSON_COUNT];
	const char *csrfs[PERSON_COUNT];
	unsigned pictures; /* made so far: each differs */

	/* behind it */
	struct config config;
	struct db *owner;
	struct password_hasher *hasher;
	struct clock clock; /* of site_auth_at */

	/* the second one */
	char second_folder[64];
	pid_t second_serve, second_nginx;
};

/* Connect to the site's database and read its configuration from LETHE_TEST_ENV. */
void site_store_open(struct site *site);
void site_store_close(struct site *site);

/* Stop the second server, if there is one. */
void site_second_close(struct site *site);

#endif
