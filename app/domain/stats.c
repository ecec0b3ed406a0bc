/* stats.c - reading the figures of the dashboard. */
#include <domain/stats.h>

#include "audit.h"

#include <domain/audit.h>
#include <domain/deletions.h>

#define HOUR_US (3600 * CLOCK_SECOND_US)
#define DAY_US  CLOCK_DAY_US

/* Figures under way. */
struct reading {
	const struct domain *domain;
	const struct actor *actor;
	struct arena *arena;
	struct stats *stats;
	int64_t now_us;
	struct stats_tally tally; /* until_us 0: there is none */
	int64_t tail_us;          /* what is not taken from it begins here */
};

/* The time that a figure goes by: people are late at once, the worker after a while. */
static int64_t time_of(enum stats_figure figure, int64_t now_us)
{
	return figure >= STATS_PURGES_OVERDUE ? now_us - STATS_LATE_US : now_us;
}

static enum db_result add_nobodys(
    struct reading *r, enum stats_figure figure, struct stats_count *sum)
{
	struct stats_count count;
	enum db_result result = stats_count(r->domain->db, r->arena, figure, &id_none,
	    time_of(figure, r->now_us), STATS_MOST, &count);

	if (result != DB_OK) {
		return result;
	}
	sum->count += count.count;
	sum->more |= count.more || sum->count > STATS_MOST;
	sum->count = sum->count > STATS_MOST ? STATS_MOST : sum->count;
	if (sum->since_us == 0 || (count.since_us != 0 && count.since_us < sum->since_us)) {
		sum->since_us = count.since_us;
	}
	return DB_OK;
}

static enum db_result read_counts(struct reading *r)
{
	enum db_result result = DB_OK;

	for (int i = 0; result == DB_OK && i < STATS_FIGURE_COUNT; i++) {
		enum stats_figure figure = (enum stats_figure)i;

		result = stats_count(r->domain->db, r->arena, figure, &r->actor->organization_id,
		    time_of(figure, r->now_us), STATS_MOST, &r->stats->counts[i]);
		if (result == DB_OK && r->actor->role == ROLE_PLATFORM_ADMIN) {
			result = add_nobodys(r, figure, &r->stats->counts[i]);
		}
	}
	return result;
}

static enum db_result read_tally(struct reading *r)
{
	enum db_result result =
	    stats_tally_read(r->domain->db, r->arena, &r->actor->organization_id, &r->tally);

	return result == DB_NONE ? DB_OK : result;
}

int64_t stats_trusted_us(int64_t until_us, int64_t now_us)
{
	int64_t settled_us = now_us - STATS_SETTLED_US,
		closed_us = settled_us - settled_us % HOUR_US;

	if (until_us <= closed_us + HOUR_US) {
		return until_us <= closed_us ? until_us : closed_us - DAY_US;
	}
	return now_us - now_us % DAY_US - (STATS_DAYS - 1) * DAY_US;
}

static void add(struct stats_turnover *sum, const struct stats_turnover *part)
{
	sum->deleted += part->deleted;
	sum->restored += part->restored;
	sum->purged += part->purged;
	sum->reclaimed_bytes += part->reclaimed_bytes;
}

static void add_days(struct stats *stats, const struct stats_part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t day = (parts[i].start_us - stats->days[0].start_us) / DAY_US;

		if (parts[i].start_us >= stats->days[0].start_us && day < STATS_DAYS) {
			add(&stats->days[day].turnover, &parts[i].turnover);
			add(&stats->in_days, &parts[i].turnover);
		}
	}
}

/* The tally's sums, as far as they can be trusted. */
static enum db_result read_sums(struct reading *r)
{
	struct stats_turnover *all = &r->stats->in_all, later = {0};
	enum db_result result = DB_OK;

	if (r->tail_us < r->tally.until_us) {
		result = stats_hours_since(
		    r->domain->db, r->arena, &r->actor->organization_id, r->tail_us, &later);
	}
	*all = r->tally.turnover;
	all->deleted -= later.deleted;
	all->restored -= later.restored;
	all->purged -= later.purged;
	all->reclaimed_bytes -= later.reclaimed_bytes;
	return result;
}

/* The hours that the worker has not counted: as a rule the last one or two. */
static enum db_result read_tail(struct reading *r)
{
	struct stats *stats = r->stats;
	struct stats_part *parts = NULL;
	size_t count = 0;
	enum db_result result =
	    stats_turnover_read(r->domain->db, r->arena, &r->actor->organization_id, r->tail_us, 0,
		DAY_US, STATS_MOST, &parts, &count, &stats->days_more);

	if (result != DB_OK) {
		return result;
	}
	add_days(stats, parts, count);
	for (size_t i = 0; i < count; i++) {
		add(&stats->in_all, &parts[i].turnover);
	}
	return DB_OK;
}

static enum db_result read_turnover(struct reading *r)
{
	struct stats *stats = r->stats;
	int64_t today_us = r->now_us - r->now_us % DAY_US;
	struct stats_part *parts = NULL;
	size_t count = 0;
	enum db_result result;

	for (int i = 0; i < STATS_DAYS; i++) {
		stats->days[i].start_us = today_us - (STATS_DAYS - 1 - i) * DAY_US;
	}
	r->tail_us = r->tally.until_us ? stats_trusted_us(r->tally.until_us, r->now_us)
				       : stats->days[0].start_us;
	result = stats_days(r->domain->db, r->arena, &r->actor->organization_id,
	    stats->days[0].start_us, r->tail_us, &parts, &count);
	if (result != DB_OK) {
		return result;
	}
	add_days(stats, parts, count);
	result = read_sums(r);
	return result == DB_OK ? read_tail(r) : result;
}

/* Few photos are summed now; of many, what was counted last tells more than a part would. */
static enum db_result read_shelf(struct reading *r, enum stats_shelf shelf)
{
	struct stats_shelf_figure *figure = &r->stats->shelves[shelf];
	enum db_result result = DB_OK;

	if (r->tally.counted_us == 0 || r->tally.shelves[shelf].photos <= STATS_SHELF_MOST) {
		result = stats_shelf(r->domain->db, r->arena, &r->actor->organization_id, shelf,
		    STATS_SHELF_MOST, &figure->sum);
		figure->more = figure->sum.photos > STATS_SHELF_MOST;
	}
	if (result == DB_OK && r->tally.shelves[shelf].photos > STATS_SHELF_MOST) {
		*figure = (struct stats_shelf_figure){
		    .sum = r->tally.shelves[shelf], .counted_us = r->tally.counted_us};
	}
	return result;
}

static enum db_result read_shelves(struct reading *r)
{
	enum db_result result = DB_OK;

	for (int i = 0; result == DB_OK && i < SHELF_COUNT; i++) {
		result = read_shelf(r, (enum stats_shelf)i);
	}
	return result;
}

static enum db_result read_requesters(struct reading *r)
{
	return stats_requesters(r->domain->db, r->arena, &r->actor->organization_id,
	    STATS_REQUESTS_MOST, STATS_REQUESTERS, &r->stats->requesters,
	    &r->stats->requester_count, &r->stats->requests_asked);
}

static enum db_result read_closing(struct reading *r)
{
	return deletion_page_closing(r->domain->db, r->arena, &r->actor->organization_id, r->now_us,
	    0, &id_none, STATS_CLOSING, &r->stats->closing);
}

static enum db_result read_latest(struct reading *r)
{
	const struct audit_query query = {
	    .organization_id = r->actor->organization_id, .limit = STATS_LATEST};

	return audit_read_page(r->domain->db, r->arena, &query, &r->stats->latest);
}

static enum db_result read_switches(struct reading *r)
{
	return installation_read(r->domain->db, r->arena, &r->stats->installation);
}

bool stats_read(const struct domain *domain, const struct actor *actor, struct arena *arena,
    struct stats *stats_r, struct error *error)
{
	static enum db_result (*const parts[])(struct reading *) = {read_counts, read_tally,
	    read_turnover, read_shelves, read_requesters, read_closing, read_latest, read_switches};
	struct reading reading = {
	    .domain = domain,
	    .actor = actor,
	    .arena = arena,
	    .stats = stats_r,
	    .now_us = clock_now_us(domain->clock),
	};

	*stats_r = (struct stats){0};
	if (!audit_check(actor, error)) {
		return false;
	}
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		enum db_result result = parts[i](&reading);

		if (result != DB_OK) {
			return db_fail(result, error);
		}
	}
	return true;
}
