/* agent_test.c - browsers by the names that people know. */
#include "../../app/web/agent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <base/text.h>
#include <string.h>

#define SAFARI "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 "
#define CHROME "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "

static void browsers_go_by_their_names(void **state)
{
	static const struct {
		const char *agent, *words;
	} cases[] = {
	    {NULL, "Unknown browser"},
	    {"", "Unknown browser"},
	    {"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		"Firefox on Linux"},
	    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " CHROME "Safari/537.36 Edg/140.0",
		"Edge on Windows"},
	    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) " CHROME "Safari/537.36",
		"Chrome on Windows"},
	    {"Mozilla/5.0 (Linux; Android 14; Pixel 8) " CHROME "Mobile Safari/537.36",
		"Chrome on Android"},
	    {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) " SAFARI "Safari/604.1",
		"Safari on iPhone"},
	    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) " SAFARI "Safari/605.1.15",
		"Safari on macOS"},
	    {"curl/8.5.0", "curl"},
	    {"our-own-tool <1>", "our-own-tool <1>"},
	};
	struct arena *arena = arena_create();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(agent_words(arena, cases[i].agent), cases[i].words);
	arena_destroy(&arena);
}

/* Whole characters, whatever stands there. */
static void long_ones_are_cut(void **state)
{
	struct arena *arena = arena_create();
	char agent[201] = "";

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		memset(agent, 'x', i);
		agent[i] = '\0';
		while (strlen(agent) < 190)
			strcat(agent, "\xe2\x82\xac");
		const char *words = agent_words(arena, agent);
		assert_true(strlen(words) <= 63);
		assert_true(text_is_utf8(words, strlen(words)));
		assert_string_equal(words + strlen(words) - 3, "\xe2\x80\xa6");
	}
	arena_destroy(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(browsers_go_by_their_names),
	    cmocka_unit_test(long_ones_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
