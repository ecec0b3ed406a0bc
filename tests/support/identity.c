/* identity.c - two organisations and their people, for tests. */
#include "identity.h"

#include <auth/keyring.h>
#include <auth/keys.h>
#include <auth/password.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <store/organizations.h>
#include <string.h>
#include <unistd.h>

static void must(bool fine, const char *what, const struct error *error)
{
	if (!fine) {
		fprintf(stderr, "identity: %s: %s\n", what, error ? error->message : "");
		exit(1);
	}
}

static void configure(struct identity *identity)
{
	struct paseto_public_key public;
	struct error error = {0};
	char *text = arena_alloc(identity->keys_arena, PASERK_PUBLIC_SIZE);

	crypto_sign_keypair(public.bytes, identity->host.bytes);
	paserk_format_public(&public, text);
	identity->config = (struct config){
	    .issuer = "https://lethe.test",
	    .host_issuer = "https://host.test",
	    .host_key = text,
	};
	must(auth_open(&identity->auth, &identity->config, identity->db, &identity->clock,
		 identity->keys, identity->hasher, &error),
	    "auth", &error);
	must(auth_open(&identity->other, &identity->config, identity->other_db, &identity->clock,
		 identity->keys, identity->hasher, &error),
	    "auth", &error);
}

struct identity *identity_open(void)
{
	struct identity *identity = calloc(1, sizeof(*identity));
	struct error error = {0};
	char keys[80];

	must(identity != NULL, "memory", NULL);
	identity->database = test_database_open();
	identity->owner = test_database_connect(identity->database, TEST_OWNER);
	identity->db = test_database_connect(identity->database, TEST_APP);
	identity->other_db = test_database_connect(identity->database, TEST_APP);
	identity->clock = clock_fixed(IDENTITY_START_US);
	identity->arena = arena_create();
	identity->keys_arena = arena_create();
	snprintf(identity->folder, sizeof(identity->folder), "/tmp/lethe_identity_XXXXXX");
	must(mkdtemp(identity->folder) != NULL, identity->folder, NULL);
	snprintf(keys, sizeof(keys), "%s/keys", identity->folder);
	identity->keys = keyring_open(
	    identity->owner, keys, true, IDENTITY_START_US, identity->keys_arena, &error);
	must(identity->keys != NULL, "keys", &error);
	identity->hasher = password_hasher_create(&error);
	must(identity->hasher != NULL, "hasher", &error);
	configure(identity);
	identity->caller =
	    (struct auth_caller){.ip = "192.0.2.1", .user_agent = "Test/1", .request_id = "req-1"};
	return identity;
}

static const char *hash_once(struct identity *identity)
{
	static char hash[PASSWORD_HASH_SIZE];
	struct error error = {0};

	if (!hash[0])
		must(password_hash(identity->hasher, IDENTITY_PASSWORD, hash, &error), "hash",
		    &error);
	return hash;
}

static bool insert_people(struct db_tx *tx, void *context, struct error *error)
{
	struct identity *identity = context;
	const struct user *users[] = {&identity->ada, &identity->ben, &identity->root};
	bool fine =
	    organizations_insert(tx, &identity->alder, "Alder", NULL, IDENTITY_START_US) == DB_OK &&
	    organizations_insert(tx, &identity->birch, "Birch", NULL, IDENTITY_START_US) == DB_OK;

	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++)
		fine = fine && users_insert(tx, users[i]) == DB_OK;
	return fine || error_set(error, ERROR_INTERNAL, "test", "people could not be added");
}

static struct user person(const struct id *organization, const char *email, const char *name,
    enum user_role role, const char *hash)
{
	return (struct user){
	    .id = id_generate(IDENTITY_START_US),
	    .organization_id = *organization,
	    .email = email,
	    .display_name = name,
	    .role = role,
	    .password_hash = hash,
	    .created_us = IDENTITY_START_US,
	};
}

void identity_reset(struct identity *identity)
{
	const char *hash = hash_once(identity);
	struct error error = {0};

	test_database_clear(identity->database);
	arena_reset(identity->arena);
	identity->clock = clock_fixed(IDENTITY_START_US);
	identity->alder = id_generate(IDENTITY_START_US);
	identity->birch = id_generate(IDENTITY_START_US);
	identity->ada = person(&identity->alder, "ada@alder.test", "Ada", USER_MEMBER, hash);
	identity->ada.identity_uid = "idp-ada";
	identity->ben = person(&identity->alder, "ben@alder.test", "Ben", USER_ADMIN, NULL);
	identity->root =
	    person(&identity->birch, "root@birch.test", "Root", USER_PLATFORM_ADMIN, hash);
	must(db_transaction(identity->owner, insert_people, identity, &error), "people", &error);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

void identity_close(struct identity **identity)
{
	db_close(&(*identity)->owner);
	db_close(&(*identity)->db);
	db_close(&(*identity)->other_db);
	test_database_close(&(*identity)->database);
	password_hasher_destroy(&(*identity)->hasher);
	arena_destroy(&(*identity)->arena);
	arena_destroy(&(*identity)->keys_arena);
	must(nftw((*identity)->folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS) == 0,
	    (*identity)->folder, NULL);
	free(*identity);
	*identity = NULL;
}

void identity_sql(struct identity *identity, const char *format, const struct id *id)
{
	char hex[2 * sizeof(struct id) + 1] = "";
	const char *at = strstr(format, "%s");

	if (id)
		sodium_bin2hex(hex, sizeof(hex), id->bytes, sizeof(id->bytes));
	const char *sql =
	    at ? arena_printf(identity->arena, "%.*s%s%s", (int)(at - format), format, hex, at + 2)
	       : format;
	must(db_run(identity->owner, sql) <= DB_NONE, sql, NULL);
}

int64_t identity_count(struct identity *identity, const char *sql)
{
	struct arena *arena = arena_create();
	struct db_statement *statement = arena_alloc(identity->keys_arena, sizeof(*statement));
	struct db_rows rows = {0};

	/* The connection keeps statements by their address, so this one stays. */
	statement->name = "test";
	statement->sql = arena_dup(identity->keys_arena, sql);
	must(db_query(identity->owner, arena, statement, DB_NO_VALUES, &rows) == DB_OK, sql, NULL);
	int64_t count = db_int(&rows, 0, 0);
	arena_destroy(&arena);
	return count;
}

const char *identity_host_token(struct identity *identity, const char *payload)
{
	return paseto_sign(identity->arena, &identity->host, paseto_text(payload),
	    paseto_text(NULL), paseto_text(NULL));
}
