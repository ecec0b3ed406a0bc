/* templates_test.c - one's own templates with real processes: what they replace, and what stops a
 * start. */
#include "../support/program.h"
#include "../support/stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <store/mail.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct stack *stack;
static const char *own;

static const char *below(const char *folder, const char *name)
{
	return arena_join(stack->lasting, folder, "/", name, NULL);
}

static void write_own(const char *name, const char *text)
{
	FILE *file = fopen(below(own, name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void make_own(void)
{
	static const char *const folders[] = {"", "pages", "partials", "mail"};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		assert_int_equal(mkdir(below(own, folders[i]), 0700), 0);
	setenv("LETHE_TEMPLATES", own, 1);
}

static int start(void **state)
{
	(void)state;
	stack = stack_open();
	own = below(stack->folder, "own");
	stack_open_people(stack);
	make_own();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	unsetenv("LETHE_TEMPLATES");
	stack_close(&stack);
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	program_remove_folder(own);
	make_own();
	return 0;
}

/* --- what stops a start -------------------------------------------------------------------- */

static void expect_stop(const char *command, const char *message)
{
	unsigned before = stack_logged(stack, message);

	assert_int_equal(stack_run(stack, NULL, LETHE(command)), 1);
	if (stack_logged(stack, message) != before + 1)
		fail_msg("lethe %s did not say: %s", command, message);
}

static void a_broken_template_stops_the_start_by_name(void **state)
{
	static const struct {
		const char *name, *text, *message;
		bool is_mail; /* which the worker reads as well */
	} broken[] = {
	    {"pages/help.mustache", "<p>\n  {{#open}}\n", "LETHE_TEMPLATES: pages/help:2:", false},
	    {"partials/pager.mustache", "\n\n{{/shut}}",
		"LETHE_TEMPLATES: partials/pager:3:", false},
	    {"layout.mustache", "{{>partials/none}}", "LETHE_TEMPLATES: layout:1:", false},
	    {"mail/retention.txt.mustache", "x\n{{/shut}}",
		"LETHE_TEMPLATES: mail/retention.txt:2:", true},
	    {"mail/layout.html.mustache", "{{=", "LETHE_TEMPLATES: mail/layout.html:1:", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		write_own(broken[i].name, broken[i].text);
		expect_stop("serve", broken[i].message);
		if (broken[i].is_mail)
			expect_stop("work", broken[i].message);
		assert_int_equal(unlink(below(own, broken[i].name)), 0);
	}
}

static void a_name_that_replaces_nothing_stops_it_too(void **state)
{
	(void)state;
	write_own("pages/hlep.mustache", "x");
	expect_stop("serve", "pages/hlep.mustache: there is no template of that name to replace");
	assert_int_equal(unlink(below(own, "pages/hlep.mustache")), 0);
	write_own("mail/reminder.txt.mustache", "x");
	expect_stop("work", "mail/reminder.txt.mustache: there is no template of that name");
}

/* --- what they replace --------------------------------------------------------------------- */

/* The one mail in the spool. */
static const char *read_spool(void)
{
	const char *folder = below(stack->folder, "mail");
	DIR *spool = opendir(folder);
	char *text = arena_alloc(stack->lasting, 20000);
	struct dirent *entry;

	assert_non_null(spool);
	while ((entry = readdir(spool))) {
		FILE *file =
		    entry->d_name[0] == '.' ? NULL : fopen(below(folder, entry->d_name), "r");

		if (!file)
			continue;
		(void)!fread(text, 1, 19999, file);
		fclose(file);
	}
	closedir(spool);
	return text;
}

static void expect(const char *text, const char *piece)
{
	if (!strstr(text, piece))
		fail_msg("\"%s\" is not in:\n%s", piece, text);
}

static void ours_are_replaced_file_by_file(void **state)
{
	(void)state;
	write_own("layout.mustache",
	    "<!doctype html><title>{{title}}</title><main>{{$main}}{{/main}}</main>"
	    "<footer>Alder House</footer>");
	write_own("pages/privacy.mustache",
	    "{{<layout}}{{$main}}<h1>What we keep</h1>{{kept.photo}}{{/main}}{{/layout}}");
	write_own("partials/wrong.mustache", " data-wrong");
	write_own("mail/layout.txt.mustache", "{{$content}}{{/content}}\n-- \nAlder House\n");
	write_own("mail/request_rejected.subject.mustache", "Alder House says no");
	stack_open_site(stack);
	const char *text = stack_page(stack, NULL, NULL, "/privacy")->body;
	expect(text, "<h1>What we keep</h1>4 hours");
	expect(text, "<footer>Alder House</footer>");
	/* Ours, within the other layout. */
	text = stack_page(stack, NULL, NULL, "/help")->body;
	expect(text, "<h1>How deleting works</h1>");
	expect(text, "<footer>Alder House</footer>");
	stack_queue_mail(stack, "ada@alder.example");
	stack_work(stack, NULL);
	text = read_spool();
	expect(text, "Subject: Alder House says no\r\n");
	expect(text, "A public record.\r\n"); /* our text, */
	expect(text, "\r\nAlder House\r\n");  /* another layout, */
	expect(text, "<html lang=3D\"en\">"); /* and our HTML */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_broken_template_stops_the_start_by_name, set_up),
	    cmocka_unit_test_setup(a_name_that_replaces_nothing_stops_it_too, set_up),
	    cmocka_unit_test_setup(ours_are_replaced_file_by_file, set_up),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
