/* message.h - a mail as bytes: RFC 5322 with MIME (RFC 2045 to 2047). */
#ifndef LETHE_MAIL_MESSAGE_H
#define LETHE_MAIL_MESSAGE_H

#include <base/buf.h>
#include <base/id.h>
#include <stdint.h>

#define MAIL_LINE_BYTES 76 /* of encoded lines, without their end */

/* What a message is made of; everything is borrowed. Addresses are as text_normalize_email gives
 * them, so cannot carry more than themselves; all other texts may hold anything. */
struct mail_message {
	struct id id;     /* of the mail's row */
	const char *from; /* address */
	const char *to;   /* address */
	const char *subject;
	const char *text; /* plain, lines end with LF */
	const char *html;
	const char *unsubscribe; /* of an optional notice: the whole address that ends them; or NULL
				  */
	int64_t at_us;           /* when the mail was made */
};

/* Append the message: From (with the name "Lethe"), To, Subject, Date (in UTC), Message-ID,
 * MIME-Version, Auto-Submitted: auto-generated (RFC 3834), and List-Unsubscribe (RFC 2369) where
 * there is an address for it, and for https addresses List-Unsubscribe-Post (RFC 8058); then the
 * text and the HTML as multipart/alternative, both UTF-8 in quoted-printable. Lines end with CRLF
 * and are at most 78 bytes long but for addresses. An address with anything but printable ASCII, or
 * with blanks or angle brackets, is left out. The same message gives the same bytes: its Message-ID
 * is <ID@host of `from`>, its boundary follows from the id. */
void mail_write_message(const struct mail_message *message, struct buf *out);

/* Append `text` as quoted-printable (RFC 2045, 6.7): LF becomes CRLF, what is not printable ASCII,
 * blanks at the end of a line and a dot at its beginning are encoded. */
void mail_write_quoted_printable(const char *text, struct buf *out);

/* Append the field "name: text" with CRLF at its end. Control characters, CR and LF among them,
 * become blanks, so a text cannot begin another field. Plain ASCII is folded at blanks; anything
 * else, or a word too long for a line, goes as encoded words of UTF-8 in Base64 (RFC 2047), each
 * with whole characters. `text` is UTF-8. */
void mail_write_field(const char *name, const char *text, struct buf *out);

#endif
