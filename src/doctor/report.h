/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings of the doctor, and the state that its checks share */
#ifndef KCTL_DOCTOR_REPORT_H
#define KCTL_DOCTOR_REPORT_H

#include "cli/cmd.h"
#include "lib/libkctl.h"

/**
 * enum result - how much a finding matters
 * @RESULT_GOOD: nothing to do
 * @RESULT_NOTE: good to know; does not change the exit status
 * @RESULT_PROBLEM: some command fails because of it
 */
enum result {
	RESULT_GOOD,
	RESULT_NOTE,
	RESULT_PROBLEM,
};

/**
 * struct doctor - one run of the doctor
 * @out: the printer
 * @netns: the namespace that the user asked for, or NULL
 * @status: the exit status, that of the first problem
 * @problems: number of problems
 * @loaded: the module is loaded
 * @genl: the error of the netlink interface, or 0
 * @module: its status, or NULL unless @genl is 0
 * @kernel: release of the running kernel
 * @elsewhere: the network namespace is not that of process 1
 */
struct doctor {
	struct out *out;
	const char *netns;
	enum exit_status status;
	unsigned int problems;
	bool loaded;
	int genl;
	struct kctl_status *module;
	char kernel[65];
	bool elsewhere;
};

/**
 * report_good() - print that a check found nothing
 * @doctor: the run
 * @check: name of the check
 * @text: printf format of the sentence
 */
void report_good(struct doctor *doctor, const char *check, const char *text,
		 ...) __attribute__((format(printf, 3, 4)));

/**
 * report() - print a finding
 * @doctor: the run
 * @result: a note or a problem
 * @check: name of the check
 * @failure: its @step names the finding, and selects the sentence and the exit status;
 *	its @hint, or that of the sentence, is the next command
 */
void report(struct doctor *doctor, enum result result, const char *check,
	    struct failure failure);

#endif /* KCTL_DOCTOR_REPORT_H */
