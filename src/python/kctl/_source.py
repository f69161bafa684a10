# SPDX-License-Identifier: GPL-2.0-or-later
"""Items that arrive on a descriptor, for loops and for asyncio."""
import asyncio
import errno
import select
from typing import Any, AsyncIterator, Callable, Generic, Iterator, Optional, TypeVar

from ._library import Handle, lib

# Largest number of items that one read() collects while more arrive.
BURST = 1000

Item = TypeVar("Item")


class Source(Generic[Item]):
    """Items that arrive on a descriptor, in a for loop or an async for loop."""

    def fileno(self) -> int:
        """Return the descriptor, which is readable when read() may return items."""
        raise NotImplementedError

    def read(self) -> list[Item]:
        """Return all items that have arrived, without waiting. The list can be empty."""
        raise NotImplementedError

    def wait(self, timeout: Optional[float] = None) -> bool:
        """Wait until the descriptor is readable. Return False after TIMEOUT seconds."""
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        return bool(poll.poll(None if timeout is None else timeout * 1000))

    def __iter__(self) -> Iterator[Item]:
        while True:
            yield from self.read()
            self.wait()

    async def __aiter__(self) -> AsyncIterator[Item]:
        while True:
            for item in self.read():
                yield item
            await self._readable()

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self.fileno(), readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(self.fileno())


class Gathered(Handle, Source[Item]):
    """Items that the library passes to a callback, one datagram of netlink at a time."""
    _group = "genl"

    def __init__(self) -> None:
        super().__init__()
        self._items: list[Item] = []
        self._error = 0

    def fileno(self) -> int:
        return int(lib.kctl_genl_fd(self._open_handle()))

    def _taken(self) -> list[Item]:
        items, self._items = self._items, []
        return items

    def _drain(self, read: Callable[[Any], int]) -> list[Item]:
        """Return the items that arrived before an error; the next call raises the error."""
        error, self._error = self._error, 0
        while not error and len(self._items) < BURST:
            error = read(self._open_handle())
        if error == -errno.EAGAIN:
            error = 0
        if self._items:
            self._error = error
        else:
            self._check(error)
        return self._taken()
