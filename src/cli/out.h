/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The printer. A command names each thing it has to say once, with its JSON key
 * and its value and the text that people get to see; which of the two appears is
 * decided here. Errors of the stream are kept until out_close().
 *
 * Texts are printf formats for the values that follow them. Where the key is
 * NULL the call is for text alone, where the text is NULL for JSON alone.
 */
#ifndef KCTL_OUT_H
#define KCTL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

/* The longest part of a line that is gathered before it goes to the stream. */
#define OUT_LINE 512

/* Nesting of objects and arrays in the deepest answer, and some. */
#define OUT_DEPTH 6

/**
 * enum out_style - what a piece of text is, which decides its colour
 * @STYLE_PLAIN: ends what another style began
 * @STYLE_HEADING: titles
 * @STYLE_TROUBLE: an error that was seen in the network
 * @STYLE_LOSS: something is missing
 */
enum out_style {
	STYLE_PLAIN,
	STYLE_HEADING,
	STYLE_TROUBLE,
	STYLE_LOSS,
};

/**
 * struct out - the printer
 * @stream: where it prints
 * @json: JSON, not text
 * @pretty: JSON is indented; streams of objects never are
 * @color: text is coloured
 * @error: first errno of the stream, or 0
 * @stack: objects and arrays that were begun, outermost first
 * @depth: how many
 * @line: text of which no newline has come yet
 * @line_len: how much of it
 */
struct out {
	FILE *stream;
	bool json;
	bool pretty;
	bool color;
	int error;
	json_t *stack[OUT_DEPTH];
	size_t depth;
	char line[OUT_LINE];
	size_t line_len;
};

#define OUT_FORMAT(n) __attribute__((format(printf, n, (n) + 1)))

/* Begin and end an object or array; the end of the outermost prints a line. */
void out_object(struct out *out, const char *key);
void out_array(struct out *out, const char *key);
void out_end(struct out *out);

/* One member of an object or array. In an array the key does not matter. */
void out_u64(struct out *out, const char *key, uint64_t value, const char *text,
	     ...) OUT_FORMAT(4);
void out_i64(struct out *out, const char *key, int64_t value, const char *text,
	     ...) OUT_FORMAT(4);
void out_bool(struct out *out, const char *key, bool value, const char *text,
	      ...) OUT_FORMAT(4);
void out_null(struct out *out, const char *key, const char *text, ...)
	OUT_FORMAT(3);
void out_string(struct out *out, const char *key, const char *value,
		const char *text, ...) OUT_FORMAT(4);

/**
 * out_bytes() - print arbitrary bytes
 * @out: the printer
 * @key: JSON: the key if they are valid UTF-8 without NUL and so become a string,
 *	else they become base64 and "_base64" is put behind the key
 * @data: the bytes; text: printed as they are
 * @size: how many
 */
void out_bytes(struct out *out, const char *key, const void *data, size_t size);

/**
 * out_hex() - print bytes in hexadecimal
 * @out: the printer
 * @key: JSON: the key of a string of two digits a byte
 * @data: the bytes; text: 16 of them on a line of its own, as tcpdump -x has them
 * @size: how many
 */
void out_hex(struct out *out, const char *key, const void *data, size_t size);

/**
 * out_file() - print the contents of a file, which JSON does not change
 * @out: the printer
 * @data: the bytes, printed as they are
 * @size: how many
 */
void out_file(struct out *out, const void *data, size_t size);

/**
 * out_text() - print something that JSON does not need
 * @out: the printer
 * @text: a printf format
 */
void out_text(struct out *out, const char *text, ...) OUT_FORMAT(2);

/**
 * out_heading() - print a line that is a title; JSON has none
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
 * out_flush() - write out what was printed
 * @out: the printer
 *
 * Return: true unless there was an error, now or before.
 */
bool out_flush(struct out *out);

/**
 * out_close() - write out everything and close the stream
 * @out: the printer
 *
 * Return: 0, or the first error there was, as a negative errno.
 */
int out_close(struct out *out);

#endif /* KCTL_OUT_H */
