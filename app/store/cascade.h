/* cascade.h - what the statements on marked photos share. */
#ifndef LETHE_STORE_CASCADE_PRIVATE_H
#define LETHE_STORE_CASCADE_PRIVATE_H

#include <store/cascade.h>

/* Clearing the mark of photos `c`: one whose deletion was asked for gets back the status it had
 * before the request that this deletion settled. */
#define PHOTO_REQUEST                                                                              \
	" LEFT JOIN deletion_requests r ON r.photo_id = c.id AND r.deletion_id = c.deletion_id"
#define PHOTO_CLEARED                                                                              \
	" SET c.deleted_at = NULL, c.deletion_id = NULL,"                                          \
	" c.status = IF(c.status = 'deletion_requested',"                                          \
	" COALESCE(r.photo_status_before, 'approved'), c.status)"

#endif
