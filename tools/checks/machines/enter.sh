#!/bin/sh
# enter.sh <root> <user> <command>
#
# Runs a shell command as a user in a Debian root. Start it in separate mount and PID namespaces (`unshare`). Then the
# mounts and all remaining processes disappear when the command ends.
set -eu
root=$1 user=$2 command=$3

mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"

# The command is not started with exec, so this shell remains process 1 of the namespace and adopts orphaned processes,
# like init.
/usr/sbin/chroot --userspec="$user" "$root" /bin/sh -c "$command"
