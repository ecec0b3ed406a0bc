/* webhooks_url.c - addresses that events may be posted to. */
#include <base/address.h>
#include <curl/curl.h>
#include <domain/webhooks.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PORT_HTTP  80
#define PORT_HTTPS 443
#define PORT_FREE  1024 /* below are the services of systems */
#define PORT_MAX   65535

static bool refuse(struct error *error, const char *code, const char *message)
{
	return error_set_field(error, "url", code, "%s", message);
}

static bool is_plain(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++)
		if (*at <= ' ' || *at >= 0x7f)
			return false;
	return strlen(text) <= WEBHOOK_URL_MAX;
}

/* A part in the arena, or NULL where there is none. */
static const char *part_of(struct arena *arena, CURLU *url, CURLUPart part)
{
	char *text = NULL;
	const char *copy;

	if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
		return NULL;
	copy = arena_dup(arena, text);
	curl_free(text);
	return copy;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), wanted = strlen(end);

	return length >= wanted && strcasecmp(text + length - wanted, end) == 0;
}

/* Names that are of no use elsewhere: found out at once instead of at the first delivery. */
static bool is_local(const char *host)
{
	bool is_literal;

	if (!address_text_is_public(host, &is_literal) && is_literal)
		return true;
	return strcasecmp(host, "localhost") == 0 || ends_with(host, ".localhost") ||
	       ends_with(host, ".local") || ends_with(host, ".internal");
}

static bool check_port(const char *text, struct error *error)
{
	long port = text ? strtol(text, NULL, 10) : PORT_HTTPS;

	return port == PORT_HTTP || port == PORT_HTTPS || (port >= PORT_FREE && port <= PORT_MAX) ||
	       refuse(error, "url_port", "The port must be 80, 443 or from 1024 to 65535.");
}

static bool check_parts(
    struct arena *arena, CURLU *url, bool allow_private, const char **url_r, struct error *error)
{
	const char *scheme = part_of(arena, url, CURLUPART_SCHEME);
	const char *host = part_of(arena, url, CURLUPART_HOST);

	if (!scheme || (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0) || !host ||
	    !*host)
		return refuse(error, "invalid_url",
		    "The address must begin with https:// (or http://) and a host.");
	if (part_of(arena, url, CURLUPART_USER) || part_of(arena, url, CURLUPART_PASSWORD))
		return refuse(error, "url_credentials",
		    "The address must not hold an account or a password.");
	if (part_of(arena, url, CURLUPART_FRAGMENT))
		return refuse(error, "invalid_url", "The address must not have a part behind #.");
	if (!check_port(part_of(arena, url, CURLUPART_PORT), error))
		return false;
	if (!allow_private && is_local(host))
		return refuse(error, "private_address",
		    "This address is of a private network; it must be one that the whole internet "
		    "can reach.");
	*url_r = part_of(arena, url, CURLUPART_URL);
	return *url_r && strlen(*url_r) <= WEBHOOK_URL_MAX
		   ? true
		   : refuse(error, "invalid_url", "The address is too long.");
}

bool webhook_check_url(struct arena *arena, const char *text, bool allow_private,
    const char **url_r, struct error *error)
{
	CURLU *url;
	bool ok;

	if (!text || !is_plain(text))
		return refuse(error, "invalid_url",
		    "The address must be of plain ASCII characters without blanks, at most 2,000.");
	url = curl_url();
	ok = url && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK
		 ? check_parts(arena, url, allow_private, url_r, error)
		 : refuse(error, "invalid_url", "This is no address: https://host/path is one.");
	curl_url_cleanup(url);
	return ok;
}
