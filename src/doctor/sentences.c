// SPDX-License-Identifier: GPL-2.0-or-later
#include "sentences.h"

const struct error_row doctor_sentences[] = {
	/* The module, not loaded. */
	{
		.step = "not-installed",
		.status = EXIT_MISSING,
		.message = "the module is not installed for kernel {subject}",
		.hint = "apt install kctl-dkms linux-headers-{subject}",
	},
	{
		.step = "no-headers",
		.status = EXIT_MISSING,
		.message =
			"DKMS cannot build the module for kernel {subject}, whose headers are missing",
		.hint = "apt install linux-headers-{subject}",
	},
	{
		.step = "not-built",
		.status = EXIT_MISSING,
		.message = "DKMS has not built the module for kernel {subject}",
		.hint = "dkms autoinstall -k {subject}",
	},
	{
		.step = "kernel-gone",
		.status = EXIT_MISSING,
		.message =
			"the modules of the running kernel {subject} no longer exist, as after an upgrade",
		.hint = "reboot",
	},
	{
		.step = "not-indexed",
		.status = EXIT_MISSING,
		.message = "modprobe does not know {subject} yet",
		.hint = "depmod {other}",
	},
	{
		.step = "other-kernel",
		.status = EXIT_MISSING,
		.message = "{subject} is built for another kernel: {other}",
		.hint = "make install",
	},
	{
		.step = "unsigned",
		.status = EXIT_MISSING,
		.message =
			"the kernel refuses modules without a signature, and {subject} has none",
	},
	{
		.step = "unknown-key",
		.status = EXIT_MISSING,
		.message =
			"the kernel refused a module: {subject} is signed with an unknown key",
		.hint = "mokutil --import /var/lib/dkms/mok.pub",
	},
	{
		.step = "lockdown",
		.status = EXIT_MISSING,
		.message =
			"the kernel is locked down ({other}), and {subject} is not signed",
	},
	{
		.step = "family-taken",
		.status = EXIT_MISSING,
		.message =
			"the module could not be loaded: protocol family {subject} is taken",
		.hint = "modprobe kctl family={other}",
	},
	{
		.step = "not-loaded",
		.status = EXIT_MISSING,
		.message = "the module is installed, but not loaded",
		.hint = "modprobe kctl",
	},
	/* The module, loaded. */
	{
		.step = "abi",
		.status = EXIT_MISSING,
		.message =
			"the module, ABI {actual}, is {subject} (ABI {wanted})",
	},
	{
		.step = "old-module",
		.status = EXIT_MISSING,
		.message =
			"the loaded module has version {subject}, the installed one {other}",
		.hint = "kctl save --messages kctl.saved && modprobe -r kctl && modprobe kctl && kctl restore kctl.saved",
	},
	{
		.step = "version",
		.status = EXIT_MISSING,
		.message =
			"the tool has version {subject}, the loaded module {other}",
		.hint = "kctl --version",
	},
	/* Rights and namespaces. */
	{
		.step = "no-capability",
		.status = EXIT_PERMISSION,
		.message =
			"root lacks CAP_NET_ADMIN, as in a container that was started without it",
	},
	{
		.step = "foreign-namespace",
		.status = EXIT_PERMISSION,
		.message =
			"this network namespace belongs to a user namespace in which this process has no privileges",
		.hint = "unshare --net kctl status",
	},
	{
		.step = "other-namespace",
		.status = EXIT_REFUSED,
		.message =
			"this network namespace is not that of process 1: it has its own store, watchers, channels and limits",
		.hint = "kctl -n 1 doctor",
	},
	{
		.step = "only-channels",
		.status = EXIT_PERMISSION,
		.message =
			"without CAP_NET_ADMIN this process can use only channels",
		.hint = "sudo kctl doctor",
	},
	/* Limits. */
	{
		.step = "zero",
		.status = EXIT_REFUSED,
		.message = "net.kctl.{subject} is 0, which refuses everything",
	},
	{
		.step = "reached",
		.status = EXIT_REFUSED,
		.message =
			"net.kctl.{subject} is reached: {actual} of {wanted}",
	},
	{
		.step = "near",
		.status = EXIT_REFUSED,
		.message = "net.kctl.{subject} is near: {actual} of {wanted}",
	},
	{
		.step = "full",
		.status = EXIT_REFUSED,
		.message = "channel {subject} is full",
	},
	{
		.step = "stale-sysctl",
		.status = EXIT_REFUSED,
		.message = "{subject} is not in effect: {other}",
	},
	{
		.step = "unknown-sysctl",
		.status = EXIT_REFUSED,
		.message =
			"{subject} sets {other}, which the module does not have",
		.hint = "sysctl --all --pattern '^net.kctl'",
	},
	{ 0 },
};
