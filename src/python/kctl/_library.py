# SPDX-License-Identifier: GPL-2.0-or-later
"""The structures and functions of libkctl.so.0, as in its headers; see libkctl(3)."""
import ctypes
from ctypes import POINTER, Structure, c_bool, c_char, c_char_p, c_int, c_int64, c_size_t, \
    c_ssize_t, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p
from typing import Any, Callable, NoReturn, Optional

NAME_SIZE = 64
ENTRY_PUBLIC, ENTRY_CREATE = 1, 2
MESSAGE_MAX = 1 << 20
PROTO_EXCLUSIVE, PROTO_MODE = 1, 3
SETTLE_DONE, SETTLE_RETRY, SETTLE_RELEASE, SETTLE_EXTEND, SETTLE_DEAD = 1, 2, 3, 4, 5
DEAD_WHY = {0: None, 1: "deliveries", 2: "settled", 3: "ttl"}


class Entry(Structure):
    """struct kctl_entry; the value follows it in memory."""
    _fields_ = [("name", c_char * NAME_SIZE), ("generation", c_uint64),
                ("changed", c_uint64), ("flags", c_uint32), ("size", c_uint32)]


class Info(Structure):
    """struct kctl_info"""
    _fields_ = [("generation", c_uint64), ("bytes", c_uint64), ("max_bytes", c_uint64),
                ("entries", c_uint32), ("max_entries", c_uint32),
                ("abi_version", c_uint32), ("reserved", c_uint32)]


class Snapshot(Structure):
    """struct kctl_snapshot"""
    _fields_ = [("generation", c_uint64), ("count", c_size_t),
                ("entries", POINTER(POINTER(Entry)))]


class Held(Structure):
    """struct kctl_held"""
    _fields_ = [("id", c_uint64), ("deadline", c_uint64), ("deliveries", c_uint32),
                ("dead_from", c_uint32), ("dead_deliveries", c_uint32),
                ("dead_why", c_uint32)]


class Settle(Structure):
    """struct kctl_settle"""
    _fields_ = [("id", c_uint64), ("verb", c_uint32), ("delay", c_uint32)]


class Received(Structure):
    """struct kctl_received"""
    _fields_ = [("sender_channel", c_uint32), ("has_sender", c_bool), ("pid", c_uint32),
                ("uid", c_uint32), ("time", c_uint64), ("missed", c_uint32), ("held", Held)]


class Prefix(Structure):
    """struct kctl_prefix"""
    _fields_ = [("family", c_uint32), ("length", c_uint32), ("address", c_uint8 * 16)]


class WatchFilter(Structure):
    """struct kctl_watch_filter"""
    _fields_ = [("family", c_uint32), ("direction", c_uint32), ("ifindex", c_uint32),
                ("src", Prefix), ("dst", Prefix), ("host", Prefix),
                ("types4", c_uint8 * 256), ("types6", c_uint8 * 256),
                ("types4_count", c_size_t), ("types6_count", c_size_t),
                ("has_code", c_bool), ("code", c_uint32), ("sample", c_uint32),
                ("snaplen", c_uint32), ("has_coalesce", c_bool), ("coalesce", c_uint32)]


class WatchTotals(Structure):
    """struct kctl_watch_totals"""
    _fields_ = [("matched", c_uint64), ("lost", c_uint64)]


class Record(Structure):
    """struct kctl_record, without the packet"""
    _fields_ = [("seq", c_uint64), ("time", c_uint64), ("ifindex", c_uint32),
                ("length", c_uint32), ("captured", c_uint32), ("direction", c_uint8),
                ("family", c_uint8), ("reserved", c_uint16)]


class StoreEvent(Structure):
    """struct kctl_store_event"""
    _fields_ = [("action", c_int), ("generation", c_uint64), ("name", c_char * NAME_SIZE),
                ("has_changer", c_bool), ("uid", c_uint32), ("pid", c_uint32),
                ("command", c_char * 16)]


RECORD_FN = ctypes.CFUNCTYPE(c_int, c_void_p, POINTER(Record), POINTER(c_uint8))
EVENT_FN = ctypes.CFUNCTYPE(c_int, c_void_p, POINTER(StoreEvent))

HANDLE, TO_HANDLE = c_void_p, POINTER(c_void_p)

# name: (result, parameters)
FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "kctl_strerror": (c_char_p, [c_int]),
    "kctl_store_open": (c_int, [TO_HANDLE]),
    "kctl_store_close": (None, [HANDLE]),
    "kctl_store_strerror": (c_char_p, [HANDLE]),
    "kctl_store_set": (c_int, [HANDLE, POINTER(Entry), c_char_p, c_size_t]),
    "kctl_store_get": (c_int, [HANDLE, c_char_p, POINTER(POINTER(Entry))]),
    "kctl_entry_free": (None, [POINTER(Entry)]),
    "kctl_entry_name": (c_int, [POINTER(Entry), c_char_p]),
    "kctl_store_delete": (c_int, [HANDLE, c_char_p, c_uint64]),
    "kctl_store_info": (c_int, [HANDLE, POINTER(Info), c_size_t]),
    "kctl_store_table_get": (c_int, [HANDLE, POINTER(POINTER(Snapshot))]),
    "kctl_snapshot_free": (None, [POINTER(Snapshot)]),
    "kctl_table_new": (c_void_p, []),
    "kctl_table_free": (None, [c_void_p]),
    "kctl_table_reserve": (POINTER(Entry), [c_void_p, c_size_t]),
    "kctl_table_commit": (None, [c_void_p, POINTER(Entry)]),
    "kctl_store_replace": (c_int, [HANDLE, c_void_p, c_uint64]),
    "kctl_genl_open": (c_int, [TO_HANDLE]),
    "kctl_genl_close": (None, [HANDLE]),
    "kctl_genl_strerror": (c_char_p, [HANDLE]),
    "kctl_genl_fd": (c_int, [HANDLE]),
    "kctl_store_subscribe": (c_int, [HANDLE, EVENT_FN, c_void_p]),
    "kctl_store_events": (c_int, [HANDLE]),
    "kctl_watch_start": (c_int, [HANDLE, POINTER(WatchFilter), c_size_t, RECORD_FN, c_void_p]),
    "kctl_watch_read": (c_int, [HANDLE]),
    "kctl_watch_stop": (c_int, [HANDLE, POINTER(WatchTotals), c_size_t]),
    "kctl_proto_open": (c_int, [TO_HANDLE]),
    "kctl_proto_close": (None, [HANDLE]),
    "kctl_proto_strerror": (c_char_p, [HANDLE]),
    "kctl_proto_fd": (c_int, [HANDLE]),
    "kctl_proto_set_option": (c_int, [HANDLE, c_int, c_int]),
    "kctl_proto_resolve": (c_int, [HANDLE, c_char_p, POINTER(c_uint32)]),
    "kctl_proto_bind": (c_int, [HANDLE, POINTER(c_uint32)]),
    "kctl_proto_send": (c_int, [HANDLE, c_uint32, c_int64, c_char_p, c_size_t]),
    "kctl_proto_ask_details": (c_int, [HANDLE]),
    "kctl_proto_recv": (c_ssize_t, [HANDLE, POINTER(Received), c_size_t, c_void_p, c_size_t]),
    "kctl_proto_hold": (c_int, [HANDLE, c_int]),
    "kctl_proto_hold_time": (c_int, [HANDLE, c_int]),
    "kctl_proto_settle": (c_int, [HANDLE, POINTER(Settle), c_size_t]),
}


def load() -> ctypes.CDLL:
    library = ctypes.CDLL("libkctl.so.0")
    for name, (result, parameters) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, parameters
    return library


lib = load()


def name_of(text: str) -> bytes:
    """A name as a C string. The kernel checks the rest."""
    if "\0" in text:
        raise ValueError("a name with a NUL character")
    return text.encode()


def fail(error: int, text: bytes) -> NoReturn:
    """Raise the exception for the error, such as PermissionError."""
    raise OSError(-error, text.decode())


class Handle:
    """A handle of the library. close() and the end of a with statement close it."""
    _group: str

    def __init__(self) -> None:
        self._handle: Optional[c_void_p] = c_void_p()
        error = self._function("open")(ctypes.byref(self._handle))
        if error:
            self._handle = None
            fail(error, lib.kctl_strerror(error))

    def _function(self, name: str) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(lib, "kctl_%s_%s" % (self._group, name))
        return function

    def _open_handle(self) -> c_void_p:
        if self._handle is None:
            raise ValueError("the handle is closed")
        return self._handle

    def _check(self, result: int) -> int:
        """Return the result of a function of the handle, or raise its error."""
        if result < 0:
            fail(result, self._function("strerror")(self._open_handle()))
        return result

    def close(self) -> None:
        """Close the handle. Closing it again does nothing."""
        handle, self._handle = self._handle, None
        if handle is not None:
            self._function("close")(handle)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", None) is not None:
            self.close()
