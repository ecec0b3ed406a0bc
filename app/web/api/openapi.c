/* openapi.c - the OpenAPI 3.1 document, made from the route table and the shapes. */
#include "../answer.h"
#include "../handlers.h"
#include "../shapes.h"

#include <string.h>

static const char *const json_types[] = {
    [INPUT_TEXT] = "string",
    [INPUT_ID] = "string",
    [INPUT_IDS] = "array",
    [INPUT_BOOL] = "boolean",
    [INPUT_INTEGER] = "integer",
    [INPUT_TIME] = "string",
    [INPUT_CHOICE] = "string",
    [INPUT_CHOICES] = "array",
    [INPUT_OBJECT] = "object",
};

static struct doc *typed(struct web *web, const char *type, const char *format)
{
	struct doc *schema = doc_object(web->arena);

	doc_set_text(schema, "type", type);
	if (format)
		doc_set_text(schema, "format", format);
	return schema;
}

static struct doc *reference(struct web *web, const char *shape)
{
	struct doc *schema = doc_object(web->arena);

	doc_set_text(schema, "$ref", arena_printf(web->arena, "#/components/schemas/%s", shape));
	return schema;
}

static struct doc *schema_of_type(struct web *web, const char *type)
{
	static const char *const plain[] = {"string", "integer", "boolean", "object"};

	if (strcmp(type, "uuid") == 0)
		return typed(web, "string", "uuid");
	if (strcmp(type, "time") == 0)
		return typed(web, "string", "date-time");
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (strcmp(type, plain[i]) == 0)
			return typed(web, type, NULL);
	return reference(web, type);
}

static struct doc *schema_of_member(struct web *web, const struct shape_member *member)
{
	struct doc *schema = schema_of_type(web, member->type);
	struct doc *outer = doc_object(web->arena);
	struct doc *types = doc_list(web->arena);

	if (member->is_list) {
		doc_set_text(outer, "type", "array");
		doc_set(outer, "items", schema);
		return outer;
	}
	if (!member->is_nullable)
		return schema;
	doc_push(types, schema);
	doc_push(types, typed(web, "null", NULL));
	doc_set(outer, "anyOf", types);
	return outer;
}

static struct doc *schema_of_shape(struct web *web, const struct shape *shape)
{
	struct doc *schema = typed(web, "object", NULL);
	struct doc *properties = doc_object(web->arena);
	struct doc *required = doc_list(web->arena);

	for (const struct shape_member *m = shape->members; m && m->name; m++) {
		doc_set(properties, m->name, schema_of_member(web, m));
		if (!m->is_optional)
			doc_push(required, doc_text(web->arena, m->name));
	}
	if (shape->members) {
		doc_set(schema, "properties", properties);
		doc_set(schema, "required", required);
	}
	return schema;
}

static struct doc *schema_of_input(struct web *web, const struct web_input *input)
{
	struct doc *schema = typed(web, json_types[input->type],
	    input->type == INPUT_ID     ? "uuid"
	    : input->type == INPUT_TIME ? "date-time"
					: NULL);
	struct doc *choices = doc_list(web->arena);

	if (input->meaning)
		doc_set_text(schema, "description", input->meaning);
	if (input->type == INPUT_IDS) {
		doc_set(schema, "items", typed(web, "string", "uuid"));
		doc_set_int(schema, "maxItems", input->max);
	}
	if (input->type == INPUT_TEXT && input->max)
		doc_set_int(schema, "maxLength", input->max);
	if (input->type == INPUT_INTEGER) {
		doc_set_int(schema, "minimum", input->min);
		doc_set_int(schema, "maximum", input->max);
	}
	for (size_t i = 0; input->choices && input->choices[i]; i++)
		doc_push(choices, doc_text(web->arena, input->choices[i]));
	if (input->type == INPUT_CHOICES) {
		struct doc *item = typed(web, "string", NULL);
		doc_set(item, "enum", choices);
		doc_set(schema, "items", item);
	} else if (input->choices) {
		doc_set(schema, "enum", choices);
	}
	return schema;
}

static void push_parameter(struct web *web, struct doc *list, const char *name, const char *place,
    struct doc *schema, bool required)
{
	struct doc *parameter = doc_object(web->arena);

	doc_set_text(parameter, "name", name);
	doc_set_text(parameter, "in", place);
	doc_set_bool(parameter, "required", required);
	doc_set(parameter, "schema", schema);
	doc_push(list, parameter);
}

static struct doc *parameters_of(struct web *web, const struct web_route *route)
{
	struct doc *list = doc_list(web->arena);

	for (const char *c = strchr(route->pattern, '{'); c; c = strchr(c + 1, '{')) {
		const char *name = arena_copy(web->arena, c + 1, strcspn(c + 1, "}"));
		push_parameter(web, list, name, "path", typed(web, "string", "uuid"), true);
	}
	for (const struct web_input *input = route->inputs; input && input->name; input++)
		if (input->place == IN_QUERY)
			push_parameter(web, list, input->name, "query", schema_of_input(web, input),
			    input->required);
	if (route->auth != WEB_ANYONE)
		push_parameter(
		    web, list, "organization_id", "query", typed(web, "string", "uuid"), false);
	if (route->reauth)
		push_parameter(web, list, "X-Reauth-Token", "header", typed(web, "string", NULL),
		    !route->waives);
	return list;
}

static struct doc *media(struct web *web, const char *type, struct doc *schema)
{
	struct doc *content = doc_object(web->arena);
	struct doc *entry = doc_object(web->arena);

	doc_set(entry, "schema", schema);
	doc_set(content, type, entry);
	return content;
}

static void set_body(struct web *web, struct doc *operation, const struct web_route *route)
{
	bool is_multipart = route->flags & WEB_MULTIPART;
	struct doc *schema = typed(web, "object", NULL);
	struct doc *properties = doc_object(web->arena);
	struct doc *required = doc_list(web->arena);
	struct doc *body = doc_object(web->arena);

	if (is_multipart) {
		doc_set(properties, "file", typed(web, "string", "binary"));
		doc_push(required, doc_text(web->arena, "file"));
	}
	if (is_multipart && route->inputs && route->inputs[0].name)
		doc_set(properties, "thumbnail", typed(web, "string", "binary"));
	for (const struct web_input *input = route->inputs; input && input->name; input++) {
		if (input->place != IN_BODY)
			continue;
		doc_set(properties, input->name, schema_of_input(web, input));
		if (input->required)
			doc_push(required, doc_text(web->arena, input->name));
	}
	if (properties->as.object.count == 0)
		return;
	doc_set(schema, "properties", properties);
	doc_set_bool(schema, "additionalProperties", false);
	if (required->as.list.count > 0)
		doc_set(schema, "required", required);
	doc_set_bool(body, "required", required->as.list.count > 0);
	doc_set(body, "content",
	    media(web, is_multipart ? "multipart/form-data" : "application/json", schema));
	doc_set(operation, "requestBody", body);
}

static const struct shape *find_shape(const char *name)
{
	for (size_t i = 0; name && i < shape_count; i++)
		if (strcmp(shapes[i].name, name) == 0)
			return &shapes[i];
	return NULL;
}

/* One of two shapes, both JSON. */
static struct doc *either(struct web *web, const struct shape *one, const struct shape *other)
{
	struct doc *choice = doc_object(web->arena);
	struct doc *list = doc_list(web->arena);

	doc_push(list, reference(web, one->name));
	doc_push(list, reference(web, other->name));
	doc_set(choice, "oneOf", list);
	return choice;
}

static void set_success(struct web *web, struct doc *answers, int status, const struct shape *shape,
    const struct shape *other)
{
	struct doc *success = doc_object(web->arena);

	doc_set_text(success, "description", http_status_phrase(status));
	if (shape)
		doc_set(success, "content",
		    media(web, shape->media_type ? shape->media_type : "application/json",
			other ? either(web, shape, other) : reference(web, shape->name)));
	doc_set(answers, arena_printf(web->arena, "%d", status), success);
}

static struct doc *answers_of(struct web *web, const struct web_route *route)
{
	const struct shape *other = find_shape(route->other_answer);
	struct doc *answers = doc_object(web->arena);
	struct doc *failure = doc_object(web->arena);

	set_success(web, answers, route->status, find_shape(route->answer),
	    route->other_status == route->status ? other : NULL);
	if (other && route->other_status != route->status)
		set_success(web, answers, route->other_status, other, NULL);
	doc_set_text(failure, "description", "A problem (RFC 9457)");
	doc_set(
	    failure, "content", media(web, "application/problem+json", reference(web, "problem")));
	doc_set(answers, "default", failure);
	return answers;
}

static struct doc *operation_of(struct web *web, const struct web_route *route)
{
	struct doc *operation = doc_object(web->arena);
	struct doc *parameters = parameters_of(web, route);

	doc_set_text(operation, "summary", route->summary);
	if (parameters->as.list.count > 0)
		doc_set(operation, "parameters", parameters);
	set_body(web, operation, route);
	doc_set(operation, "responses", answers_of(web, route));
	if (route->auth == WEB_ANYONE)
		doc_set(operation, "security", doc_list(web->arena));
	return operation;
}

static const char *method_key(enum http_method method)
{
	return method == HTTP_GET     ? "get"
	       : method == HTTP_POST  ? "post"
	       : method == HTTP_PATCH ? "patch"
				      : "delete";
}

static struct doc *paths(struct web *web)
{
	struct doc *all = doc_object(web->arena);

	for (size_t i = 0; i < web_route_count; i++) {
		const struct web_route *route = &web_routes[i];
		struct doc *path;
		if (route->flags & WEB_UNLISTED)
			continue;
		path = (struct doc *)doc_get(all, route->pattern);
		if (!path) {
			path = doc_object(web->arena);
			doc_set(all, route->pattern, path);
		}
		doc_set(path, method_key(route->method), operation_of(web, route));
	}
	return all;
}

static struct doc *security(struct web *web)
{
	struct doc *schemes = doc_object(web->arena);
	struct doc *bearer = typed(web, "http", NULL);
	struct doc *cookie = typed(web, "apiKey", NULL);

	doc_set_text(bearer, "scheme", "bearer");
	doc_set_text(bearer, "bearerFormat", "PASETO v4.public");
	doc_set_text(cookie, "in", "cookie");
	doc_set_text(cookie, "name", "session");
	doc_set(schemes, "bearer", bearer);
	doc_set(schemes, "session", cookie);
	return schemes;
}

static struct doc *security_choice(struct web *web)
{
	struct doc *list = doc_list(web->arena);
	static const char *const names[] = {"bearer", "session"};

	for (size_t i = 0; i < 2; i++) {
		struct doc *choice = doc_object(web->arena);
		doc_set(choice, names[i], doc_list(web->arena));
		doc_push(list, choice);
	}
	return list;
}

bool api_openapi(struct web *web, struct error *error)
{
	struct doc *document = doc_object(web->arena);
	struct doc *info = doc_object(web->arena);
	struct doc *components = doc_object(web->arena);
	struct doc *schemas = doc_object(web->arena);

	(void)error;
	doc_set_text(document, "openapi", "3.1.0");
	doc_set_text(info, "title", "Lethe");
	doc_set_text(info, "version", "1");
	doc_set_text(info, "description", "The deletion desk: archive, trash, restore, purge.");
	doc_set(document, "info", info);
	doc_set(document, "paths", paths(web));
	for (size_t i = 0; i < shape_count; i++)
		doc_set(schemas, shapes[i].name, schema_of_shape(web, &shapes[i]));
	doc_set(components, "schemas", schemas);
	doc_set(components, "securitySchemes", security(web));
	doc_set(document, "components", components);
	doc_set(document, "security", security_choice(web));
	return api_answer(web, document);
}
