// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>

#include "file.h"
#include "process.h"

void process_command(uint32_t pid, char command[PROCESS_COMMAND])
{
	char path[sizeof("/proc/4294967295/comm")];

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/comm", pid);
	file_first_line(path, command, PROCESS_COMMAND);
}
