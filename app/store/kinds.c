/* kinds.c - the words for kinds. */
#include <store/kinds.h>
#include <string.h>

static const char *const item_names[ITEM_KIND_COUNT] = {
    [ITEM_PHOTO] = "photo",
    [ITEM_ALBUM] = "album",
    [ITEM_PROJECT] = "project",
    [ITEM_SITE] = "site",
    [ITEM_QUEST] = "quest",
    [ITEM_ADVENTURE] = "adventure",
    [ITEM_EVENT] = "event",
    [ITEM_USER] = "user",
    [ITEM_ORGANIZATION] = "organization",
};

static const char *const count_names[COUNT_KIND_COUNT] = {
    [COUNT_PHOTO] = "photo",
    [COUNT_NOTE] = "note",
    [COUNT_AI_RESULT] = "ai_result",
    [COUNT_ALBUM] = "album",
    [COUNT_PROJECT] = "project",
    [COUNT_SITE] = "site",
    [COUNT_QUEST] = "quest",
    [COUNT_CARD] = "card",
    [COUNT_SUBMISSION] = "submission",
    [COUNT_ADVENTURE] = "adventure",
    [COUNT_SEQUENCE] = "sequence",
    [COUNT_EVENT] = "event",
    [COUNT_USER] = "user",
    [COUNT_ORGANIZATION] = "organization",
};

static const enum count_kind counted_as[ITEM_KIND_COUNT] = {
    [ITEM_PHOTO] = COUNT_PHOTO,
    [ITEM_ALBUM] = COUNT_ALBUM,
    [ITEM_PROJECT] = COUNT_PROJECT,
    [ITEM_SITE] = COUNT_SITE,
    [ITEM_QUEST] = COUNT_QUEST,
    [ITEM_ADVENTURE] = COUNT_ADVENTURE,
    [ITEM_EVENT] = COUNT_EVENT,
    [ITEM_USER] = COUNT_USER,
    [ITEM_ORGANIZATION] = COUNT_ORGANIZATION,
};

const char *item_kind_name(enum item_kind kind)
{
	return item_names[kind];
}

bool item_kind_parse(const char *name, enum item_kind *kind_r)
{
	for (int i = 0; name && i < ITEM_KIND_COUNT; i++) {
		if (strcmp(name, item_names[i]) == 0) {
			*kind_r = (enum item_kind)i;
			return true;
		}
	}
	return false;
}

const char *count_kind_name(enum count_kind kind)
{
	return kind < COUNT_KIND_COUNT ? count_names[kind] : NULL;
}

enum count_kind item_kind_counted(enum item_kind kind)
{
	return counted_as[kind];
}
