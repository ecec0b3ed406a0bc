/* text.h - facts about text that more than one layer needs. All text is UTF-8 (RFC 3629). */
#ifndef LETHE_BASE_TEXT_H
#define LETHE_BASE_TEXT_H

#include <base/arena.h>
#include <stdbool.h>
#include <stddef.h>

/* True if the bytes are well-formed UTF-8 without NUL. */
bool text_is_utf8(const char *bytes, size_t length) __attribute__((warn_unused_result));

/* The number of code points in well-formed UTF-8. */
size_t text_length(const char *text);

/* True if the text is empty or white space alone (ASCII and the Unicode spaces). */
bool text_is_blank(const char *text) __attribute__((warn_unused_result));

/* A copy without white space at either end. */
char *text_trim(struct arena *arena, const char *text) __attribute__((warn_unused_result));

/* Turn each CR LF of the text into a LF, in its place. Forms send the line breaks of a text as CR
 * LF (HTML, "constructing the entry list"), while their maxlength counts each as one. Gives the
 * text.
 */
char *text_line_breaks(char *text);

/* An e-mail address made comparable: trimmed, ASCII letters lower-cased. NULL if it is not an
 * address that SMTP carries (RFC 5321 without quoted local parts and literals; at most 254 bytes),
 * so never one with CR, LF, blanks, commas or angle brackets. */
char *text_normalize_email(struct arena *arena, const char *text)
    __attribute__((warn_unused_result));

#endif
