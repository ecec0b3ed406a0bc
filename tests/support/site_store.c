/* site_store.c - the database, storage and keys of a running Lethe. */
#include "site_parts.h"

#include "program.h"

#include <auth/keys.h>
#include <auth/password.h>
#include <db/db.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void give_up(const char *what, const struct error *error) __attribute__((noreturn));
static void give_up(const char *what, const struct error *error)
{
	fprintf(stderr, "site: %s: %s\n", what, error ? error->message : "");
	exit(1);
}

static void must(bool fine, const char *what, const struct error *error)
{
	if (!fine)
		give_up(what, error);
}

/* Lines NAME='value' of lethe.env, whose values hold no quote here. */
static void read_environment(void)
{
	const char *path = getenv("LETHE_TEST_ENV");
	FILE *file = path ? fopen(path, "r") : NULL;
	char line[4096];

	if (!file)
		give_up("LETHE_TEST_ENV cannot be read", NULL);
	while (fgets(line, sizeof(line), file)) {
		char *equals = strchr(line, '=');
		char *end = strrchr(line, '\'');
		if (line[0] == '#' || !equals || equals[1] != '\'' || end <= equals + 1)
			continue;
		*equals = *end = '\0';
		setenv(line, equals + 2, 1);
	}
	fclose(file);
}

void site_store_open(struct site *site)
{
	struct error error = {0};
	struct db_options options;

	read_environment();
	must(config_load(&site->config, site->lasting, &error), "configuration", &error);
	options = (struct db_options){
	    .socket = site->config.db_socket,
	    .user = site->config.db_owner_user,
	    .password = site->config.db_owner_password,
	    .database = site->config.db_name,
	};
	site->owner = db_open(&options, &error);
	must(site->owner != NULL, "database", &error);
}

void site_store_close(struct site *site)
{
	db_close(&site->owner);
	if (site->hasher)
		password_hasher_destroy(&site->hasher);
}

void site_sql(struct site *site, const char *format, ...)
{
	va_list args;
	const char *sql;

	va_start(args, format);
	sql = arena_vprintf(site_arena(site), format, args);
	va_end(args);
	must(db_run(site->owner, sql) <= DB_NONE, sql, NULL);
}

/* The connection keeps statements by their address, so each lasts. */
static void __attribute__((format(printf, 2, 0)))
query(struct site *site, const char *format, va_list args, struct db_rows *rows_r)
{
	struct db_statement *statement = arena_alloc(site->lasting, sizeof(*statement));

	statement->name = "test";
	statement->sql = arena_vprintf(site->lasting, format, args);
	must(db_query(site->owner, site_arena(site), statement, DB_NO_VALUES, rows_r) <= DB_NONE,
	    statement->sql, NULL);
}

int64_t site_number(struct site *site, const char *format, ...)
{
	struct db_rows rows = {0};
	va_list args;

	va_start(args, format);
	query(site, format, args, &rows);
	va_end(args);
	return rows.count ? db_int(&rows, 0, 0) : 0;
}

const char *site_text(struct site *site, const char *format, ...)
{
	struct db_rows rows = {0};
	va_list args;

	va_start(args, format);
	query(site, format, args, &rows);
	va_end(args);
	return rows.count ? db_text(&rows, 0, 0) : NULL;
}

const char *site_new_id(struct site *site)
{
	struct id id = id_generate(clock_now_us(&clock_system));
	char *text = arena_alloc(site_arena(site), ID_TEXT_SIZE);

	id_format(&id, text);
	return text;
}

static unsigned counted;

static int count_file(const char *path, const struct stat *status, int kind)
{
	(void)path;
	(void)status;
	counted += kind == FTW_F;
	return 0;
}

unsigned site_objects(struct site *site)
{
	counted = 0;
	must(ftw(site->config.storage, count_file, 16) == 0, site->config.storage, NULL);
	return counted;
}

const char *site_new_key(struct site *site)
{
	const char *id = site_new_id(site);
	const char *end = id + ID_TEXT_SIZE - 1;

	return arena_printf(site_arena(site), "%.2s/%.2s/%s", end - 4, end - 2, id);
}

bool site_has_object(struct site *site, const char *key)
{
	return access(arena_printf(site_arena(site), "%s/%s", site->config.storage, key), F_OK) ==
	       0;
}

static unsigned count_lines(const char *path, const char *text)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	unsigned count = 0;

	if (!file)
		give_up(path, NULL);
	while (getline(&line, &size, file) >= 0)
		count += strstr(line, text) != NULL;
	free(line);
	fclose(file);
	return count;
}

unsigned site_find_in_logs(struct site *site, const char *text)
{
	static const char *const names[] = {
	    "access.log", "nginx-error.log", "serve.log", "work.log"};
	unsigned count = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		count += count_lines(arena_printf(site_arena(site), "%s/logs/%s",
					 getenv("LETHE_TEST_VAR"), names[i]),
		    text);
	return count;
}

void site_await_in_logs(struct site *site, const char *text)
{
	for (int i = 0; i < 250 && site_find_in_logs(site, text) == 0; i++)
		usleep(20 * 1000);
	assert_int_not_equal(site_find_in_logs(site, text), 0);
}

void site_work(struct site *site)
{
	(void)site;
	assert_int_equal(
	    program_run((const char *const[]){getenv("LETHE_TEST_PROGRAM"), "work", "--once", NULL},
		NULL, 0),
	    0);
}

const struct config *site_config(struct site *site)
{
	return &site->config;
}

struct auth *site_auth_at(struct site *site, int64_t shift_us)
{
	struct auth *auth = arena_alloc(site->lasting, sizeof(*auth));
	const struct keys *keys;
	struct error error = {0};

	site->clock = clock_fixed(clock_now_us(&clock_system) + shift_us);
	keys = keys_load(site->config.keys, site->lasting, &error);
	must(keys != NULL, "keys", &error);
	if (!site->hasher)
		site->hasher = password_hasher_create(&error);
	must(site->hasher && auth_open(auth, &site->config, site->owner, &site->clock, keys,
				 site->hasher, &error),
	    "identity", &error);
	return auth;
}

void site_forgive_rates(struct site *site)
{
	site_sql(site, "DELETE FROM rate_hits");
}
