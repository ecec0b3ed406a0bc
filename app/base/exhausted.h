/* exhausted.h - what happens when there is no memory left: the process ends. */
#ifndef LETHE_BASE_EXHAUSTED_H
#define LETHE_BASE_EXHAUSTED_H

/* Say on stderr that memory ran out and abort. */
_Noreturn void memory_exhausted(void);

#endif
