/* photos_list.h - what the two ways of listing photos share. */
#ifndef LETHE_STORE_PHOTOS_LIST_H
#define LETHE_STORE_PHOTOS_LIST_H

#include "photos_sql.h"

#define PHOTO_SHELVES 3 /* live, archived, deleted */

#define AND_ALSO " UNION ALL "

/* The page out of its ranges, with all that is shown. */
#define PAGE_OF(ranges)                                                                            \
	"SELECT STRAIGHT_JOIN " PHOTO_COLUMNS " FROM (" ranges                                     \
	" ORDER BY id DESC LIMIT ?) page JOIN photos p ON p.id = page.id" PHOTO_JOINS              \
	" ORDER BY page.id DESC"

/* Which index a list goes down: that of what it narrows by, the rarest first. */
enum photo_driver { BY_SHELVES, BY_PLACE, BY_STATUS, BY_TAG };
enum photo_driver photo_driver_of(const struct photo_filter *filter);

/* Values as they are gathered: at most six ranges of thirteen, and three more. */
struct photo_values {
	struct db_value items[84];
	size_t count;
};

/* DB_OK while the deletion of a project, a site or the organisation itself is marking. */
enum db_result photos_marking(struct db *db, struct arena *arena, const struct id *organization_id)
    __attribute__((warn_unused_result));

/* How far down a list by shelves looks meanwhile, in floor_r (none: to the end): what its rows say
 * is not what readers see, so that it may have to pass over any number of them. */
enum db_result photos_look_marking(struct db *db, struct arena *arena,
    const struct photo_filter *filter, struct id *floor_r) __attribute__((warn_unused_result));

/* The statement of a list that holds meanwhile, and its values; that of PHOTO_COLUMNS is there,
 * that of the page's limit is added by the caller. No row below `floor` is looked at. NULL where no
 * shelf is asked for. */
const struct db_statement *photos_list_marking(
    struct photo_values *values, const struct photo_filter *filter, const struct id *floor);

#endif
