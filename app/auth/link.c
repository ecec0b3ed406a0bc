/* link.c - tokens in the links of mails. */
#include "sealed.h"

#include <auth/link.h>
#include <store/tokens.h>
#include <string.h>

#define AUDIENCE    "link"
#define SUBJECT_MAX 254

/* Claims always have a subject: "=" and the link's, or "-" where it has none. */
#define NO_SUBJECT "-"

static const char *write_id(struct arena *arena, const struct id *id)
{
	char *text = NULL;

	if (!id_is_none(id)) {
		text = arena_alloc(arena, ID_TEXT_SIZE);
		id_format(id, text);
	}
	return text;
}

bool link_issue(struct auth *auth, struct arena *arena, const struct link *link,
    const char **token_r, struct error *error)
{
	int64_t now_us = clock_now_us(auth->clock);
	struct id id = id_generate(now_us);
	int64_t expires_us = link->expires_us ? link->expires_us : now_us + LINK_LIFE_US;

	if (link->subject && strlen(link->subject) > SUBJECT_MAX)
		return error_set(error, ERROR_INTERNAL, "link_too_long",
		    "What the link is about is too long for it.");
	if (expires_us <= now_us)
		return error_set(error, ERROR_GONE, "link_expired", "The link's time is over.");
	struct claims claims = {
	    .subject = link->subject ? arena_printf(arena, "=%s", link->subject) : NO_SUBJECT,
	    .token_id = write_id(arena, &id),
	    .issued_us = now_us,
	    .expires_us = expires_us,
	    .purpose = link->purpose,
	    .item = write_id(arena, &link->item),
	};
	*token_r = sealed_make(auth, arena, AUDIENCE, &claims);
	return true;
}

static bool read_link(const struct claims *claims, const char *purpose, struct link *link_r)
{
	*link_r = (struct link){
	    .purpose = purpose,
	    .subject = claims->subject[0] == '=' ? claims->subject + 1 : NULL,
	    .expires_us = claims->expires_us,
	};
	return claims->purpose && strcmp(claims->purpose, purpose) == 0 && claims->token_id &&
	       id_parse(claims->token_id, &link_r->id) &&
	       (!claims->item || id_parse(claims->item, &link_r->item));
}

bool link_used(struct error *error)
{
	return error_set(error, ERROR_GONE, "link_used", "This link has been used already.");
}

bool link_open(struct auth *auth, struct arena *arena, const char *token, const char *purpose,
    struct link *link_r, struct error *error)
{
	struct claims claims = {0};
	bool expired = false;
	bool spent = false;

	if (!sealed_open(auth, arena, AUDIENCE, token, &claims, &expired) ||
	    !read_link(&claims, purpose, link_r))
		return error_set(error, ERROR_NOT_FOUND, "not_found",
		    "There is no such link. Please check that it was copied whole.");
	if (expired)
		return error_set(error, ERROR_GONE, "link_expired",
		    "This link's time is over. Please ask for a new one.");
	enum db_result result = tokens_is_spent(auth->db, arena, &link_r->id, &spent);
	if (result != DB_OK)
		return db_fail(result, error);
	return !spent || link_used(error);
}
