/* erasure.h - the statements of an account's erasure: each takes a bounded number of rows, and
 * finds what is left when it is run again. What a person wrote or is named in may lie in any
 * organisation (a platform admin acts in all, a visitor's address is known in several), so that
 * most of these go by the person alone. */
#ifndef LETHE_STORE_ERASURE_H
#define LETHE_STORE_ERASURE_H

#include <base/arena.h>
#include <base/id.h>
#include <db/db.h>
#include <stdbool.h>
#include <store/deletions.h>
#include <store/users.h>

/* In the order in which they are run. */
enum erasure_part {
	ERASE_MAIL_TO, /* by address, by account */
	ERASE_MAIL_OF,
	ERASE_MAIL_WORDS, /* to others: what repeats their words, names their photos */
	ERASE_MAIL_PHOTOS,
	ERASE_MAIL_NAMING, /* or has their address in it */
	ERASE_REQUESTS,    /* what their requests say, by account */
	ERASE_VISITS,      /* and by address */
	ERASE_DECISIONS,   /* what they wrote when they rejected requests */
	ERASE_REVIEWS,     /* and photos */
	ERASE_SUBMITTED,   /* photos submitted under their address: labels in the trash, */
	ERASE_SUBMISSIONS, /* name and address; title and description where it was a visitor */
	ERASE_ARCHIVINGS,  /* why they archived what they did */
	ERASE_BATCHES,
	ERASE_NOTES, /* what the marks have left: in the trash of others */
	ERASE_HANDED_IN,
	ERASE_CLAIMS,
	ERASE_EVENTS, /* handed over or without a name */
	ERASE_SITES,
	ERASE_PROJECTS,
	ERASE_RECORDS, /* labels and reasons of deletions of what was theirs */
	ERASE_REASONS, /* reasons of deletions they made */
	ERASE_WRITTEN, /* the trail's free text: theirs, about them, naming them */
	ERASE_ABOUT,
	ERASE_NAMED_TRAIL, /* reasons of others: the name and the address in them */
	ERASE_NAMED_RECORDS,
	ERASE_NAMED_REQUESTS,
	ERASE_NAMED_DECISIONS,
	ERASE_NAMED_REVIEWS,
	ERASE_NAMED_ARCHIVED,
	ERASE_NAMED_BATCHES,
	ERASE_HEIRS,       /* accounts whose events they were to take over */
	ERASE_INTERRUPTED, /* forms that waited for their password, or are about them */
	ERASE_INTERRUPTED_ABOUT,
	ERASE_SESSIONS,
	ERASURE_PART_COUNT,
};

/* Whom a statement is about. */
struct erasure_person {
	struct id user_id;
	struct id organization_id;
	const char *uid;       /* the id as text */
	const char *email;     /* or NULL: finds nothing */
	const char *name;      /* the display name */
	struct id heir_id;     /* who takes over events; none: nobody */
	struct id deletion_id; /* of this erasure: its own record stays until it is settled */
};

/* Whether a part goes by the organisation as well, so that it has to be run for each. */
bool erasure_is_of_tenant(enum erasure_part part);

/* Take at most `limit` rows. DB_OK also when there were none. */
enum db_result erasure_run(struct db_tx *tx, enum erasure_part part,
    const struct erasure_person *person, int64_t limit, int64_t *rows_r)
    __attribute__((warn_unused_result));

/* Ids of at most `limit` deletions of what belongs to a user that are not settled, but the one
 * given. Projects, sites and organisations belong to nobody who made them. */
enum db_result erasure_deletions(struct db *db, struct arena *arena,
    const struct deletion *deletion, const struct id *user_id, unsigned limit, struct id **ids_r,
    size_t *count_r) __attribute__((warn_unused_result));

/* A photo of the user. */
struct kept_photo {
	struct id id;
	struct id organization_id;
	struct id deletion_id; /* whose mark it bears; none: live */
	int64_t bytes;
};

/* One that another deletion has in the trash, but for its bytes. DB_NONE: there is none. */
enum db_result erasure_foreign_photo(struct db *db, struct arena *arena,
    const struct deletion *deletion, const struct id *user_id, struct kept_photo *photo_r)
    __attribute__((warn_unused_result));

/* Let at most `limit` other rows of the user (albums, quests, adventures) that another deletion has
 * in the trash bear this one's mark. */
enum db_result erasure_adopt(struct db_tx *tx, const struct deletion *deletion,
    const struct id *user_id, int64_t limit, int64_t *rows_r) __attribute__((warn_unused_result));

/* Photos of the user that are to be kept, at most `limit`. */
enum db_result erasure_kept_photos(struct db *db, struct arena *arena, const struct id *user_id,
    unsigned limit, struct kept_photo **photos_r, size_t *count_r)
    __attribute__((warn_unused_result));

/* Take the name from a photo: uploader, title, description, submitter, reasons, notes and AI
 * results go. With `keeps` it loses the mark of the account's deletion, if it bears that, and the
 * requests of others that this deletion closed are pending again; else it bears that mark then, and
 * goes with the account. DB_NONE: it is not the user's any more. */
enum db_result erasure_strip_photo(struct db_tx *tx, const struct deletion *deletion,
    const struct id *user_id, const struct kept_photo *photo, bool keeps)
    __attribute__((warn_unused_result));

/* Let a file's row name another object, with its size and digest; the old one is queued for
 * removal. DB_NONE: the row names another by now. */
struct file;
enum db_result erasure_switch_file(struct db_tx *tx, const struct file *from, const struct file *to,
    int64_t now_us) __attribute__((warn_unused_result));

/* The stored objects of a photo. */
enum db_result erasure_files(struct db *db, struct arena *arena, const struct id *organization_id,
    const struct id *photo_id, struct file **files_r, size_t *count_r)
    __attribute__((warn_unused_result));

/* Mark the user's row with the deletion, so that nobody signs in with it any more. DB_NONE: it
 * bears the mark already. */
enum db_result erasure_mark_user(struct db_tx *tx, const struct deletion *deletion,
    const struct id *user_id) __attribute__((warn_unused_result));

/* The identity provider has forgotten the user. DB_NONE: that was noted. */
enum db_result erasure_forget_identity(struct db_tx *tx, const struct id *user_id)
    __attribute__((warn_unused_result));

/* The end: the row shrinks to a tombstone, and goes where nothing kept points at it. */
enum db_result erasure_user(struct db_tx *tx, const struct deletion *deletion,
    const struct id *user_id) __attribute__((warn_unused_result));

/* The user of an organisation after an id (none: the first) who has not been erased. */
enum db_result erasure_next_user(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *after, struct id *user_r)
    __attribute__((warn_unused_result));

#endif
