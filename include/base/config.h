/* config.h - what the operator set: environment variables named LETHE_*, checked at the start. */
#ifndef LETHE_BASE_CONFIG_H
#define LETHE_BASE_CONFIG_H

#include <base/arena.h>
#include <base/error.h>
#include <base/log.h>
#include <stdbool.h>
#include <stdio.h>

/* Every setting, read once. Texts are never NULL: one that is not set is empty. They belong to the
 * arena given to config_load. Folders are without a slash at their end and may be relative. */
struct config {
	/* what `make run` uses */
	const char *var; /* data folder */
	int port;
	int metrics_port;
	bool demo;

	/* the web */
	const char *base_url; /* an origin: scheme://host[:port], in lower case */
	const char *socket;   /* FastCGI unix socket */
	int threads;
	int read_timeout_s;       /* of one statement that a page or a list reads by */
	const char *cors_origins; /* origins separated by single commas; see config_allows_origin */
	const char *share;        /* folder holding templates/, static/ and sql/ */
	const char *templates;    /* folder of one's own templates */
	enum log_level log_level;

	/* the database; with a socket, host and port are not used */
	const char *db_socket;
	const char *db_host;
	int db_port;
	const char *db_name;
	const char *db_user;
	const char *db_password;
	const char *db_owner_user; /* runs migrations */
	const char *db_owner_password;
	const char *db_prune_user; /* deletes what the audit need not keep any longer */
	const char *db_prune_password;

	/* identity */
	const char *keys;             /* folder */
	const char *issuer;           /* `iss` of our own tokens */
	const char *host_key;         /* PASERK k4.public of the host application */
	const char *host_issuer;      /* `iss` of its tokens */
	const char *host_sign_in;     /* address of its sign-in page, or "" */
	const char *identity;         /* who forgets the erased: "none", "firebase" or "webhook" */
	const char *firebase_account; /* file of the service account */
	const char *firebase_url;
	const char *firebase_token_url;
	const char *identity_url;
	const char *identity_secret; /* "whsec_…"; identity/identity.h checks it */

	/* objects, mail, people */
	const char *storage; /* folder */
	const char *smtp_url;
	const char *smtp_user;
	const char *smtp_password;
	const char *smtp_ca; /* file of certificates that the server's is checked against */
	int smtp_timeout_s;  /* of one mail */
	const char *mail_from;
	const char *mail_spool; /* folder for .eml files while there is no smtp_url */
	const char *contact_privacy;
	const char *contact_support;
	const char *contact_general;

	bool webhook_private; /* whether webhooks may go to private networks */
	int work_interval_s;  /* seconds between two rounds of the worker */
};

/* Read the environment into `config`; texts go into `arena`. A variable set to nothing counts as
 * not set. A value that is wrong, and a LETHE_* variable that is no setting, are errors (invalid;
 * `field` is the variable's name) whose message names the variable, what is wrong with it and what
 * is allowed; a secret's value is never shown. Variables named LETHE_TEST_* and
 * LETHE_PASETO_VECTORS, LETHE_MUSTACHE_SPEC belong to the tests and are passed over. */
bool config_load(struct config *config, struct arena *arena, struct error *error)
    __attribute__((warn_unused_result));

/* Print every setting as NAME=value, with its meaning and what is allowed on the lines below it.
 * A secret that is set shows as "(set)", whatever is not set as "(not set)". */
void config_print(const struct config *config, FILE *out);

/* True if `origin`, as a browser sends it, is one of cors_origins. */
bool config_allows_origin(const struct config *config, const char *origin)
    __attribute__((warn_unused_result));

#endif
