/* input.c - declared inputs: from JSON, form and query to typed values, or a clear refusal. */
#include "input.h"

#include <base/clock.h>
#include <base/text.h>
#include <http/form.h>
#include <http/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX_DEFAULT 2000
#define IDS_MAX_DEFAULT  1000

static const struct web_value absent;

static bool refuse(const struct web_input *input, struct error *error, const char *what)
{
	return error_set_field(error, input->name, "invalid_input", "%s %s.", input->name, what);
}

static bool read_text(
    const struct web_input *input, const char *text, struct web_value *value, struct error *error)
{
	size_t length = text_length(text);
	size_t max = input->max ? (size_t)input->max : TEXT_MAX_DEFAULT;

	value->text = text;
	if (input->required && text_is_blank(text))
		return refuse(input, error, "must not be empty");
	if (length < (size_t)input->min)
		return error_set_field(error, input->name, "too_short",
		    "%s needs at least %lld characters.", input->name, (long long)input->min);
	if (length > max)
		return error_set_field(error, input->name, "too_long",
		    "%s can have at most %zu characters.", input->name, max);
	return true;
}

static bool read_id(
    const struct web_input *input, const char *text, struct web_value *value, struct error *error)
{
	value->text = text;
	return id_parse(text, &value->id) || refuse(input, error, "must be a UUID");
}

static bool read_bool(
    const struct web_input *input, const char *text, struct web_value *value, struct error *error)
{
	value->text = text;
	value->integer = strcmp(text, "true") == 0;
	return value->integer || strcmp(text, "false") == 0 ||
	       refuse(input, error, "must be true or false");
}

static bool read_integer(
    const struct web_input *input, const char *text, struct web_value *value, struct error *error)
{
	char *end = NULL;

	value->text = text;
	value->integer = strtoll(text, &end, 10);
	if (!*text || strchr(" \t+", *text) || *end || strlen(text) > 18)
		return refuse(input, error, "must be a whole number");
	if (value->integer < input->min || (input->max && value->integer > input->max))
		return error_set_field(error, input->name, "out_of_range",
		    "%s must be from %lld to %lld.", input->name, (long long)input->min,
		    (long long)input->max);
	return true;
}

static bool read_time(
    const struct web_input *input, const char *text, struct web_value *value, struct error *error)
{
	value->text = text;
	return clock_parse(text, &value->integer) ||
	       refuse(input, error, "must be a time as 2026-01-31T12:00:00Z (RFC 3339)");
}

/* "delete, archive, orphan" */
static void list_choices(const struct web_input *input, char *list, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; input->choices[i] && length < size; i++)
		length += (size_t)snprintf(
		    list + length, size - length, "%s%s", i ? ", " : "", input->choices[i]);
}

static bool read_choice(
    const struct web_input *input, const char *text, struct web_value *value, struct error *error)
{
	char list[200] = "";

	value->text = text;
	for (size_t i = 0; input->choices[i]; i++) {
		if (strcmp(text, input->choices[i]) != 0)
			continue;
		value->integer = (int64_t)i;
		return true;
	}
	if (!input->choices[1])
		return error_set_field(error, input->name, "invalid_choice", "%s must be %s.",
		    input->name, input->choices[0]);
	list_choices(input, list, sizeof(list));
	return error_set_field(
	    error, input->name, "invalid_choice", "%s must be one of: %s.", input->name, list);
}

/* How each type is read from a text; ids and objects are read apart. */
static bool (*const text_readers[])(
    const struct web_input *, const char *, struct web_value *, struct error *) = {
    [INPUT_TEXT] = read_text,
    [INPUT_ID] = read_id,
    [INPUT_BOOL] = read_bool,
    [INPUT_INTEGER] = read_integer,
    [INPUT_TIME] = read_time,
    [INPUT_CHOICE] = read_choice,
};

static bool check_count(const struct web_input *input, size_t count, struct error *error)
{
	size_t max = input->max ? (size_t)input->max : IDS_MAX_DEFAULT;

	if (count >= 1 && count <= max)
		return true;
	return error_set_field(error, input->name, "invalid_count",
	    "%s must name from 1 to %zu items.", input->name, max);
}

static bool refuse_missing(const struct web_input *input, struct error *error)
{
	return error_set_field(error, input->name, "missing", "%s is missing.", input->name);
}

static bool read_form_ids(struct web *web, const struct web_input *input,
    const struct http_pairs *fields, struct web_value *value, struct error *error)
{
	size_t count = http_pairs_count(fields, input->name);
	struct id *ids = arena_array(web->arena, count + 1, sizeof(*ids));

	if (count == 0)
		return !input->required || check_count(input, 0, error);
	if (!check_count(input, count, error))
		return false;
	for (size_t i = 0; i < fields->count; i++) {
		if (strcmp(fields->items[i].name, input->name) != 0)
			continue;
		if (!id_parse(fields->items[i].value, &ids[value->count++]))
			return refuse(input, error, "must be UUIDs");
	}
	value->ids = ids;
	value->present = true;
	return true;
}

static bool add_choice(
    const struct web_input *input, const char *text, struct web_value *value, struct error *error)
{
	for (size_t i = 0; text && input->choices[i]; i++) {
		if (strcmp(text, input->choices[i]) != 0)
			continue;
		value->integer |= INT64_C(1) << i;
		value->present = true;
		return true;
	}
	return error_set_field(error, input->name, "invalid_choice",
	    "%s holds something that cannot be chosen.", input->name);
}

static bool read_form_choices(const struct web_input *input, const struct http_pairs *fields,
    struct web_value *value, struct error *error)
{
	for (size_t i = 0; i < fields->count; i++)
		if (strcmp(fields->items[i].name, input->name) == 0 &&
		    !add_choice(input, fields->items[i].value, value, error))
			return false;
	return value->present || !input->required || refuse_missing(input, error);
}

static bool read_json_choices(
    const struct web_input *input, const json_t *json, struct web_value *value, struct error *error)
{
	if (!json_is_array(json))
		return refuse(input, error, "must be a list");
	for (size_t i = 0; i < json_array_size(json); i++)
		if (!add_choice(input, json_string_value(json_array_get(json, i)), value, error))
			return false;
	return value->integer != 0 || !input->required || refuse_missing(input, error);
}

/* An empty field of a form is one that was left out; a required text says so itself. */
static bool read_field(struct web *web, const struct web_input *input,
    const struct http_pairs *fields, struct web_value *value, struct error *error)
{
	const char *text;

	if (input->type == INPUT_IDS)
		return read_form_ids(web, input, fields, value, error);
	if (input->type == INPUT_CHOICES)
		return read_form_choices(input, fields, value, error);
	if (http_pairs_count(fields, input->name) > 1)
		return refuse(input, error, "was given more than once");
	text = http_pairs_get(fields, input->name);
	if (!text || (!*text && input->type != INPUT_TEXT))
		return !input->required || refuse_missing(input, error);
	value->present = true;
	return text_readers[input->type](input, text, value, error);
}

static const char *scalar_text(struct web *web, const json_t *json)
{
	if (json_is_string(json))
		return arena_dup(web->arena, json_string_value(json));
	if (json_is_integer(json))
		return arena_printf(web->arena, "%lld", (long long)json_integer_value(json));
	if (json_is_boolean(json))
		return json_is_true(json) ? "true" : "false";
	return NULL;
}

/* Strings stay strings, numbers numbers: "5" is not 5, and 5 is not "5". */
static bool type_fits(const struct web_input *input, const json_t *json)
{
	if (input->type == INPUT_BOOL)
		return json_is_boolean(json);
	if (input->type == INPUT_INTEGER)
		return json_is_integer(json);
	return json_is_string(json);
}

static bool read_json_ids(struct web *web, const struct web_input *input, const json_t *json,
    struct web_value *value, struct error *error)
{
	size_t count = json_array_size(json);
	struct id *ids = arena_array(web->arena, count + 1, sizeof(*ids));

	if (!json_is_array(json))
		return refuse(input, error, "must be a list of UUIDs");
	if (!check_count(input, count, error))
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *text = json_string_value(json_array_get(json, i));
		if (!text || !id_parse(text, &ids[i]))
			return refuse(input, error, "must be a list of UUIDs");
	}
	value->ids = ids;
	value->count = count;
	return true;
}

static bool read_member(struct web *web, const struct web_input *input, const json_t *json,
    struct web_value *value, struct error *error)
{
	if (!json || json_is_null(json))
		return !input->required || refuse_missing(input, error);
	value->present = true;
	if (input->type == INPUT_IDS)
		return read_json_ids(web, input, json, value, error);
	if (input->type == INPUT_CHOICES)
		return read_json_choices(input, json, value, error);
	if (input->type == INPUT_OBJECT) {
		value->object = json;
		return json_is_object(json) || refuse(input, error, "must be an object");
	}
	if (!type_fits(input, json))
		return refuse(input, error, "has the wrong type");
	return text_readers[input->type](input, scalar_text(web, json), value, error);
}

static const struct web_input *find_input(
    const struct web *web, const char *name, enum web_input_place place)
{
	for (const struct web_input *input = web->route->inputs; input && input->name; input++)
		if (input->place == place && strcmp(input->name, name) == 0)
			return input;
	return NULL;
}

static bool refuse_unknown(const char *name, struct error *error)
{
	return error_set_field(
	    error, name, "unknown_member", "%s is not known here; leave it out.", name);
}

static bool check_json_members(const struct web *web, const json_t *body, struct error *error)
{
	const char *name;
	json_t *member;

	json_object_foreach((json_t *)body, name,
	    member) if (!find_input(web, name, IN_BODY)) return refuse_unknown(name, error);
	return true;
}

/* A platform admin may name the organisation anywhere. */
static bool check_query_names(const struct web *web, struct error *error)
{
	for (size_t i = 0; i < web->request->query.count; i++) {
		const char *name = web->request->query.items[i].name;
		if (!find_input(web, name, IN_QUERY) && strcmp(name, "organization_id") != 0)
			return refuse_unknown(name, error);
	}
	return true;
}

static bool check_field_names(
    const struct web *web, const struct http_pairs *fields, struct error *error)
{
	for (size_t i = 0; i < fields->count; i++) {
		const char *name = fields->items[i].name;
		bool is_token = !web->is_api && strcmp(name, "csrf") == 0;
		if (!is_token && !find_input(web, name, IN_BODY))
			return refuse_unknown(name, error);
	}
	return true;
}

static size_t count_inputs(const struct web_route *route)
{
	size_t count = 0;

	while (route->inputs && route->inputs[count].name)
		count++;
	return count;
}

/* Where an input is read from on this request. */
struct sources {
	const json_t *json;
	const struct http_pairs *fields;
};

static bool read_one(struct web *web, const struct sources *body, const struct web_input *input,
    struct web_value *value, struct error *error)
{
	if (input->place == IN_QUERY)
		return read_field(web, input, &web->request->query, value, error);
	if (body->fields)
		return read_field(web, input, body->fields, value, error);
	return read_member(web, input, json_object_get(body->json, input->name), value, error);
}

/* All of them, whichever is at fault; `error` says what is wrong with the first. */
static bool read_all(struct web *web, const struct sources *body, struct error *error)
{
	size_t count = count_inputs(web->route);
	struct web_value *values = arena_array(web->arena, count + 1, sizeof(*values));
	struct error later = {0};
	bool ok = true;

	web->values = values;
	for (size_t i = 0; i < count; i++) {
		values[i].refused =
		    !read_one(web, body, &web->route->inputs[i], &values[i], ok ? error : &later);
		ok = ok && !values[i].refused;
	}
	return ok;
}

static bool read_body(struct web *web, struct sources *body, struct error *error)
{
	static const struct http_pairs none;

	if (!web->is_api) {
		body->fields = web->form ? web->form : &none;
		return true;
	}
	if (web->request->method == HTTP_GET || web->request->method == HTTP_HEAD)
		return true;
	return http_json_read(web->request, &body->json, error) &&
	       check_json_members(web, body->json, error);
}

bool input_read(struct web *web, struct error *error)
{
	struct sources body = {0};
	struct error later = {0};
	bool ok = !web->is_api || check_query_names(web, error);

	if (web->route->flags & WEB_MULTIPART)
		return ok;
	ok = read_body(web, &body, ok ? error : &later) && ok;
	return read_all(web, &body, ok ? error : &later) && ok;
}

bool input_read_fields(struct web *web, const struct http_pairs *fields, struct error *error)
{
	struct sources body = {.fields = fields};

	return check_field_names(web, fields, error) && read_all(web, &body, error);
}

const struct web_value *input_get(const struct web *web, const char *name)
{
	size_t count = count_inputs(web->route);

	for (size_t i = 0; web->values && i < count; i++)
		if (strcmp(web->route->inputs[i].name, name) == 0)
			return &web->values[i];
	return &absent;
}

bool input_is_good(const struct web *web, const char *name)
{
	const struct web_value *value = input_get(web, name);

	return value->present && !value->refused;
}

const char *input_text(const struct web *web, const char *name)
{
	const struct web_value *value = input_get(web, name);

	return value->present && value->text && *value->text ? value->text : NULL;
}

const struct id *input_id(const struct web *web, const char *name)
{
	return &input_get(web, name)->id;
}

bool input_bool(const struct web *web, const char *name)
{
	return input_get(web, name)->integer != 0;
}

int64_t input_integer(const struct web *web, const char *name, int64_t fallback)
{
	const struct web_value *value = input_get(web, name);

	return value->present ? value->integer : fallback;
}
