/* base64.c - base64url without padding, by libsodium. */
#include "base64.h"
#include <sodium.h>
#include <string.h>

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

void base64_encode(const void *bytes, size_t length, char *out)
{
	sodium_bin2base64(out, BASE64_LENGTH(length) + 1, bytes, length, VARIANT);
}

/* libsodium compares characters as ints and takes some bytes above 127 for '-' or '_'. */
static bool is_ascii(const char *text, size_t length)
{
	unsigned char seen = 0;
	for (size_t i = 0; i < length; i++)
		seen |= (unsigned char)text[i];
	return seen < 0x80;
}

bool base64_decode(const char *text, size_t text_length, void *out, size_t size, size_t *length_r)
{
	/* Without a place for the end of what could be read, libsodium refuses any rest. */
	return is_ascii(text, text_length) &&
	       sodium_base642bin(out, size, text, text_length, NULL, length_r, NULL, VARIANT) == 0;
}

bool base64_decode_exactly(const char *text, void *out, size_t size)
{
	size_t length = 0;
	return base64_decode(text, strlen(text), out, size, &length) && length == size;
}
