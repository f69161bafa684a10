/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KCTL_PROCESS_H
#define KCTL_PROCESS_H

#include <stdint.h>

/* The name of a process and its NUL: TASK_COMM_LEN of the kernel. */
#define PROCESS_COMMAND 16

/**
 * process_command() - get the name of a process
 * @pid: the process
 * @command: set to its name, as in /proc/PID/comm; "" if it is not known
 */
void process_command(uint32_t pid, char command[PROCESS_COMMAND]);

#endif /* KCTL_PROCESS_H */
