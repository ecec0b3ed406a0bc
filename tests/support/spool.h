/* spool.h - what tests of sending need: a world with a mailer to a spool folder, where each mail is
 * a file. */
#ifndef LETHE_TESTS_SPOOL_H
#define LETHE_TESTS_SPOOL_H

#include "scene.h"

#include <base/config.h>
#include <mail/outbox.h>

/* The mailer, and what it is opened with. */
extern struct mailer *mailer;
extern struct config spool_config;

/* For cmocka: the world and the folder made and removed; before a test both are emptied. */
int spool_start(void **state);
int spool_stop(void **state);
int spool_set_up(void **state);
#define SPOOL_TEST(name) cmocka_unit_test_setup(name, spool_set_up)

/* Open the mailer anew, after a change of the configuration. */
void spool_reopen(void);
/* Let the folder be out of reach, or again where it was. */
void spool_lose(void);
void spool_find(void);

/* Queue a mail to "Ada" of two photos, within a transaction or in one of its own. */
bool spool_add(struct db_tx *tx, const struct id *id, const char *recipient, const char *template,
    struct error *error);
struct id spool_queue(const char *recipient, const char *template);

/* Send what is due. */
struct mail_report spool_send(void);

/* The queue, in its order. */
enum outbox_column {
	OUTBOX_STATE,
	OUTBOX_ATTEMPTS,
	OUTBOX_NEXT,
	OUTBOX_SENT,
	OUTBOX_ERROR,
	OUTBOX_DATA,
	OUTBOX_SUBJECT,
	OUTBOX_TEXT,
	OUTBOX_HTML,
	OUTBOX_UNTIL,
	OUTBOX_RECIPIENT
};
struct db_rows spool_outbox(void);

/* The folder; how many files it has; the file of a mail, and what it says. */
const char *spool_folder(void);
size_t spool_count(void);
const char *spool_path(const struct id *id);
const char *spool_message(const struct id *id);

#endif
