/* acts_containers.c - what pages and API do alike with albums, projects, sites, organisations. */
#include "acts_containers.h"

#include "input.h"

#include <base/clock.h>
#include <base/text.h>
#include <store/tags.h>
#include <string.h>

#define DATE_LENGTH      10 /* of 2026-01-31 */
#define COUNTED_BY_PAGES 500

enum item_kind acts_kind_of(enum place_kind kind)
{
	static const enum item_kind kinds[PLACE_KIND_COUNT] = {
	    [PLACE_PROJECT] = ITEM_PROJECT,
	    [PLACE_SITE] = ITEM_SITE,
	    [PLACE_ALBUM] = ITEM_ALBUM,
	    [PLACE_ORGANIZATION] = ITEM_ORGANIZATION,
	    [PLACE_TAG] = ITEM_KIND_COUNT,
	};

	return kinds[kind];
}

/* The choices are in the order of the enum, which begins with none. */
enum photo_action acts_photo_action(const struct web *web)
{
	const struct web_value *action = input_get(web, "photo_action");

	return action->present ? (enum photo_action)(action->integer + 1) : PHOTO_ACTION_NONE;
}

int64_t acts_count_most(const struct web *web)
{
	return input_bool(web, "exact") ? IMPACT_ALL : COUNTED_BY_PAGES;
}

bool acts_impact(struct web *web, enum photo_action action, int64_t most,
    struct deletion_impact *impact_r, struct error *error)
{
	const struct place *place = web->subject;

	return deletions_impact(web->domain, &web->actor, web->arena, acts_kind_of(place->kind),
	    &place->id, action, most, impact_r, error);
}

bool acts_delete_container(struct web *web, struct deletion *deletion_r, struct error *error)
{
	const struct place *place = web->subject;
	struct deletion_act act = {
	    .kind = acts_kind_of(place->kind),
	    .item_id = place->id,
	    .reason = input_text(web, "reason"),
	    .origin = ORIGIN_BY_ACTOR,
	    .photo_action = acts_photo_action(web),
	    .confirmation = input_text(web, "confirmation"),
	};

	return deletions_delete(web->domain, &web->actor, web->arena, &act, deletion_r, error);
}

/* --- criteria of an archiving -------------------------------------------------------------------
 */

static bool refuse(const char *field, const char *what, struct error *error)
{
	return error_set_field(error, field, "invalid_input", "%s %s.", field, what);
}

static bool read_id(
    const json_t *value, const char *field, const char *what, struct id *id_r, struct error *error)
{
	const char *text = json_string_value(value);

	return (text && id_parse(text, id_r)) || refuse(field, what, error);
}

/* A range holds its end as well: the whole day of a date, the microsecond of an instant. */
static int64_t behind(const char *text, int64_t end_us)
{
	return end_us + (strlen(text) == DATE_LENGTH ? CLOCK_DAY_US : 1);
}

static bool read_bound(const json_t *value, bool is_end, int64_t *us_r, struct error *error)
{
	const char *text = json_string_value(value);

	if (!value || json_is_null(value))
		return true;
	if (!text || !clock_parse(text, us_r))
		return refuse("date_range", "must have RFC 3339 times as start and end", error);
	if (is_end)
		*us_r = behind(text, *us_r);
	return true;
}

static bool read_range(
    const json_t *range, struct archive_criteria *criteria_r, struct error *error)
{
	const char *name;
	json_t *value;

	if (!json_is_object(range))
		return refuse("date_range", "must be an object with start and end", error);
	json_object_foreach((json_t *)range, name, value)
	{
		if (strcmp(name, "start") != 0 && strcmp(name, "end") != 0)
			return refuse("date_range", "has start and end alone", error);
	}
	return read_bound(json_object_get(range, "start"), false, &criteria_r->from_us, error) &&
	       read_bound(json_object_get(range, "end"), true, &criteria_r->until_us, error);
}

static bool read_tags(const json_t *tags, struct archive_criteria *criteria_r, struct error *error)
{
	size_t count = json_array_size(tags);

	if (!json_is_array(tags) || count == 0)
		return refuse("tag_ids", "must be a list of at least one UUID", error);
	if (count > ARCHIVE_MAX_TAGS)
		return error_set_field(error, "tag_ids", "too_many_tags",
		    "tag_ids can name at most %d tags.", ARCHIVE_MAX_TAGS);
	for (size_t i = 0; i < count; i++)
		if (!read_id(json_array_get(tags, i), "tag_ids", "must be UUIDs",
			&criteria_r->tag_ids[i], error))
			return false;
	criteria_r->tag_count = count;
	return true;
}

static bool read_project(
    const json_t *value, struct archive_criteria *criteria_r, struct error *error)
{
	return read_id(value, "project_id", "must be a UUID", &criteria_r->project_id, error);
}

static const struct criterion {
	const char *name;
	bool (*read)(const json_t *, struct archive_criteria *, struct error *);
} known[] = {{"project_id", read_project}, {"date_range", read_range}, {"tag_ids", read_tags}};

static const struct criterion *find_criterion(const char *name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].name, name) == 0)
			return &known[i];
	return NULL;
}

/* One that is null is one that was left out. */
bool acts_read_criteria(
    const json_t *object, struct archive_criteria *criteria_r, struct error *error)
{
	const char *name;
	json_t *value;

	*criteria_r = (struct archive_criteria){0};
	json_object_foreach((json_t *)object, name, value)
	{
		const struct criterion *criterion = find_criterion(name);
		if (!criterion)
			return error_set_field(error, name, "unknown_member",
			    "%s is no criterion; leave it out.", name);
		if (!json_is_null(value) && !criterion->read(value, criteria_r, error))
			return false;
	}
	return true;
}

static bool find_tag(
    struct web *web, const char *name, struct archive_criteria *criteria_r, struct error *error)
{
	enum db_result result;

	if (criteria_r->tag_count == ARCHIVE_MAX_TAGS)
		return error_set_field(error, "tags", "too_many_tags",
		    "tags can name at most %d tags.", ARCHIVE_MAX_TAGS);
	result = store_tag_find(web->domain->db, web->arena, &web->actor.organization_id, name,
	    &criteria_r->tag_ids[criteria_r->tag_count]);
	if (result == DB_NONE)
		return error_set_field(
		    error, "tags", "unknown_tag", "There is no tag “%.60s”.", name);
	if (result != DB_OK)
		return db_fail(result, error);
	criteria_r->tag_count++;
	return true;
}

bool acts_form_criteria(
    struct web *web, struct archive_criteria *criteria_r, bool *given_r, struct error *error)
{
	const struct web_value *to = input_get(web, "to");
	char *rest = arena_dup(web->arena, input_text(web, "tags"));

	*criteria_r = (struct archive_criteria){
	    .project_id = *input_id(web, "project_id"),
	    .from_us = input_integer(web, "from", 0),
	    .until_us = to->present ? behind(to->text, to->integer) : 0,
	};
	for (char *tag; rest && (tag = strsep(&rest, ","));)
		if (!text_is_blank(tag) &&
		    !find_tag(web, text_trim(web->arena, tag), criteria_r, error))
			return false;
	*given_r = !id_is_none(&criteria_r->project_id) || criteria_r->from_us ||
		   criteria_r->until_us || criteria_r->tag_count > 0;
	return true;
}
