/* route.h - a route as data: what it is, what it demands, who answers.
 *
 * The table in routes.c is the map of the product. The gates, the OpenAPI document and the check
 * that each route has a test all read it. */
#ifndef LETHE_WEB_ROUTE_H
#define LETHE_WEB_ROUTE_H

#include <base/error.h>
#include <base/id.h>
#include <http/request.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct web;

/* Who may come in at all. What they may do to an item is policy's to say, in `find`. */
enum web_auth {
	WEB_ANYONE,
	WEB_MEMBER,   /* signed in */
	WEB_ADMIN,    /* admin of the organisation */
	WEB_PLATFORM, /* platform admin */
};

enum web_flag {
	WEB_VISITOR_CSRF = 1 << 0, /* a form for visitors: its CSRF token is bound to a cookie */
	WEB_MULTIPART = 1 << 1,    /* the body is multipart/form-data, read by the handler */
	WEB_METRICS = 1 << 2,      /* only on the loopback listener; 404 on the public one */
	WEB_NO_REFERRER = 1 << 3,  /* the path carries a token */
	WEB_UNLISTED = 1 << 4,     /* machinery of pages: not in the OpenAPI document */
	WEB_GRACE = 1 << 5,      /* open also to a member whose account is scheduled for erasure */
	WEB_TOKEN_FORM = 1 << 6, /* a signed token in the form is the proof: no CSRF token */
};

enum web_input_type {
	INPUT_TEXT,    /* UTF-8; min and max count code points */
	INPUT_ID,      /* a UUID */
	INPUT_IDS,     /* a list of UUIDs; min and max count them; in forms the field repeats */
	INPUT_BOOL,    /* true or false; in forms a checkbox */
	INPUT_INTEGER, /* min and max are its bounds */
	INPUT_TIME,    /* RFC 3339 */
	INPUT_CHOICE,  /* one of `choices` */
	INPUT_CHOICES, /* a set of `choices`, at most 63; in forms the field repeats */
	INPUT_OBJECT,  /* a JSON object, read by the handler */
};

enum web_input_place { IN_BODY, IN_QUERY };

/* One declared input. Undeclared members of a JSON body and undeclared query parameters of the API
 * are refused. */
struct web_input {
	const char *name; /* NULL ends a list */
	enum web_input_type type;
	enum web_input_place place;
	bool required;
	int64_t min, max;           /* 0 and 0: the type's defaults */
	const char *const *choices; /* of INPUT_CHOICE and INPUT_CHOICES; ends with NULL */
	const char *meaning;        /* for the OpenAPI document */
};

/* What came for one input. */
struct web_value {
	bool present;
	bool refused;     /* present, but not what the route takes; kept to be shown again */
	const char *text; /* of all single values, as it came */
	struct id id;
	int64_t integer; /* also a time in microseconds, a boolean, the index of a choice; of a set,
			    bits */
	const struct id *ids;
	size_t count;
	const json_t *object;
};

struct web_route {
	enum http_method method;
	const char *pattern;
	enum web_auth auth;
	unsigned flags;
	const char *reauth; /* purpose, or NULL */

	/* Load what the path names into web->subject and ask policy: not_found before forbidden. */
	bool (*find)(struct web *web, struct error *error);

	/* Policy that depends on the inputs, asked even where others of them are refused: who may
	 * not do it is told so first (input_is_good tells what can be relied on); or NULL. */
	bool (*permit)(struct web *web, struct error *error);

	/* Hold the inputs against the subject (a typed name), and the subject's state where that
	 * is the request's fault, before re-authentication; or NULL. */
	bool (*check)(struct web *web, struct error *error);

	/* Act and answer. False with `error` fails the request. */
	bool (*handle)(struct web *web, struct error *error);

	/* Of a form's POST: the page that shows the form again, with web->form_error. */
	bool (*form)(struct web *web, struct error *error);

	/* Whether this request, otherwise as the route demands, needs no re-authentication; or
	 * NULL.
	 */
	bool (*waives)(const struct web *web);

	const struct web_input *inputs; /* NULL: none */
	const char *summary;            /* a line for the OpenAPI document */
	const char *answer;             /* name of the answer's shape, or NULL */
	int status;                     /* of success */

	/* Of a route that does several things: the shape and status of another success. */
	const char *other_answer;
	int other_status;
};

extern const struct web_route web_routes[];
extern const size_t web_route_count;

#endif
