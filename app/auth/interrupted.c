/* interrupted.c - a form that waits until its sender has re-authenticated. */
#include <auth/interrupted.h>
#include <base/text.h>
#include <store/acts.h>
#include <string.h>

#define PATH_MAX_CHARACTERS 500

bool interrupted_save(struct auth *auth, const struct id *session_id, const char *path,
    const char *form, struct id *id_r, struct error *error)
{
	int64_t now_us = clock_now_us(auth->clock);
	struct act_row row = {
	    .id = id_generate(now_us),
	    .session_id = *session_id,
	    .path = path,
	    .form = form,
	    .created_us = now_us,
	};

	if (strlen(form) > INTERRUPTED_FORM_MAX)
		return error_set(error, ERROR_TOO_LARGE, "form_too_large",
		    "The form is too large to be kept while you confirm who you are.");
	if (text_length(path) > PATH_MAX_CHARACTERS)
		return error_set_field(error, "path", "invalid_path", "The address is too long.");
	enum db_result result = acts_insert(auth->db, &row);
	if (result != DB_OK)
		return db_fail(result, error);
	*id_r = row.id;
	return true;
}

bool interrupted_load(struct auth *auth, struct arena *arena, const struct id *session_id,
    const struct id *id, struct interrupted *act_r, struct error *error)
{
	struct act_row row;
	enum db_result result = acts_find(
	    auth->db, arena, id, session_id, clock_now_us(auth->clock) - INTERRUPTED_LIFE_US, &row);

	if (result == DB_NONE)
		return error_set(error, ERROR_GONE, "act_forgotten",
		    "What you were doing was forgotten. Please begin again.");
	if (result != DB_OK)
		return db_fail(result, error);
	*act_r = (struct interrupted){.id = row.id, .path = row.path, .form = row.form};
	return true;
}

bool interrupted_take(struct auth *auth, struct arena *arena, const struct id *session_id,
    int64_t began_us, const struct id *id, struct interrupted *act_r, struct error *error)
{
	int64_t since_us = clock_now_us(auth->clock) - INTERRUPTED_LIFE_US;
	enum db_result result = acts_adopt(auth->db, id, session_id, since_us, began_us);

	return result <= DB_NONE ? interrupted_load(auth, arena, session_id, id, act_r, error)
				 : db_fail(result, error);
}

bool interrupted_drop(
    struct auth *auth, const struct id *session_id, const struct id *id, struct error *error)
{
	enum db_result result = acts_remove(auth->db, id, session_id);

	return result <= DB_NONE || db_fail(result, error);
}
