/* names.h - how a person is called to others. */
#ifndef LETHE_STORE_NAMES_H
#define LETHE_STORE_NAMES_H

/* The name of the row `user` of users, for others to see: who is deleted, or is leaving, has none
 * any more. NULL where an outer join found nobody. */
#define SHOWN_NAME(user)                                                                           \
	"IF(" user ".deleted_at IS NOT NULL OR " user ".deletion_status <=> 'SCHEDULED',"          \
	" 'Deleted User', " user ".display_name)"

#endif
