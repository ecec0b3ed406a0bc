/* demo.h - what the parts of the demonstration share. */
#ifndef LETHE_DOMAIN_DEMO_PRIVATE_H
#define LETHE_DOMAIN_DEMO_PRIVATE_H

#include "picture.h"

#include <auth/password.h>
#include <domain/audit.h>
#include <domain/demo.h>
#include <store/demo.h>
#include <store/photos.h>
#include <store/places.h>

#define HOURS(n) (60 * (n))
#define DAYS(n)  HOURS(24 * (n))

enum demo_person {
	PLATFORM,
	ADMIN,
	ADMIN2,
	ADA,
	BEN,
	SHOP,
	CREATOR,
	BIRCH_ADMIN,
	MIA,
	LEAVING, /* on their way out */
	ASKING,  /* asked to go, by a mail that they have not answered */
	FORMER,  /* deleted by an admin */
	VISITOR,
	PERSON_COUNT
};
enum demo_place {
	ORCHARD,
	STALL_BOOK,
	CATALOGUE,
	HERBARIUM,
	FARM_SHOP,
	TRAIL,
	BEST,
	WALKS,
	EMPTY_ALBUM,
	OLD_PAPERS,
	PLACE_COUNT,
	NOWHERE = -1
};

/* The photos that acts tell of; the others are only there. */
enum demo_photo {
	P_DAWN,
	P_ORCHARD,
	P_LAKE,
	P_VALLEY,
	P_DUNES,
	P_GATE,
	P_STORM,
	P_BULK1,
	P_BULK2,
	P_BULK3,
	P_OVERRIDE,
	P_CLOSING,
	P_PUT_AWAY,
	P_ASKED_SUBMITTER,
	P_ASKED_OWNER,
	P_OVERDUE,
	P_KEPT,
	P_GRANTED,
	P_WAITING,
	P_TURNED_DOWN,
	P_STALL,
	P_HISTORY,
	P_HISTORY_END = P_HISTORY + 5,
	P_BIRCH_MAP,
	P_BIRCH_ARCHIVED,
	P_BIRCH_DELETED,
	P_OTHERS
};
#define DEMO_PHOTOS 64

/* The demonstration being made. Its domain has a clock of its own, which is set to some time before
 * `now_us` for each act. */
struct demo {
	struct domain domain;
	struct clock clock;
	int64_t now_us;
	struct arena *arena;
	struct password_hasher *hasher;
	struct actor people[PERSON_COUNT];
	struct id places[PLACE_COUNT];
	struct id photos[DEMO_PHOTOS];
};

/* Set the demonstration's clock to that many minutes before now. */
void demo_set_clock(struct demo *demo, int minutes_ago);

/* Record in the trail what has no act of the domain: something that was made. */
bool demo_record(struct db_tx *tx, const struct demo *demo, const struct actor *actor,
    const char *action, const char *kind, const struct id *item_id, struct error *error)
    __attribute__((warn_unused_result));

/* One act: when, by whom, on which photo, with which words. */
struct demo_act {
	int ago; /* minutes before now */
	bool (*run)(struct demo *demo, const struct demo_act *act, struct error *error);
	enum demo_person by;
	int photo;
	const char *text;
};

/* Requests for deletion: pending, of a visitor, taken back, rejected, approved. */
bool demo_request_made(struct demo *demo, const struct demo_act *act, struct error *error)
    __attribute__((warn_unused_result));
bool demo_request_of_visitor(struct demo *demo, const struct demo_act *act, struct error *error)
    __attribute__((warn_unused_result));
bool demo_request_cancelled(struct demo *demo, const struct demo_act *act, struct error *error)
    __attribute__((warn_unused_result));
bool demo_request_rejected(struct demo *demo, const struct demo_act *act, struct error *error)
    __attribute__((warn_unused_result));
bool demo_request_approved(struct demo *demo, const struct demo_act *act, struct error *error)
    __attribute__((warn_unused_result));

/* The parts, in their order. */
bool demo_make_people(struct demo *demo, struct error *error) __attribute__((warn_unused_result));
bool demo_make_photos(struct demo *demo, struct error *error) __attribute__((warn_unused_result));
bool demo_make_content(struct demo *demo, struct error *error) __attribute__((warn_unused_result));
bool demo_make_history(struct demo *demo, struct error *error) __attribute__((warn_unused_result));

/* Exports: one that has expired and one that a purge discarded; one to be fetched. */
bool demo_make_past_exports(struct demo *demo, struct error *error)
    __attribute__((warn_unused_result));
bool demo_make_exports(struct demo *demo, struct error *error) __attribute__((warn_unused_result));

/* A subscription to events, and deliveries in each state. */
bool demo_make_webhooks(struct demo *demo, struct error *error) __attribute__((warn_unused_result));

/* Accounts that are leaving, and one that was deleted. */
bool demo_make_accounts(struct demo *demo, struct error *error) __attribute__((warn_unused_result));

#endif
