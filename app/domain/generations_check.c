/* generations_check.c - who may deliver a derivative, told before any of it is read. */
#include <domain/generations.h>
#include <domain/photos.h>
#include <store/generations.h>

static bool refuse_unknown(struct error *error)
{
	return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such generation.");
}

/* Of an original that is no more only whoever started from it is told, and admins: later, when the
 * result is there. */
static bool check_absent(
    const struct actor *actor, const struct generation *generation, struct error *error)
{
	bool started =
	    !id_is_none(&actor->user_id) && id_equal(&actor->user_id, &generation->started_by);

	return started || actor_is_admin(actor) || refuse_unknown(error);
}

bool generation_check(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct id *generation_id, struct error *error)
{
	struct generation generation;
	struct photo original = {0};
	struct policy_subject subject;
	enum db_result result = store_generation_find(
	    domain->db, arena, &actor->organization_id, generation_id, &generation);

	if (result == DB_NONE) {
		return refuse_unknown(error);
	}
	if (result == DB_OK && !id_is_none(&generation.original_id)) {
		result = store_photo_find(domain->db, arena, &actor->organization_id,
		    &generation.original_id, &actor->user_id, &original);
	}
	if (result != DB_OK && result != DB_NONE) {
		return db_fail(result, error);
	}
	if (id_is_none(&original.id) || original.deleted_at_us != 0) {
		return check_absent(actor, &generation, error);
	}
	subject = photos_policy_subject(&original);
	return policy_check(actor, POLICY_GENERATE, &subject, error);
}
