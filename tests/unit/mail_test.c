/* mail_test.c - mails as bytes: fields, bodies, whole messages; and their templates. */
#include "../../app/mail/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <base/text.h>
#include <fcntl.h>
#include <mail/message.h>
#include <mail/outbox.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../support/program.h"

static struct buf out;
static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_create();
	buf_clear(&out);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_destroy(&arena);
	buf_free(&out);
	return 0;
}

/* --- fields -------------------------------------------------------------------------------- */

static const char *field(const char *text)
{
	buf_clear(&out);
	mail_write_field("Subject", text, &out);
	return out.data;
}

static void plain_fields_stay_as_they_are(void **state)
{
	(void)state;
	assert_string_equal(field("3 photos: done"), "Subject: 3 photos: done\r\n");
	assert_string_equal(field("  trimmed "), "Subject: trimmed\r\n");
	assert_string_equal(field(""), "Subject: \r\n");
}

static void fields_cannot_begin_other_fields(void **state)
{
	(void)state;
	assert_string_equal(
	    field("a\r\nBcc: eve@evil.example"), "Subject: a  Bcc: eve@evil.example\r\n");
	assert_string_equal(field("a\nb\rc\td\x01\x7f"
				  "e"),
	    "Subject: a b c d  e\r\n");
	assert_null(strstr(field("\xc3\xa4\r\nBcc: eve@evil.example"), "Bcc"));
}

/* Every line of what was written is short, and begins with a blank but for the first. */
static void check_lines(const char *text)
{
	bool first = true;

	while (*text) {
		const char *end = strstr(text, "\r\n");

		assert_non_null(end);
		assert_true(end - text <= 76);
		assert_true(first || *text == ' ');
		assert_true(end - text > 1);
		first = false;
		text = end + 2;
	}
}

static void long_plain_fields_are_folded_at_blanks(void **state)
{
	char text[400] = "";
	struct buf unfolded = {0};

	(void)state;
	for (int i = 0; i < 30; i++)
		strcat(text, i ? " subject" : "subject");
	check_lines(field(text));
	for (const char *at = out.data; *at; at++)
		if (*at != '\r' && *at != '\n')
			buf_putc(&unfolded, *at);
	assert_string_equal(unfolded.data + strlen("Subject: "), text);
	buf_free(&unfolded);
}

/* Decode what mail_write_field made of a text with encoded words. */
static const char *decoded(const char *text)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	struct buf bytes = {0};
	const char *word = text;

	while ((word = strstr(word, "=?utf-8?B?"))) {
		struct buf piece = {0};
		unsigned value = 0, bits = 0;

		for (word += 10; *word != '?'; word++) {
			const char *digit = strchr(digits, *word);

			if (*word == '=')
				continue;
			assert_non_null(digit);
			value = value << 6 | (unsigned)(digit - digits);
			bits += 6;
			if (bits >= 8) {
				bits -= 8;
				buf_putc(&piece, (char)(value >> bits & 0xff));
			}
		}
		/* No character is torn apart (RFC 2047, section 5). */
		assert_true(text_is_utf8(piece.data, piece.length));
		buf_append(&bytes, piece.data, piece.length);
		buf_free(&piece);
	}
	const char *copy = arena_copy(arena, bytes.data ? bytes.data : "", bytes.length);
	buf_free(&bytes);
	return copy;
}

static void other_fields_are_encoded_words(void **state)
{
	static const char *const texts[] = {
	    "\xc3\x84pfel",
	    "=?utf-8?Q?faked?=",
	    "\xf0\x9f\x8c\x84\xf0\x9f\x8c\x84\xf0\x9f\x8c\x84\xf0\x9f\x8c\x84\xf0\x9f\x8c\x84"
	    "\xf0\x9f\x8c\x84\xf0\x9f\x8c\x84\xf0\x9f\x8c\x84\xf0\x9f\x8c\x84\xf0\x9f\x8c\x84"
	    "\xf0\x9f\x8c\x84\xf0\x9f\x8c\x84\xf0\x9f\x8c\x84\xf0\x9f\x8c\x84\xf0\x9f\x8c\x84",
	    "x\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
	    "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "a",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		check_lines(field(texts[i]));
		assert_string_equal(decoded(out.data), texts[i]);
	}
	assert_string_equal(field("\xc3\x84"), "Subject: =?utf-8?B?w4Q=?=\r\n");
}

/* --- bodies -------------------------------------------------------------------------------- */

static const char *body(const char *text)
{
	buf_clear(&out);
	mail_write_quoted_printable(text, &out);
	return out.data ? out.data : "";
}

static void bodies_are_quoted_printable(void **state)
{
	static const struct {
		const char *text, *quoted;
	} cases[] = {
	    {"", ""},
	    {"plain\n", "plain\r\n"},
	    {"1+1=2\n", "1+1=3D2\r\n"},
	    {"\xc3\xa4", "=C3=A4"},
	    {"end \nend\t\nend ", "end=20\r\nend=09\r\nend=20"},
	    {"a b\tc", "a b\tc"},
	    {"\n\n", "\r\n\r\n"},
	    {"dos\r\nend \r\n", "dos\r\nend=20\r\n"},
	    {"a\rb", "a=0Db"},
	    {".\n..\na.", "=2E\r\n=2E.\r\na."},
	    {"nul\x01\x7f", "nul=01=7F"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(body(cases[i].text), cases[i].quoted);
}

static int hex_value(char digit)
{
	return digit <= '9' ? digit - '0' : digit - 'A' + 10;
}

/* What a reader makes of a body, lines again ended by LF. */
static const char *unquoted(const char *quoted)
{
	char *text = arena_alloc(arena, strlen(quoted) + 1), *end = text;

	for (; *quoted; quoted++) {
		if (*quoted == '\r')
			continue;
		if (*quoted != '=')
			*end++ = *quoted;
		else if (quoted[1] == '\r')
			quoted += 2;
		else {
			*end++ = (char)(hex_value(quoted[1]) << 4 | hex_value(quoted[2]));
			quoted += 2;
		}
	}
	return text;
}

static void long_lines_are_broken_softly(void **state)
{
	(void)state;
	for (size_t length = 1; length < 200; length++) {
		char *text = arena_alloc(arena, 4 * length + 2);

		for (size_t i = 0; i < length; i++)
			strcat(text, i % 7 == 0   ? "\xe2\x82\xac"
				     : i % 5 == 0 ? "."
				     : i % 3      ? "a"
						  : " ");
		for (const char *line = body(text); *line;) {
			const char *end = strstr(line, "\r\n");
			size_t width = end ? (size_t)(end - line) : strlen(line);

			assert_true(width <= 76);
			assert_true(line[0] != '.');
			line += end ? width + 2 : width;
		}
		assert_string_equal(unquoted(out.data), text);
	}
}

/* --- messages ------------------------------------------------------------------------------ */

static void a_message_has_header_and_two_parts(void **state)
{
	struct mail_message message = {
	    .from = "no-reply@lethe.example",
	    .to = "ada@alder.example",
	    .subject = "Gr\xc3\xbc\xc3\x9f"
		       "e\r\nBcc: eve@evil.example",
	    .text = "Hello \xc3\x84"
		    "da\n",
	    .html = "<p>Hello</p>\n",
	    .at_us = INT64_C(1770091506000007), /* Tuesday, 3 February 2026 */
	};

	(void)state;
	assert_true(id_parse("019c2195-0000-7000-8000-00000000002a", &message.id));
	mail_write_message(&message, &out);
	assert_string_equal(out.data,
	    "From: Lethe <no-reply@lethe.example>\r\n"
	    "To: <ada@alder.example>\r\n"
	    "Subject: =?utf-8?B?R3LDvMOfZSAgQmNjOiBldmVAZXZpbC5leGFtcGxl?=\r\n"
	    "Date: Tue, 03 Feb 2026 04:05:06 +0000\r\n"
	    "Message-ID: <019c2195-0000-7000-8000-00000000002a@lethe.example>\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "Content-Language: en\r\n"
	    "Content-Type: multipart/alternative;\r\n"
	    " boundary=\"=_019c2195-0000-7000-8000-00000000002a\"\r\n"
	    "\r\n"
	    "--=_019c2195-0000-7000-8000-00000000002a\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "Hello =C3=84da\r\n"
	    "\r\n"
	    "--=_019c2195-0000-7000-8000-00000000002a\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "<p>Hello</p>\r\n"
	    "\r\n"
	    "--=_019c2195-0000-7000-8000-00000000002a--\r\n");
}

static void days_of_the_week_are_right(void **state)
{
	static const struct {
		const char *time, *date;
	} cases[] = {
	    {"1970-01-01T00:00:01Z", "Date: Thu, 01 Jan 1970 00:00:01 +0000\r\n"},
	    {"2024-02-29T23:59:59Z", "Date: Thu, 29 Feb 2024 23:59:59 +0000\r\n"},
	    {"2026-11-21T12:00:00Z", "Date: Sat, 21 Nov 2026 12:00:00 +0000\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mail_message message = {
		    .from = "a@b", .to = "c@d", .subject = "", .text = "", .html = ""};

		assert_true(clock_parse(cases[i].time, &message.at_us));
		buf_clear(&out);
		mail_write_message(&message, &out);
		assert_non_null(strstr(out.data, cases[i].date));
	}
}

static void waits_double_up_to_a_day(void **state)
{
	(void)state;
	assert_int_equal(mail_wait_us(1), 60 * CLOCK_SECOND_US);
	assert_int_equal(mail_wait_us(2), 120 * CLOCK_SECOND_US);
	assert_int_equal(mail_wait_us(9), 256 * 60 * CLOCK_SECOND_US);
	assert_int_equal(mail_wait_us(11), 1024 * 60 * CLOCK_SECOND_US);
	assert_int_equal(mail_wait_us(12), CLOCK_DAY_US);
	assert_int_equal(mail_wait_us(1000), CLOCK_DAY_US);
}

/* --- values and templates ------------------------------------------------------------------ */

static const struct config config = {
    .share = LETHE_SHARE_DIR,
    .templates = "",
    .smtp_url = "",
    .base_url = "https://photos.example",
    .contact_privacy = "privacy@alder.example",
    .contact_support = "support@alder.example",
    .contact_general = "hello@alder.example",
};

static void values_are_lines_and_times_can_be_read(void **state)
{
	struct doc *values;
	struct error error = {0};

	(void)state;
	assert_true(mail_read_values(arena,
	    "{\"title\":\"a\\r\\nb\",\"purge_after\":\"2026-02-03T04:05:06.000007Z\","
	    "\"made_at\":\"never\",\"text\":\"2026-02-03T04:05:06Z\",\"n\":7,\"yes\":true,"
	    "\"none\":null,\"list\":[{\"x_until\":\"2026-12-31T23:59:59Z\"}]}",
	    &values, &error));
	assert_string_equal(doc_get(values, "title")->as.text.data, "a  b");
	assert_string_equal(
	    doc_get(values, "purge_after_text")->as.text.data, "3 February 2026, 04:05 UTC");
	assert_string_equal(
	    doc_get(values, "purge_after")->as.text.data, "2026-02-03T04:05:06.000007Z");
	assert_null(doc_get(values, "made_at_text"));
	assert_null(doc_get(values, "text_text"));
	assert_int_equal(doc_get(values, "n")->as.integer, 7);
	assert_true(doc_get(values, "yes")->as.boolean);
	assert_string_equal(doc_get(values, "none")->as.text.data, "");
	const struct doc *item = doc_get(values, "list")->as.list.items[0];
	assert_string_equal(
	    doc_get(item, "x_until_text")->as.text.data, "31 December 2026, 23:59 UTC");
}

static void values_that_cannot_be_read_are_refused(void **state)
{
	static const char *const wrong[] = {
	    NULL, "", "[]", "7", "{\"a\":", "{\"a\":1,\"a\":2}", "{\"a\":\"\\u0000\"}"};
	struct doc *values;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct error error = {0};

		assert_false(mail_read_values(arena, wrong[i], &values, &error));
		assert_string_equal(error.code, "invalid_mail_data");
	}
}

static struct mail_words render(const struct config *how, const char *data)
{
	struct mail_words words = {"", "", ""};
	struct error error = {0};
	struct mustache_set *set = mail_load_templates(how, &error);

	if (!set || !mail_render(set, how, arena, "retention", "ada@alder.example", NULL, data,
			&words, &error))
		fail_msg("%s", error.message);
	mustache_set_destroy(&set);
	return words;
}

#define ONE                                                                                        \
	"{\"name\":\"Ada & Co\",\"count\":1,\"one\":true,\"more\":0,"                              \
	"\"purge_after\":\"2026-02-03T04:05:06Z\",\"photos\":[{\"id\":\"019c\","                   \
	"\"title\":\"<b>Barn</b> \xc3\xa4\",\"purge_after\":\"2026-02-03T04:05:06Z\"}]}"
#define SOME                                                                                       \
	"{\"name\":\"Ada\",\"count\":53,\"one\":false,\"more\":52,"                                \
	"\"purge_after\":\"2026-02-03T04:05:06Z\",\"photos\":[{\"id\":\"019c\","                   \
	"\"title\":null,\"purge_after\":\"2026-02-04T04:05:06Z\"}]}"

static void expect(const char *text, const char *const *pieces)
{
	for (; *pieces; pieces++)
		if (!text || !strstr(text, *pieces))
			fail_msg("\"%s\" is not in:\n%s", *pieces, text ? text : "");
}

static void the_reminder_says_what_when_and_how(void **state)
{
	struct mail_words one = render(&config, ONE), some = render(&config, SOME);

	(void)state;
	assert_string_equal(one.subject, "An archived photo of yours will be purged soon");
	assert_string_equal(some.subject, "53 archived photos of yours will be purged soon");
	expect(one.text, (const char *[]){"Hello Ada & Co,", "* <b>Barn</b> \xc3\xa4\n",
			     "3 February 2026, 04:05 UTC", "https://photos.example/photos/019c\n",
			     "https://photos.example/trash?tab=archived\n", "privacy@alder.example",
			     "restore it before then", "ada@alder.example", NULL});
	expect(one.html,
	    (const char *[]){"Hello Ada &amp; Co,", "&lt;b&gt;Barn&lt;/b&gt; \xc3\xa4</a>",
		"<strong>3 February 2026, 04:05 UTC</strong>",
		"href=\"https://photos.example/photos/019c\"",
		"href=\"https://photos.example/trash?tab=archived\"",
		"mailto:privacy@alder.example", NULL});
	expect(some.text, (const char *[]){"53 archived photos", "(without a title)",
			      "4 February 2026", "and 52 more.", "restore them before then", NULL});
	expect(some.html,
	    (const char *[]){"53 archived photos", "without a title", "and 52 more", NULL});
	assert_null(strstr(one.text, "more."));
	assert_null(strstr(one.html, "more"));
	assert_null(strstr(one.text, "&amp;"));
}

static void write_file(const char *folder, const char *name, const char *text)
{
	FILE *file = fopen(arena_join(arena, folder, name, NULL), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void own_templates_replace_ours_file_by_file(void **state)
{
	char folder[] = "/tmp/lethe-mail-XXXXXX";
	struct config own = config;
	struct error error = {0};
	char subject[3 * 300 + 1] = "";

	(void)state;
	assert_non_null(mkdtemp(folder));
	own.templates = folder;
	/* Without mails of one's own. */
	assert_string_equal(render(&own, ONE).subject, render(&config, ONE).subject);
	assert_int_equal(mkdir(arena_join(arena, folder, "/mail", NULL), 0700), 0);
	for (int i = 0; i < 300; i++)
		strcat(subject, "\xe2\x82\xac");
	write_file(folder, "/mail/retention.subject.mustache", subject);
	struct mail_words words = render(&own, ONE);
	assert_int_equal(text_length(words.subject), MAIL_SUBJECT_MAX);
	assert_string_equal(words.text, render(&config, ONE).text);
	write_file(folder, "/mail/retention.subject.mustache", "\n Two\nlines \n");
	assert_string_equal(render(&own, ONE).subject, "Two lines");
	/* A mistake stops the start, by name. */
	write_file(folder, "/mail/retention.txt.mustache", "{{#open}}");
	assert_null(mail_load_templates(&own, &error));
	assert_non_null(strstr(error.message, "mail/retention.txt:1:1"));
	write_file(folder, "/mail/retention.txt.mustache", "fine");
	write_file(folder, "/mail/unknown.txt.mustache", "fine");
	assert_null(mail_load_templates(&own, &error));
	assert_non_null(strstr(error.message, "unknown.txt.mustache"));
	program_remove_folder(folder);
}

static void a_template_that_is_not_there_is_an_error(void **state)
{
	struct mail_words words;
	struct error error = {0};
	struct mustache_set *set = mail_load_templates(&config, &error);

	(void)state;
	assert_non_null(set);
	assert_false(
	    mail_render(set, &config, arena, "nothing", "a@b.example", NULL, ONE, &words, &error));
	assert_string_equal(error.code, "no_template");
	mustache_set_destroy(&set);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(plain_fields_stay_as_they_are),
	    TEST(fields_cannot_begin_other_fields),
	    TEST(long_plain_fields_are_folded_at_blanks),
	    TEST(other_fields_are_encoded_words),
	    TEST(bodies_are_quoted_printable),
	    TEST(long_lines_are_broken_softly),
	    TEST(a_message_has_header_and_two_parts),
	    TEST(days_of_the_week_are_right),
	    TEST(waits_double_up_to_a_day),
	    TEST(values_are_lines_and_times_can_be_read),
	    TEST(values_that_cannot_be_read_are_refused),
	    TEST(the_reminder_says_what_when_and_how),
	    TEST(own_templates_replace_ours_file_by_file),
	    TEST(a_template_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
