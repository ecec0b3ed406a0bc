/* log_test.c - each line is JSON, whole, and in one write. */
#include <base/clock.h>
#include <base/log.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Standard error while a test reads what is logged. A packet pipe keeps writes apart. */
struct capture {
	int saved;
	int pipe[2];
};

static int set_up(void **state)
{
	static struct capture capture;
	capture.saved = dup(STDERR_FILENO);
	if (capture.saved < 0 || pipe2(capture.pipe, O_DIRECT | O_NONBLOCK | O_CLOEXEC) != 0)
		return -1;
	dup2(capture.pipe[1], STDERR_FILENO);
	log_set_level(LOG_INFO);
	log_set_request(NULL);
	*state = &capture;
	return 0;
}

static int tear_down(void **state)
{
	struct capture *capture = *state;
	dup2(capture->saved, STDERR_FILENO);
	close(capture->saved);
	close(capture->pipe[0]);
	close(capture->pipe[1]);
	return 0;
}

/* The next write as JSON, NULL where there was none. */
static json_t *read_line(struct capture *capture)
{
	char line[4097];
	ssize_t length = read(capture->pipe[0], line, sizeof(line));
	if (length <= 0)
		return NULL;
	assert_true(length <= 4096);
	assert_int_equal(line[length - 1], '\n');
	assert_null(memchr(line, '\n', (size_t)length - 1));
	json_t *object = json_loadb(line, (size_t)length, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(object);
	return object;
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static void writes_time_level_event_and_fields(void **state)
{
	log_event(LOG_WARNING, "store_slow", log_text("table", "photos"),
	    log_int("took_us", -12345), log_text("none", NULL));
	json_t *line = read_line(*state);
	assert_string_equal(text_of(line, "level"), "warning");
	assert_string_equal(text_of(line, "event"), "store_slow");
	assert_string_equal(text_of(line, "table"), "photos");
	assert_string_equal(text_of(line, "none"), "");
	assert_int_equal(json_integer_value(json_object_get(line, "took_us")), -12345);
	assert_null(json_object_get(line, "request_id"));
	int64_t time_us = 0;
	assert_true(clock_parse(text_of(line, "time"), &time_us));
	assert_int_equal(json_object_size(line), 6);
	json_decref(line);
	log_event(LOG_ERROR, "plain");
	line = read_line(*state);
	assert_int_equal(json_object_size(line), 3);
	json_decref(line);
	assert_null(read_line(*state));
}

static void drops_what_is_below_the_level(void **state)
{
	log_event(LOG_DEBUG, "quiet");
	assert_null(read_line(*state));
	log_set_level(LOG_ERROR);
	log_event(LOG_WARNING, "quiet");
	assert_null(read_line(*state));
	log_set_level(LOG_DEBUG);
	log_event(LOG_DEBUG, "loud");
	json_t *line = read_line(*state);
	assert_string_equal(text_of(line, "level"), "debug");
	json_decref(line);
}

static void escapes_values(void **state)
{
	log_event(LOG_INFO, "odd", log_text("a", "\"\\\n\r\t\x01\x7F/<"),
	    log_text("b", "z\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80"),
	    log_text("c", "x\xFFy\xE2\x82z\xC3"));
	json_t *line = read_line(*state);
	assert_string_equal(text_of(line, "a"), "\"\\\n\r\t\x01\x7F/<");
	assert_string_equal(text_of(line, "b"), "z\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80");
	assert_string_equal(
	    text_of(line, "c"), "x\xEF\xBF\xBDy\xEF\xBF\xBD\xEF\xBF\xBDz\xEF\xBF\xBD");
	json_decref(line);
}

static void stays_whole_when_it_grows_too_long(void **state)
{
	char text[9000];
	/* Every length around the limits, with what takes one byte, two, three, and six escaped. */
	static const char *const units[] = {"x", "\"", "\xE2\x82\xAC", "\x01"};
	for (size_t unit = 0; unit < 4; unit++) {
		size_t size = strlen(units[unit]);
		for (size_t count = 440; count < 3000; count += 37) {
			for (size_t i = 0; i < count; i++)
				memcpy(text + i * size, units[unit], size);
			text[count * size] = '\0';
			log_event(LOG_INFO, "long", log_text("a", text), log_text("b", text),
			    log_text("c", text), log_text("d", text), log_int("e", INT64_MIN));
			json_t *line = read_line(*state);
			size_t kept = strlen(text_of(line, "a"));
			assert_true(kept > 200 && kept % size == 0);
			json_decref(line);
		}
	}
}

static void *log_in_a_thread(void *unused)
{
	(void)unused;
	log_event(LOG_INFO, "other_thread");
	return NULL;
}

static void shows_the_request_of_the_thread(void **state)
{
	char id[] = "req-1";
	pthread_t thread;
	log_set_request(id);
	id[0] = 'X'; /* it was copied */
	log_event(LOG_INFO, "one");
	json_t *line = read_line(*state);
	assert_string_equal(text_of(line, "request_id"), "req-1");
	json_decref(line);
	assert_int_equal(pthread_create(&thread, NULL, log_in_a_thread, NULL), 0);
	pthread_join(thread, NULL);
	line = read_line(*state);
	assert_string_equal(text_of(line, "event"), "other_thread");
	assert_null(json_object_get(line, "request_id"));
	json_decref(line);
	log_set_request("");
	log_event(LOG_INFO, "two");
	line = read_line(*state);
	assert_null(json_object_get(line, "request_id"));
	json_decref(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(writes_time_level_event_and_fields, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(drops_what_is_below_the_level, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(escapes_values, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(stays_whole_when_it_grows_too_long, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(shows_the_request_of_the_thread, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
