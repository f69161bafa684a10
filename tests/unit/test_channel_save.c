// SPDX-License-Identifier: GPL-2.0-or-later
/* Saving and restoring channels, from the command line to a mock of the kernel */
#include "test.h"

#include <sys/eventfd.h>
#include <sys/mman.h>

#include "lib/genl.h"
#include "mock_netlink.h"
#include "run_kctl.h"

/* A channel of the dump. */
struct listed {
	uint32_t number;
	uint32_t messages;
	uint32_t held;
	uint32_t flags;
};

/* The state of the kernel, and what it received, also from child processes of the program. */
static struct {
	struct listed list[4];
	uint32_t messages; /* waiting in each channel of the dump */
	uint32_t taken;
	uint32_t released;
	int hold_error;
	int bind_error;
	int set_error;
	int send_error;
	uint32_t bound; /* of the last socket */
	bool tap;
	uint32_t set_count;
	uint32_t sent_count;
	struct {
		uint32_t from;
		uint32_t to;
		char data[8];
		size_t size;
		int64_t as; /* the user, or -1 */
	} sent[8];
} * shared;

static int mock_socket(int type)
{
	assert_int_equal(type, SOCK_DGRAM | SOCK_CLOEXEC);
	shared->bound = 0;
	shared->tap = false;
	return eventfd(0, 0);
}

static int mock_bind(const struct sockaddr_kctl *addr, socklen_t len)
{
	(void)len;
	errno = shared->bind_error;
	shared->bound = addr->skc_channel;
	return errno ? -1 : 0;
}

static void mock_getsockname(struct sockaddr_kctl *addr)
{
	addr->skc_channel = shared->bound;
}

static int mock_setsockopt(int level, int option, int value)
{
	if (level == SOL_SOCKET) {
		assert_int_equal(option, SO_TIMESTAMPNS);
		return 0;
	}
	assert_int_equal(level, SOL_KCTL);
	if (option == KCTL_TAP)
		shared->tap = value;
	else if (option != KCTL_CREDENTIALS && option != KCTL_HISTORY)
		assert_int_equal(option, KCTL_HOLD);
	errno = option == KCTL_HOLD ? shared->hold_error : 0;
	return errno ? -1 : 0;
}

static ssize_t mock_recvmsg(struct msghdr *msg, int flags)
{
	struct kctl_held held = { .id = ++shared->taken, .deliveries = 1 };
	const struct ucred sender = { .pid = 1, .uid = 1000, .gid = 1000 };
	struct sockaddr_kctl *addr = msg->msg_name;
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);

	assert_int_equal(flags, MSG_DONTWAIT);
	if (shared->taken > shared->messages) {
		errno = EAGAIN;
		return -1;
	}
	cmsg->cmsg_level = SOL_KCTL;
	cmsg->cmsg_type = SCM_KCTL_HELD;
	cmsg->cmsg_len = CMSG_LEN(sizeof(held));
	memcpy(CMSG_DATA(cmsg), &held, sizeof(held));
	if (shared->taken == 1) {
		cmsg = CMSG_NXTHDR(msg, cmsg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_CREDENTIALS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(sender));
		memcpy(CMSG_DATA(cmsg), &sender, sizeof(sender));
	}
	msg->msg_controllen =
		(size_t)((char *)cmsg - (char *)msg->msg_control) +
		CMSG_ALIGN(cmsg->cmsg_len);
	addr->skc_channel = shared->taken == 1 ? 9 : 0;
	memcpy(msg->msg_iov->iov_base, "\0x", 2);
	return 2;
}

static int mock_settle(const struct kctl_settle *settles, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(settles[i].verb, KCTL_SETTLE_RELEASE);
		assert_int_equal(settles[i].id, ++shared->released);
	}
	return 0;
}

static ssize_t mock_sendto(const void *data, size_t size, int flags,
			   const struct sockaddr_kctl *addr)
{
	uint32_t i = shared->sent_count;

	assert_int_equal(flags, MSG_DONTWAIT);
	errno = i ? shared->send_error : 0;
	if (errno)
		return -1;
	/* The socket must be a tap: a receiver would take messages from others. */
	assert_int_equal(shared->tap, shared->bound != 0);
	shared->sent[i].from = shared->bound;
	shared->sent[i].to = addr->skc_channel;
	shared->sent[i].size = size;
	shared->sent[i].as = -1;
	memcpy(shared->sent[i].data, data, size);
	shared->sent_count++;
	return (ssize_t)size;
}

static ssize_t mock_sendmsg(const struct msghdr *msg, int flags)
{
	const struct cmsghdr *cmsg = CMSG_FIRSTHDR(msg);
	ssize_t sent = mock_sendto(msg->msg_iov->iov_base,
				   msg->msg_iov->iov_len, flags, msg->msg_name);
	struct ucred as;

	assert_int_equal(cmsg->cmsg_level, SOL_SOCKET);
	assert_int_equal(cmsg->cmsg_type, SCM_CREDENTIALS);
	memcpy(&as, CMSG_DATA(cmsg), sizeof(as));
	assert_int_equal(as.pid, getpid());
	assert_int_equal(as.gid, 65534);
	if (sent > 0)
		shared->sent[shared->sent_count - 1].as = as.uid;
	return sent;
}

static const struct mock_proto sockets = {
	.socket = mock_socket,
	.bind = mock_bind,
	.getsockname = mock_getsockname,
	.setsockopt = mock_setsockopt,
	.recvmsg = mock_recvmsg,
	.settle = mock_settle,
	.sendto = mock_sendto,
	.sendmsg = mock_sendmsg,
};

static void put_channel(const struct nlmsghdr *request, const struct listed *c)
{
	struct nlmsghdr *nlh = mock_reply(request, KCTL_CMD_GET_CHANNELS);

	nlh->nlmsg_flags = NLM_F_MULTI;
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_NUMBER, c->number);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_MESSAGES, c->messages);
	mnl_attr_put_u64(nlh, KCTL_A_CHANNEL_BYTES, 2 * c->messages);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_HELD, c->held);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_UID, 0);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_MODE, 0620);
	mnl_attr_put_u32(nlh, KCTL_A_CHANNEL_FLAGS, c->flags);
	mock_send(nlh);
}

static void answer(const struct nlmsghdr *request, uint8_t cmd)
{
	struct nlmsghdr *nlh;

	if (cmd == KCTL_CMD_GET_CHANNELS) {
		for (int i = 0; i < 4; i++)
			if (shared->list[i].number)
				put_channel(request, &shared->list[i]);
		mock_done(request, 0);
	} else if (cmd == KCTL_CMD_SET_CHANNEL) {
		shared->set_count++;
		mock_ack(request, shared->set_error, NULL);
	} else {
		assert_int_equal(cmd, KCTL_CMD_GET_STATUS);
		nlh = mock_reply(request, cmd);
		mnl_attr_put_u32(nlh, KCTL_A_STATUS_FAMILY, MOCK_PROTO_FAMILY);
		mnl_attr_put_u32(nlh, KCTL_A_STATUS_CHANNEL_MAX_MESSAGES, 3);
		mock_send(nlh);
		mock_ack(request, 0, NULL);
	}
}

static int setup(void **state)
{
	(void)state;
	mock_reset(answer);
	mock.proto = &sockets;
	memset(shared, 0, sizeof(*shared));
	return 0;
}

static int map_shared(void **state)
{
	(void)state;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return shared == MAP_FAILED ? -1 : 0;
}

/* The output without its first line, which has the date. */
static const char *undated(void)
{
	const char *line = strchr(ran.out, '\n');

	assert_non_null(line);
	return line + 1;
}

static void test_save(void **state)
{
	(void)state;
	shared->list[0] = (struct listed){ 5, 2, 1, 1 };
	shared->list[1] = (struct listed){ 6, 0, 0, 0 };
	shared->list[2] = (struct listed){ 7, 3, 0, 2 };
	shared->list[3] = (struct listed){ 2147483648, 1, 0, 1 };
	shared->messages = 2;
	run_kctl("kctl proto save");
	assert_exited(EXIT_DONE);
	assert_string_equal(undated(), "channel 5 owner=0 mode=0620\n"
				       "# not saved: ephemeral channels: 1\n"
				       "%end 1\n");
	assert_int_equal(shared->taken, 0);
	run_kctl("kctl proto save --messages -");
	assert_exited(EXIT_DONE);
	assert_string_equal(
		undated(), "channel 5 owner=0 mode=0620\n"
			   "message from=9 uid=1000 \"\\x00x\"\n"
			   "message \"\\x00x\"\n"
			   "channel 7 owner=0 mode=0620\n"
			   "# not saved: messages that are held or delayed: 1\n"
			   "# not saved: messages for exclusive receivers: 3\n"
			   "# not saved: ephemeral channels: 1\n"
			   "%end 4\n");
	assert_int_equal(shared->released, 2);
	assert_non_null(strstr(
		ran.err, "not saved: messages for exclusive receivers: 3"));
}

static void test_save_fails(void **state)
{
	(void)state;
	shared->list[0] = (struct listed){ 5, 2, 0, 1 };
	shared->hold_error = ENOPROTOOPT;
	run_kctl("kctl proto save --messages nowhere/file");
	assert_exited(EXIT_MISSING);
	assert_non_null(strstr(ran.err, "too old to read messages without"));
	shared->hold_error = 0;
	shared->bind_error = EADDRINUSE;
	run_kctl("kctl proto save --messages");
	assert_exited(EXIT_REFUSED);
	assert_non_null(
		strstr(ran.err, "channel 5 now has an exclusive receiver"));
	shared->bind_error = EACCES;
	run_kctl("kctl proto save --messages");
	assert_exited(EXIT_PERMISSION);
	assert_string_equal(ran.out, "");
	run_kctl("kctl proto save nowhere/file");
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "cannot write 'nowhere/file'"));
}

static char path[] = "/tmp/kctl-unit.XXXXXX";

static const char *file(const char *text)
{
	static char line[64];
	static int fd = -1;

	if (fd < 0)
		fd = mkstemp(path);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, text, strlen(text), 0), strlen(text));
	snprintf(line, sizeof(line), "kctl proto restore %s", path);
	return line;
}

static const char saved[] =
	"%kctl-channels 1\nchannel 5 mode=0600\n"
	"message from=9 \"a\"\nmessage \"\\x00\"\n"
	"message from=2147483648 \"c\"\nchannel 6\n%end 5\n";

static void test_restore(void **state)
{
	char line[80];

	(void)state;
	run_kctl(file(saved));
	assert_exited(EXIT_DONE);
	assert_int_equal(shared->set_count, 2);
	assert_int_equal(shared->sent_count, 3);
	assert_int_equal(shared->sent[0].from, 9);
	assert_int_equal(shared->sent[0].to, 5);
	assert_string_equal(shared->sent[0].data, "a");
	assert_int_equal(shared->sent[1].from, 0);
	assert_int_equal(shared->sent[1].size, 1);
	/* An ephemeral channel may belong to somebody else now. */
	assert_int_equal(shared->sent[2].from, 0);
	snprintf(line, sizeof(line), "%s --test", file(saved));
	run_kctl(line);
	assert_exited(EXIT_DONE);
	assert_int_equal(shared->set_count, 2);
	assert_int_equal(shared->sent_count, 3);
}

/* A message of another user is never delivered as a message of root. */
static void test_restore_users(void **state)
{
	(void)state;
	run_kctl(file("%kctl-channels 1\nchannel 5\n"
		      "message uid=1000 \"a\"\nmessage uid=0 from=9 \"b\"\n"
		      "message \"c\"\n%end 4\n"));
	if (geteuid()) {
		assert_exited(EXIT_PERMISSION);
		assert_non_null(strstr(ran.err, "messages of other users"));
		assert_int_equal(shared->set_count, 0);
		return;
	}
	assert_exited(EXIT_DONE);
	assert_int_equal(shared->sent_count, 3);
	assert_int_equal(shared->sent[0].as, 1000);
	assert_string_equal(shared->sent[0].data, "a");
	assert_int_equal(shared->sent[1].as, -1);
	assert_int_equal(shared->sent[1].from, 9);
	assert_int_equal(shared->sent[2].as, -1);
}

static void test_restore_into_messages(void **state)
{
	char line[80];

	(void)state;
	shared->list[0] = (struct listed){ 5, 0, 1, 0 };
	run_kctl(file(saved));
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(ran.err, "channel 5 is not empty"));
	snprintf(line, sizeof(line), "%s --append", file(saved));
	run_kctl(line);
	assert_exited(EXIT_REFUSED);
	assert_non_null(
		strstr(ran.err, "channel 5 has no space for the messages"));
	assert_int_equal(shared->set_count, 0);
	shared->list[0] = (struct listed){ 6, 3, 0, 0 };
	run_kctl(line);
	assert_exited(EXIT_DONE);
}

static void test_restore_fails(void **state)
{
	(void)state;
	shared->bind_error = EACCES;
	run_kctl(file(saved));
	assert_exited(EXIT_PERMISSION);
	assert_non_null(
		strstr(ran.err, "not permitted to send from channel 9"));
	assert_int_equal(shared->set_count, 0);
	shared->bind_error = 0;
	shared->set_error = -EPERM;
	run_kctl(file(saved));
	assert_exited(EXIT_PERMISSION);
	assert_non_null(strstr(ran.err, "not permitted to set channel 5"));
	shared->set_error = 0;
	shared->send_error = EAGAIN;
	run_kctl(file(saved));
	assert_exited(EXIT_REFUSED);
	assert_non_null(strstr(
		ran.err,
		"channel 5 is full (2 channels were set, 1 messages were sent)"));
}

static int delete_file(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_save, setup),
		cmocka_unit_test_setup(test_save_fails, setup),
		cmocka_unit_test_setup(test_restore, setup),
		cmocka_unit_test_setup(test_restore_users, setup),
		cmocka_unit_test_setup(test_restore_into_messages, setup),
		cmocka_unit_test_setup(test_restore_fails, setup),
	};

	return cmocka_run_group_tests(tests, map_shared, delete_file);
}
