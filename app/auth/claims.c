/* claims.c - reading, writing and judging what a token says. */
#include <auth/claims.h>
#include <base/doc.h>
#include <jansson.h>
#include <string.h>

/* Each member by name, and where it is kept: a text, or a time. */
static const struct claim {
	const char *name;
	bool is_time;
	size_t offset;
} table[] = {
    {"iss", false, offsetof(struct claims, issuer)},
    {"aud", false, offsetof(struct claims, audience)},
    {"sub", false, offsetof(struct claims, subject)},
    {"jti", false, offsetof(struct claims, token_id)},
    {"iat", true, offsetof(struct claims, issued_us)},
    {"nbf", true, offsetof(struct claims, not_before_us)},
    {"exp", true, offsetof(struct claims, expires_us)},
    {"auth_time", true, offsetof(struct claims, authenticated_us)},
    {"purpose", false, offsetof(struct claims, purpose)},
    {"item", false, offsetof(struct claims, item)},
    {"session", false, offsetof(struct claims, session)},
};

#define CLAIM_COUNT (sizeof(table) / sizeof(table[0]))

static bool read_time(const char *text, int64_t *time_us_r)
{
	/* A plain date is no RFC 3339 time, and 1970 would read as absent. */
	return strlen(text) > strlen("2026-02-03") && clock_parse(text, time_us_r) &&
	       *time_us_r > 0;
}

static bool read_claim(
    struct arena *arena, const struct claim *claim, const json_t *object, struct claims *claims)
{
	const json_t *value = json_object_get(object, claim->name);
	if (!value)
		return true;
	const char *text = json_string_value(value);
	if (!text || !*text)
		return false;
	void *slot = (char *)claims + claim->offset;
	if (claim->is_time)
		return read_time(text, slot);
	*(const char **)slot = arena_dup(arena, text);
	return true;
}

bool claims_parse(struct arena *arena, const char *bytes, size_t length, struct claims *claims_r)
{
	if (length > CLAIMS_MAX)
		return false;
	json_t *object = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	struct claims claims = {0};
	bool ok = json_is_object(object);
	for (size_t i = 0; ok && i < CLAIM_COUNT; i++)
		ok = read_claim(arena, &table[i], object, &claims);
	json_decref(object);
	if (ok)
		*claims_r = claims;
	return ok;
}

char *claims_write(struct arena *arena, const struct claims *claims)
{
	struct doc *object = doc_object(arena);
	for (size_t i = 0; i < CLAIM_COUNT; i++) {
		const void *slot = (const char *)claims + table[i].offset;
		if (table[i].is_time && *(const int64_t *)slot)
			doc_set_time(object, table[i].name, *(const int64_t *)slot);
		else if (!table[i].is_time && *(const char *const *)slot)
			doc_set_text(object, table[i].name, *(const char *const *)slot);
	}
	struct buf json = {0};
	doc_write_json(object, &json);
	char *text = arena_copy(arena, json.data, json.length);
	buf_free(&json);
	return text;
}

enum claims_verdict claims_check(
    const struct claims *claims, const struct claims_rules *rules, int64_t now_us)
{
	int64_t leeway_us =
	    rules->leeway_us < CLAIMS_LEEWAY_MAX_US ? rules->leeway_us : CLAIMS_LEEWAY_MAX_US;
	if (!claims->issuer || !claims->audience || !claims->subject || !claims->issued_us ||
	    !claims->expires_us || claims->expires_us <= claims->issued_us)
		return CLAIMS_INCOMPLETE;
	if (strcmp(claims->issuer, rules->issuer) != 0 ||
	    strcmp(claims->audience, rules->audience) != 0)
		return CLAIMS_FOREIGN;
	int64_t latest_us = now_us + leeway_us;
	if (claims->issued_us > latest_us || claims->not_before_us > latest_us ||
	    claims->authenticated_us > latest_us)
		return CLAIMS_EARLY;
	if (now_us - leeway_us >= claims->expires_us)
		return CLAIMS_EXPIRED;
	if (rules->lifetime_us > 0 && claims->expires_us - claims->issued_us > rules->lifetime_us)
		return CLAIMS_TOO_LONG;
	return CLAIMS_HOLD;
}
