#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages to save and restore.

saved.py send CHANNEL COUNT: send that many binary messages of 0 to 64 KiB, from sockets that are
	bound to other channels and from one that is not
saved.py look CHANNEL: print a line for each message that waits: its sender's channel, size, a
	digest and how often it was delivered. All stay
saved.py hold CHANNEL COUNT: hold that many, print a line, and release them after SIGTERM
saved.py interrupt SIGNAL CMD…: run a command, and send it a signal as soon as a message is held;
	again if it has ended by then
"""
import ctypes
import hashlib
import random
import signal
import subprocess
import sys
import time

import abi
from channel import Channel, IoVec, MsgHdr
from genl import Genl
from holder import CONTROL, DONTWAIT, Holder, held_of
from sys_calls import call

SENDERS = 0, 5, 7, 70000
EDGES = 0, 1, 95, 96, 97, 4096, 65535, 65536
LARGEST = 65536


def contents(rng, number):
    size = EDGES[number] if number < len(EDGES) else int(LARGEST * rng.random() ** 3)
    # Random bytes, or many backslashes, quotes and control characters.
    return rng.choice((rng.randbytes, lambda count: b"\\x\"\n\0 " * (count // 6 + 1)))(size)[:size]


def send(channel, count):
    rng = random.Random(4711)
    sockets = [Channel(bound) if bound else Channel() for bound in SENDERS]
    for number in range(count):
        data = contents(rng, number)
        ret = rng.choice(sockets).send_to(channel, data)
        assert ret == len(data), ret


def take(holder):
    """Return (channel of the sender, data, struct kctl_held), or None."""
    data, room = ctypes.create_string_buffer(LARGEST), ctypes.create_string_buffer(CONTROL)
    name = abi.Address()
    iov = IoVec(ctypes.addressof(data), LARGEST)
    msg = MsgHdr(ctypes.addressof(name), 8, ctypes.pointer(iov), 1, ctypes.addressof(room),
                 CONTROL, 0)
    ret = call("recvmsg", holder.fd, ctypes.byref(msg), DONTWAIT)
    return None if ret < 0 else (name.channel, data.raw[:ret],
                                 held_of(room.raw[:msg.controllen]))


def look(channel):
    holders = [Holder(channel, abi.HOLD_MAX) for _ in range(4)]
    found = [(holder, got) for holder in holders for got in iter(lambda: take(holder), None)]
    for holder, (sender, data, held) in found:
        print(sender, len(data), hashlib.sha256(data).hexdigest()[:16], held.deliveries)
        assert holder.settle((held, abi.RELEASE)) == 0


def hold(channel, count):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    holder = Holder(channel, count)
    held = [take(holder)[2] for _ in range(count)]
    print("held", flush=True)
    signal.sigwait([signal.SIGTERM])
    for one in held:
        assert holder.settle((one, abi.RELEASE)) == 0


def holding(genl):
    return any(found[abi.C_HELD] for found in genl.channel_attributes())


def interrupt(number, *command):
    genl = Genl()
    for _ in range(50):
        running = subprocess.Popen(command)
        while running.poll() is None and not holding(genl):
            pass
        running.send_signal(number)
        if running.wait() == -number:
            while holding(genl):
                time.sleep(0.01)
            return
    sys.exit("always too late")


globals()[sys.argv[1]](*(int(arg) if arg.isdigit() else arg for arg in sys.argv[2:]))
