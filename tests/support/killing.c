/* killing.c - work that is killed between two steps. */
#include "killing.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <domain/deletions.h>
#include <domain/purge.h>

/* Dies at the boundary it was told to die at. */
static void count_down(void *context, const char *name)
{
	int *left = context;

	(void)name;
	if (--*left == 0) {
		raise(SIGKILL);
	}
}

bool killing_continue(const struct domain *domain, struct arena *arena, struct error *error)
{
	unsigned steps;

	return deletions_continue(domain, arena, 0, &steps, error);
}

bool killing_purge(const struct domain *domain, struct arena *arena, struct error *error)
{
	struct purge_report report;

	return purge_due(domain, arena, NULL, &report, error);
}

bool killing_run(killing_work_fn work, int boundary)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct db *db;
		struct domain domain = world_second_domain(world, &db);
		struct arena *arena = arena_create();
		struct error error = {0};

		domain.after_step = count_down;
		domain.after_step_context = &boundary;
		_exit(work(&domain, arena, &error) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status)) {
		assert_int_equal(WEXITSTATUS(status), 0);
		return false;
	}
	assert_int_equal(WTERMSIG(status), SIGKILL);
	return true;
}

void killing_go_on(killing_work_fn work)
{
	struct error error = {0};

	assert_true(work(&world->domain, world->arena, &error));
}
