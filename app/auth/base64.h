/* base64.h - base64url without padding (RFC 4648, section 5), strict and in constant time. */
#ifndef LETHE_APP_AUTH_BASE64_H
#define LETHE_APP_AUTH_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* The length in characters of `bytes` bytes, without NUL. */
#define BASE64_LENGTH(bytes_) (((bytes_)*4 + 2) / 3)

/* Write BASE64_LENGTH(length) characters and a NUL. */
void base64_encode(const void *bytes, size_t length, char *out);

/* Decode exactly `text_length` characters into `out`, of `size` bytes. False if a character is not
 * of the alphabet (padding is not), bits that mean nothing are set, or the result does not fit. */
bool base64_decode(const char *text, size_t text_length, void *out, size_t size, size_t *length_r)
    __attribute__((warn_unused_result));

/* The same where the result must have exactly `size` bytes; `text` ends with NUL. */
bool base64_decode_exactly(const char *text, void *out, size_t size)
    __attribute__((warn_unused_result));

#endif
