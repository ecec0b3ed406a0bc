/* signer.c - RS256, by libcrypto: libsodium has no RSA. The only file that knows it. */
#include "signer.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

/* The handle is libcrypto's own. */
static EVP_PKEY *key_of(const struct signer *signer)
{
	return (EVP_PKEY *)signer;
}

/* Nobody is asked for a password. */
static int no_password(char *out, int size, int writing, void *context)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

struct signer *signer_open(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;

	BIO_free(bio);
	ERR_clear_error();
	if (key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
	    EVP_PKEY_get_bits(key) >= SIGNER_BITS)
		return (struct signer *)key;
	EVP_PKEY_free(key);
	return NULL;
}

void signer_close(struct signer **signer)
{
	EVP_PKEY_free(key_of(*signer));
	*signer = NULL;
}

static char *encode(struct arena *arena, const void *bytes, size_t length)
{
	size_t size = sodium_base64_encoded_len(length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	char *text = arena_alloc(arena, size);

	return sodium_bin2base64(
	    text, size, bytes, length, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static const char *sign(const struct signer *signer, struct arena *arena, const char *text)
{
	const unsigned char *bytes = (const unsigned char *)text;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t length = (size_t)EVP_PKEY_get_size(key_of(signer));
	unsigned char *signature = arena_alloc(arena, length);
	bool ok = context &&
		  EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key_of(signer)) == 1 &&
		  EVP_DigestSign(context, signature, &length, bytes, strlen(text)) == 1;

	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return ok ? encode(arena, signature, length) : NULL;
}

const char *signer_token(
    const struct signer *signer, struct arena *arena, const char *header, const char *claims)
{
	const char *text = arena_join(arena, encode(arena, header, strlen(header)), ".",
	    encode(arena, claims, strlen(claims)), NULL);
	const char *signature = sign(signer, arena, text);

	return signature ? arena_join(arena, text, ".", signature, NULL) : NULL;
}
