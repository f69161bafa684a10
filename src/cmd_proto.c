// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>

#include "cmd_proto.h"

enum exit_status proto_status(const struct ctx *ctx,
			      const struct proto_result *result)
{
	char subject[32], wait[32], done[48] = "";

	if (!result->error)
		return EXIT_DONE;
	snprintf(subject, sizeof(subject), "channel %" PRIu32, result->channel);
	snprintf(wait, sizeof(wait), "%g s",
		 (double)result->timeout / (double)NSEC_PER_SEC);
	if (result->sent)
		snprintf(done, sizeof(done), "%" PRIu64 " message%s sent",
			 result->sent, result->sent == 1 ? " was" : "s were");
	return cmd_fail(ctx, (struct failure){ .error = result->error,
					       .subject = subject,
					       .wait = wait,
					       .size = result->size,
					       .done = done,
					       .ext_ack = result->ext_ack });
}
