/* routes.h - each route as each role: the rows that routes_pages_test.c and routes_api_test.c are
 * made of, the things that their paths speak of, and the check of them. */
#ifndef LETHE_TESTS_ROUTES_H
#define LETHE_TESTS_ROUTES_H

#include "site.h"

#include <http/router.h>

/* Who sends each request: nobody, the owner of the thing, another member, the admin, a platform
 * admin who acts for the organisation, a member and the admin of another organisation. */
#define ROUTES_ROLES 7

/* What a row's path speaks of: made anew for each request where the request may change it. */
enum route_thing {
	NOTHING,
	LIVE,       /* a photo */
	ARCHIVED,   /* an archived photo */
	TRASHED,    /* a deleted photo */
	DELETION,   /* the deletion of a photo */
	ACT,        /* the act_id of that */
	SHARED,     /* a photo and, as second, its share */
	LINK,       /* the token of a share */
	GENERATION, /* one that has been started */
	QUEST,      /* an archived quest */
	DRAFT,      /* a quest that is not archived */
	CLEANUP,    /* a failed row of the cleanup queue */
	WEBHOOK,    /* a subscription to events */
	UNSENT,     /* a delivery to it that failed */
	PROJECT,    /* a project called Place, as the next three */
	SITE,
	ALBUM,
	ORGANIZATION,      /* another one */
	ORGANIZATION_GONE, /* one that is in the trash */
	ALDER,             /* the organisation of the owner */
	USER,              /* another account of the owner's organisation */
	EVENT,             /* an event of the owner's */
	USER_GONE,         /* one that an admin deleted */
	CLAIM,             /* a site and, as second, the owner's claim on it */
	SUBMITTED,         /* a photo of the owner's on a site */
	REQUESTED,         /* the owner's pending request for the deletion of one */
};

enum route_sort { QUERY, FORM, FILE_FORM, JSON, FILE_API };

struct route_row {
	enum http_method method;
	const char *pattern;
	enum route_sort sort;
	const char *path; /* where it is not the pattern; $ is the thing, ^ the second one */
	const char *body; /* likewise */
	enum route_thing thing;
	const char *purpose; /* with a re-auth token for it */
	int expected[ROUTES_ROLES];
};

/* Statuses: visitor, owner, other member, admin, platform admin (acting for the organisation),
 * member and admin of another organisation. */
#define ALL(status_)                                                                               \
	{                                                                                          \
		status_, status_, status_, status_, status_, status_, status_                      \
	}
#define SIGNED_IN(visitor_, status_)                                                               \
	{                                                                                          \
		visitor_, status_, status_, status_, status_, status_, status_                     \
	}
#define MEMBERS(visitor_, status_)                                                                 \
	{                                                                                          \
		visitor_, status_, status_, status_, status_, 404, 404                             \
	}
#define OWN(visitor_, status_)                                                                     \
	{                                                                                          \
		visitor_, status_, 403, status_, status_, 404, 404                                 \
	}
#define HIDDEN(visitor_, status_)                                                                  \
	{                                                                                          \
		visitor_, status_, 404, status_, status_, 404, 404                                 \
	}
#define CREATORS(visitor_, status_)                                                                \
	{                                                                                          \
		visitor_, status_, 403, 403, 403, 404, 404                                         \
	}
#define ADMINS(visitor_, status_)                                                                  \
	{                                                                                          \
		visitor_, 403, 403, status_, status_, 403, status_                                 \
	}
#define ADMINS_OWN(visitor_, status_)                                                              \
	{                                                                                          \
		visitor_, 403, 403, status_, status_, 403, 404                                     \
	}

#define ADMINS_ONLY(visitor_, status_)                                                             \
	{                                                                                          \
		visitor_, 403, 403, status_, status_, 404, 404                                     \
	}
#define PLATFORM_ONLY(visitor_, status_)                                                           \
	{                                                                                          \
		visitor_, 403, 403, 403, status_, 403, 403                                         \
	}
#define PLATFORM_ITEM(visitor_, status_)                                                           \
	{                                                                                          \
		visitor_, 404, 404, 404, status_, 404, 404                                         \
	}

#define GET    HTTP_GET
#define POST   HTTP_POST
#define PATCH  HTTP_PATCH
#define DELETE HTTP_DELETE
#define ACT_ID "01890000-0000-7000-8000-000000000000" /* of nobody's act */

/* Make what a row speaks of; its id (or token), and that of the second thing. */
struct route_things {
	const char *first, *second;
};
struct route_things route_make(struct site *site, enum route_thing thing);

/* End the test unless each row answers each role as it says. */
void routes_check(struct site *site, const struct route_row *rows, size_t count);

/* End the test unless every route of the API (or every other one) has its row, and every row its
 * route. */
void routes_check_complete(const struct route_row *rows, size_t count, bool of_api);

#endif
