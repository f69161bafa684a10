// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints 64-bit numbers, followed by 32-bit numbers. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/out.h"

int main(void)
{
	struct out out = { .stream = stdout };

	out_u64(&out, "most", "%" PRIu64, UINT64_MAX);
	out_text(&out, ", %" PRIu64 " of %" PRIu64 ", %u",
		 (UINT64_C(1) << 32) + 1, (UINT64_C(1) << 32) + 2, 7U);
	out_text(&out, " and %" PRId64 "\n", -INT64_C(9000000000));
	return -out_close(&out);
}
