/* outbox.c - claim a mail, put it into words, send it, note what became of it. */
#include "render.h"
#include "transport.h"

#include <base/log.h>
#include <mail/message.h>
#include <mail/outbox.h>
#include <string.h>

struct mailer {
	struct arena *arena; /* the mailer lies in it */
	const struct config *config;
	struct mustache_set *templates;
};

/* One run. */
struct run {
	struct mailer *mailer;
	struct db *db;
	const struct clock *clock;
	struct transport_control control;
	struct arena *arena; /* of the mail in hand */
	struct smtp *smtp;   /* opened with the first mail */
	struct mail_report *report;
};

struct mailer *mailer_open(const struct config *config, struct error *error)
{
	struct arena *arena = arena_create();
	struct mailer *mailer = arena_alloc(arena, sizeof(*mailer));

	mailer->arena = arena;
	mailer->config = config;
	mailer->templates = mail_load_templates(config, error);
	if (!mailer->templates)
		mailer_close(&mailer);
	return mailer;
}

void mailer_close(struct mailer **mailer)
{
	struct arena *arena;

	if (!*mailer)
		return;
	mustache_set_destroy(&(*mailer)->templates);
	arena = (*mailer)->arena;
	arena_destroy(&arena);
	*mailer = NULL;
}

int64_t mail_wait_us(unsigned attempts)
{
	int64_t wait_us = MAIL_FIRST_WAIT_US;

	while (attempts-- > 1 && wait_us < MAIL_LONGEST_WAIT_US)
		wait_us *= 2;
	return wait_us < MAIL_LONGEST_WAIT_US ? wait_us : MAIL_LONGEST_WAIT_US;
}

/* --- one mail ------------------------------------------------------------------------------ */

struct claiming {
	struct arena *arena;
	int64_t now_us;
	struct mail_claim claim;
	bool found;
};

static bool run_claim(struct db_tx *tx, void *context, struct error *error)
{
	struct claiming *claiming = context;
	enum db_result result = mails_claim(tx, claiming->arena, claiming->now_us,
	    claiming->now_us + MAIL_LEASE_US, &claiming->claim);

	claiming->found = result == DB_OK;
	return claiming->found || result == DB_NONE || db_fail(result, error);
}

/* The words of a mail: those it has, or new ones, which are kept. `lost_r`: the claim is no longer
 * the latest. False where there are none, for the reason in `why`. */
static bool find_words(struct run *run, const struct mail_claim *claim, struct mail_words *words_r,
    bool *lost_r, struct error *why)
{
	enum db_result result;

	*lost_r = false;
	*words_r = (struct mail_words){claim->subject, claim->body_text, claim->body_html};
	if (claim->subject)
		return true;
	if (!mail_render(run->mailer->templates, run->mailer->config, run->arena, claim->template,
		claim->recipient, claim->unsubscribe, claim->data, words_r, why))
		return false;
	result = mails_keep_words(run->db, claim, words_r->subject, words_r->text, words_r->html);
	*lost_r = result == DB_NONE;
	return result == DB_OK || result == DB_NONE || db_fail(result, why);
}

static bool deliver(
    struct run *run, const struct mail_claim *claim, const struct buf *message, struct error *why)
{
	const struct config *config = run->mailer->config;

	if (!config->smtp_url[0])
		return spool_write(config->mail_spool, &claim->id, message, why);
	if (!run->smtp)
		run->smtp = smtp_open(config, why);
	return run->smtp && smtp_send(run->smtp, config->mail_from, claim->recipient, message,
				&run->control, why);
}

static bool send_words(struct run *run, const struct mail_claim *claim,
    const struct mail_words *words, struct error *why)
{
	const struct config *config = run->mailer->config;
	const struct mail_message parts = {
	    .id = claim->id,
	    .from = config->mail_from,
	    .to = claim->recipient,
	    .subject = words->subject,
	    .text = words->text,
	    .html = words->html,
	    .unsubscribe = claim->unsubscribe
			       ? arena_join(run->arena, config->base_url, claim->unsubscribe, NULL)
			       : NULL,
	    .at_us = claim->created_at_us,
	};
	struct buf message = {0};
	bool ok;

	mail_write_message(&parts, &message);
	ok = deliver(run, claim, &message, why);
	buf_free(&message);
	return ok;
}

/* The server has said that it will never take this mail. */
static bool is_for_good(const struct error *why)
{
	return strcmp(why->code, "smtp_rejected") == 0;
}

/* Try to send a mail that was claimed. `lost_r`: someone else has it by now; leave it to them. */
static enum mail_state attempt(
    struct run *run, const struct mail_claim *claim, bool *lost_r, struct error *why)
{
	struct mail_words words;

	*lost_r = false;
	if (!claim->recipient)
		return MAIL_DROPPED;
	if (claim->attempt > MAIL_ATTEMPTS) {
		error_set(why, ERROR_UNAVAILABLE, "no_outcome",
		    "It is not known what became of the last attempt.");
		return MAIL_FAILED;
	}
	if (find_words(run, claim, &words, lost_r, why) &&
	    (*lost_r || send_words(run, claim, &words, why)))
		return MAIL_SENT;
	return claim->attempt < MAIL_ATTEMPTS && !is_for_good(why) ? MAIL_WAITING : MAIL_FAILED;
}

static void count(struct mail_report *report, enum mail_state state)
{
	report->sent += state == MAIL_SENT;
	report->deferred += state == MAIL_WAITING;
	report->failed += state == MAIL_FAILED;
	report->dropped += state == MAIL_DROPPED;
}

/* The log names the mail by its id, never whom it is for. */
static void tell_failure(const struct mail_claim *claim, const struct error *why)
{
	char id[ID_TEXT_SIZE];

	id_format(&claim->id, id);
	log_event(LOG_WARNING, "mail_not_sent", log_text("mail", id), log_text("code", why->code),
	    log_int("attempt", claim->attempt));
}

static bool is_out_of_reach(const struct error *why)
{
	return strcmp(why->code, "smtp_unavailable") == 0 ||
	       strcmp(why->code, "spool_unwritable") == 0;
}

/* An erasure came between the claim and the writing: the file goes again. */
static bool take_back(struct run *run, const struct mail_claim *claim, struct error *error)
{
	const struct config *config = run->mailer->config;
	enum db_result result = mails_is_dropped(run->db, run->arena, &claim->id);

	if (result > DB_NONE)
		return db_fail(result, error);
	return result == DB_NONE || config->smtp_url[0] ||
	       spool_remove(config->mail_spool, &claim->id, error);
}

static bool settle(struct run *run, const struct mail_claim *claim, enum mail_state state,
    const struct error *why, struct error *error)
{
	int64_t now_us = clock_now_us(run->clock);
	struct mail_outcome outcome = {
	    .state = state,
	    .at_us = now_us,
	    .next_attempt_at_us = now_us + mail_wait_us(claim->attempt),
	    .body_until_us = state == MAIL_DROPPED ? now_us : now_us + MAIL_BODY_US,
	    .why = why->code[0] ? why->message : NULL,
	};
	enum db_result result;

	if (outcome.why)
		tell_failure(claim, why);
	run->report->out_of_reach = is_out_of_reach(why);
	result = mails_settle(run->db, claim, &outcome);
	if (result == DB_OK)
		count(run->report, state);
	if (result == DB_NONE)
		return take_back(run, claim, error);
	return result == DB_OK || db_fail(result, error);
}

static bool send_one(struct run *run, bool *found_r, struct error *error)
{
	struct claiming claiming = {.arena = run->arena, .now_us = clock_now_us(run->clock)};
	struct error why = {0};
	enum mail_state state;
	bool lost;

	*found_r = false;
	if (!db_transaction(run->db, run_claim, &claiming, error))
		return false;
	*found_r = claiming.found;
	if (!claiming.found)
		return true;
	state = attempt(run, &claiming.claim, &lost, &why);
	return lost || settle(run, &claiming.claim, state, &why, error);
}

/* A run whose clock was ahead must not keep this one from its work. */
static bool recall(struct run *run, unsigned limit, struct error *error)
{
	static const struct mail_waits waits = {
	    .first_s = MAIL_FIRST_WAIT_US / CLOCK_SECOND_US,
	    .longest_s = MAIL_LONGEST_WAIT_US / CLOCK_SECOND_US,
	    .lease_s = MAIL_LEASE_US / CLOCK_SECOND_US,
	    .slack_s = MAIL_FIRST_WAIT_US / CLOCK_SECOND_US,
	};
	enum db_result result =
	    mails_recall(run->db, run->arena, &waits, clock_now_us(run->clock), limit);

	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

bool mail_send_due(struct mailer *mailer, struct db *db, const struct clock *clock, unsigned limit,
    bool (*stop)(void *context), void *context, struct mail_report *report_r, struct error *error)
{
	struct run run = {
	    .mailer = mailer,
	    .db = db,
	    .clock = clock,
	    .control = {stop, context},
	    .arena = arena_create(),
	    .report = report_r,
	};
	bool found = true, ok;

	*report_r = (struct mail_report){0};
	ok = recall(&run, limit, error);
	while (ok && found && !report_r->out_of_reach && limit-- > 0 && !(stop && stop(context))) {
		ok = send_one(&run, &found, error);
		arena_reset(run.arena);
	}
	smtp_close(&run.smtp);
	arena_destroy(&run.arena);
	return ok;
}

bool mail_remove_files(struct mailer *mailer, struct db *db, const struct clock *clock,
    unsigned limit, unsigned *count_r, struct error *error)
{
	int64_t now_us = clock_now_us(clock);
	struct arena *arena = arena_create();
	struct id *ids;
	size_t count;
	enum db_result result = mails_with_file(db, arena, now_us, limit, &ids, &count);

	*count_r = 0;
	for (size_t i = 0; result == DB_OK && i < count; i++) {
		struct error why = {0};
		bool gone = spool_remove(mailer->config->mail_spool, &ids[i], &why);

		if (!gone)
			log_event(LOG_WARNING, "mail_file_stays", log_text("code", why.code));
		result = gone ? mails_note_file_gone(db, &ids[i], now_us)
			      : mails_put_file_off(db, &ids[i], now_us + MAIL_FIRST_WAIT_US);
		*count_r += result == DB_OK;
		result = result == DB_NONE ? DB_OK : result;
	}
	arena_destroy(&arena);
	return result == DB_OK || db_fail(result, error);
}
