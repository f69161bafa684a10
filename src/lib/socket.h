/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reason why a socket cannot be opened; private to the library */
#ifndef LIBKCTL_SOCKET_H
#define LIBKCTL_SOCKET_H

/**
 * socket_error() - distinguish a sandbox from a missing module and from a refusal
 * @family: the address family of the socket(2) call that failed
 * @error: its errno
 *
 * A sandbox is a filter of system calls, such as a container runtime installs, and
 * systemd for RestrictAddressFamilies=.
 *
 * Return: -EAFNOSUPPORT if a sandbox denies this process the family, -ENOPROTOOPT if
 * the module is not loaded, or -@error.
 */
int socket_error(int family, int error);

#endif /* LIBKCTL_SOCKET_H */
