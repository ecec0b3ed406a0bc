/* program.h - run other programs from a test. */
#ifndef LETHE_TESTS_PROGRAM_H
#define LETHE_TESTS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Run `arguments[0]` (looked up in PATH) with these arguments, the last one NULL, and wait for its
 * end. Its standard output goes to `output`, NUL-terminated and cut at `size`, or where that is
 * NULL to the test's own. Returns its exit status, or -1 if it could not be run or was ended by a
 * signal. */
int program_run(const char *const arguments[], char *output, size_t size)
    __attribute__((warn_unused_result));

/* Whether nobody listens at a port of the loopback; two ports in a row that are free, from this one
 * or one near it on. */
bool program_is_free(int port);
int program_free_ports(int from);

/* Start a server and wait until it has written the file `ready`. It ends with the test. Ends the
 * program if it does not come up. */
pid_t program_serve(char *const arguments[], const char *ready);
/* End it at once, if there is one. */
void program_end(pid_t *server);

/* Make a certificate for "localhost" and its key, as PEM files. */
bool program_certify(const char *certificate, const char *key);

/* Delete a folder with all that is in it. Ends the program on failure. */
void program_remove_folder(const char *folder);

#endif
