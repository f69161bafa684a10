// SPDX-License-Identifier: GPL-2.0-or-later
/* Is the module loaded, why not, and do the versions fit? */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "klog.h"
#include "modfile.h"
#include "cli/file.h"
#include "cli/status.h"

#define CHECK "module"

/* Where the administrator's tools for DKMS keep its key: see dkms(8). */
#define DKMS_KEY "/var/lib/dkms/mok"

static void missing(struct doctor *doctor, const char *finding)
{
	report(doctor, RESULT_PROBLEM, CHECK,
	       (struct failure){ .step = finding, .subject = doctor->kernel });
}

/* Modprobe finds no module for this kernel. */
static void check_no_file(struct doctor *doctor)
{
	const char *kernel = doctor->kernel;
	char path[256];

	if (modfile_search(path, sizeof(path), kernel))
		report(doctor, RESULT_PROBLEM, CHECK,
		       (struct failure){ .step = "not-indexed",
					 .subject = path,
					 .other = kernel });
	else if (!modfile_has(kernel, "") && modfile_any_kernel())
		missing(doctor, "kernel-gone");
	else if (modfile_in_dkms())
		missing(doctor, modfile_has(kernel, "build") ? "not-built" :
							       "no-headers");
	else if (modfile_search(path, sizeof(path), "*"))
		report(doctor, RESULT_PROBLEM, CHECK,
		       (struct failure){ .step = "other-kernel",
					 .subject = path,
					 .other = "not for this one" });
	else
		missing(doctor, "not-installed");
}

static void report_other_kernel(struct doctor *doctor,
				const struct modfile *file)
{
	char next[224];

	snprintf(next, sizeof(next), "dkms install --force kctl/%s -k %s",
		 file->version, doctor->kernel);
	report(doctor, RESULT_PROBLEM, CHECK,
	       (struct failure){ .step = "other-kernel",
				 .subject = file->path,
				 .other = file->kernel,
				 .hint = modfile_in_dkms() ? next : NULL });
}

/* The word of @path that is chosen, as in "none [integrity] confidentiality". */
static bool read_word(const char *path, char *word, size_t size)
{
	char line[80], *begin;

	if (!file_first_line(path, line, sizeof(line)))
		return false;
	begin = strchr(line, '[');
	begin = begin ? begin + 1 : line;
	begin[strcspn(begin, "]")] = '\0';
	snprintf(word, size, "%.*s", (int)size - 1, begin);
	return *begin;
}

/* The commands that sign a file, and create the key first, as DKMS does with openssl. */
static void put_signing(char *next, size_t size, const char *kernel,
			const char *path)
{
	if (access(DKMS_KEY ".key", F_OK))
		snprintf(next, size, "%s",
			 "install -d /var/lib/dkms && "
			 "openssl req -new -x509 -nodes -newkey rsa:2048 "
			 "-days 36500 -subj /CN=kctl -outform DER "
			 "-keyout " DKMS_KEY ".key -out " DKMS_KEY ".pub");
	else
		snprintf(
			next, size,
			"/lib/modules/%s/build/scripts/sign-file sha256 " DKMS_KEY
			".key " DKMS_KEY ".pub %s",
			kernel, path);
}

/* Does the kernel ask for a signature that the file lacks, or does not know its key? */
static bool check_signature(struct doctor *doctor, const struct modfile *file,
			    const struct klog *klog)
{
	char enforced[8] = "N", lockdown[32] = "none", next[640];
	bool locked, strict;

	read_word("/sys/module/module/parameters/sig_enforce", enforced,
		  sizeof(enforced));
	locked = read_word("/sys/kernel/security/lockdown", lockdown,
			   sizeof(lockdown)) &&
		 strcmp(lockdown, "none");
	strict = enforced[0] == 'Y';
	if (file->is_signed && (strict || locked) &&
	    klog->reason == KLOG_SIGNATURE) {
		report(doctor, RESULT_PROBLEM, CHECK,
		       (struct failure){ .step = "unknown-key",
					 .subject = file->path });
		return true;
	}
	if (file->is_signed || (!strict && !locked))
		return false;
	put_signing(next, sizeof(next), doctor->kernel, file->path);
	report(doctor, RESULT_PROBLEM, CHECK,
	       (struct failure){ .step = strict ? "unsigned" : "lockdown",
				 .subject = file->path,
				 .other = lockdown,
				 .hint = next });
	return true;
}

static bool is_free(int family)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EAFNOSUPPORT;
}

/* A retired number, of those that the module looks at itself, or an unusual one. */
static int free_family(void)
{
	static const int numbers[] = { 18, 22, 13, 14, 6, 11, 12, 19, 25 };
	size_t i = 0;

	while (i < sizeof(numbers) / sizeof(numbers[0]) - 1 &&
	       !is_free(numbers[i]))
		i++;
	return numbers[i];
}

static void report_family(struct doctor *doctor, int family)
{
	char taken[12], open[12];

	snprintf(taken, sizeof(taken), "%d", family);
	snprintf(open, sizeof(open), "%d", free_family());
	report(doctor, RESULT_PROBLEM, CHECK,
	       (struct failure){ .step = "family-taken",
				 .subject = taken,
				 .other = open });
}

/*
 * Check whether a refusal in the log is about this file: a newer file may have another
 * version magic or signature, and the module that took a family may be unloaded.
 */
static bool is_stale(const struct klog *klog, const struct modfile *file)
{
	if (klog->reason == KLOG_FAMILY)
		return is_free(klog->family);
	if (*klog->magic)
		return strcmp(klog->magic, file->magic);
	return klog->time + 1 < file->changed;
}

static void check_not_loaded(struct doctor *doctor, const struct modfile *file)
{
	struct klog klog;

	if (!*file->path) {
		check_no_file(doctor);
		return;
	}
	klog_read(&klog);
	if (is_stale(&klog, file))
		klog.reason = KLOG_NOTHING;
	if (klog.reason == KLOG_MAGIC ||
	    (*file->kernel && strcmp(file->kernel, doctor->kernel)))
		report_other_kernel(doctor, file);
	else if (check_signature(doctor, file, &klog))
		return;
	else if (klog.reason == KLOG_FAMILY)
		report_family(doctor, klog.family);
	else
		report(doctor, RESULT_PROBLEM, CHECK,
		       (struct failure){ .step = "not-loaded" });
}

static void check_abi(struct doctor *doctor)
{
	uint64_t abi =
		kctl_status_value(doctor->module, KCTL_A_STATUS_ABI_VERSION);
	struct failure failure = { .step = "abi",
				   .subject = status_skew(abi),
				   .actual = abi,
				   .wanted = KCTL_ABI_VERSION };

	failure.hint = abi > KCTL_ABI_VERSION ?
			       "apt install --only-upgrade kctl" :
			       "apt install --only-upgrade kctl-dkms";
	report(doctor, RESULT_PROBLEM, "version", failure);
}

static void check_versions(struct doctor *doctor, const struct modfile *file)
{
	const char *version = kctl_status_module_version(doctor->module);
	struct failure failure = { .subject = version, .other = file->version };

	if (*file->version && strcmp(file->version, version))
		failure.step = "old-module";
	else if (strcmp(version, KCTL_VERSION))
		failure = (struct failure){ .step = "version",
					    .subject = KCTL_VERSION,
					    .other = version };
	if (*status_skew(kctl_status_value(doctor->module,
					   KCTL_A_STATUS_ABI_VERSION)))
		check_abi(doctor);
	if (failure.step)
		report(doctor, RESULT_NOTE, "version", failure);
	else if (!doctor->problems)
		report_good(doctor, "version", "tool and module are version %s",
			    version);
}

/* Set what the module says of itself; sysfs knows if it is loaded, too. */
static void ask_module(struct doctor *doctor)
{
	struct kctl_genl *genl;

	doctor->genl = kctl_genl_open(&genl);
	if (!doctor->genl)
		doctor->genl = kctl_status_get(genl, &doctor->module);
	kctl_genl_close(genl);
	doctor->loaded = !doctor->genl || !access("/sys/module/kctl", F_OK);
}

void check_module(struct doctor *doctor)
{
	struct modfile file;

	ask_module(doctor);
	modfile_find(&file, doctor->kernel);
	if (!doctor->loaded) {
		check_not_loaded(doctor, &file);
		return;
	}
	/* A sandbox that denies netlink is for another check. */
	if (doctor->genl && doctor->genl != -EAFNOSUPPORT)
		report(doctor, RESULT_PROBLEM, CHECK,
		       (struct failure){ .step = "not-answering",
					 .error = doctor->genl,
					 .hint = "dmesg | grep kctl" });
	else
		report_good(doctor, CHECK, "the module is loaded");
	if (!doctor->genl)
		check_versions(doctor, &file);
}
