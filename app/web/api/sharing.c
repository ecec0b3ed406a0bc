/* sharing.c - the API of share links and of generations. */
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"
#include "../upload.h"

#include <domain/generations.h>
#include <domain/shares.h>

bool api_share_create(struct web *web, struct error *error)
{
	struct doc *answer = doc_object(web->arena);
	struct share share;
	const char *token = NULL;

	if (!share_create(web->domain, &web->actor, web->arena, &web->subject_id,
		input_integer(web, "expires_at", 0), &share, &token, error))
		return false;
	doc_set_id(answer, "id", &share.id);
	doc_set_text(answer, "token", token);
	doc_set_text(answer, "url", present_share_url(web, token));
	return api_answer(web, answer);
}

bool api_share_revoke(struct web *web, struct error *error)
{
	struct id share;

	return web_path_id(web, "share_id", &share, error) &&
	       share_revoke(
		   web->domain, &web->actor, web->arena, &web->subject_id, &share, error) &&
	       answer_empty(web, 204);
}

bool api_generation_start(struct web *web, struct error *error)
{
	struct doc *answer = doc_object(web->arena);
	struct id generation;

	if (!generation_start(
		web->domain, &web->actor, web->arena, &web->subject_id, &generation, error))
		return false;
	doc_set_id(answer, "generation_id", &generation);
	return api_answer(web, answer);
}

bool api_generation_result(struct web *web, struct error *error)
{
	struct upload upload;
	struct photo photo;
	bool ok;

	if (!upload_read(web, false, &upload, error))
		return false;
	ok = generation_finish(
	    web->domain, &web->actor, web->arena, &web->subject_id, &upload.file, &photo, error);
	upload_discard(&upload);
	return ok && api_answer(web, present_photo(web, &photo));
}
