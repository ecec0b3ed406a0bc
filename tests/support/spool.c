/* spool.c - mail sent to a spool folder, where each mail is a file. */
#include "spool.h"

#include "program.h"

#include <base/log.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <store/mail.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

DB_STATEMENT(TEST_OUTBOX,
    "SELECT state, attempts, next_attempt_at, sent_at, last_error, data, subject, body_text,"
    " body_html, body_until, recipient FROM mail_outbox ORDER BY id");

struct mailer *mailer;
struct config spool_config;

static char folder[32];
static char spool[64];

void spool_reopen(void)
{
	struct error error = {0};

	mailer_close(&mailer);
	mailer = mailer_open(&spool_config, &error);
	if (!mailer)
		fail_msg("%s", error.message);
}

void spool_lose(void)
{
	spool_config.mail_spool = "/proc/nowhere";
	spool_reopen();
}

void spool_find(void)
{
	spool_config.mail_spool = spool;
	spool_reopen();
}

int spool_start(void **state)
{
	(void)scene_start(state);
	snprintf(folder, sizeof(folder), "/tmp/lethe-spool-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(spool, sizeof(spool), "%s/mail", folder);
	log_set_level(LOG_ERROR);
	return 0;
}

int spool_stop(void **state)
{
	mailer_close(&mailer);
	program_remove_folder(folder);
	return scene_stop(state);
}

int spool_set_up(void **state)
{
	(void)state;
	world_clear(world);
	if (access(spool, F_OK) == 0)
		program_remove_folder(spool);
	spool_config = (struct config){
	    .share = LETHE_SHARE_DIR,
	    .templates = "",
	    .smtp_url = "",
	    .mail_from = "no-reply@lethe.example",
	    .base_url = "https://photos.example",
	    .contact_privacy = "privacy@alder.example",
	    .contact_support = "support@alder.example",
	    .contact_general = "hello@alder.example",
	};
	spool_find();
	return 0;
}

struct queueing {
	struct id id;
	const char *recipient, *template;
};

bool spool_add(struct db_tx *tx, const struct id *id, const char *recipient, const char *template,
    struct error *error)
{
	struct doc *values = doc_object(tx->arena);
	struct mail mail = {
	    .id = *id,
	    .recipient = recipient,
	    .template = template,
	    .values = values,
	    .at_us = world->clock.fixed_us,
	};
	enum db_result result;

	doc_set_text(values, "name", "Ada");
	doc_set_int(values, "count", 2);
	result = mails_add(tx, &mail);
	return result == DB_OK || db_fail(result, error);
}

static bool run_queue(struct db_tx *tx, void *context, struct error *error)
{
	const struct queueing *queueing = context;

	return spool_add(tx, &queueing->id, queueing->recipient, queueing->template, error);
}

struct id spool_queue(const char *recipient, const char *template)
{
	struct queueing queueing = {id_generate(world->clock.fixed_us), recipient, template};
	struct error error = {0};

	if (!db_transaction(world->db, run_queue, &queueing, &error))
		fail_msg("%s", error.code);
	world->clock.fixed_us++; /* ids of one instant have no order */
	return queueing.id;
}

struct mail_report spool_send(void)
{
	struct mail_report report;
	struct error error = {0};

	if (!mail_send_due(mailer, world->db, &world->clock, 1000, NULL, NULL, &report, &error))
		fail_msg("%s", error.code);
	return report;
}

struct db_rows spool_outbox(void)
{
	struct db_rows rows = {0};

	assert_true(
	    db_query(world->db, world->arena, &TEST_OUTBOX, DB_NO_VALUES, &rows) <= DB_NONE);
	return rows;
}

const char *spool_folder(void)
{
	return spool;
}

size_t spool_count(void)
{
	DIR *entries = opendir(spool);
	const struct dirent *entry;
	size_t count = 0;

	while (entries && (entry = readdir(entries)))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	if (entries)
		closedir(entries);
	return count;
}

const char *spool_path(const struct id *id)
{
	char name[ID_TEXT_SIZE];

	id_format(id, name);
	return arena_printf(world->arena, "%s/%s.eml", spool, name);
}

const char *spool_message(const struct id *id)
{
	FILE *file = fopen(spool_path(id), "r");
	char *text = arena_alloc(world->arena, 20000);

	assert_non_null(file);
	assert_true(fread(text, 1, 19999, file) > 0);
	fclose(file);
	return text;
}
