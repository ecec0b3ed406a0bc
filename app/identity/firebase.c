/* firebase.c - Firebase Authentication: its users are removed by the Identity Toolkit. */
#include "attempt.h"
#include "service_account.h"

#include <base/buf.h>
#include <base/doc.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>

#define SCOPE       "https://www.googleapis.com/auth/identitytoolkit"
#define GRANT       "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
#define ASSERTION_S 3600 /* the longest that Google takes */
#define TOKEN_MOST  4096
#define ABSENT      "USER_NOT_FOUND"

struct firebase {
	struct service_account account;
	const char *delete_url;
	char token[TOKEN_MOST + 1]; /* "" where there is none */
	int64_t token_from_us, token_until_us;
};

static void *open_firebase(const struct config *config, struct arena *arena, struct error *error)
{
	struct firebase *firebase = arena_alloc(arena, sizeof(*firebase));
	size_t length = strlen(config->firebase_url);

	if (!service_account_read(&firebase->account, arena, config->firebase_account,
		config->firebase_token_url, error))
		return NULL;
	while (length > 0 && config->firebase_url[length - 1] == '/')
		length--;
	firebase->delete_url = arena_printf(arena, "%.*s/v1/projects/%s/accounts:delete",
	    (int)length, config->firebase_url, firebase->account.project_id);
	return firebase;
}

static const char *write_json(struct arena *arena, const struct doc *doc)
{
	struct buf json = {0};
	const char *text;

	doc_write_json(doc, &json);
	text = arena_copy(arena, json.data, json.length);
	buf_free(&json);
	return text;
}

/* --- the token ----------------------------------------------------------------------------- */

static const char *make_assertion(const struct firebase *firebase, const struct attempt *attempt)
{
	const struct service_account *account = &firebase->account;
	struct doc *header = doc_object(attempt->arena), *claims = doc_object(attempt->arena);
	int64_t now_s = attempt->now_us / CLOCK_SECOND_US;

	doc_set_text(header, "alg", "RS256");
	doc_set_text(header, "typ", "JWT");
	if (account->key_id)
		doc_set_text(header, "kid", account->key_id);
	doc_set_text(claims, "iss", account->client_email);
	doc_set_text(claims, "scope", SCOPE);
	doc_set_text(claims, "aud", account->token_uri);
	doc_set_int(claims, "iat", now_s);
	doc_set_int(claims, "exp", now_s + ASSERTION_S);
	return signer_token(account->signer, attempt->arena, write_json(attempt->arena, header),
	    write_json(attempt->arena, claims));
}

/* One that can stand in a header. */
static bool is_token(const char *text)
{
	size_t length = text ? strlen(text) : 0;

	for (size_t i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return length > 0 && length <= TOKEN_MOST;
}

static bool take_token(
    struct firebase *firebase, const struct attempt *attempt, const json_t *answer)
{
	const char *token = json_string_value(json_object_get(answer, "access_token"));
	json_int_t seconds = json_integer_value(json_object_get(answer, "expires_in"));

	if (!is_token(token))
		return false;
	if (seconds < 0 || seconds > ASSERTION_S)
		seconds = seconds < 0 ? 0 : ASSERTION_S;
	memcpy(firebase->token, token, strlen(token) + 1);
	firebase->token_from_us = attempt->now_us;
	firebase->token_until_us =
	    attempt->now_us + (seconds - IDENTITY_TOKEN_EARLY_S) * CLOCK_SECOND_US;
	return true;
}

static bool fetch_token(struct firebase *firebase, struct attempt *attempt)
{
	static const char *const headers[] = {
	    "Content-Type: application/x-www-form-urlencoded", NULL};
	const char *assertion = make_assertion(firebase, attempt);
	struct call call = {.url = firebase->account.token_uri, .headers = headers};
	struct call_answer answer;
	json_t *object;

	firebase->token[0] = '\0';
	if (!assertion) {
		attempt_failed(attempt, "token_unsigned", true);
		return false;
	}
	/* base64url and dots need no escaping. */
	call.body = arena_join(attempt->arena, "grant_type=" GRANT "&assertion=", assertion, NULL);
	call.length = strlen(call.body);
	if (!attempt_post(attempt, &call, "token_", &answer))
		return false;
	object = json_loadb(answer.body, answer.length, 0, NULL);
	if (answer.status != 200)
		attempt_refused(attempt, "token_", answer.status,
		    json_string_value(json_object_get(object, "error")));
	else if (!take_token(firebase, attempt, object))
		attempt_failed(attempt, "token_unreadable", true);
	json_decref(object);
	return firebase->token[0];
}

static bool has_token(const struct firebase *firebase, int64_t now_us)
{
	return firebase->token[0] && now_us >= firebase->token_from_us &&
	       now_us < firebase->token_until_us;
}

/* --- the user ------------------------------------------------------------------------------ */

/* False: there was no answer, which the attempt says. */
static bool post_delete(
    const struct firebase *firebase, struct attempt *attempt, struct call_answer *answer_r)
{
	struct doc *body = doc_object(attempt->arena);
	const char *headers[] = {"Content-Type: application/json",
	    arena_join(attempt->arena, "Authorization: Bearer ", firebase->token, NULL), NULL};
	struct call call = {.url = firebase->delete_url, .headers = headers};

	doc_set_text(body, "localId", attempt->subject->uid);
	call.body = write_json(attempt->arena, body);
	call.length = strlen(call.body);
	return attempt_post(attempt, &call, "", answer_r);
}

static bool is_absent(const char *message)
{
	size_t length = strlen(ABSENT);

	return attempt_is_code(message) && strncmp(message, ABSENT, length) == 0 &&
	       (message[length] == '\0' || message[length] == ' ');
}

static void judge(struct attempt *attempt, const struct call_answer *answer)
{
	json_t *object = json_loadb(answer->body, answer->length, 0, NULL);
	const json_t *error = json_object_get(object, "error");
	const char *message = json_string_value(json_object_get(error, "message"));
	const char *status = json_string_value(json_object_get(error, "status"));

	/* Whatever else answers 200 is not Firebase. */
	if (answer->status == 200 && !json_is_object(object))
		attempt_failed(attempt, "unreadable", true);
	else if (answer->status == 200)
		attempt->outcome = IDENTITY_DONE;
	else if (answer->status >= 400 && answer->status < 500 && is_absent(message))
		attempt->outcome = IDENTITY_ABSENT;
	else
		attempt_refused(
		    attempt, "", answer->status, attempt_is_code(message) ? message : status);
	json_decref(object);
}

static void remove_user(void *self, struct attempt *attempt)
{
	struct firebase *firebase = self;
	struct call_answer answer;
	bool is_kept = has_token(firebase, attempt->now_us);

	if ((!is_kept && !fetch_token(firebase, attempt)) ||
	    !post_delete(firebase, attempt, &answer))
		return;
	/* It may have been revoked. */
	if (answer.status == 401 &&
	    (!fetch_token(firebase, attempt) || !post_delete(firebase, attempt, &answer)))
		return;
	judge(attempt, &answer);
}

static void close_firebase(void *self)
{
	struct firebase *firebase = self;

	signer_close(&firebase->account.signer);
	sodium_memzero(firebase->token, sizeof(firebase->token));
}

const struct provider provider_firebase = {"firebase", open_firebase, remove_user, close_firebase};
