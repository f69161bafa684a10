// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <string.h>

#include "message.h"
#include "cli/hex.h"
#include "cli/timestamp.h"

/* Number of bytes encoded at a time. */
#define HEX_CHUNK 2048

static void put_hex(struct out *out, const uint8_t *data, size_t size)
{
	char text[2 * HEX_CHUNK];

	while (size) {
		size_t chunk = size < HEX_CHUNK ? size : HEX_CHUNK;

		hex_encode(data, chunk, text);
		out_file(out, text, 2 * chunk);
		data += chunk;
		size -= chunk;
	}
}

const char *message_dead_why(uint32_t why)
{
	return why == KCTL_DEAD_DELIVERIES ? "deliveries" :
	       why == KCTL_DEAD_SETTLED	   ? "settled" :
	       why == KCTL_DEAD_TTL	   ? "ttl" :
					     "unknown";
}

/* Print the metadata that the kernel supplied. */
static void put_details(struct out *out, const struct kctl_received *m,
			size_t size)
{
	struct timestamp time = { .format = TIME_OF_DAY };

	if (m->time)
		out_text(out, "%s ", timestamp_text(&time, m->time));
	out_text(out, "from %" PRIu32, m->from);
	if (m->has_sender)
		out_text(out, ", pid %" PRIu32 ", uid %" PRIu32, m->pid,
			 m->uid);
	if (m->held.dead_from)
		out_text(out,
			 ", dead in channel %" PRIu32 " after %" PRIu32
			 " deliveries (%s)",
			 m->held.dead_from, m->held.dead_deliveries,
			 message_dead_why(m->held.dead_why));
	out_text(out, ", length %zu\n", size);
}

/*
 * Print one line, which cannot be mistaken for the details of another message.
 * Backslashes are escaped too, so no two messages look the same.
 */
static void put_one_line(struct out *out, const char *data, size_t size)
{
	while (size) {
		const char *backslash = memchr(data, '\\', size);
		size_t plain = backslash ? (size_t)(backslash - data) : size;

		out_escaped(out, data, plain, "\t");
		if (!backslash)
			return;
		out_text(out, "\\\\");
		data += plain + 1;
		size -= plain + 1;
	}
}

static void put_line(struct out *out, bool details, const void *data,
		     size_t size)
{
	if (details)
		put_one_line(out, data, size);
	else if (out->terminal)
		out_escaped(out, data, size, OUT_BLANKS);
	else
		out_file(out, data, size);
}

static void put_text(struct out *out, enum message_format format, bool details,
		     const void *data, size_t size)
{
	if (format == MESSAGE_HEX)
		put_hex(out, data, size);
	else if (format == MESSAGE_LINE ||
		 (format == MESSAGE_NUL && out->terminal))
		put_line(out, details, data, size);
	else
		out_file(out, data, size);
	if (format == MESSAGE_NUL)
		out_file(out, "", 1);
	else if (format != MESSAGE_RAW)
		out_file(out, "\n", 1);
}

static void put_json(struct out *out, uint32_t channel,
		     const struct kctl_received *m, const void *data,
		     size_t size)
{
	out_object(out, NULL);
	out_json_u64(out, "channel", channel);
	out_json_u64(out, "from", m->from);
	if (m->has_sender) {
		out_json_u64(out, "pid", m->pid);
		out_json_u64(out, "uid", m->uid);
	}
	if (m->time)
		out_json_time(out, "time", m->time);
	if (m->held.dead_from) {
		out_json_u64(out, "dead_from", m->held.dead_from);
		out_json_u64(out, "dead_deliveries", m->held.dead_deliveries);
		out_json_string(out, "dead_why",
				message_dead_why(m->held.dead_why));
	}
	out_bytes(out, "data", data, size);
	out_end(out);
}

void message_print(struct out *out, enum message_format format, bool details,
		   uint32_t channel, const struct kctl_received *received,
		   const void *data, size_t size)
{
	if (out->json) {
		put_json(out, channel, received, data, size);
		return;
	}
	if (details)
		put_details(out, received, size);
	put_text(out, format, details, data, size);
}
