/* mail_fault_test.c - real workers and a real mail server, each of which fails at the worst moment:
 * no mail is lost, and what is sent twice is the same mail. */
#include "../support/program.h"
#include "../support/sink.h"
#include "../support/stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <store/mail.h>
#include <string.h>
#include <unistd.h>

#define WAIT_TRIES 1500 /* of a hundredth of a second */

static struct stack *stack;

static void use_sink(int port)
{
	setenv("LETHE_SMTP_URL", arena_printf(stack->lasting, "smtp://localhost:%d", port), 1);
	setenv("LETHE_SMTP_CA", sink_certificate(), 1);
	setenv("LETHE_SMTP_TIMEOUT", "30", 1);
}

static int start(void **state)
{
	(void)state;
	stack = stack_open();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	sink_close();
	stack_close(&stack);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	sink_stop();
	stack_clear(stack);
	return 0;
}

static int64_t in_state(const char *state)
{
	return stack_number(stack, "SELECT COUNT(*) FROM mail_outbox WHERE state = '%s'", state);
}

static void wait_for_sink(const char *file)
{
	for (int i = 0; i < WAIT_TRIES && !sink_read(stack->lasting, file)[0]; i++)
		usleep(10 * 1000);
	assert_true(sink_read(stack->lasting, file)[0] != '\0');
}

static void kill_worker(pid_t worker)
{
	assert_int_equal(kill(worker, SIGKILL), 0);
	assert_int_equal(stack_wait(worker, 60), -SIGKILL);
}

/* The server has the message, the worker dies before its answer: once the claim has run out another
 * worker sends it again, the same to the byte, and no sooner. */
static void killed_before_the_answer(void **state)
{
	(void)state;
	sink_start("STARTTLS", 0);
	use_sink(sink_port());
	stack_queue_mail(stack, "hang@alder.example");
	pid_t worker = stack_start(stack, NULL, LETHE("work"));
	wait_for_sink("1.eml");
	kill_worker(worker);
	const char *first = sink_read(stack->lasting, "1.eml");
	sink_start("KIND", sink_port());
	stack_work(stack, "+5m");
	assert_string_equal(sink_read(stack->lasting, "1.eml"), "");
	assert_int_equal(in_state("waiting"), 1);
	stack_work(stack, "+11m");
	assert_string_equal(sink_read(stack->lasting, "1.eml"), first);
	assert_non_null(strstr(first, "Message-ID: <"));
	assert_int_equal(in_state("sent"), 1);
	stack_work(stack, "+31m");
	assert_string_equal(sink_read(stack->lasting, "2.eml"), "");
}

/* The acts that queue mail do not know; the worker's other work goes on. */
static void a_server_away_for_a_while(void **state)
{
	(void)state;
	sink_start("STARTTLS", 0);
	int port = sink_port();
	use_sink(port);
	sink_stop();
	stack_queue_mail(stack, "ada@alder.example");
	stack_queue_mail(stack, "ben@alder.example");
	stack_work(stack, NULL);
	assert_int_equal(in_state("waiting"), 2);
	assert_true(stack_logged(stack, "mail_not_sent") > 0);
	assert_int_equal(stack_logged(stack, "alder.example"), 0);
	sink_start("STARTTLS", port);
	stack_work(stack, "+5m");
	assert_int_equal(in_state("sent"), 2);
	assert_int_equal(
	    stack_number(stack, "SELECT COUNT(*) FROM mail_outbox WHERE last_error IS NOT NULL"),
	    0);
}

/* The server dies with the message in hand. */
static void a_server_killed_before_its_answer(void **state)
{
	(void)state;
	sink_start("STARTTLS", 0);
	int port = sink_port();
	use_sink(port);
	stack_queue_mail(stack, "hang@alder.example");
	pid_t worker = stack_start(stack, NULL, LETHE("work", "--once"));
	wait_for_sink("1.eml");
	const char *first = sink_read(stack->lasting, "1.eml");
	sink_stop();
	assert_int_equal(stack_wait(worker, 60), 0);
	assert_int_equal(in_state("waiting"), 1);
	sink_start("KIND", port);
	stack_work(stack, "+5m");
	assert_string_equal(sink_read(stack->lasting, "1.eml"), first);
	assert_int_equal(in_state("sent"), 1);
}

/* What was refused for good, and what a person does about it. */
static void what_failed_is_sent_by_command(void **state)
{
	(void)state;
	sink_start("STARTTLS", 0);
	use_sink(sink_port());
	stack_queue_mail(stack, "bounce@alder.example");
	stack_work(stack, NULL);
	assert_int_equal(in_state("failed"), 1);
	stack_work(stack, "+2d");
	assert_int_equal(in_state("failed"), 1);
	sink_start("KIND", sink_port());
	assert_int_equal(stack_run(stack, NULL, LETHE("mail")), 0);
	assert_int_equal(stack_run(stack, NULL, LETHE("mail", "retry")), 0);
	stack_work(stack, NULL);
	assert_int_equal(in_state("sent"), 1);
	assert_int_equal(stack_run(stack, NULL, LETHE("mail", "retry", "nonsense")), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(killed_before_the_answer, set_up),
	    cmocka_unit_test_setup(a_server_away_for_a_while, set_up),
	    cmocka_unit_test_setup(a_server_killed_before_its_answer, set_up),
	    cmocka_unit_test_setup(what_failed_is_sent_by_command, set_up),
	};

	if (!sink_open()) {
		puts("skipped: there is no mail server to test with; install python3-aiosmtpd");
		return TEST_SKIPPED;
	}
	return cmocka_run_group_tests(tests, start, stop);
}
