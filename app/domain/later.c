/* later.c - acts whose rules are being written: each refuses. */
#include <domain/archives.h>

static bool later(struct error *error)
{
	return error_set(error, ERROR_INTERNAL, "not_there_yet", "This is not there yet.");
}

bool archives_preview(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct archive_criteria *criteria, int64_t *count_r, struct error *error)
{
	(void)domain, (void)actor, (void)arena, (void)criteria;
	*count_r = 0;
	return later(error);
}

bool archives_archive(const struct domain *domain, const struct actor *actor, struct arena *arena,
    const struct archive_criteria *criteria, const char *reason, struct archives_result *result_r,
    struct error *error)
{
	(void)domain, (void)actor, (void)arena, (void)criteria, (void)reason;
	*result_r = (struct archives_result){0};
	return later(error);
}

bool archives_continue(const struct domain *domain, struct arena *arena, unsigned max_steps,
    unsigned *steps_r, struct error *error)
{
	(void)domain, (void)arena, (void)max_steps, (void)error;
	*steps_r = 0;
	return true;
}
