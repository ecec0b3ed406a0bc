/* smtp.c - messages to a mail server, by libcurl. */
#include "transport.h"

#include <base/arena.h>
#include <base/clock.h>
#include <curl/curl.h>
#include <string.h>
#include <sys/socket.h>

#define CONNECT_S    10L                   /* at most, of the time that a message has */
#define STOP_WAIT_US (5 * CLOCK_SECOND_US) /* a message under way may still arrive */

struct smtp {
	struct arena *arena;
	CURL *curl;
	const char *url; /* with our name for EHLO as its path */
};

/* One message on its way. */
struct sending {
	const struct buf *message;
	size_t sent;
	const struct transport_control *control;
	int64_t stopped_us; /* when stopping was first asked for, monotonic */
};

static size_t give_bytes(char *into, size_t size, size_t count, void *context)
{
	struct sending *sending = context;
	size_t left = sending->message->length - sending->sent;
	size_t given = left < size * count ? left : size * count;

	memcpy(into, sending->message->data + sending->sent, given);
	sending->sent += given;
	return given;
}

/* Called by curl every second or oftener; anything but 0 ends the sending. */
static int check_stop(
    void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	struct sending *sending = context;

	(void)down_total;
	(void)down;
	(void)up_total;
	(void)up;
	if (!sending->control->stop || !sending->control->stop(sending->control->context))
		return 0;
	if (sending->stopped_us == 0)
		sending->stopped_us = clock_monotonic_us();
	return clock_monotonic_us() - sending->stopped_us > STOP_WAIT_US;
}

/* What holds for every message. */
static void set_options(struct smtp *smtp, const struct config *config)
{
	bool account = config->smtp_user[0] || config->smtp_password[0];
	long timeout_s = config->smtp_timeout_s;

	curl_easy_setopt(smtp->curl, CURLOPT_URL, smtp->url);
	curl_easy_setopt(smtp->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(smtp->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(
	    smtp->curl, CURLOPT_CONNECTTIMEOUT, timeout_s < CONNECT_S ? timeout_s : CONNECT_S);
	curl_easy_setopt(smtp->curl, CURLOPT_TIMEOUT, timeout_s);
	curl_easy_setopt(
	    smtp->curl, CURLOPT_USE_SSL, (long)(account ? CURLUSESSL_ALL : CURLUSESSL_TRY));
	curl_easy_setopt(smtp->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (config->smtp_ca[0])
		curl_easy_setopt(smtp->curl, CURLOPT_CAINFO, config->smtp_ca);
	if (account) {
		curl_easy_setopt(smtp->curl, CURLOPT_USERNAME, config->smtp_user);
		curl_easy_setopt(smtp->curl, CURLOPT_PASSWORD, config->smtp_password);
	}
	curl_easy_setopt(smtp->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(smtp->curl, CURLOPT_READFUNCTION, give_bytes);
	curl_easy_setopt(smtp->curl, CURLOPT_XFERINFOFUNCTION, check_stop);
	curl_easy_setopt(smtp->curl, CURLOPT_NOPROGRESS, 0L);
}

static bool fail_open(struct error *error)
{
	return error_set(error, ERROR_INTERNAL, "smtp_unavailable", "libcurl could not start.");
}

struct smtp *smtp_open(const struct config *config, struct error *error)
{
	const char *at = strrchr(config->mail_from, '@');
	struct arena *arena;
	struct smtp *smtp;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		fail_open(error);
		return NULL;
	}
	arena = arena_create();
	smtp = arena_alloc(arena, sizeof(*smtp));
	smtp->arena = arena;
	smtp->url = arena_join(arena, config->smtp_url, "/", at ? at + 1 : "localhost", NULL);
	smtp->curl = curl_easy_init();
	if (!smtp->curl) {
		fail_open(error);
		smtp_close(&smtp);
		return NULL;
	}
	set_options(smtp, config);
	return smtp;
}

void smtp_close(struct smtp **smtp)
{
	struct arena *arena;

	if (!*smtp)
		return;
	curl_easy_cleanup((*smtp)->curl);
	curl_global_cleanup();
	arena = (*smtp)->arena; /* it lies in its own arena */
	arena_destroy(&arena);
	*smtp = NULL;
}

/* Whether an answer is about this mail, not about the server or our account there: 421 is "closing
 * down" (RFC 5321, 4.2.3), 530 to 538 are about signing in (RFC 4954, 6). */
static bool is_of_mail(const struct sending *sending, long answer, CURLcode code)
{
	/* libcurl's names for a refused command, and for an answer other than 250 to the message;
	 * before that the latter is a greeting that turns everybody away. */
	bool asked =
	    code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && sending->sent > 0);

	return asked && answer >= 400 && answer != 421 && (answer < 530 || answer > 538);
}

/* The server's own words are not kept: they may repeat the address. */
static bool explain(
    const struct smtp *smtp, const struct sending *sending, CURLcode code, struct error *error)
{
	long answer = 0;

	curl_easy_getinfo(smtp->curl, CURLINFO_RESPONSE_CODE, &answer);
	if (is_of_mail(sending, answer, code))
		return error_set(error, ERROR_UNAVAILABLE,
		    answer >= 500 ? "smtp_rejected" : "smtp_refused",
		    "The mail server answered %ld (%s).", answer, curl_easy_strerror(code));
	if (answer >= 400)
		return error_set(error, ERROR_UNAVAILABLE, "smtp_unavailable",
		    "The mail server could not be used, and answered %ld: %s.", answer,
		    curl_easy_strerror(code));
	return error_set(error, ERROR_UNAVAILABLE, "smtp_unavailable",
	    "The mail server could not be reached or used: %s.", curl_easy_strerror(code));
}

/* A server that did not answer in time would be waited for again, two minutes, with libcurl's QUIT.
 */
static void hang_up(struct smtp *smtp)
{
	curl_socket_t connection = CURL_SOCKET_BAD;

	if (curl_easy_getinfo(smtp->curl, CURLINFO_ACTIVESOCKET, &connection) == CURLE_OK &&
	    connection != CURL_SOCKET_BAD)
		shutdown(connection, SHUT_RDWR);
}

bool smtp_send(struct smtp *smtp, const char *from, const char *to, const struct buf *message,
    const struct transport_control *control, struct error *error)
{
	struct sending sending = {.message = message, .control = control};
	struct arena *arena = arena_create();
	struct curl_slist *recipients =
	    curl_slist_append(NULL, arena_join(arena, "<", to, ">", NULL));
	CURLcode code;

	curl_easy_setopt(smtp->curl, CURLOPT_MAIL_FROM, arena_join(arena, "<", from, ">", NULL));
	curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(smtp->curl, CURLOPT_READDATA, &sending);
	curl_easy_setopt(smtp->curl, CURLOPT_XFERINFODATA, &sending);
	curl_easy_setopt(smtp->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message->length);
	code = recipients ? curl_easy_perform(smtp->curl) : CURLE_OUT_OF_MEMORY;
	if (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_ABORTED_BY_CALLBACK)
		hang_up(smtp);
	curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(recipients);
	arena_destroy(&arena);
	return code == CURLE_OK || explain(smtp, &sending, code, error);
}
