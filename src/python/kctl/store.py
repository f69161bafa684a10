# SPDX-License-Identifier: GPL-2.0-or-later
"""The store: named values. Each change is atomic."""
import ctypes
import enum
from dataclasses import dataclass
from typing import Iterator, Mapping, Optional, Union

from . import _library as c
from ._library import Handle, fail, lib, name_of
from ._source import Gathered


@dataclass(frozen=True)
class Entry:
    """An entry. CHANGED is the time of its last change, in ns since the epoch."""
    name: str
    value: bytes
    generation: int
    changed: int
    public: bool


@dataclass(frozen=True)
class Info:
    """Counts and limits of the store."""
    generation: int
    entries: int
    max_entries: int
    bytes: int
    max_bytes: int


def _entry_of(pointer: "ctypes._Pointer[c.Entry]") -> Entry:
    head = pointer.contents
    value = ctypes.string_at(ctypes.addressof(head) + ctypes.sizeof(head), head.size)
    return Entry(head.name.decode(), value, head.generation, head.changed,
                 bool(head.flags & c.ENTRY_PUBLIC))


def _set_name(entry: "ctypes._Pointer[c.Entry]", name: str) -> None:
    error = lib.kctl_entry_name(entry, name_of(name))
    if error:
        fail(error, lib.kctl_strerror(error))


def _bytes_of(value: Union[bytes, str]) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


class Store(Handle):
    """The store of the network namespace. It can be used as a mapping of names to values."""
    _group = "store"

    def get(self, name: str) -> Entry:
        """Return the entry, or raise FileNotFoundError. Any user may read a public entry."""
        found = ctypes.POINTER(c.Entry)()
        self._check(lib.kctl_store_get(self._open_handle(), name_of(name),
                                       ctypes.byref(found)))
        try:
            return _entry_of(found)
        finally:
            lib.kctl_entry_free(found)

    def set(self, name: str, value: Union[bytes, str], *, public: bool = False,
            create: bool = False, generation: int = 0) -> None:
        """Create or replace an entry. With CREATE, raise FileExistsError if it exists. With
        GENERATION, raise OSError (ESTALE) if it has another generation."""
        data, entry = _bytes_of(value), c.Entry(generation=generation)
        entry.flags = (c.ENTRY_PUBLIC if public else 0) | (c.ENTRY_CREATE if create else 0)
        _set_name(ctypes.pointer(entry), name)
        self._check(lib.kctl_store_set(self._open_handle(), ctypes.byref(entry), data,
                                       len(data)))

    def delete(self, name: str, *, generation: int = 0) -> None:
        """Delete an entry; with GENERATION, only if it has this generation."""
        self._check(lib.kctl_store_delete(self._open_handle(), name_of(name), generation))

    def entries(self) -> list[Entry]:
        """Return all entries at one point in time, sorted by name."""
        found = ctypes.POINTER(c.Snapshot)()
        self._check(lib.kctl_store_table_get(self._open_handle(), ctypes.byref(found)))
        try:
            return [_entry_of(found.contents.entries[i])
                    for i in range(found.contents.count)]
        finally:
            lib.kctl_snapshot_free(found)

    def replace(self, values: Mapping[str, Union[bytes, str]], *, generation: int = 0) -> None:
        """Replace the whole store atomically; with GENERATION, only if it has this
        generation."""
        table = lib.kctl_table_new()
        if not table:
            raise MemoryError
        try:
            for name, value in values.items():
                data = _bytes_of(value)
                entry = lib.kctl_table_reserve(table, len(data))
                if not entry:
                    raise MemoryError
                _set_name(entry, name)
                entry.contents.size = len(data)
                ctypes.memmove(ctypes.addressof(entry.contents) + ctypes.sizeof(c.Entry),
                               data, len(data))
                lib.kctl_table_commit(table, entry)
            self._check(lib.kctl_store_replace(self._open_handle(), table, generation))
        finally:
            lib.kctl_table_free(table)

    def info(self) -> Info:
        """Return the counts and limits. Any user may call it."""
        info = c.Info()
        self._check(lib.kctl_store_info(self._open_handle(), ctypes.byref(info),
                                        ctypes.sizeof(info)))
        return Info(info.generation, info.entries, info.max_entries, info.bytes,
                    info.max_bytes)

    # ---- as a mapping -------------------------------------------------------

    def __getitem__(self, name: str) -> bytes:
        try:
            return self.get(name).value
        except FileNotFoundError:
            raise KeyError(name) from None

    def __setitem__(self, name: str, value: Union[bytes, str]) -> None:
        self.set(name, value)

    def __delitem__(self, name: str) -> None:
        try:
            self.delete(name)
        except FileNotFoundError:
            raise KeyError(name) from None

    def __contains__(self, name: str) -> bool:
        try:
            self.get(name)
        except FileNotFoundError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter([entry.name for entry in self.entries()])

    def __len__(self) -> int:
        return self.info().entries


class Action(enum.IntEnum):
    """Kinds of changes. A kind that only a newer module knows is a plain number."""
    SET = 1
    DELETE = 2
    REPLACE = 3


@dataclass(frozen=True)
class Change:
    """A change of the store. NAME is empty if the whole store was replaced; UID, PID and
    COMMAND describe the process that made the change, if the module reports it."""
    action: int
    generation: int
    name: str
    uid: Optional[int]
    pid: Optional[int]
    command: Optional[str]


class Changes(Gathered[Change]):
    """Changes of the store, from now on. OSError (ENOBUFS) means that some were lost."""

    def __init__(self) -> None:
        super().__init__()
        # Keep it: the library calls it as long as the handle is open.
        self._callback = c.EVENT_FN(self._take)
        self._check(lib.kctl_store_subscribe(self._open_handle(), self._callback, None))

    def _take(self, _: object, pointer: "ctypes._Pointer[c.StoreEvent]") -> int:
        event = pointer.contents
        known = event.has_changer
        action = event.action
        self._items.append(Change(
            Action(action) if action in set(Action) else action, event.generation,
            event.name.decode(), event.uid if known else None, event.pid if known else None,
            event.command.decode(errors="replace") if known else None))
        return 0

    def read(self) -> list[Change]:
        return self._drain(lib.kctl_store_events)
