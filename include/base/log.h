/* log.h - JSON lines on standard error: time, level, event, request id; never personal data. */
#ifndef LETHE_BASE_LOG_H
#define LETHE_BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

/* One named value of a log line; made by the log_* makers below. */
struct log_field {
	const char *name; /* NULL ends a list of fields */
	const char *text; /* NULL where it is a number */
	int64_t number;
};

static inline struct log_field log_text(const char *name, const char *value)
{
	return (struct log_field){.name = name, .text = value ? value : ""};
}

static inline struct log_field log_int(const char *name, int64_t value)
{
	return (struct log_field){.name = name, .number = value};
}

/* Lines below this level are dropped. Set once, before threads start. */
void log_set_level(enum log_level level);

/* The request this thread works on, shown in its lines; NULL or "" for none. The text is copied. */
void log_set_request(const char *request_id);

/* Write one line in one write(2). `event` is snake_case. Fields follow; values are escaped. */
void log_write(enum log_level level, const char *event, const struct log_field *fields);

#define log_event(level, event, ...)                                                               \
	log_write((level), (event), (const struct log_field[]){__VA_ARGS__ __VA_OPT__(, ){0}})

#endif
