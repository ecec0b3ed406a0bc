/* transport.h - where a finished message goes. */
#ifndef LETHE_MAIL_TRANSPORT_H
#define LETHE_MAIL_TRANSPORT_H

#include <base/buf.h>
#include <base/config.h>
#include <base/error.h>
#include <base/id.h>

/* When sending is to be cut short. */
struct transport_control {
	bool (*stop)(void *context); /* or NULL */
	void *context;
};

/* Write the message to FOLDER/ID.eml (the folder is made if its parent is there): to a name
 * beginning with a dot first, synced, then renamed, so that whoever reads the folder finds whole
 * messages alone. The same message written again takes its own place. False: ERROR_UNAVAILABLE
 * "spool_unwritable". */
bool spool_write(const char *folder, const struct id *id, const struct buf *message,
    struct error *error) __attribute__((warn_unused_result));

/* Remove FOLDER/ID.eml, and what an interrupted writing left of it; fine where there is none.
 * False: ERROR_UNAVAILABLE "spool_unwritable". */
bool spool_remove(const char *folder, const struct id *id, struct error *error)
    __attribute__((warn_unused_result));

struct smtp;

/* A client of the server in `config` (smtp_url set); nothing is connected yet. */
struct smtp *smtp_open(const struct config *config, struct error *error)
    __attribute__((warn_unused_result));
void smtp_close(struct smtp **smtp);

/* Hand the message to the server (RFC 5321); the connection is kept for the next. smtps:// is TLS
 * from the start. With smtp:// STARTTLS (RFC 3207) is used where it is offered, and demanded where
 * there is an account, whose password never goes in the clear; the certificate must be valid for
 * the host's name. False: ERROR_UNAVAILABLE, with the server's code where there is one:
 * "smtp_rejected" (it answered with a 5yz code to this mail: asking again would change nothing),
 * "smtp_refused" (a 4yz code: it may take the mail later) or "smtp_unavailable" (everything that is
 * no answer to this mail: out of reach, closing down (421), TLS, an account that is demanded or
 * wrong (530 to 538)). After false the server may have taken the message, if the connection was
 * lost at the very end. Takes at most LETHE_SMTP_TIMEOUT; 5 seconds from when `control` says stop.
 */
bool smtp_send(struct smtp *smtp, const char *from, const char *to, const struct buf *message,
    const struct transport_control *control, struct error *error)
    __attribute__((warn_unused_result));

#endif
