/* input.h - declared inputs, read once, checked in one place. */
#ifndef LETHE_WEB_INPUT_H
#define LETHE_WEB_INPUT_H

#include "web.h"

/* Read the route's inputs from query and body into web->values. Invalid with the field's name, of
 * the first at fault; the others are read all the same. A multipart route's body is left to its
 * handler. */
bool input_read(struct web *web, struct error *error) __attribute__((warn_unused_result));

/* Check fields that came by multipart against the route's inputs. Unknown fields are refused. */
bool input_read_fields(struct web *web, const struct http_pairs *fields, struct error *error)
    __attribute__((warn_unused_result));

/* What came for a declared input; asking for one that is not declared is a mistake of the program
 * and gives an absent value. */
const struct web_value *input_get(const struct web *web, const char *name);

/* It came, and is what the route takes; also to be asked when input_read has failed. */
bool input_is_good(const struct web *web, const char *name);

/* Shorthands: NULL, id_none, false or `fallback` where the input is absent. */
const char *input_text(const struct web *web, const char *name);
const struct id *input_id(const struct web *web, const char *name);
bool input_bool(const struct web *web, const char *name);
int64_t input_integer(const struct web *web, const char *name, int64_t fallback);

#endif
