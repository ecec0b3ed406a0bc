/* requests_link.c - the first step of people without an account: an address, to which a mail with a
 * link goes. Nothing is looked up that belongs to it, so that neither the answer nor its time tells
 * whether anything was submitted under it. */
#include "requests.h"

#include <auth/rate.h>
#include <auth/secret.h>
#include <base/text.h>
#include <store/mail.h>
#include <store/shares.h>
#include <string.h>

struct removal_mail {
	const struct domain *domain;
	const char *email;
	struct doc *values;
	int64_t now_us;
};

static bool queue_link(struct db_tx *tx, void *context, struct error *error)
{
	const struct removal_mail *m = context;
	struct mail mail = {
	    .id = id_generate(m->now_us),
	    .recipient = m->email,
	    .template = "removal_link",
	    .values = m->values,
	    .at_us = m->now_us,
	};
	enum db_result result = mails_add(tx, &mail);

	return result == DB_OK || db_fail(result, error);
}

/* The path of an address, whole or without host: from its first single slash on. */
static const char *path_of(const char *address)
{
	const char *host = strstr(address, "://");

	return host ? strchr(host + 3, '/') : address;
}

/* The segment after a prefix, up to whatever ends it; NULL where there is none. */
static const char *segment(struct arena *arena, const char *path, const char *prefix)
{
	size_t length = strlen(prefix);

	if (!path || strncmp(path, prefix, length) != 0)
		return NULL;
	path += length;
	return arena_copy(arena, path, strcspn(path, "/?#"));
}

/* The item that the link is bound to, and its purpose. An unknown share becomes an id that nothing
 * has: what is found is said behind the link. */
static bool read_address(const struct domain *domain, struct arena *arena, const char *address,
    struct link *link, struct error *error)
{
	const char *path = path_of(text_trim(arena, address));
	const char *photo = segment(arena, path, "/photos/");
	const char *token = segment(arena, path, "/s/");
	struct secret_hash hash;
	struct share share;
	enum db_result result;

	link->purpose = LINK_PHOTO;
	if (photo && id_parse(photo, &link->item))
		return true;
	if (!token || !secret_hash(token, &hash))
		return error_set_field(error, "photo", "invalid_address",
		    "Give the address of a photo's page, or of a shared photo, as your browser "
		    "shows it.");
	link->purpose = LINK_SHARE;
	result = store_share_find(domain->db, arena, hash.bytes, &share);
	link->item = result == DB_OK ? share.id : id_generate(clock_now_us(domain->clock));
	return result <= DB_NONE || db_fail(result, error);
}

/* The IP address first, so that one that asks too often uses up nothing of anybody's address. */
static bool count_asking(const struct domain *domain, struct arena *arena, const char *email,
    const char *ip, struct error *error)
{
	static const struct rate_limit limit = {"removal", REQUESTS_PER_HOUR, REQUESTS_HOUR_US};

	ip = rate_network(arena, ip);
	return (!ip || rate_check_and_hit(
			   domain->auth, &limit, arena_printf(arena, "ip %s", ip), NULL, error)) &&
	       rate_check_and_hit(
		   domain->auth, &limit, arena_printf(arena, "email %s", email), NULL, error);
}

bool removal_ask(const struct domain *domain, struct arena *arena, const char *email,
    const char *photo, const char *ip, struct error *error)
{
	struct removal_mail mail = {
	    .domain = domain, .now_us = clock_now_us(domain->clock), .values = doc_object(arena)};
	struct link link = {.purpose = LINK_SUBMITTED, .item = id_none};
	const bool one = photo && !text_is_blank(photo);
	const char *token;

	if (!email || text_is_blank(email))
		return error_set_field(
		    error, "email", "missing", "Please give your e-mail address.");
	mail.email = text_normalize_email(arena, email);
	if (!mail.email)
		return error_set_field(error, "email", "invalid_email",
		    "This is not an e-mail address. Please check it.");
	if ((one && !read_address(domain, arena, photo, &link, error)) ||
	    !count_asking(domain, arena, mail.email, ip, error))
		return false;
	link.subject = mail.email;
	link.expires_us = mail.now_us + LINK_LIFE_US;
	if (!link_issue(domain->auth, arena, &link, &token, error))
		return false;
	doc_set_text(mail.values, "path", arena_join(arena, "/removal/", token, NULL));
	doc_set_time(mail.values, "expires_at", link.expires_us);
	doc_set_bool(mail.values, "one_photo", one);
	return db_transaction(domain->db, queue_link, &mail, error);
}
