/* asking.c - people who ask for the deletion of photos, and those who decide. */
#include "asking.h"

#include <stdio.h>
#include <stdlib.h>
#include <store/places.h>
#include <string.h>

DB_STATEMENT(asking_photo_state, "SELECT status FROM photos WHERE id = ?");
DB_STATEMENT(asking_request_state, "SELECT status FROM deletion_requests WHERE id = ?");
DB_STATEMENT(asking_newest_mail, "SELECT data FROM mail_outbox WHERE template = ?"
				 " AND recipient = ? ORDER BY id DESC LIMIT 1");

static struct error last_error;

void asking_claim(struct world *world, const struct actor *owner, const struct id *site_id)
{
	struct id id = id_generate(world->clock.fixed_us);

	trash_sql(world,
	    "INSERT INTO site_claims (id, organization_id, site_id, user_id, state, created_at)"
	    " VALUES (%s, %s, %s, %s, 'approved', '2026-01-01')",
	    trash_hex(world, &id), trash_hex(world, &owner->organization_id),
	    trash_hex(world, site_id), trash_hex(world, &owner->user_id));
}

struct id asking_photo(
    struct world *world, const struct actor *actor, const struct id *site_id, const char *status)
{
	struct id photo = world_photo(world, actor, "Stall", NULL, site_id);

	trash_sql(world, "UPDATE photos SET status = '%s' WHERE id = %s",
	    status ? status : "approved", trash_hex(world, &photo));
	return photo;
}

const char *asking_ask(struct world *world, const struct actor *actor, const struct id *photo_id,
    struct request *request_r)
{
	struct request request;

	error_clear(&last_error);
	return requests_create(&world->domain, actor, world->arena, photo_id, REASON, NULL,
		   request_r ? request_r : &request, &last_error)
		   ? ""
		   : last_error.code;
}

const char *asking_review(struct world *world, const struct actor *actor, const struct id *photo_id,
    bool approve, struct request_outcome *outcome_r)
{
	const struct request_decision decision = {.photo_id = *photo_id,
	    .approve = approve,
	    .reason = approve ? NULL : "Nobody can be made out."};
	struct request_outcome outcome;

	error_clear(&last_error);
	return requests_review(&world->domain, actor, world->arena, &decision,
		   outcome_r ? outcome_r : &outcome, &last_error)
		   ? ""
		   : last_error.code;
}

const char *asking_cancel(
    struct world *world, const struct actor *actor, const struct id *request_id)
{
	struct request request;

	error_clear(&last_error);
	return requests_cancel(
		   &world->domain, actor, world->arena, request_id, &request, &last_error)
		   ? ""
		   : last_error.code;
}

const struct error *asking_error(void)
{
	return &last_error;
}

static const char *read_text(struct world *world, const struct db_statement *statement,
    const struct db_value *values, size_t count)
{
	struct db_rows rows = {0};
	enum db_result result = db_query(world->db, world->arena, statement, values, count, &rows);

	if (result > DB_NONE) {
		abort();
	}
	return result == DB_OK ? db_text(&rows, 0, 0) : NULL;
}

const char *asking_photo_status(struct world *world, const struct id *photo_id)
{
	return read_text(world, &asking_photo_state, DB_VALUES(db_bind_id(photo_id)));
}

const char *asking_status(struct world *world, const struct id *request_id)
{
	return read_text(world, &asking_request_state, DB_VALUES(db_bind_id(request_id)));
}

const char *asking_mail(struct world *world, const char *template, const char *recipient)
{
	return read_text(
	    world, &asking_newest_mail, DB_VALUES(db_bind_text(template), db_bind_text(recipient)));
}

const char *asking_token(struct world *world, const char *template, const char *recipient)
{
	static const char before[] = "/removal/";
	const char *data = asking_mail(world, template, recipient);
	const char *from = data ? strstr(data, before) : NULL;

	if (!from) {
		fprintf(stderr, "no link in %s\n", data ? data : "no mail");
		abort();
	}
	from += strlen(before);
	return arena_copy(world->arena, from, strcspn(from, "\""));
}
