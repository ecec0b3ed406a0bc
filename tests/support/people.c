/* people.c - keys, passwords, sessions, acts in one line. */
#include "people.h"

#include "program.h"

#include <auth/keys.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

DB_STATEMENT(people_count_sessions, "SELECT COUNT(*) FROM sessions WHERE user_id = ?");
DB_STATEMENT(people_count_mails, "SELECT COUNT(*) FROM mail_outbox WHERE template = ?");
DB_STATEMENT(
    people_newest_mail, "SELECT data FROM mail_outbox WHERE template = ? ORDER BY id DESC LIMIT 1");

static struct error last_error;
static struct arena *keys_arena;
static const struct keys *keys;
static struct auth world_auth;

static void make_keys(void)
{
	char folder[] = "/tmp/lethe-people-XXXXXX", path[64];
	struct error error = {0};

	if (keys) {
		return;
	}
	keys_arena = arena_create();
	if (!mkdtemp(folder)) {
		abort();
	}
	snprintf(path, sizeof(path), "%s/keys", folder);
	if (!keys_create(path, &error)) {
		abort();
	}
	keys = keys_load(path, keys_arena, &error);
	program_remove_folder(folder);
	if (!keys) {
		abort();
	}
}

void people_authorize_other(const struct world *world, struct domain *domain, struct auth *auth)
{
	make_keys();
	*auth = (struct auth){
	    .db = domain->db, .clock = &world->clock, .keys = keys, .issuer = "https://lethe.test"};
	domain->auth = auth;
}

void people_authorize(struct world *world)
{
	people_authorize_other(world, &world->domain, &world_auth);
}

void people_close(void)
{
	arena_destroy(&keys_arena);
	keys = NULL;
}

void people_password(struct world *world, const struct actor *actor)
{
	trash_sql(world, "UPDATE users SET password_hash = '$argon2id$x' WHERE id = %s",
	    trash_hex(world, &actor->user_id));
}

struct id people_session(struct world *world, const struct actor *actor)
{
	struct id id = id_generate(world->clock.fixed_us);

	trash_sql(world,
	    "INSERT INTO sessions (token_hash, id, user_id, csrf_secret, user_agent, created_at,"
	    " seen_at) VALUES (UNHEX(SHA2(HEX(%s), 256)), %s, %s, UNHEX(SHA2('c', 256)),"
	    " 'Browser of a person', '2026-01-01', '2026-01-01')",
	    trash_hex(world, &id), trash_hex(world, &id), trash_hex(world, &actor->user_id));
	return id;
}

int64_t people_sessions(struct world *world, const struct actor *actor)
{
	struct db_rows rows = {0};

	if (db_query(world->db, world->arena, &people_count_sessions,
		DB_VALUES(db_bind_id(&actor->user_id)), &rows) != DB_OK) {
		abort();
	}
	return db_int(&rows, 0, 0);
}

struct id people_event(struct world *world, const struct actor *actor, const char *title)
{
	struct id id = id_generate(world->clock.fixed_us);

	trash_sql(world,
	    "INSERT INTO events (id, organization_id, title, starts_at, created_by, created_at)"
	    " VALUES (%s, %s, '%s', '2026-06-01', %s, '2026-01-01')",
	    trash_hex(world, &id), trash_hex(world, &actor->organization_id), title,
	    trash_hex(world, &actor->user_id));
	return id;
}

struct actor people_proven(const struct world *world, const struct actor *actor)
{
	struct actor proven = *actor;

	proven.reauth_id = id_generate(world->clock.fixed_us);
	proven.reauth_expires_us = world->clock.fixed_us + 300 * CLOCK_SECOND_US;
	return proven;
}

const char *people_leave(struct world *world, const struct actor *actor,
    const struct account_choices *choices, struct account_status *status_r)
{
	static const struct account_choices none = {0};
	struct account_status status;

	error_clear(&last_error);
	return accounts_schedule(&world->domain, actor, world->arena, choices ? choices : &none,
		   status_r ? status_r : &status, &last_error)
		   ? ""
		   : last_error.code;
}

const char *people_cancel(struct world *world, const struct actor *actor)
{
	struct account_status status;

	error_clear(&last_error);
	return accounts_cancel(&world->domain, actor, world->arena, &status, &last_error)
		   ? ""
		   : last_error.code;
}

const struct error *people_error(void)
{
	return &last_error;
}

const char *people_delete(struct world *world, const struct actor *admin, const struct actor *user,
    bool hard, const struct account_choices *choices, struct deletion *deletion_r)
{
	struct account_deletion act = {.user_id = user->user_id, .hard = hard};
	struct deletion deletion;

	if (choices) {
		act.choices = *choices;
	}
	error_clear(&last_error);
	return accounts_delete_user(&world->domain, admin, world->arena, &act,
		   deletion_r ? deletion_r : &deletion, &last_error)
		   ? ""
		   : last_error.code;
}

struct account_status people_status(struct world *world, const struct actor *actor)
{
	struct account_status status = {0};

	error_clear(&last_error);
	if (!accounts_status(&world->domain, actor, world->arena, &status, &last_error)) {
		fprintf(stderr, "status: %s\n", last_error.message);
		abort();
	}
	return status;
}

int64_t people_mails(struct world *world, const char *template)
{
	struct db_rows rows = {0};

	if (db_query(world->db, world->arena, &people_count_mails,
		DB_VALUES(db_bind_text(template)), &rows) != DB_OK) {
		abort();
	}
	return db_int(&rows, 0, 0);
}

const char *people_token(struct world *world, const char *template)
{
	struct db_rows rows = {0};
	const char *from, *to;

	if (db_query(world->db, world->arena, &people_newest_mail,
		DB_VALUES(db_bind_text(template)), &rows) != DB_OK) {
		abort();
	}
	from = strstr(db_text(&rows, 0, 0), "\"token\":\"");
	if (!from) {
		return NULL;
	}
	from += strlen("\"token\":\"");
	to = strchr(from, '"');
	return arena_copy(world->arena, from, (size_t)(to - from));
}
