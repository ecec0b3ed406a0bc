/* receipts.c - receipts of what was purged: what one says, and the keys that verify them. */
#include <auth/auth.h>
#include <domain/receipts.h>
#include <store/keyring.h>
#include <string.h>

static const char *text_of(struct arena *arena, const struct id *id)
{
	char *text = arena_alloc(arena, ID_TEXT_SIZE);

	id_format(id, text);
	return text;
}

static struct receipt receipt_of(
    struct arena *arena, const struct deletion *deletion, const char *issuer, int64_t purged_at_us)
{
	struct receipt receipt = {
	    .issuer = issuer,
	    .deletion_id = text_of(arena, &deletion->id),
	    .kind = item_kind_name(deletion->kind),
	    .item_id = deletion->kind == ITEM_USER ? NULL : text_of(arena, &deletion->item_id),
	    .mode = deletion_mode_name(deletion->mode),
	    .origin = deletion_origin_name(deletion->origin),
	    .bytes = deletion->bytes,
	    .deleted_at_us = deletion->deleted_at_us,
	    .purged_at_us = purged_at_us,
	};

	_Static_assert(COUNT_KIND_COUNT <= RECEIPT_COUNTS_MAX, "every kind fits");
	for (size_t i = 0; i < COUNT_KIND_COUNT; i++) {
		if (deletion->counts[i] > 0) {
			receipt.counts[receipt.count_count++] = (struct receipt_count){
			    count_kind_name((enum count_kind)i), deletion->counts[i]};
		}
	}
	return receipt;
}

const char *receipts_issue(const struct domain *domain, struct arena *arena,
    const struct deletion *deletion, int64_t purged_at_us)
{
	struct receipt receipt;

	if (!domain->auth) {
		return NULL;
	}
	receipt = receipt_of(arena, deletion, domain->auth->issuer, purged_at_us);
	return receipt_sign(domain->auth->keys, arena, &receipt);
}

const char *receipts_issue_person(const struct domain *domain, struct arena *arena,
    const struct deletion *deletion, int64_t purged_at_us)
{
	struct deletion person = *deletion;

	person.kind = ITEM_USER;
	person.origin = ORIGIN_CONTAINER;
	person.bytes = 0;
	memset(person.counts, 0, sizeof(person.counts));
	person.counts[COUNT_USER] = 1;
	return receipts_issue(domain, arena, &person, purged_at_us);
}

static bool refuse_early(const struct deletion *deletion, struct error *error)
{
	char id[ID_TEXT_SIZE];

	id_format(&deletion->id, id);
	error_set(error, ERROR_CONFLICT, "not_purged",
	    deletion->state == DELETION_RESTORED
		? "It was restored: nothing was purged, so there is no receipt."
		: "It is not purged yet. There is a receipt once it is.");
	error_set_reference(error, "deletion_id", id);
	return false;
}

bool receipts_get(const struct domain *domain, struct arena *arena, const struct deletion *deletion,
    const char **receipt_r, struct error *error)
{
	enum db_result result;

	if (deletion->state != DELETION_PURGED) {
		return refuse_early(deletion, error);
	}
	result = deletion_receipt(
	    domain->db, arena, &deletion->organization_id, &deletion->id, receipt_r);
	if (result == DB_OK && !*receipt_r) {
		*receipt_r = receipts_issue(domain, arena, deletion, deletion->settled_at_us);
	}
	if (result == DB_NONE || (result == DB_OK && !*receipt_r)) {
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is no such deletion any more.");
	}
	return result == DB_OK || db_fail(result, error);
}

static bool has_key(const struct receipt_key *keys, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(keys[i].id, id) == 0) {
			return true;
		}
	}
	return false;
}

bool receipts_keys(const struct domain *domain, struct arena *arena, struct receipt_key **keys_r,
    size_t *count_r, struct error *error)
{
	struct keyring_public *stored = NULL;
	struct receipt_key *own = NULL;
	size_t stored_count = 0, count = receipt_keys_of(domain->auth->keys, arena, &own);
	enum db_result result = keyring_publics(domain->db, arena, &stored, &stored_count);

	if (result != DB_OK) {
		return db_fail(result, error);
	}
	*keys_r = arena_array(arena, count + stored_count, sizeof(**keys_r));
	memcpy(*keys_r, own, count * sizeof(**keys_r));
	for (size_t i = 0; i < stored_count; i++) {
		struct receipt_key key;

		/* A row that is not what its id says proves nothing. */
		if (receipt_key_parse(stored[i].public_key, &key) &&
		    strcmp(key.id, stored[i].key_id) == 0 && !has_key(*keys_r, count, key.id)) {
			(*keys_r)[count++] = key;
		}
	}
	*count_r = count;
	return true;
}
