/* csrf.c - forms before there is a session. */
#include <auth/csrf.h>
#include <auth/keys.h>
#include <auth/secret.h>

_Static_assert(KEYS_DIGEST_SIZE == SECRET_SIZE, "a field is a digest");

static void make_digest(const struct auth *auth, struct arena *arena, const char *cookie,
    const char *form, unsigned char digest_r[KEYS_DIGEST_SIZE])
{
	keys_digest(auth->keys, "csrfform", arena_printf(arena, "%s\n%s", cookie, form), digest_r);
}

/* Two in use at once would let the first page's form fail, so one that came and is good is kept. */
static bool is_good(const char *cookie)
{
	unsigned char bytes[SECRET_SIZE];

	return cookie && secret_parse(cookie, bytes);
}

struct csrf_form csrf_form_make(
    const struct auth *auth, struct arena *arena, const char *cookie, const char *form)
{
	unsigned char digest[KEYS_DIGEST_SIZE];
	char *field = arena_alloc(arena, SECRET_TEXT_SIZE);
	char *fresh = NULL;

	if (!is_good(cookie)) {
		fresh = arena_alloc(arena, SECRET_TEXT_SIZE);
		secret_generate(fresh);
	}
	make_digest(auth, arena, fresh ? fresh : cookie, form, digest);
	secret_format(digest, field);
	return (struct csrf_form){.cookie = fresh, .field = field};
}

bool csrf_form_check(const struct auth *auth, struct arena *arena, const char *cookie,
    const char *form, const char *field)
{
	unsigned char digest[KEYS_DIGEST_SIZE];
	unsigned char given[SECRET_SIZE];

	if (!is_good(cookie) || !field || !secret_parse(field, given))
		return false;
	make_digest(auth, arena, cookie, form, digest);
	return secret_equal(digest, given);
}
