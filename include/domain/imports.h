/* imports.h - a folder of images, taken in by the operator. */
#ifndef LETHE_DOMAIN_IMPORTS_H
#define LETHE_DOMAIN_IMPORTS_H

#include <domain/domain.h>

struct imports_options {
	const char *folder; /* walked with all its folders; symbolic links are not followed */
	const char *owner;  /* e-mail address of the user who is to own the photos */
	const char
	    *project; /* name of a live project, made where there is none; NULL or "": none */
};

enum imports_outcome {
	IMPORTS_ADDED,
	IMPORTS_STORED,   /* the organisation has that very file already (by digest) */
	IMPORTS_IN_TRASH, /* the same, and it is in the trash: not brought back by this */
	IMPORTS_REFUSED,  /* not an image we take, empty, too large, not readable */
};

/* Called for each file with its path below the folder; `why` is a sentence, or NULL. */
typedef void (*imports_fn)(
    void *context, enum imports_outcome outcome, const char *path, const char *why);

struct imports_report {
	unsigned added;
	unsigned stored;
	unsigned in_trash;
	unsigned refused;
};

/* Take the folder in, file by file in order of name, each in a transaction of its own: after a stop
 * it can be run again and goes on where it was. A file's name without its extension becomes the
 * title. Errors: invalid ("owner", "folder"), and what stops everything: unavailable. `report_r`
 * holds what was done in either case. */
bool imports_run(const struct domain *domain, const struct imports_options *options, imports_fn fn,
    void *context, struct imports_report *report_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
