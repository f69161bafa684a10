/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * kctl: the contract between the kctl module and user space
 *
 * The module has three interfaces to user space. All of its state belongs to a
 * network namespace. The network namespace of the socket selects the state, and
 * nothing crosses from one namespace to another.
 *
 * Structures have the same layout for 32-bit and 64-bit callers on every
 * architecture: no pointers, no holes, 64-bit members aligned to 64 bits.
 * Integers are in host byte order. A member named "reserved" must be zero on
 * input, otherwise the call fails with EINVAL; it is zero on output.
 *
 * The contract only grows. A number, a member or an attribute never changes its
 * meaning. A structure that is passed alone may grow at its end. A structure that
 * is followed by data never changes, nor does a socket address. KCTL_ABI_VERSION
 * counts the additions: KCTL_SO_GET_INFO and KCTL_CMD_GET_STATUS return the value
 * of the loaded module, so a program can check what the module supports.
 *
 * Below, "administrator" means a caller with CAP_NET_ADMIN in the user namespace
 * that owns the network namespace.
 *
 *
 * Interface 1, sockopt: the store
 * -------------------------------
 *
 * The store holds named values. Programs access it with setsockopt(2) and
 * getsockopt(2) at level SOL_IP on an AF_INET socket, for example a UDP socket.
 *
 * An entry has a name, a value of 0 to KCTL_VALUE_MAX arbitrary bytes, flags, a
 * generation and the time of its last change. Each change of the store gets the next
 * generation; the first is 1. A change may specify the generation that it expects the
 * entry to have; if another change came first, it fails with ESTALE. A change that
 * fails leaves the store as it was.
 *
 * setsockopt:
 *
 *	KCTL_SO_SET_VALUE
 *		optval is the new value of the entry "default", optlen its size.
 *		Short for KCTL_SO_SET_ENTRY with that name and no flags.
 *		Administrator.
 *	KCTL_SO_SET_ENTRY
 *		optval is a struct kctl_entry followed by its value: create the
 *		entry, or replace the one of the same name. Administrator.
 *	KCTL_SO_DEL_ENTRY
 *		optval is a struct kctl_entry of size 0 that names the entry to
 *		delete. Administrator.
 *	KCTL_SO_REPLACE
 *		optval is a struct kctl_table followed by the complete new contents
 *		of the store. The whole store changes in one step, or not at all.
 *		Administrator.
 *
 * getsockopt copies as much of the answer as fits into optlen bytes and sets optlen
 * to the length of the whole answer. A short buffer therefore loses only the tail,
 * and an optlen of 0 asks for the length alone. (If a cgroup has a BPF program for
 * getsockopt, the kernel returns EFAULT when that length exceeds the buffer.)
 *
 *	KCTL_SO_GET_VALUE
 *		The value of the entry "default". Anybody if the entry is
 *		KCTL_ENTRY_PUBLIC, otherwise administrator.
 *	KCTL_SO_GET_ENTRY
 *		On input optval is a struct kctl_entry with the name of the entry
 *		and zero in all other members; optlen is at least its size. The
 *		answer is the whole struct kctl_entry followed by the value.
 *		Anybody if the entry is KCTL_ENTRY_PUBLIC, otherwise administrator.
 *	KCTL_SO_GET_INFO
 *		A struct kctl_info. Anybody.
 *	KCTL_SO_GET_TABLE
 *		A struct kctl_table followed by a consistent snapshot of all
 *		entries. Administrator.
 *
 * Each change is announced to the netlink group KCTL_GENL_GROUP_STORE: what changed
 * and its generation, never the value.
 *
 * Errors:
 *
 *	EPERM		not permitted. Only an administrator can distinguish an
 *			entry that does not exist from one that is not public
 *	ENOENT		no such entry
 *	EEXIST		KCTL_ENTRY_CREATE, and the entry exists; or a table that
 *			contains a name twice
 *	ESTALE		the generation differs from the expected one
 *	EINVAL		lengths that disagree, an invalid name, an unknown flag
 *	EMSGSIZE	a value of more than KCTL_VALUE_MAX bytes
 *	ENOSPC		a limit of the store is reached
 *	EOVERFLOW	a table too large for any buffer
 *	EINTR		a signal while KCTL_SO_REPLACE or KCTL_SO_GET_TABLE waited for
 *			other callers of the same option; nothing has changed
 *	ENOPROTOOPT	no such option: the module is not loaded, or it is older
 *			than the option
 *	EFAULT, ENOMEM	as usual
 *
 *
 * Interface 2, netlink: the watch
 * -------------------------------
 *
 * Generic netlink family KCTL_GENL_NAME. enum kctl_cmd lists its requests, and the
 * messages that the kernel sends unasked. Two processes must have the privileges that a
 * request requires: the sender, and the process that opened the socket.
 *
 * A netlink socket that sends KCTL_CMD_WATCH_START becomes a watcher. It remains
 * one until it sends KCTL_CMD_WATCH_STOP or is closed. A socket is at most one
 * watcher. The module cannot be unloaded while a watcher is active. A watcher
 * receives KCTL_CMD_ICMP_EVENTS messages, the first possibly before its request is
 * acknowledged. Each message has one or more KCTL_A_EVENTS_RECORD attributes: a
 * struct kctl_record followed by the packet from its IP header on, truncated to
 * the snap length. The module captures and filters; decoding is left to user space.
 *
 * The records of a watcher are numbered from 1. Each packet that matches takes a
 * number, whether or not its record can be delivered. A gap in the numbers is
 * therefore the exact count of records lost there. KCTL_A_WATCH_MATCHED in the
 * reply to KCTL_CMD_WATCH_STOP accounts for records lost after the last one that
 * was delivered.
 *
 * A record is sent at once if none was sent in the last KCTL_A_WATCH_COALESCE
 * microseconds. Records that follow within that time are gathered, and sent in one
 * message when the time ends or the message is full. A lone packet is therefore
 * reported immediately, and a flood does not wake the watcher for each packet.
 *
 * If the receive buffer is full, replies are lost as well as records. The ACK of such a
 * request is EAGAIN, if the buffer has space for the ACK. A stopped watcher keeps its
 * counters until its socket is closed or starts a new watch, so a program that misses
 * the reply can drain the socket and repeat the request.
 *
 *
 * Interface 3, proto: the channels
 * --------------------------------
 *
 * A separate protocol family, with one socket type: SOCK_DGRAM. The family number is
 * chosen when the module is loaded; KCTL_A_STATUS_FAMILY and
 * /sys/module/kctl/parameters/family report it. Only an administrator can create a
 * socket, unless the sysctl net.kctl.unprivileged is 1.
 *
 * A channel is a bounded first-in first-out queue of messages, identified by a 32-bit
 * number other than 0. send(2) appends a message, recv(2) takes the oldest: each
 * message is received once, by one receiver. The first bind(2), connect(2), message or
 * KCTL_CMD_SET_CHANNEL creates a channel. It ends when no socket is bound or connected
 * to it, no message waits in it, and it is not configured. Messages outlive their
 * sender. An ephemeral channel, one numbered KCTL_CHANNEL_EPHEMERAL or above, ends when
 * its last receiver is closed: waiting messages are dropped, and later sends fail with
 * ECONNREFUSED.
 *
 *	bind(2)		makes the socket a receiver of the channel, or a tap. For
 *			channel 0 the kernel picks an unused number of
 *			KCTL_CHANNEL_EPHEMERAL or above; getsockname(2) returns it. It
 *			picks the same number again only after all others, and a program
 *			cannot create an ephemeral channel by its number.
 *	connect(2)	sets the destination of send(2) and write(2). Without it
 *			they send to the channel the socket is bound to. AF_UNSPEC
 *			removes it.
 *	recvmsg(2)	returns the channel the sender was bound to as the source
 *			address, channel 0 if it was bound to none. A message that
 *			is longer than the buffer is truncated and MSG_TRUNC is
 *			set; the rest is discarded.
 *	sendmsg(2)	waits while the channel is full. Messages of one sender
 *			arrive in the order in which they were sent. The only
 *			ancillary data is SCM_CREDENTIALS. How splice(2) divides
 *			its data into messages is up to the kernel.
 *	poll(2)		reports POLLOUT if the channel has room, even for the
 *			largest message that was refused to this socket since it
 *			was last notified of room.
 *	ioctl(2)	SIOCINQ: int, bytes of the oldest message. SIOCOUTQ: int,
 *			bytes of all messages in the channel send(2) sends to, at
 *			most INT_MAX.
 *
 * Of the options at level SOL_SOCKET, SO_RCVTIMEO and SO_SNDTIMEO work as described in
 * socket(7). SO_TIMESTAMP and SO_TIMESTAMPNS report when a message entered the channel:
 * if its sender waited for space, the time at which the wait ended. recvmsg(2) converts
 * the time to the wall clock, so it is right even if the clock was set since.
 * SO_PASSCRED is another name for KCTL_CREDENTIALS; kernels since 6.16 refuse it with
 * EOPNOTSUPP. SO_RCVBUF and SO_RXQ_OVFL work on a tap. Other options for buffers and
 * filters have no effect. The options at level SOL_KCTL are those of enum
 * kctl_proto_option.
 *
 * A tap receives a copy of each message sent to its channel from bind(2) on, and
 * removes none. It never delays a sender: a copy that does not fit into the receive
 * buffer of the tap, or that exceeds a limit, is dropped for this tap, and counted.
 * Taps and connected sockets are not receivers, so they do not keep an ephemeral
 * channel.
 *
 * With KCTL_HOLD a receiver holds each message that it receives, up to that number of
 * messages, until it settles the message with KCTL_SETTLE: several at once, in any
 * order. recvmsg(2) then adds a struct kctl_held as its first control message,
 * SCM_KCTL_HELD. If msg_control has no room for it, as with recv(2) and read(2), the
 * call fails with EINVAL and takes no message. While the socket holds as many messages
 * as KCTL_HOLD permits, its channel appears empty to it: recvmsg(2) waits, and poll(2)
 * does not report POLLIN. A truncated message is held as a whole. MSG_PEEK holds
 * nothing. A message that cannot be copied to the receiver is given back, uncounted
 * unless its hold time is already over.
 *
 * Holding messages requires permission to receive and to send: held messages fill the
 * channel and keep others from sending, as sent messages do. If the mode changes later,
 * held messages stay held.
 *
 * A held message counts against all limits like a waiting one, so it can always be given
 * back: to its old place in the queue, ahead of all messages that were sent after it, or
 * to a waiting receiver. The order of the messages of one sender is therefore kept only
 * as long as none is given back. When the last process that uses the socket closes it or
 * is killed, all messages that the socket holds are given back, counted as after
 * KCTL_SETTLE_RETRY. So is a message that is not settled within KCTL_HOLD_TIME, even if
 * its holder is alive. A receiver that holds messages for too long keeps others from
 * receiving and sending: with KCTL_A_CHANNEL_HOLD_TIME_MAX, the owner of a channel limits
 * the hold time of all receivers.
 *
 * A message that is given back with a delay is kept out of the queue until the delay is over,
 * and then takes its old place. KCTL_A_CHANNEL_RETRY_DELAY is the delay of a message that is
 * given back, counted, without a delay. A delayed message counts against all limits, and keeps
 * its channel, like one in the queue. Delays and hold times are measured by CLOCK_MONOTONIC:
 * setting the clock has no effect on them, and time in suspend does not count. struct
 * kctl_held has times in the time namespace of the caller. A hold time begins when recvmsg(2)
 * takes the message, or after a wait, when its task runs again. No delay or hold time ends
 * early; like other timeouts of sockets, it may end late by about an eighth.
 *
 * Processes that share a socket, after fork(2) or SCM_RIGHTS, share its held messages.
 * shutdown(2) neither settles messages nor prevents settling. KCTL_CMD_FLUSH_CHANNEL and
 * KCTL_CMD_DEL_CHANNEL drop waiting and delayed messages; held messages can still be
 * settled, or return.
 *
 * A message dies in three cases: KCTL_SETTLE_DEAD; it is given back, counted, for the
 * KCTL_A_CHANNEL_MAX_DELIVERIES-th time; or it has waited longer than KCTL_A_CHANNEL_TTL. It
 * moves to the end of the channel that KCTL_A_CHANNEL_DEAD_LETTER names, even beyond the limits
 * of that channel. It is still charged to its sender, and keeps its time and its credentials:
 * SCM_CREDENTIALS names the process that sent it to the first channel. struct kctl_held reports
 * its history. For a moment it is in neither channel: KCTL_CMD_FLUSH_CHANNEL of either one can
 * miss it.
 *
 * Without a dead letter channel, a dead message is dropped. Unless an administrator chose the
 * dead letter channel, it is also dropped if that channel has changed its owner since, or if
 * all messages fill the seven eighths of net.kctl.proto_max_bytes that users can have.
 * KCTL_CMD_DEL_CHANNEL of a dead letter channel ends the choice, even if a channel of that
 * number exists again later. So does a change of the owner of the channel that chose it. A
 * message that is released with KCTL_SETTLE_RELEASE dies only if its time to live is over.
 *
 * The time to live of a message begins when it enters the channel, also as a dead letter. It is
 * measured by CLOCK_BOOTTIME: setting the clock has no effect on it, and time in suspend
 * counts. A message that expires while it is held or delayed dies when it returns. No expired
 * message is received. The kernel removes expired messages a little late, after suspend up to
 * an hour late; until then they count against all limits, and poll(2) may report POLLIN for
 * them.
 *
 * A channel has an owner, a group and a mode, initially the user and group of its
 * creator and 0600. Read permission allows receiving and tapping; bind(2) checks it.
 * Write permission allows sending; connect(2) and each send check it. As with an open
 * file, the credentials of the creator of the socket apply, so a socket can be passed
 * to another process. A socket created by an administrator passes every check. If
 * KCTL_CMD_SET_CHANNEL revokes the permission to send, connected sockets no longer
 * count as senders of the channel.
 *
 * While net.kctl.unprivileged is 1, a user without CAP_NET_ADMIN can hold a quarter of
 * net.kctl.channels_max and of net.kctl.proto_max_bytes, and all such users together
 * seven eighths. Messages that were not received or settled yet are charged to the user
 * that created the sending socket, as are the sockets and channels of a user and the
 * copies in its taps. The copies in all taps, each counted with the size of its
 * message, can reach half of net.kctl.proto_max_bytes.
 *
 * Errors:
 *
 *	EAGAIN		empty or full, and the call is non-blocking or timed out
 *	EMSGSIZE	a message of more than KCTL_MESSAGE_MAX bytes, or more than
 *			a channel may hold
 *	EDESTADDRREQ	sending without a destination
 *	ENOTCONN	receiving, or KCTL_SETTLE, on a socket that is not bound;
 *			KCTL_OWNER
 *	EINVAL		an address that is too short or has a nonzero skc_zero;
 *			channel 0 as a destination or for a tap; a socket that is
 *			already bound; invalid ancillary data; an invalid value of an
 *			option; receiving with KCTL_HOLD and without room for the
 *			control message
 *	ESTALE		KCTL_SETTLE: a message that is no longer held, for example
 *			because its hold time is over
 *	EBUSY		KCTL_HOLD 0 while the socket holds messages, or while a call
 *			waits for a message to hold
 *	EADDRINUSE	KCTL_EXCLUSIVE is set on this socket while another one is bound,
 *			or on a bound socket with at least the same privileges
 *	EADDRNOTAVAIL	bind(2) to an ephemeral channel that does not exist
 *	EACCES		not permitted by the mode of the channel
 *	EAFNOSUPPORT	an address of another family
 *	ENOSPC		too many channels, or too many sockets on one channel, see
 *			KCTL_CHANNEL_SOCKETS_MAX
 *	ENOBUFS		too many bytes in all channels together, or for this user; a
 *			blocking send does not wait for this limit. socket(2): too many
 *			bytes for this user
 *	ECONNREFUSED	an ephemeral channel without a receiver
 *	EIDRM		the channel was deleted while the send waited for space. The
 *			message was not sent; the next send creates the channel
 *			anew if it has ended
 *	EPIPE		sending on a socket that is shut down for sending
 *	EOPNOTSUPP	listen(2), accept(2), socketpair(2), unknown flags
 *	ENOPROTOOPT	no such option at level SOL_KCTL
 *	EPERM		socket(2), or a call that would create a channel, without
 *			privilege while net.kctl.unprivileged is 0; invalid
 *			credentials
 *	ESOCKTNOSUPPORT, EPROTONOSUPPORT, ESRCH, EFAULT, ENOMEM, EINTR
 */
#ifndef _UAPI_LINUX_KCTL_H
#define _UAPI_LINUX_KCTL_H

#include <linux/socket.h>
#include <linux/types.h>

/* Incremented by each addition to this contract. */
#define KCTL_ABI_VERSION	12

/*
 * Interface 1: sockopt
 *
 * In PF_INET the module registers the option numbers KCTL_SO_BASE <= n < KCTL_SO_MAX,
 * for set and for get. A number without a name fails with ENOPROTOOPT.
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
 * A name is 1 to 63 bytes of [A-Za-z0-9_.:/-] and a terminating NUL byte. The bytes
 * after it are zero too.
 */
#define KCTL_NAME_SIZE		64

/* The entry that KCTL_SO_SET_VALUE and KCTL_SO_GET_VALUE access. */
#define KCTL_NAME_DEFAULT	"default"

/* Largest value of an entry, in bytes. */
#define KCTL_VALUE_MAX		65535

/**
 * enum kctl_entry_flags - flags of an entry, and of a request to set one
 * @KCTL_ENTRY_PUBLIC: anybody in the network namespace may get the entry
 * @KCTL_ENTRY_CREATE: KCTL_SO_SET_ENTRY only: fail with EEXIST if an entry of this
 *	name exists
 */
enum kctl_entry_flags {
	KCTL_ENTRY_PUBLIC = 1 << 0,
	KCTL_ENTRY_CREATE = 1 << 1,
};

/**
 * struct kctl_entry - header of an entry of the store, followed by its value
 * @name: name of the entry, see KCTL_NAME_SIZE
 * @generation: get: generation of the last change of the entry. Set and delete: the
 *	generation that the entry must have, or 0 for any
 * @changed: get: time of the last change, in ns since the epoch. Otherwise 0
 * @flags: bits of enum kctl_entry_flags
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
 * struct kctl_table - header of a whole store, followed by its entries
 * @generation: get: generation of the last change of the store. Replace: the
 *	generation that the store must have, or 0 for any
 * @entries: number of entries that follow
 * @reserved: zero
 *
 * Each entry is a struct kctl_entry, its value, and zero bytes up to the next
 * multiple of 8 bytes; see KCTL_TABLE_STRIDE(). For KCTL_SO_REPLACE the generation of
 * the entries is zero: all of them get the generation of the replacement.
 */
struct kctl_table {
	__aligned_u64	generation;
	__u32		entries;
	__u32		reserved;
};

/* Bytes from an entry with a value of @size bytes to the next entry of a table. */
#define KCTL_TABLE_STRIDE(size) \
	((sizeof(struct kctl_entry) + (size) + 7) & ~(sizeof(__u64) - 1))

/**
 * struct kctl_info - the store as a whole
 * @generation: generation of the last change, 0 if there has been none
 * @bytes: sum of the sizes of all values, in bytes
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

/* Interface 2: netlink */
#define KCTL_GENL_NAME		"kctl"
#define KCTL_GENL_VERSION	1

/* Multicast group of KCTL_CMD_STORE_EVENT. Only an administrator can join it. */
#define KCTL_GENL_GROUP_STORE	"store"

/* Multicast group of KCTL_CMD_PROTO_EVENT. Only an administrator can join it. */
#define KCTL_GENL_GROUP_PROTO	"proto"

/**
 * enum kctl_cmd - requests to the generic netlink family, and messages from it
 * @KCTL_CMD_UNSPEC: not used
 * @KCTL_CMD_GET_STATUS: request the versions of the module, and the counters and
 *	limits of the network namespace. No attributes; the reply has those of enum
 *	kctl_status_attr. Anybody
 * @KCTL_CMD_WATCH_START: make the socket a watcher, with the filter given by enum
 *	kctl_watch_attr. Replies with an ACK. EBUSY: the socket is already a watcher.
 *	ENOSPC: too many watchers, or their receive buffers (SO_RCVBUF) are too large;
 *	stopped watchers count until their socket is closed. Records are charged to the memory
 *	cgroup of the caller. A larger SO_RCVBUF later has no effect, and socket
 *	filters (SO_ATTACH_FILTER) do not apply to records. Administrator
 * @KCTL_CMD_WATCH_STOP: stop the watcher. No attributes; the reply has the counters of
 *	enum kctl_watch_attr and comes after the last record. The request can be
 *	repeated: the counters remain until the socket is closed or starts another
 *	watch. ENOENT: the socket has never been a watcher. Administrator
 * @KCTL_CMD_GET_CHANNELS: dump: one reply per channel, with enum kctl_channel_attr.
 *	Administrator. If net.kctl.unprivileged is 1, anybody, for their own channels:
 *	opener and sender of the request must be the same user
 * @KCTL_CMD_ICMP_EVENTS: from the kernel to one watcher: enum kctl_events_attr
 * @KCTL_CMD_STORE_EVENT: from the kernel to KCTL_GENL_GROUP_STORE: enum
 *	kctl_store_attr
 * @KCTL_CMD_GET_WATCHERS: dump: one reply per active watcher, with enum
 *	kctl_watch_attr: its filter, its counters and its port. An attribute that does
 *	not restrict the filter is absent. Administrator
 * @KCTL_CMD_SET_CHANNEL: set the owner, group, mode, limit of deliveries, dead letter
 *	channel, name and times of KCTL_A_CHANNEL_NUMBER from the attributes that are
 *	present, and configure the channel: it remains until KCTL_CMD_DEL_CHANNEL. A
 *	channel that does not exist is created. An ephemeral channel is neither created
 *	nor configured: it must exist, and ends as before. If the request fails, nothing
 *	is set. Replies with an ACK. ENOENT: no such ephemeral channel, or the dead letter
 *	channel is not configured. EINVAL: no number, or an invalid user, group or name; a
 *	limit, a dead letter channel, a name or a time for an ephemeral channel; an
 *	ephemeral dead letter channel. ELOOP: the dead letter channel has a dead letter
 *	channel itself, or the channel is a dead letter channel, or both are the same.
 *	EACCES: the dead letter channel belongs to another user, and the sender is not an
 *	administrator. EEXIST: another channel has the name. ENOSPC: too many channels.
 *	Owner or administrator; an owner cannot give the channel to another user, and can
 *	set only a group of their own. Creating a channel requires permission to create a
 *	socket. Unless opener and sender are both administrators, it also requires that
 *	they have the same user and group
 * @KCTL_CMD_DEL_CHANNEL: drop the messages of KCTL_A_CHANNEL_NUMBER and undo
 *	KCTL_CMD_SET_CHANNEL. Waiting senders fail with EIDRM. While sockets are bound
 *	or connected, the channel remains, with its owner, group and mode, but without a
 *	name. Replies with an ACK. ENOENT: no such channel. Owner or administrator
 * @KCTL_CMD_FLUSH_CHANNEL: drop the messages of KCTL_A_CHANNEL_NUMBER, and change
 *	nothing else. Waiting senders can continue. Replies with an ACK. ENOENT: no such
 *	channel. Owner or administrator
 * @KCTL_CMD_PROTO_EVENT: from the kernel to KCTL_GENL_GROUP_PROTO: enum kctl_proto_attr
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
	KCTL_CMD_PROTO_EVENT,
	/* private: */
	__KCTL_CMD_MAX
};

#define KCTL_CMD_MAX	(__KCTL_CMD_MAX - 1)

/**
 * enum kctl_status_attr - attributes of KCTL_CMD_GET_STATUS
 * @KCTL_A_STATUS_UNSPEC: not used
 * @KCTL_A_STATUS_PAD: aligns 64-bit attributes
 * @KCTL_A_STATUS_MODULE_VERSION: string, version of the module
 * @KCTL_A_STATUS_ABI_VERSION: u32, KCTL_ABI_VERSION of the module
 * @KCTL_A_STATUS_FAMILY: u32, number of the protocol family of interface 3
 * @KCTL_A_STATUS_STORE_GENERATION: u64, see @generation of struct kctl_info
 * @KCTL_A_STATUS_STORE_ENTRIES: u32, number of entries
 * @KCTL_A_STATUS_STORE_MAX_ENTRIES: u32, limit of entries
 * @KCTL_A_STATUS_STORE_BYTES: u64, sum of the sizes of all values, in bytes
 * @KCTL_A_STATUS_STORE_MAX_BYTES: u64, limit of that sum
 * @KCTL_A_STATUS_WATCHERS: u32, active watchers in this namespace
 * @KCTL_A_STATUS_HOOKS: u32, netfilter hooks registered for them
 * @KCTL_A_STATUS_SOCKETS: u32, open sockets of the protocol family
 * @KCTL_A_STATUS_CHANNELS: u32, number of channels
 * @KCTL_A_STATUS_CHANNELS_MAX: u32, limit of channels
 * @KCTL_A_STATUS_CHANNEL_MAX_MESSAGES: u32, limit of messages in one channel
 * @KCTL_A_STATUS_CHANNEL_MAX_BYTES: u32, limit of message bytes in one channel
 * @KCTL_A_STATUS_PROTO_BYTES: u64, bytes of all messages, overhead included
 * @KCTL_A_STATUS_PROTO_MAX_BYTES: u64, limit of those bytes
 * @KCTL_A_STATUS_WATCHERS_MAX: u32, limit of watchers, stopped ones included
 * @KCTL_A_STATUS_WATCH_BYTES: u64, sum of the receive buffers of all watchers, in bytes
 * @KCTL_A_STATUS_WATCH_MAX_BYTES: u64, limit of that sum
 * @KCTL_A_STATUS_PROTO_EVENTS: u64, KCTL_A_PROTO_SEQ of the last KCTL_CMD_PROTO_EVENT; 0 if
 *	there was none. All events up to it were sent to KCTL_GENL_GROUP_PROTO or are lost
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
	KCTL_A_STATUS_WATCH_BYTES,
	KCTL_A_STATUS_WATCH_MAX_BYTES,
	KCTL_A_STATUS_PROTO_EVENTS,
	/* private: */
	__KCTL_A_STATUS_MAX
};

#define KCTL_A_STATUS_MAX	(__KCTL_A_STATUS_MAX - 1)

/**
 * enum kctl_direction - direction of a packet, as bits of a filter
 * @KCTL_DIRECTION_IN: received by this namespace, for local delivery or forwarding
 * @KCTL_DIRECTION_OUT: sent by this namespace
 *
 * A packet on the loopback interface has both directions and is reported twice. Any other
 * packet is reported once, for the interface that has the address: for a bridge and not
 * for its ports, and not for a VRF unless it is between addresses of the VRF. A packet
 * that a bridge only forwards is not reported, unless br_netfilter began to filter in the
 * namespace while a watcher was active.
 */
enum kctl_direction {
	KCTL_DIRECTION_IN  = 1 << 0,
	KCTL_DIRECTION_OUT = 1 << 1,
};

/*
 * Default of KCTL_A_WATCH_SNAPLEN, in bytes. The extensions of an error message start
 * after 128 bytes of the packet that caused the error (RFC 4884, section 5).
 */
#define KCTL_SNAPLEN_DEFAULT	256

/* Largest snap length: what fits into a netlink attribute after struct kctl_record. */
#define KCTL_SNAPLEN_MAX	65499

/* Default and maximum of KCTL_A_WATCH_COALESCE, in µs. */
#define KCTL_COALESCE_DEFAULT	1000
#define KCTL_COALESCE_MAX	1000000

/**
 * enum kctl_watch_attr - attributes of KCTL_CMD_WATCH_START, WATCH_STOP and GET_WATCHERS
 * @KCTL_A_WATCH_UNSPEC: not used
 * @KCTL_A_WATCH_PAD: aligns 64-bit attributes
 * @KCTL_A_WATCH_FAMILY: u32, filter: AF_INET or AF_INET6. Absent: both
 * @KCTL_A_WATCH_DIRECTION: u32, filter: bits of enum kctl_direction. Absent: both
 * @KCTL_A_WATCH_TYPES4: binary, filter: the ICMP types to report, one byte each.
 *	Absent: all
 * @KCTL_A_WATCH_TYPES6: binary, filter: the ICMPv6 types to report, one byte each.
 *	Absent: all
 * @KCTL_A_WATCH_SNAPLEN: u32, bytes of a packet to capture, 0 to
 *	KCTL_SNAPLEN_MAX. Absent: KCTL_SNAPLEN_DEFAULT
 * @KCTL_A_WATCH_MATCHED: u64, counter: packets that matched the filter
 * @KCTL_A_WATCH_LOST: u64, counter: matching packets that could not be delivered
 * @KCTL_A_WATCH_IFINDEX: u32, filter: index of the interface that a packet arrived on
 *	or, if it is sent by this namespace, of the interface it leaves by. Absent: any.
 *	The interface need not exist yet
 * @KCTL_A_WATCH_SRC: binary, filter: prefix of the source address, 4 bytes (IPv4) or
 *	16 bytes (IPv6) in network byte order. Packets of the other family do not match
 * @KCTL_A_WATCH_SRC_LEN: u32, length of that prefix in bits. Absent: 32 or 128, the
 *	whole address. Bits of the address beyond the prefix are zero
 * @KCTL_A_WATCH_DST: like KCTL_A_WATCH_SRC, for the destination address
 * @KCTL_A_WATCH_DST_LEN: like KCTL_A_WATCH_SRC_LEN, for the destination address
 * @KCTL_A_WATCH_CODE: u32, filter: the ICMP or ICMPv6 code, 0 to 255. Absent: any
 * @KCTL_A_WATCH_SAMPLE: u32, filter: N, to report one in N, chosen at random, of the
 *	packets that match the rest of the filter. Absent: 1
 * @KCTL_A_WATCH_COALESCE: u32, time in µs for which records are gathered, 0 to
 *	KCTL_COALESCE_MAX. 0: one message per record. Absent: KCTL_COALESCE_DEFAULT
 * @KCTL_A_WATCH_DELIVERED: u64, counter: records in the receive buffer, or read from
 *	it. Records that are neither delivered nor lost are being gathered
 * @KCTL_A_WATCH_PORT: u32, netlink port of the socket: often, but not always, the
 *	process ID of the program that opened it
 * @KCTL_A_WATCH_HOST: like KCTL_A_WATCH_SRC, for the source or the destination address:
 *	one of them has the prefix, or both
 * @KCTL_A_WATCH_HOST_LEN: like KCTL_A_WATCH_SRC_LEN, for KCTL_A_WATCH_HOST
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
	KCTL_A_WATCH_HOST,
	KCTL_A_WATCH_HOST_LEN,
	/* private: */
	__KCTL_A_WATCH_MAX
};

#define KCTL_A_WATCH_MAX	(__KCTL_A_WATCH_MAX - 1)

/**
 * enum kctl_events_attr - attributes of KCTL_CMD_ICMP_EVENTS, in the order of the message
 * @KCTL_A_EVENTS_UNSPEC: not used
 * @KCTL_A_EVENTS_RECORD: binary, struct kctl_record and the captured bytes. A message
 *	has one or more
 * @KCTL_A_EVENTS_PAD: aligns 64-bit attributes
 * @KCTL_A_EVENTS_OFFSET: s64, wall-clock time minus CLOCK_MONOTONIC, in ns, for the
 *	records that follow it in this message. It precedes the first record, and the
 *	first record after the clock was set. The times of two records, less their
 *	offsets, differ by the time that has passed. Older modules do not send it
 */
enum kctl_events_attr {
	KCTL_A_EVENTS_UNSPEC,
	KCTL_A_EVENTS_RECORD,
	KCTL_A_EVENTS_PAD,
	KCTL_A_EVENTS_OFFSET,
	/* private: */
	__KCTL_A_EVENTS_MAX
};

#define KCTL_A_EVENTS_MAX	(__KCTL_A_EVENTS_MAX - 1)

/**
 * struct kctl_record - header of a captured packet, followed by the packet
 * @seq: number of the record: 1, 2, 3, … for each watcher
 * @time: time at which the packet passed the hook, in ns since the epoch
 * @ifindex: index of the interface it arrived on or is about to leave by
 * @length: length of the packet in bytes, from its IP header on
 * @captured: number of bytes of the packet that follow
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
 * enum kctl_store_action - kind of change of the store
 * @KCTL_STORE_SET: an entry was created or replaced
 * @KCTL_STORE_DELETE: an entry was deleted
 * @KCTL_STORE_REPLACE: the whole store was replaced
 */
enum kctl_store_action {
	KCTL_STORE_SET = 1,
	KCTL_STORE_DELETE,
	KCTL_STORE_REPLACE,
};

/**
 * struct kctl_pid - number of a process in one of its pid namespaces
 * @pid: the number, as of getpid(2)
 * @ns: inode number of the pid namespace, as of /proc/PID/ns/pid
 */
struct kctl_pid {
	__u32	pid;
	__u32	ns;
};

/**
 * enum kctl_store_attr - attributes of KCTL_CMD_STORE_EVENT
 * @KCTL_A_STORE_UNSPEC: not used
 * @KCTL_A_STORE_PAD: aligns 64-bit attributes
 * @KCTL_A_STORE_ACTION: u32, enum kctl_store_action
 * @KCTL_A_STORE_GENERATION: u64, generation of the change. Events arrive in the order
 *	of their generations; a gap means that events were lost
 * @KCTL_A_STORE_NAME: string, name of the entry. Absent if the whole store was replaced
 * @KCTL_A_STORE_UID: u32, real user of the process that made the change, as numbered in
 *	the user namespace that owns the network namespace. A user without a number there
 *	is reported as the overflow user ID
 * @KCTL_A_STORE_PID: binary, struct kctl_pid: that process. Repeated for each of its pid
 *	namespaces that belongs to the owner of the network namespace, the innermost first;
 *	for a process of this owner, always for the innermost one. Absent if there is none.
 *	A listener compares @ns with its own pid namespace; if no attribute matches, the
 *	process has no number there
 * @KCTL_A_STORE_COMMAND: string, name of that process, as in /proc/PID/comm
 */
enum kctl_store_attr {
	KCTL_A_STORE_UNSPEC,
	KCTL_A_STORE_PAD,
	KCTL_A_STORE_ACTION,
	KCTL_A_STORE_GENERATION,
	KCTL_A_STORE_NAME,
	KCTL_A_STORE_UID,
	KCTL_A_STORE_PID,
	KCTL_A_STORE_COMMAND,
	/* private: */
	__KCTL_A_STORE_MAX
};

#define KCTL_A_STORE_MAX	(__KCTL_A_STORE_MAX - 1)

/**
 * enum kctl_channel_flags - flags of a channel
 * @KCTL_CHANNEL_CONFIGURED: remains until KCTL_CMD_DEL_CHANNEL
 * @KCTL_CHANNEL_EXCLUSIVE: its receiver set KCTL_EXCLUSIVE and is the only one
 */
enum kctl_channel_flags {
	KCTL_CHANNEL_CONFIGURED = 1 << 0,
	KCTL_CHANNEL_EXCLUSIVE  = 1 << 1,
};

/* Most sockets that KCTL_A_CHANNEL_SOCKETS lists. */
#define KCTL_CHANNEL_SOCKETS_LISTED	128

/**
 * enum kctl_channel_attr - attributes of KCTL_CMD_GET_CHANNELS and of the commands for
 *	one channel
 * @KCTL_A_CHANNEL_UNSPEC: not used
 * @KCTL_A_CHANNEL_PAD: aligns 64-bit attributes
 * @KCTL_A_CHANNEL_NUMBER: u32, number of the channel
 * @KCTL_A_CHANNEL_MESSAGES: u32, messages that wait in it, held ones not included
 * @KCTL_A_CHANNEL_BYTES: u64, sum of their sizes, in bytes
 * @KCTL_A_CHANNEL_RECEIVERS: u32, receivers bound to it
 * @KCTL_A_CHANNEL_SENDERS: u32, sockets connected to it
 * @KCTL_A_CHANNEL_TAPS: u32, taps bound to it
 * @KCTL_A_CHANNEL_UID: u32, its owner, as numbered in the user namespace of the netlink
 *	socket. An owner without a number there is reported as the overflow user ID
 * @KCTL_A_CHANNEL_GID: u32, its group, likewise
 * @KCTL_A_CHANNEL_MODE: u32, permissions of owner, group and others, 0 to 0666. Read
 *	(4) allows receiving and tapping, write (2) allows sending
 * @KCTL_A_CHANNEL_FLAGS: u32, bits of enum kctl_channel_flags
 * @KCTL_A_CHANNEL_SOCKETS: binary, array of u32: the inode numbers of the sockets on it, as
 *	in the links of /proc/PID/fd: receivers, then taps, then connected sockets. A
 *	process that inherited or was passed a socket has it too. At most
 *	KCTL_CHANNEL_SOCKETS_LISTED
 * @KCTL_A_CHANNEL_HELD: u32, messages that receivers hold, see KCTL_HOLD. They and
 *	their bytes, which are not reported, count against the limits of the channel
 * @KCTL_A_CHANNEL_DELAYED: u32, messages that were given back with a delay that is not
 *	over. They count like held messages, but are not included in KCTL_A_CHANNEL_HELD
 * @KCTL_A_CHANNEL_MAX_DELIVERIES: u32, number of counted deliveries after which a message is
 *	dead: a message that always fails is delivered exactly that often. 0: no limit.
 *	Applies to messages that are given back later
 * @KCTL_A_CHANNEL_DEAD_LETTER: u32, number of the channel that dead messages move to; 0: none,
 *	they are dropped. A request that changes the owner without this attribute sets it to 0
 * @KCTL_A_CHANNEL_NAME: string, its name, see struct kctl_resolve; absent: it has none.
 *	KCTL_CMD_SET_CHANNEL removes the name if this is "". An ephemeral channel has none
 * @KCTL_A_CHANNEL_DEAD: u64, counter: dead messages that moved to another channel
 * @KCTL_A_CHANNEL_DROPPED: u64, counter: dead messages that were dropped
 * @KCTL_A_CHANNEL_RETRY_DELAY: u32, delay in ms of a message that is given back, counted,
 *	because it was settled without a delay, its socket was closed or its hold time is over.
 *	0: none. Does not apply to KCTL_SETTLE_RELEASE. ERANGE: more than KCTL_TIME_MAX.
 *	Applies to messages that are given back later
 * @KCTL_A_CHANNEL_HOLD_TIME_MAX: u32, longest time in ms that a receiver holds a message,
 *	whatever its KCTL_HOLD_TIME; 0: no limit. ERANGE: more than KCTL_TIME_MAX. Applies to
 *	messages that are received or extended later
 * @KCTL_A_CHANNEL_TTL: u32, time in ms after which a waiting message is dead; 0: never. Also
 *	applies to messages that already wait: their time began when they entered the channel
 *	if it had a time to live then, otherwise it begins when this is set
 * @KCTL_A_CHANNEL_EXPIRED: u64, counter: messages that died because of
 *	KCTL_A_CHANNEL_TTL. Each also counts as KCTL_A_CHANNEL_DEAD or
 *	KCTL_A_CHANNEL_DROPPED
 * @KCTL_A_CHANNEL_SENT: u64, counter: messages that entered it, dead letters included
 * @KCTL_A_CHANNEL_RECEIVED: u64, counter: messages that receivers took for good: at once, or
 *	by KCTL_SETTLE_DONE. A message that is being copied to its receiver counts, unless
 *	the copy then fails. Messages that died or were dropped do not count
 * @KCTL_A_CHANNEL_AGE: u64, time since it was created, in ms of CLOCK_BOOTTIME
 * @KCTL_A_CHANNEL_OLDEST: u64, time since the next message in the queue was sent, to this
 *	channel or to the one in which it died, likewise. Absent if no message waits
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
	KCTL_A_CHANNEL_SOCKETS,
	KCTL_A_CHANNEL_HELD,
	KCTL_A_CHANNEL_DELAYED,
	KCTL_A_CHANNEL_MAX_DELIVERIES,
	KCTL_A_CHANNEL_DEAD_LETTER,
	KCTL_A_CHANNEL_NAME,
	KCTL_A_CHANNEL_DEAD,
	KCTL_A_CHANNEL_DROPPED,
	KCTL_A_CHANNEL_RETRY_DELAY,
	KCTL_A_CHANNEL_HOLD_TIME_MAX,
	KCTL_A_CHANNEL_TTL,
	KCTL_A_CHANNEL_EXPIRED,
	KCTL_A_CHANNEL_SENT,
	KCTL_A_CHANNEL_RECEIVED,
	KCTL_A_CHANNEL_AGE,
	KCTL_A_CHANNEL_OLDEST,
	/* private: */
	__KCTL_A_CHANNEL_MAX
};

#define KCTL_A_CHANNEL_MAX	(__KCTL_A_CHANNEL_MAX - 1)

/**
 * enum kctl_proto_action - what happened to a channel
 * @KCTL_PROTO_CREATED: a process created it: it bound or connected a socket, sent a message
 *	or set the channel
 * @KCTL_PROTO_SET: KCTL_CMD_SET_CHANNEL; or its dead letter channel was deleted
 * @KCTL_PROTO_FULL: a message was refused, or its sender has to wait, as the channel is
 *	full: for the first time, or for the first time since at most half of each limit
 *	was used
 * @KCTL_PROTO_DRAINED: no message waits or is held any more, after KCTL_PROTO_FULL
 * @KCTL_PROTO_DEAD: a message died. It moves to a dead letter channel, or is dropped
 * @KCTL_PROTO_DELETED: KCTL_CMD_DEL_CHANNEL. The channel ends when no socket uses it
 * @KCTL_PROTO_ENDED: it no longer exists
 */
enum kctl_proto_action {
	KCTL_PROTO_CREATED = 1,
	KCTL_PROTO_SET,
	KCTL_PROTO_FULL,
	KCTL_PROTO_DRAINED,
	KCTL_PROTO_DEAD,
	KCTL_PROTO_DELETED,
	KCTL_PROTO_ENDED,
};

/**
 * enum kctl_proto_attr - attributes of KCTL_CMD_PROTO_EVENT
 * @KCTL_A_PROTO_UNSPEC: not used
 * @KCTL_A_PROTO_PAD: aligns 64-bit attributes
 * @KCTL_A_PROTO_SEQ: u64, number of the event: 1, 2, 3, … for all channels of the network
 *	namespace together. Events arrive in this order; a gap means that events were lost.
 *	Without a listener in any network namespace, events get no number
 * @KCTL_A_PROTO_ACTION: u32, enum kctl_proto_action
 * @KCTL_A_PROTO_CHANNEL: u32, number of the channel
 * @KCTL_A_PROTO_NAME: string, its name. Absent if it has none
 * @KCTL_A_PROTO_UID: u32, of KCTL_PROTO_CREATED, SET and DELETED: real user of the process
 *	that made the request, as KCTL_A_STORE_UID
 * @KCTL_A_PROTO_PID: binary, struct kctl_pid, likewise: that process, as KCTL_A_STORE_PID
 * @KCTL_A_PROTO_COMMAND: string, likewise: name of that process
 * @KCTL_A_PROTO_SETTINGS: nested, of KCTL_PROTO_SET: the attributes of
 *	KCTL_CMD_SET_CHANNEL whose values have changed. User and group are numbered as in
 *	the user namespace that owns the network namespace; "" is a name that was removed
 * @KCTL_A_PROTO_TO: u32, of KCTL_PROTO_DEAD: the dead letter channel. Absent: the message
 *	was dropped
 * @KCTL_A_PROTO_WHY: u32, likewise: enum kctl_dead_why
 * @KCTL_A_PROTO_DELIVERIES: u32, likewise: number of counted deliveries of the message; at
 *	most 2^30 - 1
 *
 * The events of a channel arrive in the order in which they happened, with two exceptions.
 * Other processes can use a channel before its creator has announced it, so
 * KCTL_PROTO_CREATED may follow their events. KCTL_PROTO_DEAD precedes what happens to the
 * message in the dead letter channel, but may follow later events of the channel in which
 * it died.
 *
 * A system call does not wait for its events to be sent, so they may arrive shortly after
 * it has returned. It never fails because of an event: events are lost if there is no
 * memory, or if too many wait to be sent.
 */
enum kctl_proto_attr {
	KCTL_A_PROTO_UNSPEC,
	KCTL_A_PROTO_PAD,
	KCTL_A_PROTO_SEQ,
	KCTL_A_PROTO_ACTION,
	KCTL_A_PROTO_CHANNEL,
	KCTL_A_PROTO_NAME,
	KCTL_A_PROTO_UID,
	KCTL_A_PROTO_PID,
	KCTL_A_PROTO_COMMAND,
	KCTL_A_PROTO_SETTINGS,
	KCTL_A_PROTO_TO,
	KCTL_A_PROTO_WHY,
	KCTL_A_PROTO_DELIVERIES,
	/* private: */
	__KCTL_A_PROTO_MAX
};

#define KCTL_A_PROTO_MAX	(__KCTL_A_PROTO_MAX - 1)

/* Interface 3: proto */

/* Largest message, in bytes. */
#define KCTL_MESSAGE_MAX	1048576

/*
 * Limit of sockets bound or connected to one channel, taps included. The last 64 places
 * are reserved for administrators, and the 64 before them for administrators and the
 * owner. One user gets at most 256 of the others.
 */
#define KCTL_CHANNEL_SOCKETS_MAX	1024

/* First of the ephemeral channels; bind(2) to channel 0 picks one of them. */
#define KCTL_CHANNEL_EPHEMERAL	0x80000000U

/* Default mode of a channel. */
#define KCTL_CHANNEL_MODE_DEFAULT	0600

/* Level of the socket options in enum kctl_proto_option. */
#define SOL_KCTL		999

/**
 * enum kctl_proto_option - socket options at level SOL_KCTL, each an int unless it says
 *	otherwise
 * @KCTL_EXCLUSIVE: nonzero: bind(2) makes the socket the only receiver of its channel,
 *	or fails with EADDRINUSE; later receivers fail with EADDRINUSE too. Taps do not
 *	count. EINVAL: the socket is already bound. An exclusive receiver does not keep
 *	out receivers with more privileges: neither administrators, unless it is an
 *	administrator itself, nor the owner, unless it is the owner or an administrator.
 *	It is no longer exclusive once one of them is bound as well
 * @KCTL_TAP: nonzero: bind(2) makes the socket a tap. EINVAL: the socket is already
 *	bound
 * @KCTL_MODE: mode of the channels that this socket creates, 0 to 0666, see
 *	KCTL_A_CHANNEL_MODE. Initially KCTL_CHANNEL_MODE_DEFAULT
 * @KCTL_DROPS: get only: number of messages that the tap has missed
 * @KCTL_CREDENTIALS: nonzero: recvmsg(2) reports the sender of each message as
 *	SCM_CREDENTIALS: the process and its real user and group, in the namespaces of
 *	the receiver. Initially 0
 * @KCTL_OWNER: get only: owner of the channel that the socket is connected to, or else
 *	bound to, as numbered in the user namespace of the caller. An owner without a
 *	number there is reported as the overflow user ID. ENOTCONN: the socket is on no
 *	channel, or has lost the permission to send to it
 * @KCTL_HOLD: limit of the messages that the socket holds, 0 to KCTL_HOLD_MAX. Initially
 *	0: a received message leaves the channel for good. If the value is lowered, held
 *	messages stay held, and the socket receives again once it holds fewer. A call that
 *	already waits for a message when the option changes from 0 does not hold it.
 *	EINVAL: another value, or the socket is a tap. EACCES: the socket is bound, and the
 *	mode of its channel does not allow it to send; if the option is set before bind(2),
 *	bind(2) fails with EACCES. EBUSY: the value is 0, and the socket holds messages, or
 *	a call waits for a message to hold. ENOBUFS: the user holds too many bytes
 * @KCTL_HELD: get only: number of messages that the socket holds
 * @KCTL_SETTLE: set only, not an int: an array of 1 to KCTL_SETTLE_MAX struct
 *	kctl_settle, in this order. Allocates no memory and never waits. EINVAL: an
 *	invalid length, verb or delay; nothing is settled. ESTALE: some of the messages
 *	are no longer held; all others are settled. ENOTCONN: the socket is not bound, or
 *	is a tap
 * @KCTL_HOLD_TIME: longest time that the socket holds a message, in ms, 0 to
 *	KCTL_TIME_MAX; then the message is given back, counted. Applies to messages that
 *	are received or extended later. Initially 0: no limit except
 *	KCTL_A_CHANNEL_HOLD_TIME_MAX, which also shortens a longer time. EINVAL: another
 *	value, or the socket is a tap
 * @KCTL_HISTORY: nonzero: recvmsg(2) adds a struct kctl_held with @id 0 to each dead letter
 *	that it does not hold; MSG_CTRUNC is set if there is no room for it. Has no effect on
 *	a tap. Initially 0
 * @KCTL_RESOLVE: get only, not an int: a struct kctl_resolve with the name to look up.
 *	Anybody with the socket. EINVAL: an invalid name, or optlen is smaller. ENOENT: no
 *	channel of the network namespace has this name
 */
enum kctl_proto_option {
	KCTL_EXCLUSIVE = 1,
	KCTL_TAP,
	KCTL_MODE,
	KCTL_DROPS,
	KCTL_CREDENTIALS,
	KCTL_OWNER,
	KCTL_HOLD,
	KCTL_HELD,
	KCTL_SETTLE,
	KCTL_HOLD_TIME,
	KCTL_HISTORY,
	KCTL_RESOLVE,
};

/* Largest value of KCTL_HOLD. */
#define KCTL_HOLD_MAX		1024

/*
 * Longest KCTL_HOLD_TIME, KCTL_A_CHANNEL_HOLD_TIME_MAX, KCTL_A_CHANNEL_RETRY_DELAY and delay
 * of a struct kctl_settle: a day, in ms. Messages that have to wait longer should not fill a
 * channel.
 */
#define KCTL_TIME_MAX		86400000

/* Most messages that one call settles. */
#define KCTL_SETTLE_MAX		32

/**
 * enum kctl_dead_why - why a message is dead
 * @KCTL_DEAD_DELIVERIES: it was given back, counted, after its last delivery
 * @KCTL_DEAD_SETTLED: a receiver settled it with KCTL_SETTLE_DEAD
 * @KCTL_DEAD_TTL: it waited longer than KCTL_A_CHANNEL_TTL
 */
enum kctl_dead_why {
	KCTL_DEAD_DELIVERIES = 1,
	KCTL_DEAD_SETTLED,
	KCTL_DEAD_TTL,
};

/* Type of the control message at level SOL_KCTL with a struct kctl_held. */
#define SCM_KCTL_HELD		1

/**
 * struct kctl_held - control message: describes a held message, or a dead letter
 * @id: identifies the message for KCTL_SETTLE, on this socket only. Each delivery gets a
 *	new id, larger than those before and never 0; the id of a message that was given
 *	back is no longer valid. 0: the message is not held, see KCTL_HISTORY
 * @deadline: time at which the message is given back unless it is settled or extended
 *	before, in ns of CLOCK_MONOTONIC; 0: never
 * @deliveries: number of counted deliveries of the message so far, including this one,
 *	whether it is held or not
 * @dead_from: of a dead letter: the channel in which it died. Otherwise 0
 * @dead_deliveries: likewise: number of its counted deliveries there; at most 2^30 - 1
 * @dead_why: likewise: enum kctl_dead_why
 */
struct kctl_held {
	__aligned_u64	id;
	__aligned_u64	deadline;
	__u32		deliveries;
	__u32		dead_from;
	__u32		dead_deliveries;
	__u32		dead_why;
};

/**
 * struct kctl_resolve - the channel that has a name
 * @name: the name, see KCTL_NAME_SIZE. The name of a channel does not begin with a
 *	digit or "-", and is unique in its network namespace
 * @channel: its number. The name can move to another channel at any time, by
 *	KCTL_CMD_SET_CHANNEL or KCTL_CMD_DEL_CHANNEL
 */
struct kctl_resolve {
	char	name[KCTL_NAME_SIZE];
	__u32	channel;
};

/**
 * enum kctl_settle_verb - how to settle a held message
 * @KCTL_SETTLE_DONE: the message is freed, which makes room in the channel
 * @KCTL_SETTLE_RETRY: the message is given back, and this delivery counts
 * @KCTL_SETTLE_RELEASE: the message is given back, and this delivery does not count
 * @KCTL_SETTLE_EXTEND: the message stays held, and its hold time begins anew, with the
 *	current values of KCTL_HOLD_TIME and KCTL_A_CHANNEL_HOLD_TIME_MAX
 * @KCTL_SETTLE_DEAD: the message is dead, regardless of its number of deliveries; this
 *	delivery counts
 */
enum kctl_settle_verb {
	KCTL_SETTLE_DONE = 1,
	KCTL_SETTLE_RETRY,
	KCTL_SETTLE_RELEASE,
	KCTL_SETTLE_EXTEND,
	KCTL_SETTLE_DEAD,
};

/**
 * struct kctl_settle - how to settle one message
 * @id: the message, see struct kctl_held
 * @verb: enum kctl_settle_verb
 * @delay: for KCTL_SETTLE_RETRY and KCTL_SETTLE_RELEASE: time after which the message
 *	returns to its place, in ms, at most KCTL_TIME_MAX; 0: at once, or with
 *	KCTL_SETTLE_RETRY after KCTL_A_CHANNEL_RETRY_DELAY. For other verbs: 0
 */
struct kctl_settle {
	__aligned_u64	id;
	__u32		verb;
	__u32		delay;
};

/**
 * struct sockaddr_kctl - address of a channel
 * @skc_family: number of the protocol family, see KCTL_A_STATUS_FAMILY
 * @skc_zero: zero
 * @skc_channel: number of the channel
 *
 * Bytes of a longer address after these members are ignored.
 */
struct sockaddr_kctl {
	__kernel_sa_family_t	skc_family;
	__u16			skc_zero;
	__u32			skc_channel;
};

#endif /* _UAPI_LINUX_KCTL_H */
