/* exports.c - the API of exports of one's own data. */
#include "../answer.h"
#include "../handlers.h"
#include "../present.h"

bool api_me_export(struct web *web, struct error *error)
{
	struct export_row row;

	return exports_request(web->domain, &web->actor, web->arena, &row, error) &&
	       api_answer(web, present_export(web, &row));
}

bool api_me_export_get(struct web *web, struct error *error)
{
	struct export_row row;
	struct id id;

	return web_path_id(web, "id", &id, error) &&
	       exports_get(web->domain, &web->actor, web->arena, &id, &row, error) &&
	       api_answer(web, present_export(web, &row));
}
