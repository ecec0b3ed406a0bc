/* stack_site.c - a stack as people use it, and what it leaves behind. */
#include "stack.h"

#include "program.h"
#include "stack_parts.h"

#include <base/buf.h>
#include <base/doc.h>
#include <http/url.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <store/mail.h>
#include <store/users.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT_TRIES 4000
#define BOUNDARY   "0123456789lethe"

DB_STATEMENT(stack_sessions, "SELECT COUNT(*) FROM information_schema.processlist"
			     " WHERE db = DATABASE() AND user = 'lethe_app'");

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* --- people -------------------------------------------------------------------------------- */

static struct actor add_person(
    struct stack *stack, const char *email, const char *name, enum role role)
{
	const char *input = arena_printf(stack->lasting, "%s/password", stack->folder);
	const char *const arguments[] = {
	    "user", "add", email, "--org", "Fault Farm", "--role", name, NULL};
	struct user user;
	char *uid = arena_alloc(stack->lasting, ID_TEXT_SIZE);

	write_file(input, STACK_PASSWORD "\n");
	assert_int_equal(
	    stack_wait(stack_spawn(stack, NULL, stack->program, input, arguments), 60), 0);
	assert_int_equal(
	    users_find_by_email(stack->world->db, stack->lasting, email, &user), DB_OK);
	id_format(&user.id, uid);
	return (struct actor){
	    .role = role, .user_id = user.id, .organization_id = user.organization_id, .uid = uid};
}

void stack_open_people(struct stack *stack)
{
	stack->admin = add_person(stack, STACK_ADMIN, "admin", ROLE_ADMIN);
	stack->member = add_person(stack, STACK_MEMBER, "member", ROLE_MEMBER);
}

static const char *sign_in(struct stack *stack, const char *email)
{
	const struct http_answer *answer = stack_api(stack, NULL, NULL,
	    arena_printf(
		stack->lasting, "{'email': '%s', 'password': '%s'}", email, STACK_PASSWORD),
	    "POST /api/tokens");

	EXPECT(answer, 201, NULL);
	return arena_dup(stack->lasting, http_answer_text(answer, "access_token"));
}

static bool run_queue(struct db_tx *tx, void *context, struct error *error)
{
	struct doc *values = doc_object(tx->arena);
	int64_t now_us = clock_now_us(&clock_system);
	const struct mail mail = {
	    .id = id_generate(now_us),
	    .recipient = context,
	    .template = "request_rejected",
	    .values = values,
	    .at_us = now_us,
	};
	enum db_result result;

	doc_set_text(values, "rejection_reason", "A public record.");
	result = mails_add(tx, &mail);
	return result == DB_OK || db_fail(result, error);
}

void stack_queue_mail(struct stack *stack, const char *recipient)
{
	struct error error = {0};

	assert_true(db_transaction(stack->world->db, run_queue, (void *)recipient, &error));
}

/* --- the site ------------------------------------------------------------------------------ */

static void start_nginx(struct stack *stack, int port)
{
	static char conf[64 * 1024];
	const char *path = arena_printf(stack->lasting, "%s/nginx.conf", stack->folder);

	setenv("LETHE_PORT", arena_printf(stack->lasting, "%d", port), 1);
	setenv("LETHE_METRICS_PORT", arena_printf(stack->lasting, "%d", port + 1), 1);
	assert_int_equal(program_run((const char *const[]){LETHE_SHARE_DIR "/app/run/nginx-conf.sh",
					 stack->folder, NULL},
			     conf, sizeof(conf)),
	    0);
	write_file(path, conf);
	stack->nginx = stack_spawn(stack, NULL, "nginx", "/dev/null",
	    LETHE("-e", arena_printf(stack->lasting, "%s/logs/nginx-error.log", stack->folder),
		"-p", stack->folder, "-c", path, "-g", "daemon off;"));
	for (int i = 0; i < WAIT_TRIES && program_is_free(port); i++)
		stack_pause();
}

void stack_serve(struct stack *stack)
{
	stack->serve = stack_start(stack, NULL, LETHE("serve"));
	for (int i = 0; i < WAIT_TRIES; i++) {
		if (stack_api(stack, NULL, NULL, NULL, "GET /healthz")->status == 200)
			return;
		stack_pause();
	}
	fail_msg("lethe serve does not answer");
}

void stack_open_site(struct stack *stack)
{
	int port = program_free_ports(16000);

	snprintf(stack->url, sizeof(stack->url), "http://127.0.0.1:%d", port);
	setenv("LETHE_TEST_URL", stack->url, 1);
	stack->client = http_client_open();
	start_nginx(stack, port);
	stack_serve(stack);
	stack->admin_token = sign_in(stack, STACK_ADMIN);
	stack->member_token = sign_in(stack, STACK_MEMBER);
}

void stack_wait_alone(struct stack *stack)
{
	for (int i = 0; i < WAIT_TRIES; i++) {
		if (world_number(stack->world, &stack_sessions) <= 1)
			return;
		stack_pause();
	}
	fail_msg("a session of a process that has ended lives on");
}

/* --- requests ------------------------------------------------------------------------------ */

static const char *with_double_quotes(struct arena *arena, const char *json)
{
	char *text = json ? arena_dup(arena, json) : NULL;

	for (char *at = text; at && *at; at++)
		if (*at == '\'')
			*at = '"';
	return text;
}

const struct http_answer *stack_api(struct stack *stack, const char *token, const char *reauth,
    const char *json, const char *format, ...)
{
	struct arena *arena = http_client_arena(stack->client);
	const char *headers[3] = {NULL};
	struct http_call call = {.headers = headers, .body = with_double_quotes(arena, json)};
	size_t count = 0;
	va_list args;
	char *line, *space;

	va_start(args, format);
	line = arena_vprintf(arena, format, args);
	va_end(args);
	space = strchr(line, ' ');
	*space = '\0';
	call.method = line;
	call.path = space + 1;
	call.type = json ? "application/json" : NULL;
	if (token)
		headers[count++] = arena_printf(arena, "Authorization: Bearer %s", token);
	if (reauth)
		headers[count++] = arena_printf(arena, "X-Reauth-Token: %s", reauth);
	return http_client_send(stack->client, &call);
}

const struct http_answer *stack_page(
    struct stack *stack, const char *base, const char *cookie, const char *path)
{
	struct arena *arena = http_client_arena(stack->client);
	const char *const headers[] = {
	    cookie ? arena_printf(arena, "Cookie: %s", cookie) : "Accept: text/html", NULL};
	const struct http_call call = {
	    .base = base, .method = "GET", .path = path, .headers = headers};

	return http_client_send(stack->client, &call);
}

const char *stack_sign_in(struct stack *stack, const char *email)
{
	struct arena *arena = http_client_arena(stack->client);
	const struct http_answer *answer = stack_page(stack, NULL, NULL, "/login");
	const char *cookie = http_answer_cookie(stack->client, answer, "csrf");
	const char *csrf =
	    http_answer_between(stack->client, answer, "name=\"csrf\" value=\"", "\"");
	const char *const headers[] = {arena_printf(arena, "Cookie: csrf=%s", cookie), NULL};
	const struct http_call call = {.method = "POST",
	    .path = "/login",
	    .type = "application/x-www-form-urlencoded",
	    .headers = headers,
	    .body = arena_printf(arena, "csrf=%s&email=%s&password=%s", csrf,
		http_url_encode(arena, email), STACK_PASSWORD)};

	EXPECT(answer, 200, NULL);
	answer = http_client_send(stack->client, &call);
	EXPECT(answer, 303, NULL);
	return arena_printf(
	    arena, "session=%s", http_answer_cookie(stack->client, answer, "session"));
}

static const unsigned char PIXEL[] = {0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d,
    'I', 'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55, 0, 0, 0,
    0x0a, 'I', 'D', 'A', 'T', 0x78, 0x9c, 0x63, 0x68, 0, 0, 0, 0x82, 0, 0x81, 0x77, 0xcd, 0x72,
    0xb6, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};

static void put_field(struct buf *body, const char *name, const char *value)
{
	buf_printf(body,
	    "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", name,
	    value);
}

const struct http_answer *stack_upload(struct stack *stack, size_t bytes, const struct id *site_id)
{
	struct arena *arena = http_client_arena(stack->client);
	const char *const headers[] = {
	    arena_printf(arena, "Authorization: Bearer %s", stack->member_token), NULL};
	struct http_call call = {.method = "POST",
	    .path = "/api/photos",
	    .type = "multipart/form-data; boundary=" BOUNDARY,
	    .headers = headers};
	struct buf body = {0};
	const struct http_answer *answer;
	char id[ID_TEXT_SIZE];

	if (site_id) {
		id_format(site_id, id);
		put_field(&body, "site_id", id);
	}
	put_field(&body, "title", "A fault");
	buf_puts(&body, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"file\"; "
			"filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n");
	buf_append(&body, (const char *)PIXEL, sizeof(PIXEL));
	for (size_t i = sizeof(PIXEL); i < bytes; i++)
		buf_append(&body, "\0", 1);
	buf_puts(&body, "\r\n--" BOUNDARY "--\r\n");
	call.body = body.data;
	call.length = body.length;
	answer = http_client_send(stack->client, &call);
	buf_free(&body);
	return answer->status ? answer : NULL;
}

/* --- emptying ------------------------------------------------------------------------------ */

void stack_clear_photos(struct stack *stack)
{
	static const char *const tables[] = {"files", "photo_tags", "photo_shares", "dead_shares",
	    "storage_cleanup_queue", "spent_tokens", "photos", "deletions"};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		trash_sql(stack->world, "DELETE FROM %s", tables[i]);
	assert_int_equal(program_run((const char *const[]){"find", stack->world->folder, "-type",
					 "f", "-delete", NULL},
			     NULL, 0),
	    0);
}

/* --- the end state ------------------------------------------------------------------------- */

void stack_check_storage(struct stack *stack, unsigned young)
{
	unsigned before = stack_logged(stack, "0 objects without a row (0 queued)");
	unsigned with_young = stack_logged(
	    stack, arena_printf(stack->world->arena, "queued), %u young ones left alone", young));

	assert_int_equal(stack_run(stack, NULL, LETHE("storage", "check", "--digests")), 0);
	assert_int_equal(stack_logged(stack, "0 objects without a row (0 queued)"), before + 1);
	assert_int_equal(stack_logged(stack, arena_printf(stack->world->arena,
						 "queued), %u young ones left alone", young)),
	    with_young + 1);
}

int64_t stack_number(struct stack *stack, const char *format, ...)
{
	struct db *owner = test_database_connect(stack->world->database, TEST_OWNER);
	struct db_statement statement = {.name = "test"};
	struct db_rows rows = {0};
	int64_t number;
	va_list args;

	va_start(args, format);
	statement.sql = arena_vprintf(stack->world->arena, format, args);
	va_end(args);
	assert_int_equal(
	    db_query(owner, stack->world->arena, &statement, DB_NO_VALUES, &rows), DB_OK);
	number = db_int(&rows, 0, 0);
	db_close(&owner);
	return number;
}
