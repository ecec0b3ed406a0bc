/* main.c - the subcommands of `lethe`: configuration, composition, and what owns what. */
#include <auth/auth.h>
#include <auth/keyring.h>
#include <auth/keys.h>
#include <auth/password.h>
#include <base/config.h>
#include <base/log.h>
#include <http/server.h>
#include <identity/identity.h>
#include <mail/outbox.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <storage/storage.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <web/app.h>
#include <worker/worker.h>

#include <cli/cli.h>

/* What the process owns, made before a command and freed after it. */
struct program {
	struct config config;
	struct arena *arena;
	const struct clock *clock;
};

/* Who a command is to the database. */
enum database_user { AS_NOBODY, AS_APP, AS_OWNER, AS_PRUNE, DATABASE_USERS };

struct command {
	const char *name;
	const char *summary;
	enum database_user user;
	int (*run)(struct cli *cli, int argc, char **argv);            /* of operators */
	int (*daemon)(struct program *program, int argc, char **argv); /* or of processes */
};

static struct db_options database_of(const struct config *config, enum database_user user)
{
	const struct {
		const char *name, *password;
	} users[DATABASE_USERS] = {
	    [AS_APP] = {config->db_user, config->db_password},
	    [AS_OWNER] = {config->db_owner_user, config->db_owner_password},
	    [AS_PRUNE] = {config->db_prune_user, config->db_prune_password},
	};

	return (struct db_options){
	    .socket = config->db_socket,
	    .host = config->db_host,
	    .port = (unsigned)config->db_port,
	    .user = users[user].name,
	    .password = users[user].password,
	    .database = config->db_name,
	};
}

static int complain(const struct error *error)
{
	fprintf(stderr, "lethe: %s\n", error->message);
	return CLI_FAILED;
}

/* The keys, checked against the database that they belong to. */
static const struct keys *open_keys(struct program *program, struct error *error)
{
	struct db_options options = database_of(&program->config, AS_APP);
	struct db *db = db_open(&options, error);
	const struct keys *keys;

	if (!db)
		return NULL;
	keys = keyring_open(
	    db, program->config.keys, false, clock_now_us(program->clock), program->arena, error);
	db_close(&db);
	return keys;
}

static bool serve(struct program *program, struct web_parts *parts, struct error *error)
{
	struct web_app *app = web_create(program->arena, parts, error);
	struct http_server server = {
	    .socket_path = program->config.socket,
	    .threads = program->config.threads,
	    .clock = program->clock,
	    .context = app,
	    .thread_open = web_thread_open,
	    .handle = web_handle,
	    .refuse = web_refuse,
	    .thread_close = web_thread_close,
	};
	bool ok;

	if (!app)
		return false;
	log_event(LOG_INFO, "serving", log_int("threads", program->config.threads));
	ok = http_serve(&server, error);
	if (ok)
		web_destroy(&app);
	return ok;
}

static int run_serve(struct program *program, int argc, char **argv)
{
	struct web_parts parts = {.config = &program->config, .clock = program->clock};
	struct password_hasher *hasher = NULL;
	struct storage *storage = NULL;
	struct error error = {0};
	bool ok;

	(void)argv;
	if (argc > 0) {
		fprintf(stderr, "usage: lethe serve\n");
		return CLI_USAGE;
	}
	parts.keys = open_keys(program, &error);
	storage = parts.keys ? storage_open_folder(program->config.storage, &error) : NULL;
	hasher = storage ? password_hasher_create(&error) : NULL;
	parts.storage = storage;
	parts.hasher = hasher;
	ok = hasher && serve(program, &parts, &error);
	if (!ok && strcmp(error.code, "stop_timeout") == 0)
		_exit(complain(&error)); /* threads still use what would be freed */
	password_hasher_destroy(&hasher);
	storage_close(&storage);
	return ok ? CLI_OK : complain(&error);
}

static void stop_signals(sigset_t *signals_r)
{
	sigemptyset(signals_r);
	sigaddset(signals_r, SIGTERM);
	sigaddset(signals_r, SIGINT);
}

/* SIGTERM and SIGINT are blocked and looked for between steps. */
static bool is_stopping(void *context)
{
	sigset_t pending;

	(void)context;
	sigpending(&pending);
	return sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT);
}

static void wait_for_stop(void *context, int seconds)
{
	struct timespec left = {.tv_sec = 0, .tv_nsec = 100000000};

	for (int i = 0; i < seconds * 10 && !is_stopping(context); i++)
		nanosleep(&left, NULL);
}

/* A step that waits for a store that does not answer would outlast any stop: its transaction ends
 * with the process. */
static void *end_late(void *context)
{
	struct timespec tenth = {.tv_sec = 0, .tv_nsec = 100000000};

	for (int left = HTTP_SERVER_STOP_S * 10; left > 0; left -= is_stopping(context))
		nanosleep(&tenth, NULL);
	log_event(LOG_ERROR, "stop_timeout");
	_exit(CLI_FAILED);
}

/* With the signals blocked, which threads inherit. */
static bool watch_stop(struct error *error)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, end_late, NULL) != 0)
		return error_set(
		    error, ERROR_UNAVAILABLE, "threads_failed", "Cannot start a thread.");
	pthread_detach(thread);
	return true;
}

/* Purging does not wait for a storage out of reach: what it leaves is removed once that is back. */
static struct storage *open_storage(const struct program *program)
{
	struct error error = {0};
	struct storage *storage = storage_open_folder(program->config.storage, &error);

	if (storage)
		return storage;
	log_event(LOG_WARNING, "storage_unavailable", log_text("code", error.code));
	return storage_open_unseen(program->config.storage);
}

/* All other work goes on where the pruning's user cannot sign in. */
static struct db *open_prune(const struct program *program)
{
	struct db_options options = database_of(&program->config, AS_PRUNE);
	struct error error = {0};
	struct db *db = db_open(&options, &error);

	if (!db)
		log_event(LOG_WARNING, "prune_unavailable", log_text("code", error.code));
	return db;
}

/* What the worker owns. */
struct workshop {
	struct auth auth;
	struct storage *storage;
	struct mailer *mailer;
	struct identity_service *identity;
};

static int work(struct program *program, bool once, struct workshop *workshop)
{
	struct domain domain = {
	    .db = workshop->auth.db,
	    .clock = program->clock,
	    .storage = workshop->storage,
	    .auth = &workshop->auth,
	    .identity = identity_service_provider(workshop->identity),
	    .step_rows = DOMAIN_STEP_ROWS,
	    .webhook_private = program->config.webhook_private,
	};
	struct worker_pace pace = {0};
	struct worker worker = {
	    .domain = &domain,
	    .mailer = workshop->mailer,
	    .pace = once ? NULL : &pace,
	    .prune = open_prune(program),
	    .control = {.stop = is_stopping, .wait = wait_for_stop},
	};
	struct error error = {0};
	int status = CLI_OK;

	if (once)
		status = worker_round(&worker, &error) ? CLI_OK : complain(&error);
	else
		worker_run(&worker, program->config.work_interval_s);
	db_close(&worker.prune);
	return status;
}

/* Filled as far as it goes; false with what is missing. */
static bool open_workshop(
    struct program *program, struct db *db, struct workshop *workshop, struct error *error)
{
	const struct identity_options asking = {.clock = program->clock, .stop = is_stopping};
	const struct keys *keys;

	workshop->identity = identity_service_open(&program->config, &asking, error);
	keys = workshop->identity ? open_keys(program, error) : NULL;
	workshop->storage = keys ? open_storage(program) : NULL;
	workshop->mailer = workshop->storage ? mailer_open(&program->config, error) : NULL;
	return workshop->mailer &&
	       auth_open(&workshop->auth, &program->config, db, program->clock, keys, NULL, error);
}

static int run_work(struct program *program, int argc, char **argv)
{
	bool once = argc == 1 && strcmp(argv[0], "--once") == 0;
	struct db_options options = database_of(&program->config, AS_APP);
	struct workshop workshop = {0};
	struct error error = {0};
	struct db *db = NULL;
	sigset_t signals;
	bool ok;
	int status;

	if (argc > 0 && !once) {
		fprintf(stderr, "usage: lethe work [--once]\n");
		return CLI_USAGE;
	}
	stop_signals(&signals);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN); /* a mail server that hangs up */
	db = watch_stop(&error) ? db_open(&options, &error) : NULL;
	ok = db && open_workshop(program, db, &workshop, &error);
	status = ok ? work(program, once, &workshop) : complain(&error);
	mailer_close(&workshop.mailer);
	storage_close(&workshop.storage);
	identity_service_close(&workshop.identity);
	db_close(&db);
	return status;
}

static int run_config(struct program *program, int argc, char **argv)
{
	(void)argv;
	if (argc > 0) {
		fprintf(stderr, "usage: lethe config\n");
		return CLI_USAGE;
	}
	config_print(&program->config, stdout);
	return CLI_OK;
}

static const struct command commands[] = {
    {"serve", "answer requests over FastCGI", AS_NOBODY, NULL, run_serve},
    {"work", "do the background work; --once does all that is due and ends", AS_NOBODY, NULL,
	run_work},
    {"migrate", "bring the database to this program's schema", AS_OWNER, cli_migrate, NULL},
    {"demo", "fill an empty database with a demonstration", AS_APP, cli_demo, NULL},
    {"user", "add and change accounts", AS_APP, cli_user, NULL},
    {"import", "take in a folder of photos", AS_APP, cli_import, NULL},
    {"purge", "purge what is due; --dry-run only says what; pause, resume, extend", AS_APP,
	cli_purge, NULL},
    {"audit", "export the audit trail", AS_APP, cli_audit, NULL},
    {"storage", "compare the stored objects with the rows that name them", AS_APP, cli_storage,
	NULL},
    {"mail", "count mails by state; retry: send again what has failed", AS_APP, cli_mail, NULL},
    {"receipt", "verify: whether a receipt is valid, and what it says", AS_NOBODY, cli_receipt,
	NULL},
    {"keys", "rotate: add a new generation of signing keys", AS_OWNER, cli_keys, NULL},
    {"config", "print every setting with its value and meaning", AS_NOBODY, NULL, run_config},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static int usage(void)
{
	fprintf(stderr, "usage: lethe COMMAND …\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(stderr, "  %-8s %s\n", commands[i].name, commands[i].summary);
	return CLI_USAGE;
}

static int run_cli(struct program *program, const struct command *command, int argc, char **argv)
{
	struct db_options options = database_of(&program->config, command->user);
	struct error error = {0};
	struct cli cli = {
	    .config = &program->config,
	    .clock = program->clock,
	    .arena = program->arena,
	    .in = stdin,
	    .out = stdout,
	    .err = stderr,
	};
	int status;

	if (command->user != AS_NOBODY) {
		cli.db = db_open(&options, &error);
		if (!cli.db)
			return complain(&error);
	}
	status = command->run(&cli, argc, argv);
	db_close(&cli.db);
	return status;
}

int main(int argc, char **argv)
{
	struct program program = {.arena = arena_create(), .clock = &clock_system};
	const struct command *command = NULL;
	struct error error = {0};
	int status;

	for (size_t i = 0; argc > 1 && i < COMMAND_COUNT; i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			command = &commands[i];
	if (!command)
		status = usage();
	else if (sodium_init() < 0 || !config_load(&program.config, program.arena, &error))
		status = complain(&error);
	else {
		log_set_level(program.config.log_level);
		status = command->daemon ? command->daemon(&program, argc - 2, argv + 2)
					 : run_cli(&program, command, argc - 2, argv + 2);
	}
	arena_destroy(&program.arena);
	return status;
}
