/* mail_templates_test.c - every mail, with all its values and with only those it always has. */
#include "../../app/mail/render.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/text.h>
#include <dirent.h>
#include <mail/message.h>
#include <string.h>

/* What people wrote, as ill-meant as it gets: markup, quotes, a line that begins a field. */
#define NASTY "<b>\\\"Barn\\\"</b> &amp; \xc3\xa4\\r\\nBcc: eve@evil.example"
#define NAME  "\"name\":\"Ada " NASTY "\","
#define TITLE "\"photo_title\":\"" NASTY "\","
#define TIME  "\"2026-02-03T04:05:06Z\""

/* The values that the domain gives: app/domain/requests.h, reminders.h and so on. */
static const struct mail_case {
	const char *name;
	bool optional;      /* a notice that its addressee may end */
	const char *all;    /* JSON */
	const char *always; /* those that are never absent */
	const char *says[6];
} cases[] = {
    {"retention", true,
	"{" NAME "\"count\":52,\"one\":false,\"more\":51,\"purge_after\":" TIME
	",\"photos\":[{\"id\":\"019c\",\"title\":\"" NASTY "\",\"purge_after\":" TIME "}]}",
	"{\"name\":\"Ada\",\"count\":1,\"one\":true,\"more\":0,\"purge_after\":" TIME
	",\"photos\":[{\"id\":\"019c\",\"title\":null,\"purge_after\":" TIME "}]}",
	{"3 February 2026, 04:05 UTC", "https://photos.example/photos/019c",
	    "https://photos.example/trash?tab=archived", "https://photos.example/account"}},
    {"request_new", true,
	"{" NAME TITLE "\"requester\":\"Ben " NASTY "\",\"role\":\"visitor\","
	"\"role_words\":\"a visitor without an account\",\"reason\":\"" NASTY "\","
	"\"due_at\":" TIME ",\"path\":\"/admin/requests\",\"at_once\":true}",
	"{\"role\":\"visitor\",\"role_words\":\"a visitor without an account\","
	"\"reason\":\"It shows me.\",\"due_at\":" TIME ",\"path\":\"/admin/requests\"}",
	{"a visitor without an account", "3 February 2026, 04:05 UTC",
	    "https://photos.example/admin/requests", "https://photos.example/account"}},
    {"request_received", false,
	"{" NAME TITLE "\"visitor\":true,\"reason\":\"" NASTY "\",\"due_at\":" TIME
	",\"path\":\"/removal/v4.local.token\"}",
	"{\"visitor\":false,\"reason\":\"It shows me.\",\"due_at\":" TIME
	",\"path\":\"/requests\"}",
	{"3 February 2026, 04:05 UTC", "https://photos.example/re", "take the request back"}},
    {"request_approved", false, "{" NAME TITLE "\"recover_until\":" TIME "}",
	"{\"recover_until\":" TIME "}",
	{"3 February 2026, 04:05 UTC", "until", "purged", "gone for good"}},
    {"request_approved", false, "{" NAME TITLE "\"recover_until\":" TIME ",\"at_once\":true}",
	"{\"recover_until\":" TIME ",\"at_once\":true}", {"purged at once", "gone for good"}},
    {"request_rejected", false, "{" NAME TITLE "\"rejection_reason\":\"" NASTY "\"}",
	"{\"rejection_reason\":\"It is a public record.\"}", {"ask again", "reason"}},
    {"removal_link", false,
	"{\"path\":\"/removal/v4.local.token\",\"expires_at\":" TIME ",\"one_photo\":true}",
	"{\"path\":\"/removal/v4.local.token\",\"expires_at\":" TIME ",\"one_photo\":false}",
	{"https://photos.example/removal/v4.local.token", "3 February 2026, 04:05 UTC",
	    "If it was not you"}},
    {"account_confirm", false, "{" NAME "\"token\":\"v4.local.t\",\"link_until\":" TIME "}",
	"{\"name\":\"Ada\",\"token\":\"v4.local.t\",\"link_until\":" TIME "}",
	{"https://photos.example/account/confirm/v4.local.t", "3 February 2026, 04:05 UTC",
	    "If it was not you"}},
    {"account_scheduled", false, "{" NAME "\"token\":\"v4.local.t\",\"scheduled_at\":" TIME "}",
	"{\"name\":\"Ada\",\"scheduled_at\":" TIME "}",
	{"3 February 2026, 04:05 UTC", "no way back"}},
    {"account_reminder", false,
	"{" NAME "\"token\":\"v4.local.t\",\"scheduled_at\":" TIME ",\"last\":true}",
	"{\"name\":\"Ada\",\"scheduled_at\":" TIME ",\"last\":false}",
	{"3 February 2026, 04:05 UTC", "no way back"}},
    {"account_cancelled", false, "{" NAME "\"more\":0}", "{\"name\":\"Ada\"}",
	{"https://photos.example/account/delete", "is cancelled"}},
    {"export_ready", false, "{" NAME "\"path\":\"/account/export\",\"expires_at\":" TIME "}",
	"{\"name\":\"Ada\",\"path\":\"/account/export\",\"expires_at\":" TIME "}",
	{"https://photos.example/account/export", "3 February 2026, 04:05 UTC"}},
    {"account_erased", false, "{\"photos_kept\":true,\"receipt\":\"v4.public.receipt\"}", "{}",
	{"have been erased", "the last mail"}},
};

#define CASE_COUNT (sizeof(cases) / sizeof(cases[0]))

static const struct config config = {
    .share = LETHE_SHARE_DIR,
    .templates = "",
    .smtp_url = "",
    .base_url = "https://photos.example",
    .contact_privacy = "privacy@alder.example",
    .contact_support = "support@alder.example",
    .contact_general = "hello@alder.example",
};

static struct arena *arena;
static struct mustache_set *set;

static int start(void **state)
{
	struct error error = {0};

	(void)state;
	arena = arena_create();
	set = mail_load_templates(&config, &error);
	if (!set)
		print_error("%s\n", error.message);
	return set ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	mustache_set_destroy(&set);
	arena_destroy(&arena);
	return 0;
}

static struct mail_words render(const char *name, const char *data, bool optional)
{
	struct mail_words words = {"", "", ""};
	struct error error = {0};

	if (!mail_render(set, &config, arena, name, "ada@alder.example",
		optional ? "/notices/v4.local.token" : NULL, data, &words, &error))
		fail_msg("%s: %s", name, error.message);
	return words;
}

/* --- what holds for every mail ------------------------------------------------------------- */

static void refuse(const char *name, const char *text, const char *piece)
{
	if (strstr(text, piece))
		fail_msg("%s: \"%s\" in:\n%s", name, piece, text);
}

static void demand(const char *name, const char *text, const char *piece)
{
	if (!strstr(text, piece))
		fail_msg("%s: \"%s\" is not in:\n%s", name, piece, text);
}

/* Every address that `before` precedes is one of ours, or a contact's. */
static void check_addresses(const char *name, const char *text, const char *before)
{
	for (const char *at = strstr(text, before); at; at = strstr(at + 1, before)) {
		const char *address = *before == 'h' && before[1] == 'r' ? at + strlen(before) : at;

		if (strncmp(address, "https://photos.example/", 23) != 0 &&
		    strncmp(address, "https://photos.example\n", 23) != 0 &&
		    strncmp(address, "mailto:", 7) != 0)
			fail_msg("%s: not of this installation: %.60s", name, address);
	}
}

static void check_subject(const char *name, const char *subject)
{
	assert_true(text_length(subject) > 10);
	assert_true(text_length(subject) <= MAIL_SUBJECT_MAX);
	refuse(name, subject, "\n");
	refuse(name, subject, "\r");
	refuse(name, subject, "{{");
	refuse(name, subject, "&lt;");
	refuse(name, subject, "\xe2\x80\x9c\xe2\x80\x9d"); /* quotes with nothing in them */
}

static void check_text(const char *name, const char *text)
{
	static const char *const never[] = {
	    "\n\n\n", " \n\n", "{{", "&lt;", "&amp;lt;", "\"\"", " .", " ,", "()", "\n,"};

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		refuse(name, text, never[i]);
	assert_in_range(text[0], 'A', 'Z'); /* no blank line at the beginning */
	demand(name, text, "privacy@alder.example");
	demand(name, text, "support@alder.example");
	demand(name, text, "ada@alder.example");
	check_addresses(name, text, "http");
}

static void check_html(const char *name, const char *html)
{
	static const char *const never[] = {"{{", "<b>", "<p></p>", "<strong></strong>", " ,</p>",
	    "<blockquote></blockquote>", "href=\"\"", "<script"};

	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		refuse(name, html, never[i]);
	demand(name, html, "<html lang=\"en\">");
	demand(name, html, "mailto:privacy@alder.example");
	check_addresses(name, html, "href=\"");
}

static void check_mail(const struct mail_case *mail, const char *data)
{
	struct mail_words words = render(mail->name, data, mail->optional);

	check_subject(mail->name, words.subject);
	check_text(mail->name, words.text);
	check_html(mail->name, words.html);
	for (size_t i = 0; i < 6 && mail->says[i]; i++) {
		demand(mail->name, words.text, mail->says[i]);
		demand(mail->name, words.html, mail->says[i]);
	}
	if (mail->optional) {
		demand(mail->name, words.text, "https://photos.example/notices/v4.local.token\n");
		demand(mail->name, words.html,
		    "href=\"https://photos.example/notices/v4.local.token\"");
	} else {
		refuse(mail->name, words.text, "/notices/");
		refuse(mail->name, words.html, "/notices/");
	}
}

static void every_mail_reads_well_with_all_and_with_few_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASE_COUNT; i++) {
		check_mail(&cases[i], cases[i].all);
		check_mail(&cases[i], cases[i].always);
	}
}

static const struct mail_case *find_case(const char *name, size_t length)
{
	for (size_t i = 0; i < CASE_COUNT; i++)
		if (strlen(cases[i].name) == length && strncmp(cases[i].name, name, length) == 0)
			return &cases[i];
	return NULL;
}

static void every_template_has_its_case(void **state)
{
	DIR *folder = opendir(LETHE_SHARE_DIR "/templates/mail");
	struct dirent *entry;

	(void)state;
	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		size_t length = strcspn(entry->d_name, ".");

		if (length > 0 && strncmp(entry->d_name, "layout.", 7) != 0 &&
		    !find_case(entry->d_name, length))
			fail_msg("%s has no row in the table of this test", entry->d_name);
	}
	closedir(folder);
}

/* What people wrote begins no field, in whatever mail. */
static void no_value_reaches_the_header(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASE_COUNT; i++) {
		struct mail_words words = render(cases[i].name, cases[i].all, true);
		struct mail_message message = {
		    .from = "no-reply@lethe.example",
		    .to = "ada@alder.example",
		    .subject = words.subject,
		    .text = words.text,
		    .html = words.html,
		    .unsubscribe = "https://photos.example/notices/v4.local.token",
		};
		struct buf out = {0};

		mail_write_message(&message, &out);
		*strstr(out.data, "\r\n\r\n") = '\0';
		refuse(cases[i].name, out.data, "\nBcc:");
		demand(cases[i].name, out.data, "\nTo: <ada@alder.example>\r\n");
		for (const char *at = out.data; *at; at++)
			if (*at == '\n' && at > out.data && at[-1] != '\r')
				fail_msg("%s: a line ends without CR", cases[i].name);
		buf_free(&out);
	}
}

/* --- one in full --------------------------------------------------------------------------- */

static void a_visitors_receipt_word_for_word(void **state)
{
	struct mail_words words = render("request_received",
	    "{\"visitor\":true,\"photo_title\":\"Barn\",\"reason\":\"It shows me at home.\","
	    "\"due_at\":" TIME ",\"path\":\"/removal/v4.local.token\"}",
	    false);

	(void)state;
	assert_string_equal(words.subject, "We have your request to delete \xe2\x80\x9c"
					   "Barn\xe2\x80\x9d");
	assert_string_equal(words.text,
	    "Hello,\n"
	    "\n"
	    "we have your request to delete the photo \"Barn\".\n"
	    "\n"
	    "Your reason:\n"
	    "It shows me at home.\n"
	    "\n"
	    "An admin looks at it and decides before 3 February 2026, 04:05 UTC.\n"
	    "You get a mail with the decision. Until then the photo stays where it is.\n"
	    "\n"
	    "See how it stands, or take the request back:\n"
	    "https://photos.example/removal/v4.local.token\n"
	    "\n"
	    "Whoever has this link can take the request back, so please keep it to yourself.\n"
	    "\n"
	    "-- \n"
	    "Lethe, the deletion desk\n"
	    "https://photos.example\n"
	    "This mail went to ada@alder.example. It was sent by a program; nobody reads answers"
	    " to it.\n"
	    "Questions: support@alder.example\n"
	    "About your personal data: privacy@alder.example\n"
	    "How deleting works: https://photos.example/help\n");
}

/* --- the address that ends notices --------------------------------------------------------- */

static const char *header_with(const char *unsubscribe)
{
	const struct mail_message message = {
	    .from = "no-reply@lethe.example",
	    .to = "ada@alder.example",
	    .subject = "x",
	    .text = "x\n",
	    .html = "x\n",
	    .unsubscribe = unsubscribe,
	};
	struct buf out = {0};
	const char *text;

	mail_write_message(&message, &out);
	text = arena_copy(arena, out.data, out.length);
	buf_free(&out);
	return text;
}

static void one_click_is_for_safe_addresses(void **state)
{
	static const char *const unsafe[] = {"https://a.example/\r\nBcc: x", "https://a.example/ b",
	    "https://a.example/>", "\xc3\xa4"};

	(void)state;
	demand("https", header_with("https://a.example/notices/t"),
	    "\r\nList-Unsubscribe:\r\n <https://a.example/notices/t>\r\n"
	    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
	demand("http", header_with("http://a.example/notices/t"),
	    "\r\nList-Unsubscribe:\r\n <http://a.example/notices/t>\r\n");
	refuse("http", header_with("http://a.example/notices/t"), "One-Click");
	refuse("none", header_with(NULL), "List-Unsubscribe");
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++)
		refuse("unsafe", header_with(unsafe[i]), "List-Unsubscribe");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_mail_reads_well_with_all_and_with_few_values),
	    cmocka_unit_test(every_template_has_its_case),
	    cmocka_unit_test(no_value_reaches_the_header),
	    cmocka_unit_test(a_visitors_receipt_word_for_word),
	    cmocka_unit_test(one_click_is_for_safe_addresses),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
