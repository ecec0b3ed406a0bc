/* keys.c - the generations of keys: making, loading, and tokens made and read with them. */
#include "keys_file.h"
#include <auth/keys.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct key_set {
	struct generation secret;
	struct paseto_public_key public;
	char ids[2][PASERK_ID_SIZE]; /* by enum key_purpose */
	const char *footers[2];
};

struct keys {
	struct key_set *sets; /* the oldest first */
	size_t count;
};

static bool report(struct error *error, const char *path, const char *problem)
{
	return error_set(
	    error, ERROR_INTERNAL, "keys_unusable", "The key folder %s %s.", path, problem);
}

/* Open the folder, or give -1: it must be there and closed to others. */
static int open_folder(const char *path, struct error *error)
{
	int folder = sodium_init() < 0 ? -1 : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat status;
	if (folder < 0 || fstat(folder, &status) != 0) {
		error_set(error, ERROR_INTERNAL, "keys_unusable",
		    "The key folder %s cannot be opened: %s.", path, strerrordesc_np(errno));
	} else if (status.st_mode & 077) {
		report(error, path, "is open to others than its owner; set mode 0700");
	} else {
		return folder;
	}
	if (folder >= 0)
		close(folder);
	return -1;
}

/* The generations found in a folder. */
struct listing {
	bool found[GENERATION_MAX + 1];
	size_t count;
	int newest;
};

static bool list_entries(
    DIR *entries, const char *path, struct listing *listing, struct error *error)
{
	const struct dirent *entry;
	while ((entry = readdir(entries)) != NULL) {
		int number = generation_number(entry->d_name);
		if (number < 0)
			return error_set(error, ERROR_INTERNAL, "keys_unusable",
			    "The key file %s/%.64s is not named NNNN.key.", path, entry->d_name);
		if (number == 0)
			continue;
		listing->found[number] = true;
		listing->count++;
		if (number > listing->newest)
			listing->newest = number;
	}
	return true;
}

static bool list_generations(
    int folder, const char *path, struct listing *listing, struct error *error)
{
	memset(listing, 0, sizeof(*listing));
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = copy < 0 ? NULL : fdopendir(copy);
	if (!entries) {
		if (copy >= 0)
			close(copy);
		return report(error, path, "cannot be listed");
	}
	bool ok = list_entries(entries, path, listing, error);
	closedir(entries);
	return ok;
}

/* Write the generation after the newest; `first` says whether there may be none or must be some. */
static bool add_generation(int folder, const char *path, bool first, struct error *error)
{
	struct listing listing;
	char name[GENERATION_NAME_SIZE];
	if (!list_generations(folder, path, &listing, error))
		return false;
	if (first && listing.count > 0)
		return error_set(error, ERROR_CONFLICT, "keys_exist",
		    "The key folder %s has keys already, but the database is new. Use the database "
		    "they belong to, or move them away.",
		    path);
	if (!first && listing.count == 0)
		return report(error, path, "has no keys yet");
	if (listing.newest == GENERATION_MAX)
		return report(error, path, "has no number left for another generation");
	generation_name(listing.newest + 1, name);
	return generation_write(folder, path, name, error);
}

bool keys_create(const char *folder, struct error *error)
{
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return error_set(error, ERROR_INTERNAL, "keys_unusable",
		    "The key folder %s cannot be made: %s.", folder, strerrordesc_np(errno));
	int file = open_folder(folder, error);
	if (file < 0)
		return false;
	bool ok = add_generation(file, folder, true, error);
	close(file);
	return ok;
}

bool keys_rotate(const char *folder, struct error *error)
{
	int file = open_folder(folder, error);
	if (file < 0)
		return false;
	bool ok = add_generation(file, folder, false, error);
	close(file);
	return ok;
}

/* Work out what follows from a generation's keys. */
static void complete_set(struct arena *arena, struct key_set *set)
{
	crypto_sign_ed25519_sk_to_pk(set->public.bytes, set->secret.secret.bytes);
	paserk_public_id(&set->public, set->ids[KEY_PUBLIC]);
	paserk_local_id(&set->secret.local, set->ids[KEY_LOCAL]);
	for (int i = 0; i < 2; i++)
		set->footers[i] = arena_printf(arena, "{\"kid\":\"%s\"}", set->ids[i]);
}

static bool load_sets(
    int folder, const char *path, struct arena *arena, struct keys *keys, struct error *error)
{
	struct listing listing;
	if (!list_generations(folder, path, &listing, error))
		return false;
	if (listing.count == 0)
		return report(error, path, "has no keys");
	keys->sets = arena_array(arena, listing.count, sizeof(*keys->sets));
	for (int number = 1; number <= listing.newest; number++) {
		char name[GENERATION_NAME_SIZE];
		if (!listing.found[number])
			continue;
		generation_name(number, name);
		struct key_set *set = &keys->sets[keys->count];
		if (!generation_read(folder, path, name, &set->secret, error))
			return false;
		complete_set(arena, set);
		keys->count++;
	}
	return true;
}

const struct keys *keys_load(const char *folder, struct arena *arena, struct error *error)
{
	int file = open_folder(folder, error);
	if (file < 0)
		return NULL;
	struct keys *keys = arena_alloc(arena, sizeof(*keys));
	bool ok = load_sets(file, folder, arena, keys, error);
	close(file);
	return ok ? keys : NULL;
}

size_t keys_count(const struct keys *keys)
{
	return keys->count * 2;
}

enum key_purpose keys_purpose(const struct keys *keys, size_t index)
{
	(void)keys;
	return index % 2 == 0 ? KEY_PUBLIC : KEY_LOCAL;
}

const char *keys_id(const struct keys *keys, size_t index)
{
	return keys->sets[index / 2].ids[keys_purpose(keys, index)];
}

const struct paseto_public_key *keys_public(const struct keys *keys, size_t index)
{
	return keys_purpose(keys, index) == KEY_PUBLIC ? &keys->sets[index / 2].public : NULL;
}

static const struct key_set *newest_set(const struct keys *keys)
{
	return &keys->sets[keys->count - 1];
}

char *keys_sign(
    const struct keys *keys, struct arena *arena, const char *payload, const char *assertion)
{
	const struct key_set *set = newest_set(keys);
	return paseto_sign(arena, &set->secret.secret, paseto_text(payload),
	    paseto_text(set->footers[KEY_PUBLIC]), paseto_text(assertion));
}

char *keys_seal(
    const struct keys *keys, struct arena *arena, const char *payload, const char *assertion)
{
	const struct key_set *set = newest_set(keys);
	return paseto_seal(arena, &set->secret.local, paseto_text(payload),
	    paseto_text(set->footers[KEY_LOCAL]), paseto_text(assertion));
}

/* The set whose key made `token`, as its footer says; NULL if that is none of ours. */
static const struct key_set *find_set(
    const struct keys *keys, struct arena *arena, const char *token, enum key_purpose purpose)
{
	struct paseto_part footer;
	if (!paseto_read_footer(arena, token, &footer))
		return NULL;
	for (size_t i = 0; i < keys->count; i++) {
		const char *ours = keys->sets[i].footers[purpose];
		if (strlen(ours) == footer.length && memcmp(ours, footer.bytes, footer.length) == 0)
			return &keys->sets[i];
	}
	return NULL;
}

bool keys_verify(const struct keys *keys, struct arena *arena, const char *token,
    const char *assertion, struct paseto_part *payload_r)
{
	struct paseto_message message;
	const struct key_set *set = find_set(keys, arena, token, KEY_PUBLIC);
	if (!set || !paseto_verify(arena, &set->public, token, paseto_text(assertion), &message))
		return false;
	*payload_r = message.payload;
	return true;
}

bool keys_open(const struct keys *keys, struct arena *arena, const char *token,
    const char *assertion, struct paseto_part *payload_r)
{
	struct paseto_message message;
	const struct key_set *set = find_set(keys, arena, token, KEY_LOCAL);
	if (!set ||
	    !paseto_open(arena, &set->secret.local, token, paseto_text(assertion), &message))
		return false;
	*payload_r = message.payload;
	return true;
}

void keys_digest(const struct keys *keys, const char *context, const char *text,
    unsigned char digest_r[KEYS_DIGEST_SIZE])
{
	unsigned char key[crypto_generichash_KEYBYTES];
	crypto_kdf_derive_from_key(key, sizeof(key), 1, context, keys->sets[0].secret.local.bytes);
	crypto_generichash(digest_r, KEYS_DIGEST_SIZE, (const unsigned char *)text, strlen(text),
	    key, sizeof(key));
	sodium_memzero(key, sizeof(key));
}
