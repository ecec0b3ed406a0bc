/* agent.h - browsers by the names that people know. */
#ifndef LETHE_WEB_AGENT_H
#define LETHE_WEB_AGENT_H

#include <base/arena.h>

/* "Firefox on Linux" for a User-Agent (RFC 9110, 10.1.5); what it says of itself, cut at 60
 * characters, where no browser of ours to know is in it; "Unknown browser" for NULL or "". A guess,
 * to tell one's own browsers apart: anybody may say anything there. */
const char *agent_words(struct arena *arena, const char *user_agent);

#endif
