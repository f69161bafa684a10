/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The settings of a channel, as words NAME=VALUE of a save file */
#ifndef KCTL_CHANNEL_SETTING_H
#define KCTL_CHANNEL_SETTING_H

#include "lib/libkctl.h"
#include "savefile/parser.h"

/**
 * settings_put() - write all settings of a channel that the module reports
 * @channel: the channel
 * @stream: where to write words, each behind a blank
 */
void settings_put(const struct kctl_channel *channel, FILE *stream);

/**
 * settings_take() - parse the rest of a line, which has settings only
 * @p: the parser
 * @settings: zeroes; what the line sets is set. The caller frees the name, also after an
 *	error
 *
 * Return: 0 or -EINVAL.
 */
int settings_take(struct savefile_parser *p,
		  struct kctl_channel_settings *settings);

#endif /* KCTL_CHANNEL_SETTING_H */
