/* utf8.h - decoding UTF-8 (RFC 3629) one code point at a time. */
#ifndef LETHE_APP_BASE_UTF8_H
#define LETHE_APP_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Decode the code point at `bytes`, of which `length` (at least 1) may be read. Gives its length
 * in bytes, 1 to 4, or 0 if no well-formed code point begins there: overlong forms, surrogates and
 * values above U+10FFFF are not well-formed. */
size_t utf8_decode(const char *bytes, size_t length, uint32_t *point_r)
    __attribute__((warn_unused_result));

#endif
