/* requests_visitor.c - people without an account, behind the link that confirmed their address:
 * what they see, ask for and take back.
 *
 * What the visitor may reach is decided when the link is opened: what was submitted under the
 * address that the link confirms; or one published photo whose address they know, of which they see
 * the picture only where the address was that of a live share. */
#include "requests.h"

#include <base/text.h>
#include <domain/shares.h>
#include <store/shares.h>
#include <string.h>

#define SUBMITTED_MOST 200

/* A status link lasts as long as what it is for, and the request's row decides that: it can be
 * taken back while it is pending, overdue or not, and is shown until its record goes. */
#define STATUS_LIFE_US (3650 * CLOCK_DAY_US)

/* --- behind the link --- */

static const char *const purposes[] = {LINK_SUBMITTED, LINK_PHOTO, LINK_SHARE, LINK_STATUS};

static bool open_link(const struct domain *domain, struct arena *arena, const char *token,
    struct link *link_r, struct error *error)
{
	struct error why = {0};

	for (size_t i = 0; i < sizeof(purposes) / sizeof(*purposes); i++) {
		error_clear(&why);
		if (link_open(domain->auth, arena, token, purposes[i], link_r, &why)) {
			link_r->purpose = purposes[i];
			return true;
		}
		if (why.kind != ERROR_NOT_FOUND)
			break;
	}
	if (error)
		*error = why;
	return false;
}

static bool has_purpose(const struct link *link, const char *purpose)
{
	return strcmp(link->purpose, purpose) == 0;
}

static bool is_submitter(const struct link *link, const struct photo *photo)
{
	return photo->submitter_email && link->subject &&
	       strcmp(photo->submitter_email, link->subject) == 0;
}

/* The share whose address the visitor gave still shows the photo. */
static bool is_shared(const struct domain *domain, const struct link *link,
    const struct share *share, const struct photo *photo)
{
	return has_purpose(link, LINK_SHARE) && id_equal(&share->photo_id, &photo->id) &&
	       share_is_live(share, clock_now_us(domain->clock)) && photo->archived_at_us == 0 &&
	       photos_policy_subject(photo).published;
}

/* What the visitor may do with a photo, deleted ones aside: nothing, ask, ask and see it. */
enum reach { REACH_NOTHING, REACH_ASK, REACH_SEE };

static enum reach reach_of(const struct domain *domain, const struct link *link,
    const struct share *share, const struct photo *photo)
{
	if (is_submitter(link, photo) || is_shared(domain, link, share, photo))
		return REACH_SEE;
	return !has_purpose(link, LINK_SUBMITTED) && photos_policy_subject(photo).published &&
		       photo->archived_at_us == 0
		   ? REACH_ASK
		   : REACH_NOTHING;
}

/* Whether the visitor may learn that the photo is deleted: it is theirs, or it was there when they
 * got the link. To others it is as unknown as one that never was. */
static bool may_know_deleted(const struct link *link, const struct photo *photo)
{
	return is_submitter(link, photo) || photo->deleted_at_us >= id_time_us(&link->id);
}

/* The photo that a link names, directly or by a share; DB_NONE where there is none. */
static enum db_result find_named(const struct domain *domain, struct arena *arena,
    const struct link *link, struct share *share_r, struct photo *photo_r)
{
	struct id photo_id = link->item;
	struct id organization_id = id_none;
	enum db_result result = DB_OK;

	if (has_purpose(link, LINK_SHARE)) {
		result = store_share_by_id(domain->db, arena, &link->item, share_r);
		photo_id = share_r->photo_id;
	}
	if (result == DB_OK)
		result = store_photo_organization(domain->db, arena, &photo_id, &organization_id);
	if (result == DB_OK)
		result = store_photo_find(
		    domain->db, arena, &organization_id, &photo_id, &id_none, photo_r);
	return result;
}

/* The photos of a link that are there and in reach. */
static bool find_photos(const struct domain *domain, struct arena *arena, const struct link *link,
    struct share *share_r, struct photo_rows *rows_r, struct error *error)
{
	enum db_result result;

	*rows_r = (struct photo_rows){0};
	if (has_purpose(link, LINK_SUBMITTED)) {
		result = store_photos_submitted(
		    domain->db, arena, link->subject, SUBMITTED_MOST + 1, rows_r);
		return result == DB_OK || db_fail(result, error);
	}
	rows_r->items = arena_alloc(arena, sizeof(*rows_r->items));
	result = find_named(domain, arena, link, share_r, rows_r->items);
	rows_r->count = result == DB_OK && rows_r->items->deleted_at_us == 0 &&
			reach_of(domain, link, share_r, rows_r->items) != REACH_NOTHING;
	return result <= DB_NONE || db_fail(result, error);
}

static bool describe_photo(const struct domain *domain, struct arena *arena,
    const struct link *link, const struct share *share, const struct photo *photo,
    struct removal_photo *shown_r, struct error *error)
{
	const bool seen = reach_of(domain, link, share, photo) == REACH_SEE;
	const struct request_person person = {id_none, link->subject};
	struct request own;
	enum db_result result = store_request_read_own(
	    domain->db, arena, &photo->organization_id, &photo->id, &person, &own);

	if (result > DB_NONE)
		return db_fail(result, error);
	*shown_r = (struct removal_photo){.id = photo->id, .picture_shown = seen};
	if (seen) {
		shown_r->title = photo->title;
		shown_r->site_name = photo->site_name;
		shown_r->created_at_us = photo->created_at_us;
	}
	if (result == DB_OK)
		shown_r->request_id = own.id;
	return true;
}

/* The request of a status link. Its organisation stands in the token beside the address. */
static bool open_status(const struct domain *domain, struct arena *arena, const struct link *link,
    struct request *request_r, struct error *error)
{
	enum db_result result = store_request_of_visitor(domain->db, arena, &link->item, request_r);

	if (result == DB_NONE)
		return error_set(error, ERROR_GONE, "request_gone",
		    "This request was settled long ago, and its record is gone.");
	if (result != DB_OK)
		return db_fail(result, error);
	if (!request_r->requester_email || !link->subject ||
	    strcmp(request_r->requester_email, link->subject) != 0)
		return error_set(error, ERROR_GONE, "request_gone",
		    "This request is no longer kept under your address.");
	return true;
}

/* Of a request on what the visitor never saw they learn nothing more. */
static bool hide_unseen(const struct domain *domain, struct arena *arena, const struct link *link,
    struct request *request, struct error *error)
{
	struct photo photo;
	enum db_result result = store_photo_find(
	    domain->db, arena, &request->organization_id, &request->photo_id, &id_none, &photo);

	if (result != DB_OK || !is_submitter(link, &photo)) {
		request->photo_title = NULL;
		request->site_name = NULL;
	}
	request->reviewer_name = NULL;
	return result <= DB_NONE || db_fail(result, error);
}

bool removal_open(const struct domain *domain, struct arena *arena, const char *token,
    struct removal *removal_r, struct error *error)
{
	struct share share = {.photo_id = id_none};
	struct photo_rows rows;
	struct link link;

	if (!open_link(domain, arena, token, &link, error))
		return false;
	*removal_r = (struct removal){.email = link.subject,
	    .expires_at_us = link.expires_us,
	    .kind = has_purpose(&link, LINK_STATUS)      ? REMOVAL_STATUS
		    : has_purpose(&link, LINK_SUBMITTED) ? REMOVAL_SUBMITTED
							 : REMOVAL_PHOTO};
	if (removal_r->kind == REMOVAL_STATUS)
		return open_status(domain, arena, &link, &removal_r->request, error) &&
		       hide_unseen(domain, arena, &link, &removal_r->request, error);
	if (!find_photos(domain, arena, &link, &share, &rows, error))
		return false;
	removal_r->more = rows.count > SUBMITTED_MOST;
	removal_r->count = removal_r->more ? SUBMITTED_MOST : rows.count;
	removal_r->photos = arena_array(arena, removal_r->count + 1, sizeof(*removal_r->photos));
	for (size_t i = 0; i < removal_r->count; i++)
		if (!describe_photo(
			domain, arena, &link, &share, &rows.items[i], &removal_r->photos[i], error))
			return false;
	return true;
}

/* One photo of a link by its id, whether or not the list was long enough to show it. */
static bool find_one(const struct domain *domain, struct arena *arena, const struct link *link,
    const struct id *photo_id, struct share *share_r, struct photo *photo_r, bool *found_r,
    struct error *error)
{
	struct link one = *link;
	enum db_result result;

	if (has_purpose(link, LINK_SUBMITTED))
		one = (struct link){.purpose = LINK_PHOTO, .item = *photo_id};
	result = find_named(domain, arena, &one, share_r, photo_r);
	*found_r = result == DB_OK && id_equal(&photo_r->id, photo_id) &&
		   reach_of(domain, link, share_r, photo_r) != REACH_NOTHING &&
		   (photo_r->deleted_at_us == 0 || may_know_deleted(link, photo_r));
	return result <= DB_NONE || db_fail(result, error);
}

bool removal_file(const struct domain *domain, struct arena *arena, const char *token,
    const struct id *photo_id, enum file_part part, struct file *file_r, struct error *error)
{
	struct share share = {.photo_id = id_none};
	struct photo photo;
	struct link link;
	bool found;

	if (!open_link(domain, arena, token, &link, error))
		return false;
	if (has_purpose(&link, LINK_STATUS))
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such photo.");
	if (!find_one(domain, arena, &link, photo_id, &share, &photo, &found, error))
		return false;
	if (!found || photo.deleted_at_us != 0 ||
	    reach_of(domain, &link, &share, &photo) != REACH_SEE)
		return error_set(error, ERROR_NOT_FOUND, "not_found", "There is no such photo.");
	return photos_file_of(domain, arena, &photo, part, file_r, error);
}

/* --- sending and taking back --- */

/* Asked again under the photo's lock. What a deletion took is told without naming it. A share gives
 * no more than to see the photo. */
static bool check_visitor(
    const struct asking *asking, const struct photo *photo, struct error *error)
{
	static const struct share none = {0};

	if (photo->deleted_at_us != 0)
		return error_set(error, ERROR_CONFLICT, "already_deleted",
		    "This photo has been deleted already: nobody sees it any more.");
	return reach_of(asking->domain, asking->link, &none, photo) != REACH_NOTHING ||
	       error_set_field(error, "photo", "not_yours", "This link is not for that photo.");
}

static struct actor visitor_in(const struct id *organization_id, const char *request_id)
{
	return (struct actor){
	    .role = ROLE_VISITOR,
	    .organization_id = *organization_id,
	    .uid = "visitor",
	    .request_id = request_id,
	};
}

static bool choose_photo(const struct domain *domain, struct arena *arena, const struct link *link,
    const char *text, struct photo *photo_r, struct error *error)
{
	struct share share = {.photo_id = id_none};
	struct id photo_id;
	bool found = false;

	if (!text || text_is_blank(text))
		return error_set_field(error, "photo", "missing", "Please choose a photo.");
	if (id_parse(text, &photo_id) &&
	    !find_one(domain, arena, link, &photo_id, &share, photo_r, &found, error))
		return false;
	return found ||
	       error_set_field(error, "photo", "not_yours", "This link is not for that photo.");
}

static bool issue_status(const struct domain *domain, struct arena *arena,
    const struct request *request, const char **token_r, struct error *error)
{
	struct link link = {
	    .purpose = LINK_STATUS,
	    .item = request->id,
	    .subject = request->requester_email,
	    .expires_us = request->requested_at_us + STATUS_LIFE_US,
	};

	return link_issue(domain->auth, arena, &link, token_r, error);
}

bool removal_send(const struct domain *domain, struct arena *arena, const char *token,
    const char *photo, const char *reason, const char *ip, const char *request_id,
    struct request *request_r, const char **status_token_r, struct error *error)
{
	const int64_t now_us = clock_now_us(domain->clock);
	struct photo found;
	struct actor actor;
	struct link link;
	struct asking asking = {.domain = domain,
	    .actor = &actor,
	    .link = &link,
	    .check = check_visitor,
	    .request = {.id = id_generate(now_us),
		.role = REQUESTER_VISITOR,
		.requested_at_us = now_us,
		.due_at_us = now_us + REQUESTS_DUE_US}};

	if (!open_link(domain, arena, token, &link, error))
		return false;
	if (has_purpose(&link, LINK_STATUS))
		return error_set(error, ERROR_NOT_FOUND, "not_found",
		    "This link shows a request that has been made already.");
	if (!choose_photo(domain, arena, &link, photo, &found, error) ||
	    !request_reason(arena, reason, REQUESTS_REASON_MIN, &asking.request.reason, error))
		return false;
	asking.request.organization_id = found.organization_id;
	asking.request.photo_id = found.id;
	asking.request.requester_email = link.subject;
	actor = visitor_in(&found.organization_id, request_id);
	if (!issue_status(domain, arena, &asking.request, status_token_r, error))
		return false;
	asking.path = arena_join(arena, "/removal/", *status_token_r, NULL);
	if (!request_ask(&asking, ip, error))
		return false;
	*request_r = asking.request;
	return true;
}

bool removal_cancel(const struct domain *domain, struct arena *arena, const char *token,
    const char *request_id, struct request *request_r, struct error *error)
{
	struct actor actor;
	struct link link;
	struct cancelling c = {.domain = domain, .actor = &actor, .link = &link};

	if (!open_link(domain, arena, token, &link, error))
		return false;
	if (!has_purpose(&link, LINK_STATUS))
		return error_set(
		    error, ERROR_NOT_FOUND, "not_found", "This link is for no request.");
	if (!open_status(domain, arena, &link, request_r, error))
		return false;
	actor = visitor_in(&request_r->organization_id, request_id);
	c.request_id = request_r->id;
	c.photo_id = request_r->photo_id;
	return request_cancel(&c, error) && open_status(domain, arena, &link, request_r, error) &&
	       hide_unseen(domain, arena, &link, request_r, error);
}
