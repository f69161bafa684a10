// SPDX-License-Identifier: GPL-2.0-or-later
/* kctl doctor: find out why kctl does not work, and what to do next */
#include <sys/utsname.h>

#include "check.h"
#include "doctor.h"
#include "sentences.h"

static enum exit_status doctor_run(struct ctx *ctx, const void *args)
{
	struct doctor doctor = { .out = &ctx->out,
				 .netns = ctx->globals.netns };
	struct utsname name;

	(void)args;
	/* It fails for no other reason than a bad pointer. */
	uname(&name);
	snprintf(doctor.kernel, sizeof(doctor.kernel), "%s", name.release);
	out_object(&ctx->out, NULL);
	out_array(&ctx->out, "checks");
	check_module(&doctor);
	check_access(&doctor);
	if (!doctor.genl)
		check_limits(&doctor);
	if (doctor.loaded)
		check_sysctls(&doctor);
	out_end(&ctx->out);
	out_json_u64(&ctx->out, "problems", doctor.problems);
	out_end(&ctx->out);
	kctl_status_free(doctor.module);
	return doctor.status;
}

const struct command cmd_doctor = {
	.noun = "doctor",
	.help = "find out why kctl does not work, and what to do",
	.notes = "Changes nothing. As root it also reads the kernel log.",
	.example = "kctl doctor",
	.options = no_options,
	.no_load = true,
	.errors = { doctor_sentences },
	.run = doctor_run,
};
