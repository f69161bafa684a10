// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "format.h"

/* The digits of the largest number. */
#define DIGITS 20

/**
 * struct spec - what is behind a "%"
 * @left: padded behind
 * @zeros: padded with zeros
 * @width: to so many characters
 * @bytes: size of the number
 * @conversion: the letter
 */
struct spec {
	bool left;
	bool zeros;
	size_t width;
	size_t bytes;
	char conversion;
};

static const char *read_spec(const char *p, struct spec *spec)
{
	*spec = (struct spec){ .bytes = sizeof(int), .conversion = *p };
	/* As it is most often. */
	if (*p == 's' || *p == 'u')
		return p + 1;
	if (*p == '-' || *p == '0') {
		spec->left = *p == '-';
		spec->zeros = *p++ == '0';
	}
	while (*p >= '0' && *p <= '9')
		spec->width = 10 * spec->width + (size_t)(*p++ - '0');
	for (; *p == 'l' || *p == 'z'; p++)
		spec->bytes = sizeof(long);
	spec->conversion = *p;
	return *p ? p + 1 : p;
}

/* Writes the digits in front of @end. */
static char *put_number(char *end, uint64_t number, unsigned int base)
{
	do {
		*--end = "0123456789abcdef"[number % base];
		number /= base;
	} while (number);
	return end;
}

/* Appends @part, padded; NULL if it does not fit. */
static char *append(char *p, const char *end, const char *part, size_t len,
		    const struct spec *spec)
{
	size_t pad = spec->width > len ? spec->width - len : 0;

	if (len + pad > (size_t)(end - p))
		return NULL;
	if (!pad)
		return mempcpy(p, part, len);
	if (spec->left)
		return (char *)memset(mempcpy(p, part, len), ' ', pad) + pad;
	memset(p, spec->zeros ? '0' : ' ', pad);
	return mempcpy(p + pad, part, len);
}

/* Appends the argument that @spec tells of. */
static char *append_argument(char *p, const char *end, const struct spec *spec,
			     va_list *args)
{
	char digits[DIGITS], *last = digits + DIGITS;
	const char *part;
	uint64_t number;

	switch (spec->conversion) {
	case 's':
		part = va_arg(*args, const char *);
		return append(p, end, part, strlen(part), spec);
	case 'c':
		digits[0] = (char)va_arg(*args, int);
		return append(p, end, digits, 1, spec);
	case 'u':
	case 'x':
		number = spec->bytes > sizeof(int) ?
				 va_arg(*args, unsigned long) :
				 va_arg(*args, unsigned int);
		part = put_number(last, number,
				  spec->conversion == 'u' ? 10 : 16);
		return append(p, end, part, (size_t)(last - part), spec);
	case '%':
		return append(p, end, "%", 1, spec);
	default:
		return NULL;
	}
}

size_t format_quickly(char *text, size_t size, const char *format, va_list args)
{
	char *p = text, *end = text + size;
	struct spec spec;
	va_list list;

	/* Where it is an array, a parameter of that type is none. */
	va_copy(list, args);
	for (;;) {
		while (*format && *format != '%' && p < end)
			*p++ = *format++;
		if (*format != '%')
			break;
		format = read_spec(format + 1, &spec);
		p = append_argument(p, end, &spec, &list);
		if (!p)
			break;
	}
	va_end(list);
	return p && !*format ? (size_t)(p - text) : 0;
}
