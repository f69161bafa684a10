/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parses channels of a save file that is in memory */
#ifndef PARSE_CHANNELS_H
#define PARSE_CHANNELS_H

#include "channel/section.h"
#include "parse_savefile.h"

static const struct channel_section_limits parse_limits = {
	.channels = 1000,
	.messages = 100000,
	.channel_bytes = 1 << 30,
	.bytes = 1 << 30,
};

/* The channels are added to @channels, which the caller owns. */
static inline int channels_parse(const char *text, size_t size,
				 struct channel_section *channels,
				 struct savefile_error *error)
{
	struct savefile_section section = { .kind = &channel_section_kind,
					    .content = channels };

	return parse_sections(text, size, &section, 1, error);
}

#endif /* PARSE_CHANNELS_H */
