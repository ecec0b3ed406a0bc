/* claims.c - the API of claims on sites. */
#include "../answer.h"
#include "../handlers.h"
#include "../input.h"
#include "../present.h"

#include <domain/claims.h>

bool api_claim_make(struct web *web, struct error *error)
{
	struct claim claim;

	return claims_make(web->domain, &web->actor, web->arena, &web->subject_id, &claim, error) &&
	       api_answer(web, present_claim(web, &claim));
}

bool api_claim_decide(struct web *web, struct error *error)
{
	struct claim claim;
	struct id id;
	bool approve = input_get(web, "decision")->integer == 0;

	return web_path_id(web, "claim_id", &id, error) &&
	       claims_decide(web->domain, &web->actor, web->arena, &web->subject_id, &id, approve,
		   &claim, error) &&
	       api_answer(web, present_claim(web, &claim));
}
