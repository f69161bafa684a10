# SPDX-License-Identifier: GPL-2.0-or-later
"""The contract of <linux/kctl.h>, written down a second time.

A number that is changed by mistake is changed only in the header, so a test fails."""
import ctypes

# The store
SO_BASE, SO_MAX = 999, 1008
SET_VALUE, SET_ENTRY, DEL_ENTRY, REPLACE = 999, 1000, 1001, 1002
GET_VALUE, GET_ENTRY, GET_INFO, GET_TABLE = 999, 1000, 1001, 1002
NAME_SIZE = 64
VALUE_MAX = 65535
PUBLIC, CREATE = 1, 2


class Entry(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char * NAME_SIZE), ("generation", ctypes.c_uint64),
                ("changed", ctypes.c_uint64), ("flags", ctypes.c_uint32),
                ("size", ctypes.c_uint32)]


class Info(ctypes.Structure):
    _fields_ = [("generation", ctypes.c_uint64), ("bytes", ctypes.c_uint64),
                ("max_bytes", ctypes.c_uint64), ("entries", ctypes.c_uint32),
                ("max_entries", ctypes.c_uint32), ("abi_version", ctypes.c_uint32),
                ("reserved", ctypes.c_uint32)]


class Table(ctypes.Structure):
    _fields_ = [("generation", ctypes.c_uint64), ("entries", ctypes.c_uint32),
                ("reserved", ctypes.c_uint32)]


ENTRY_SIZE, INFO_SIZE, TABLE_SIZE = 88, 40, 16

# Generic netlink
CMD_GET_STATUS, CMD_WATCH_START, CMD_WATCH_STOP, CMD_GET_CHANNELS, CMD_ICMP_EVENTS = \
    range(1, 6)
CMD_GET_WATCHERS = 7
CMD_SET_CHANNEL, CMD_DEL_CHANNEL, CMD_FLUSH_CHANNEL, CMD_PROTO_EVENT = range(8, 12)
STATUS_STRING = {2: "module_version"}
STATUS_U32 = {3: "abi_version", 4: "family", 6: "store_entries", 7: "store_max_entries",
              10: "watchers", 11: "hooks", 12: "sockets", 13: "channels",
              14: "channels_max", 15: "channel_max_messages", 16: "channel_max_bytes",
              19: "watchers_max"}
STATUS_U64 = {5: "store_generation", 8: "store_bytes", 9: "store_max_bytes",
              17: "proto_bytes", 18: "proto_max_bytes", 20: "watch_bytes",
              21: "watch_max_bytes", 22: "proto_events"}
W_PAD, W_FAMILY, W_DIRECTION, W_TYPES4, W_TYPES6, W_SNAPLEN, W_MATCHED, W_LOST = \
    range(1, 9)
W_IFINDEX, W_SRC, W_SRC_LEN, W_DST, W_DST_LEN, W_CODE, W_SAMPLE, W_COALESCE, W_DELIVERED, \
    W_PORT, W_HOST, W_HOST_LEN = range(9, 21)
IN, OUT = 1, 2
SNAPLEN_DEFAULT, SNAPLEN_MAX = 256, 65499
COALESCE_DEFAULT, COALESCE_MAX = 1000, 1000000
EVENTS_RECORD, EVENTS_PAD, EVENTS_OFFSET = 1, 2, 3
C_PAD, C_NUMBER, C_MESSAGES, C_BYTES, C_RECEIVERS, C_SENDERS, C_TAPS, C_UID, C_GID, \
    C_MODE, C_FLAGS, C_SOCKETS, C_HELD, C_DELAYED, C_MAX_DELIVERIES, C_DEAD_LETTER, \
    C_NAME, C_DEAD, C_DROPPED, C_RETRY_DELAY, C_HOLD_TIME_MAX, \
    C_TTL, C_EXPIRED, C_SENT, C_RECEIVED, C_AGE, C_OLDEST = range(1, 28)
CHANNEL_SOCKETS_LISTED = 128
S_PAD, S_ACTION, S_GENERATION, S_NAME, S_UID, S_PID, S_COMMAND = range(1, 8)
P_PAD, P_SEQ, P_ACTION, P_CHANNEL, P_NAME, P_UID, P_PID, P_COMMAND, P_SETTINGS, P_TO, \
    P_WHY, P_DELIVERIES = range(1, 13)
PROTO_CREATED, PROTO_SET, PROTO_FULL, PROTO_DRAINED, PROTO_DEAD, PROTO_DELETED, \
    PROTO_ENDED = range(1, 8)
CONFIGURED, EXCLUSIVE_FLAG = 1, 2
RECORD_FORMAT = "=QQIIIBBH"
RECORD_SIZE = 32

# Channels
MESSAGE_MAX = 1 << 20
EPHEMERAL = 0x80000000
SOL_KCTL = 999
EXCLUSIVE, TAP, MODE, DROPS, CREDENTIALS, OWNER, HOLD, HELD, SETTLE, \
    HOLD_TIME, HISTORY, RESOLVE = range(1, 13)
RESOLVE_SIZE = 68
HOLD_MAX, SETTLE_MAX, TIME_MAX, SCM_HELD = 1024, 32, 86400000, 1
DONE, RETRY, RELEASE, EXTEND, DEAD = 1, 2, 3, 4, 5
DEAD_DELIVERIES, DEAD_SETTLED, DEAD_TTL = 1, 2, 3
HELD_FORMAT, SETTLE_FORMAT = "=QQIIII", "=QII"


class Address(ctypes.Structure):
    _fields_ = [("family", ctypes.c_uint16), ("zero", ctypes.c_uint16),
                ("channel", ctypes.c_uint32)]
