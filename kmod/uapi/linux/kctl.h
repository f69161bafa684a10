/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * kctl: the contract between the kctl module and user space
 *
 * Three doors lead into the module. Everything behind them belongs to one
 * network namespace: the namespace of the socket that is used decides, and
 * nothing crosses from one namespace to another.
 *
 * Structures have one layout for 32-bit and 64-bit callers on every
 * architecture: no pointers, no holes, 64-bit members aligned to 64 bits.
 * Integers are in host byte order. A member called reserved is zero on the way
 * in, else the call is refused with EINVAL, and zero on the way out.
 *
 * The contract only grows. A number, a member or an attribute keeps its meaning
 * for ever. A structure that comes alone grows at its end; one that data follows,
 * or an address, never changes. KCTL_ABI_VERSION counts the additions, so a program
 * can ask the module (KCTL_SO_GET_INFO, KCTL_CMD_GET_STATUS) what it can expect.
 *
 * In what follows, "administrator" is a caller with CAP_NET_ADMIN over the user
 * namespace that owns the network namespace.
 *
 *
 * Door 1, sockopt: the store
 * --------------------------
 *
 * The store holds named values. It is reached with setsockopt(2) and
 * getsockopt(2) at level SOL_IP on an AF_INET socket, of UDP for example.
 *
 * An entry has a name, a value of 0 to KCTL_VALUE_MAX arbitrary bytes, flags, a
 * generation and the time of its last change. Every change of the store gets
 * the next generation, beginning with 1. A change may name the generation that
 * it expects the entry to have; if another change came first it fails with
 * ESTALE. A refused change leaves everything as it was.
 *
 * setsockopt:
 *
 *	KCTL_SO_SET_VALUE	optval is the new value of the entry "default",
 *				optlen its size; short for KCTL_SO_SET_ENTRY with
 *				that name and no flags. Administrator.
 *	KCTL_SO_SET_ENTRY	optval is a struct kctl_entry, followed by its
 *				value. Administrator.
 *	KCTL_SO_DEL_ENTRY	optval is a struct kctl_entry of size 0 that names
 *				the entry to delete. Administrator.
 *	KCTL_SO_REPLACE		optval is a struct kctl_table, followed by all the
 *				entries that there shall be from now on: the whole
 *				store changes at once, or nothing does.
 *				Administrator.
 *
 * getsockopt: as much of the answer is copied as optlen allows, and optlen comes
 * back as the length of the whole answer, so a short buffer loses nothing but
 * the tail, and an optlen of 0 asks for the length alone. (Where a cgroup has a BPF
 * program for getsockopt, the kernel makes EFAULT of a length beyond the buffer.)
 *
 *	KCTL_SO_GET_VALUE	the value of the entry "default".
 *	KCTL_SO_GET_ENTRY	optval holds a struct kctl_entry with the name in
 *				it and zero in the other members; the answer is the
 *				whole header, followed by the value. optlen is at
 *				least the size of the header.
 *				Both: anybody if the entry is KCTL_ENTRY_PUBLIC,
 *				else administrator.
 *	KCTL_SO_GET_INFO	a struct kctl_info. Anybody.
 *	KCTL_SO_GET_TABLE	a struct kctl_table, followed by all entries as they
 *				were at one moment. Administrator.
 *
 * Every change is announced to the netlink group KCTL_GENL_GROUP_STORE: what was
 * changed and to which generation, never the value.
 *
 * Errors: EPERM (not allowed; to anybody but an administrator an entry that is
 * not there and one that is not public look the same), ENOENT (no such entry),
 * EEXIST (KCTL_ENTRY_CREATE, and there is one), ESTALE (generation), EINVAL
 * (lengths that disagree, a bad name, an unknown flag), EMSGSIZE (value over
 * KCTL_VALUE_MAX), ENOSPC (a limit of the store), EFAULT, ENOMEM, ENOPROTOOPT
 * (no such option: the module is not loaded, or older than the option).
 *
 *
 * Door 2, netlink: the watch
 * --------------------------
 *
 * Generic netlink family KCTL_GENL_NAME; enum kctl_cmd lists what can be said.
 *
 * A netlink socket that sends KCTL_CMD_WATCH_START becomes a watcher and stays
 * one until it sends KCTL_CMD_WATCH_STOP or is closed. A socket is one watcher
 * at most. The module cannot be unloaded while somebody watches. From then on,
 * which can be before the request is acknowledged, the watcher receives
 * KCTL_CMD_ICMP_EVENTS messages, each with one or more KCTL_A_EVENTS_RECORD: a
 * struct kctl_record and the packet from its IP header on, cut at the snap length.
 * The module captures and filters; what the bytes mean is for user space to say.
 *
 * The records of a watcher are numbered from 1, and every packet that matched
 * gets a number whether or not its record could be delivered. So a gap in the
 * numbers is the exact count of what was lost there; what was lost after the
 * last record is told by KCTL_A_WATCH_MATCHED in the answer to WATCH_STOP.
 *
 * A record is sent at once when none was sent in the last KCTL_A_WATCH_COALESCE
 * microseconds; what comes within that time is gathered and sent in one message at
 * its end, or when the message is full. So a lone packet is told of immediately, and
 * a flood does not wake the watcher for each of its packets.
 *
 * A socket whose receive buffer is full loses answers as well as records; the ACK
 * says EAGAIN then, if there is room for that by now. A watcher that has stopped
 * keeps its counters until its socket is closed or starts anew, so who misses the
 * answer reads the socket empty and asks again.
 *
 *
 * Door 3, proto: the channels
 * ---------------------------
 *
 * A protocol family of its own, with one type of socket: SOCK_DGRAM. The family
 * number is chosen when the module is loaded: ask KCTL_A_STATUS_FAMILY, or read
 * /sys/module/kctl/parameters/family. Creating a socket is for administrators,
 * and for anybody where the sysctl net.kctl.unprivileged is 1.
 *
 * A channel is a bounded first-in first-out queue of messages, named by a 32-bit
 * number other than 0. send(2) puts a message at its end, recv(2) takes the
 * oldest: each message is received once, by one receiver. A channel comes into
 * being with the first socket or message, or with KCTL_CMD_SET_CHANNEL, and ends
 * when no socket is bound or connected to it, no message is left in it, and nobody
 * configured it. Messages outlive their sender. Only the ephemeral channels, those
 * from KCTL_CHANNEL_EPHEMERAL on, end with the last receiver that is bound to them:
 * what waits there is dropped, and who sends to them afterwards is refused.
 *
 *	bind(2)		makes the socket a receiver of the channel, or a tap. Channel
 *			0: the kernel picks one at or above KCTL_CHANNEL_EPHEMERAL
 *			that nobody uses, getsockname(2) tells which.
 *	connect(2)	sets where send(2) and write(2) go. Without it they go to
 *			the channel the socket is bound to. AF_UNSPEC undoes it.
 *	recvmsg(2)	gives the channel the sender was bound to as its address,
 *			or channel 0 if it was bound to none. To a shorter buffer a
 *			message is cut and MSG_TRUNC set; the rest is gone.
 *	sendmsg(2)	waits while the channel is full. Messages of one sender
 *			arrive in the order in which they were sent. Of ancillary
 *			data there is SCM_CREDENTIALS alone. How splice(2) cuts its
 *			data into messages is up to the kernel.
 *	ioctl(2)	SIOCINQ: int, bytes of the oldest message. SIOCOUTQ: int,
 *			bytes of all messages in the channel where send(2) goes.
 *
 * Of the options of SOL_SOCKET, SO_RCVTIMEO and SO_SNDTIMEO do what they say.
 * SO_TIMESTAMP and SO_TIMESTAMPNS tell when a message was sent, SO_PASSCRED tells by
 * whom, as SCM_CREDENTIALS: the process and its real user and group, in the
 * namespaces of who receives. A tap has SO_RCVBUF and SO_RXQ_OVFL. The others about
 * buffers and filters do nothing. At level SOL_KCTL there are those of enum
 * kctl_proto_option.
 *
 * A tap gets a copy of each message that is sent to its channel from then on, and
 * takes none away. It never keeps anybody waiting: what does not fit into its
 * receive buffer is dropped for this tap, and counted. Neither taps nor connected
 * sockets are receivers, so they do not keep an ephemeral channel.
 *
 * A channel has an owner, a group and a mode, at first those of who created it and
 * 0600. To read is to receive or to tap, and is checked by bind(2); to write is to
 * send, and is checked by connect(2) and by each send. As with an open file it is
 * the creator of the socket who must be allowed, so a socket can be given away.
 * A socket that an administrator created may do all.
 *
 * Errors: EAGAIN (empty, or full, and non-blocking or timed out), EMSGSIZE (over
 * KCTL_MESSAGE_MAX or what the channel may hold), EDESTADDRREQ (no destination),
 * ENOTCONN (receiving on a socket that is not bound), EINVAL (address too short
 * or not zero where it must be; bound already; a tap of channel 0; ancillary data
 * that is not for it), EADDRINUSE (KCTL_EXCLUSIVE, of this socket or of the one that
 * is bound), EACCES (the mode of the channel), EAFNOSUPPORT (another family),
 * ENOSPC (too many channels, or KCTL_CHANNEL_SOCKETS_MAX sockets on one), ENOBUFS (too
 * many bytes in all channels together, also for who would wait), ECONNREFUSED (nobody
 * is bound to the ephemeral channel), EPIPE (shut down for sending), EOPNOTSUPP
 * (listen, accept, socketpair, unknown flags), ENOPROTOOPT (no such option of
 * SOL_KCTL), ESOCKTNOSUPPORT, EPROTONOSUPPORT, EPERM, EFAULT, ENOMEM, EINTR.
 */
#ifndef _UAPI_LINUX_KCTL_H
#define _UAPI_LINUX_KCTL_H

#include <linux/socket.h>
#include <linux/types.h>

/* Counts the additions to this contract. */
#define KCTL_ABI_VERSION	3

/*
 * Door 1: sockopt
 *
 * The numbers that the module claims in PF_INET, for set and for get, are
 * KCTL_SO_BASE <= n < KCTL_SO_MAX. Those without a name answer ENOPROTOOPT.
 */
#define KCTL_SO_BASE		999

#define KCTL_SO_SET_VALUE	999
#define KCTL_SO_SET_ENTRY	1000
#define KCTL_SO_DEL_ENTRY	1001
#define KCTL_SO_REPLACE		1002

#define KCTL_SO_GET_VALUE	999
#define KCTL_SO_GET_ENTRY	1000
#define KCTL_SO_GET_INFO	1001
#define KCTL_SO_GET_TABLE	1002

#define KCTL_SO_MAX		1008

/*
 * A name is 1 to 63 bytes of [A-Za-z0-9_.:/-] and ends in a NUL byte; the bytes
 * behind it are zero too.
 */
#define KCTL_NAME_SIZE		64

/* The name that KCTL_SO_SET_VALUE and KCTL_SO_GET_VALUE stand for. */
#define KCTL_NAME_DEFAULT	"default"

/* Largest value of an entry, in bytes. */
#define KCTL_VALUE_MAX		65535

/**
 * enum kctl_entry_flags - flags of an entry, and of a change to one
 * @KCTL_ENTRY_PUBLIC: anybody in the network namespace may get the entry
 * @KCTL_ENTRY_CREATE: in a KCTL_SO_SET_ENTRY only: fail with EEXIST if there is an
 *	entry of this name
 */
enum kctl_entry_flags {
	KCTL_ENTRY_PUBLIC = 1 << 0,
	KCTL_ENTRY_CREATE = 1 << 1,
};

/**
 * struct kctl_entry - header of an entry of the store; its value follows
 * @name: name of the entry, see KCTL_NAME_SIZE
 * @generation: get: of the last change of the entry. Set and delete: the
 *	generation that the entry must have, or 0 for any
 * @changed: get: time of the last change, in ns since the epoch. Else 0
 * @flags: enum kctl_entry_flags
 * @size: size of @value in bytes, 0 to KCTL_VALUE_MAX
 * @value: the value
 */
struct kctl_entry {
	char		name[KCTL_NAME_SIZE];
	__aligned_u64	generation;
	__aligned_u64	changed;
	__u32		flags;
	__u32		size;
	__u8		value[];
};

/**
 * struct kctl_table - header of a whole store; its entries follow
 * @generation: get: of the last change of the store. Replace: the generation that
 *	the store must have, or 0 for any
 * @entries: how many entries follow
 * @reserved: zero
 *
 * The entries follow one another, each a struct kctl_entry, its value, and zeros
 * up to the next multiple of 8 bytes; see KCTL_TABLE_STRIDE(). In a replace their
 * generation is zero: all of them get the one of the replace.
 */
struct kctl_table {
	__aligned_u64	generation;
	__u32		entries;
	__u32		reserved;
};

/* Bytes from an entry with a value of so many bytes to the next, in a table. */
#define KCTL_TABLE_STRIDE(size) \
	((sizeof(struct kctl_entry) + (size) + 7) & ~(sizeof(__u64) - 1))

/**
 * struct kctl_info - the store as a whole
 * @generation: generation of the last change, 0 if there was none
 * @bytes: sum of the sizes of all values
 * @max_bytes: limit of @bytes
 * @entries: number of entries
 * @max_entries: limit of @entries
 * @abi_version: KCTL_ABI_VERSION of the module
 * @reserved: zero
 */
struct kctl_info {
	__aligned_u64	generation;
	__aligned_u64	bytes;
	__aligned_u64	max_bytes;
	__u32		entries;
	__u32		max_entries;
	__u32		abi_version;
	__u32		reserved;
};

/* Door 2: netlink */
#define KCTL_GENL_NAME		"kctl"
#define KCTL_GENL_VERSION	1

/* Multicast group: KCTL_CMD_STORE_EVENT. Joining it is for administrators. */
#define KCTL_GENL_GROUP_STORE	"store"

/**
 * enum kctl_cmd - what is said on the generic netlink family
 * @KCTL_CMD_UNSPEC: never used
 * @KCTL_CMD_GET_STATUS: ask for versions, counters and limits of the namespace.
 *	No attributes; the answer has those of enum kctl_status_attr. Anybody
 * @KCTL_CMD_WATCH_START: make the socket a watcher, with the filter of enum
 *	kctl_watch_attr. Answered by an ACK. EBUSY: it is one already. ENOSPC: there
 *	are too many. Administrator
 * @KCTL_CMD_WATCH_STOP: end that. No attributes; the answer has the counters of
 *	enum kctl_watch_attr and comes behind the last record. Can be repeated.
 *	ENOENT: the socket was never a watcher. Administrator
 * @KCTL_CMD_GET_CHANNELS: dump; an answer of enum kctl_channel_attr a channel.
 *	Administrator
 * @KCTL_CMD_ICMP_EVENTS: from the kernel, to one watcher: enum kctl_events_attr
 * @KCTL_CMD_STORE_EVENT: from the kernel, to KCTL_GENL_GROUP_STORE: enum
 *	kctl_store_attr
 * @KCTL_CMD_GET_WATCHERS: dump; an answer of enum kctl_watch_attr for each socket
 *	that watches: its filter, its counters and its port. What the filter does not
 *	restrict is absent. Administrator
 * @KCTL_CMD_SET_CHANNEL: give KCTL_A_CHANNEL_NUMBER the owner, group and mode that
 *	are there, and configure it: it stays until KCTL_CMD_DEL_CHANNEL. Created if need
 *	be, but for an ephemeral channel: that must exist, and ends as before. Answered
 *	by an ACK. Its owner, who can give it to no other user, and only to a group he is
 *	in, or administrator; to create it, who may create a socket. ENOENT, EINVAL,
 *	ENOSPC
 * @KCTL_CMD_DEL_CHANNEL: undo that for KCTL_A_CHANNEL_NUMBER, and drop what waits
 *	there. While sockets are bound or connected the channel stays, with its owner,
 *	group and mode. Answered by an ACK. ENOENT: there is none. Its owner or
 *	administrator
 * @KCTL_CMD_FLUSH_CHANNEL: drop what waits in KCTL_A_CHANNEL_NUMBER, and nothing
 *	else. Who waits with a message that did not fit can send it now. Answered by an
 *	ACK. ENOENT: there is none. Its owner or administrator
 */
enum kctl_cmd {
	KCTL_CMD_UNSPEC,
	KCTL_CMD_GET_STATUS,
	KCTL_CMD_WATCH_START,
	KCTL_CMD_WATCH_STOP,
	KCTL_CMD_GET_CHANNELS,
	KCTL_CMD_ICMP_EVENTS,
	KCTL_CMD_STORE_EVENT,
	KCTL_CMD_GET_WATCHERS,
	KCTL_CMD_SET_CHANNEL,
	KCTL_CMD_DEL_CHANNEL,
	KCTL_CMD_FLUSH_CHANNEL,
	/* private: */
	__KCTL_CMD_MAX
};

#define KCTL_CMD_MAX	(__KCTL_CMD_MAX - 1)

/**
 * enum kctl_status_attr - attributes of KCTL_CMD_GET_STATUS
 * @KCTL_A_STATUS_UNSPEC: never used
 * @KCTL_A_STATUS_PAD: aligns 64-bit attributes
 * @KCTL_A_STATUS_MODULE_VERSION: string, version of the module
 * @KCTL_A_STATUS_ABI_VERSION: u32, KCTL_ABI_VERSION of the module
 * @KCTL_A_STATUS_FAMILY: u32, the protocol family of door 3
 * @KCTL_A_STATUS_STORE_GENERATION: u64, see struct kctl_info
 * @KCTL_A_STATUS_STORE_ENTRIES: u32
 * @KCTL_A_STATUS_STORE_MAX_ENTRIES: u32
 * @KCTL_A_STATUS_STORE_BYTES: u64
 * @KCTL_A_STATUS_STORE_MAX_BYTES: u64
 * @KCTL_A_STATUS_WATCHERS: u32, watchers of this namespace
 * @KCTL_A_STATUS_HOOKS: u32, netfilter hooks registered for them
 * @KCTL_A_STATUS_SOCKETS: u32, open sockets of the protocol family
 * @KCTL_A_STATUS_CHANNELS: u32, channels that exist
 * @KCTL_A_STATUS_CHANNELS_MAX: u32, limit of their number
 * @KCTL_A_STATUS_CHANNEL_MAX_MESSAGES: u32, limit of messages in one channel
 * @KCTL_A_STATUS_CHANNEL_MAX_BYTES: u32, limit of message bytes in one channel
 * @KCTL_A_STATUS_PROTO_BYTES: u64, bytes of all messages, bookkeeping included
 * @KCTL_A_STATUS_PROTO_MAX_BYTES: u64, limit of that
 * @KCTL_A_STATUS_WATCHERS_MAX: u32, limit of the watchers of this namespace
 */
enum kctl_status_attr {
	KCTL_A_STATUS_UNSPEC,
	KCTL_A_STATUS_PAD,
	KCTL_A_STATUS_MODULE_VERSION,
	KCTL_A_STATUS_ABI_VERSION,
	KCTL_A_STATUS_FAMILY,
	KCTL_A_STATUS_STORE_GENERATION,
	KCTL_A_STATUS_STORE_ENTRIES,
	KCTL_A_STATUS_STORE_MAX_ENTRIES,
	KCTL_A_STATUS_STORE_BYTES,
	KCTL_A_STATUS_STORE_MAX_BYTES,
	KCTL_A_STATUS_WATCHERS,
	KCTL_A_STATUS_HOOKS,
	KCTL_A_STATUS_SOCKETS,
	KCTL_A_STATUS_CHANNELS,
	KCTL_A_STATUS_CHANNELS_MAX,
	KCTL_A_STATUS_CHANNEL_MAX_MESSAGES,
	KCTL_A_STATUS_CHANNEL_MAX_BYTES,
	KCTL_A_STATUS_PROTO_BYTES,
	KCTL_A_STATUS_PROTO_MAX_BYTES,
	KCTL_A_STATUS_WATCHERS_MAX,
	/* private: */
	__KCTL_A_STATUS_MAX
};

#define KCTL_A_STATUS_MAX	(__KCTL_A_STATUS_MAX - 1)

/**
 * enum kctl_direction - which way a packet went, as bits of a filter
 * @KCTL_DIRECTION_IN: it arrived at this namespace, for it or to be forwarded
 * @KCTL_DIRECTION_OUT: it was sent by this namespace
 *
 * A packet on the loopback interface does both, and is seen twice.
 */
enum kctl_direction {
	KCTL_DIRECTION_IN  = 1 << 0,
	KCTL_DIRECTION_OUT = 1 << 1,
};

/*
 * Bytes of a packet that are captured unless the watcher asks otherwise. An error message
 * has its extensions behind 128 bytes of the packet it is about (RFC 4884, section 5).
 */
#define KCTL_SNAPLEN_DEFAULT	256

/* The most that can be asked: what a netlink attribute holds beside the header. */
#define KCTL_SNAPLEN_MAX	65499

/* How long records are gathered unless the watcher asks otherwise, and at most: µs. */
#define KCTL_COALESCE_DEFAULT	1000
#define KCTL_COALESCE_MAX	1000000

/**
 * enum kctl_watch_attr - attributes of KCTL_CMD_WATCH_START, WATCH_STOP and GET_WATCHERS
 * @KCTL_A_WATCH_UNSPEC: never used
 * @KCTL_A_WATCH_PAD: aligns 64-bit attributes
 * @KCTL_A_WATCH_FAMILY: u32, filter: AF_INET or AF_INET6. Absent: both
 * @KCTL_A_WATCH_DIRECTION: u32, filter: bits of enum kctl_direction. Absent: both
 * @KCTL_A_WATCH_TYPES4: binary, filter: the ICMP types to report, a byte each.
 *	Absent: all
 * @KCTL_A_WATCH_TYPES6: binary, filter: the ICMPv6 types to report, a byte each.
 *	Absent: all
 * @KCTL_A_WATCH_SNAPLEN: u32, bytes of a packet to capture, 0 to
 *	KCTL_SNAPLEN_MAX. Absent: KCTL_SNAPLEN_DEFAULT
 * @KCTL_A_WATCH_MATCHED: u64, counter: packets that the filter let through
 * @KCTL_A_WATCH_LOST: u64, counter: those of them that could not be delivered
 * @KCTL_A_WATCH_IFINDEX: u32, filter: index of the interface, of a packet that
 *	arrives the one it came in by, else the one it leaves by. Absent: any. It need
 *	not exist, or not yet
 * @KCTL_A_WATCH_SRC: binary, filter: prefix of the source address, 4 bytes (IPv4) or
 *	16 (IPv6) in network byte order. Packets of the other family do not match
 * @KCTL_A_WATCH_SRC_LEN: u32, bits of that prefix. Absent: all 32 or 128. The bits
 *	behind it are zero
 * @KCTL_A_WATCH_DST: as KCTL_A_WATCH_SRC, of the destination address
 * @KCTL_A_WATCH_DST_LEN: u32, bits of that prefix
 * @KCTL_A_WATCH_CODE: u32, filter: the ICMP or ICMPv6 code, 0 to 255. Absent: any
 * @KCTL_A_WATCH_SAMPLE: u32, filter: let through one in so many, chosen at random,
 *	of what the rest of the filter lets through. Absent: 1
 * @KCTL_A_WATCH_COALESCE: u32, µs for which records are gathered, 0 to
 *	KCTL_COALESCE_MAX. 0: a message for each. Absent: KCTL_COALESCE_DEFAULT
 * @KCTL_A_WATCH_DELIVERED: u64, counter: records in the receive buffer, or read from
 *	it. What is neither delivered nor lost is being gathered
 * @KCTL_A_WATCH_PORT: u32, netlink port of the socket: often, but not always, the
 *	process that opened it
 */
enum kctl_watch_attr {
	KCTL_A_WATCH_UNSPEC,
	KCTL_A_WATCH_PAD,
	KCTL_A_WATCH_FAMILY,
	KCTL_A_WATCH_DIRECTION,
	KCTL_A_WATCH_TYPES4,
	KCTL_A_WATCH_TYPES6,
	KCTL_A_WATCH_SNAPLEN,
	KCTL_A_WATCH_MATCHED,
	KCTL_A_WATCH_LOST,
	KCTL_A_WATCH_IFINDEX,
	KCTL_A_WATCH_SRC,
	KCTL_A_WATCH_SRC_LEN,
	KCTL_A_WATCH_DST,
	KCTL_A_WATCH_DST_LEN,
	KCTL_A_WATCH_CODE,
	KCTL_A_WATCH_SAMPLE,
	KCTL_A_WATCH_COALESCE,
	KCTL_A_WATCH_DELIVERED,
	KCTL_A_WATCH_PORT,
	/* private: */
	__KCTL_A_WATCH_MAX
};

#define KCTL_A_WATCH_MAX	(__KCTL_A_WATCH_MAX - 1)

/**
 * enum kctl_events_attr - attributes of KCTL_CMD_ICMP_EVENTS
 * @KCTL_A_EVENTS_UNSPEC: never used
 * @KCTL_A_EVENTS_RECORD: binary, struct kctl_record and what was captured; there
 *	can be several in a message
 */
enum kctl_events_attr {
	KCTL_A_EVENTS_UNSPEC,
	KCTL_A_EVENTS_RECORD,
	/* private: */
	__KCTL_A_EVENTS_MAX
};

#define KCTL_A_EVENTS_MAX	(__KCTL_A_EVENTS_MAX - 1)

/**
 * struct kctl_record - header of a captured packet; the packet follows
 * @seq: number of the record: 1, 2, 3, … for each watcher
 * @time: when the packet was seen, in ns since the epoch
 * @ifindex: interface it came in by or is about to leave by
 * @length: length of the packet in bytes, from its IP header on
 * @captured: how many bytes of it follow
 * @direction: KCTL_DIRECTION_IN or KCTL_DIRECTION_OUT
 * @family: AF_INET or AF_INET6
 * @reserved: zero
 * @packet: the packet
 */
struct kctl_record {
	__aligned_u64	seq;
	__aligned_u64	time;
	__u32		ifindex;
	__u32		length;
	__u32		captured;
	__u8		direction;
	__u8		family;
	__u16		reserved;
	__u8		packet[];
};

/**
 * enum kctl_store_action - what happened to the store
 * @KCTL_STORE_SET: an entry was created, or replaced by one of the same name
 * @KCTL_STORE_DELETE: an entry was deleted
 * @KCTL_STORE_REPLACE: the whole store was replaced
 */
enum kctl_store_action {
	KCTL_STORE_SET = 1,
	KCTL_STORE_DELETE,
	KCTL_STORE_REPLACE,
};

/**
 * enum kctl_store_attr - attributes of KCTL_CMD_STORE_EVENT
 * @KCTL_A_STORE_UNSPEC: never used
 * @KCTL_A_STORE_PAD: aligns 64-bit attributes
 * @KCTL_A_STORE_ACTION: u32, enum kctl_store_action
 * @KCTL_A_STORE_GENERATION: u64, the generation that the change made. Events come
 *	in the order of their generations; a gap tells of events that were lost
 * @KCTL_A_STORE_NAME: string, the entry. Absent if the whole store was replaced
 */
enum kctl_store_attr {
	KCTL_A_STORE_UNSPEC,
	KCTL_A_STORE_PAD,
	KCTL_A_STORE_ACTION,
	KCTL_A_STORE_GENERATION,
	KCTL_A_STORE_NAME,
	/* private: */
	__KCTL_A_STORE_MAX
};

#define KCTL_A_STORE_MAX	(__KCTL_A_STORE_MAX - 1)

/**
 * enum kctl_channel_flags - what is special about a channel
 * @KCTL_CHANNEL_CONFIGURED: it stays until KCTL_CMD_DEL_CHANNEL
 * @KCTL_CHANNEL_EXCLUSIVE: its only receiver admits no other
 */
enum kctl_channel_flags {
	KCTL_CHANNEL_CONFIGURED = 1 << 0,
	KCTL_CHANNEL_EXCLUSIVE  = 1 << 1,
};

/**
 * enum kctl_channel_attr - attributes of KCTL_CMD_GET_CHANNELS and the commands about
 *	one channel
 * @KCTL_A_CHANNEL_UNSPEC: never used
 * @KCTL_A_CHANNEL_PAD: aligns 64-bit attributes
 * @KCTL_A_CHANNEL_NUMBER: u32, number of the channel
 * @KCTL_A_CHANNEL_MESSAGES: u32, messages that wait in it
 * @KCTL_A_CHANNEL_BYTES: u64, sum of their sizes
 * @KCTL_A_CHANNEL_RECEIVERS: u32, sockets bound to it
 * @KCTL_A_CHANNEL_SENDERS: u32, sockets connected to it
 * @KCTL_A_CHANNEL_TAPS: u32, sockets that tap it
 * @KCTL_A_CHANNEL_UID: u32, its owner, in the user namespace of the netlink socket;
 *	one that has no name there is shown as the overflow user
 * @KCTL_A_CHANNEL_GID: u32, its group, likewise
 * @KCTL_A_CHANNEL_MODE: u32, permissions of owner, group and others, 0 to 0666: to
 *	read (4) is to receive, to write (2) is to send
 * @KCTL_A_CHANNEL_FLAGS: u32, bits of enum kctl_channel_flags
 */
enum kctl_channel_attr {
	KCTL_A_CHANNEL_UNSPEC,
	KCTL_A_CHANNEL_PAD,
	KCTL_A_CHANNEL_NUMBER,
	KCTL_A_CHANNEL_MESSAGES,
	KCTL_A_CHANNEL_BYTES,
	KCTL_A_CHANNEL_RECEIVERS,
	KCTL_A_CHANNEL_SENDERS,
	KCTL_A_CHANNEL_TAPS,
	KCTL_A_CHANNEL_UID,
	KCTL_A_CHANNEL_GID,
	KCTL_A_CHANNEL_MODE,
	KCTL_A_CHANNEL_FLAGS,
	/* private: */
	__KCTL_A_CHANNEL_MAX
};

#define KCTL_A_CHANNEL_MAX	(__KCTL_A_CHANNEL_MAX - 1)

/* Door 3: proto */

/* Largest message, in bytes. */
#define KCTL_MESSAGE_MAX	1048576

/* Sockets that can be bound or connected to one channel, taps included. */
#define KCTL_CHANNEL_SOCKETS_MAX	1024

/* From here on channels are ephemeral: the kernel picks from them. */
#define KCTL_CHANNEL_EPHEMERAL	0x80000000U

/* Mode of a channel, unless who creates it asks otherwise. */
#define KCTL_CHANNEL_MODE_DEFAULT	0600

/* Level of setsockopt(2) and getsockopt(2) for the options of the sockets. */
#define SOL_KCTL		999

/**
 * enum kctl_proto_option - options at level SOL_KCTL, each an int
 * @KCTL_EXCLUSIVE: not 0: bind(2) makes the socket the only receiver of its channel, or
 *	fails with EADDRINUSE; so does then who comes later. Taps do not count. EINVAL:
 *	the socket is bound
 * @KCTL_TAP: not 0: bind(2) makes the socket a tap. EINVAL: the socket is bound
 * @KCTL_MODE: mode of the channels that this socket creates, 0 to 0666, see
 *	KCTL_A_CHANNEL_MODE. At first KCTL_CHANNEL_MODE_DEFAULT
 * @KCTL_DROPS: get only: how many messages the tap has missed so far
 */
enum kctl_proto_option {
	KCTL_EXCLUSIVE = 1,
	KCTL_TAP,
	KCTL_MODE,
	KCTL_DROPS,
};

/**
 * struct sockaddr_kctl - address of a channel
 * @skc_family: the protocol family, see KCTL_A_STATUS_FAMILY
 * @skc_zero: zero
 * @skc_channel: number of the channel
 *
 * What a longer address has behind it is ignored.
 */
struct sockaddr_kctl {
	__kernel_sa_family_t	skc_family;
	__u16			skc_zero;
	__u32			skc_channel;
};

#endif /* _UAPI_LINUX_KCTL_H */
