// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "foreign.h"
#include "hex.h"
#include "out.h"

/* Larger integers have neighbours that are the same double. */
#define EXACT_MAX (UINT64_C(1) << 53)

static void note_error(struct out *out, int error)
{
	if (!out->error)
		out->error = error;
}

static inline void put_byte(struct out *out, char byte)
{
	if (putc_unlocked(byte, out->stream) == EOF)
		note_error(out, errno);
}

static void put_words(struct out *out, const char *text)
{
	for (; *text; text++)
		put_byte(out, *text);
}

/* OUT_CHECK() has checked the formats of values. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/*
 * Most of a line is words and strings. Copying them into the buffer of the stream takes
 * a third of the instructions of vfprintf(3), which formats the rest.
 */
static void put_args(struct out *out, const char *text, va_list args)
{
	FILE *stream = out->stream;

	for (; *text; text++) {
		if (*text != '%') {
			put_byte(out, *text);
		} else if (text[1] == 's') {
			put_words(out, va_arg(args, const char *));
			text++;
		} else {
			if (vfprintf(stream, text, args) < 0)
				note_error(out, errno);
			return;
		}
	}
}

void out_text(struct out *out, const char *text, ...)
{
	va_list args;

	if (out->json)
		return;
	va_start(args, text);
	put_args(out, text, args);
	va_end(args);
}

/* Add @value, and the reference to it, to the innermost object or array. */
static void put_json(struct out *out, const char *key, json_t *value)
{
	json_t *top = out->depth ? out->stack[out->depth - 1] : NULL;
	int err;

	if (json_is_array(top))
		err = json_array_append_new(top, value);
	else
		err = json_object_set_new(top, key, value);
	if (err)
		note_error(out, ENOMEM);
}

/*
 * A JSON string can have any character, see write_json(). Bytes that are not UTF-8 are
 * escaped as in text.
 */
static json_t *json_foreign(const char *data, size_t size)
{
	json_t *string = json_stringn(data, size);
	char *copy, *p;

	if (string)
		return string;
	copy = malloc(size * FOREIGN_CHARACTER);
	if (!copy)
		return NULL;
	for (p = copy; size;) {
		size_t used = foreign_valid(data, size);

		if (used) {
			p = mempcpy(p, data, used);
		} else {
			used = foreign_next(data, size, p);
			p += strlen(p);
		}
		data += used;
		size -= used;
	}
	string = json_stringn(copy, (size_t)(p - copy));
	free(copy);
	return string;
}

static void begin(struct out *out, const char *key, json_t *value)
{
	if (!out->json)
		return;
	assert(out->depth < OUT_DEPTH);
	/* Out of memory, @value is NULL, and jansson returns an error for that. */
	if (out->depth)
		put_json(out, key ? key : "result", json_incref(value));
	else if (!value)
		note_error(out, ENOMEM);
	out->stack[out->depth++] = value;
}

void out_object(struct out *out, const char *key)
{
	begin(out, key, out->json ? json_object() : NULL);
}

void out_array(struct out *out, const char *key)
{
	begin(out, key, out->json ? json_array() : NULL);
}

static size_t ascii_length(const char *data, size_t size)
{
	size_t length = 0;

	while (length < size && (unsigned char)data[length] < 0x7f)
		length++;
	return length;
}

/*
 * Write a part of JSON in whole characters, and escape those that could control a
 * terminal. Only strings have characters beyond ASCII; of ASCII, jansson leaves only DEL
 * unescaped.
 */
static int write_json(const char *data, size_t size, void *stream)
{
	char text[FOREIGN_JSON];

	while (size) {
		size_t used = ascii_length(data, size);

		if (fwrite(data, 1, used, stream) != used)
			return -1;
		if (!used) {
			used = foreign_json(data, size, text);
			if (fputs(text, stream) == EOF)
				return -1;
		}
		data += used;
		size -= used;
	}
	return 0;
}

void out_end(struct out *out)
{
	size_t flags = out->pretty ? JSON_INDENT(2) : JSON_COMPACT;
	json_t *value;

	if (!out->json)
		return;
	value = out->stack[--out->depth];
	if (!out->depth) {
		errno = 0;
		if (json_dump_callback(value, write_json, out->stream, flags) ||
		    putc('\n', out->stream) == EOF)
			note_error(out, errno ? errno : EIO);
	}
	json_decref(value);
}

void out_drop(struct out *out)
{
	json_t *array;

	if (!out->json)
		return;
	json_decref(out->stack[--out->depth]);
	array = out->stack[out->depth - 1];
	json_array_remove(array, json_array_size(array) - 1);
}

/* Add a string whose key is @key with @suffix; an array has no keys. */
static void put_json_beside(struct out *out, const char *key,
			    const char *suffix, const char *text)
{
	char long_key[64];

	if (json_is_array(out->stack[out->depth - 1]))
		return;
	snprintf(long_key, sizeof(long_key), "%s%s", key, suffix);
	put_json(out, long_key, json_string_nocheck(text));
}

/* Integers of jansson are signed, so a larger number, such as no limit, is rounded. */
static json_t *json_u64(uint64_t value)
{
	if (value > INT64_MAX)
		return json_real((double)value);
	return json_integer((json_int_t)value);
}

void out_json_u64(struct out *out, const char *key, uint64_t value)
{
	char digits[24];

	if (!out->json)
		return;
	put_json(out, key, json_u64(value));
	if (value <= EXACT_MAX)
		return;
	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	put_json_beside(out, key, "_string", digits);
}

void out_json_time(struct out *out, const char *key, uint64_t ns)
{
	if (!out->json)
		return;
	put_json(out, key, json_u64(ns));
	put_json_beside(out, key, "_iso", timestamp_utc(&out->utc, ns));
}

void out_json_string(struct out *out, const char *key, const char *value)
{
	if (out->json)
		put_json(out, key, json_foreign(value, strlen(value)));
}

void out_json_null(struct out *out, const char *key)
{
	if (out->json)
		put_json(out, key, json_null());
}

void out_put_uint(struct out *out, const char *key, const char *text,
		  unsigned int value)
{
	if (out->json)
		put_json(out, key, json_integer(value));
	else if (text)
		out_text(out, text, value);
}

void out_put_u64(struct out *out, const char *key, const char *text,
		 uint64_t value)
{
	if (out->json)
		out_json_u64(out, key, value);
	else if (text)
		out_text(out, text, value);
}

void out_put_int(struct out *out, const char *key, const char *text, int value)
{
	if (out->json)
		put_json(out, key, json_integer(value));
	else if (text)
		out_text(out, text, value);
}

void out_put_string(struct out *out, const char *key, const char *text,
		    const char *value)
{
	if (out->json)
		out_json_string(out, key, value);
	else if (text)
		out_text(out, text, value);
}

void out_bool(struct out *out, const char *key, const char *text, bool value)
{
	if (out->json)
		put_json(out, key, json_boolean(value));
	else if (value && text)
		put_words(out, text);
}

/* Add @text, which the caller allocated, and free it; NULL is out of memory. */
static void put_json_text(struct out *out, const char *key, char *text,
			  size_t size)
{
	put_json(out, key, text ? json_stringn(text, size) : NULL);
	free(text);
}

static void put_json_bytes(struct out *out, const char *key, const void *data,
			   size_t size)
{
	json_t *string = NULL;
	char long_key[64], *text;

	if (!memchr(data, '\0', size))
		string = json_stringn(data, size);
	if (string) {
		put_json(out, key, string);
		return;
	}
	text = malloc(BASE64_LENGTH(size));
	if (text)
		base64_encode(data, size, text);
	snprintf(long_key, sizeof(long_key), "%s_base64", key);
	put_json_text(out, long_key, text, BASE64_LENGTH(size));
}

void out_bytes(struct out *out, const char *key, const void *data, size_t size)
{
	if (out->json)
		put_json_bytes(out, key, data, size);
	else if (out->terminal)
		out_escaped(out, data, size, OUT_BLANKS);
	else
		out_file(out, data, size);
}

void out_escaped(struct out *out, const void *data, size_t size,
		 const char *keep)
{
	const char *bytes = data;
	char text[FOREIGN_CHARACTER];
	size_t used;

	for (; size && !out->json; bytes += used, size -= used) {
		used = 1;
		if ((*bytes >= ' ' && *bytes <= '~') ||
		    (*bytes && strchr(keep, *bytes))) {
			put_byte(out, *bytes);
		} else {
			used = foreign_next(bytes, size, text);
			put_words(out, text);
		}
	}
}

void out_foreign(struct out *out, const char *key, const char *before,
		 const char *data, size_t size)
{
	if (out->json) {
		put_json(out, key, json_foreign(data, size));
		return;
	}
	put_words(out, before);
	out_escaped(out, data, size, "");
}

static void put_hex_line(struct out *out, size_t offset, const uint8_t *data,
			 size_t size)
{
	char line[16 / 2 * 5 + 1], *p = line;

	for (size_t i = 0; i < size; i++) {
		if (i % 2 == 0)
			*p++ = ' ';
		p = hex_encode(data + i, 1, p);
	}
	*p = '\0';
	out_text(out, "\t0x%04zx: %s\n", offset, line);
}

static void put_json_hex(struct out *out, const char *key, const uint8_t *data,
			 size_t size)
{
	char *text = malloc(2 * size + 1);

	if (text)
		hex_encode(data, size, text);
	put_json_text(out, key, text, 2 * size);
}

void out_hex(struct out *out, const char *key, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	if (out->json) {
		put_json_hex(out, key, bytes, size);
		return;
	}
	for (size_t i = 0; i < size; i += 16)
		put_hex_line(out, i, bytes + i, size - i < 16 ? size - i : 16);
}

void out_file(struct out *out, const void *data, size_t size)
{
	if (fwrite_unlocked(data, 1, size, out->stream) != size)
		note_error(out, errno);
}

void out_style(struct out *out, enum out_style style)
{
	static const char *const sequence[] = {
		[STYLE_PLAIN] = "\033[0m",
		[STYLE_HEADING] = "\033[1m",
		[STYLE_TROUBLE] = "\033[33m",
		[STYLE_LOSS] = "\033[1;31m",
	};

	if (out->color && !out->json)
		out_text(out, "%s", sequence[style]);
}

void out_heading(struct out *out, const char *text, ...)
{
	va_list args;

	if (out->json)
		return;
	out_style(out, STYLE_HEADING);
	va_start(args, text);
	put_args(out, text, args);
	va_end(args);
	out_style(out, STYLE_PLAIN);
	out_text(out, "\n");
}

bool out_flush(struct out *out)
{
	if (fflush(out->stream))
		note_error(out, errno);
	else if (ferror(out->stream))
		note_error(out, EIO);
	return !out->error;
}

int out_close(struct out *out)
{
	out_flush(out);
	/* Some file systems report a full disk only on close. */
	if (fclose(out->stream))
		note_error(out, errno);
	return -out->error;
}
