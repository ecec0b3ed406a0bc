/* post.h - one event on its way to one address. */
#ifndef LETHE_APP_WEBHOOK_POST_H
#define LETHE_APP_WEBHOOK_POST_H

#include <webhook/webhook.h>

/* A connection pool of one run; NULL with `error` where libcurl cannot start. */
struct post;
struct post *post_open(const struct webhook_run *run, struct error *error)
    __attribute__((warn_unused_result));

/* Close its connections, free it and null the handle; NULL is fine. */
void post_close(struct post **post);

/* Post a claimed event. True: the receiver took it. False with the reason in `why`, in words that
 * hold nothing of the receiver's answer but its status; code "gone" where it said that it wants no
 * more (410). */
bool post_event(struct post *post, const struct webhook_claim *claim, int64_t now_us,
    struct error *why) __attribute__((warn_unused_result));

#endif
