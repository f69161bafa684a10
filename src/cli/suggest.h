/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The word that was probably meant by one that is not known */
#ifndef KCTL_SUGGEST_H
#define KCTL_SUGGEST_H

#include <stddef.h>

/**
 * struct suggestion - search for the nearest word
 * @wanted: what was typed
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
 * @wanted: what was typed; "=…" behind it does not count
 */
void suggest_begin(struct suggestion *s, const char *wanted);

/**
 * suggest_consider() - offer a word; the nearest is kept, of several the first
 * @s: the search
 * @word: the word; must live as long as the search
 */
void suggest_consider(struct suggestion *s, const char *word);

/**
 * edit_distance() - how many letters to add, drop, replace or swap with their
 * neighbour to get from one word to the other
 * @a: one word
 * @a_len: its length
 * @b: the other word
 *
 * Return: the number, or SIZE_MAX if a word is too long to be one of ours.
 */
size_t edit_distance(const char *a, size_t a_len, const char *b);

#endif /* KCTL_SUGGEST_H */
