/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libkctl: version and error texts, for the headers of all interfaces */
#ifndef KCTL_LIBKCTL_COMMON_H
#define KCTL_LIBKCTL_COMMON_H

/*
 * The API of this header, as a number that can be compared: it grows with every addition,
 * and no release removes anything. A release that had to would change the soname, libkctl.so.0.
 */
#define LIBKCTL_VERSION_MAJOR 0
#define LIBKCTL_VERSION_MINOR 1
#define LIBKCTL_VERSION_PATCH 0
#define LIBKCTL_VERSION                                             \
	(LIBKCTL_VERSION_MAJOR << 16 | LIBKCTL_VERSION_MINOR << 8 | \
	 LIBKCTL_VERSION_PATCH)

/* The library is built with -fvisibility=hidden: declarations in between are public. */
#ifdef __cplusplus
#define KCTL_BEGIN_DECLS                                   \
	_Pragma("GCC visibility push(default)") extern "C" \
	{
#define KCTL_END_DECLS \
	}              \
	_Pragma("GCC visibility pop")
#else
#define KCTL_BEGIN_DECLS _Pragma("GCC visibility push(default)")
#define KCTL_END_DECLS	 _Pragma("GCC visibility pop")
#endif

KCTL_BEGIN_DECLS

/**
 * kctl_libkctl_version() - get the version of the library that the program has loaded
 *
 * Return: LIBKCTL_VERSION as it was when the library was built.
 */
unsigned int kctl_libkctl_version(void);

/**
 * kctl_strerror() - describe an error of this library
 * @error: the return value of a function: a negative errno
 *
 * Some errors have a special meaning in this library, see libkctl.h.
 *
 * Return: a sentence in English without a full stop; valid for ever.
 */
const char *kctl_strerror(int error);

KCTL_END_DECLS

#endif /* KCTL_LIBKCTL_COMMON_H */
