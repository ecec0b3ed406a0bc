/* photos.c - the API of photos. */
#include "../acts.h"
#include "../acts_containers.h"
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <domain/archives.h>
#include <domain/deletions.h>
#include <domain/photos.h>
#include <http/url.h>

bool api_photo_add(struct web *web, struct error *error)
{
	struct photo photo = {0};

	if (!acts_add_photo(web, &photo, error))
		return false;
	http_response_header(web->response, "Location",
	    http_url_build(web->arena, "/api/photos/{id}",
		HTTP_PAIRS({"id", present_id(web, &photo.id)}), HTTP_NO_PAIRS));
	return api_answer(web, present_photo(web, &photo));
}

bool api_photo_list(struct web *web, struct error *error)
{
	struct photos_page page;

	return acts_list_photos(web, &page, error) && api_answer(web, present_photos(web, &page));
}

bool api_photo_get(struct web *web, struct error *error)
{
	(void)error;
	return api_answer(web, present_photo(web, web->subject));
}

/* Answer with the photo as it is now. */
static bool answer_present_photo(struct web *web, struct error *error)
{
	struct photo photo;

	return photos_find(web->domain, &web->actor, web->arena, &web->subject_id, &photo, error) &&
	       api_answer(web, present_photo(web, &photo));
}

static bool update_status(struct web *web, struct error *error)
{
	const struct web_value *status = input_get(web, "status");
	struct photo photo;

	if (!status->present)
		return error_set_field(error, "status", "missing", "status is missing.");
	return photos_review(web->domain, &web->actor, web->arena, &web->subject_id,
		   (enum photo_status)status->integer, input_text(web, "reason"), &photo, error) &&
	       api_answer(web, present_photo(web, &photo));
}

static bool recover(struct web *web, struct error *error)
{
	struct photo photo;

	return acts_restore_photo(web, &photo, error) && answer_present_photo(web, error);
}

/* In the order of the choices of `action`. */
static bool (*const patches[])(struct web *, struct error *) = {
    update_status, recover, api_request_make, api_request_review, api_request_cancel};

bool api_photo_patch(struct web *web, struct error *error)
{
	return patches[input_get(web, "action")->integer](web, error);
}

bool api_photo_delete(struct web *web, struct error *error)
{
	struct deletion deletion;

	return acts_delete_photo(web, &deletion, error) &&
	       api_answer(web, present_deleted(web, &deletion));
}

bool api_photo_archive(struct web *web, struct error *error)
{
	struct photo photo;

	return photos_archive(web->domain, &web->actor, web->arena, &web->subject_id,
		   input_text(web, "reason"), &photo, error) &&
	       api_answer(web, present_photo(web, &photo));
}

bool api_photo_restore(struct web *web, struct error *error)
{
	struct photo photo;

	return acts_restore_photo(web, &photo, error) &&
	       api_answer(web, present_photo(web, &photo));
}

bool api_photo_delete_forever(struct web *web, struct error *error)
{
	struct deletion deletion;

	return acts_delete_forever(web, ITEM_PHOTO, &deletion, error) &&
	       api_answer(web, present_deleted(web, &deletion));
}

/* No batch where nothing was archived. */
static bool answer_batch(struct web *web, const struct id *batch_id, int64_t photo_count)
{
	struct doc *answer = doc_object(web->arena);

	doc_set_id(answer, "batch_id", batch_id);
	doc_set_int(answer, "photo_count", photo_count);
	return api_answer(web, answer);
}

static bool archive_ids(struct web *web, struct error *error)
{
	const struct web_value *ids = input_get(web, "ids");
	struct bulk_result result;

	if (input_bool(web, "dry_run"))
		return error_set_field(error, "dry_run", "invalid_input",
		    "dry_run counts what criteria fit; ids are counted already.");
	return photos_bulk_archive(web->domain, &web->actor, web->arena, ids->ids, ids->count,
		   input_text(web, "reason"), &result, error) &&
	       answer_batch(web, &result.act_id, result.rows);
}

static bool archive_by_criteria(struct web *web, struct error *error)
{
	struct archive_criteria criteria;
	struct archives_result result;
	struct archive_fit fit;

	if (!acts_read_criteria(input_get(web, "criteria")->object, &criteria, error))
		return false;
	if (input_bool(web, "dry_run"))
		return archives_preview(web->domain, &web->actor, web->arena, &criteria, IMPACT_ALL,
			   &fit, error) &&
		       answer_batch(web, &id_none, fit.count);
	return archives_archive(web->domain, &web->actor, web->arena, &criteria,
		   input_text(web, "reason"), &result, error) &&
	       answer_batch(web, &result.batch_id, result.photo_count);
}

bool api_photo_bulk_archive(struct web *web, struct error *error)
{
	bool has_criteria = input_get(web, "criteria")->present;

	if (has_criteria == input_get(web, "ids")->present)
		return error_set_field(error, has_criteria ? "criteria" : "ids",
		    has_criteria ? "invalid_input" : "missing", "Give either ids or criteria.");
	return has_criteria ? archive_by_criteria(web, error) : archive_ids(web, error);
}

bool api_photo_bulk_delete(struct web *web, struct error *error)
{
	const struct web_value *ids = input_get(web, "ids");
	struct bulk_result result;

	return photos_bulk_delete(web->domain, &web->actor, web->arena, ids->ids, ids->count,
		   input_text(web, "reason"), &result, error) &&
	       api_answer(web, present_bulk(web, &result));
}

bool api_photo_bulk_restore(struct web *web, struct error *error)
{
	const struct web_value *ids = input_get(web, "ids");
	struct bulk_result result;

	return photos_bulk_restore(web->domain, &web->actor, web->arena, ids->ids, ids->count,
		   input_text(web, "reason"), &result, error) &&
	       api_answer(web, present_bulk(web, &result));
}
