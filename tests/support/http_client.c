/* http_client.c - requests by libcurl, or as raw bytes on a socket. */
#include "http_client.h"

#include <arpa/inet.h>
#include <base/buf.h>
#include <curl/curl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define SKIPPED   77
#define TIMEOUT_S 60L
#define ANSWERS   4096

struct http_client {
	const char *base;
	CURL *curl;
	struct arena *arena;
	json_t *documents[ANSWERS];
	size_t document_count;
};

static void give_up(const char *what)
{
	fprintf(stderr, "http client: %s\n", what);
	exit(1);
}

struct http_client *http_client_open(void)
{
	struct http_client *client = calloc(1, sizeof(*client));

	if (!client)
		give_up("out of memory");
	client->base = getenv("LETHE_TEST_URL");
	if (!client->base) {
		printf("skipped: there is no LETHE_TEST_URL; run tests/support/with-server.sh\n");
		free(client);
		exit(SKIPPED);
	}
	client->curl = curl_easy_init();
	client->arena = arena_create();
	if (!client->curl)
		give_up("libcurl");
	return client;
}

void http_client_forget(struct http_client *client)
{
	for (size_t i = 0; i < client->document_count; i++)
		json_decref(client->documents[i]);
	client->document_count = 0;
	arena_reset(client->arena);
}

void http_client_close(struct http_client **client)
{
	http_client_forget(*client);
	arena_destroy(&(*client)->arena);
	curl_easy_cleanup((*client)->curl);
	free(*client);
	*client = NULL;
}

struct arena *http_client_arena(struct http_client *client)
{
	return client->arena;
}

static size_t collect(char *bytes, size_t size, size_t count, void *context)
{
	buf_append(context, bytes, size * count);
	return size * count;
}

/* A 100 (Continue) and its headers come first and are not the answer's. */
static size_t collect_head(char *bytes, size_t size, size_t count, void *context)
{
	if (size * count > 5 && memcmp(bytes, "HTTP/", 5) == 0)
		buf_clear(context);
	return collect(bytes, size, count, context);
}

static const char *keep(struct http_client *client, struct buf *buf)
{
	const char *text = arena_copy(client->arena, buf->data ? buf->data : "", buf->length);

	buf_free(buf);
	return text;
}

static void parse_body(struct http_client *client, struct http_answer *answer)
{
	const char *type = http_answer_header(client, answer, "Content-Type");

	if (!type || !strstr(type, "json"))
		return;
	answer->json = json_loadb(answer->body, answer->length, JSON_DECODE_ANY, NULL);
	if (!answer->json)
		return;
	if (client->document_count == ANSWERS)
		give_up("too many answers in one test");
	client->documents[client->document_count++] = answer->json;
}

static struct curl_slist *list_headers(struct http_client *client, const struct http_call *call)
{
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");

	if (call->type)
		list = curl_slist_append(
		    list, arena_printf(client->arena, "Content-Type: %s", call->type));
	else
		list = curl_slist_append(list, "Content-Type:");
	for (const char *const *header = call->headers; header && *header; header++)
		list = curl_slist_append(list, *header);
	return list;
}

static void prepare(struct http_client *client, const struct http_call *call)
{
	CURL *curl = client->curl;
	size_t length = call->length ? call->length : call->body ? strlen(call->body) : 0;
	const char *base = call->base ? call->base : client->base;

	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, arena_printf(client->arena, "%s%s", base, call->path));
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
	if (strcmp(call->method, "HEAD") == 0)
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	if (call->body || strcmp(call->method, "POST") == 0) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body ? call->body : "");
	}
}

const struct http_answer *http_client_send(struct http_client *client, const struct http_call *call)
{
	struct http_answer *answer = arena_alloc(client->arena, sizeof(*answer));
	struct curl_slist *headers = list_headers(client, call);
	struct buf head = {0};
	struct buf body = {0};
	CURLcode outcome;

	answer->request = arena_printf(client->arena, "%s %s", call->method, call->path);
	prepare(client, call);
	curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, collect);
	curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, &body);
	curl_easy_setopt(client->curl, CURLOPT_HEADERFUNCTION, collect_head);
	curl_easy_setopt(client->curl, CURLOPT_HEADERDATA, &head);
	outcome = curl_easy_perform(client->curl);
	if (outcome != CURLE_OK)
		fprintf(stderr, "%s: %s\n", answer->request, curl_easy_strerror(outcome));
	curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &answer->status);
	curl_slist_free_all(headers);
	answer->length = body.length;
	answer->head = keep(client, &head);
	answer->body = keep(client, &body);
	parse_body(client, answer);
	return answer;
}

static int connect_to_site(const struct http_client *client)
{
	const char *colon = strrchr(client->base, ':');
	struct sockaddr_in address = {.sin_family = AF_INET};
	struct timeval limit = {.tv_sec = TIMEOUT_S};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_port = htons((uint16_t)atoi(colon + 1));
	inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) != 0)
		give_up("cannot connect to the site");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static void send_all(int fd, const char *bytes, size_t length)
{
	ssize_t n;

	while (length > 0 && (n = send(fd, bytes, length, MSG_NOSIGNAL)) > 0) {
		bytes += n;
		length -= (size_t)n;
	}
}

const struct http_answer *http_client_send_raw(
    struct http_client *client, const char *bytes, size_t length)
{
	struct http_answer *answer = arena_alloc(client->arena, sizeof(*answer));
	struct buf got = {0};
	char piece[4096];
	ssize_t n;
	int fd = connect_to_site(client);

	answer->request = arena_copy(client->arena, bytes, strcspn(bytes, "\r"));
	send_all(fd, bytes, length);
	while ((n = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_append(&got, piece, (size_t)n);
	close(fd);
	answer->length = got.length;
	answer->head = answer->body = keep(client, &got);
	if (strncmp(answer->body, "HTTP/1.", 7) == 0)
		answer->status = atol(answer->body + 9);
	return answer;
}

void http_client_send_broken(struct http_client *client, const char *bytes, size_t length)
{
	int fd = connect_to_site(client);

	send_all(fd, bytes, length);
	close(fd);
}

/* The value of the next header of that name at or after *at, which moves behind it. */
static const char *next_header(struct http_client *client, const char **at, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = *at; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncasecmp(line, name, length) != 0 || line[length] != ':')
			continue;
		line += length + 1 + strspn(line + length + 1, " ");
		*at = line + strcspn(line, "\r\n");
		return arena_copy(client->arena, line, strcspn(line, "\r\n"));
	}
	return NULL;
}

const char *http_answer_header(
    struct http_client *client, const struct http_answer *answer, const char *name)
{
	const char *at = answer->head;

	return next_header(client, &at, name);
}

const char *http_answer_cookie(
    struct http_client *client, const struct http_answer *answer, const char *name)
{
	const char *at = answer->head;
	const char *value;
	size_t length = strlen(name);

	while ((value = next_header(client, &at, "Set-Cookie")))
		if (strncmp(value, name, length) == 0 && value[length] == '=')
			return arena_copy(
			    client->arena, value + length + 1, strcspn(value + length + 1, ";"));
	return NULL;
}

const char *http_answer_between(struct http_client *client, const struct http_answer *answer,
    const char *before, const char *after)
{
	const char *start = strstr(answer->body, before);
	const char *end;

	if (!start)
		return NULL;
	start += strlen(before);
	end = strstr(start, after);
	return end ? arena_copy(client->arena, start, (size_t)(end - start)) : NULL;
}

json_t *http_answer_member(const struct http_answer *answer, const char *path)
{
	json_t *at = answer->json;

	while (at && *path) {
		size_t length = strcspn(path, ".");
		char name[64];

		if (length >= sizeof(name))
			return NULL;
		memcpy(name, path, length);
		name[length] = '\0';
		at = json_is_array(at) ? json_array_get(at, (size_t)atoi(name))
				       : json_object_get(at, name);
		path += length + (path[length] == '.');
	}
	return at;
}

const char *http_answer_text(const struct http_answer *answer, const char *path)
{
	return json_string_value(http_answer_member(answer, path));
}

long http_answer_number(const struct http_answer *answer, const char *path)
{
	const json_t *member = http_answer_member(answer, path);

	return json_is_integer(member) ? (long)json_integer_value(member) : -1;
}

static bool is_same(const char *expected, const char *found)
{
	return !expected || (found && strcmp(expected, found) == 0);
}

void http_answer_expect_field(const struct http_answer *answer, long status, const char *code,
    const char *field, const char *file, int line)
{
	if (answer->status == status && is_same(code, http_answer_text(answer, "code")) &&
	    is_same(field, http_answer_text(answer, "field")))
		return;
	print_error("%s: expected %ld %s %s, got %ld\n%.1200s\n", answer->request, status,
	    code ? code : "", field ? field : "", answer->status, answer->body);
	_fail(file, line);
}

bool http_answer_lists(const struct http_answer *answer, const char *id)
{
	json_t *item;
	size_t i;

	json_array_foreach(http_answer_member(answer, "items"), i, item)
	{
		if (strcmp(json_string_value(json_object_get(item, "id")), id) == 0)
			return true;
	}
	return false;
}

void http_answer_expect(
    const struct http_answer *answer, long status, const char *code, const char *file, int line)
{
	http_answer_expect_field(answer, status, code, NULL, file, line);
}
