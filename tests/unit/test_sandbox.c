// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets in a sandbox: a filter of system calls, as container runtimes install it */
#include "test.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/error.h"
#include "lib/libkctl.h"
#include "lib/socket.h"

/* A family that no kernel has, in place of the module's family. */
#define KCTL_FAMILY 18

/* Whether sysfs has the module; the function below replaces the one of the same name. */
static bool loaded;

int access(const char *path, int mode)
{
	(void)mode;
	return loaded || strcmp(path, "/sys/module/kctl") ? 0 : -1;
}

/* Makes socket(2) fail with @error for @family, for the rest of this process. */
static bool deny(int family, int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args[0])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)family, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = COUNT(filter),
		.filter = filter,
	};

	return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* Returns the errno of the library function that opens a socket of @family. */
static int try_to_open(int family)
{
	struct kctl_store *store;
	struct kctl_genl *genl;
	int fd;

	if (family == AF_INET)
		return kctl_store_open(&store);
	if (family == AF_NETLINK)
		return kctl_genl_open(&genl);
	fd = socket(family, SOCK_DGRAM, 0);
	return fd < 0 ? socket_error(family, errno) : fd;
}

/* Returns the library's error for @family if a sandbox answers @error. */
static int in_sandbox(int family, int error)
{
	int status;
	pid_t pid = fork();

	assert_int_not_equal(pid, -1);
	if (!pid)
		_exit(deny(family, error) ? -try_to_open(family) : 255);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return -WEXITSTATUS(status);
}

static void test_sandbox_is_named(void **state)
{
	static const int families[] = { AF_INET, AF_NETLINK, KCTL_FAMILY };
	static const int errors[] = { EAFNOSUPPORT, EPERM, EACCES, ENOSYS };

	(void)state;
	for (size_t i = 0; i < COUNT(families); i++) {
		for (size_t j = 0; j < COUNT(errors); j++) {
			loaded = true;
			assert_int_equal(in_sandbox(families[i], errors[j]),
					 -EAFNOSUPPORT);
			/* Without the module, the next step is to load it. */
			loaded = false;
			assert_int_equal(in_sandbox(families[i], errors[j]),
					 -ENOPROTOOPT);
		}
	}
}

/* The kernel itself does not have the family, or refuses it. */
static void test_no_sandbox(void **state)
{
	(void)state;
	loaded = true;
	assert_int_equal(try_to_open(KCTL_FAMILY), -ENOPROTOOPT);
	assert_int_equal(socket_error(KCTL_FAMILY, EPERM), -EPERM);
	assert_int_equal(socket_error(KCTL_FAMILY, ENFILE), -ENFILE);
}

static void test_sentence(void **state)
{
	struct failure failure = { .error = -EAFNOSUPPORT };
	struct error_text text;

	(void)state;
	error_describe(&failure, &text);
	assert_int_equal(text.status, EXIT_PERMISSION);
	assert_non_null(strstr(text.message, "sandbox"));
	assert_null(strstr(text.hint, "modprobe"));
	assert_non_null(strstr(text.hint, "seccomp profile"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sandbox_is_named),
		cmocka_unit_test(test_no_sandbox),
		cmocka_unit_test(test_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
