/* audit.h - the trail of every change of state. */
#ifndef LETHE_DOMAIN_AUDIT_H
#define LETHE_DOMAIN_AUDIT_H

#include <auth/actor.h>
#include <base/arena.h>
#include <base/buf.h>
#include <base/doc.h>
#include <base/error.h>
#include <domain/domain.h>
#include <store/audit.h>

/* What happened; who and when come from the actor and the clock. */
struct audit_event {
	const char *action; /* e.g. "photo.delete" */
	const char *kind;   /* or NULL */
	struct id item_id;  /* or none */
	const char *mode;   /* "soft", "hard" or NULL */
	const struct doc
	    *details;       /* an object of ids, numbers and choices, no free text; or NULL */
	const char *reason; /* free text, kept apart; or NULL */
};

/* Write one entry in the transaction of what it tells of, in the actor's organisation, and queue
 * the event that it is for webhooks (domain/webhooks.h). */
bool audit_write(struct db_tx *tx, const struct domain *domain, const struct actor *actor,
    const struct audit_event *event, struct error *error) __attribute__((warn_unused_result));

/* One page, newest first; the query's organisation is set from the actor. Admins only, others
 * forbidden. */
bool audit_list(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct audit_query *query, struct audit_page *page_r, struct error *error)
    __attribute__((warn_unused_result));

enum audit_format { AUDIT_CSV, AUDIT_JSON_LINES };

/* Takes a piece of an export; false stops it (then audit_export fails with internal,
 * "export_stopped"). */
typedef bool (*audit_sink_fn)(const char *bytes, size_t length, void *context);

/* All entries of a query (its `after` and `limit` are not used), newest first, page by page: memory
 * does not grow with their number. CSV is RFC 4180 with a header line; a cell that begins with
 * = + - @ TAB or CR is preceded by an apostrophe, so that no spreadsheet runs it. Admins only; the
 * system actor may name any organisation in the query, or ask for all (each entry then says of
 * which it is). */
bool audit_export(const struct domain *domain, const struct actor *actor,
    const struct audit_query *query, enum audit_format format, audit_sink_fn sink, void *context,
    struct error *error) __attribute__((warn_unused_result));

/* A number that changes whenever the organisation's trail grows, from one short index read: pages
 * ask it to learn whether anything they show may have changed. */
bool audit_revision(const struct domain *domain, const struct id *organization_id,
    struct arena *arena, uint64_t *revision_r, struct error *error)
    __attribute__((warn_unused_result));

#endif
