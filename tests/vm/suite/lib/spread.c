// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spread CHANNEL COUNT [receivers KILLS | senders KILLS | faults]: 8 processes send COUNT
 * messages each through a channel, 8 receive, while signals interrupt them all. Each
 * message must arrive exactly once and whole, each receiver must see the messages of each
 * sender in order, and every process must get its share.
 *
 *	receivers	KILLS of them are killed meanwhile and replaced: each may take one
 *			message with it, and no more
 *	senders		the same; the message that one was sending may arrive or not
 *	faults		receivers pass bad addresses now and then: a message that goes back
 *			may arrive after one that another receiver took meanwhile
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

#define MANY	      8
#define COUNT_MAX     20000
#define SIZE_MAX_HERE 9000

struct message {
	uint32_t sender; /* MANY: the end */
	uint32_t number;
	unsigned char body[SIZE_MAX_HERE];
};

#define HEAD offsetof(struct message, body)

/* Shared by all processes. */
struct board {
	unsigned char received[MANY][COUNT_MAX];
	unsigned begun[MANY]; /* of each sender: messages that it began to send */
	unsigned sent[MANY];
	unsigned got[MANY];
	unsigned torn;
	unsigned disorder;
	unsigned failed;
};

static struct board *board;
static uint32_t channel;
static uint32_t count;
static int faults;

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	__atomic_add_fetch(&board->failed, 1, __ATOMIC_RELAXED);
	_exit(1);
}

static int open_socket(int (*name)(int fd, uint32_t channel), const char *what)
{
	int fd = channel_open();

	if (fd < 0 || name(fd, channel))
		die(what);
	return fd;
}

/* Most are short; the others use each kind of memory that messages have. */
static size_t size_of(uint32_t number)
{
	return HEAD + (number % 64 == 1 ? SIZE_MAX_HERE :
		       number % 8 == 1	? 300 :
					  0);
}

static void send_one(int fd, uint32_t who, uint32_t number)
{
	static struct message message;
	size_t size = size_of(number);

	message.sender = who;
	message.number = number;
	memset(message.body, (int)(who + number), size - HEAD);
	while (send(fd, &message, size, 0) != (ssize_t)size)
		if (errno != EINTR)
			die("send");
}

static void sender(unsigned who)
{
	int fd;

	interrupt_calls(7000);
	fd = open_socket(channel_connect, "connect");
	while (board->begun[who] < count) {
		send_one(fd, who, board->begun[who]++);
		board->sent[who] = board->begun[who];
	}
	_exit(0);
}

static void add(unsigned *counter)
{
	__atomic_add_fetch(counter, 1, __ATOMIC_RELAXED);
}

static int is_whole(const struct message *message, size_t size)
{
	unsigned char body = (unsigned char)(message->sender + message->number);
	size_t i;

	if (size != size_of(message->number))
		return 0;
	for (i = 0; i < size - HEAD; i++)
		if (message->body[i] != body)
			return 0;
	return 1;
}

static void note(unsigned who, const struct message *message, size_t size,
		 uint32_t *next)
{
	if (message->sender >= MANY || message->number >= count ||
	    !is_whole(message, size)) {
		add(&board->torn);
		return;
	}
	__atomic_add_fetch(&board->received[message->sender][message->number],
			   1, __ATOMIC_RELAXED);
	add(&board->got[who]);
	if (message->number < next[message->sender])
		add(&board->disorder);
	next[message->sender] = message->number + 1;
}

static void receiver(unsigned who)
{
	static struct message message;
	uint32_t next[MANY] = { 0 };
	unsigned i;
	int fd;

	interrupt_calls(7000);
	fd = open_socket(channel_bind, "bind");
	for (i = 0;; i++) {
		int bad = faults && i % 7 == 0;
		ssize_t size =
			recv(fd, bad ? NULL : &message, sizeof(message), 0);

		if (size < 0 && (errno == EINTR || (bad && errno == EFAULT)))
			continue;
		if (size < (ssize_t)HEAD)
			die("recv");
		if (message.sender == MANY)
			_exit(0);
		note(who, &message, (size_t)size, next);
	}
}

static pid_t start(void (*role)(unsigned), unsigned who)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid)
		role(who);
	return pid;
}

/* Returns how many messages may be missing now. */
static unsigned kill_some(pid_t *pids, void (*role)(unsigned), unsigned kills)
{
	unsigned i, doubtful = 0;

	for (i = 0; i < kills; i++) {
		unsigned who = (unsigned)rand() % MANY;

		usleep((unsigned)rand() % 10000);
		kill(pids[who], SIGKILL);
		waitpid(pids[who], NULL, 0);
		doubtful += role == receiver ||
			    board->begun[who] != board->sent[who];
		pids[who] = start(role, who);
	}
	return doubtful;
}

static void end(const pid_t *receivers)
{
	int fd = open_socket(channel_connect, "connect");
	unsigned i;

	for (i = 0; i < MANY; i++)
		send_one(fd, MANY, 0);
	for (i = 0; i < MANY; i++)
		waitpid(receivers[i], NULL, 0);
	close(fd);
}

static int judge(unsigned may_miss, int may_disorder)
{
	unsigned missing = 0, twice = 0, starved = 0, who;
	uint32_t i;

	for (who = 0; who < MANY; who++) {
		for (i = 0; i < count; i++) {
			missing += !board->received[who][i];
			twice += board->received[who][i] > 1;
		}
		starved += board->got[who] < count / 20;
	}
	printf("%u missing, %u twice, %u torn, %u out of order, %u failed, %u starved\n",
	       missing, twice, board->torn, board->disorder, board->failed,
	       starved);
	return missing > may_miss || twice || board->torn ||
	       (board->disorder && !may_disorder) || board->failed || starved;
}

int main(int argc, char **argv)
{
	const char *how = argc > 3 ? argv[3] : "";
	unsigned kills = argc > 4 ? (unsigned)atoi(argv[4]) : 0, doubtful = 0,
		 i;
	int of_receivers = !strcmp(how, "receivers");
	pid_t receivers[MANY], senders[MANY];

	count = argc > 2 ? (uint32_t)atoi(argv[2]) : 0;
	faults = !strcmp(how, "faults");
	if (!count || count > COUNT_MAX)
		return 2;
	if (channel_family() < 0)
		return 2;
	channel = (uint32_t)atoi(argv[1]);
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED)
		return 2;
	for (i = 0; i < MANY; i++)
		receivers[i] = start(receiver, i);
	for (i = 0; i < MANY; i++)
		senders[i] = start(sender, i);
	if (of_receivers)
		doubtful = kill_some(receivers, receiver, kills);
	else if (!strcmp(how, "senders"))
		doubtful = kill_some(senders, sender, kills);
	for (i = 0; i < MANY; i++)
		waitpid(senders[i], NULL, 0);
	end(receivers);
	return judge(doubtful, of_receivers || faults);
}
