# SPDX-License-Identifier: GPL-2.0-or-later
"""deny.py FAMILY CMD…: run CMD in a sandbox in which socket(2) fails with EPERM for FAMILY."""
import ctypes
import os
import struct
import sys

PR_SET_SECCOMP, SECCOMP_MODE_FILTER, SYS_SOCKET = 22, 2, 41
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, EPERM = 0x7fff0000, 0x00050001

family, *command = sys.argv[1:]
program = b"".join(struct.pack("HBBI", *line) for line in (
    (LOAD, 0, 0, 0), (EQUAL, 0, 3, SYS_SOCKET),
    (LOAD, 0, 0, 16), (EQUAL, 0, 1, int(family)),
    (RETURN, 0, 0, EPERM), (RETURN, 0, 0, ALLOW)))
buffer = ctypes.create_string_buffer(program, len(program))
header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
if ctypes.CDLL(None).prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0):
    sys.exit("no seccomp")
os.execvp(command[0], command)
