/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks, in the order in which they run; each has a file of its name */
#ifndef KCTL_DOCTOR_CHECK_H
#define KCTL_DOCTOR_CHECK_H

#include "report.h"

/**
 * check_module() - is the module loaded, why not, and do the versions fit?
 * @doctor: the run; sets @loaded, @genl and @module, which the other checks use
 */
void check_module(struct doctor *doctor);

/**
 * check_access() - may this process use the three interfaces, and of which namespace?
 * @doctor: the run
 */
void check_access(struct doctor *doctor);

/**
 * check_limits() - is a limit zero, reached or near, or a channel full?
 * @doctor: the run, with the status of the module
 */
void check_limits(struct doctor *doctor);

/**
 * check_sysctls() - are the settings of sysctl.d in force?
 * @doctor: the run; the module is loaded
 */
void check_sysctls(struct doctor *doctor);

#endif /* KCTL_DOCTOR_CHECK_H */
