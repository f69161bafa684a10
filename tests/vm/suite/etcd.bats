#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The stores of several machines: three hosts, each a network namespace with a member of an etcd
# cluster, and the example that keeps its store equal to etcd.

load lib/common

# Three servers on an emulated machine.
export patience=60

HOSTS="1 2 3"

# The debug kernel makes the servers so slow that they miss the heartbeat of their leader.
here()
{
	[ -n "${KCTL_SERVERS-}" ] && [ -z "${KCTL_DEBUG-}" ]
}

setup_file()
{
	sysctl net.kctl >"$BATS_FILE_TMPDIR/sysctls"
	expect_nothing_left
	here || return 0
	ip link add kctl-br type bridge
	ip link set kctl-br up
	local host
	for host in $HOSTS; do
		ip netns add "kctl-$host"
		ip link add "kctl-v$host" type veth peer name eth0 netns "kctl-$host"
		ip link set "kctl-v$host" master kctl-br up
		ip -n "kctl-$host" address add "10.9.1.$host/24" dev eth0
		ip -n "kctl-$host" link set eth0 up
		ip -n "kctl-$host" link set lo up
	done
	for host in $HOSTS; do
		launch member "$host"
	done
	for host in $HOSTS; do
		launch mirror "$host"
	done
	patience=120 eventually connected
}

teardown_file()
{
	local host
	if here; then
		for host in $HOSTS; do
			finish "mirror$host" "member$host"
		done
		for host in $HOSTS; do
			eventually closed "$host"
		done
		for host in $HOSTS; do
			ip netns delete "kctl-$host"
		done
		ip link delete kctl-br
		# Logs of 64 MB each.
		rm -r data?
	fi
	expect_nothing_left
}

setup()
{
	here || skip "etcd is not in the cache, or too slow"
	cd "$BATS_FILE_TMPDIR" || return
	eventually equal ''
}

teardown()
{
	local name
	kill_jobs
	[ -n "${BATS_TEST_COMPLETED-}" ] || tail -v mirror*.err
	for name in $(contents 1 | jq -r '.[0]'); do
		kctl -n kctl-1 sockopt delete --name "$name"
	done
}

# The emulated machine is slow: a leader may be silent for seconds.
member()
{
	exec "$KCTL_SERVERS/usr/bin/etcd" --name "$1" --data-dir "data$1" --initial-cluster \
		1=http://10.9.1.1:2380,2=http://10.9.1.2:2380,3=http://10.9.1.3:2380 \
		--listen-client-urls http://127.0.0.1:2379 \
		--advertise-client-urls http://127.0.0.1:2379 \
		--listen-peer-urls "http://10.9.1.$1:2380" \
		--initial-advertise-peer-urls "http://10.9.1.$1:2380" \
		--heartbeat-interval 300 --election-timeout 3000 --log-level error
}

mirror()
{
	local top
	use_python
	exec /usr/bin/python3 -W error "$top/tests/examples/etcd.py" --state "state$1"
}

# launch member|mirror HOST: run it on HOST, for all tests.
launch()
{
	export -f member mirror program use_python
	export BATS_TEST_DIRNAME
	cd "$BATS_FILE_TMPDIR" || return
	ip netns exec "kctl-$2" bash -c "$1 $2" >"$1$2.out" 2>"$1$2.err" 3>&- &
	echo $! >"$1$2.pid"
	disown
}

gone()
{
	! kill -0 "$(<"$1.pid")"
} 2>/dev/null

# A connection whose peer does not answer would keep the namespace for minutes.
closed()
{
	! ip netns exec "kctl-$1" ss -Htn state connected | grep -v TIME-WAIT
}

# finish NAME…: end them with SIGKILL.
finish()
{
	cd "$BATS_FILE_TMPDIR" || return
	local name
	for name; do
		kill -KILL "$(<"$name.pid")"
		eventually gone "$name"
	done
}

etcdctl()
{
	ip netns exec kctl-1 env ETCDCTL_API=3 "$KCTL_SERVERS/usr/bin/etcdctl" "$@"
}

connected()
{
	local host
	for host in $HOSTS; do
		grep -q equal "mirror$host.err" || return
	done
}

contents()
{
	kctl -n "kctl-$1" -j sockopt list --values |
		jq -c '.[] | [.name, .public, .value // .value_base64]'
}

# has HOST TEXT: check that the store of HOST has these lines.
has()
{
	[ "$(contents "$1")" = "$2" ]
}

# equal TEXT: check that all stores have these lines.
equal()
{
	has 1 "$1" && has 2 "$1" && has 3 "$1"
}

@test "etcd: three hosts: set, public, delete, any bytes, and what others write" {
	silent kctl -n kctl-1 sockopt set --name motd hello
	silent kctl -n kctl-2 sockopt set --name a/b.c:d-e --public ''
	printf 'a\0\377\n' | silent kctl -n kctl-3 sockopt set --name bytes -
	eventually equal '["a/b.c:d-e",true,""]
["bytes",false,"YQD/Cg=="]
["motd",false,"hello"]'
	says hello etcdctl get --print-value-only /kctl/private/motd
	silent kctl -n kctl-2 sockopt set --name motd --public again
	silent kctl -n kctl-3 sockopt delete --name bytes
	says OK etcdctl put /kctl/private/other 'by etcdctl'
	eventually equal '["a/b.c:d-e",true,""]
["motd",true,"again"]
["other",false,"by etcdctl"]'
	silent etcdctl get --prefix /kctl/private/motd
	says OK etcdctl put $'/kctl/private/no\033name' x
	eventually grep -qF "'no\\x1bname': " mirror2.err
	says 2 etcdctl del --prefix /kctl/private/
	silent kctl -n kctl-1 sockopt delete --name a/b.c:d-e
	eventually equal '["motd",true,"again"]'
	[ "$(grep -c 'no.x1bname' mirror2.err)" = 1 ]
}

@test "etcd: a host is killed and comes back: equal again, and its own changes arrive" {
	local names
	silent kctl -n kctl-1 sockopt set --name both old
	silent kctl -n kctl-1 sockopt set --name gone x
	eventually equal '["both",false,"old"]
["gone",false,"x"]'
	finish member3 mirror3
	for names in a b c; do
		silent kctl -n kctl-1 sockopt set --name new-$names $names
	done
	silent kctl -n kctl-1 sockopt set --name both first
	silent kctl -n kctl-2 sockopt delete --name gone
	silent kctl -n kctl-3 sockopt set --name both second
	silent kctl -n kctl-3 sockopt set --name own 3
	eventually has 2 '["both",false,"first"]
["new-a",false,"a"]
["new-b",false,"b"]
["new-c",false,"c"]'
	has 3 '["both",false,"second"]
["gone",false,"x"]
["own",false,"3"]'
	local begin=$SECONDS
	launch member 3
	launch mirror 3
	eventually equal '["both",false,"first"]
["new-a",false,"a"]
["new-b",false,"b"]
["new-c",false,"c"]
["own",false,"3"]'
	echo "# equal after $((SECONDS - begin)) s" >&3
	grep -qF "'both' has changed here and in etcd: etcd's value stays" mirror3.err
}

@test "etcd: without a majority changes wait, and nothing is undone" {
	silent kctl -n kctl-1 sockopt set --name a 1
	eventually equal '["a",false,"1"]'
	finish member2 member3
	silent kctl -n kctl-1 sockopt set --name b 2
	silent kctl -n kctl-2 sockopt delete --name a
	eventually grep -qE 'HTTP Error|timed out' mirror1.err
	eventually grep -q refused mirror2.err
	has 1 '["a",false,"1"]
["b",false,"2"]'
	has 2 ''
	launch member 2
	launch member 3
	eventually equal '["b",false,"2"]'
}

@test "etcd: three hosts change the same names at once: equal in the end" {
	local host
	for host in $HOSTS; do
		# shellcheck disable=SC2016 # for that shell
		start "writer$host" bash -c 'for i in {1..30}; do
			kctl -n kctl-$0 sockopt set --name n$((i % 3)) "$0 $i" || exit
		done' "$host"
	done
	for host in $HOSTS; do
		ends 0 "writer$host"
		silent kctl -n "kctl-$host" sockopt set --name "last$host" x
	done
	settled()
	{
		local now
		now=$(contents 1)
		[ "$(grep -c last <<<"$now")" = 3 ] && [ "$(wc -l <<<"$now")" = 6 ] && equal "$now"
	}
	eventually settled
	etcdctl get --prefix /kctl/ --print-value-only | sort >etcd
	contents 1 | jq -r '.[2]' | sort | diff - etcd
}
