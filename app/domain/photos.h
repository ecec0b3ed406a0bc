/* photos.h - what the files of domain/photos share. */
#ifndef LETHE_DOMAIN_PHOTOS_PRIVATE_H
#define LETHE_DOMAIN_PHOTOS_PRIVATE_H

#include <domain/audit.h>
#include <domain/photos.h>
#include <store/places.h>

/* Which shelves a list shows, and which photos on them: the table "Who sees what". */
struct photo_ranges photos_ranges(const struct actor *actor, const struct photos_query *query);

/* What a list refuses before it looks: see photos_list. */
bool photos_check_query(
    const struct actor *actor, const struct photos_query *query, struct error *error);

/* The file of a photo that has been found to be visible; a missing thumbnail is its original. */
bool photos_file_of(const struct domain *domain, struct arena *arena, const struct photo *photo,
    enum file_part part, struct file *file_r, struct error *error)
    __attribute__((warn_unused_result));

/* Find a photo that the actor may do `action` to; what is asked before the input is looked at. */
bool photos_find_for(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *photo_id, enum policy_action action, struct photo *photo_r,
    struct error *error) __attribute__((warn_unused_result));

/* Lock a photo, and check that the actor may do `action` to it, as it is now. */
bool photos_lock(struct db_tx *tx, const struct actor *actor, const struct id *photo_id,
    enum policy_action action, struct photo *photo_r, struct error *error)
    __attribute__((warn_unused_result));

/* Hold the organisation against its deletion until the transaction ends, before anything is put
 * into it. It may be deleted already. not_found where there is no such one. */
bool photos_lock_organization(struct db_tx *tx, const struct id *organization_id,
    struct place *organization_r, struct error *error) __attribute__((warn_unused_result));

/* Conflict "already_deleted" with the deletion that stands in the way; returns false. */
bool photos_refuse_deleted(const struct photo *photo, struct error *error);

/* A reason a person gives: trimmed, NULL where it is blank. False (invalid, "reason") beyond
 * PHOTOS_MAX_REASON characters. */
bool photos_reason(struct arena *arena, const char *text, const char **reason_r,
    struct error *error) __attribute__((warn_unused_result));

/* A photo about to be written with its files. */
struct photo_draft {
	struct photo
	    photo; /* what store_photo_insert takes; id and bytes are set by photos_store_files */
	struct file files[2];
	size_t file_count;
};

/* Look at the staged files (the second may be NULL), make objects of them and files rows for the
 * draft, whose organization_id is set. Consumes both stages. On failure nothing is left. */
bool photos_store_files(const struct domain *domain, struct arena *arena,
    struct storage_stage **original, struct storage_stage **thumbnail, struct photo_draft *draft,
    struct error *error) __attribute__((warn_unused_result));

/* Remove the objects of a draft whose transaction failed with `error`. Where it may have been
 * committed all the same they are left for the storage check. */
void photos_forget_files(
    const struct domain *domain, const struct photo_draft *draft, const struct error *error);

/* Insert the photo and its files rows. */
bool photos_insert(struct db_tx *tx, const struct photo_draft *draft, struct error *error)
    __attribute__((warn_unused_result));

#endif
