/* subjects_requests.c - requests, and the photos that somebody asks to be deleted. */
#include "handlers.h"

#include <auth/policy.h>
#include <domain/requests.h>

bool find_request(struct web *web, struct error *error)
{
	struct request *request = arena_alloc(web->arena, sizeof(*request));

	web->subject = request;
	return web_path_id(web, "id", &web->subject_id, error) &&
	       requests_find(
		   web->domain, &web->actor, web->arena, &web->subject_id, request, error);
}

/* Where no photo is named, or none that could be, the inputs say so. */
bool find_photo_to_ask(struct web *web, struct error *error)
{
	const char *text =
	    web->form ? http_pairs_get(web->form, "photo") : http_query(web->request, "photo");
	struct photo *photo = arena_alloc(web->arena, sizeof(*photo));
	struct policy_subject subject;

	if (!text || !id_parse(text, &web->subject_id))
		return true;
	web->subject = photo;
	if (!photos_find(web->domain, &web->actor, web->arena, &web->subject_id, photo, error))
		return false;
	subject = photos_policy_subject(photo);
	if (policy_check(&web->actor, POLICY_REQUEST, &subject, error))
		return true;
	return error->kind == ERROR_FORBIDDEN && policy_allows(&web->actor, POLICY_DELETE, &subject)
		   ? error_set(error, ERROR_FORBIDDEN, "delete_instead",
			 "This photo is in your own library: delete it there, nobody need be "
			 "asked.")
		   : false;
}
