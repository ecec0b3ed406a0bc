/* present_chart.c - the bars of the last days: what is drawn, in units of its box. */
#include "present_stats.h"

#include "show.h"

#define BAR_WIDTH 4
#define BAR_GAP   1 /* before the first bar of a day, and between the two */

/* The highest value that the chart reaches: 1, 2 or 5 and noughts. */
static int64_t chart_top(const struct stats *stats)
{
	static const int steps[] = {1, 2, 5};
	int64_t most = 1, power = 1;

	for (size_t i = 0; i < STATS_DAYS; i++) {
		const struct stats_turnover *day = &stats->days[i].turnover;
		most = day->deleted > most ? day->deleted : most;
		most = day->purged > most ? day->purged : most;
	}
	for (;; power *= 10)
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
			if (steps[i] * power >= most)
				return steps[i] * power;
}

/* What there is one of shows, however many there are of others. */
static int64_t bar_height(int64_t count, int64_t top)
{
	int64_t height = count * CHART_HEIGHT / top;

	return count > 0 && height == 0 ? 1 : height;
}

static struct doc *bar(struct web *web, int64_t count, int64_t top, int64_t x)
{
	struct doc *doc = doc_object(web->arena);
	int64_t height = bar_height(count, top);

	doc_set_int(doc, "x", x);
	doc_set_int(doc, "y", CHART_HEIGHT - height);
	doc_set_int(doc, "height", height);
	doc_set_int(doc, "width", BAR_WIDTH);
	return doc;
}

static struct doc *chart_day(
    struct web *web, const struct stats_part *day, int64_t top, int64_t left)
{
	struct doc *doc = doc_object(web->arena);
	const struct stats_turnover *turnover = &day->turnover;

	doc_set_text(doc, "day", show_day(web->arena, day->start_us));
	doc_set_text(doc, "deleted", show_number(web->arena, turnover->deleted));
	doc_set_text(doc, "purged", show_number(web->arena, turnover->purged));
	doc_set(doc, "deleted_bar", bar(web, turnover->deleted, top, left + BAR_GAP));
	doc_set(doc, "purged_bar", bar(web, turnover->purged, top, left + 2 * BAR_GAP + BAR_WIDTH));
	return doc;
}

struct doc *present_chart(struct web *web, const struct stats *stats)
{
	struct doc *doc = doc_object(web->arena);
	struct doc *days = doc_list(web->arena);
	int64_t top = chart_top(stats);

	for (size_t i = 0; i < STATS_DAYS; i++)
		doc_push(days, chart_day(web, &stats->days[i], top, (int64_t)i * CHART_DAY));
	doc_set(doc, "bars", days);
	doc_set_int(doc, "width", CHART_WIDTH);
	doc_set_int(doc, "height", CHART_HEIGHT);
	doc_set_text(doc, "top", show_number(web->arena, top));
	doc_set_text(doc, "first_day", show_day(web->arena, stats->days[0].start_us));
	doc_set_text(doc, "last_day", show_day(web->arena, stats->days[STATS_DAYS - 1].start_us));
	return doc;
}
