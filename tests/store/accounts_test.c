/* accounts_test.c - leaving by oneself: asked, confirmed, scheduled, reminded, cancelled. */
#include "../support/people.h"
#include "../support/scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <store/places.h>
#include <string.h>

static struct account_status status;
static struct error error;

static int set_up(void **state)
{
	(void)state;
	scene_people();
	people_authorize(world);
	return 0;
}

static const char *leave(const struct actor *actor)
{
	struct actor proven = people_proven(world, actor);

	world->clock.fixed_us++;
	return people_leave(world, &proven, NULL, &status);
}

static bool sees(const struct actor *actor, const struct id *photo_id)
{
	struct photo photo;

	return photos_find(&world->domain, actor, world->arena, photo_id, &photo, &error) &&
	       photo.deleted_at_us == 0;
}

static void one_who_proved_it_is_scheduled_at_once(void **state)
{
	struct account_choices choices = {.keep_photos = true, .reason = "Moving on"};
	struct actor proven;
	int64_t now_us = world->clock.fixed_us;

	(void)state;
	people_password(world, &ada);
	proven = people_proven(world, &ada);
	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
	assert_int_equal(status.status, USER_DELETION_SCHEDULED);
	assert_true(status.requested_us == now_us);
	assert_true(status.scheduled_for_us == now_us + 14 * DAY_US);
	assert_string_equal(status.reason, "Moving on");
	assert_true(status.choices.keep_photos);
	assert_false(id_is_none(&status.deletion_id));
	assert_int_equal(trash_entries(world, "account.schedule"), 1);
	assert_int_equal(people_mails(world, "account_scheduled"), 1);
	/* The proof works once. */
	assert_string_equal(people_cancel(world, &ada), "");
	assert_string_equal(people_leave(world, &proven, &choices, &status), "reauth_required");
}

static void a_password_has_to_be_given(void **state)
{
	(void)state;
	people_password(world, &ada);
	assert_string_equal(people_leave(world, &ada, NULL, &status), "reauth_required");
	assert_int_equal(people_status(world, &ada).status, USER_DELETION_NONE);
}

static void one_without_a_password_confirms_by_mail(void **state)
{
	struct account_choices choices = {.reason = "Kept until confirmed", .keep_photos = true};
	struct id photo = world_photo(world, &ada, "Still there", NULL, NULL);
	const char *token;

	(void)state;
	assert_string_equal(people_leave(world, &ada, &choices, &status), "");
	assert_int_equal(status.status, USER_DELETION_REQUESTED);
	assert_true(status.scheduled_for_us == 0);
	assert_true(sees(&ben, &photo));
	assert_int_equal(trash_entries(world, "account.request"), 1);
	assert_string_equal(people_leave(world, &ada, NULL, &status), "already_requested");
	token = people_token(world, "account_confirm");
	assert_non_null(token);
	assert_true(accounts_open_link(
	    &world->domain, world->arena, token, ACCOUNTS_LINK_CONFIRM, &status, &error));
	assert_int_equal(people_status(world, &ada).status, USER_DELETION_REQUESTED);
	assert_true(
	    accounts_confirm(&world->domain, world->arena, token, "req-1", &status, &error));
	assert_int_equal(status.status, USER_DELETION_SCHEDULED);
	assert_string_equal(status.reason, "Kept until confirmed");
	assert_true(status.choices.keep_photos);
	assert_false(sees(&ben, &photo));
	assert_false(
	    accounts_confirm(&world->domain, world->arena, token, "req-1", &status, &error));
	assert_string_equal(error.code, "link_used");
}

static void a_link_confirms_only_its_own_request(void **state)
{
	const char *token;

	(void)state;
	assert_string_equal(people_leave(world, &ada, NULL, &status), "");
	token = people_token(world, "account_confirm");
	assert_string_equal(people_cancel(world, &ada), "");
	assert_int_equal(people_status(world, &ada).status, USER_DELETION_CANCELED);
	assert_false(accounts_open_link(
	    &world->domain, world->arena, token, ACCOUNTS_LINK_CONFIRM, &status, &error));
	assert_string_equal(error.code, "link_used");
	world->clock.fixed_us += 5;
	assert_string_equal(people_leave(world, &ada, NULL, &status), "");
	assert_false(accounts_confirm(&world->domain, world->arena, token, NULL, &status, &error));
	assert_string_equal(error.code, "link_used");
	token = people_token(world, "account_confirm");
	world->clock.fixed_us += DAY_US;
	assert_false(accounts_confirm(&world->domain, world->arena, token, NULL, &status, &error));
	assert_string_equal(error.code, "link_expired");
	/* A request whose link ran out can be made anew. */
	assert_string_equal(people_leave(world, &ada, NULL, &status), "");
}

static void what_is_theirs_is_hidden_and_comes_back(void **state)
{
	struct id photo = world_photo(world, &ada, "A", NULL, NULL);
	struct id derivative = world_derivative(world, &ada, &photo);
	struct id other = world_photo(world, &ben, "B", NULL, NULL);
	struct id deleted = world_photo(world, &ada, "C", NULL, NULL);
	struct id album = world_place(world, &ada, PLACE_ALBUM, "Album");
	struct deletion earlier;

	(void)state;
	trash_note(world, &ben, &photo);
	trash_note(world, &ada, &other);
	trash_place(world, &album, &photo);
	trash_tag(world, &ada, &photo, "sea");
	(void)trash_content(world, &ada, ITEM_QUEST, "published", 2);
	assert_string_equal(trash_delete(world, &ada, &deleted, &earlier), "");
	assert_string_equal(leave(&ada), "");
	assert_false(sees(&ben, &photo));
	assert_false(sees(&admin, &photo));
	assert_false(sees(&ben, &derivative));
	assert_true(sees(&ben, &other));
	assert_int_equal(trash_live(world, "photo_notes"), 0);
	assert_int_equal(trash_live(world, "albums"), 0);
	assert_int_equal(trash_live(world, "quests"), 0);
	assert_int_equal(trash_live(world, "users"), 4);
	assert_string_equal(people_cancel(world, &ada), "");
	assert_int_equal(people_status(world, &ada).status, USER_DELETION_CANCELED);
	assert_int_equal(trash_entries(world, "account.cancel"), 1);
	assert_int_equal(people_mails(world, "account_cancelled"), 1);
	assert_true(sees(&ben, &photo));
	assert_true(sees(&ben, &derivative));
	assert_int_equal(trash_live(world, "photo_notes"), 2);
	assert_int_equal(trash_live(world, "albums"), 1);
	assert_int_equal(trash_live(world, "quests"), 1);
	assert_int_equal(trash_rows(world, "album_photos"), 1);
	assert_int_equal(trash_rows(world, "photo_tags"), 1);
	assert_false(trash_is_live(world, &deleted));
	assert_true(id_equal(&earlier.id, &(struct id){0}) == false);
	assert_string_equal(people_cancel(world, &ada), "nothing_pending");
}

static void the_preview_is_what_happens(void **state)
{
	struct id photo = world_photo(world, &ada, "A", NULL, NULL);
	struct id other = world_photo(world, &ben, "B", NULL, NULL);
	struct deletion_impact impact, bounded;
	struct deletion deletion;

	(void)state;
	(void)world_derivative(world, &ada, &photo);
	trash_note(world, &ben, &photo);
	trash_note(world, &ada, &photo);
	trash_note(world, &ada, &other);
	trash_ai_result(world, &ada, &photo);
	(void)world_place(world, &ada, PLACE_ALBUM, "Album");
	(void)trash_content(world, &ada, ITEM_QUEST, "draft", 2);
	(void)trash_content(world, &ada, ITEM_ADVENTURE, "archived", 3);
	(void)people_event(world, &ada, "Fair");
	assert_true(accounts_impact(
	    &world->domain, &ada, world->arena, &id_none, IMPACT_ALL, &impact, &error));
	assert_int_equal(impact.counts[COUNT_PHOTO], 2);
	assert_int_equal(impact.counts[COUNT_NOTE], 3);
	assert_int_equal(impact.counts[COUNT_EVENT], 1);
	assert_false(impact.is_partial);
	/* Counted by one, of each kind two are looked at. */
	assert_true(
	    accounts_impact(&world->domain, &ada, world->arena, &id_none, 1, &bounded, &error));
	assert_true(bounded.more[COUNT_PHOTO] && bounded.more[COUNT_NOTE] && bounded.more_bytes);
	assert_false(bounded.more[COUNT_QUEST] || bounded.more_people);
	assert_int_equal(bounded.counts[COUNT_PHOTO], 2);
	assert_string_equal(leave(&ada), "");
	deletion = trash_find(world, &status.deletion_id);
	/* What is hidden already goes all the same, and is said of the account. */
	assert_true(accounts_impact(
	    &world->domain, &admin, world->arena, &ada.user_id, IMPACT_ALL, &bounded, &error));
	assert_memory_equal(bounded.counts, impact.counts, sizeof(impact.counts));
	assert_true(bounded.bytes == impact.bytes && !bounded.is_partial);
	impact.counts[COUNT_EVENT] = 0;
	for (int i = 0; i < COUNT_KIND_COUNT; i++) {
		assert_int_equal(deletion.counts[i], impact.counts[i]);
	}
	assert_int_equal(deletion.bytes, impact.bytes);
	assert_int_equal(deletion.kind, ITEM_USER);
}

static void a_large_account_is_hidden_at_once(void **state)
{
	struct id photos[7];

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		photos[i] = world_photo(world, &ada, "Many", NULL, NULL);
	}
	world->domain.step_rows = 3;
	assert_string_equal(leave(&ada), "");
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_MARKING);
	for (size_t i = 0; i < 7; i++) {
		assert_false(sees(&ben, &photos[i]));
	}
	/* Nor is one of them acted on as if it were there. */
	assert_string_equal(trash_delete(world, &admin, &photos[0], NULL), "already_deleted");
	assert_string_equal(trash_error()->reference_name, "deletion_id");
	trash_continue(world);
	assert_int_equal(trash_find(world, &status.deletion_id).state, DELETION_TRASHED);
	assert_int_equal(trash_find(world, &status.deletion_id).counts[COUNT_PHOTO], 7);
	assert_string_equal(people_cancel(world, &ada), "");
	trash_continue(world);
	assert_int_equal(trash_live(world, "photos"), 7);
}

static void other_sessions_and_tokens_end(void **state)
{
	struct actor proven = people_proven(world, &ada);
	struct id kept = people_session(world, &ada);

	(void)state;
	(void)people_session(world, &ada);
	(void)people_session(world, &ben);
	proven.session_id = kept;
	assert_string_equal(people_leave(world, &proven, NULL, &status), "");
	assert_int_equal(people_sessions(world, &ada), 1);
	assert_int_equal(people_sessions(world, &ben), 1);
}

static void the_grace_ends_to_the_microsecond(void **state)
{
	(void)state;
	assert_string_equal(leave(&ada), "");
	world->clock.fixed_us = status.scheduled_for_us - 1;
	assert_string_equal(people_cancel(world, &ada), "");
	assert_string_equal(leave(&ada), "");
	world->clock.fixed_us = status.scheduled_for_us;
	assert_string_equal(people_cancel(world, &ada), "window_closed");
}

static void a_mail_cancels_until_the_end(void **state)
{
	const char *token, *second;

	(void)state;
	assert_string_equal(leave(&ada), "");
	token = people_token(world, "account_scheduled");
	world->clock.fixed_us = status.scheduled_for_us - 1;
	assert_true(accounts_open_link(
	    &world->domain, world->arena, token, ACCOUNTS_LINK_CANCEL, &status, &error));
	assert_int_equal(people_status(world, &ada).status, USER_DELETION_SCHEDULED);
	assert_true(
	    accounts_cancel_by_link(&world->domain, world->arena, token, NULL, &status, &error));
	assert_int_equal(status.status, USER_DELETION_CANCELED);
	/* Another scheduling is not cancelled by an older link. */
	assert_string_equal(leave(&ada), "");
	assert_false(
	    accounts_cancel_by_link(&world->domain, world->arena, token, NULL, &status, &error));
	second = people_token(world, "account_scheduled");
	world->clock.fixed_us = people_status(world, &ada).scheduled_for_us;
	assert_false(
	    accounts_cancel_by_link(&world->domain, world->arena, second, NULL, &status, &error));
	assert_string_equal(error.code, "link_expired");
}

static void reminders_come_once_each(void **state)
{
	int64_t count, end_us;

	(void)state;
	assert_string_equal(leave(&ada), "");
	end_us = status.scheduled_for_us;
	world->clock.fixed_us = end_us - 7 * DAY_US - 1;
	assert_true(accounts_remind(&world->domain, world->arena, &count, &error));
	assert_int_equal(count, 0);
	world->clock.fixed_us++;
	assert_true(accounts_remind(&world->domain, world->arena, &count, &error));
	assert_int_equal(count, 1);
	assert_true(accounts_remind(&world->domain, world->arena, &count, &error));
	assert_int_equal(count, 0);
	world->clock.fixed_us = end_us - DAY_US - 1;
	assert_true(accounts_remind(&world->domain, world->arena, &count, &error));
	assert_int_equal(count, 0);
	world->clock.fixed_us++;
	assert_true(accounts_remind(&world->domain, world->arena, &count, &error));
	assert_int_equal(count, 1);
	assert_int_equal(people_mails(world, "account_reminder"), 2);
	assert_non_null(people_token(world, "account_reminder"));
	assert_true(accounts_remind(&world->domain, world->arena, &count, &error));
	assert_int_equal(count, 0);
}

/* A worker that stood still sends the last one alone; a short grace has none of what it is inside.
 */
static void reminders_are_not_piled_up(void **state)
{
	int64_t count;

	(void)state;
	assert_string_equal(leave(&ada), "");
	world->clock.fixed_us = status.scheduled_for_us - 1;
	assert_true(accounts_remind(&world->domain, world->arena, &count, &error));
	assert_int_equal(count, 1);
	trash_sql(world, "UPDATE organizations SET account_grace_s = 7 * 86400");
	assert_string_equal(leave(&ben), "");
	assert_true(accounts_remind(&world->domain, world->arena, &count, &error));
	assert_int_equal(count, 0);
	world->clock.fixed_us = status.scheduled_for_us - DAY_US;
	assert_true(accounts_remind(&world->domain, world->arena, &count, &error));
	assert_int_equal(count, 1);
}

static void the_last_admin_stays(void **state)
{
	struct actor second;

	(void)state;
	assert_string_equal(leave(&admin), "last_admin");
	second = world_user(world, &alder, "second@alder.example", ROLE_ADMIN);
	assert_string_equal(leave(&admin), "");
	/* One in a grace period is no live admin. */
	assert_string_equal(leave(&second), "last_admin");
	assert_string_equal(people_cancel(world, &admin), "");
	assert_string_equal(leave(&second), "");
}

static void events_block_where_that_was_chosen(void **state)
{
	struct account_choices choices = {.events = EVENTS_BLOCK};
	struct actor proven = people_proven(world, &ada);
	struct account_event *events;
	int64_t total;
	size_t count;

	(void)state;
	(void)people_event(world, &ada, "Fair");
	assert_string_equal(people_leave(world, &proven, &choices, &status), "blocking_events");
	assert_true(accounts_blocking_events(
	    &world->domain, &ada, world->arena, &id_none, 10, &events, &count, &total, &error));
	assert_int_equal(count, 1);
	assert_string_equal(events[0].title, "Fair");
	choices = (struct account_choices){.events = EVENTS_TRANSFER};
	assert_string_equal(people_leave(world, &proven, &choices, &status), "invalid_transfer");
	choices.transfer_to = ada.user_id;
	assert_string_equal(people_leave(world, &proven, &choices, &status), "invalid_transfer");
	choices.transfer_to = stranger.user_id;
	assert_string_equal(people_leave(world, &proven, &choices, &status), "invalid_transfer");
	choices.transfer_to = ben.user_id;
	assert_string_equal(people_leave(world, &proven, &choices, &status), "");
}

static void schedulings_and_attempts_are_limited(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_string_equal(leave(&ada), "");
		if (i < 2) {
			assert_string_equal(leave(&ada), "already_scheduled");
		}
		assert_string_equal(people_cancel(world, &ada), "");
	}
	assert_string_equal(leave(&ada), "rate_limited");
	assert_true(people_error()->retry_after_s > 0);
	assert_string_equal(leave(&ben), "");
	world->clock.fixed_us += HOUR_US;
	assert_string_equal(leave(&ada), "");
	for (int i = 0; i < 10; i++) {
		assert_false(
		    accounts_check_phrase(&world->domain, &ada, "delete my acount", &error));
		assert_string_equal(error.code, "wrong_phrase");
	}
	assert_false(accounts_check_phrase(&world->domain, &ada, ACCOUNTS_PHRASE, &error));
	assert_string_equal(error.code, "rate_limited");
	assert_true(accounts_check_phrase(&world->domain, &ben, " delete my account ", &error));
}

static void the_switch_turns_it_off(void **state)
{
	(void)state;
	trash_sql(world, "UPDATE organizations SET self_deletion = 0");
	assert_string_equal(leave(&ada), "self_deletion_off");
	assert_false(people_status(world, &ada).enabled);
}

static void nobody_else_cancels_it(void **state)
{
	struct user user;

	(void)state;
	assert_string_equal(leave(&ada), "");
	assert_string_equal(
	    trash_restore(world, &admin, &status.deletion_id, NULL), "own_deletion");
	assert_string_equal(
	    trash_restore(world, &stranger, &status.deletion_id, NULL), "not_found");
	assert_string_equal(trash_restore(world, &ben, &status.deletion_id, NULL), "not_found");
	assert_false(accounts_restore_user(
	    &world->domain, &admin, world->arena, &ada.user_id, &user, &error));
	assert_string_equal(error.code, "own_deletion");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(one_who_proved_it_is_scheduled_at_once, set_up),
	    cmocka_unit_test_setup(a_password_has_to_be_given, set_up),
	    cmocka_unit_test_setup(one_without_a_password_confirms_by_mail, set_up),
	    cmocka_unit_test_setup(a_link_confirms_only_its_own_request, set_up),
	    cmocka_unit_test_setup(what_is_theirs_is_hidden_and_comes_back, set_up),
	    cmocka_unit_test_setup(the_preview_is_what_happens, set_up),
	    cmocka_unit_test_setup(a_large_account_is_hidden_at_once, set_up),
	    cmocka_unit_test_setup(other_sessions_and_tokens_end, set_up),
	    cmocka_unit_test_setup(the_grace_ends_to_the_microsecond, set_up),
	    cmocka_unit_test_setup(a_mail_cancels_until_the_end, set_up),
	    cmocka_unit_test_setup(reminders_come_once_each, set_up),
	    cmocka_unit_test_setup(reminders_are_not_piled_up, set_up),
	    cmocka_unit_test_setup(the_last_admin_stays, set_up),
	    cmocka_unit_test_setup(events_block_where_that_was_chosen, set_up),
	    cmocka_unit_test_setup(schedulings_and_attempts_are_limited, set_up),
	    cmocka_unit_test_setup(the_switch_turns_it_off, set_up),
	    cmocka_unit_test_setup(nobody_else_cancels_it, set_up),
	};

	return cmocka_run_group_tests(tests, scene_start, scene_stop);
}
