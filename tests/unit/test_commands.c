// SPDX-License-Identifier: GPL-2.0-or-later
/* The command table is complete, and the manual describes all of it and nothing else */
#include "test.h"

#include <ctype.h>

#include "commands.h"
#include "cli/global.h"

/* A noun that has its own page is only mentioned in kctl(8). */
static const char *const pages[] = {
	TEST_DIR "/../../man/kctl.8",
	TEST_DIR "/../../man/kctl-sockopt.8",
	TEST_DIR "/../../man/kctl-proto.8",
	TEST_DIR "/../../man/kctl-watch.8",
};

#define MANUAL_SIZE (256 * 1024)

/* All pages, joined. */
static char *manual;

static int read_manual(void **state)
{
	size_t size = 0;

	(void)state;
	manual = calloc(1, MANUAL_SIZE);
	for (size_t i = 0; i < COUNT(pages); i++) {
		FILE *file = fopen(pages[i], "r");

		assert_non_null(file);
		size += fread(manual + size, 1, MANUAL_SIZE - 1 - size, file);
		fclose(file);
	}
	return size ? 0 : -1;
}

static int free_manual(void **state)
{
	(void)state;
	free(manual);
	return 0;
}

static void check_option(const struct command *c, const struct opt *opt)
{
	assert_non_null(opt->help);
	assert_non_null(opt->parse);
	assert_true(opt->name || opt->letter);
	assert_true(strlen(opt->help) <= 52);
	if (opt->required)
		assert_non_null(opt->arg);
	/* The error names the range of a number or time; other options describe their argument. */
	if (opt->parse == opt_u32 || opt->parse == opt_u64)
		assert_true(opt->max > opt->min);
	else if (opt->arg && opt->parse != opt_string &&
		 opt->parse != opt_seconds)
		assert_non_null(opt->expects);
	if (c)
		assert_true(opt->offset < c->args_size);
}

static void check_options(const struct command *c, const struct opt *table)
{
	const struct opt *a, *b;

	for (a = table; !opt_end(a); a++) {
		check_option(c, a);
		for (b = table; b != a; b++) {
			assert_true(!a->letter || a->letter != b->letter);
			assert_true(!a->name || !b->name ||
				    strcmp(a->name, b->name));
		}
	}
	assert_true(a - table <= OPT_MAX);
}

static void test_commands_are_whole(void **state)
{
	const struct command *c;
	int count = 0;

	(void)state;
	for (int i = 0; (c = commands[i]); i++) {
		count++;
		assert_non_null(c->help);
		assert_true(islower((unsigned char)c->help[0]));
		assert_int_not_equal(c->help[strlen(c->help) - 1], '.');
		assert_non_null(c->options);
		assert_non_null(c->run);
		assert_true(!c->example == c->hidden);
		assert_true(c->hidden || strstr(c->example, c->noun));
		assert_true(c->args_size <= ARGS_MAX);
		assert_true(!c->alias_noun == !c->alias_verb);
		assert_true(!c->operands == !c->max_operands);
		/* Without @prepare, operands would be ignored. */
		assert_true(!c->max_operands || c->prepare);
		check_options(c, c->options);
	}
	assert_int_equal(count, 32);
	check_options(NULL, global_options);
}

static void test_names_are_unique(void **state)
{
	const struct command *c;

	(void)state;
	for (int i = 0; (c = commands[i]); i++) {
		assert_ptr_equal(command_find(commands, c->noun, c->verb), c);
		if (c->alias_noun)
			assert_ptr_equal(command_find(commands, c->alias_noun,
						      c->alias_verb),
					 c);
	}
	assert_null(command_find(commands, "sockopt", NULL));
	assert_null(command_find(commands, "sockopt", "ge"));
	assert_null(command_find(commands, "netlink", "icmp"));
	assert_null(command_find(commands, "watch", "watch-icmp"));
	assert_true(command_noun_exists(commands, "netlink"));
	assert_false(command_noun_exists(commands, "netlin"));
}

static char *nearer(char *a, char *b)
{
	return !a || (b && b < a) ? b : a;
}

/* The next item about a command; in kctl(8), items may omit the program's name. */
static char *next_item(char *from)
{
	char *here = strstr(from, "\n.It Nm Cm ");
	char *there = strstr(from, "\n.It Nm kctl Cm ");

	return nearer(here, there);
}

static char *find_item(const struct command *c)
{
	static const char *const begins[] = { ".It Nm Cm", ".It Nm kctl Cm" };
	char item[64], *found = NULL;

	for (size_t i = 0; i < COUNT(begins) && !found; i++) {
		snprintf(item, sizeof(item), "%s %s%s%s", begins[i], c->noun,
			 c->verb ? " " : "", c->verb ? c->verb : "");
		found = strstr(manual, item);
	}
	if (!found)
		fail_msg("no '%s' in the manual", item);
	return found;
}

/* The part of the manual about one command: from its item to the next. */
static void manual_section(const struct command *c, char *section, size_t size)
{
	char *begin = find_item(c), *end;

	end = next_item(begin + 1);
	/* Two names of one command follow each other. */
	if (c->alias_noun)
		end = next_item(end + 1);
	end = nearer(end, strstr(begin, "\n.Ss "));
	end = nearer(end, strstr(begin, "\n.Sh "));
	assert_non_null(end);
	snprintf(section, size, "%.*s\n", (int)(end - begin), begin);
}

static int options_in_manual(const struct opt *opt, const char *section)
{
	char item[80], *at;
	int count = 0;

	for (; !opt_end(opt); opt++) {
		if (opt->name)
			snprintf(item, sizeof(item), "Fl Fl %s%s%.1s",
				 opt->name, opt->arg ? " " : "\n",
				 opt->arg && islower(opt->arg[0]) ? "Cm" : "");
		else
			snprintf(item, sizeof(item), ".It Fl %c%s", opt->letter,
				 opt->arg ? " Ar " : "\n");
		at = strstr(section, item);
		if (!at)
			fail_msg("no '%s' in: %s", item, section);
		count++;
	}
	return count;
}

static int count_items(const char *section)
{
	int count = 0;

	while ((section = strstr(section, "\n.It Fl "))) {
		section++;
		count++;
	}
	return count;
}

static void test_manual_has_every_command(void **state)
{
	const struct command *c;
	char section[8192];

	(void)state;
	for (int i = 0; (c = commands[i]); i++) {
		if (c->hidden)
			continue;
		manual_section(c, section, sizeof(section));
		assert_int_equal(options_in_manual(c->options, section),
				 count_items(section));
	}
}

static void test_manual_has_global_options(void **state)
{
	char *begin = strstr(manual, ".Ss Global options");
	char section[8192];

	(void)state;
	assert_non_null(begin);
	snprintf(section, sizeof(section), "%.*s",
		 (int)(strstr(begin, "\n.Ss status") - begin), begin);
	/* --help is in no table. */
	assert_int_equal(options_in_manual(global_options, section) + 1,
			 count_items(section));
}

static void test_manual_has_no_other_command(void **state)
{
	char *at = manual;
	int count = 0, expected = 0;
	const struct command *c;

	(void)state;
	while ((at = next_item(at))) {
		at++;
		count++;
	}
	for (int i = 0; (c = commands[i]); i++)
		expected += c->hidden ? 0 : c->alias_noun ? 2 : 1;
	assert_int_equal(count, expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands_are_whole),
		cmocka_unit_test(test_names_are_unique),
		cmocka_unit_test(test_manual_has_every_command),
		cmocka_unit_test(test_manual_has_global_options),
		cmocka_unit_test(test_manual_has_no_other_command),
	};

	return cmocka_run_group_tests(tests, read_manual, free_manual);
}
