/* session_end.c - listing sessions and ending them. */
#include <auth/secret.h>
#include <auth/session.h>
#include <store/sessions.h>

/* Which sessions to end: the one of a hash, one of a user's, or all of a user's but one. */
struct ending {
	const struct secret_hash *hash;
	const struct id *user_id;
	const struct id *one;
	const struct id *except;
};

static bool remove_sessions(struct db_tx *tx, void *context, struct error *error)
{
	const struct ending *end = context;
	enum db_result result;

	if (end->hash)
		result = sessions_remove(tx, end->hash->bytes);
	else if (end->one)
		result = sessions_remove_one(tx, end->user_id, end->one);
	else
		result = sessions_remove_all(tx, end->user_id, end->except);
	if (result == DB_NONE && end->one)
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "There is no such session any more.");
	return result <= DB_NONE || db_fail(result, error);
}

bool session_end(struct auth *auth, const char *token, struct error *error)
{
	struct secret_hash hash;
	struct ending end = {.hash = &hash};

	return !secret_hash(token, &hash) || db_transaction(auth->db, remove_sessions, &end, error);
}

bool session_end_one(
    struct auth *auth, const struct id *user_id, const struct id *session_id, struct error *error)
{
	struct ending end = {.user_id = user_id, .one = session_id};

	return db_transaction(auth->db, remove_sessions, &end, error);
}

bool session_end_all(
    struct auth *auth, const struct id *user_id, const struct id *except, struct error *error)
{
	struct ending end = {.user_id = user_id, .except = except ? except : &id_none};

	return db_transaction(auth->db, remove_sessions, &end, error);
}

bool session_list(struct auth *auth, struct arena *arena, const struct id *user_id,
    const struct id *current, const struct session_place *place, struct session_list *list_r,
    struct error *error)
{
	int64_t now_us = clock_now_us(auth->clock);
	struct sessions_query query = {
	    .user_id = *user_id,
	    .created_after_us = now_us - SESSION_LIFE_US,
	    .seen_after_us = now_us - SESSION_IDLE_US,
	    .limit = SESSION_LIST_ROWS + 1,
	};
	struct session_row *rows = NULL;
	size_t count = 0;
	enum db_result result;

	if (place) {
		query.before_us = place->seen_us;
		query.before = place->id;
	}
	result = sessions_list(auth->db, arena, &query, &rows, &count);
	if (result > DB_NONE)
		return db_fail(result, error);
	list_r->more = count > SESSION_LIST_ROWS;
	list_r->count = list_r->more ? SESSION_LIST_ROWS : count;
	list_r->items = arena_array(arena, list_r->count, sizeof(*list_r->items));
	for (size_t i = 0; i < list_r->count; i++)
		list_r->items[i] = (struct session_entry){
		    .id = rows[i].id,
		    .user_agent = rows[i].user_agent,
		    .created_us = rows[i].created_us,
		    .seen_us = rows[i].seen_us,
		    .current = current && id_equal(&rows[i].id, current),
		};
	return true;
}
