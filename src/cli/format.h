/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * printf(3) for what lines are made of. A watch prints a line for each packet, of some
 * twenty parts, and what printf(3) can do beside takes it ten times as long.
 */
#ifndef KCTL_FORMAT_H
#define KCTL_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/**
 * format_quickly() - format a text
 * @text: gets it, without a NUL
 * @size: room there
 * @format: as for printf(3). %s, %c, %u, %x and %% are known, the numbers with l, ll
 *	or z, and all with a width, and a "-" or "0" in front of it
 * @args: what it formats
 *
 * Return: length of the text, or 0 if it does not fit, is empty, or the format has
 * something else: then printf(3) has to do it. @args is left as it is.
 */
size_t format_quickly(char *text, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

#endif /* KCTL_FORMAT_H */
