/* attempt.c - one attempt to have a user removed: its calls and how it ends. */
#include "attempt.h"

#include <stdio.h>
#include <string.h>

#define CODE_MOST 48 /* characters of a provider's own code */

bool identity_refuse(struct error *error, const char *setting, const char *what)
{
	return error_set_field(error, setting, "invalid_setting", "%s %s", setting, what);
}

void attempt_failed(struct attempt *attempt, const char *why, bool away)
{
	attempt->outcome = IDENTITY_RETRY;
	attempt->away = away;
	snprintf(attempt->why, sizeof(attempt->why), "identity_%s", why);
}

bool attempt_post(
    struct attempt *attempt, struct call *call, const char *of, struct call_answer *answer_r)
{
	int64_t passed_us = clock_monotonic_us() - attempt->started_us;
	struct error why = {0};
	char code[80];

	call->timeout_ms = attempt->timeout_ms - (long)(passed_us / 1000);
	if (call->timeout_ms < 1)
		error_set(&why, ERROR_UNAVAILABLE, "timeout", "There is no time left.");
	else if (caller_post(attempt->caller, call, answer_r, &why))
		return true;
	snprintf(code, sizeof(code), "%s%s", of, why.code);
	attempt_failed(attempt, code, true);
	return false;
}

bool attempt_is_code(const char *text)
{
	size_t length = text ? strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					    "abcdefghijklmnopqrstuvwxyz_")
			     : 0;

	return length > 0 && length <= CODE_MOST &&
	       (text[length] == '\0' || strncmp(text + length, " : ", 3) == 0);
}

static bool is_away(long status)
{
	return status < 400 || status == 401 || status == 403 || status == 404 || status == 429 ||
	       status >= 500;
}

void attempt_refused(struct attempt *attempt, const char *of, long status, const char *code)
{
	bool has_code = attempt_is_code(code);
	char why[100];

	snprintf(why, sizeof(why), "%shttp_%ld%s%.*s", of, status, has_code ? " " : "",
	    has_code ? (int)strcspn(code, " ") : 0, has_code ? code : "");
	attempt_failed(attempt, why, *of || is_away(status));
}
