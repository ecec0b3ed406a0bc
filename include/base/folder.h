/* folder.h - texts that lie in a folder, such as templates. */
#ifndef LETHE_BASE_FOLDER_H
#define LETHE_BASE_FOLDER_H

#include <base/error.h>
#include <stdbool.h>
#include <stddef.h>

/* Called for each text: `name` is its path below the folder without the ending, `path` the whole of
 * it, `text` its `length` bytes. All are borrowed until the call returns. False, with `error` set,
 * ends the reading. */
typedef bool (*folder_text_fn)(void *context, const char *name, const char *path, const char *text,
    size_t length, struct error *error);

/* Read every file below `folder` whose name ends in `ending`, at most `max_bytes` long, folders in
 * it included, in no particular order. What begins with a dot is passed over. False with the error
 * of `visit`, or ERROR_INVALID "unreadable_file" and a message that begins with the path. */
bool folder_read_texts(const char *folder, const char *ending, size_t max_bytes,
    folder_text_fn visit, void *context, struct error *error) __attribute__((warn_unused_result));

#endif
