/* router.c - a tree of path segments, built once and only read afterwards. */
#include <http/router.h>
#include <string.h>

#define METHOD_BITS 8

/* What one method of a path leads to. */
struct endpoint {
	const char *pattern; /* names the captures */
	size_t index;
};

/* A place in the tree: what may follow, and what ends here. */
struct node {
	const char *segment; /* of a literal; sorted among its siblings once built */
	size_t length;
	struct node **literals;
	size_t literal_count;
	struct node *capture; /* any one segment that is not empty */
	unsigned methods;     /* that end here */
	struct endpoint endpoints[METHOD_BITS];
};

struct http_router {
	struct node root;
	struct arena *arena;
};

/* A segment of a path or a pattern: bytes that are not its own. */
struct segment {
	const char *text;
	size_t length;
};

static struct segment next_segment(const char **path)
{
	const char *text = *path + 1;
	struct segment segment = {text, strcspn(text, "/")};
	*path = text + segment.length;
	return segment;
}

static int compare_segments(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t shorter = a_length < b_length ? a_length : b_length;
	int order = memcmp(a, b, shorter);
	return order ? order : (a_length > b_length) - (a_length < b_length);
}

/* Where a literal is among its siblings, or would be inserted. */
static size_t literal_place(const struct node *node, struct segment segment, bool *found_r)
{
	size_t low = 0, high = node->literal_count;
	*found_r = false;
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct node *child = node->literals[middle];
		int order =
		    compare_segments(segment.text, segment.length, child->segment, child->length);
		if (order == 0) {
			*found_r = true;
			return middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

static bool is_capture(struct segment segment)
{
	return segment.length > 0 && segment.text[0] == '{';
}

static struct node *add_literal(struct arena *arena, struct node *node, struct segment segment)
{
	bool found;
	size_t place = literal_place(node, segment, &found);
	if (found)
		return node->literals[place];
	struct node **grown = arena_array(arena, node->literal_count + 1, sizeof(struct node *));
	if (place > 0)
		memcpy(grown, node->literals, place * sizeof(struct node *));
	if (place < node->literal_count)
		memcpy(grown + place + 1, node->literals + place,
		    (node->literal_count - place) * sizeof(struct node *));
	grown[place] = arena_alloc(arena, sizeof(struct node));
	grown[place]->segment = segment.text;
	grown[place]->length = segment.length;
	node->literals = grown;
	node->literal_count++;
	return grown[place];
}

static struct node *add_capture(struct arena *arena, struct node *node)
{
	if (!node->capture)
		node->capture = arena_alloc(arena, sizeof(struct node));
	return node->capture;
}

/* The number of a method's bit. */
static unsigned method_number(enum http_method method)
{
	return (unsigned)__builtin_ctz((unsigned)method);
}

/* True for a segment that a pattern may hold: without braces, or "{name}". */
static bool is_pattern_segment(struct segment segment)
{
	if (!is_capture(segment))
		return !memchr(segment.text, '{', segment.length) &&
		       !memchr(segment.text, '}', segment.length);
	return segment.length > 2 && segment.text[segment.length - 1] == '}' &&
	       memchr(segment.text, '}', segment.length) == segment.text + segment.length - 1 &&
	       !memchr(segment.text + 1, '{', segment.length - 1);
}

/* Make the nodes of a pattern; NULL if it is malformed. */
static struct node *add_pattern(struct arena *arena, struct node *node, const char *pattern)
{
	size_t captures = 0;
	if (pattern[0] != '/')
		return NULL;
	while (*pattern) {
		struct segment segment = next_segment(&pattern);
		if (!is_pattern_segment(segment))
			return NULL;
		if (is_capture(segment)) {
			if (++captures > HTTP_MAX_CAPTURES)
				return NULL;
			node = add_capture(arena, node);
		} else {
			node = add_literal(arena, node, segment);
		}
	}
	return node;
}

static bool is_one_method(enum http_method method)
{
	unsigned bits = (unsigned)method;
	return bits != 0 && (bits & (bits - 1)) == 0 && bits < 1u << METHOD_BITS;
}

static bool add_route(
    struct http_router *router, const struct http_route *route, struct error *error)
{
	struct node *node = add_pattern(router->arena, &router->root, route->pattern);
	if (!node || !is_one_method(route->method))
		return error_set(error, ERROR_INTERNAL, "bad_route",
		    "The route %.100s is malformed.", route->pattern);
	if (node->methods & (unsigned)route->method)
		return error_set(error, ERROR_INTERNAL, "bad_route",
		    "%s %.100s is declared twice (as %.100s).", http_method_name(route->method),
		    route->pattern, node->endpoints[method_number(route->method)].pattern);
	node->methods |= (unsigned)route->method;
	node->endpoints[method_number(route->method)] =
	    (struct endpoint){route->pattern, route->index};
	return true;
}

struct http_router *http_router_create(
    struct arena *arena, const struct http_route *routes, size_t count, struct error *error)
{
	struct http_router *router = arena_alloc(arena, sizeof(*router));
	router->arena = arena;
	for (size_t i = 0; i < count; i++)
		if (!add_route(router, &routes[i], error))
			return NULL;
	return router;
}

/* The node where a path ends, trying literals before captures. The recursion is no deeper than the
 * longest pattern. */
static const struct node *find_node(const struct node *node, const char *path)
{
	if (!*path)
		return node->methods ? node : NULL;
	struct segment segment = next_segment(&path);
	bool found;
	size_t place = literal_place(node, segment, &found);
	if (found) {
		const struct node *end = find_node(node->literals[place], path);
		if (end)
			return end;
	}
	return node->capture && segment.length > 0 ? find_node(node->capture, path) : NULL;
}

/* Take the captures: where the pattern has a name, the path has the value. */
static void read_captures(
    struct arena *arena, const char *pattern, const char *path, struct http_match *match)
{
	while (*pattern) {
		struct segment name = next_segment(&pattern);
		struct segment value = next_segment(&path);
		if (is_capture(name))
			match->captures[match->capture_count++] =
			    (struct http_pair){arena_copy(arena, name.text + 1, name.length - 2),
				arena_copy(arena, value.text, value.length)};
	}
}

void http_router_match(const struct http_router *router, struct arena *arena,
    enum http_method method, const char *path, struct http_match *match_r)
{
	*match_r = (struct http_match){.result = HTTP_NO_PATH};
	const struct node *node = *path == '/' ? find_node(&router->root, path) : NULL;
	if (!node)
		return;
	match_r->allowed = node->methods | (node->methods & HTTP_GET ? HTTP_HEAD : 0u);
	match_r->result = HTTP_NO_METHOD;
	if (method == HTTP_HEAD && !(node->methods & HTTP_HEAD))
		method = HTTP_GET;
	if (!(node->methods & (unsigned)method))
		return;
	const struct endpoint *endpoint = &node->endpoints[method_number(method)];
	match_r->result = HTTP_MATCHED;
	match_r->index = endpoint->index;
	read_captures(arena, endpoint->pattern, path, match_r);
}

const char *http_capture(const struct http_match *match, const char *name)
{
	for (size_t i = 0; i < match->capture_count; i++)
		if (strcmp(match->captures[i].name, name) == 0)
			return match->captures[i].value;
	return NULL;
}

const char *http_allow(struct arena *arena, unsigned allowed)
{
	const char *list = "";
	for (unsigned bit = HTTP_GET; bit < HTTP_OTHER; bit <<= 1)
		if (allowed & bit)
			list = arena_printf(arena, "%s%s%s", list, *list ? ", " : "",
			    http_method_name((enum http_method)bit));
	return list;
}
