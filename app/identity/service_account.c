/* service_account.c - reading a service account's file. */
#include "service_account.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "attempt.h"

#define SETTING   "LETHE_FIREBASE_ACCOUNT"
#define FILE_MOST 65536

static bool refuse(struct error *error, const char *what)
{
	return identity_refuse(error, SETTING, what);
}

static bool wrong(struct error *error, const char *member, const char *must)
{
	char what[160];

	snprintf(what, sizeof(what), "names a file whose member \"%s\" %s.", member, must);
	return refuse(error, what);
}

/* The members, in the order in which they are checked. */
static const struct member {
	const char *name;
	size_t offset; /* in struct service_account */
	const char *allowed;
	const char *must;
	bool is_optional;
} members[] = {
    {"project_id", offsetof(struct service_account, project_id),
	"abcdefghijklmnopqrstuvwxyz0123456789-.:", "must be the id of a project", false},
    {"client_email", offsetof(struct service_account, client_email),
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._+@",
	"must be the account's address", false},
    {"private_key_id", offsetof(struct service_account, key_id),
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_",
	"must be a text of letters and digits", true},
    {"token_uri", offsetof(struct service_account, token_uri),
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?[]@!$&'()*+,;=%",
	"must be an address that begins with https://", false},
};

static bool read_member(struct service_account *account, struct arena *arena, const json_t *object,
    const struct member *member, struct error *error)
{
	const json_t *value = json_object_get(object, member->name);
	const char *text = json_string_value(value);
	const char **slot = (const char **)((char *)account + member->offset);

	if (!value && (member->is_optional || *slot))
		return true;
	if (!text || !*text || strlen(text) > 300 || text[strspn(text, member->allowed)])
		return wrong(error, member->name, value ? member->must : "is missing");
	if (!*slot)
		*slot = arena_dup(arena, text);
	return true;
}

static bool read_key(struct service_account *account, const json_t *object, struct error *error)
{
	const char *pem = json_string_value(json_object_get(object, "private_key"));

	account->signer = pem ? signer_open(pem) : NULL;
	return account->signer ||
	       wrong(error, "private_key",
		   pem ? "must be an RSA key of at least 2048 bits in PEM" : "is missing");
}

static bool read_object(struct service_account *account, struct arena *arena, const json_t *object,
    bool own_token_url, struct error *error)
{
	const char *type = json_string_value(json_object_get(object, "type"));

	if (!json_is_object(object))
		return refuse(error, "names a file that is not one JSON object.");
	if (!type || strcmp(type, "service_account") != 0)
		return wrong(error, "type", "must be \"service_account\"");
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (!read_member(account, arena, object, &members[i], error))
			return false;
	if (!strchr(account->client_email, '@'))
		return wrong(error, "client_email", "must be the account's address");
	if (!own_token_url && strncmp(account->token_uri, "https://", 8) != 0)
		return wrong(error, "token_uri", "must be an address that begins with https://");
	return read_key(account, object, error);
}

bool service_account_read(struct service_account *account_r, struct arena *arena, const char *path,
    const char *token_url, struct error *error)
{
	FILE *file = fopen(path, "re");
	char *text = arena_alloc(arena, FILE_MOST + 1);
	size_t length = file ? fread(text, 1, FILE_MOST + 1, file) : 0;
	bool failed = !file || ferror(file);
	json_t *object;
	bool ok;

	if (file)
		fclose(file);
	if (failed)
		return refuse(error, "names a file that cannot be read.");
	*account_r = (struct service_account){.token_uri = *token_url ? token_url : NULL};
	object =
	    length <= FILE_MOST ? json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL) : NULL;
	ok = read_object(account_r, arena, object, *token_url, error);
	json_decref(object);
	sodium_memzero(text, FILE_MOST + 1);
	return ok;
}
