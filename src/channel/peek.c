// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "peek.h"
#include "lib/libkctl.h"

/**
 * struct reader - a socket that holds messages
 * @socket: the socket
 * @held: the messages that it holds, the oldest first
 * @count: number of @held
 */
struct reader {
	struct kctl_proto *socket;
	struct kctl_settle held[KCTL_HOLD_MAX];
	size_t count;
};

/**
 * struct peek - a process that reads a channel
 * @channel: the channel
 * @most: how many messages to read
 * @messages: where they go
 * @data: room for a message
 * @readers: as many as are needed to hold @most messages
 * @count: number of @readers
 */
struct peek {
	uint32_t channel;
	uint32_t most;
	FILE *messages;
	uint8_t *data;
	struct reader *readers;
	size_t count;
};

static int open_reader(struct peek *peek, struct reader *reader)
{
	uint32_t channel = peek->channel;
	int err = kctl_proto_open(&reader->socket);

	if (!err)
		err = kctl_proto_ask_details(reader->socket);
	if (!err)
		err = kctl_proto_hold(reader->socket, KCTL_HOLD_MAX);
	return err ? err : kctl_proto_bind(reader->socket, &channel);
}

/* Returns -EAGAIN if there are no more messages. */
static int read_message(struct peek *peek, struct reader *reader)
{
	struct kctl_received received;
	ssize_t size = kctl_proto_recv(reader->socket, &received,
				       sizeof(received), peek->data,
				       KCTL_MESSAGE_MAX);
	struct peeked message;

	if (size < 0)
		return (int)size;
	reader->held[reader->count++] =
		(struct kctl_settle){ .id = received.held.id,
				      .verb = KCTL_SETTLE_RELEASE };
	message = (struct peeked){ .from = received.from,
				   .uid = received.uid,
				   .has_uid = received.has_sender,
				   .size = (uint32_t)size };
	if (fwrite(&message, sizeof(message), 1, peek->messages) != 1 ||
	    fwrite(peek->data, 1, (size_t)size, peek->messages) != (size_t)size)
		return -errno;
	return 0;
}

static int read_messages(struct peek *peek)
{
	int err = 0;

	for (uint32_t i = 0; !err && i < peek->most; i++)
		err = read_message(peek, &peek->readers[i / KCTL_HOLD_MAX]);
	if (err && err != -EAGAIN)
		return err;
	return fflush(peek->messages) ? -errno : 0;
}

/* Release them in their order, so that waiting receivers get them in this order. */
static void give_back(struct reader *reader)
{
	size_t some;

	for (size_t i = 0; i < reader->count; i += some) {
		some = reader->count - i;
		if (some > KCTL_SETTLE_MAX)
			some = KCTL_SETTLE_MAX;
		kctl_proto_settle(reader->socket, &reader->held[i], some);
	}
}

static int run(struct peek *peek)
{
	int err = 0;

	peek->count = (peek->most + KCTL_HOLD_MAX - 1) / KCTL_HOLD_MAX;
	peek->readers = calloc(peek->count, sizeof(*peek->readers));
	peek->data = malloc(KCTL_MESSAGE_MAX);
	if (!peek->readers || !peek->data)
		return -ENOMEM;
	for (size_t i = 0; !err && i < peek->count; i++)
		err = open_reader(peek, &peek->readers[i]);
	if (!err)
		err = read_messages(peek);
	for (size_t i = 0; i < peek->count; i++)
		give_back(&peek->readers[i]);
	return err;
}

/*
 * If the process that holds the messages is killed, they are given back, but count as
 * delivered. So a child process holds them: signals to the process group do not reach it, it
 * blocks all other signals, and it does not depend on its parent.
 */
static int run_apart(struct peek *peek)
{
	sigset_t all, old;
	int status;
	pid_t pid;

	/*
	 * kctl may have been started with SIGCHLD ignored: then waitpid(2) would have no
	 * status.
	 */
	signal(SIGCHLD, SIG_DFL);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	pid = fork();
	if (!pid) {
		setsid();
		_exit(-run(peek));
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (pid < 0)
		return -errno;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECANCELED;
}

int peek_channel(uint32_t channel, uint32_t most, FILE **messages)
{
	struct peek peek = { .channel = channel, .most = most };
	int fd = memfd_create("kctl-messages", MFD_CLOEXEC);
	int err;

	*messages = NULL;
	if (fd < 0)
		return -errno;
	peek.messages = fdopen(fd, "w+");
	if (!peek.messages) {
		close(fd);
		return -ENOMEM;
	}
	err = run_apart(&peek);
	if (err) {
		fclose(peek.messages);
		return err;
	}
	rewind(peek.messages);
	*messages = peek.messages;
	return 0;
}

bool peek_next(FILE *messages, struct peeked *message, void *data)
{
	return fread(message, sizeof(*message), 1, messages) == 1 &&
	       fread(data, 1, message->size, messages) == message->size;
}
