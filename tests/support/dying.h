/* dying.h - `lethe work` ended by SIGKILL at a point, started again, and the end state looked at.
 */
#ifndef LETHE_TESTS_SUPPORT_DYING_H
#define LETHE_TESTS_SUPPORT_DYING_H

#include "stack.h"

/* What a scenario made: each test says for itself what that is. */
struct made;

/* `prepare` leaves work to be done in an empty database; `check` asserts that it is done. */
struct dying {
	size_t made_size;
	void (*prepare)(struct stack *stack, struct made *made);
	void (*check)(struct stack *stack, const struct made *made);
};
#define DYING(prepare_, check_) ((struct dying){sizeof(struct made), (prepare_), (check_)})

/* End the worker before and after each COMMIT in turn; with FAULT_LONG=1 in the environment also
 * before each packet. */
void dying_at_every_step(struct stack *stack, const struct dying *scenario);

/* The same at every `stride`th packet of a command (wire.h) from the `first` on, or COMMIT where it
 * is WIRE_QUERY. */
void dying_everywhere(struct stack *stack, const struct dying *scenario, int command,
    unsigned first, unsigned stride);

/* End it after `milliseconds`, wherever it is then, once. False where it had ended before. */
bool dying_after(struct stack *stack, const struct dying *scenario, unsigned milliseconds);

#endif
