// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names of channels: one tree for each network namespace.
 */
#include <linux/slab.h>

#include "channel.h"
#include "../name.h"

/**
 * struct kctl_channel_name - the name of a channel
 * @node: in kctl_channels.names, sorted by @text
 * @number: number of the channel
 * @text: the name
 */
struct kctl_channel_name {
	struct rb_node	node;
	u32		number;
	char		text[KCTL_NAME_SIZE];
};

/**
 * kctl_channel_name_ok() - check a name for a channel
 * @text: KCTL_NAME_SIZE bytes
 *
 * Return: true if it is a valid name that cannot be mistaken for a number or an option.
 */
bool kctl_channel_name_ok(const char *text)
{
	return kctl_name_ok(text) && !strchr("0123456789-", text[0]);
}

/**
 * kctl_channel_name_alloc() - allocate a name that no channel has yet
 * @text: KCTL_NAME_SIZE bytes, a valid name
 *
 * Context: process, may sleep.
 *
 * Return: the name, which kctl_channel_name_free() frees; or NULL.
 */
struct kctl_channel_name *kctl_channel_name_alloc(const char *text)
{
	struct kctl_channel_name *name = kmalloc(sizeof(*name), GFP_KERNEL_ACCOUNT);

	if (name)
		memcpy(name->text, text, sizeof(name->text));
	return name;
}

/**
 * kctl_channel_name_free() - free a name that no channel has any more
 * @name: the name, or NULL
 */
void kctl_channel_name_free(struct kctl_channel_name *name)
{
	kfree(name);
}

/* Returns the link to the name, or the empty link at which to insert it. */
static struct rb_node **kctl_channel_name_link(struct rb_root *names, const char *text,
					       struct rb_node **parent)
{
	struct rb_node **link = &names->rb_node;

	*parent = NULL;
	while (*link) {
		struct kctl_channel_name *name =
			rb_entry(*link, struct kctl_channel_name, node);
		int order = strcmp(text, name->text);

		if (!order)
			break;
		*parent = *link;
		link = order < 0 ? &(*link)->rb_left : &(*link)->rb_right;
	}
	return link;
}

/* Returns false if another channel has the name. */
static bool kctl_channel_name_insert(struct kctl_channel *channel,
				     struct kctl_channel_name *name)
{
	struct rb_root *names = &channel->channels->names;
	struct rb_node *parent, **link;

	link = kctl_channel_name_link(names, name->text, &parent);
	if (*link)
		return false;
	name->number = channel->number;
	rb_link_node(&name->node, parent, link);
	rb_insert_color(&name->node, names);
	return true;
}

/**
 * kctl_channel_rename() - give a channel another name
 * @channel: the channel, locked
 * @name: the new name, or NULL for none; set to the old name, which the caller frees
 *
 * Return: 0, or -EEXIST if another channel has the name.
 */
int kctl_channel_rename(struct kctl_channel *channel, struct kctl_channel_name **name)
{
	struct kctl_channels *channels = channel->channels;
	struct kctl_channel_name *old = channel->name;
	int err = 0;

	lockdep_assert_held(&channel->lock);
	if (old && *name && !strcmp(old->text, (*name)->text))
		return 0;

	spin_lock(&channels->names_lock);
	if (*name && !kctl_channel_name_insert(channel, *name))
		err = -EEXIST;
	else if (old)
		rb_erase(&old->node, &channels->names);
	spin_unlock(&channels->names_lock);
	if (err)
		return err;

	channel->name = *name;
	*name = old;
	return 0;
}

/**
 * kctl_channel_copy_name() - copy the name of a channel
 * @channel: the channel, locked
 * @text: KCTL_NAME_SIZE bytes, zeroed; unchanged if the channel has no name
 */
void kctl_channel_copy_name(const struct kctl_channel *channel, char *text)
{
	lockdep_assert_held(&channel->lock);
	if (channel->name)
		memcpy(text, channel->name->text, KCTL_NAME_SIZE);
}

/**
 * kctl_channel_number_of() - find a channel by its name
 * @channels: the channels of the network namespace
 * @text: the name
 *
 * Return: the number of the channel that currently has the name; 0 if there is none.
 */
u32 kctl_channel_number_of(struct kctl_channels *channels, const char *text)
{
	struct rb_node *parent, **link;
	u32 number = 0;

	spin_lock(&channels->names_lock);
	link = kctl_channel_name_link(&channels->names, text, &parent);
	if (*link)
		number = rb_entry(*link, struct kctl_channel_name, node)->number;
	spin_unlock(&channels->names_lock);
	return number;
}
