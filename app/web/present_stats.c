/* present_stats.c - the figures of the dashboard as documents. */
#include "present_stats.h"

#include "present.h"
#include "show.h"

#include <base/clock.h>
#include <string.h>

/* "12", "more than 10,000". */
static const char *count_words(struct web *web, const struct stats_count *count)
{
	const char *number = show_number(web->arena, count->count);

	return count->more ? arena_join(web->arena, "more than ", number, NULL) : number;
}

static struct doc *present_count(struct web *web, const struct stats_count *count)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_int(doc, "count", count->count);
	doc_set_bool(doc, "more", count->more);
	doc_set_time(doc, "since", count->since_us);
	doc_page_only(doc);
	doc_set_text(doc, "words", count_words(web, count));
	doc_set_bool(doc, "any", count->count > 0);
	show_time(web, doc, "waits", count->since_us);
	return doc;
}

static void set_count(
    struct web *web, struct doc *doc, const char *key, const struct stats *s, enum stats_figure f)
{
	doc_set(doc, key, present_count(web, &s->counts[f]));
}

/* --- overdue work ------------------------------------------------------------------------- */

/* What somebody has to look at, in the order of its weight. */
static const struct problem {
	enum stats_figure figure;
	const char *key; /* among the overdue; NULL: it has failed */
	const char *one, *many;
	const char *path, *link; /* where to see to it, or NULL */
} problems[] = {
    {STATS_REQUESTS_OVERDUE, "requests", "request is overdue", "requests are overdue",
	"/admin/requests", "Decide requests"},
    {STATS_ERASURES_OVERDUE, "erasures", "account should have been erased",
	"accounts should have been erased", NULL, NULL},
    {STATS_IDENTITIES_OVERDUE, "identities", "erasure waits for the identity provider",
	"erasures wait for the identity provider", "/admin/users?state=deleted",
	"Look at the accounts"},
    {STATS_PURGES_OVERDUE, "purges", "deletion should have been purged",
	"deletions should have been purged", NULL, NULL},
    {STATS_RETENTIONS_OVERDUE, "retentions", "archived photo should have been purged",
	"archived photos should have been purged", NULL, NULL},
    {STATS_CLEANUPS_FAILED, NULL, "file could not be removed", "files could not be removed",
	"/admin/storage", "Look at the storage queue"},
    {STATS_JOBS_OVERDUE, "jobs", "job is late", "jobs are late", NULL, NULL},
    {STATS_MAILS_OVERDUE, "mails", "mail is late", "mails are late", NULL, NULL},
    {STATS_MAILS_FAILED, NULL, "mail could not be sent", "mails could not be sent", NULL, NULL},
    {STATS_WEBHOOKS_OVERDUE, "webhooks", "webhook is late", "webhooks are late", "/admin/webhooks",
	"Look at the webhooks"},
    {STATS_WEBHOOKS_FAILED, NULL, "webhook could not be delivered",
	"webhooks could not be delivered", "/admin/webhooks", "Look at the webhooks"},
};
#define PROBLEMS (sizeof(problems) / sizeof(problems[0]))

static struct doc *present_overdue(struct web *web, const struct stats *stats)
{
	struct doc *doc = doc_object(web->arena);

	for (size_t i = 0; i < PROBLEMS; i++)
		if (problems[i].key)
			set_count(web, doc, problems[i].key, stats, problems[i].figure);
	return doc;
}

static struct doc *present_problem(
    struct web *web, const struct problem *problem, const struct stats_count *count)
{
	struct doc *doc = doc_object(web->arena);
	bool one = count->count == 1 && !count->more;
	const char *words = arena_join(
	    web->arena, count_words(web, count), " ", one ? problem->one : problem->many, NULL);

	doc_set_text(doc, "words", show_sentence(web->arena, words));
	show_time(web, doc, "since", problem->key ? count->since_us : 0);
	doc_set_text(doc, "path", problem->path);
	doc_set_text(doc, "link", problem->link);
	return doc;
}

static void set_problems(struct web *web, struct doc *doc, const struct stats *stats)
{
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < PROBLEMS; i++) {
		const struct stats_count *count = &stats->counts[problems[i].figure];
		if (count->count > 0)
			doc_push(list, present_problem(web, &problems[i], count));
	}
	doc_set(doc, "problems", list);
	doc_set_bool(doc, "has_problems", list->as.list.count > 0);
	doc_set_bool(doc, "is_paused", stats->installation.purge_paused_at_us != 0);
	show_time(web, doc, "paused", stats->installation.purge_paused_at_us);
}

/* --- queues ------------------------------------------------------------------------------- */

#define NO_FIGURE STATS_FIGURE_COUNT

static const struct queue {
	const char *key, *label, *path;
	enum stats_figure waiting, failed;
} queues[] = {
    {"cleanup", "Files to remove", "/admin/storage", STATS_CLEANUPS_WAITING, STATS_CLEANUPS_FAILED},
    {"mail", "Mail", NULL, STATS_MAILS_WAITING, STATS_MAILS_FAILED},
    {"webhooks", "Webhooks", "/admin/webhooks", STATS_WEBHOOKS_WAITING, STATS_WEBHOOKS_FAILED},
    {"jobs", "Jobs", NULL, STATS_JOBS, NO_FIGURE},
    {"deletions", "Deletions in work", NULL, STATS_WORKING, NO_FIGURE},
};
#define QUEUES (sizeof(queues) / sizeof(queues[0]))

static struct doc *present_queue(
    struct web *web, const struct queue *queue, const struct stats *stats)
{
	struct doc *doc = doc_object(web->arena);

	set_count(web, doc, "waiting", stats, queue->waiting);
	if (queue->failed == NO_FIGURE)
		doc_set_null(doc, "failed");
	else
		set_count(web, doc, "failed", stats, queue->failed);
	doc_page_only(doc);
	doc_set_text(doc, "label", queue->label);
	doc_set_text(doc, "path", queue->path);
	return doc;
}

static void set_queues(struct web *web, struct doc *doc, const struct stats *stats)
{
	struct doc *object = doc_object(web->arena);

	for (size_t i = 0; i < QUEUES; i++)
		doc_set(object, queues[i].key, present_queue(web, &queues[i], stats));
	doc_set(doc, "queues", object);
}

static struct doc *list_queues(struct web *web, const struct doc *object)
{
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < QUEUES; i++)
		doc_push(list, doc_get(object, queues[i].key));
	return list;
}

/* --- deletions ---------------------------------------------------------------------------- */

static struct doc *present_turnover(struct web *web, const struct stats_turnover *turnover)
{
	struct doc *doc = doc_object(web->arena);
	int64_t settled = turnover->restored + turnover->purged;
	int64_t percent = settled ? (turnover->restored * 100 + settled / 2) / settled : 0;

	doc_set_int(doc, "deleted", turnover->deleted);
	doc_set_int(doc, "restored", turnover->restored);
	doc_set_int(doc, "purged", turnover->purged);
	doc_set_int(doc, "reclaimed_bytes", turnover->reclaimed_bytes);
	doc_page_only(doc);
	doc_set_text(doc, "deleted_words", show_number(web->arena, turnover->deleted));
	doc_set_text(doc, "restored_words", show_number(web->arena, turnover->restored));
	doc_set_text(doc, "purged_words", show_number(web->arena, turnover->purged));
	doc_set_text(doc, "reclaimed", show_bytes(web->arena, turnover->reclaimed_bytes));
	doc_set_bool(doc, "any_settled", settled > 0);
	doc_set_int(doc, "restored_percent", percent);
	return doc;
}

static struct doc *present_days(struct web *web, const struct stats *stats)
{
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < STATS_DAYS; i++) {
		struct doc *day = present_turnover(web, &stats->days[i].turnover);
		char text[CLOCK_TEXT_SIZE];

		clock_format(stats->days[i].start_us, text);
		day->page_only = false;
		doc_set_text(day, "day", arena_copy(web->arena, text, strlen("2026-02-03")));
		doc_page_only(day);
		doc_set_text(day, "day_words", show_day(web->arena, stats->days[i].start_us));
		doc_push(list, day);
	}
	return list;
}

static struct doc *present_closing(struct web *web, const struct stats *stats)
{
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < stats->closing.count; i++)
		doc_push(list, present_deletion(web, &stats->closing.items[i]));
	return list;
}

/* --- photos ------------------------------------------------------------------------------- */

static struct doc *present_shelf(struct web *web, const struct stats_shelf_figure *figure)
{
	struct doc *doc = doc_object(web->arena);
	const char *photos = show_count(web->arena, figure->sum.photos, "photo", "photos");

	doc_set_int(doc, "photos", figure->sum.photos);
	doc_set_int(doc, "bytes", figure->sum.bytes);
	doc_set_bool(doc, "more", figure->more);
	doc_set_time(doc, "counted_at", figure->counted_us);
	doc_page_only(doc);
	doc_set_text(doc, "size", show_bytes(web->arena, figure->sum.bytes));
	doc_set_text(doc, "photos_words", photos);
	show_time(web, doc, "counted", figure->counted_us);
	return doc;
}

static struct doc *present_shelves(struct web *web, const struct stats *stats)
{
	static const char *const keys[SHELF_COUNT] = {"live", "archived", "trashed"};
	struct doc *doc = doc_object(web->arena);

	for (size_t i = 0; i < SHELF_COUNT; i++)
		doc_set(doc, keys[i], present_shelf(web, &stats->shelves[i]));
	return doc;
}

/* --- requests and the trail --------------------------------------------------------------- */

static struct doc *present_requester(struct web *web, const struct stats_requester *requester)
{
	struct doc *doc = doc_object(web->arena);

	doc_set_id(doc, "user_id", &requester->user_id);
	doc_set_text(doc, "name", requester->name);
	doc_set_text(doc, "email", requester->email);
	doc_set_int(doc, "requests", requester->requests);
	doc_set_int(doc, "rejected", requester->rejected);
	doc_set_int(doc, "pending", requester->pending);
	doc_page_only(doc);
	doc_set_text(doc, "who",
	    requester->name    ? requester->name
	    : requester->email ? requester->email
			       : "Somebody who was erased");
	doc_set_bool(doc, "is_visitor", id_is_none(&requester->user_id) && requester->email);
	doc_set_text(doc, "requests_words", show_number(web->arena, requester->requests));
	doc_set_text(doc, "rejected_words", show_number(web->arena, requester->rejected));
	doc_set_text(doc, "pending_words", show_number(web->arena, requester->pending));
	return doc;
}

static struct doc *present_requesters(struct web *web, const struct stats *stats)
{
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < stats->requester_count; i++)
		doc_push(list, present_requester(web, &stats->requesters[i]));
	return list;
}

static struct doc *present_latest(struct web *web, const struct stats *stats)
{
	struct doc *list = doc_list(web->arena);

	for (size_t i = 0; i < stats->latest.count; i++)
		doc_push(list, present_audit_entry(web, &stats->latest.items[i]));
	return list;
}

static void set_for_page(struct web *web, struct doc *doc, const struct stats *stats)
{
	doc_page_only(doc);
	set_problems(web, doc, stats);
	doc_set(doc, "queue_rows", list_queues(web, doc_get(doc, "queues")));
	doc_set(doc, "chart", present_chart(web, stats));
	doc_set_bool(doc, "has_closing", stats->closing.count > 0);
	doc_set_bool(doc, "has_requesters", stats->requester_count > 0);
	doc_set_bool(doc, "is_part_of_requests", stats->requests_asked >= STATS_REQUESTS_MOST);
	doc_set_text(doc, "requests_words",
	    show_count(web->arena, stats->requests_asked, "request", "requests"));
	doc_set_bool(doc, "is_working", stats->counts[STATS_WORKING].count > 0);
}

struct doc *present_stats(struct web *web, const struct stats *stats)
{
	struct doc *doc = doc_object(web->arena);

	doc_set(doc, "overdue", present_overdue(web, stats));
	doc_set_time(doc, "purge_paused_at", stats->installation.purge_paused_at_us);
	set_count(web, doc, "pending_requests", stats, STATS_REQUESTS_PENDING);
	set_count(web, doc, "recoverable", stats, STATS_RECOVERABLE);
	doc_set(doc, "closing", present_closing(web, stats));
	doc_set(doc, "days", present_days(web, stats));
	doc_set_bool(doc, "days_more", stats->days_more);
	doc_set(doc, "last_days", present_turnover(web, &stats->in_days));
	doc_set(doc, "all_days", present_turnover(web, &stats->in_all));
	doc_set(doc, "photos", present_shelves(web, stats));
	doc_set(doc, "requesters", present_requesters(web, stats));
	doc_set_int(doc, "requests_counted", stats->requests_asked);
	set_count(web, doc, "failed_cleanups", stats, STATS_CLEANUPS_FAILED);
	set_queues(web, doc, stats);
	doc_set(doc, "latest", present_latest(web, stats));
	if (!web->is_api)
		set_for_page(web, doc, stats);
	return doc;
}
