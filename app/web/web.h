/* web.h - what the web layer shares: the process, the thread, the request in hand. */
#ifndef LETHE_WEB_WEB_H
#define LETHE_WEB_WEB_H

#include <auth/access.h>
#include <auth/actor.h>
#include <auth/session.h>
#include <base/config.h>
#include <base/doc.h>
#include <base/error.h>
#include <domain/domain.h>
#include <http/request.h>
#include <http/response.h>
#include <http/router.h>

#include "route.h"
#include "thread.h"

/* One request on its way through the gates. */
struct web {
	struct web_thread *thread;
	const struct web_app *app;
	struct auth *auth;
	const struct domain *domain;
	struct http_request *request;
	struct http_response *response;
	struct arena *arena;
	const struct web_route *route;
	const struct http_match *match;
	struct actor actor;
	const struct session *session; /* NULL for visitors and bearer tokens */
	int64_t now_us;
	bool is_api;                   /* answers JSON */
	bool is_replay;                /* an interrupted act that goes on after re-authentication */
	const struct http_pairs *form; /* fields of a page's form, once read */
	const struct web_value *values; /* one per input of the route, once read */
	void *subject;                  /* what the route's `find` loaded */
	struct id subject_id;           /* its id, to which a re-authentication is bound */
	const struct access *access;    /* of a bearer token, or NULL */
	const struct error *form_error; /* why a form is shown again, or NULL */
	const struct doc *blocking;     /* of a conflict "blocking_events": the events, or NULL */
};

/* The value captured in the path as an id. False (not found) if it is not one: an id that cannot
 * exist is an item that does not. */
bool web_path_id(const struct web *web, const char *name, struct id *id_r, struct error *error)
    __attribute__((warn_unused_result));

/* Text that shows a failure's page or problem document; sets the status. */
void web_fail(struct web *web, const struct error *error);

/* The status of a page with a form: 200, or that of the error for which it is shown again. */
int web_form_status(const struct web *web);

#endif
