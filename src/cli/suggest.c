// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdint.h>
#include <string.h>

#include "suggest.h"

/* The longest words are names of ICMP codes. */
#define WORD_MAX 47

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Restricted Damerau-Levenshtein distance: a swapped pair is not edited again. */
size_t edit_distance(const char *a, size_t a_len, const char *b)
{
	size_t d[WORD_MAX + 1][WORD_MAX + 1];
	size_t i, j, b_len = strlen(b);

	if (a_len > WORD_MAX || b_len > WORD_MAX)
		return SIZE_MAX;
	for (i = 0; i <= a_len; i++)
		d[i][0] = i;
	for (j = 0; j <= b_len; j++)
		d[0][j] = j;
	for (i = 1; i <= a_len; i++) {
		for (j = 1; j <= b_len; j++) {
			size_t change =
				d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			size_t shift = least(d[i - 1][j], d[i][j - 1]) + 1;

			d[i][j] = least(change, shift);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[a_len][b_len];
}

void suggest_begin(struct suggestion *s, const char *wanted)
{
	size_t len = strcspn(wanted, "=");

	*s = (struct suggestion){
		.wanted = wanted,
		/* One error in a short word, one per three letters in a long one. */
		.distance = (len < 3 ? 1 : len / 3) + 1,
	};
}

void suggest_consider(struct suggestion *s, const char *word)
{
	size_t distance =
		edit_distance(s->wanted, strcspn(s->wanted, "="), word);

	if (distance >= s->distance)
		return;
	s->word = word;
	s->distance = distance;
}
