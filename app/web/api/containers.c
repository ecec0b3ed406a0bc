/* containers.c - the API of deleting albums, projects, sites and organisations. */
#include "../acts_containers.h"
#include "../answer.h"
#include "../handlers.h"
#include "../present.h"

bool api_impact(struct web *web, struct error *error)
{
	struct deletion_impact impact;

	return acts_impact(web, acts_photo_action(web), IMPACT_ALL, &impact, error) &&
	       api_answer(web, present_impact(web, &impact, IMPACT_ALL));
}

bool api_project_delete(struct web *web, struct error *error)
{
	struct deletion deletion;

	return acts_delete_container(web, &deletion, error) &&
	       api_answer(web, present_container_deleted(web, &deletion, "project_id"));
}

bool api_site_delete(struct web *web, struct error *error)
{
	struct deletion deletion;

	return acts_delete_container(web, &deletion, error) &&
	       api_answer(web, present_container_deleted(web, &deletion, "site_id"));
}

bool api_container_delete(struct web *web, struct error *error)
{
	struct deletion deletion;

	return acts_delete_container(web, &deletion, error) &&
	       api_answer(web, present_deleted(web, &deletion));
}

bool api_organization_restore(struct web *web, struct error *error)
{
	struct deletion deletion;

	return deletions_restore_organization(
		   web->domain, &web->actor, web->arena, &web->subject_id, &deletion, error) &&
	       api_answer(web, present_deletion(web, &deletion));
}
