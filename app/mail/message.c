/* message.c - the header and the parts of a mail. */
#include <base/clock.h>
#include <mail/message.h>
#include <string.h>

#define CRLF          "\r\n"
#define ADDRESS_BYTES 900 /* a line has at most 998 (RFC 5322, 2.1.1) */

/* "Fri, 20 Nov 2026 23:05:00 +0000" (RFC 5322, 3.3). 1 January 1970 was a Thursday. */
static void write_date(int64_t at_us, struct buf *out)
{
	static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
	static const char months[][4] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct clock_fields at;

	clock_split(at_us, &at);
	buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000" CRLF,
	    days[at_us / CLOCK_DAY_US % 7], at.day, months[at.month - 1], (int)at.year, at.hour,
	    at.minute, at.second);
}

static void write_part(const char *boundary, const char *type, const char *text, struct buf *out)
{
	buf_printf(out,
	    "--%s" CRLF "Content-Type: %s; charset=utf-8" CRLF
	    "Content-Transfer-Encoding: quoted-printable" CRLF CRLF,
	    boundary, type);
	mail_write_quoted_printable(text, out);
	buf_puts(out, CRLF);
}

static bool is_safe(const char *address)
{
	for (const char *at = address; *at; at++)
		if (*at <= ' ' || *at > '~' || *at == '<' || *at == '>')
			return false;
	return strlen(address) <= ADDRESS_BYTES;
}

/* One click is for addresses that nobody can listen to or change on the way (RFC 8058, 3.1). */
static void write_unsubscribe(const char *address, struct buf *out)
{
	if (!address || !is_safe(address))
		return;
	buf_printf(out, "List-Unsubscribe:" CRLF " <%s>" CRLF, address);
	if (strncmp(address, "https://", 8) == 0)
		buf_puts(out, "List-Unsubscribe-Post: List-Unsubscribe=One-Click" CRLF);
}

void mail_write_message(const struct mail_message *message, struct buf *out)
{
	const char *at = strrchr(message->from, '@');
	char id[ID_TEXT_SIZE];
	char boundary[ID_TEXT_SIZE + 8];

	id_format(&message->id, id);
	/* "=_" is in no quoted-printable text (RFC 2045, 6.7). */
	memcpy(boundary, "=_", 2);
	memcpy(boundary + 2, id, sizeof(id));
	buf_printf(out, "From: Lethe <%s>" CRLF "To: <%s>" CRLF, message->from, message->to);
	mail_write_field("Subject", message->subject, out);
	write_date(message->at_us, out);
	buf_printf(out, "Message-ID: <%s@%s>" CRLF, id, at ? at + 1 : "localhost");
	write_unsubscribe(message->unsubscribe, out);
	buf_printf(out,
	    "MIME-Version: 1.0" CRLF "Auto-Submitted: auto-generated" CRLF
	    "Content-Language: en" CRLF "Content-Type: multipart/alternative;" CRLF
	    " boundary=\"%s\"" CRLF CRLF,
	    boundary);
	write_part(boundary, "text/plain", message->text, out);
	write_part(boundary, "text/html", message->html, out);
	buf_printf(out, "--%s--" CRLF, boundary);
}
