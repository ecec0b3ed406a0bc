/* outbox.h - sending the mail that acts have queued (store/mail.h).
 *
 * What is promised: a mail is queued in the transaction of its act, so there is none without the
 * act and no act without it; and it is sent at least once, or given up visibly. To the spool folder
 * that is exactly once: a file bears the name of its mail's row, and a second writing of the same
 * bytes takes its place. A mail server cannot be asked whether it has accepted a message whose
 * answer was lost: where a worker, its connection or the store dies between the server's last
 * answer and our noting it, the mail is sent once more, after MAIL_LEASE_US. It is then the same to
 * the byte, Message-ID included, so that mail servers and readers can tell. In all other cases no
 * mail is sent twice: a worker claims it before it sends. (The other choice, noting before sending,
 * would lose mail in the same places; a notice of deletion is worth more than a duplicate is a
 * nuisance.) */
#ifndef LETHE_MAIL_OUTBOX_H
#define LETHE_MAIL_OUTBOX_H

#include <base/clock.h>
#include <base/config.h>
#include <base/error.h>
#include <store/mail.h>

#define MAIL_ATTEMPTS        10 /* then it has failed */
#define MAIL_FIRST_WAIT_US   (60 * CLOCK_SECOND_US)
#define MAIL_LONGEST_WAIT_US CLOCK_DAY_US
#define MAIL_LEASE_US        (600 * CLOCK_SECOND_US) /* longer than any attempt takes */
#define MAIL_BODY_US         (30 * CLOCK_DAY_US)     /* content is kept so long after sending */

/* The templates, and how to send: by LETHE_SMTP_URL, or as files to LETHE_MAIL_SPOOL. Used by one
 * thread at a time. */
struct mailer;

/* What a run did, in mails. */
struct mail_report {
	unsigned sent;
	unsigned deferred; /* failed, to be tried again */
	unsigned failed;   /* failed for the last time: for a person to look at */
	unsigned dropped;  /* their recipient was erased */
	bool out_of_reach; /* the mail server or the spool is: the rest waits for the next run */
};

/* Compile the templates of mails. NULL with `error` that names the file, line and column. `config`
 * is borrowed for the mailer's life. Where mail goes is found out when the first is sent. */
struct mailer *mailer_open(const struct config *config, struct error *error)
    __attribute__((warn_unused_result));

/* Free the mailer and null the handle; NULL is fine. */
void mailer_close(struct mailer **mailer);

/* How long to wait after that many failed attempts (1 or more): a minute, doubling, at most a day.
 */
int64_t mail_wait_us(unsigned attempts) __attribute__((warn_unused_result));

/* Send the mails that are due (waiting, next_attempt_at not after now), the longest due first, at
 * most `limit`, until `stop` (may be NULL) says so between two of them. Each is claimed
 * (mails_claim) in a transaction of its own, put into words with its template the first time
 * (mails_keep_words), sent, and its outcome noted; any number of runs may go at once. A failure, of
 * the template too, counts an attempt and waits mail_wait_us; the MAIL_ATTEMPTS-th makes it failed,
 * and so does a mail server's answer that it will never take this mail (a 5yz code, RFC 5321,
 * 4.2.1; one about signing in is not about the mail). What failed can be queued anew by mails_retry
 * while its content is kept.
 * What a clock that was ahead of this one has queued or put off is due now.
 * Where the server or the spool is out of reach, one failure ends the run: the others would fail
 * too. Content is kept for MAIL_BODY_US after sending or giving up, then blanked by mails_blank.
 * The Date of a mail is when it was queued. False only where the store fails (`report_r` holds what
 * was done till then). */
bool mail_send_due(struct mailer *mailer, struct db *db, const struct clock *clock, unsigned limit,
    bool (*stop)(void *context), void *context, struct mail_report *report_r, struct error *error)
    __attribute__((warn_unused_result));

/* Remove from the spool the files of at most `limit` mails that are due to go: MAIL_BODY_US after
 * they were written, or at once where an erasure has blanked the mail. One that cannot be removed
 * is tried again a minute later. `count_r`: how many were looked at. False only where the store
 * fails. */
bool mail_remove_files(struct mailer *mailer, struct db *db, const struct clock *clock,
    unsigned limit, unsigned *count_r, struct error *error) __attribute__((warn_unused_result));

#endif
