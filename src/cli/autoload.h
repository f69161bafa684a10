/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Load the module when a command needs it */
#ifndef KCTL_AUTOLOAD_H
#define KCTL_AUTOLOAD_H

/**
 * autoload() - have modprobe(8) load the module, if it is missing and the user is root
 *
 * The program is the one that the kernel itself runs, see kernel.modprobe in proc(5). It
 * obeys "blacklist kctl" in modprobe.d(5). Prints nothing: if the module is missing
 * afterwards, the command reports it.
 */
void autoload(void);

#endif /* KCTL_AUTOLOAD_H */
