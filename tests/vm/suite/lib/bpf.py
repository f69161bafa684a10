# SPDX-License-Identifier: GPL-2.0-or-later
"""BPF programs of a cgroup that watch socket options, without a library."""
import ctypes
import os
import struct

from sys_calls import NUMBERS, call

PROG_LOAD, PROG_ATTACH = 5, 8
CGROUP_SOCKOPT = 25
GETSOCKOPT, SETSOCKOPT = 21, 22

# r0 = 1; exit: the call continues, with a copy of its arguments in the kernel's memory
LET_IT_PASS = struct.pack("=BBhiBBhi", 0xb7, 0, 0, 1, 0x95, 0, 0, 0)


def bpf(command, attributes):
    buffer = ctypes.create_string_buffer(attributes, 128)
    ret = call("syscall", NUMBERS["bpf"], command, buffer, len(buffer))
    if ret < 0:
        raise OSError(-ret, os.strerror(-ret))
    return ret


def load(attach_type):
    instructions = ctypes.create_string_buffer(LET_IT_PASS, len(LET_IT_PASS))
    text = ctypes.create_string_buffer(b"GPL")
    return bpf(PROG_LOAD, struct.pack("=IIQQIIQII16sII", CGROUP_SOCKOPT, len(LET_IT_PASS) // 8,
                                      ctypes.addressof(instructions),
                                      ctypes.addressof(text), 0, 0, 0, 0, 0, b"", 0,
                                      attach_type))


def attach_to_cgroup(path):
    """Attach both programs, until the cgroup is removed."""
    cgroup = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    for attach_type in GETSOCKOPT, SETSOCKOPT:
        program = load(attach_type)
        bpf(PROG_ATTACH, struct.pack("=IIII", cgroup, program, attach_type, 0))
        os.close(program)
    os.close(cgroup)
