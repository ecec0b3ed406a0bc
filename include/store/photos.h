/* photos.h - rows of photos: read with all that a page or the API shows of them, and written. */
#ifndef LETHE_STORE_PHOTOS_H
#define LETHE_STORE_PHOTOS_H

#include <db/db.h>

enum photo_status {
	PHOTO_PENDING,
	PHOTO_APPROVED,
	PHOTO_REJECTED,
	PHOTO_DELETION_REQUESTED,
	PHOTO_STATUS_COUNT,
};

/* The word of a status, as in the database and the API. */
const char *photo_status_name(enum photo_status status);
/* The status of that word; false if there is none. */
bool photo_status_parse(const char *name, enum photo_status *status_r)
    __attribute__((warn_unused_result));

struct photo_tag {
	struct id id;
	const char *name;
};

/* A photo as a reader sees it. Ids are none, texts NULL and times 0 where there is nothing. Texts
 * and arrays live in the arena it was read into. What the deletion of its
 * original, project, site or organisation has not reached yet reads as that one leaves it: deleted
 * by it, archived, or without its project or site. */
struct photo {
	struct id id;
	struct id organization_id;
	struct id uploader_id;
	struct id original_id;
	struct id project_id;
	struct id site_id;
	const char *title;
	const char *description;
	const char *submitter_name;
	const char *submitter_email;
	enum photo_status status;
	bool withheld; /* with status deletion_requested: it had not been approved */
	struct id reviewed_by;
	int64_t reviewed_at_us;
	const char *rejection_reason;
	int64_t bytes;
	int64_t created_at_us;
	int64_t archived_at_us;
	struct id archived_by;
	const char *archive_reason;
	struct id archive_batch_id;
	int64_t purge_after_us;
	struct id marking_id; /* the deletion that is about to archive it; its row is live still */
	int64_t deleted_at_us;
	struct id deletion_id;
	int64_t recover_until_us;   /* of that deletion */
	struct id deleted_by;       /* its initiator */
	struct id deletion_item_id; /* its root item: another than `id` where it went along */
	bool purging;               /* that deletion is being purged: as good as gone */
	const char *uploader_name;  /* display name */
	const char *project_name;
	const char *site_name;
	bool owns_site; /* the viewer has an approved claim on its site */
	bool has_thumbnail;
	const struct photo_tag *tags; /* by name */
	size_t tag_count;
	const struct id *album_ids; /* live albums, oldest first */
	const char *const *album_names;
	size_t album_count;
};

/* A run of photos, newest first. */
struct photo_rows {
	struct photo *items;
	size_t count;
	struct id looked_down_to; /* of a list: where it stopped looking; none: it saw all */
};

/* Which ranges of an organisation's photos a viewer sees; domain/photos decides it. A bit of a mask
 * stands for a shelf (0 live, 1 archived, 2 deleted): 1 << shelf. */
struct photo_ranges {
	unsigned all;       /* shelves of which every photo is seen */
	unsigned published; /* shelves of which published photos are seen */
	unsigned own;       /* shelves of which the viewer's own photos are seen */
};

/* What a list asks for. */
struct photo_filter {
	struct id organization_id;
	struct id viewer_id; /* whose own photos, and whose claims on sites */
	struct photo_ranges ranges;
	struct id project_id; /* none: any */
	struct id site_id;
	struct id tag_id;
	bool by_status; /* only those of `status` */
	enum photo_status status;
	struct id before; /* only ids below this one; none: from the newest */
	unsigned limit;   /* rows at most, 1 to 201 */
	unsigned look;    /* rows looked at at most, of each range; 0: all */
};

/* Photos that the filter lets through, newest first; by index ranges, so that the last page costs
 * what the first does. Where it narrows (project, site, tag, status), and while the deletion of a
 * container is marking, it looks at the newest `look` rows of a range, whether they fit or not;
 * looked_down_to says where it stopped, as the cursor of the rest. Tags and albums are not read:
 * see store_photo_details. DB_NONE where there are none (looked_down_to is set), or where the
 * ranges are of no form that domain/photos asks for. */
enum db_result store_photos_list(struct db *db, struct arena *arena,
    const struct photo_filter *filter, struct photo_rows *rows_r)
    __attribute__((warn_unused_result));

/* One photo of the organisation, whatever its state; `viewer_id` (or none) is for owns_site. */
enum db_result store_photo_find(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id, const struct id *viewer_id,
    struct photo *photo_r) __attribute__((warn_unused_result));

/* Those of them that the organisation has, whatever their state, in no order and each once, by one
 * read. `count` is 1 to PHOTOS_FIND_MOST. */
#define PHOTOS_FIND_MOST 50
enum db_result store_photos_find(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_ids, size_t count,
    const struct id *viewer_id, struct photo_rows *rows_r) __attribute__((warn_unused_result));

/* One of them with its row locked FOR UPDATE until the transaction ends. Tags and albums are not
 * read. */
enum db_result store_photo_lock(struct db_tx *tx, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id, const struct id *viewer_id,
    struct photo *photo_r) __attribute__((warn_unused_result));

/* Derivatives of a photo, newest first, at most `limit` (1 to 201), of the shelves in `shelves` (a
 * mask as in struct photo_ranges). */
enum db_result store_photo_derivatives(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *original_id, const struct id *viewer_id,
    unsigned shelves, unsigned limit, struct photo_rows *rows_r)
    __attribute__((warn_unused_result));

/* Insert: id, organization_id, uploader_id, site_id, project_id, original_id, title, description,
 * submitter_name, submitter_email, status, bytes and created_at_us are used. */
enum db_result store_photo_insert(struct db_tx *tx, const struct photo *photo)
    __attribute__((warn_unused_result));

/* Archive one live photo that is not archived (DB_NONE otherwise). */
struct photo_archiving {
	struct id organization_id;
	struct id photo_id;
	struct id by;
	const char *reason; /* or NULL */
	struct id batch_id;
	int64_t at_us;
	int64_t purge_after_us;
};
enum db_result store_photo_archive(struct db_tx *tx, const struct photo_archiving *archiving)
    __attribute__((warn_unused_result));
/* Archive its live derivatives that are not archived, with the same batch. DB_NONE: none were. */
enum db_result store_photo_archive_derivatives(
    struct db_tx *tx, const struct photo_archiving *archiving, uint64_t *changed_r)
    __attribute__((warn_unused_result));
/* Take one archived, not deleted photo out of the archive (DB_NONE otherwise). */
enum db_result store_photo_unarchive(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id) __attribute__((warn_unused_result));
/* Take its derivatives of that batch out of the archive. */
enum db_result store_photo_unarchive_derivatives(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, const struct id *batch_id, uint64_t *changed_r)
    __attribute__((warn_unused_result));

/* Count `photos` more into the batch of an act of archiving, making its row first. */
enum db_result store_archive_batch_add(struct db_tx *tx, const struct id *organization_id,
    const struct id *batch_id, const struct id *by, uint64_t photos, int64_t at_us)
    __attribute__((warn_unused_result));

/* Set the moderation status from `from` (compare-and-set: DB_NONE otherwise) of a photo that is not
 * deleted. */
struct photo_review {
	struct id organization_id;
	struct id photo_id;
	enum photo_status from, to;
	struct id by;
	const char *reason; /* of a rejection, or NULL */
	int64_t at_us;
};
enum db_result store_photo_review(struct db_tx *tx, const struct photo_review *review)
    __attribute__((warn_unused_result));

/* The newest deletion whose root item the photo is or was, purged ones included. */
enum db_result store_photo_last_deletion(struct db *db, struct arena *arena,
    const struct id *organization_id, const struct id *photo_id, struct id *deletion_r)
    __attribute__((warn_unused_result));

/* The oldest pending request on a photo. */
enum db_result store_photo_pending_request(struct db_tx *tx, const struct id *organization_id,
    const struct id *photo_id, struct id *request_r) __attribute__((warn_unused_result));

/* An organisation's retention of archived photos, seconds. */
enum db_result store_archive_retention(struct db_tx *tx, const struct id *organization_id,
    int64_t *seconds_r) __attribute__((warn_unused_result));

#endif
