/* negotiate.c - what the client's headers ask of the answer: Accept and If-None-Match (RFC 9110).
 */
#include <http/request.h>
#include <string.h>
#include <strings.h>

/* Skip blanks (RFC 9110, 5.6.3). */
static const char *skip_blank(const char *text)
{
	return text + strspn(text, " \t");
}

/* The opaque part of the entity tag at `text`, weak or not, with its quotes; NULL if malformed. */
static const char *tag_opaque(const char *text, size_t *length_r)
{
	if (text[0] == 'W' && text[1] == '/')
		text += 2;
	const char *end = *text == '"' ? strchr(text + 1, '"') : NULL;
	if (!end)
		return NULL;
	*length_r = (size_t)(end - text) + 1;
	return text;
}

bool http_etag_matches(const char *if_none_match, const char *etag)
{
	size_t want_length, length;
	const char *want = etag ? tag_opaque(etag, &want_length) : NULL;
	if (!if_none_match || !want)
		return false;
	const char *at = skip_blank(if_none_match);
	if (*at == '*')
		return *skip_blank(at + 1) == '\0';
	while (*at) {
		const char *tag = tag_opaque(at, &length);
		if (!tag)
			return false;
		if (length == want_length && memcmp(tag, want, length) == 0)
			return true;
		at = skip_blank(tag + length);
		if (*at != ',' && *at != '\0')
			return false;
		at += strspn(at, ", \t");
	}
	return false;
}

/* A weight such as "0.5" in thousandths (RFC 9110, 12.4.2); 0 if it is malformed. */
static int parse_weight(const char *text)
{
	if (*text == '1')
		return 1000;
	if (text[0] != '0' || text[1] != '.')
		return 0;
	int weight = 0, unit = 100;
	for (text += 2; *text >= '0' && *text <= '9' && unit > 0; text++, unit /= 10)
		weight += (*text - '0') * unit;
	return weight;
}

/* The weight of one element of Accept, in thousandths: 1000 where it gives none. */
static int weight_of(const char *element)
{
	const char *end = element + strcspn(element, ",");
	const char *at = element + strcspn(element, ",;");
	while (at < end) {
		at = skip_blank(at + 1);
		if (strncasecmp(at, "q=", 2) == 0)
			return parse_weight(at + 2);
		at += strcspn(at, ",;");
	}
	return 1000;
}

/* How well a range ("text/html", "text/" + "*", "*" + "/" + "*") names a type: 0 not, 3 exactly. */
static int range_fit(const char *range, size_t length, const char *type)
{
	size_t family = (size_t)(strchr(type, '/') - type) + 1;
	if (length == strlen(type) && strncasecmp(range, type, length) == 0)
		return 3;
	if (length == family + 1 && range[family] == '*' && strncasecmp(range, type, family) == 0)
		return 2;
	return length == 3 && memcmp(range, "*/*", 3) == 0 ? 1 : 0;
}

/* The weight that an Accept header gives to a type, by its most specific range; 0 if none. */
static int accept_weight(const char *accept, const char *type)
{
	int best_fit = 0, weight = 0;
	for (const char *at = skip_blank(accept); *at;) {
		int fit = range_fit(at, strcspn(at, ",; \t"), type);
		if (fit > best_fit) {
			best_fit = fit;
			weight = weight_of(at);
		}
		at += strcspn(at, ",");
		at += strspn(at, ", \t");
	}
	return weight;
}

bool http_wants_json(const struct http_request *request)
{
	if (strncmp(request->path, "/api/", 5) == 0 || strcmp(request->path, "/api") == 0)
		return true;
	const char *accept = http_header(request, "Accept");
	if (!accept)
		return false;
	int json = accept_weight(accept, "application/json");
	int problem = accept_weight(accept, "application/problem+json");
	return (json > problem ? json : problem) > accept_weight(accept, "text/html");
}
