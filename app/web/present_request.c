/* present_request.c - requests for deletion as the API shows them (pages: pages/request_view.c). */
#include "present.h"

struct doc *present_request(struct web *web, const struct request *request)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_id(doc, "id", &request->id);
	doc_set_id(doc, "photo_id", &request->photo_id);
	doc_set_id(doc, "requested_by", &request->requester_id);
	doc_set_text(doc, "requester_email", request->requester_email);
	doc_set_text(doc, "requester_role", request_role_name(request->role));
	doc_set_text(doc, "reason", request->reason);
	doc_set_time(doc, "requested_at", request->requested_at_us);
	doc_set_time(doc, "due_at", request->due_at_us);
	doc_set_text(doc, "status", request_status_name(request->status));
	doc_set_time(doc, "reviewed_at", request->reviewed_at_us);
	doc_set_id(doc, "reviewed_by", &request->reviewed_by);
	doc_set_text(doc, "rejection_reason", request->rejection_reason);
	return doc;
}
