/* shapes.h - the shapes of answers as data, for the OpenAPI document. */
#ifndef LETHE_WEB_SHAPES_H
#define LETHE_WEB_SHAPES_H

#include <stdbool.h>
#include <stddef.h>

/* One member of a shape. `type` is a JSON Schema type ("string", "integer", "boolean", "object"),
 * "uuid", "time", or the name of another shape; a list of them where `is_list`. Members are always
 * present unless `is_optional`. */
struct shape_member {
	const char *name; /* NULL ends a list */
	const char *type;
	bool is_list;
	bool is_nullable;
	bool is_optional;
};

struct shape {
	const char *name;
	const struct shape_member *members; /* NULL: any object */
	const char *media_type;             /* NULL: application/json */
};

extern const struct shape shapes[];
extern const size_t shape_count;

#endif
