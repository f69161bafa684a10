// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sockopt interface of the store: socket options at SOL_IP. Checks lengths,
 * names and capability, copies, and calls the store.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/kctl.h>
#include <linux/mm.h>
#include <linux/netfilter.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <net/sock.h>

#include "sockopt.h"
#include "store.h"
#include "../net.h"

static_assert(sizeof(struct kctl_entry) == 88);
static_assert(offsetof(struct kctl_entry, generation) == 64);
static_assert(offsetof(struct kctl_entry, size) == 84);
static_assert(offsetof(struct kctl_entry, value) == sizeof(struct kctl_entry));
static_assert(sizeof(struct kctl_info) == 40);
static_assert(offsetof(struct kctl_info, abi_version) == 32);

/**
 * struct kctl_setter - an option of setsockopt(2)
 * @min_len: least optlen, otherwise -EINVAL
 * @max_len: largest optlen, which is the limit of a value, otherwise -EMSGSIZE
 * @set: checks the rest, and sets the option
 */
struct kctl_setter {
	u32 min_len;
	u32 max_len;
	int (*set)(struct kctl_store *store, sockptr_t arg, unsigned int len);
};

/**
 * typedef kctl_getter_fn - an option of getsockopt(2)
 * @knet: state of the network namespace
 * @user: the buffer
 * @len: its length, the most that is copied
 *
 * Return: length of the whole answer, or an error.
 */
typedef int kctl_getter_fn(struct kctl_net *knet, void __user *user, int len);

static bool kctl_is_admin(const struct kctl_net *knet)
{
	return ns_capable(knet->net->user_ns, CAP_NET_ADMIN);
}

static const bool kctl_name_chars[256] = {
	['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
	['_'] = true, ['.'] = true, [':'] = true, ['/'] = true, ['-'] = true,
};

static bool kctl_name_ok(const char *name)
{
	size_t len = 0;

	while (len < KCTL_NAME_SIZE && kctl_name_chars[(u8)name[len]])
		len++;
	if (!len || len == KCTL_NAME_SIZE)
		return false;
	return !memchr_inv(name + len, 0, KCTL_NAME_SIZE - len);
}

/* Consumes the caller's reference: the store takes it over, or the entry is freed. */
static int kctl_sockopt_store(struct kctl_store *store, struct kctl_store_entry *entry)
{
	int err = kctl_store_set(store, entry);

	if (err)
		kctl_store_entry_put(entry);
	return err;
}

static int kctl_sockopt_set_value(struct kctl_store *store, sockptr_t arg,
				  unsigned int len)
{
	struct kctl_store_entry *entry = kctl_store_entry_alloc(len);

	if (!entry)
		return -ENOMEM;

	strscpy(entry->entry.name, KCTL_NAME_DEFAULT, sizeof(entry->entry.name));
	if (copy_from_sockptr(entry->value, arg, len)) {
		kctl_store_entry_put(entry);
		return -EFAULT;
	}
	return kctl_sockopt_store(store, entry);
}

/**
 * kctl_sockopt_check_entry() - check an entry that came from user space
 * @entry: its header
 * @size: size that its value must have
 *
 * Return: 0 or -EINVAL.
 */
int kctl_sockopt_check_entry(const struct kctl_entry *entry, size_t size)
{
	if (entry->size != size || entry->changed || !kctl_name_ok(entry->name))
		return -EINVAL;
	if (entry->flags & ~(KCTL_ENTRY_PUBLIC | KCTL_ENTRY_CREATE))
		return -EINVAL;
	return 0;
}

static int kctl_sockopt_set_entry(struct kctl_store *store, sockptr_t arg,
				  unsigned int len)
{
	size_t size = len - sizeof(struct kctl_entry);
	struct kctl_store_entry *entry;
	int err;

	entry = kctl_store_entry_alloc(size);
	if (!entry)
		return -ENOMEM;

	/* Copied once, then checked: the caller can change its memory meanwhile. */
	err = -EFAULT;
	if (copy_from_sockptr(&entry->entry, arg, sizeof(entry->entry)) ||
	    copy_from_sockptr_offset(entry->value, arg, sizeof(entry->entry), size))
		goto put_entry;

	err = kctl_sockopt_check_entry(&entry->entry, size);
	if (err)
		goto put_entry;

	return kctl_sockopt_store(store, entry);

put_entry:
	kctl_store_entry_put(entry);
	return err;
}

static int kctl_sockopt_del_entry(struct kctl_store *store, sockptr_t arg,
				  unsigned int len)
{
	struct kctl_entry request;
	int err;

	if (len != sizeof(request))
		return -EINVAL;
	if (copy_from_sockptr(&request, arg, sizeof(request)))
		return -EFAULT;

	err = kctl_sockopt_check_entry(&request, 0);
	if (err)
		return err;
	if (request.flags)
		return -EINVAL;

	return kctl_store_delete(store, &request);
}

static const struct kctl_setter kctl_setters[KCTL_SO_MAX - KCTL_SO_BASE] = {
	[KCTL_SO_SET_VALUE - KCTL_SO_BASE] = {
		.max_len = KCTL_VALUE_MAX,
		.set	 = kctl_sockopt_set_value,
	},
	[KCTL_SO_SET_ENTRY - KCTL_SO_BASE] = {
		.min_len = sizeof(struct kctl_entry),
		.max_len = sizeof(struct kctl_entry) + KCTL_VALUE_MAX,
		.set	 = kctl_sockopt_set_entry,
	},
	[KCTL_SO_DEL_ENTRY - KCTL_SO_BASE] = {
		.max_len = U32_MAX,
		.set	 = kctl_sockopt_del_entry,
	},
	[KCTL_SO_REPLACE - KCTL_SO_BASE] = {
		.min_len = sizeof(struct kctl_table),
		.max_len = INT_MAX,
		.set	 = kctl_sockopt_replace,
	},
};

/* The core has checked the number, but a processor may go ahead of that check. */
static unsigned int kctl_sockopt_index(int optval)
{
	return array_index_nospec(optval - KCTL_SO_BASE, KCTL_SO_MAX - KCTL_SO_BASE);
}

static int kctl_sockopt_set(struct sock *sk, int optval, sockptr_t arg, unsigned int len)
{
	const struct kctl_setter *setter = &kctl_setters[kctl_sockopt_index(optval)];
	struct kctl_net *knet = kctl_pernet(sock_net(sk));

	if (!setter->set || !knet)
		return -ENOPROTOOPT;
	if (!kctl_is_admin(knet))
		return -EPERM;
	if (len < setter->min_len)
		return -EINVAL;
	if (len > setter->max_len)
		return -EMSGSIZE;

	return setter->set(&knet->store, arg, len);
}

static int kctl_copy_answer(void __user *user, int len, const void *answer, int size)
{
	if (copy_to_user(user, answer, min(len, size)))
		return -EFAULT;
	return size;
}

/**
 * struct kctl_entry_copy - an entry that a caller reads
 * @value: its value
 * @small: the value if that is no larger than KCTL_STORE_SMALL
 * @entry: its header
 */
struct kctl_entry_copy {
	void			*value;
	u8			small[KCTL_STORE_SMALL];
	struct kctl_entry	entry;
};

/*
 * User memory may take for ever to be written to. What is held for that long is
 * this copy, charged to the caller, and not the entry, charged to the one that set it.
 */
static int kctl_entry_copy(struct kctl_entry_copy *copy, const struct kctl_store_entry *entry)
{
	size_t size = entry->entry.size;

	copy->value = copy->small;
	if (size > sizeof(copy->small))
		copy->value = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!copy->value)
		return -ENOMEM;

	memcpy(&copy->entry, &entry->entry, sizeof(copy->entry));
	memcpy(copy->value, entry->value, size);
	return 0;
}

static void kctl_entry_copy_free(struct kctl_entry_copy *copy)
{
	if (copy->value != copy->small)
		kvfree(copy->value);
}

/* A caller that may not read an entry does not learn whether it exists, either. */
static int kctl_entry_get(struct kctl_net *knet, const char *name, struct kctl_entry_copy *copy)
{
	struct kctl_store_entry *entry = kctl_store_get(&knet->store, name);
	int err;

	if (entry && (entry->entry.flags & KCTL_ENTRY_PUBLIC))
		err = kctl_entry_copy(copy, entry);
	else if (!kctl_is_admin(knet))
		err = -EPERM;
	else
		err = entry ? kctl_entry_copy(copy, entry) : -ENOENT;

	if (entry)
		kctl_store_entry_put(entry);
	return err;
}

static int kctl_sockopt_get_value(struct kctl_net *knet, void __user *user, int len)
{
	static const char name[KCTL_NAME_SIZE] = KCTL_NAME_DEFAULT;
	struct kctl_entry_copy copy;
	int ret;

	ret = kctl_entry_get(knet, name, &copy);
	if (ret)
		return ret;

	ret = kctl_copy_answer(user, len, copy.value, copy.entry.size);
	kctl_entry_copy_free(&copy);
	return ret;
}

static int kctl_copy_entry(void __user *user, int len, const struct kctl_entry_copy *copy)
{
	int head = sizeof(copy->entry);
	int ret;

	ret = kctl_copy_answer(user, len, &copy->entry, head);
	if (ret < 0)
		return ret;
	ret = kctl_copy_answer(user + head, len - head, copy->value, copy->entry.size);
	return ret < 0 ? ret : head + ret;
}

static int kctl_sockopt_get_entry(struct kctl_net *knet, void __user *user, int len)
{
	struct kctl_entry_copy copy;
	struct kctl_entry request;
	int ret;

	if (len < (int)sizeof(request))
		return -EINVAL;
	if (copy_from_user(&request, user, sizeof(request)))
		return -EFAULT;

	ret = kctl_sockopt_check_entry(&request, 0);
	if (ret)
		return ret;
	if (request.flags || request.generation)
		return -EINVAL;

	ret = kctl_entry_get(knet, request.name, &copy);
	if (ret)
		return ret;

	ret = kctl_copy_entry(user, len, &copy);
	kctl_entry_copy_free(&copy);
	return ret;
}

static int kctl_sockopt_get_info(struct kctl_net *knet, void __user *user, int len)
{
	struct kctl_info info;

	kctl_store_get_info(&knet->store, &info);
	info.abi_version = KCTL_ABI_VERSION;
	return kctl_copy_answer(user, len, &info, sizeof(info));
}

static int kctl_sockopt_get_all(struct kctl_net *knet, void __user *user, int len)
{
	if (!kctl_is_admin(knet))
		return -EPERM;
	return kctl_sockopt_get_table(&knet->store, user, len);
}

static kctl_getter_fn * const kctl_getters[KCTL_SO_MAX - KCTL_SO_BASE] = {
	[KCTL_SO_GET_VALUE - KCTL_SO_BASE] = kctl_sockopt_get_value,
	[KCTL_SO_GET_ENTRY - KCTL_SO_BASE] = kctl_sockopt_get_entry,
	[KCTL_SO_GET_INFO - KCTL_SO_BASE]  = kctl_sockopt_get_info,
	[KCTL_SO_GET_TABLE - KCTL_SO_BASE] = kctl_sockopt_get_all,
};

static int kctl_sockopt_get(struct sock *sk, int optval, void __user *user, int *len)
{
	kctl_getter_fn *getter = kctl_getters[kctl_sockopt_index(optval)];
	struct kctl_net *knet = kctl_pernet(sock_net(sk));
	int ret;

	if (!getter || !knet)
		return -ENOPROTOOPT;
	if (*len < 0)
		return -EINVAL;

	ret = getter(knet, user, *len);
	if (ret < 0)
		return ret;

	*len = ret;
	return 0;
}

static struct nf_sockopt_ops kctl_sockopt_ops = {
	.pf		= PF_INET,
	.set_optmin	= KCTL_SO_BASE,
	.set_optmax	= KCTL_SO_MAX,
	.set		= kctl_sockopt_set,
	.get_optmin	= KCTL_SO_BASE,
	.get_optmax	= KCTL_SO_MAX,
	.get		= kctl_sockopt_get,
	.owner		= THIS_MODULE,
};

/**
 * kctl_sockopt_init() - register the socket options
 *
 * Return: 0, or -EBUSY if another module has registered one of the numbers.
 */
int __init kctl_sockopt_init(void)
{
	int err = nf_register_sockopt(&kctl_sockopt_ops);

	if (err)
		pr_err("socket options %d to %d are taken by another module\n",
		       KCTL_SO_BASE, KCTL_SO_MAX - 1);
	return err;
}

/**
 * kctl_sockopt_exit() - unregister the socket options
 *
 * Comes first at unload: while a module is going but still registered, the socket
 * options of other modules cannot be found either (nf_sockopt_find()).
 */
void kctl_sockopt_exit(void)
{
	nf_unregister_sockopt(&kctl_sockopt_ops);
}
