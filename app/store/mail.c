/* mail.c - the outbox. */
#include <store/mail.h>
#include <string.h>

DB_STATEMENT(MAIL_ADD,
    "INSERT INTO mail_outbox (id, organization_id, user_id, author_id, owner_id, recipient,"
    " template, data, unsubscribe, forget, state, next_attempt_at, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?)");
DB_STATEMENT(MAIL_LAST, "SELECT created_at FROM mail_outbox WHERE user_id = ? AND template = ?"
			" ORDER BY created_at DESC LIMIT 1");
DB_STATEMENT(MAIL_DUE,
    "SELECT id, recipient, template, data, subject, body_text, body_html, attempts, created_at,"
    " unsubscribe FROM mail_outbox FORCE INDEX (due) WHERE state = 'waiting' AND next_attempt_at "
    "<= ?"
    " ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED");
/* Values: now, lease, first and longest wait, slack, all in seconds, and now. Waits double as
 * mail_wait_us says. */
#define PUT_OFF_LATER                                                                              \
	" WHERE state = 'waiting' AND next_attempt_at > ? AND (attempts = 0 OR next_attempt_at"    \
	" - INTERVAL GREATEST(?, LEAST((? << attempts) DIV 2, ?)) + ? SECOND > ?)"
DB_STATEMENT(
    MAIL_FIND_LATER, "SELECT id FROM mail_outbox FORCE INDEX (due)" PUT_OFF_LATER " LIMIT 1");
DB_STATEMENT(MAIL_RECALL, "UPDATE mail_outbox SET next_attempt_at = ?" PUT_OFF_LATER " LIMIT ?");
DB_STATEMENT(MAIL_CLAIM, "UPDATE mail_outbox SET attempts = ?, next_attempt_at = ? WHERE id = ?");
DB_STATEMENT(MAIL_KEEP_WORDS,
    "UPDATE mail_outbox SET subject = ?, body_text = ?, body_html = ?, data = NULL"
    " WHERE id = ? AND state = 'waiting' AND attempts = ?");
DB_STATEMENT(MAIL_DEFER, "UPDATE mail_outbox SET next_attempt_at = ?, last_error = LEFT(?, 300)"
			 " WHERE id = ? AND state = 'waiting' AND attempts = ?");
DB_STATEMENT(MAIL_END,
    "UPDATE mail_outbox SET state = ?, sent_at = ?, body_until = IF(forget, NULL, ?), file_until = "
    "?,"
    " last_error = IF(forget, NULL, LEFT(?, 300)), recipient = IF(forget, NULL, recipient),"
    " data = IF(forget, NULL, data), subject = IF(forget, NULL, subject),"
    " body_text = IF(forget, NULL, body_text), body_html = IF(forget, NULL, body_html),"
    " unsubscribe = IF(forget, NULL, unsubscribe)"
    " WHERE id = ? AND state = 'waiting' AND attempts = ?");
DB_STATEMENT(MAIL_BLANK,
    "UPDATE mail_outbox SET data = NULL, subject = NULL, body_text = NULL, body_html = NULL,"
    " unsubscribe = NULL, body_until = NULL WHERE body_until <= ? LIMIT ?");
DB_STATEMENT(MAIL_RETRY,
    "UPDATE mail_outbox SET state = 'waiting', attempts = 0, next_attempt_at = ?, body_until = NULL"
    " WHERE id = ? AND state = 'failed' AND body_until IS NOT NULL");
DB_STATEMENT(MAIL_RETRY_ALL,
    "UPDATE mail_outbox SET state = 'waiting', attempts = 0, next_attempt_at = ?, body_until = NULL"
    " WHERE state = 'failed' AND body_until IS NOT NULL");
DB_STATEMENT(MAIL_WITH_FILE, "SELECT id FROM mail_outbox FORCE INDEX (file) WHERE file_until <= ?"
			     " ORDER BY file_until LIMIT ?");
DB_STATEMENT(MAIL_PUT_FILE_OFF, "UPDATE mail_outbox SET file_until = ? WHERE id = ?");
/* Who claimed a mail before it was dropped may write its file, and die, until the claim is over. */
DB_STATEMENT(MAIL_FILE_GONE,
    "UPDATE mail_outbox SET file_until = IF(state = 'dropped' AND next_attempt_at > ?,"
    " next_attempt_at, NULL) WHERE id = ?");
DB_STATEMENT(MAIL_IS_DROPPED, "SELECT 1 FROM mail_outbox WHERE id = ? AND state = 'dropped'");
DB_STATEMENT(MAIL_COUNT, "SELECT state, COUNT(*) FROM mail_outbox GROUP BY state");
DB_STATEMENT(MAIL_COUNT_DUE,
    "SELECT COUNT(*) FROM mail_outbox WHERE state = 'waiting' AND next_attempt_at <= ?");

/* The words of the table. */
static const char *const state_names[MAIL_STATE_COUNT] = {
    [MAIL_WAITING] = "waiting",
    [MAIL_SENT] = "sent",
    [MAIL_FAILED] = "failed",
    [MAIL_DROPPED] = "dropped",
};

enum db_result mails_add(struct db_tx *tx, const struct mail *mail)
{
	struct buf data = {0};
	enum db_result result;

	doc_write_json(mail->values, &data);
	result = db_exec(tx->db, &MAIL_ADD,
	    DB_VALUES(db_bind_id(&mail->id), db_bind_id(&mail->organization_id),
		db_bind_id(&mail->user_id), db_bind_id(&mail->author_id),
		db_bind_id(&mail->owner_id), db_bind_text(mail->recipient),
		db_bind_text(mail->template), db_bind_text(data.data),
		db_bind_text(mail->unsubscribe), db_bind_bool(mail->forget),
		db_bind_time(mail->at_us), db_bind_time(mail->at_us)),
	    NULL);
	buf_free(&data);
	return result;
}

enum db_result mails_last(struct db *db, struct arena *arena, const struct id *user_id,
    const char *template, int64_t *at_us_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    db, arena, &MAIL_LAST, DB_VALUES(db_bind_id(user_id), db_bind_text(template)), &rows);

	if (result == DB_OK)
		*at_us_r = db_time(&rows, 0, 0);
	return result;
}

/* Looked for without locks first: as a rule there is none. */
enum db_result mails_recall(struct db *db, struct arena *arena, const struct mail_waits *waits,
    int64_t now_us, unsigned limit)
{
	struct db_rows rows = {0};
	struct db_value now = db_bind_time(now_us);
	struct db_value lease = db_bind_int(waits->lease_s);
	struct db_value first = db_bind_int(waits->first_s);
	struct db_value longest = db_bind_int(waits->longest_s);
	struct db_value slack = db_bind_int(waits->slack_s);
	enum db_result result = db_query(
	    db, arena, &MAIL_FIND_LATER, DB_VALUES(now, lease, first, longest, slack, now), &rows);

	if (result != DB_OK)
		return result;
	return db_exec(db, &MAIL_RECALL,
	    DB_VALUES(now, now, lease, first, longest, slack, now, db_bind_int(limit)), NULL);
}

enum db_result mails_claim(struct db_tx *tx, struct arena *arena, int64_t now_us, int64_t until_us,
    struct mail_claim *claim_r)
{
	struct db_rows rows = {0};
	enum db_result result =
	    db_query(tx->db, arena, &MAIL_DUE, DB_VALUES(db_bind_time(now_us)), &rows);

	if (result != DB_OK)
		return result;
	*claim_r = (struct mail_claim){
	    .id = db_id(&rows, 0, 0),
	    .recipient = db_text(&rows, 0, 1),
	    .template = db_text(&rows, 0, 2),
	    .data = db_text(&rows, 0, 3),
	    .subject = db_text(&rows, 0, 4),
	    .body_text = db_text(&rows, 0, 5),
	    .body_html = db_text(&rows, 0, 6),
	    .attempt = (unsigned)db_int(&rows, 0, 7) + 1,
	    .created_at_us = db_time(&rows, 0, 8),
	    .unsubscribe = db_text(&rows, 0, 9),
	};
	return db_exec(tx->db, &MAIL_CLAIM,
	    DB_VALUES(
		db_bind_int(claim_r->attempt), db_bind_time(until_us), db_bind_id(&claim_r->id)),
	    NULL);
}

enum db_result mails_keep_words(struct db *db, const struct mail_claim *claim, const char *subject,
    const char *body_text, const char *body_html)
{
	return db_exec(db, &MAIL_KEEP_WORDS,
	    DB_VALUES(db_bind_text(subject), db_bind_text(body_text), db_bind_text(body_html),
		db_bind_id(&claim->id), db_bind_int(claim->attempt)),
	    NULL);
}

enum db_result mails_settle(
    struct db *db, const struct mail_claim *claim, const struct mail_outcome *outcome)
{
	struct db_value id = db_bind_id(&claim->id);
	struct db_value attempt = db_bind_int(claim->attempt);
	struct db_value why = db_bind_text(outcome->why);
	int64_t sent_at_us = outcome->state == MAIL_SENT ? outcome->at_us : 0;

	if (outcome->state == MAIL_WAITING)
		return db_exec(db, &MAIL_DEFER,
		    DB_VALUES(db_bind_time(outcome->next_attempt_at_us), why, id, attempt), NULL);
	return db_exec(db, &MAIL_END,
	    DB_VALUES(db_bind_text(state_names[outcome->state]), db_bind_time(sent_at_us),
		db_bind_time(outcome->body_until_us), db_bind_time(outcome->body_until_us), why, id,
		attempt),
	    NULL);
}

enum db_result mails_retry(struct db *db, const struct id *id, int64_t now_us, uint64_t *changed_r)
{
	struct db_value now = db_bind_time(now_us);

	if (id_is_none(id))
		return db_exec(db, &MAIL_RETRY_ALL, DB_VALUES(now), changed_r);
	return db_exec(db, &MAIL_RETRY, DB_VALUES(now, db_bind_id(id)), changed_r);
}

enum db_result mails_blank(struct db *db, int64_t now_us, unsigned limit, uint64_t *changed_r)
{
	return db_exec(
	    db, &MAIL_BLANK, DB_VALUES(db_bind_time(now_us), db_bind_int(limit)), changed_r);
}

enum db_result mails_with_file(struct db *db, struct arena *arena, int64_t now_us, unsigned limit,
    struct id **ids_r, size_t *count_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(
	    db, arena, &MAIL_WITH_FILE, DB_VALUES(db_bind_time(now_us), db_bind_int(limit)), &rows);

	*count_r = rows.count;
	*ids_r = arena_array(arena, rows.count + 1, sizeof(**ids_r));
	for (size_t i = 0; i < rows.count; i++)
		(*ids_r)[i] = db_id(&rows, i, 0);
	return result == DB_NONE ? DB_OK : result;
}

enum db_result mails_put_file_off(struct db *db, const struct id *id, int64_t until_us)
{
	return db_exec(
	    db, &MAIL_PUT_FILE_OFF, DB_VALUES(db_bind_time(until_us), db_bind_id(id)), NULL);
}

enum db_result mails_note_file_gone(struct db *db, const struct id *id, int64_t now_us)
{
	return db_exec(db, &MAIL_FILE_GONE, DB_VALUES(db_bind_time(now_us), db_bind_id(id)), NULL);
}

enum db_result mails_is_dropped(struct db *db, struct arena *arena, const struct id *id)
{
	struct db_rows rows = {0};

	return db_query(db, arena, &MAIL_IS_DROPPED, DB_VALUES(db_bind_id(id)), &rows);
}

enum db_result mails_count(
    struct db *db, struct arena *arena, int64_t now_us, struct mail_counts *counts_r)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(db, arena, &MAIL_COUNT, DB_NO_VALUES, &rows);

	*counts_r = (struct mail_counts){0};
	if (result == DB_NONE)
		return DB_OK;
	for (size_t i = 0; result == DB_OK && i < rows.count; i++)
		for (size_t state = 0; state < MAIL_STATE_COUNT; state++)
			if (strcmp(db_text(&rows, i, 0), state_names[state]) == 0)
				counts_r->in_state[state] = db_int(&rows, i, 1);
	if (result == DB_OK)
		result =
		    db_query(db, arena, &MAIL_COUNT_DUE, DB_VALUES(db_bind_time(now_us)), &rows);
	if (result == DB_OK)
		counts_r->due = db_int(&rows, 0, 0);
	return result;
}
