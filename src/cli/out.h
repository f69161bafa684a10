/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The printer. A command gives each value once, with its JSON key and its text
 * format; the printer decides which of the two renderings appears. Errors of the
 * stream are kept until out_close().
 *
 * out_NAME() prints a value as text and as JSON, out_text() prints text alone, and
 * out_json_NAME() prints JSON alone.
 */
#ifndef KCTL_OUT_H
#define KCTL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "timestamp.h"

/* The nesting of objects and arrays, with a margin. */
#define OUT_DEPTH 8

/**
 * enum out_style - the kind of a piece of text, which decides its colour
 * @STYLE_PLAIN: the end of another style
 * @STYLE_HEADING: a title
 * @STYLE_TROUBLE: an error that the network reports
 * @STYLE_LOSS: lost events or messages
 */
enum out_style {
	STYLE_PLAIN,
	STYLE_HEADING,
	STYLE_TROUBLE,
	STYLE_LOSS,
};

/**
 * struct out - the printer
 * @stream: the stream it prints to
 * @json: print JSON, not text
 * @pretty: indent JSON; streams of objects are never indented
 * @color: colour text
 * @terminal: @stream is a terminal
 * @error: the first errno of the stream, or 0
 * @stack: the open objects and arrays, outermost first
 * @depth: number of open objects and arrays
 * @utc: JSON: the last time
 */
struct out {
	FILE *stream;
	bool json;
	bool pretty;
	bool color;
	bool terminal;
	int error;
	json_t *stack[OUT_DEPTH];
	size_t depth;
	struct utc utc;
};

#define OUT_FORMAT(n) __attribute__((format(printf, n, (n) + 1)))

/* Never called; it makes the compiler check the format of a value. */
int out_check(const char *text, ...) OUT_FORMAT(1);
#define OUT_CHECK(text, value) ((void)sizeof(out_check(text, value)))

/*
 * Begin and end an object or array; the end of the outermost prints a line. The outermost
 * of a command has no key: NULL. In the object of another one it gets the key "result".
 */
void out_object(struct out *out, const char *key);
void out_array(struct out *out, const char *key);
void out_end(struct out *out);

/**
 * out_drop() - end the innermost object, the last element of an array, without it
 * @out: the printer; text that was printed stays
 */
void out_drop(struct out *out);

/*
 * Print one value, a member of the innermost object or array. @text is a printf
 * format for @value, or NULL where text leaves it out. In an array @key is ignored.
 */
#define out_uint(out, key, text, value) \
	(OUT_CHECK(text, value), out_put_uint(out, key, text, value))
#define out_u64(out, key, text, value) \
	(OUT_CHECK(text, value), out_put_u64(out, key, text, value))
#define out_int(out, key, text, value) \
	(OUT_CHECK(text, value), out_put_int(out, key, text, value))
#define out_string(out, key, text, value) \
	(OUT_CHECK(text, value), out_put_string(out, key, text, value))

void out_put_uint(struct out *out, const char *key, const char *text,
		  unsigned int value);
void out_put_u64(struct out *out, const char *key, const char *text,
		 uint64_t value);
void out_put_int(struct out *out, const char *key, const char *text, int value);
void out_put_string(struct out *out, const char *key, const char *text,
		    const char *value);

/**
 * out_bool() - print a flag
 * @out: the printer
 * @key: JSON: the key of a boolean
 * @text: the text of a flag that is set, not a format; NULL for none
 * @value: the flag
 */
void out_bool(struct out *out, const char *key, const char *text, bool value);

/*
 * Print a value for JSON alone. Most programs that read JSON round integers above 2^53:
 * the digits of a larger one are a string beside it, whose key ends in "_string". A time
 * in ns since the epoch has a string in ISO 8601 instead, whose key ends in "_iso".
 */
void out_json_u64(struct out *out, const char *key, uint64_t value);
void out_json_time(struct out *out, const char *key, uint64_t ns);
void out_json_string(struct out *out, const char *key, const char *value);
void out_json_null(struct out *out, const char *key);

/**
 * out_bytes() - print arbitrary bytes
 * @out: the printer
 * @key: JSON: the key. Valid UTF-8 without NUL becomes a string; other bytes become
 *	base64, and "_base64" is appended to the key
 * @data: the bytes; text prints them unchanged, or for people on a terminal
 * @size: number of bytes
 */
void out_bytes(struct out *out, const char *key, const void *data, size_t size);

/**
 * out_foreign() - print text that somebody else wrote, see foreign.h
 * @out: the printer
 * @key: JSON: the key of a string, in which only bytes that are not UTF-8 are escaped
 * @before: text: the words in front of it
 * @data: the text
 * @size: number of bytes
 */
void out_foreign(struct out *out, const char *key, const char *before,
		 const char *data, size_t size);

/* Control characters that harm no terminal. */
#define OUT_BLANKS "\n\t"

/**
 * out_escaped() - print bytes for people, see foreign.h; JSON has none
 * @out: the printer
 * @data: the bytes
 * @size: number of bytes
 * @keep: control characters that are printed as they are
 */
void out_escaped(struct out *out, const void *data, size_t size,
		 const char *keep);

/**
 * out_hex() - print bytes in hexadecimal
 * @out: the printer
 * @key: JSON: the key of a string with two digits a byte
 * @data: the bytes; text prints 16 a line, as tcpdump -x does
 * @size: number of bytes
 */
void out_hex(struct out *out, const char *key, const void *data, size_t size);

/**
 * out_file() - print the contents of a file, with JSON too
 * @out: the printer
 * @data: the bytes, printed unchanged
 * @size: number of bytes
 */
void out_file(struct out *out, const void *data, size_t size);

/**
 * out_text() - print text that JSON leaves out
 * @out: the printer
 * @text: a printf format
 */
void out_text(struct out *out, const char *text, ...) OUT_FORMAT(2);

/**
 * out_heading() - print the line of a title; JSON has none
 * @out: the printer
 * @text: a printf format of the line, without its newline
 */
void out_heading(struct out *out, const char *text, ...) OUT_FORMAT(2);

/**
 * out_style() - begin or end a style; JSON has none
 * @out: the printer
 * @style: the style
 */
void out_style(struct out *out, enum out_style style);

/**
 * out_flush() - flush the stream
 * @out: the printer
 *
 * Return: true unless an error happened, now or before.
 */
bool out_flush(struct out *out);

/**
 * out_close() - flush and close the stream
 * @out: the printer
 *
 * Return: 0, or the first error of the stream as a negative errno.
 */
int out_close(struct out *out);

#endif /* KCTL_OUT_H */
