# SPDX-License-Identifier: GPL-2.0-or-later
"""Channels: message queues in the kernel."""
import ctypes
import errno
import time
from types import TracebackType
from typing import Optional, Type, Union

from . import _library as c
from ._library import Handle, lib
from ._source import Source


class Message:
    """A message. If the channel was opened with HOLD, the message is held until it is settled.
    A with statement settles it: with done() at its end, or with retry() if an exception ends
    it."""

    def __init__(self, channel: "Channel", data: bytes, about: c.Received) -> None:
        self.data = data
        self.sender_channel = int(about.sender_channel)
        self.pid = int(about.pid) if about.has_sender else None
        self.uid = int(about.uid) if about.has_sender else None
        self.time = int(about.time)
        self.deliveries = int(about.held.deliveries)
        self.deadline = int(about.held.deadline)
        self.dead_from = int(about.held.dead_from)
        self.dead_deliveries = int(about.held.dead_deliveries)
        self.dead_why = c.DEAD_WHY.get(int(about.held.dead_why), "unknown")
        self._channel = channel
        self._id = int(about.held.id)

    def _settle(self, verb: int, delay: float = 0) -> None:
        if self._id:
            self._channel._settle(self._id, verb, delay)
        if verb != c.SETTLE_EXTEND:
            self._id = 0

    def done(self) -> None:
        """Settle the message as done. Raise OSError (ESTALE) if its hold time is over."""
        self._settle(c.SETTLE_DONE)

    def retry(self, delay: float = 0) -> None:
        """Give the message back, after DELAY seconds. This delivery counts."""
        self._settle(c.SETTLE_RETRY, delay)

    def release(self, delay: float = 0) -> None:
        """Give the message back, after DELAY seconds. This delivery does not count."""
        self._settle(c.SETTLE_RELEASE, delay)

    def dead(self) -> None:
        """Move the message to the dead letter channel, or drop it if there is none."""
        self._settle(c.SETTLE_DEAD)

    def extend(self) -> None:
        """Let the hold time begin anew."""
        self._settle(c.SETTLE_EXTEND)

    def __enter__(self) -> "Message":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        if kind is None:
            self.done()
        else:
            self.retry()


class Channel(Handle, Source[Message]):
    """A receiver of a channel, which is given by its number or name. For channel 0 the kernel
    picks a channel; its number is in the attribute number. With HOLD, the receiver holds up to
    this number of messages until they are settled, each for at most HOLD_TIME seconds. With
    EXCLUSIVE, the channel accepts no other receiver. MODE is the mode of the channel if it does
    not exist yet."""
    _group = "proto"

    def __init__(self, channel: Union[int, str] = 0, *, hold: int = 0, hold_time: float = 0,
                 exclusive: bool = False, mode: Optional[int] = None) -> None:
        super().__init__()
        handle = self._open_handle()
        picked = self._number_of(channel)
        self._check(lib.kctl_proto_ask_details(handle))
        if exclusive:
            self._check(lib.kctl_proto_set_option(handle, c.PROTO_EXCLUSIVE, 1))
        if mode is not None:
            self._check(lib.kctl_proto_set_option(handle, c.PROTO_MODE, mode))
        self._check(lib.kctl_proto_bind(handle, ctypes.byref(picked)))
        if hold:
            self._check(lib.kctl_proto_hold(handle, hold))
        if hold_time:
            self._check(lib.kctl_proto_hold_time(handle, round(hold_time * 1000)))
        self.number = picked.value
        self._buffer = ctypes.create_string_buffer(c.MESSAGE_MAX)

    def fileno(self) -> int:
        return int(lib.kctl_proto_fd(self._open_handle()))

    def _number_of(self, channel: Union[int, str]) -> ctypes.c_uint32:
        if isinstance(channel, int):
            return ctypes.c_uint32(channel)
        if "\0" in channel:
            raise ValueError("the name has a NUL")
        number = ctypes.c_uint32()
        self._check(lib.kctl_proto_resolve(self._open_handle(), channel.encode(),
                                           ctypes.byref(number)))
        return number

    def _settle(self, number: int, verb: int, delay: float) -> None:
        settle = c.Settle(number, verb, round(delay * 1000))
        self._check(lib.kctl_proto_settle(self._open_handle(), ctypes.byref(settle), 1))

    def send(self, data: Union[bytes, str], *, to: Union[int, str] = 0,
             timeout: Optional[float] = None) -> None:
        """Send a message to this channel, or to channel TO. Wait at most TIMEOUT seconds while
        the channel is full, then raise BlockingIOError if TIMEOUT is 0, otherwise
        TimeoutError."""
        message = data.encode() if isinstance(data, str) else bytes(data)
        wait = -1 if timeout is None else round(timeout * 1e9)
        number = self._number_of(self.number if to == 0 else to)
        self._check(lib.kctl_proto_send(self._open_handle(), number, wait, message,
                                        len(message)))

    def try_receive(self) -> Optional[Message]:
        """Receive the oldest message. Return None if there is none."""
        about = c.Received()
        size = lib.kctl_proto_recv(self._open_handle(), ctypes.byref(about),
                                   ctypes.sizeof(about), self._buffer, len(self._buffer))
        if size == -errno.EAGAIN:
            return None
        self._check(size)
        return Message(self, ctypes.string_at(self._buffer, size), about)

    def receive(self, timeout: Optional[float] = None) -> Message:
        """Receive the oldest message. Raise TimeoutError if none arrives in TIMEOUT seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (message := self.try_receive()) is None:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError(errno.ETIMEDOUT, "no message arrived")
            self.wait(left)
        return message

    def read(self) -> list[Message]:
        """Receive the next message, if there is one. A loop that ends early would lose any
        others."""
        message = self.try_receive()
        return [] if message is None else [message]
