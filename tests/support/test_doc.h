/* test_doc.h - documents for tests, written down as JSON. */
#ifndef LETHE_TESTS_TEST_DOC_H
#define LETHE_TESTS_TEST_DOC_H

#include <base/doc.h>
#include <jansson.h>

/* The JSON value as a document, all of it in `arena`. A number with a fraction becomes the text
 * that JavaScript would print: documents hold integers alone. */
const struct doc *test_doc_convert(struct arena *arena, json_t *json);

/* A document from JSON text, in which single quotes stand for double ones. Text that is not JSON
 * ends the program with a message. */
const struct doc *test_doc_parse(struct arena *arena, const char *text);

#endif
