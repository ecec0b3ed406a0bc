/* admin_home.c - the admins' section: what there is to do, page by page. */
#include "../answer.h"
#include "../handlers.h"

bool page_admin(struct web *web, struct error *error)
{
	return page_send(web, 200, "admin", page_begin(web, "Admin"), error);
}
