/* mail.h - the outbox: mail queued with the act that causes it, until it is sent and forgotten.
 *
 * A mail is `waiting` until it is sent, given up (`failed`) or found to have no recipient any more
 * (`dropped`). Who sends one claims it: the attempt is counted and the next one put off before
 * anything leaves the house, so that no two workers send it at once and one that crashes every time
 * is given up in the end. Its outcome counts only while the claim is the latest. */
#ifndef LETHE_STORE_MAIL_H
#define LETHE_STORE_MAIL_H

#include <base/doc.h>
#include <db/db.h>

/* A mail to be queued; everything is borrowed. */
struct mail {
	struct id id;
	struct id organization_id; /* or none */
	struct id user_id;         /* the addressee's account, or none */
	struct id author_id;       /* whose words it repeats to somebody else (a reason), or none */
	struct id owner_id;        /* whose photo it names, or none */
	const char *recipient;     /* normalised (text_normalize_email) */
	const char *template;      /* its name below templates/mail, such as "retention" */
	const struct doc *values;  /* what the template shows: an object */
	const char
	    *unsubscribe; /* of an optional notice: the path that ends them (domain/notices.h),
			   * at most 1,000 bytes of ASCII; NULL: the mail always goes */
	bool forget;      /* its addressee has been erased: once it is sent or given up, recipient
			   * and words are blanked */
	int64_t at_us;    /* now: it is due at once */
};

/* A mail that was claimed. Texts are NULL where there is nothing, and live in the arena. */
struct mail_claim {
	struct id id;
	const char *recipient; /* NULL: blanked by an erasure */
	const char *template;
	const char *data;    /* JSON; NULL once the three below are there */
	const char *subject; /* NULL before it was put into words */
	const char *body_text;
	const char *body_html;
	const char *unsubscribe; /* path, or NULL */
	unsigned attempt;        /* 1 for the first */
	int64_t created_at_us;
};

enum mail_state { MAIL_WAITING, MAIL_SENT, MAIL_FAILED, MAIL_DROPPED, MAIL_STATE_COUNT };

/* What became of an attempt. */
struct mail_outcome {
	enum mail_state state;
	int64_t at_us;              /* now */
	int64_t next_attempt_at_us; /* of a mail that goes on waiting */
	int64_t body_until_us;      /* of all others: when its content is to be blanked, and its
				     * file removed from the spool */
	const char *why;            /* the failure, or NULL */
};

/* How many mails are in each state; of the waiting, how many are due. */
struct mail_counts {
	int64_t in_state[MAIL_STATE_COUNT];
	int64_t due;
};

/* Queue a mail in the transaction of the act that causes it. Mails made at one instant are sent in
 * the order of their ids. */
enum db_result mails_add(struct db_tx *tx, const struct mail *mail)
    __attribute__((warn_unused_result));

/* When the latest mail of that template was queued to a user's account. DB_NONE: never. */
enum db_result mails_last(struct db *db, struct arena *arena, const struct id *user_id,
    const char *template, int64_t *at_us_r) __attribute__((warn_unused_result));

/* How long a mail waits after a failed attempt, in seconds: the first time, doubling, at most so
 * long; how long one that is being sent is left alone; and by how much the clocks of two machines
 * may differ. */
struct mail_waits {
	int64_t first_s, longest_s, lease_s, slack_s;
};

/* Make due now what was queued or put off by a clock that was ahead of this one: a waiting mail
 * that was never tried, or whose last attempt was later than now; at most `limit`. DB_NONE as a
 * rule. */
enum db_result mails_recall(struct db *db, struct arena *arena, const struct mail_waits *waits,
    int64_t now_us, unsigned limit) __attribute__((warn_unused_result));

/* Claim the mail that is due the longest, passing over those that others are claiming: count the
 * attempt and put the next one off until `until_us`. DB_NONE where nothing is due. Commit before
 * sending. */
enum db_result mails_claim(struct db_tx *tx, struct arena *arena, int64_t now_us, int64_t until_us,
    struct mail_claim *claim_r) __attribute__((warn_unused_result));

/* Keep the words of a claimed mail, so that each further attempt sends the same, and blank the
 * values they were made of. DB_NONE: the claim is not the latest. `subject` at most 200 code
 * points. */
enum db_result mails_keep_words(struct db *db, const struct mail_claim *claim, const char *subject,
    const char *body_text, const char *body_html) __attribute__((warn_unused_result));

/* Note what became of a claimed mail. DB_NONE: the claim is not the latest, and nothing changes. */
enum db_result mails_settle(struct db *db, const struct mail_claim *claim,
    const struct mail_outcome *outcome) __attribute__((warn_unused_result));

/* Have mails that failed sent again, as if they had just been queued: the one of that id, or (none)
 * all whose content has not been blanked. DB_NONE: there were none. */
enum db_result mails_retry(struct db *db, const struct id *id, int64_t now_us, uint64_t *changed_r)
    __attribute__((warn_unused_result));

/* Blank data, subject, bodies and path of at most `limit` mails whose time for that has come.
 * DB_NONE: there were none. The recipient stays, until an erasure. */
enum db_result mails_blank(struct db *db, int64_t now_us, unsigned limit, uint64_t *changed_r)
    __attribute__((warn_unused_result));

/* Mails whose file in the spool is to go by now (because its time is over, or because an erasure
 * has blanked the mail), at most `limit`. DB_OK also when there are none. */
enum db_result mails_with_file(struct db *db, struct arena *arena, int64_t now_us, unsigned limit,
    struct id **ids_r, size_t *count_r) __attribute__((warn_unused_result));

/* Note that a mail's file is gone; that of a dropped mail which somebody may still have claimed is
 * to go once more when the claim is over. DB_NONE: there is no such mail. */
enum db_result mails_note_file_gone(struct db *db, const struct id *id, int64_t now_us)
    __attribute__((warn_unused_result));

/* Note that a mail's file is to go later. DB_NONE: there is no such mail. */
enum db_result mails_put_file_off(struct db *db, const struct id *id, int64_t until_us)
    __attribute__((warn_unused_result));

/* Whether a mail that was claimed was dropped meanwhile, by an erasure: DB_OK, else DB_NONE. */
enum db_result mails_is_dropped(struct db *db, struct arena *arena, const struct id *id)
    __attribute__((warn_unused_result));

/* Counts over the installation. */
enum db_result mails_count(struct db *db, struct arena *arena, int64_t now_us,
    struct mail_counts *counts_r) __attribute__((warn_unused_result));

#endif
