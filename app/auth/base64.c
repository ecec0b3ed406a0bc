/* base64.c - base64url without padding, by libsodium. */
#include "base64.h"
#include <sodium.h>
#include <string.h>

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

void base64_encode(const void *bytes, size_t length, char *out)
{
	sodium_bin2base64(out, BASE64_LENGTH(length) + 1, bytes, length, VARIANT);
}

bool base64_decode(const char *text, size_t text_length, void *out, size_t size, size_t *length_r)
{
	/* Without a place for the end of what could be read, libsodium refuses any rest. */
	return sodium_base642bin(out, size, text, text_length, NULL, length_r, NULL, VARIANT) == 0;
}

bool base64_decode_exactly(const char *text, void *out, size_t size)
{
	size_t length = 0;
	return base64_decode(text, strlen(text), out, size, &length) && length == size;
}
