/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A suggestion for a misspelled word */
#ifndef KCTL_SUGGEST_H
#define KCTL_SUGGEST_H

#include <stddef.h>

/**
 * struct suggestion - search for the nearest word
 * @wanted: the misspelled word
 * @word: nearest word so far, or NULL if none is near enough
 * @distance: its distance from @wanted
 */
struct suggestion {
	const char *wanted;
	const char *word;
	size_t distance;
};

/**
 * suggest_begin() - begin a search
 * @s: the search
 * @wanted: the misspelled word; "=…" after it is ignored
 */
void suggest_begin(struct suggestion *s, const char *wanted);

/**
 * suggest_consider() - consider a word and keep the nearest; if equal, the first
 * @s: the search
 * @word: the word; must outlive the search
 */
void suggest_consider(struct suggestion *s, const char *word);

/**
 * edit_distance() - count the letters to add, drop, replace or swap with their
 * neighbour that turn one word into the other
 * @a: one word
 * @a_len: its length
 * @b: the other word
 *
 * Return: the number, or SIZE_MAX if a word is longer than any word of kctl.
 */
size_t edit_distance(const char *a, size_t a_len, const char *b);

#endif /* KCTL_SUGGEST_H */
