// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * hand: make the system calls read from standard input, as a program of 32 or 64 bits. A
 * line is
 *
 *	memory KIND SIZE HEX	@ means this memory from now on: SIZE bytes of 0xAA that
 *				begin with those of HEX; or memory of a bad KIND
 *	CALL ARGUMENT…		a system call; an argument is a number, @, &N, which is
 *				the address of an int of value N, or &KIND
 *
 * For a call it prints the result or minus the errno; the int; the number of bytes up to
 * the last that is not 0xAA; and the first of them in hexadecimal.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILL  0xAA
#define ROOM  (1 << 17)
#define SHOWN 512

static unsigned char *memory;
static size_t memory_size;
static int *length;

/* ---- memory ---- */

/* Above the memory of the program: a length of 2 GiB must not reach that. */
static unsigned char *map(size_t size, int protection)
{
	uintptr_t hint = (uintptr_t)(sizeof(void *) > 4 ? 1ULL << 40 : 0);
	void *at = mmap((void *)hint, size, protection,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		exit(2);
	return at;
}

static unsigned char *without_access(void)
{
	static unsigned char *at;

	if (!at)
		at = map(4096, PROT_NONE);
	return at;
}

/* The page behind it has no access. */
static unsigned char *before_an_end(size_t size)
{
	static unsigned char *at;

	if (!at) {
		at = map(ROOM + 4096, PROT_READ | PROT_WRITE);
		mprotect(at + ROOM, 4096, PROT_NONE);
	}
	return at + ROOM - size;
}

/* Belongs to the kernel, for a program of either size: the last page of all. With 32 bits
 * a stack may end only two pages below.
 */
static unsigned char *of_the_kernel(void)
{
	return (unsigned char *)(~0UL - 0xfff);
}

static void put_hex(unsigned char *to, const char *hex)
{
	unsigned int byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		*to++ = (unsigned char)byte;
}

static void set_memory(const char *kind, size_t size, const char *hex)
{
	static unsigned char *readonly;

	memory_size = 0;
	if (!strcmp(kind, "null"))
		memory = NULL;
	else if (!strcmp(kind, "unmapped"))
		memory = without_access();
	else if (!strcmp(kind, "kernel"))
		memory = of_the_kernel();
	else
		memory_size = size;
	if (!memory_size)
		return;

	if (readonly)
		munmap(readonly, ROOM);
	readonly = NULL;
	memory = !strcmp(kind, "readonly") ? map(ROOM, PROT_READ | PROT_WRITE) :
					     before_an_end(size);
	memset(memory, FILL, size);
	put_hex(memory, hex);
	if (!strcmp(kind, "readonly")) {
		readonly = memory;
		mprotect(readonly, ROOM, PROT_READ);
	}
}

/* ---- calls ---- */

static const struct {
	const char *name;
	long number;
} calls[] = {
	{ "socket", SYS_socket },
	{ "close", SYS_close },
	{ "bind", SYS_bind },
	{ "connect", SYS_connect },
	{ "setsockopt", SYS_setsockopt },
	{ "getsockopt", SYS_getsockopt },
	{ "getsockname", SYS_getsockname },
	{ "getpeername", SYS_getpeername },
	{ "sendto", SYS_sendto },
	{ "recvfrom", SYS_recvfrom },
	{ "ioctl", SYS_ioctl },
};

static long as_int(const char *text)
{
	static int *place;

	if (!strcmp(text, "null"))
		return 0;
	if (!strcmp(text, "unmapped"))
		return (long)without_access();
	if (!place)
		place = (int *)map(4096, PROT_READ | PROT_WRITE);
	length = place;
	*length = (int)strtol(text, NULL, 0);
	return (long)length;
}

static long argument(const char *text)
{
	if (*text == '@')
		return (long)memory;
	if (*text == '&')
		return as_int(text + 1);
	return (long)strtoll(text, NULL, 0);
}

/* FD NAME NAMELEN IOV IOVLEN CONTROL CONTROLLEN FLAGS; IOVLEN is that of the data. */
static long message_call(const char *name, const long *args)
{
	struct iovec part = { (void *)args[3], (size_t)args[4] };
	struct msghdr header = {
		.msg_name = (void *)args[1],
		.msg_namelen = (socklen_t)args[2],
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = (void *)args[5],
		.msg_controllen = (size_t)args[6],
	};
	long ret = syscall(!strcmp(name, "sendmsg") ? SYS_sendmsg : SYS_recvmsg,
			   args[0], &header, args[7]);
	static int namelen;

	namelen = (int)header.msg_namelen;
	length = &namelen;
	return ret;
}

static long make_call(const char *name, const long *args)
{
	size_t i;

	if (!strcmp(name, "sendmsg") || !strcmp(name, "recvmsg"))
		return message_call(name, args);
	for (i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (!strcmp(calls[i].name, name))
			return syscall(calls[i].number, args[0], args[1],
				       args[2], args[3], args[4], args[5]);
	fprintf(stderr, "no such call: %s\n", name);
	exit(2);
}

static void answer(long ret)
{
	size_t touched = memory_size, i;

	while (touched && memory[touched - 1] == FILL)
		touched--;
	printf("%ld %d %zu ", ret, length ? *length : 0, touched);
	for (i = 0; i < touched && i < SHOWN; i++)
		printf("%02x", memory[i]);
	putchar('\n');
	fflush(stdout);
}

static void obey(char *line)
{
	const char *name = strtok(line, " \n"), *word;
	long args[8] = { 0 }, ret;
	int count = 0;

	length = NULL;
	while (count < 8 && (word = strtok(NULL, " \n")))
		args[count++] = argument(word);
	ret = make_call(name, args);
	answer(ret < 0 ? -errno : ret);
}

int main(void)
{
	static char line[1024], kind[16], hex[1000];
	size_t size;

	while (fgets(line, sizeof(line), stdin)) {
		*hex = 0;
		if (sscanf(line, "memory %15s %zu %999s", kind, &size, hex) >=
		    2)
			set_memory(kind, size, hex);
		else
			obey(line);
	}
	return 0;
}
