/* proof.c - how somebody will have to prove who they are. */
#include "proof.h"

#include "../gate.h"

#include <domain/accounts.h>

bool proof_set(struct web *web, struct doc *page, bool *has_password_r, struct error *error)
{
	struct account_status status;

	if (!accounts_status(web->domain, &web->actor, web->arena, &status, error))
		return false;
	doc_set_bool(page, "is_fresh", gate_is_fresh(web));
	doc_set_bool(page, "has_password", status.has_password);
	if (has_password_r)
		*has_password_r = status.has_password;
	return true;
}
