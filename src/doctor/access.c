// SPDX-License-Identifier: GPL-2.0-or-later
/* Check whether this process may use the three interfaces, and of which namespace */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
#include "cli/file.h"

/* The unit of systemd that this process belongs to, or "". */
static void find_unit(char *unit, size_t size)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char line[512] = "", *slash;

	*unit = '\0';
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		slash = strrchr(line, '/');
		if (slash && strstr(slash, ".service"))
			snprintf(unit, size, "%s", slash + 1);
	}
	if (file)
		fclose(file);
}

/*
 * The command that gives this process @option in a container, or @setting in a unit of
 * systemd. Without either the next step is to look at what the process has.
 */
static void find_next(char *next, size_t size, const char *option,
		      const char *setting, const char *otherwise)
{
	char unit[160];

	find_unit(unit, sizeof(unit));
	if (!access("/run/.containerenv", F_OK))
		snprintf(next, size, "podman run %s IMAGE kctl doctor", option);
	else if (!access("/.dockerenv", F_OK))
		snprintf(next, size, "docker run %s IMAGE kctl doctor", option);
	else if (*unit)
		snprintf(next, size, "systemctl edit %s # [Service] %s", unit,
			 setting);
	else
		snprintf(next, size, "%s", otherwise);
}

static void report_sandbox(struct doctor *doctor, const char *check)
{
	char finding[32], next[320];

	snprintf(finding, sizeof(finding), "sandbox-%s", check);
	find_next(next, sizeof(next), "--security-opt seccomp=unconfined",
		  "RestrictAddressFamilies=", "grep Seccomp /proc/self/status");
	report(doctor, RESULT_PROBLEM, check,
	       (struct failure){
		       .step = finding, .error = -EAFNOSUPPORT, .hint = next });
}

/* The capabilities that this process has over its own user namespace. */
static bool has_net_admin(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capget, &header, data))
		return false;
	return data[0].effective & 1U << CAP_NET_ADMIN;
}

static bool channels_are_for_all(void)
{
	char value[8];

	file_first_line("/proc/sys/net/kctl/unprivileged", value,
			sizeof(value));
	return *value == '1';
}

static void report_no_capability(struct doctor *doctor)
{
	char next[320];

	find_next(next, sizeof(next), "--cap-add NET_ADMIN",
		  "CapabilityBoundingSet=CAP_NET_ADMIN",
		  "systemd-run --pty kctl doctor");
	report(doctor, RESULT_PROBLEM, "rights",
	       (struct failure){ .step = "no-capability",
				 .error = -EPERM,
				 .hint = next });
}

static void report_rights(struct doctor *doctor)
{
	if (has_net_admin())
		report(doctor, RESULT_PROBLEM, "rights",
		       (struct failure){ .step = "foreign-namespace" });
	else if (!geteuid())
		report_no_capability(doctor);
	else if (channels_are_for_all())
		report(doctor, RESULT_NOTE, "rights",
		       (struct failure){ .step = "only-channels" });
	else
		report(doctor, RESULT_PROBLEM, "rights",
		       (struct failure){ .step = "not-root",
					 .error = -EPERM,
					 .hint = "sudo kctl doctor" });
}

/* The store decides, if there is one: it knows the owner of the namespace. */
static void check_store(struct doctor *doctor)
{
	struct kctl_snapshot *snapshot = NULL;
	struct kctl_store *store;
	int err = kctl_store_open(&store);

	if (!err && doctor->loaded)
		err = kctl_store_table_get(store, &snapshot);
	kctl_snapshot_free(snapshot);
	kctl_store_close(store);
	if (err == -EAFNOSUPPORT)
		report_sandbox(doctor, "sockopt");
	if (err == -EPERM || (!has_net_admin() && !doctor->loaded))
		report_rights(doctor);
	else if (doctor->loaded && !err)
		report_good(doctor, "rights", "this process may use the store");
}

static void check_proto(struct doctor *doctor)
{
	struct kctl_proto *proto;
	int err = kctl_proto_open(&proto);

	kctl_proto_close(proto);
	if (err == -EAFNOSUPPORT)
		report_sandbox(doctor, "proto");
}

static void check_namespace(struct doctor *doctor)
{
	struct stat own, first;

	if (stat("/proc/self/ns/net", &own) || stat("/proc/1/ns/net", &first))
		return;
	doctor->elsewhere = own.st_ino != first.st_ino;
	if (doctor->elsewhere && !doctor->netns)
		report(doctor, RESULT_NOTE, "namespace",
		       (struct failure){ .step = "other-namespace" });
}

void check_access(struct doctor *doctor)
{
	if (doctor->genl == -EAFNOSUPPORT)
		report_sandbox(doctor, "netlink");
	check_store(doctor);
	if (doctor->loaded)
		check_proto(doctor);
	check_namespace(doctor);
}
