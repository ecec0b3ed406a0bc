/* error.h - what went wrong, once, for logs, pages and the API alike. */
#ifndef LETHE_BASE_ERROR_H
#define LETHE_BASE_ERROR_H

#include <stdbool.h>

/* The kinds of failure; app/web maps them to HTTP in one table. */
enum error_kind {
	ERROR_NONE = 0,
	ERROR_INVALID,         /* the input is wrong; `field` names which */
	ERROR_UNAUTHENTICATED, /* nobody is signed in */
	ERROR_FORBIDDEN,       /* visible, but not allowed */
	ERROR_NOT_FOUND,       /* not there, or not for this actor to know of */
	ERROR_CONFLICT, /* the state forbids it; `reference` may say what stands in the way */
	ERROR_GONE,     /* the window has closed, the link was used */
	ERROR_TOO_LARGE,
	ERROR_RATE_LIMITED, /* `retry_after_s` says when to come back */
	ERROR_UNAVAILABLE,  /* the store is out of reach; nothing half done */
	ERROR_INTERNAL,
};

/* A failure with a code for programs and a message fit for a person. */
struct error {
	enum error_kind kind;
	char code[48];           /* snake_case, stable, e.g. "already_deleted" */
	char message[320];       /* a sentence: what is wrong and what to do */
	char field[64];          /* the input at fault, or empty */
	char reference_name[24]; /* "deletion_id" or "request_id", or empty */
	char reference[40];      /* that id as text */
	int retry_after_s;       /* seconds, 0 where it does not apply */
};

/* Fill `error` (which may be NULL) and return false, so that a function can end with it. */
bool error_set(struct error *error, enum error_kind kind, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same for ERROR_INVALID with the input's name; code "invalid_<field>" is not derived: pass it.
 */
bool error_set_field(struct error *error, const char *field, const char *code, const char *format,
    ...) __attribute__((format(printf, 4, 5)));

/* Add what stands in the way to an error already set. */
void error_set_reference(struct error *error, const char *name, const char *value);

/* Make `error` empty again. */
void error_clear(struct error *error);

#endif
