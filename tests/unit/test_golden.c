// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One packet of every kind, as bytes, text and JSON. A paragraph of icmp.golden has a
 * name, the family and the bytes, the text and the JSON.
 *
 * KCTL_GOLDEN=print test_golden | grep -v "^\[" prints a new file, for a reader to
 * judge. tests/vm/suite/lib/icmp_packets.py makes the packets.
 */
#include "test.h"

#include <sys/socket.h>

#include "icmp/print.h"

struct golden {
	char *name;
	char *packet;
	char *text;
	char *json;
};

static char *print(uint8_t family, const uint8_t *packet, size_t size,
		   bool json)
{
	const struct icmp_extra extra = { .interface = "eth0", .time = "" };
	struct kctl_record record = { .seq = 1,
				      .time = 1,
				      .direction = KCTL_DIRECTION_IN,
				      .family = family };
	struct out out = { .json = json };
	struct icmp_event event;
	size_t len;
	char *text;

	record.captured = record.length = (uint32_t)size;
	out.stream = open_memstream(&text, &len);
	assert_non_null(out.stream);
	icmp_decode(family, packet, size, &event);
	print_icmp(&out, &record, packet, &event, &extra);
	assert_int_equal(out_close(&out), 0);
	assert_int_equal(text[len - 1], '\n');
	text[len - 1] = '\0';
	return text;
}

/* "4 4500…" or "6 6000…": its bytes, in a heap block of exactly their size. */
static uint8_t *parse_packet(const char *text, uint8_t *family, size_t *size)
{
	size_t len = strlen(text);
	uint8_t *packet;

	assert_true(len > 2 && len % 2 == 0 && text[1] == ' ');
	*family = text[0] == '4' ? AF_INET : AF_INET6;
	*size = (len - 2) / 2;
	packet = malloc(*size);
	assert_non_null(packet);
	for (size_t i = 0; i < *size; i++) {
		unsigned int byte;

		assert_int_equal(sscanf(text + 2 + 2 * i, "%2x", &byte), 1);
		packet[i] = (uint8_t)byte;
	}
	return packet;
}

/*
 * Wherever the capture ends, no byte after it is read (AddressSanitizer checks that), the
 * packet does not become malformed, and the checksum is unknown.
 */
static void check_truncations(uint8_t family, const uint8_t *packet,
			      size_t whole)
{
	struct icmp_event event;
	bool malformed;

	icmp_decode(family, packet, whole, &event);
	malformed = event.has & IS_MALFORMED;
	for (size_t size = 1; size < whole; size++) {
		uint8_t *cut = malloc(size);

		assert_non_null(cut);
		memcpy(cut, packet, size);
		icmp_decode(family, cut, size, &event);
		assert_true(malformed || !(event.has & IS_MALFORMED));
		assert_int_equal(event.checksum, CHECKSUM_UNKNOWN);
		free(print(family, cut, size, false));
		free(print(family, cut, size, true));
		free(cut);
	}
}

static void check(const struct golden *golden)
{
	bool show = getenv("KCTL_GOLDEN") != NULL;
	uint8_t *packet, family;
	char *text, *json;
	size_t size;

	packet = parse_packet(golden->packet, &family, &size);
	text = print(family, packet, size, false);
	json = print(family, packet, size, true);
	if (show) {
		printf("%s\n%s\n%s\n%s\n\n", golden->name, golden->packet, text,
		       json);
	} else {
		assert_string_equal(text, golden->text);
		assert_string_equal(json, golden->json);
		check_truncations(family, packet, size);
	}
	free(text);
	free(json);
	free(packet);
}

static char *read_line(FILE *file)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len = getline(&line, &room, file);

	if (len > 0 && line[len - 1] == '\n')
		line[len - 1] = '\0';
	if (len > 0 && *line)
		return line;
	free(line);
	return NULL;
}

static void test_goldens(void **state)
{
	FILE *file = fopen(TEST_DIR "/icmp.golden", "r");
	struct golden golden;
	size_t count = 0;

	(void)state;
	assert_non_null(file);
	while ((golden.name = read_line(file))) {
		char *more = NULL;

		golden.packet = read_line(file);
		golden.text = read_line(file);
		golden.json = golden.text ? read_line(file) : NULL;
		assert_non_null(golden.packet);
		check(&golden);
		if (golden.json)
			more = read_line(file);
		assert_null(more);
		free(golden.name);
		free(golden.packet);
		free(golden.text);
		free(golden.json);
		count++;
	}
	fclose(file);
	assert_true(count > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
