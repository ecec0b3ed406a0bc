/* keyring.c - the key folder and the database belong together. */
#include <auth/keyring.h>
#include <auth/keys.h>
#include <store/keyring.h>
#include <string.h>

static bool refuse(struct error *error, const char *code, const char *message)
{
	return error_set_field(error, "LETHE_KEYS", code, "%s", message);
}

static bool is_known(const char *id, const char *const *known, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(id, known[i]) == 0)
			return true;
	return false;
}

/* One key with its public half, also where it was entered without. */
static enum db_result enter_key(
    struct db *db, const struct keys *keys, size_t i, enum keyring_purpose purpose, int64_t now_us)
{
	const struct paseto_public_key *key = keys_public(keys, i);
	char public[PASERK_PUBLIC_SIZE];
	enum db_result result;

	if (key)
		paserk_format_public(key, public);
	result = keyring_insert(db, keys_id(keys, i), purpose, key ? public : NULL, now_us);
	if (result == DB_CONFLICT && key)
		result = keyring_publish(db, keys_id(keys, i), public);
	return result == DB_CONFLICT || result == DB_NONE ? DB_OK : result;
}

/* Tell the database of every key of the folder that it does not know. */
static bool enter_keys(struct db *db, const struct keys *keys, int64_t now_us, struct error *error)
{
	static const enum keyring_purpose purposes[] = {
	    [KEY_PUBLIC] = KEYRING_PUBLIC, [KEY_LOCAL] = KEYRING_LOCAL};

	for (size_t i = 0; i < keys_count(keys); i++) {
		enum db_result result =
		    enter_key(db, keys, i, purposes[keys_purpose(keys, i)], now_us);

		if (result != DB_OK)
			return db_fail(result, error);
	}
	return true;
}

static bool compare(const struct keys *keys, const char *const *known, size_t count,
    const char *folder, struct error *error)
{
	for (size_t i = 0; i < keys_count(keys); i++)
		if (!is_known(keys_id(keys, i), known, count))
			return error_set_field(error, "LETHE_KEYS", "unknown_key",
			    "The key %s in %s is not one of this database's. LETHE_KEYS must be "
			    "the folder that belongs to the database.",
			    keys_id(keys, i), folder);
	return true;
}

static const struct keys *found_ring(
    struct db *db, const char *folder, int64_t now_us, struct arena *arena, struct error *error)
{
	struct error exists = {0};

	/* Keys without a database: an earlier start that got no further, or a backup's. */
	if (!keys_create(folder, &exists) && strcmp(exists.code, "keys_exist") != 0) {
		*error = exists;
		return NULL;
	}
	const struct keys *keys = keys_load(folder, arena, error);
	return keys && enter_keys(db, keys, now_us, error) ? keys : NULL;
}

const struct keys *keyring_open(struct db *db, const char *folder, bool create, int64_t now_us,
    struct arena *arena, struct error *error)
{
	const char **known = NULL;
	size_t count = 0;
	enum db_result result = keyring_list(db, arena, &known, &count);

	if (result > DB_NONE) {
		db_fail(result, error);
		return NULL;
	}
	if (result == DB_NONE && create)
		return found_ring(db, folder, now_us, arena, error);
	if (result == DB_NONE) {
		refuse(error, "no_keys",
		    "The database has no keys yet. Run `lethe migrate` first; it makes them.");
		return NULL;
	}
	const struct keys *keys = keys_load(folder, arena, error);
	if (!keys || !compare(keys, (const char *const *)known, count, folder, error))
		return NULL;
	return !create || enter_keys(db, keys, now_us, error) ? keys : NULL;
}

bool keyring_rotate(
    struct db *db, const char *folder, int64_t now_us, struct arena *arena, struct error *error)
{
	const struct keys *keys = keyring_open(db, folder, false, now_us, arena, error);

	if (!keys || !keys_rotate(folder, error))
		return false;
	keys = keys_load(folder, arena, error);
	return keys && enter_keys(db, keys, now_us, error);
}
