/* requests_visitor_race_test.c - people without an account, and what happens at the same moment. */
#include "../support/asking.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define KIM "kim@mail.example"

static struct error error;

/* The token of a link to what Kim handed in, or to one photo. */
static const char *link_for(const struct id *photo)
{
	char text[ID_TEXT_SIZE];
	const char *address = NULL;

	if (photo) {
		id_format(photo, text);
		address = arena_printf(world->arena, "/photos/%s", text);
	}
	error_clear(&error);
	assert_true(removal_ask(&world->domain, world->arena, KIM, address, NULL, &error));
	world->clock.fixed_us += 1000; /* so that the next mail is newer */
	return asking_token(world, "removal_link", KIM);
}

static struct id submitted(void)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);

	trash_sql(world,
	    "UPDATE photos SET uploader_id = NULL, submitter_email = '" KIM "' WHERE id = %s",
	    trash_hex(world, &photo));
	return photo;
}

struct sender {
	struct domain domain;
	struct auth auth;
	const char *token;
	struct id photo;
	pthread_t thread;
	char code[48];
};

static void *send_it(void *context)
{
	struct sender *s = context;
	struct arena *arena = arena_create();
	struct request request;
	struct error why = {0};
	const char *status;
	char text[ID_TEXT_SIZE];

	id_format(&s->photo, text);
	(void)!removal_send(
	    &s->domain, arena, s->token, text, REASON, NULL, NULL, &request, &status, &why);
	snprintf(s->code, sizeof(s->code), "%s", why.code);
	arena_destroy(&arena);
	return NULL;
}

/* Two photos, one link, at the same time. */
static void of_two_uses_at_once_one_counts(void **state)
{
	(void)state;
	for (int round = 0; round < 4; round++) {
		struct sender senders[2];
		struct db *connections[2];
		const char *token = link_for(NULL);
		int won = 0;

		for (int i = 0; i < 2; i++) {
			senders[i].domain = world_second_domain(world, &connections[i]);
			people_authorize_other(world, &senders[i].domain, &senders[i].auth);
			senders[i].token = token;
			senders[i].photo = submitted();
			pthread_create(&senders[i].thread, NULL, send_it, &senders[i]);
		}
		for (int i = 0; i < 2; i++) {
			pthread_join(senders[i].thread, NULL);
			db_close(&connections[i]);
			won += senders[i].code[0] == '\0';
			assert_true(senders[i].code[0] == '\0' ||
				    strcmp(senders[i].code, "link_used") == 0);
		}
		assert_int_equal(won, 1);
	}
	assert_int_equal(trash_rows(world, "deletion_requests"), 4);
}

DB_STATEMENT(race_archives, "UPDATE photos SET archived_at = '2026-01-01 00:00:00',"
			    " purge_after = '2027-01-01 00:00:00' WHERE id = ?");

static bool archive_meanwhile(struct db_tx *tx, void *context, struct error *why)
{
	struct sender *s = context;

	(void)why;
	assert_int_equal(
	    db_exec(tx->db, &race_archives, DB_VALUES(db_bind_id(&s->photo)), NULL), DB_OK);
	assert_int_equal(pthread_create(&s->thread, NULL, send_it, s), 0);
	nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
	return true;
}

/* Found while it was there, and archived before the request was made. */
static void what_is_archived_meanwhile_is_asked_for_no_more(void **state)
{
	struct id photo = asking_photo(world, &cast.ada, &cast.site, NULL);
	struct sender s = {.photo = photo, .token = link_for(&photo)};
	struct db *connection;

	(void)state;
	s.domain = world_second_domain(world, &connection);
	people_authorize_other(world, &s.domain, &s.auth);
	assert_true(db_transaction(world->db, archive_meanwhile, &s, &error));
	pthread_join(s.thread, NULL);
	db_close(&connection);
	assert_string_equal(s.code, "not_yours");
	assert_int_equal(trash_rows(world, "deletion_requests"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    ASKING_TEST(of_two_uses_at_once_one_counts),
	    ASKING_TEST(what_is_archived_meanwhile_is_asked_for_no_more),
	};

	return cmocka_run_group_tests_name("requests_visitor_race", tests, scene_start, scene_stop);
}
