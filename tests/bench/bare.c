/* bare.c - what Lethe's pages are measured against: a libfcgi program that does nothing but run the
 * statements of a page and send its bytes.
 *
 * usage: bare SOCKET THREADS ANSWER <PLAN
 *
 * ANSWER is a file with the whole answer, head and body. PLAN has a line for each statement, in the
 * order in which a page runs them: its name, as in DB_STATEMENT, and its values. A value is `null`,
 * `int:N`, `text:WORD`, `hex:BYTES` or `time:SECONDS`, the last from now. The texts of the
 * statements are Lethe's own, found by their names, so that they cannot differ. Each thread has its
 * connection, made as Lethe makes it (LETHE_DB_SOCKET, _USER, _PASSWORD, _NAME), keeps its
 * statements prepared, binds the values, and fetches every row. */
#include <db/db.h>
#include <fcgiapp.h>
#include <mysql.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STEPS_MAX   16
#define VALUES_MAX  256
#define COLUMNS_MAX 64
#define TEXT_SIZE   2048
#define STACK_BYTES (256 * 1024)

struct value {
	enum enum_field_types type;
	long long integer; /* or seconds from now */
	char *bytes;
	unsigned long length;
};

/* One statement of the page. */
struct step {
	const char *sql;
	struct value values[VALUES_MAX];
	unsigned count;
};

/* All that the threads share, and only read. */
struct page {
	int listener;
	char *answer;
	size_t answer_length;
	struct step steps[STEPS_MAX];
	unsigned step_count;
};

/* Where a column of a row goes; all statements of a thread share these. */
struct column {
	union {
		long long integer;
		MYSQL_TIME time;
		char text[TEXT_SIZE];
	} value;
	unsigned long length;
	my_bool is_null;
};

/* A statement on one connection, with its values bound. */
struct prepared {
	MYSQL_STMT *handle;
	MYSQL_TIME times[VALUES_MAX];
};

struct thread {
	const struct page *page;
	MYSQL *mysql;
	struct prepared steps[STEPS_MAX];
	struct column columns[COLUMNS_MAX];
};

__attribute__((noreturn)) static void die(const char *what, const char *why)
{
	fprintf(stderr, "bare: %s: %s\n", what, why);
	exit(1);
}

static void *allocate(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		die("memory", "none left");
	return memory;
}

/* --- the plan ------------------------------------------------------------------------------ */

static const char *find_sql(const char *name)
{
	size_t count;
	const struct db_statement *const *all = db_statements(&count);

	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i]->name, name) == 0)
			return all[i]->sql;
	die(name, "there is no such statement");
}

static void read_hex(const char *digits, struct value *value)
{
	value->length = strlen(digits) / 2;
	value->bytes = allocate(value->length + 1);
	for (unsigned long i = 0; i < value->length; i++) {
		char pair[3] = {digits[2 * i], digits[2 * i + 1], '\0'};

		value->bytes[i] = (char)strtol(pair, NULL, 16);
	}
}

static struct value read_value(const char *word)
{
	const char *colon = strchr(word, ':');
	struct value value = {.type = MYSQL_TYPE_NULL};

	if (strcmp(word, "null") == 0)
		return value;
	if (!colon)
		die(word, "is no value");
	value.integer = strtoll(colon + 1, NULL, 10);
	if (strncmp(word, "int:", 4) == 0) {
		value.type = MYSQL_TYPE_LONGLONG;
	} else if (strncmp(word, "time:", 5) == 0) {
		value.type = MYSQL_TYPE_DATETIME;
	} else if (strncmp(word, "hex:", 4) == 0) {
		value.type = MYSQL_TYPE_BLOB;
		read_hex(colon + 1, &value);
	} else {
		value.type = MYSQL_TYPE_STRING;
		value.length = strlen(colon + 1);
		value.bytes = allocate(value.length + 1);
		memcpy(value.bytes, colon + 1, value.length);
	}
	return value;
}

static void read_step(char *line, struct step *step)
{
	char *rest = NULL;
	const char *word = strtok_r(line, " \n", &rest);

	if (!word)
		die("plan", "an empty line");
	step->sql = find_sql(word);
	while ((word = strtok_r(NULL, " \n", &rest))) {
		if (step->count == VALUES_MAX)
			die("plan", "too many values");
		step->values[step->count++] = read_value(word);
	}
}

static void read_plan(struct page *page)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		if (page->step_count == STEPS_MAX)
			die("plan", "too many statements");
		read_step(line, &page->steps[page->step_count++]);
	}
	free(line);
}

static void read_answer(const char *path, struct page *page)
{
	FILE *file = fopen(path, "rb");
	struct stat status;

	if (!file || fstat(fileno(file), &status) != 0)
		die(path, "cannot be read");
	page->answer_length = (size_t)status.st_size;
	page->answer = allocate(page->answer_length + 1);
	if (fread(page->answer, 1, page->answer_length, file) != page->answer_length)
		die(path, "cannot be read");
	fclose(file);
}

/* --- the database -------------------------------------------------------------------------- */

static void connect_thread(struct thread *thread)
{
	static const char isolation[] = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
	my_bool no = 0;

	thread->mysql = mysql_init(NULL);
	mysql_options(thread->mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(thread->mysql, MYSQL_REPORT_DATA_TRUNCATION, &no);
	if (!mysql_real_connect(thread->mysql, NULL, getenv("LETHE_DB_USER"),
		getenv("LETHE_DB_PASSWORD"), getenv("LETHE_DB_NAME"), 0, getenv("LETHE_DB_SOCKET"),
		0) ||
	    mysql_query(thread->mysql, isolation) != 0)
		die("connect", mysql_error(thread->mysql));
}

static void bind_values(const struct step *step, struct prepared *prepared)
{
	MYSQL_BIND binds[VALUES_MAX];

	memset(binds, 0, sizeof(binds));
	for (unsigned i = 0; i < step->count; i++) {
		const struct value *value = &step->values[i];

		binds[i].buffer_type = value->type;
		binds[i].buffer = value->bytes;
		binds[i].buffer_length = value->length;
		if (value->type == MYSQL_TYPE_LONGLONG)
			binds[i].buffer = (void *)&value->integer;
		if (value->type == MYSQL_TYPE_DATETIME)
			binds[i].buffer = &prepared->times[i];
	}
	if (mysql_stmt_bind_param(prepared->handle, binds) != 0)
		die(step->sql, mysql_stmt_error(prepared->handle));
}

static void bind_columns(struct thread *thread, const struct step *step, MYSQL_STMT *handle)
{
	MYSQL_BIND binds[COLUMNS_MAX];
	const MYSQL_FIELD *fields = mariadb_stmt_fetch_fields(handle);
	unsigned count = mysql_stmt_field_count(handle);

	if (count == 0 || count > COLUMNS_MAX)
		die(step->sql, "the number of its columns");
	memset(binds, 0, sizeof(binds));
	for (unsigned i = 0; i < count; i++) {
		binds[i].buffer_type = IS_NUM(fields[i].type)                  ? MYSQL_TYPE_LONGLONG
				       : fields[i].type == MYSQL_TYPE_DATETIME ? MYSQL_TYPE_DATETIME
									       : MYSQL_TYPE_BLOB;
		binds[i].buffer = &thread->columns[i].value;
		binds[i].buffer_length = sizeof(thread->columns[i].value);
		binds[i].length = &thread->columns[i].length;
		binds[i].is_null = &thread->columns[i].is_null;
	}
	if (mysql_stmt_bind_result(handle, binds) != 0)
		die(step->sql, mysql_stmt_error(handle));
}

static void prepare(struct thread *thread, unsigned index)
{
	const struct step *step = &thread->page->steps[index];
	struct prepared *prepared = &thread->steps[index];

	prepared->handle = mysql_stmt_init(thread->mysql);
	if (mysql_stmt_prepare(prepared->handle, step->sql, strlen(step->sql)) != 0)
		die(step->sql, mysql_stmt_error(prepared->handle));
	if (mysql_stmt_param_count(prepared->handle) != step->count)
		die(step->sql, "the plan has another number of values");
	bind_values(step, prepared);
	bind_columns(thread, step, prepared->handle);
}

/* The times of a statement, which are told from now. */
static void set_times(const struct step *step, struct prepared *prepared)
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	for (unsigned i = 0; i < step->count; i++) {
		time_t seconds = now.tv_sec + step->values[i].integer;

		if (step->values[i].type != MYSQL_TYPE_DATETIME)
			continue;
		gmtime_r(&seconds, &tm);
		prepared->times[i] = (MYSQL_TIME){.year = (unsigned)tm.tm_year + 1900,
		    .month = (unsigned)tm.tm_mon + 1,
		    .day = (unsigned)tm.tm_mday,
		    .hour = (unsigned)tm.tm_hour,
		    .minute = (unsigned)tm.tm_min,
		    .second = (unsigned)tm.tm_sec,
		    .second_part = (unsigned long)now.tv_nsec / 1000,
		    .time_type = MYSQL_TIMESTAMP_DATETIME};
	}
}

static void run_step(struct thread *thread, unsigned index)
{
	const struct step *step = &thread->page->steps[index];
	struct prepared *prepared = &thread->steps[index];
	int fetched;

	set_times(step, prepared);
	if (mysql_stmt_execute(prepared->handle) != 0)
		die(step->sql, mysql_stmt_error(prepared->handle));
	do {
		fetched = mysql_stmt_fetch(prepared->handle);
	} while (fetched == 0);
	if (fetched != MYSQL_NO_DATA)
		die(step->sql, mysql_stmt_error(prepared->handle));
}

/* --- serving ------------------------------------------------------------------------------- */

static void *serve(void *context)
{
	struct thread *thread = allocate(sizeof(*thread));
	FCGX_Request request;

	thread->page = context;
	connect_thread(thread);
	for (unsigned i = 0; i < thread->page->step_count; i++)
		prepare(thread, i);
	FCGX_InitRequest(&request, thread->page->listener, 0);
	while (FCGX_Accept_r(&request) >= 0) {
		for (unsigned i = 0; i < thread->page->step_count; i++)
			run_step(thread, i);
		FCGX_PutStr(thread->page->answer, (int)thread->page->answer_length, request.out);
		FCGX_Finish_r(&request);
	}
	mysql_close(thread->mysql);
	free(thread);
	return NULL;
}

static void start_threads(int count, struct page *page)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	for (int i = 0; i < count; i++)
		if (pthread_create(&thread, &attributes, serve, page) != 0)
			die("thread", "cannot be started");
	pthread_attr_destroy(&attributes);
}

int main(int argc, char **argv)
{
	static struct page page; /* the threads use it to the end */

	if (argc != 4)
		die("usage", "bare SOCKET THREADS ANSWER <PLAN");
	signal(SIGPIPE, SIG_IGN);
	read_plan(&page);
	read_answer(argv[3], &page);
	if (FCGX_Init() != 0 || mysql_library_init(0, NULL, NULL) != 0)
		die("start", "the libraries are not there");
	unlink(argv[1]);
	page.listener = FCGX_OpenSocket(argv[1], 64);
	if (page.listener < 0 || chmod(argv[1], 0660) != 0)
		die(argv[1], "cannot be opened");
	start_threads((int)strtol(argv[2], NULL, 10), &page);
	pause();
	return 0;
}
