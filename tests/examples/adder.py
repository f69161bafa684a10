#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A server in Python: answer each message with the sum of the numbers in it.

    ./adder.py 7 &
    ./client 7 '1 2 39'

Python can create a socket of any family, but cannot encode addresses of this family. Calls with
an address go through libc. A struct sockaddr_kctl has the family, 16 zero bits, and the number
of the channel. An empty message ends the server.
"""

import ctypes
import os
import socket
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)

with open("/sys/module/kctl/parameters/family", encoding="ascii") as file:
    FAMILY = int(file.read())


def address(channel):
    return struct.pack("=HHI", FAMILY, 0, channel)


def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def receive(sock):
    """Return a message and the channel of its sender."""
    message = ctypes.create_string_buffer(65536)
    sender = ctypes.create_string_buffer(8)
    length = ctypes.c_uint(8)
    size = check(libc.recvfrom(sock.fileno(), message, 65536, 0, sender, ctypes.byref(length)))
    return message.raw[:size], struct.unpack("=HHI", sender.raw)[2]


def total(text):
    try:
        return sum(int(word) for word in text.split())
    except ValueError:
        return "not a number"


def main(channel):
    sock = socket.socket(FAMILY, socket.SOCK_DGRAM)
    check(libc.bind(sock.fileno(), address(channel), 8))
    while True:
        text, sender = receive(sock)
        if not text:
            break
        answer = str(total(text)).encode()
        if sender:
            check(libc.sendto(sock.fileno(), answer, len(answer), 0, address(sender), 8))


main(int(sys.argv[1]))
