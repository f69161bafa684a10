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
#include "../name.h"
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

/**
 * union kctl_entry_copy - an entry between the store and user memory
 * @entry: its header, and the name that a caller asks for
 * @bytes: the header and the value, if that is no larger than KCTL_STORE_SMALL
 */
union kctl_entry_copy {
	struct kctl_entry	entry;
	u8			bytes[sizeof(struct kctl_entry) + KCTL_STORE_SMALL];
};

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
 * kctl_sockopt_check_entry() - check an entry that came from user space, but not its name
 * @entry: its header
 * @size: size that its value must have
 *
 * Return: 0 or -EINVAL.
 */
int kctl_sockopt_check_entry(const struct kctl_entry *entry, size_t size)
{
	if (entry->size != size || entry->changed)
		return -EINVAL;
	if (entry->flags & ~(KCTL_ENTRY_PUBLIC | KCTL_ENTRY_CREATE))
		return -EINVAL;
	return 0;
}

/*
 * The entry is copied once and then checked, as the caller can change its memory at any
 * time. A small entry is copied to the stack first, since hardened usercopy checks of the
 * heap cost more than another copy.
 */
static int kctl_sockopt_set_entry(struct kctl_store *store, sockptr_t arg,
				  unsigned int len)
{
	size_t size = len - sizeof(struct kctl_entry);
	bool is_small = size <= KCTL_STORE_SMALL;
	struct kctl_store_entry *entry;
	union kctl_entry_copy copy;
	int err;

	if (copy_from_sockptr(copy.bytes, arg, is_small ? len : sizeof(copy.entry)))
		return -EFAULT;
	err = kctl_sockopt_check_entry(&copy.entry, size);
	if (err)
		return err;

	entry = kctl_store_entry_alloc(size);
	if (!entry)
		return -ENOMEM;

	memcpy(kctl_store_entry_bytes(entry), copy.bytes, is_small ? len : sizeof(copy.entry));
	if (!is_small && copy_from_sockptr_offset(entry->value, arg, sizeof(copy.entry), size)) {
		kctl_store_entry_put(entry);
		return -EFAULT;
	}
	return kctl_sockopt_store(store, entry);
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
	if (request.flags || !kctl_name_ok(request.name))
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

/* The core has checked the number, but a processor may speculate past the check. */
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

static inline int kctl_copy_answer(void __user *user, int len, const void *answer, int size)
{
	if (copy_to_user(user, answer, min(len, size)))
		return -EFAULT;
	return size;
}

/*
 * A caller that may not read an entry must not learn whether it exists. A name that is
 * found is valid; other names are checked to return the right error.
 */
static int kctl_entry_refuse(const char *name, int err)
{
	return kctl_name_ok(name) ? err : -EINVAL;
}

/*
 * Called under RCU, which keeps a small entry while it is copied. A large entry gets a
 * reference; -EAGAIN if it was just removed.
 */
static int kctl_entry_take(struct kctl_net *knet, union kctl_entry_copy *copy,
			   struct kctl_store_entry **large)
{
	struct kctl_store_entry *entry = kctl_store_find(&knet->store, copy->entry.name);
	bool is_public = entry && (entry->entry.flags & KCTL_ENTRY_PUBLIC);

	if (!is_public && !kctl_is_admin(knet))
		return kctl_entry_refuse(copy->entry.name, -EPERM);
	if (!entry)
		return kctl_entry_refuse(copy->entry.name, -ENOENT);

	if (entry->entry.size <= KCTL_STORE_SMALL) {
		memcpy(copy->bytes, &entry->entry, sizeof(entry->entry) + entry->entry.size);
		return 0;
	}
	if (!refcount_inc_not_zero(&entry->refs))
		return -EAGAIN;
	*large = entry;
	return 0;
}

/* Replaces the name in @copy by a small entry, or takes a reference to a large one. */
static int kctl_entry_get(struct kctl_net *knet, union kctl_entry_copy *copy,
			  struct kctl_store_entry **large)
{
	int err;

	do {
		rcu_read_lock();
		err = kctl_entry_take(knet, copy, large);
		rcu_read_unlock();
	} while (unlikely(err == -EAGAIN));
	return err;
}

/* Drops the reference to the entry. @head is the size of the header in the answer: 0 or all. */
static int kctl_copy_large(void __user *user, int len, struct kctl_store_entry *entry, int head)
{
	struct kctl_entry header = entry->entry;
	void *value = kvmalloc(header.size, GFP_KERNEL_ACCOUNT);
	int ret;

	/*
	 * Writing to user memory may block for ever. Until it ends, keep a copy, which is
	 * charged to the caller, instead of the entry, which is charged to the process that
	 * set it.
	 */
	if (value)
		memcpy(value, entry->value, header.size);
	kctl_store_entry_put(entry);
	if (!value)
		return -ENOMEM;

	ret = kctl_copy_answer(user, len, &header, head);
	if (ret >= 0)
		ret = kctl_copy_answer(user + head, len - head, value, header.size);
	kvfree(value);
	return ret < 0 ? ret : head + ret;
}

static int kctl_sockopt_get_value(struct kctl_net *knet, void __user *user, int len)
{
	union kctl_entry_copy copy = { .entry.name = KCTL_NAME_DEFAULT };
	struct kctl_store_entry *large = NULL;
	int err;

	err = kctl_entry_get(knet, &copy, &large);
	if (err)
		return err;
	if (large)
		return kctl_copy_large(user, len, large, 0);
	return kctl_copy_answer(user, len, copy.entry.value, copy.entry.size);
}

static int kctl_sockopt_get_entry(struct kctl_net *knet, void __user *user, int len)
{
	struct kctl_store_entry *large = NULL;
	union kctl_entry_copy copy;
	int err;

	if (len < (int)sizeof(copy.entry))
		return -EINVAL;
	if (copy_from_user(&copy.entry, user, sizeof(copy.entry)))
		return -EFAULT;

	err = kctl_sockopt_check_entry(&copy.entry, 0);
	if (err)
		return err;
	if (copy.entry.flags || copy.entry.generation)
		return -EINVAL;

	err = kctl_entry_get(knet, &copy, &large);
	if (err)
		return err;
	if (large)
		return kctl_copy_large(user, len, large, sizeof(copy.entry));
	return kctl_copy_answer(user, len, copy.bytes, sizeof(copy.entry) + copy.entry.size);
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
 * Called first at unload: while a module is going but still registered, the socket
 * options of other modules cannot be found either (nf_sockopt_find()).
 */
void kctl_sockopt_exit(void)
{
	nf_unregister_sockopt(&kctl_sockopt_ops);
}
