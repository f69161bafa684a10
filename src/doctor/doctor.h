/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * src/doctor - kctl doctor: find out why kctl does not work, and name the next command
 *
 * doctor.c runs the checks of check.h in their order: the module, the privileges and
 * sandboxes of this process, the limits, and the files of sysctl.d. Each reports through
 * report.h. sentences.c has the sentences; those of other commands too are in
 * src/cli/error.c. modfile and klog find out about a module that is not loaded.
 *
 * The doctor changes nothing, loads nothing, and needs no privilege; with less it finds
 * less.
 *
 * Only src/commands.c and the tests may include files of this folder. Its own
 * files may include src/cli and src/lib/libkctl.h.
 */
#ifndef KCTL_DOCTOR_H
#define KCTL_DOCTOR_H

#include "cli/cmd.h"

extern const struct command cmd_doctor;

#endif /* KCTL_DOCTOR_H */
