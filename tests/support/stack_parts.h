/* stack_parts.h - what the files of a stack share. */
#ifndef LETHE_TESTS_STACK_PARTS_H
#define LETHE_TESTS_STACK_PARTS_H

#include "stack.h"

/* Start any program, with its standard input from a file. */
pid_t stack_spawn(struct stack *stack, const char *clock, const char *path, const char *input_path,
    const char *const arguments[]) __attribute__((warn_unused_result));

/* Some milliseconds. */
void stack_pause(void);

#endif
