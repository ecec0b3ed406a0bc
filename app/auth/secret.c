/* secret.c - random tokens and their hashes. */
#include "base64.h"
#include <auth/secret.h>
#include <sodium.h>

void secret_generate(char out[SECRET_TEXT_SIZE])
{
	unsigned char bytes[SECRET_SIZE];
	randombytes_buf(bytes, sizeof(bytes));
	secret_format(bytes, out);
	sodium_memzero(bytes, sizeof(bytes));
}

bool secret_hash(const char *text, struct secret_hash *hash_r)
{
	unsigned char bytes[SECRET_SIZE];
	if (!secret_parse(text, bytes))
		return false;
	crypto_generichash(hash_r->bytes, SECRET_SIZE, bytes, sizeof(bytes), NULL, 0);
	sodium_memzero(bytes, sizeof(bytes));
	return true;
}

void secret_format(const unsigned char bytes[SECRET_SIZE], char out[SECRET_TEXT_SIZE])
{
	base64_encode(bytes, SECRET_SIZE, out);
}

bool secret_parse(const char *text, unsigned char bytes_r[SECRET_SIZE])
{
	return text && base64_decode_exactly(text, bytes_r, SECRET_SIZE);
}

bool secret_equal(const unsigned char a[SECRET_SIZE], const unsigned char b[SECRET_SIZE])
{
	return sodium_memcmp(a, b, SECRET_SIZE) == 0;
}
