/* rate.c - how often something may be done. */
#include <arpa/inet.h>
#include <auth/keys.h>
#include <auth/rate.h>
#include <store/rates.h>
#include <string.h>

_Static_assert(KEYS_DIGEST_SIZE == RATES_BUCKET_BYTES, "a bucket is a digest");

static void name_bucket(struct auth *auth, struct arena *arena, const struct rate_limit *limit,
    const char *subject, unsigned char bucket_r[KEYS_DIGEST_SIZE])
{
	keys_digest(auth->keys, "rate-hit",
	    arena_printf(arena, "%s\n%s", limit->purpose, subject ? subject : ""), bucket_r);
}

static bool refuse(
    const struct rate_limit *limit, int64_t at_us, int64_t now_us, struct error *error)
{
	int64_t wait_us = at_us + limit->window_us - now_us;

	error_set(error, ERROR_RATE_LIMITED, "rate_limited",
	    "That was tried too often. Please wait a while and try again.");
	if (error)
		error->retry_after_s = (int)((wait_us + CLOCK_SECOND_US - 1) / CLOCK_SECOND_US);
	return false;
}

static bool hit(struct auth *auth, struct arena *arena, const struct rate_limit *limit,
    const char *subject, struct id *hit_r, struct error *error)
{
	int64_t now_us = clock_now_us(auth->clock);
	struct id id = id_generate(now_us);
	unsigned char bucket[KEYS_DIGEST_SIZE];
	int64_t at_us = 0;

	name_bucket(auth, arena, limit, subject, bucket);
	enum db_result result = rates_add(auth->db, &id, bucket, now_us);
	if (result != DB_OK)
		return db_fail(result, error);
	/* With that many others inside the window, the oldest of them must leave it first. */
	result = rates_nth(
	    auth->db, arena, bucket, now_us - limit->window_us, &id, limit->limit, &at_us);
	if (result == DB_NONE) {
		*hit_r = id;
		return true;
	}
	if (!rate_forgive(auth, &id, error))
		return false;
	return result == DB_OK ? refuse(limit, at_us, now_us, error) : db_fail(result, error);
}

bool rate_check_and_hit(struct auth *auth, const struct rate_limit *limit, const char *subject,
    struct id *hit_r, struct error *error)
{
	struct arena *arena = arena_create();
	struct id id = id_none;
	bool allowed = hit(auth, arena, limit, subject, &id, error);

	if (hit_r)
		*hit_r = id;
	arena_destroy(&arena);
	return allowed;
}

const char *rate_network(struct arena *arena, const char *ip)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct in6_addr address;
	char text[INET6_ADDRSTRLEN];

	if (!ip || inet_pton(AF_INET6, ip, &address) != 1)
		return ip;
	if (memcmp(address.s6_addr, mapped, sizeof(mapped)) == 0)
		return arena_dup(
		    arena, inet_ntop(AF_INET, &address.s6_addr[12], text, sizeof(text)));
	memset(&address.s6_addr[8], 0, 8);
	return arena_join(arena, inet_ntop(AF_INET6, &address, text, sizeof(text)), "/64", NULL);
}

bool rate_forgive(struct auth *auth, const struct id *hit, struct error *error)
{
	enum db_result result = rates_remove(auth->db, hit);

	return result <= DB_NONE || db_fail(result, error);
}
