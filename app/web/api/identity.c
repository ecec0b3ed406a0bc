/* identity.c - the API's tokens. */
#include "../acts.h"
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"

#include <auth/access.h>
#include <auth/login.h>
#include <auth/reauth.h>

bool api_token_create(struct web *web, struct error *error)
{
	struct auth_caller caller = acts_caller(web);
	struct doc *answer = doc_object(web->arena);
	struct user user;
	const char *token = NULL;

	if (!login_check(web->auth, web->arena, input_get(web, "email")->text,
		input_get(web, "password")->text, "token", &caller, &user, error) ||
	    !access_grant(web->auth, web->arena, &user, &caller, &token, error))
		return false;
	doc_set_text(answer, "access_token", token);
	doc_set_text(answer, "token_type", "Bearer");
	doc_set_int(answer, "expires_in", ACCESS_LIFE_S);
	return api_answer(web, answer);
}

bool api_reauth_create(struct web *web, struct error *error)
{
	const struct web_value *item = input_get(web, "item");
	struct reauth_proof proof = {
	    .password = input_get(web, "password")->text,
	    .host = web->access,
	    .host_auth_us = web->session ? web->session->host_auth_us : 0,
	};
	struct doc *answer = doc_object(web->arena);
	enum reauth_purpose purpose = (enum reauth_purpose)(input_get(web, "purpose")->integer + 1);
	const char *token = NULL;

	if (proof.host && !proof.host->from_host)
		proof.host = NULL;
	if (!reauth_issue(web->auth, web->arena, &web->actor, &proof, purpose,
		item->present ? &item->id : &id_none, &token, error))
		return false;
	doc_set_text(answer, "reauth_token", token);
	doc_set_int(answer, "expires_in", REAUTH_LIFE_S);
	return api_answer(web, answer);
}
