// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * spread CHANNEL COUNT [KILLS]: 8 processes send COUNT messages each through a channel, 8
 * receive, while signals interrupt them all. Each message must arrive exactly once, each
 * receiver must see each sender's in order, and all of them must get to work. With KILLS
 * so many receivers are killed meanwhile, and replaced: what one had taken may be gone with
 * it, one message each, and nothing else.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY	  8
#define COUNT_MAX 20000

struct address {
	uint16_t family;
	uint16_t zero;
	uint32_t channel;
};

struct message {
	uint32_t sender; /* MANY: the end */
	uint32_t number;
};

/* What all processes see. */
struct board {
	unsigned char received[MANY][COUNT_MAX];
	unsigned got[MANY];
	unsigned disorder;
	unsigned failed;
};

static struct board *board;
static struct address address;

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	__atomic_add_fetch(&board->failed, 1, __ATOMIC_RELAXED);
	_exit(1);
}

static void interrupted(int number)
{
	(void)number;
}

/* Each sees a signal every few milliseconds: calls end with EINTR and are made again. */
static void be_interrupted(void)
{
	struct sigaction action = { .sa_handler = interrupted };
	struct itimerval often = { { 0, 7000 }, { 0, 5000 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static int open_socket(void)
{
	int fd = socket(address.family, SOCK_DGRAM, 0);

	if (fd < 0)
		die("socket");
	return fd;
}

static void send_one(int fd, struct message message)
{
	while (send(fd, &message, sizeof(message), 0) != sizeof(message))
		if (errno != EINTR)
			die("send");
}

static void sender(uint32_t who, uint32_t count)
{
	int fd = open_socket();
	uint32_t i;

	be_interrupted();
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		die("connect");
	for (i = 0; i < count; i++)
		send_one(fd, (struct message){ who, i });
	_exit(0);
}

static void note(unsigned who, struct message message, uint32_t *next)
{
	__atomic_add_fetch(&board->received[message.sender][message.number], 1,
			   __ATOMIC_RELAXED);
	__atomic_add_fetch(&board->got[who], 1, __ATOMIC_RELAXED);
	if (message.number < next[message.sender])
		__atomic_add_fetch(&board->disorder, 1, __ATOMIC_RELAXED);
	next[message.sender] = message.number + 1;
}

static void receiver(unsigned who)
{
	uint32_t next[MANY] = { 0 };
	struct message message;
	int fd = open_socket();

	be_interrupted();
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die("bind");
	for (;;) {
		ssize_t size = recv(fd, &message, sizeof(message), 0);

		if (size < 0 && errno == EINTR)
			continue;
		if (size != sizeof(message))
			die("recv");
		if (message.sender == MANY)
			_exit(0);
		note(who, message, next);
	}
}

static pid_t start_receiver(unsigned who)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid)
		receiver(who);
	return pid;
}

static pid_t start_sender(uint32_t who, uint32_t count)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (!pid)
		sender(who, count);
	return pid;
}

static void kill_some(pid_t *receivers, unsigned kills)
{
	unsigned i;

	for (i = 0; i < kills; i++) {
		unsigned who = (unsigned)rand() % MANY;

		usleep((unsigned)rand() % 10000);
		kill(receivers[who], SIGKILL);
		waitpid(receivers[who], NULL, 0);
		receivers[who] = start_receiver(who);
	}
}

static void end(const pid_t *receivers)
{
	int fd = open_socket();
	unsigned i;

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		die("connect");
	for (i = 0; i < MANY; i++)
		send_one(fd, (struct message){ MANY, 0 });
	for (i = 0; i < MANY; i++)
		waitpid(receivers[i], NULL, 0);
	close(fd);
}

static int judge(uint32_t count, unsigned kills)
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
	printf("%u missing, %u twice, %u out of order, %u failed, %u starved\n",
	       missing, twice, board->disorder, board->failed, starved);
	return missing > kills || twice || (board->disorder && !kills) ||
	       board->failed || starved;
}

static void read_family(void)
{
	FILE *file = fopen("/sys/module/kctl/parameters/family", "r");
	unsigned family;

	if (!file || fscanf(file, "%u", &family) != 1)
		exit(2);
	fclose(file);
	address.family = (uint16_t)family;
}

int main(int argc, char **argv)
{
	uint32_t count = argc > 2 ? (uint32_t)atoi(argv[2]) : 0;
	unsigned kills = argc > 3 ? (unsigned)atoi(argv[3]) : 0;
	pid_t receivers[MANY], senders[MANY];
	unsigned i;

	if (!count || count > COUNT_MAX)
		return 2;
	read_family();
	address.channel = (uint32_t)atoi(argv[1]);
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED)
		return 2;
	for (i = 0; i < MANY; i++)
		receivers[i] = start_receiver(i);
	for (i = 0; i < MANY; i++)
		senders[i] = start_sender(i, count);
	kill_some(receivers, kills);
	for (i = 0; i < MANY; i++)
		waitpid(senders[i], NULL, 0);
	end(receivers);
	return judge(count, kills);
}
