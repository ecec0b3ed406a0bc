/* webhook.c - a service of the operator's own, told by a signed message (Standard Webhooks). */
#include "attempt.h"

#include <base/buf.h>
#include <base/doc.h>
#include <base/id.h>
#include <sodium.h>
#include <string.h>
#include <webhook/webhook.h>

#define PREFIX "whsec_"

struct service {
	const char *url;
	unsigned char secret[WEBHOOK_SECRET_SIZE];
};

static bool read_secret(const char *text, unsigned char *secret_r)
{
	size_t length = 0;

	return strncmp(text, PREFIX, strlen(PREFIX)) == 0 &&
	       sodium_base642bin(secret_r, WEBHOOK_SECRET_SIZE, text + strlen(PREFIX),
		   strlen(text) - strlen(PREFIX), NULL, &length, NULL,
		   sodium_base64_VARIANT_ORIGINAL) == 0 &&
	       length == WEBHOOK_SECRET_SIZE;
}

static void *open_service(const struct config *config, struct arena *arena, struct error *error)
{
	struct service *service = arena_alloc(arena, sizeof(*service));

	service->url = config->identity_url;
	if (read_secret(config->identity_secret, service->secret))
		return service;
	identity_refuse(error, "LETHE_IDENTITY_SECRET",
	    "is not whsec_ and 32 bytes in base64 (44 characters).");
	return NULL;
}

/* The same in every attempt. The act's id tells when it began. */
static struct buf write_message(const struct attempt *attempt, const char *id)
{
	const struct identity_subject *subject = attempt->subject;
	struct doc *message = doc_object(attempt->arena), *data = doc_object(attempt->arena);
	struct buf json = {0};

	doc_set_text(data, "uid", subject->uid);
	doc_set_id(data, "user_id", &subject->user_id);
	doc_set_id(data, "organization_id", &subject->organization_id);
	doc_set_id(data, "deletion_id", &subject->deletion_id);
	doc_set_text(message, "id", id);
	doc_set_text(message, "type", "identity.delete");
	doc_set_time(message, "timestamp", id_time_us(&subject->deletion_id));
	doc_set(message, "data", data);
	doc_write_json(message, &json);
	return json;
}

static void remove_user(void *self, struct attempt *attempt)
{
	const struct service *service = self;
	struct webhook_headers headers;
	struct call_answer answer;
	struct call call = {.url = service->url, .headers = headers.lines};
	char id[ID_TEXT_SIZE];
	struct buf json;

	/* A user is erased once: their id names the message. */
	id_format(&attempt->subject->user_id, id);
	json = write_message(attempt, id);
	call.body = json.data;
	call.length = json.length;
	webhook_head(&headers, service->secret, id, attempt->now_us, json.data, json.length);
	if (attempt_post(attempt, &call, "", &answer)) {
		if (answer.status >= 200 && answer.status < 300)
			attempt->outcome = IDENTITY_DONE;
		else if (answer.status == 410) /* 404 may be a mistaken address */
			attempt->outcome = IDENTITY_ABSENT;
		else
			attempt_refused(attempt, "", answer.status, NULL);
	}
	buf_free(&json);
}

static void close_service(void *self)
{
	struct service *service = self;

	sodium_memzero(service->secret, sizeof(service->secret));
}

const struct provider provider_webhook = {"webhook", open_service, remove_user, close_service};
