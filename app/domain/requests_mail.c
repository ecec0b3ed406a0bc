/* requests_mail.c - the mails that requests cause, queued with the act. */
#include "requests.h"

#include <domain/notices.h>
#include <store/deletions.h>
#include <store/mail.h>
#include <string.h>

static const char *const role_words[REQUEST_ROLE_COUNT] = {
    [REQUESTER_ADMIN] = "an admin",
    [REQUESTER_SHOP_OWNER] = "the owner of the site",
    [REQUESTER_SUBMITTER] = "the person who added the photo",
    [REQUESTER_VISITOR] = "a visitor without an account",
};

static void set_given(struct doc *values, const char *key, const char *text)
{
	if (text)
		doc_set_text(values, key, text);
}

/* A visitor is told the title only of what they submitted themselves. */
static const char *title_for(const struct request *request, const struct photo *photo)
{
	if (request->role != REQUESTER_VISITOR ||
	    (request->requester_email && photo->submitter_email &&
		strcmp(request->requester_email, photo->submitter_email) == 0))
		return photo->title;
	return NULL;
}

static bool queue(struct db_tx *tx, const struct domain *domain, const struct request *request,
    struct mail *mail, struct error *error)
{
	enum db_result result;

	mail->at_us = clock_now_us(domain->clock);
	mail->id = id_generate(mail->at_us);
	mail->organization_id = request->organization_id;
	result = mails_add(tx, mail);
	return result == DB_OK || db_fail(result, error);
}

static struct doc *describe_new(struct arena *arena, const struct asking *asking,
    const struct photo *photo, const struct request_admin *admin, bool at_once)
{
	const struct request *request = &asking->request;
	struct doc *values = doc_object(arena);

	set_given(values, "name", admin->name);
	set_given(values, "photo_title", photo->title);
	set_given(values, "requester", asking->name ? asking->name : request->requester_email);
	doc_set_text(values, "role", request_role_name(request->role));
	doc_set_text(values, "role_words", role_words[request->role]);
	doc_set_text(values, "reason", request->reason);
	doc_set_time(values, "due_at", request->due_at_us);
	doc_set_text(values, "path", "/admin/requests");
	doc_set_bool(values, "at_once", at_once);
	return values;
}

static bool tell_admins(
    struct db_tx *tx, const struct asking *asking, const struct photo *photo, struct error *error)
{
	const struct id *organization_id = &asking->request.organization_id;
	struct deletion_windows windows;
	struct request_admin *admins;
	size_t count;
	enum db_result result = store_request_admins(tx, organization_id, &admins, &count);

	if (result == DB_OK)
		result = deletion_windows(tx->db, tx->arena, organization_id, &windows);
	if (result != DB_OK)
		return db_fail(result, error);
	for (size_t i = 0; i < count; i++) {
		struct mail mail = {
		    .user_id = admins[i].id,
		    .author_id = asking->request.requester_id,
		    .owner_id = photo->uploader_id,
		    .recipient = admins[i].email,
		    .template = "request_new",
		    .values = describe_new(
			tx->arena, asking, photo, &admins[i], windows.photo_recovery_us == 0),
		    .unsubscribe =
			notices_path(asking->domain, tx->arena, &admins[i].id, NOTICE_REQUESTS),
		};
		if (!queue(tx, asking->domain, &asking->request, &mail, error))
			return false;
	}
	return true;
}

static bool tell_requester(
    struct db_tx *tx, const struct asking *asking, const struct photo *photo, struct error *error)
{
	const struct request *request = &asking->request;
	struct doc *values = doc_object(tx->arena);
	struct mail mail = {
	    .user_id = request->requester_id,
	    .owner_id = photo->uploader_id,
	    .recipient = request->requester_email,
	    .template = "request_received",
	    .values = values,
	};

	if (!request->requester_email)
		return true;
	set_given(values, "name", asking->name);
	doc_set_bool(values, "visitor", id_is_none(&request->requester_id));
	set_given(values, "photo_title", title_for(request, photo));
	doc_set_text(values, "reason", request->reason);
	doc_set_time(values, "due_at", request->due_at_us);
	doc_set_text(values, "path", asking->path);
	return queue(tx, asking->domain, request, &mail, error);
}

bool request_mail_new(
    struct db_tx *tx, const struct asking *asking, const struct photo *photo, struct error *error)
{
	return tell_requester(tx, asking, photo, error) && tell_admins(tx, asking, photo, error);
}

/* Where a decision goes: the account's address as it is now, or the visitor's. NULL: nowhere. */
static bool find_recipient(struct db_tx *tx, const struct request *request, struct mail *mail,
    const char **name_r, struct error *error)
{
	struct user user;
	enum db_result result;

	*name_r = NULL;
	mail->recipient = request->requester_email;
	mail->user_id = request->requester_id;
	if (id_is_none(&request->requester_id))
		return true;
	result = users_find(tx->db, tx->arena, &request->requester_id, &user);
	mail->recipient = result == DB_OK && user.deleted_us == 0 ? user.email : NULL;
	if (result == DB_OK)
		*name_r = user.display_name;
	return result == DB_OK || result == DB_NONE || db_fail(result, error);
}

bool request_mail_decided(struct db_tx *tx, const struct domain *domain,
    const struct request *request, const struct photo *photo, int64_t recover_until_us,
    struct error *error)
{
	const bool approved = request->status == REQUEST_APPROVED;
	struct doc *values = doc_object(tx->arena);
	struct mail mail = {
	    .author_id = request->reviewed_by,
	    .owner_id = photo->uploader_id,
	    .template = approved ? "request_approved" : "request_rejected",
	    .values = values,
	};
	const char *name;

	if (!find_recipient(tx, request, &mail, &name, error))
		return false;
	if (!mail.recipient)
		return true;
	set_given(values, "name", name);
	set_given(values, "photo_title", title_for(request, photo));
	if (approved) {
		doc_set_time(values, "recover_until", recover_until_us);
		doc_set_bool(values, "at_once", recover_until_us <= clock_now_us(domain->clock));
	} else
		doc_set_text(values, "rejection_reason", request->rejection_reason);
	return queue(tx, domain, request, &mail, error);
}
