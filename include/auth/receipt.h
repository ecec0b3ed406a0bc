/* receipt.h - receipts: what was purged, when and how much, signed so that anybody can verify it
 * later, offline, without what was purged.
 *
 * A receipt is a PASETO v4.public token (paseto.h) made with the implicit assertion
 * RECEIPT_ASSERTION, which keeps it apart from every other token that the same key signs: neither
 * passes for the other. Its footer is {"kid":"k4.pid.…"}. Its payload is a JSON object:
 *
 *   type        "lethe.receipt"
 *   version     1
 *   iss         the installation that attests it (LETHE_ISSUER)
 *   deletion    id of the deletion, by which an admin finds its record
 *   kind        kind of the item: photo, album, …, user, organization
 *   item        id of the item; absent for a user, since that id names a person
 *   mode        soft or hard
 *   origin      owner, admin, request, account, container, retention
 *   counts      rows purged, by kind, those that are not 0
 *   bytes       of the files purged
 *   deleted_at, purged_at   RFC 3339, UTC
 *
 * Nothing in it is personal: no names, addresses, titles, reasons, users' ids, nor the tenant's. */
#ifndef LETHE_AUTH_RECEIPT_H
#define LETHE_AUTH_RECEIPT_H

#include <auth/paserk.h>
#include <auth/paseto.h>
#include <base/arena.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keys;

#define RECEIPT_TYPE       "lethe.receipt"
#define RECEIPT_ASSERTION  "lethe.receipt"
#define RECEIPT_VERSION    1
#define RECEIPT_COUNTS_MAX 32

/* What is read of pasted or uploaded text; more is refused unread. */
#define RECEIPT_TEXT_MAX PASETO_TOKEN_MAX

struct receipt_count {
	const char *kind; /* "photo" and so on, as the API names counts */
	int64_t count;
};

/* What a receipt says. Texts are borrowed, or in the arena of the call that read them. */
struct receipt {
	const char *issuer;
	const char *deletion_id;
	const char *kind;
	const char *item_id; /* NULL: not said */
	const char *mode;
	const char *origin;
	struct receipt_count counts[RECEIPT_COUNTS_MAX];
	size_t count_count;
	int64_t bytes;
	int64_t deleted_at_us;
	int64_t purged_at_us;
};

/* A key that verifies. */
struct receipt_key {
	char id[PASERK_ID_SIZE];       /* k4.pid */
	char text[PASERK_PUBLIC_SIZE]; /* k4.public */
	struct paseto_public_key key;
};

enum receipt_verdict {
	RECEIPT_VALID,
	RECEIPT_MALFORMED,   /* not shaped like a receipt at all */
	RECEIPT_UNKNOWN_KEY, /* signed with none of the keys that were given */
	RECEIPT_FORGED,      /* changed since it was signed, or another kind of token */
	RECEIPT_UNREADABLE,  /* rightly signed, but of a version this program does not know */
};

/* Sign with the newest key. The same receipt and key give the same text, always. In the arena. */
char *receipt_sign(const struct keys *keys, struct arena *arena, const struct receipt *receipt)
    __attribute__((warn_unused_result));

/* Judge a text that somebody says is a receipt. White space in it (a mail's line ends) is passed
 * over. `receipt_r` is filled where it is valid; `key_r` (the index of the key that made it) then
 * too; `key_id_r` with what the footer claims, in the arena, or NULL if it claims nothing. */
enum receipt_verdict receipt_verify(struct arena *arena, const char *text,
    const struct receipt_key *keys, size_t count, struct receipt *receipt_r, size_t *key_r,
    const char **key_id_r) __attribute__((warn_unused_result));

/* One sentence for people on a verdict that is not RECEIPT_VALID. */
const char *receipt_verdict_words(enum receipt_verdict verdict);

/* A key from its PASERK text (k4.public). False if it is none. */
bool receipt_key_parse(const char *text, struct receipt_key *key_r)
    __attribute__((warn_unused_result));

/* The public halves of the folder's keys, the newest first, in the arena. */
size_t receipt_keys_of(const struct keys *keys, struct arena *arena, struct receipt_key **keys_r);

#endif
