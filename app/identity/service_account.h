/* service_account.h - a service account, as Google's console gives it: a JSON file. */
#ifndef LETHE_APP_IDENTITY_SERVICE_ACCOUNT_H
#define LETHE_APP_IDENTITY_SERVICE_ACCOUNT_H

#include "signer.h"

#include <base/error.h>

/* What is in it; texts live in the arena. */
struct service_account {
	const char *project_id;
	const char *client_email;
	const char *key_id; /* or NULL */
	const char *token_uri;
	struct signer *signer; /* owned */
};

/* Read and check the file at `path`; `token_url` (not empty) takes the place of its token_uri.
 * Members: type "service_account"; project_id, client_email, token_uri (https) and private_key
 * (RSA, PEM) are needed, private_key_id may be there. Errors: invalid; the message names the file's
 * setting and the wrong member, never a value. */
bool service_account_read(struct service_account *account_r, struct arena *arena, const char *path,
    const char *token_url, struct error *error) __attribute__((warn_unused_result));

#endif
