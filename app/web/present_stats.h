/* present_stats.h - the figures of the dashboard as a document. */
#ifndef LETHE_WEB_PRESENT_STATS_H
#define LETHE_WEB_PRESENT_STATS_H

#include "web.h"

#include <domain/stats.h>

/* Shape "stats". A page gets besides: `problems` (what is overdue or failed, worst first), `chart`,
 * rows of its tables, and words for each figure. */
struct doc *present_stats(struct web *web, const struct stats *stats);

/* `chart` of the last days for partials/chart: bars in a box of CHART_WIDTH by CHART_HEIGHT, its
 * highest value and first and last day in words. */
struct doc *present_chart(struct web *web, const struct stats *stats);

#define CHART_DAY    10 /* units of a day */
#define CHART_WIDTH  (CHART_DAY * STATS_DAYS)
#define CHART_HEIGHT 100

#endif
