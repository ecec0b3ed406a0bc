/* export.c - taking one's data along: asking for it, how far it is, fetching it. */
#include "export.h"

#include "../answer.h"
#include "../handlers.h"
#include "../present.h"
#include "proof.h"

bool export_set_section(struct web *web, struct doc *page, struct error *error)
{
	struct export_row row;
	bool found;

	if (!exports_latest(web->domain, &web->actor, web->arena, &row, &found, error))
		return false;
	doc_set_null(page, "export");
	if (found)
		doc_set(page, "export", present_export(web, &row));
	doc_set_bool(page, "can_export", !found || row.state != EXPORT_PENDING);
	return proof_set(web, page, NULL, error);
}

bool page_export(struct web *web, struct error *error)
{
	struct doc *page = page_begin(web, "Export of your data");

	doc_set_bool(page, "is_leaving", web->session->deletion_status == USER_DELETION_SCHEDULED);
	return export_set_section(web, page, error) &&
	       page_send(web, web_form_status(web), "export", page, error);
}

bool page_export_send(struct web *web, struct error *error)
{
	struct export_row row;

	return exports_request(web->domain, &web->actor, web->arena, &row, error) &&
	       redirect_to(web, "/account/export?done=export_started");
}
