/* values.c - the values of a mail, from the JSON they were queued as. */
#include "render.h"

#include <base/clock.h>
#include <jansson.h>
#include <string.h>

#define DEPTH_MAX 8

static bool refuse(struct error *error)
{
	return error_set(error, ERROR_INTERNAL, "invalid_mail_data",
	    "The values that the mail was queued with cannot be read.");
}

static char *one_line(struct arena *arena, const char *text)
{
	char *line = arena_dup(arena, text);

	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = ' ';
	return line;
}

static bool ends_in(const char *name, const char *ending)
{
	size_t length = strlen(name);
	size_t tail = strlen(ending);

	return length > tail && strcmp(name + length - tail, ending) == 0;
}

static bool names_time(const char *name)
{
	return ends_in(name, "_at") || ends_in(name, "_until") || ends_in(name, "_after");
}

static const char *show_time(struct arena *arena, int64_t time_us)
{
	static const char *const months[] = {"January", "February", "March", "April", "May", "June",
	    "July", "August", "September", "October", "November", "December"};
	struct clock_fields at;

	clock_split(time_us, &at);
	return arena_printf(arena, "%d %s %d, %02d:%02d UTC", at.day, months[at.month - 1],
	    (int)at.year, at.hour, at.minute);
}

static struct doc *read_value(struct arena *arena, const json_t *json, unsigned depth);

static void set_member(struct doc *object, const char *key, const json_t *json, unsigned depth)
{
	const char *name = arena_dup(object->arena, key);
	const char *text = json_string_value(json);
	int64_t time_us;

	if (text && names_time(key) && clock_parse(text, &time_us))
		doc_set_text(object, arena_join(object->arena, key, "_text", NULL),
		    show_time(object->arena, time_us));
	if (json_is_integer(json))
		doc_set_int(object, name, json_integer_value(json));
	else if (json_is_boolean(json))
		doc_set_bool(object, name, json_is_true(json));
	else
		doc_set(object, name, read_value(object->arena, json, depth));
}

static struct doc *read_object(struct arena *arena, const json_t *json, unsigned depth)
{
	struct doc *object = doc_object(arena);
	json_t *members = (json_t *)json; /* jansson's iterators change nothing */

	for (void *at = json_object_iter(members); at; at = json_object_iter_next(members, at))
		set_member(object, json_object_iter_key(at), json_object_iter_value(at), depth + 1);
	return object;
}

static struct doc *read_list(struct arena *arena, const json_t *json, unsigned depth)
{
	struct doc *list = doc_list(arena);

	for (size_t i = 0; i < json_array_size(json); i++)
		doc_push(list, read_value(arena, json_array_get(json, i), depth + 1));
	return list;
}

/* Numbers and booleans stand in objects alone; anything that is nothing reads as "". */
static struct doc *read_value(struct arena *arena, const json_t *json, unsigned depth)
{
	if (json_is_object(json) && depth < DEPTH_MAX)
		return read_object(arena, json, depth);
	if (json_is_array(json) && depth < DEPTH_MAX)
		return read_list(arena, json, depth);
	return doc_text(
	    arena, json_is_string(json) ? one_line(arena, json_string_value(json)) : "");
}

bool mail_read_values(
    struct arena *arena, const char *json, struct doc **values_r, struct error *error)
{
	json_t *root = json ? json_loads(json, JSON_REJECT_DUPLICATES, NULL) : NULL;

	if (!json_is_object(root)) {
		json_decref(root);
		return refuse(error);
	}
	*values_r = read_object(arena, root, 0);
	json_decref(root);
	return true;
}
