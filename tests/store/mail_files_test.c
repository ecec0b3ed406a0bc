/* mail_files_test.c - files of the spool go with what their mails said: after a while, or with an
 * erasure, also one that comes between the claim and the writing. */
#include "../support/spool.h"
#include "../support/trash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct error error;

static struct id queue(void)
{
	return spool_queue("ada@alder.example", "retention");
}

static bool is_there(const struct id *id)
{
	return access(spool_path(id), F_OK) == 0;
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
	assert_int_equal(spool_send().sent, 1);
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
	assert_int_equal(spool_send().sent, 2);
	assert_int_equal(unlink(spool_path(&gone)), 0);
	assert_int_equal(unlink(spool_path(&held)), 0);
	assert_int_equal(mkdir(spool_path(&held), 0700), 0);
	trash_sql(world, "UPDATE mail_outbox SET file_until = created_at");
	assert_int_equal(remove_files(), 2);
	assert_int_equal(remove_files(), 0);
	assert_int_equal(rmdir(spool_path(&held)), 0);
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
	assert_int_equal(spool_send().sent, 0);
	trash_sql(world, "DROP TRIGGER files_drop");
	assert_false(is_there(&id));
}

/* Whoever claimed it writes the file after the erasure has removed it, and is killed before noting
 * that: a file of the mail's name, and nobody to take it back. */
static void a_file_written_after_the_removal_goes_with_the_claim(void **state)
{
	struct id other = queue(), id;
	int64_t claimed_us = world->clock.fixed_us;
	FILE *file;

	(void)state;
	assert_int_equal(spool_send().sent, 1);
	assert_true(is_there(&other));
	id = queue();
	trash_sql(world,
	    "UPDATE mail_outbox SET attempts = 1, next_attempt_at = next_attempt_at + INTERVAL %d"
	    " SECOND, state = 'dropped', file_until = created_at WHERE id = %s",
	    (int)(MAIL_LEASE_US / CLOCK_SECOND_US), trash_hex(world, &id));
	assert_int_equal(remove_files(), 1);
	file = fopen(spool_path(&id), "w");
	assert_non_null(file);
	fclose(file);
	world->clock.fixed_us = claimed_us + MAIL_LEASE_US - 1;
	assert_int_equal(remove_files(), 0);
	world->clock.fixed_us = claimed_us + MAIL_LEASE_US;
	assert_int_equal(remove_files(), 1);
	assert_false(is_there(&id));
	assert_int_equal(remove_files(), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    SPOOL_TEST(a_file_stays_as_long_as_its_words),
	    SPOOL_TEST(what_cannot_be_removed_waits),
	    SPOOL_TEST(a_mail_dropped_on_its_way_leaves_no_file),
	    SPOOL_TEST(a_file_written_after_the_removal_goes_with_the_claim),
	};

	return cmocka_run_group_tests(tests, spool_start, spool_stop);
}
