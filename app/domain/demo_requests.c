/* demo_requests.c - the demonstration's requests for deletion: one in every state. */
#include "demo.h"

#include <domain/deletions.h>
#include <store/users.h>

struct demo_asking {
	const struct demo *demo;
	const struct actor *by;
	struct demo_request request;
	const char *decision; /* the audit's action, or NULL while it is pending */
};

static bool insert_request(struct db_tx *tx, void *context, struct error *error)
{
	const struct demo_asking *asking = context;
	const struct id *photo = &asking->request.photo_id;
	enum db_result result = store_demo_request(tx, &asking->request);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	return demo_record(tx, asking->demo, asking->by, "request.create", "photo", photo, error) &&
	       (!asking->decision || demo_record(tx, asking->demo, &asking->demo->people[ADMIN],
					 asking->decision, "photo", photo, error));
}

static bool ask(const struct demo *demo, const struct demo_act *act, struct demo_asking *asking_r,
    struct error *error)
{
	const int64_t now_us = demo->clock.fixed_us;
	const struct actor *by = &demo->people[act->by];
	struct photo photo;
	struct user user = {0};
	enum db_result result = store_photo_find(demo->domain.db, demo->arena,
	    &demo->people[ADMIN].organization_id, &demo->photos[act->photo], &id_none, &photo);

	if (result == DB_OK && !id_is_none(&by->user_id))
		result = users_find(demo->domain.db, demo->arena, &by->user_id, &user);
	*asking_r = (struct demo_asking){
	    .demo = demo,
	    .by = by,
	    .request =
		{
		    .id = id_generate(now_us),
		    .organization_id = photo.organization_id,
		    .photo_id = photo.id,
		    .site_id = photo.site_id,
		    .requester_id = by->user_id,
		    .requester_email = user.email,
		    .requester_role = act->by == SHOP ? "shop_owner" : "submitter",
		    .reason = act->text,
		    .status = "pending",
		    .requested_at_us = now_us,
		    .due_at_us = now_us + 28 * CLOCK_DAY_US,
		},
	};
	return result == DB_OK || db_fail(result, error);
}

bool demo_request_made(struct demo *demo, const struct demo_act *act, struct error *error)
{
	struct demo_asking asking;

	return ask(demo, act, &asking, error) &&
	       db_transaction(demo->domain.db, insert_request, &asking, error);
}

bool demo_request_of_visitor(struct demo *demo, const struct demo_act *act, struct error *error)
{
	struct demo_asking asking;

	if (!ask(demo, act, &asking, error))
		return false;
	asking.request.requester_id = id_none;
	asking.request.requester_email = "kim@visitors.example";
	asking.request.requester_role = "visitor";
	return db_transaction(demo->domain.db, insert_request, &asking, error);
}

bool demo_request_cancelled(struct demo *demo, const struct demo_act *act, struct error *error)
{
	struct demo_asking asking;

	if (!ask(demo, act, &asking, error))
		return false;
	asking.request.status = "cancelled";
	asking.request.reviewed_at_us = asking.request.requested_at_us + 60 * CLOCK_SECOND_US;
	return db_transaction(demo->domain.db, insert_request, &asking, error);
}

static void decide(struct demo_asking *asking, const char *status, const char *decision)
{
	asking->decision = decision;
	asking->request.status = status;
	asking->request.reviewed_by = asking->demo->people[ADMIN].user_id;
	asking->request.reviewed_at_us = asking->demo->clock.fixed_us;
}

bool demo_request_rejected(struct demo *demo, const struct demo_act *act, struct error *error)
{
	struct demo_asking asking;

	if (!ask(demo, act, &asking, error))
		return false;
	decide(&asking, "rejected", "request.reject");
	asking.request.requested_at_us -= CLOCK_DAY_US;
	asking.request.due_at_us -= CLOCK_DAY_US;
	asking.request.rejection_reason = "Nobody can be made out in it; the shop would miss it.";
	return db_transaction(demo->domain.db, insert_request, &asking, error);
}

bool demo_request_approved(struct demo *demo, const struct demo_act *act, struct error *error)
{
	struct demo_asking asking;
	const struct deletion_act deletion_act = {
	    .kind = ITEM_PHOTO,
	    .item_id = demo->photos[act->photo],
	    .reason = act->text,
	    .origin = ORIGIN_REQUEST,
	};
	struct deletion deletion;

	if (!ask(demo, act, &asking, error) ||
	    !deletions_delete(&demo->domain, &demo->people[ADMIN], demo->arena, &deletion_act,
		&deletion, error)) {
		return false;
	}
	decide(&asking, "approved", "request.approve");
	asking.request.requested_at_us -= CLOCK_DAY_US;
	asking.request.due_at_us -= CLOCK_DAY_US;
	asking.request.deletion_id = deletion.id;
	return db_transaction(demo->domain.db, insert_request, &asking, error);
}
