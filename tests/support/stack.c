/* stack.c - processes of Lethe, started and ended one by one. */
#include "stack.h"

#include "program.h"
#include "stack_parts.h"

#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PAUSE_MS       5
#define MOST_VARIABLES 512
#define MINUTE_S       60

static void give_up(const char *what)
{
	fprintf(stderr, "stack: %s\n", what);
	exit(1);
}

static void skip_all(const char *why)
{
	printf("skipped: %s\n", why);
	exit(TEST_SKIPPED);
}

void stack_pause(void)
{
	nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000}, NULL);
}

/* build/lethe, three levels above this program. */
static void find_program(struct stack *stack)
{
	char *slash;
	ssize_t length = readlink("/proc/self/exe", stack->program, sizeof(stack->program) - 16);

	if (length <= 0)
		give_up("where am I?");
	stack->program[length] = '\0';
	for (int i = 0; i < 3; i++)
		if ((slash = strrchr(stack->program, '/')))
			*slash = '\0';
	strcat(stack->program, "/lethe");
	if (access(stack->program, X_OK) != 0)
		skip_all("lethe has not been built beside this test");
}

static void make_folder(struct stack *stack)
{
	static const char *const names[] = {"logs", "run", "nginx"};

	snprintf(stack->folder, sizeof(stack->folder), "/tmp/lethe-fault-XXXXXX");
	if (!mkdtemp(stack->folder))
		give_up("no folder");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (mkdir(arena_printf(stack->lasting, "%s/%s", stack->folder, names[i]), 0700) !=
		    0)
			give_up("no folder");
}

static void set(struct stack *stack, const char *name, const char *value)
{
	(void)stack;
	setenv(name, value, 1);
}

/* What every process that is started from now on finds. */
static void set_environment(struct stack *stack)
{
	struct db_options options = test_database_options(stack->world->database, TEST_APP);

	set(stack, "LETHE_VAR", stack->folder);
	set(stack, "LETHE_STORAGE", stack->world->folder);
	set(stack, "LETHE_SOCKET", arena_printf(stack->lasting, "%s/run/s.sock", stack->folder));
	set(stack, "LETHE_DB_SOCKET", wire_socket(stack->wire));
	set(stack, "LETHE_DB_NAME", options.database);
	set(stack, "LETHE_DB_USER", options.user);
	set(stack, "LETHE_DB_PASSWORD", options.password);
	set(stack, "LETHE_DB_OWNER_USER", "lethe_owner");
	set(stack, "LETHE_DB_OWNER_PASSWORD", options.password);
	set(stack, "LETHE_THREADS", "8");
	set(stack, "LETHE_WORK_INTERVAL", "1");
}

/* Its database knows the keys of its folder then, too. */
static void migrate(struct stack *stack)
{
	if (stack_run(stack, NULL, LETHE("migrate")) != 0)
		give_up("lethe migrate failed");
}

struct stack *stack_open(void)
{
	struct stack *stack = calloc(1, sizeof(*stack));
	struct db_options options;

	if (!stack)
		give_up("out of memory");
	find_program(stack);
	stack->lasting = arena_create();
	stack->world = world_open();
	stack->world->clock.fixed_us = clock_now_us(&clock_system);
	options = test_database_options(stack->world->database, TEST_OWNER);
	stack->wire = wire_open(options.socket);
	make_folder(stack);
	set_environment(stack);
	migrate(stack);
	return stack;
}

void stack_clear(struct stack *stack)
{
	stack_wait_alone(stack);
	world_clear(stack->world);
	stack->world->clock.fixed_us = clock_now_us(&clock_system);
	set(stack, "LETHE_STORAGE", stack->world->folder);
	migrate(stack);
}

static void end(pid_t *child, int number)
{
	if (*child > 0) {
		kill(*child, number);
		(void)!stack_wait(*child, MINUTE_S);
	}
	*child = 0;
}

/* What the sanitizers of a process had to say is a failure, whatever became of the process. */
static bool has_report(struct stack *stack)
{
	return stack_logged(stack, "Sanitizer") + stack_logged(stack, "runtime error:") > 0;
}

void stack_close(struct stack **stack)
{
	struct stack *closing = *stack;
	bool is_reported;

	*stack = NULL;
	wire_release(closing->wire);
	end(&closing->nginx, SIGTERM);
	end(&closing->serve, SIGKILL);
	if (closing->client)
		http_client_close(&closing->client);
	wire_close(&closing->wire);
	is_reported = has_report(closing);
	if (is_reported || getenv("KEEP_STACK"))
		fprintf(stderr, "stack: logs are in %s\n", closing->folder);
	else
		program_remove_folder(closing->folder);
	world_close(&closing->world);
	arena_destroy(&closing->lasting);
	free(closing);
	if (is_reported)
		give_up("a sanitizer reported something");
}

int stack_group_open(void **state)
{
	*state = stack_open();
	return 0;
}

int stack_group_open_site(void **state)
{
	struct stack *stack = stack_open();

	*state = stack;
	stack_open_people(stack);
	stack_open_site(stack);
	return 0;
}

int stack_group_close(void **state)
{
	struct stack *stack = *state;

	stack_close(&stack);
	return 0;
}

/* --- processes ----------------------------------------------------------------------------- */

/* The environment with a clock of its own. libfaketime is loaded directly and not by its program,
 * which would stand between this test and the process. */
static void move_clock(struct arena *arena, const char *clock, const char **variables, size_t count)
{
	const char *options = getenv("ASAN_OPTIONS");
	glob_t found;

	if (glob("/usr/lib/*/faketime/libfaketimeMT.so.1", 0, NULL, &found) != 0)
		skip_all("faketime is not installed");
	variables[count++] = arena_printf(arena, "LD_PRELOAD=%s", found.gl_pathv[0]);
	variables[count++] = arena_printf(arena, "FAKETIME=%s", clock);
	variables[count++] = "FAKETIME_DONT_FAKE_MONOTONIC=1";
	variables[count++] =
	    arena_printf(arena, "ASAN_OPTIONS=verify_asan_link_order=0:%s", options ? options : "");
	variables[count] = NULL;
	globfree(&found);
}

static const char **list_variables(struct arena *arena, const char *clock)
{
	const char **variables = arena_array(arena, MOST_VARIABLES + 5, sizeof(*variables));
	size_t count = 0;

	for (char **variable = environ; *variable && count < MOST_VARIABLES; variable++)
		if (!clock || strncmp(*variable, "ASAN_OPTIONS=", 13) != 0)
			variables[count++] = *variable;
	variables[count] = NULL;
	if (clock)
		move_clock(arena, clock, variables, count);
	return variables;
}

static void become(
    int input, int log, const char *path, const char **arguments, const char **variables)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(input, STDIN_FILENO) >= 0 && dup2(log, STDOUT_FILENO) >= 0 &&
	    dup2(log, STDERR_FILENO) >= 0)
		execvpe(path, (char *const *)arguments, (char *const *)variables);
	_exit(127);
}

/* Only calls that are safe between fork and exec stand between the two: the wire is a thread. */
pid_t stack_spawn(struct stack *stack, const char *clock, const char *path, const char *input_path,
    const char *const arguments[])
{
	struct arena *arena = arena_create();
	const char *argument_list[24] = {path};
	const char **variables = list_variables(arena, clock);
	int log = open(arena_printf(arena, "%s/logs/lethe.log", stack->folder),
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	int input = open(input_path, O_RDONLY | O_CLOEXEC);
	pid_t child;

	for (size_t i = 0; arguments[i]; i++)
		argument_list[i + 1] = arguments[i];
	if (log < 0 || input < 0)
		give_up("no log or input");
	child = fork();
	if (child < 0)
		give_up("fork");
	if (child == 0)
		become(input, log, path, argument_list, variables);
	close(log);
	close(input);
	arena_destroy(&arena);
	return child;
}

pid_t stack_start(struct stack *stack, const char *clock, const char *const arguments[])
{
	return stack_spawn(stack, clock, stack->program, "/dev/null", arguments);
}

int stack_wait(pid_t child, int seconds)
{
	int64_t until_us = clock_monotonic_us() + (int64_t)seconds * 1000000;
	int status = 0;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (clock_monotonic_us() > until_us) {
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			fail_msg("process %d had to be killed after %d s", (int)child, seconds);
		}
		stack_pause();
	}
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int stack_run(struct stack *stack, const char *clock, const char *const arguments[])
{
	return stack_wait(stack_start(stack, clock, arguments), MINUTE_S);
}

unsigned stack_logged(struct stack *stack, const char *text)
{
	char path[128], line[4096];
	unsigned count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/logs/lethe.log", stack->folder);
	file = fopen(path, "r");
	if (!file)
		give_up("no log");
	while (fgets(line, sizeof(line), file))
		count += strstr(line, text) != NULL;
	fclose(file);
	return count;
}
