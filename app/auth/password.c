/* password.c - Argon2id by libsodium, with a bounded number of hashes under way. */
#include <auth/password.h>
#include <base/text.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "libsodium's size");

struct password_hasher {
	pthread_mutex_t mutex;
	pthread_cond_t freed;
	int free_slots;
};

struct password_hasher *password_hasher_create(struct error *error)
{
	struct password_hasher *hasher = sodium_init() < 0 ? NULL : calloc(1, sizeof(*hasher));
	if (!hasher) {
		error_set(error, ERROR_INTERNAL, "crypto_unavailable",
		    "The cryptographic library cannot start.");
		return NULL;
	}
	pthread_mutex_init(&hasher->mutex, NULL);
	pthread_cond_init(&hasher->freed, NULL);
	hasher->free_slots = PASSWORD_PARALLEL;
	return hasher;
}

void password_hasher_destroy(struct password_hasher **hasher)
{
	if (!*hasher)
		return;
	pthread_cond_destroy(&(*hasher)->freed);
	pthread_mutex_destroy(&(*hasher)->mutex);
	free(*hasher);
	*hasher = NULL;
}

static void take_slot(struct password_hasher *hasher)
{
	pthread_mutex_lock(&hasher->mutex);
	while (hasher->free_slots == 0)
		pthread_cond_wait(&hasher->freed, &hasher->mutex);
	hasher->free_slots--;
	pthread_mutex_unlock(&hasher->mutex);
}

static void give_slot(struct password_hasher *hasher)
{
	pthread_mutex_lock(&hasher->mutex);
	hasher->free_slots++;
	pthread_cond_signal(&hasher->freed);
	pthread_mutex_unlock(&hasher->mutex);
}

bool password_check(const char *password, struct error *error)
{
	size_t length = strlen(password);
	if (length > PASSWORD_MAX)
		return error_set_field(error, "password", "password_too_long",
		    "The password is too long. Use at most %d bytes.", PASSWORD_MAX);
	if (!text_is_utf8(password, length))
		return error_set_field(
		    error, "password", "password_not_text", "The password is not valid UTF-8.");
	if (text_length(password) < PASSWORD_MIN)
		return error_set_field(error, "password", "password_too_short",
		    "The password is too short. Use at least %d characters.", PASSWORD_MIN);
	return true;
}

bool password_hash(struct password_hasher *hasher, const char *password,
    char hash_r[PASSWORD_HASH_SIZE], struct error *error)
{
	take_slot(hasher);
	int failed = crypto_pwhash_str(hash_r, password, strlen(password),
	    crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE);
	give_slot(hasher);
	if (failed)
		return error_set(error, ERROR_UNAVAILABLE, "out_of_memory",
		    "There is not enough memory to store the password. Try again in a moment.");
	return true;
}

/* Do the work of a comparison for nobody. */
static bool verify_nothing(const char *password)
{
	static const unsigned char salt[crypto_pwhash_SALTBYTES];
	unsigned char out[32];
	int failed = crypto_pwhash(out, sizeof(out), password, strlen(password), salt,
	    crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
	    crypto_pwhash_ALG_ARGON2ID13);
	(void)failed;
	sodium_memzero(out, sizeof(out));
	return false;
}

/* libsodium reports a comparison it had no memory for like one that found a difference. */
static bool memory_is_short(void)
{
	void *probe = malloc(crypto_pwhash_MEMLIMIT_INTERACTIVE);
	bool is_short = probe == NULL;
	free(probe);
	return is_short;
}

enum password_result password_verify(
    struct password_hasher *hasher, const char *hash, const char *password)
{
	if (strlen(password) > PASSWORD_MAX)
		return PASSWORD_WRONG;
	take_slot(hasher);
	bool right = hash ? crypto_pwhash_str_verify(hash, password, strlen(password)) == 0
			  : verify_nothing(password);
	bool unavailable = !right && memory_is_short();
	give_slot(hasher);
	if (unavailable)
		return PASSWORD_UNAVAILABLE;
	return right ? PASSWORD_RIGHT : PASSWORD_WRONG;
}
