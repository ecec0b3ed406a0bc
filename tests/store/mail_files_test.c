/* mail_files_test.c - files of the spool go with what their mails said: after a while, or with an
 * erasure, also one that comes between the claim and the writing. */
#include "../support/program.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/config.h>
#include <mail/outbox.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct world *world;
static struct config config;
static struct mailer *mailer;
static char spool[] = "/tmp/lethe-files-XXXXXX";
static struct error error;

static int start(void **state)
{
	(void)state;
	world = world_open();
	if (!mkdtemp(spool))
		return -1;
	config = (struct config){
	    .share = LETHE_SHARE_DIR,
	    .templates = "",
	    .smtp_url = "",
	    .mail_spool = spool,
	    .mail_from = "no-reply@lethe.example",
	    .base_url = "https://photos.example",
	    .contact_privacy = "privacy@alder.example",
	    .contact_support = "support@alder.example",
	    .contact_general = "hello@alder.example",
	};
	mailer = mailer_open(&config, &error);
	return mailer ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	mailer_close(&mailer);
	program_remove_folder(spool);
	world_close(&world);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	world_clear(world);
	return 0;
}

static struct id queue(void)
{
	struct id id = id_generate(world->clock.fixed_us++);

	trash_sql(world,
	    "INSERT INTO mail_outbox (id, recipient, template, data, state, next_attempt_at,"
	    " created_at) VALUES (%s, 'ada@alder.example', 'account_cancelled', "
	    "'{\"name\":\"Ada\"}',"
	    " 'waiting', '2026-01-01', '2026-01-01')",
	    trash_hex(world, &id));
	return id;
}

static const char *path_of(const struct id *id)
{
	char name[ID_TEXT_SIZE];

	id_format(id, name);
	return arena_printf(world->arena, "%s/%s.eml", spool, name);
}

static bool is_there(const struct id *id)
{
	return access(path_of(id), F_OK) == 0;
}

static unsigned send(void)
{
	struct mail_report report;

	assert_true(
	    mail_send_due(mailer, world->db, &world->clock, 100, NULL, NULL, &report, &error));
	return report.sent;
}

static unsigned remove_files(void)
{
	unsigned count;

	assert_true(mail_remove_files(mailer, world->db, &world->clock, 100, &count, &error));
	return count;
}

static void a_file_stays_as_long_as_its_words(void **state)
{
	struct id id = queue();
	int64_t sent_us = world->clock.fixed_us;

	(void)state;
	assert_int_equal(send(), 1);
	assert_true(is_there(&id));
	world->clock.fixed_us = sent_us + MAIL_BODY_US - 1;
	assert_int_equal(remove_files(), 0);
	assert_true(is_there(&id));
	world->clock.fixed_us = sent_us + MAIL_BODY_US;
	assert_int_equal(remove_files(), 1);
	assert_false(is_there(&id));
	assert_int_equal(remove_files(), 0);
}

/* One that is gone already is as good as removed; one that cannot be removed is tried again. */
static void what_cannot_be_removed_waits(void **state)
{
	struct id gone = queue(), held = queue();

	(void)state;
	assert_int_equal(send(), 2);
	assert_int_equal(unlink(path_of(&gone)), 0);
	assert_int_equal(unlink(path_of(&held)), 0);
	assert_int_equal(mkdir(path_of(&held), 0700), 0);
	trash_sql(world, "UPDATE mail_outbox SET file_until = created_at");
	assert_int_equal(remove_files(), 2);
	assert_int_equal(remove_files(), 0);
	assert_int_equal(rmdir(path_of(&held)), 0);
	world->clock.fixed_us += MAIL_FIRST_WAIT_US;
	assert_int_equal(remove_files(), 1);
	world->clock.fixed_us += 2 * MAIL_BODY_US;
	assert_int_equal(remove_files(), 0);
}

/* The erasure comes when the words are there and the file is not. */
static void a_mail_dropped_on_its_way_leaves_no_file(void **state)
{
	struct id id = queue();

	(void)state;
	trash_sql(world, "CREATE TRIGGER files_drop BEFORE UPDATE ON mail_outbox FOR EACH ROW"
			 " SET NEW.state = IF(NEW.subject IS NULL, NEW.state, 'dropped')");
	assert_int_equal(send(), 0);
	trash_sql(world, "DROP TRIGGER files_drop");
	assert_false(is_there(&id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_file_stays_as_long_as_its_words, set_up),
	    cmocka_unit_test_setup(what_cannot_be_removed_waits, set_up),
	    cmocka_unit_test_setup(a_mail_dropped_on_its_way_leaves_no_file, set_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
