/* token.h - a template's text cut into tags and the text between them. Private to app/mustache. */
#ifndef LETHE_MUSTACHE_TOKEN_H
#define LETHE_MUSTACHE_TOKEN_H

#include <base/arena.h>
#include <base/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum token_kind {
	TOKEN_TEXT,
	TOKEN_VALUE,
	TOKEN_RAW,
	TOKEN_SECTION,
	TOKEN_INVERTED,
	TOKEN_CLOSE,
	TOKEN_PARTIAL,
	TOKEN_PARENT,
	TOKEN_BLOCK,
	TOKEN_COMMENT,
	TOKEN_DELIMITERS,
};

#define TOKEN_NONE UINT32_MAX

/* What is compiled, and the name it goes by in messages. */
struct source {
	const char *name;
	const char *text;
	uint32_t length;
};

/* Positions are byte offsets into the source. */
struct token {
	enum token_kind kind;
	bool dynamic;        /* of a partial or parent: the name is that of a member */
	bool standalone;     /* the line is gone, its white space is indentation */
	bool line_start;     /* of a block: its content begins on a line of its own */
	uint32_t start, end; /* all of it, with delimiters */
	uint32_t from, to;   /* of a tag: its name; of a text: what is left after trimming */
	uint32_t match;      /* of what opens: the index of its close, and the reverse */
	uint32_t outer;      /* of what opens: the index of what it is in, or TOKEN_NONE */
};

struct token_list {
	struct token *items;
	uint32_t count, capacity;
	struct arena *arena;
};

/* Cut the source into tokens (in the list's arena). False with the error set. */
bool token_scan(const struct source *source, struct token_list *tokens, struct error *error)
    __attribute__((warn_unused_result));

/* Pair what opens with what closes: fills `match` and `outer`. False with the error set. */
bool token_pair(const struct source *source, struct token_list *tokens, struct error *error)
    __attribute__((warn_unused_result));

/* Find the tags that stand alone on their lines and trim the texts around them: fills
 * `standalone`, `line_start`, and the `from` and `to` of texts. */
void token_trim(const struct source *source, struct token_list *tokens);

/* True if the token is a block that replaces one of the parent it stands in. */
bool token_is_replacement(const struct token_list *tokens, const struct token *token);

/* Set an error at a byte offset of the source; returns false. */
bool source_error(const struct source *source, size_t offset, struct error *error,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* True if nothing but blanks stands before `offset` on its line; `*line_r` is where the line
 * begins. It looks no further back than those blanks, so that long lines cost nothing. */
bool source_begins_line(const struct source *source, uint32_t offset, uint32_t *line_r);

/* Where the next line begins (or the source ends) if nothing but blanks stands from `offset` on to
 * there, or TOKEN_NONE. */
uint32_t source_next_line(const struct source *source, uint32_t offset);

/* The first offset from `offset` on that holds neither a space nor a tab. */
uint32_t source_skip_blanks(const struct source *source, uint32_t offset);

#endif
