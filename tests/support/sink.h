/* sink.h - the mail server of tests: tests/support/smtp_sink.py (Debian's python3-aiosmtpd), in a
 * folder of its own with its certificate. One at a time. */
#ifndef LETHE_TESTS_SINK_H
#define LETHE_TESTS_SINK_H

#include <base/arena.h>
#include <stdbool.h>

/* Make the folder and the certificate. False: there is no such server on this machine (then the
 * tests are skipped), or no certificate can be made. */
bool sink_open(void) __attribute__((warn_unused_result));

/* Stop the server and remove the folder. */
void sink_close(void);

/* Start a server with this feature (NULL: none, see smtp_sink.py) and no messages; one that runs is
 * stopped first. `port` 0: any. */
void sink_start(const char *feature, int port);
void sink_stop(void);

/* The port of the server that was started last. */
int sink_port(void);

/* The file of the certificate, which vouches for "localhost". */
const char *sink_certificate(void);

/* A file that it wrote ("1.eml", "inbox"), or "" while there is none; in the arena. */
const char *sink_read(struct arena *arena, const char *name);

#endif
