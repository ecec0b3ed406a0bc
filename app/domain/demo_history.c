/* demo_history.c - what has been done in the last weeks, in the order of time, by the acts that
 * real people do. */
#include "demo.h"

#include <domain/deletions.h>
#include <domain/generations.h>
#include <domain/photos.h>
#include <domain/purge.h>
#include <domain/shares.h>
#include <storage/cleanup.h>
#include <store/queue.h>
#include <string.h>

static bool run_delete(struct demo *demo, const struct demo_act *act, struct error *error)
{
	const struct deletion_act deletion_act = {
	    .kind = ITEM_PHOTO,
	    .item_id = demo->photos[act->photo],
	    .reason = act->text,
	    .origin = ORIGIN_BY_ACTOR,
	};
	struct deletion deletion;

	return deletions_delete(
	    &demo->domain, &demo->people[act->by], demo->arena, &deletion_act, &deletion, error);
}

/* Three photos in one act. */
static bool run_bulk_delete(struct demo *demo, const struct demo_act *act, struct error *error)
{
	struct bulk_result result;

	return photos_bulk_delete(&demo->domain, &demo->people[act->by], demo->arena,
	    &demo->photos[act->photo], 3, act->text, &result, error);
}

static bool run_restore(struct demo *demo, const struct demo_act *act, struct error *error)
{
	struct photo photo;

	return photos_restore(&demo->domain, &demo->people[act->by], demo->arena,
	    &demo->photos[act->photo], act->text, &photo, error);
}

static bool run_archive(struct demo *demo, const struct demo_act *act, struct error *error)
{
	struct photo photo;

	return photos_archive(&demo->domain, &demo->people[act->by], demo->arena,
	    &demo->photos[act->photo], act->text, &photo, error);
}

static bool run_delete_forever(struct demo *demo, const struct demo_act *act, struct error *error)
{
	struct deletion deletion;

	return deletions_delete_forever(&demo->domain, &demo->people[act->by], demo->arena,
	    ITEM_PHOTO, &demo->photos[act->photo], act->text, &deletion, error);
}

/* What the worker does: purge what is due by then, and remove the objects. */
static bool run_worker(struct demo *demo, const struct demo_act *act, struct error *error)
{
	struct purge_report purged;
	struct cleanup_report cleaned;

	(void)act;
	return purge_due(&demo->domain, demo->arena, &(struct purge_limits){0}, &purged, error) &&
	       storage_cleanup_run(demo->domain.db, demo->domain.clock, demo->domain.storage, 1000,
		   &cleaned, error);
}

/* A derivative, begun and delivered; `text` is its tint. */
static bool run_generate(struct demo *demo, const struct demo_act *act, struct error *error)
{
	const struct actor *by = &demo->people[act->by];
	const struct picture picture = {
	    .scene = (unsigned)act->photo,
	    .seed = 11 + (unsigned)act->photo * 5,
	    .tint = act->text[0] == 'g'   ? PICTURE_GREY
		    : act->text[0] == 'w' ? PICTURE_WARM
					  : PICTURE_COOL,
	};
	struct storage_stage *stage = NULL;
	struct id generation;
	struct photo photo;

	if (!generation_start(
		&demo->domain, by, demo->arena, &demo->photos[act->photo], &generation, error)) {
		return false;
	}
	demo_set_clock(demo, act->ago - 2);
	stage = picture_stage(demo->domain.storage, &picture, PICTURE_WIDTH, PICTURE_HEIGHT, error);
	return stage && generation_finish(
			    &demo->domain, by, demo->arena, &generation, &stage, &photo, error);
}

/* One that is under way. */
static bool run_start(struct demo *demo, const struct demo_act *act, struct error *error)
{
	struct id generation;

	return generation_start(&demo->domain, &demo->people[act->by], demo->arena,
	    &demo->photos[act->photo], &generation, error);
}

/* A link: "revoked" is revoked at once, "expired" ended a day later, others last. */
static bool run_share(struct demo *demo, const struct demo_act *act, struct error *error)
{
	const struct actor *by = &demo->people[act->by];
	const struct id *photo = &demo->photos[act->photo];
	int64_t expires_at_us = 0;
	struct share share;
	const char *token = NULL;

	if (strcmp(act->text, "expired") == 0) {
		expires_at_us = demo->clock.fixed_us + CLOCK_DAY_US;
	} else if (strcmp(act->text, "expires") == 0) {
		expires_at_us = demo->now_us + 14 * CLOCK_DAY_US;
	}
	return share_create(
		   &demo->domain, by, demo->arena, photo, expires_at_us, &share, &token, error) &&
	       (strcmp(act->text, "revoked") != 0 ||
		   share_revoke(&demo->domain, by, demo->arena, photo, &share.id, error));
}

static bool run_reject_photo(struct demo *demo, const struct demo_act *act, struct error *error)
{
	struct photo photo;

	return photos_review(&demo->domain, &demo->people[act->by], demo->arena,
	    &demo->photos[act->photo], PHOTO_REJECTED, act->text, &photo, error);
}

/* --- the cleanup queue -------------------------------------------------------------------- */

/* Objects that could not be removed: one given up after ten attempts, one that is tried again. */
static bool insert_failures(struct db_tx *tx, void *context, struct error *error)
{
	const struct demo *demo = context;

	for (int i = 0; i < 2; i++) {
		const bool failed = i == 0;
		struct id id = id_generate(demo->clock.fixed_us);
		char text[ID_TEXT_SIZE];
		struct queue_item item = {
		    .id = id,
		    .organization_id = demo->people[ADMIN].organization_id,
		    .bytes = 48213 + 7000 * i,
		    .failed = failed,
		    .attempts = failed ? CLEANUP_MAX_ATTEMPTS : 7,
		    .next_attempt_at_us = failed ? demo->clock.fixed_us
						 : demo->now_us + HOURS(1) * 60 * CLOCK_SECOND_US,
		    .last_error = "The storage is out of reach.",
		    .created_at_us = demo->clock.fixed_us,
		};
		enum db_result result = DB_OK;

		id_format(&id, text);
		item.storage_key =
		    arena_printf(tx->arena, "%.2s/%.2s/%s", text + 32, text + 34, text);
		result = store_queue_add(tx, &item);
		if (result != DB_OK) {
			return db_fail(result, error);
		}
	}
	return true;
}

static bool run_failures(struct demo *demo, const struct demo_act *act, struct error *error)
{
	(void)act;
	return db_transaction(demo->domain.db, insert_failures, demo, error);
}

/* In the order of time; a photo's window is four hours. */
static const struct demo_act ACTS[] = {
    {DAYS(43), run_generate, ADA, P_DAWN, "grey"},
    {DAYS(43) - 9, run_generate, ADA, P_DAWN, "warm"},
    {DAYS(36) - 30, run_generate, BEN, P_VALLEY, "cool"},
    {DAYS(36) - 45, run_share, ADA, P_LAKE, "expired"},
    {DAYS(30) - 60, run_generate, ADA, P_STORM, "grey"},
    {DAYS(30) - 70, run_generate, ADA, P_STORM, "warm"},
    {DAYS(29), demo_request_made, BEN, P_OVERDUE,
	"A price tag with my telephone number can be read."},
    {DAYS(28) + HOURS(12), run_archive, ADA, P_GATE, "Replaced by a sharper one."},
    {DAYS(12), demo_request_rejected, ADA, P_KEPT, "I do not like how it turned out."},
    {DAYS(11), demo_request_cancelled, ADA, P_STALL, "I thought that I had sent it twice."},
    {DAYS(10), run_share, ADA, P_DAWN, "lasts"},
    {DAYS(9), run_share, ADA, P_ORCHARD, "revoked"},
    {DAYS(8) - HOURS(3), run_share, BEN, P_VALLEY, "expires"},
    {DAYS(6), run_delete, ADA, P_HISTORY, NULL},
    {DAYS(6) - HOURS(5), run_worker, ADMIN, 0, NULL},
    {DAYS(5), run_delete, BEN, P_HISTORY + 1, "Not meant for here."},
    {DAYS(5) - HOURS(1), run_restore, BEN, P_HISTORY + 1, NULL},
    {DAYS(5) - HOURS(2), run_reject_photo, ADMIN, P_TURNED_DOWN, "Too dark to be of use."},
    {DAYS(4), run_delete, ADA, P_HISTORY + 2, NULL},
    {DAYS(4) - HOURS(5), run_worker, ADMIN, 0, NULL},
    {DAYS(3) + HOURS(3), demo_request_made, ADA, P_ASKED_SUBMITTER,
	"My daughter is in the queue, and does not want to be on the shop's page."},
    {DAYS(3) + HOURS(1), demo_request_of_visitor, VISITOR, P_ASKED_SUBMITTER,
	"I am the one in the red coat, and nobody asked me."},
    {DAYS(3), run_delete, ADA, P_HISTORY + 3, NULL},
    {DAYS(3) - HOURS(2), run_restore, ADA, P_HISTORY + 3, NULL},
    {DAYS(2) + HOURS(6), run_archive, ADA, P_DUNES, "Not of the farm."},
    {DAYS(2) + HOURS(2), run_archive, ADMIN, P_PUT_AWAY, "Last season."},
    {DAYS(2) + HOURS(1), run_archive, BIRCH_ADMIN, P_BIRCH_ARCHIVED, NULL},
    {DAYS(2), run_archive, ADMIN, P_HISTORY_END, NULL},
    {DAYS(2) - HOURS(1), run_delete_forever, ADMIN, P_HISTORY_END, "A crease across the middle."},
    {DAYS(1) + HOURS(4), run_delete, BEN, P_HISTORY + 4, "Wrong lens."},
    {DAYS(1) - HOURS(2), run_worker, ADMIN, 0, NULL},
    {DAYS(1), demo_request_of_visitor, VISITOR, P_OVERRIDE,
	"That is our yard, with our names on the bell."},
    {HOURS(20), demo_request_made, SHOP, P_ASKED_OWNER,
	"The stall looked like this for one day only."},
    {HOURS(9), run_failures, ADMIN, 0, NULL},
    {HOURS(5), run_start, ADA, P_ORCHARD, NULL},
    {HOURS(3) + 48, run_delete, BEN, P_CLOSING, "Blurred."},
    {HOURS(2), run_bulk_delete, ADA, P_BULK1, "Only tests."},
    {95, demo_request_approved, ADA, P_GRANTED, "The card terminal shows somebody's name."},
    {62, run_delete, ADMIN, P_OVERRIDE, "The neighbours asked us to take it down."},
    {40, run_delete, MIA, P_BIRCH_DELETED, NULL},
    {31, run_delete, ADA, P_STORM, "Sold; the buyer wants it alone."},
};

bool demo_make_history(struct demo *demo, struct error *error)
{
	for (size_t i = 0; i < sizeof(ACTS) / sizeof(ACTS[0]); i++) {
		demo_set_clock(demo, ACTS[i].ago);
		if (!ACTS[i].run(demo, &ACTS[i], error)) {
			return false;
		}
	}
	return true;
}
