/* memory.h - how much memory a process has, for tests of its bounds. */
#ifndef LETHE_TESTS_MEMORY_H
#define LETHE_TESTS_MEMORY_H

#include <stdbool.h>
#include <sys/types.h>

/* Whether a sanitizer keeps memory of its own: shadows, and what was freed for a long while. No
 * bound of a process's memory holds then. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEMORY_IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define MEMORY_IS_SANITIZED 1
#endif
#endif
#ifndef MEMORY_IS_SANITIZED
#define MEMORY_IS_SANITIZED 0
#endif

/* The most resident memory this process has had, in KiB. */
long memory_peak_kib(void);

/* Whether that has grown by less than `most_kib` since it was `before_kib`; true with sanitizers.
 */
bool memory_grew_less(long before_kib, long most_kib);

/* The resident memory of a process now, in KiB. */
long memory_resident_kib(pid_t pid);

#endif
