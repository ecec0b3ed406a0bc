#!/bin/bash
# Install the Debian packages that are missing:  install.sh run|test
# As root it installs them; otherwise it prints the one line to run and fails. Instant when nothing is missing.
set -euo pipefail

# What building and running needs.
run_packages=(gcc libc6-dev make pkgconf ca-certificates
	libfcgi-dev libmariadb-dev libsodium-dev libssl-dev libjansson-dev libcurl4-openssl-dev libarchive-dev libmagic-dev zlib1g-dev
	mariadb-server-core mariadb-client-core nginx)
# What the tests need beyond that: checks, a browser, a mail server, an object store, a database cluster.
test_packages=(libcmocka-dev clang llvm libclang-rt-14-dev clang-tidy clang-format cppcheck
	chromium fonts-dejavu-core curl openssl procps iproute2 wrk percona-toolkit faketime
	python3-aiosmtpd
	swift-proxy swift-account swift-container swift-object memcached
	mariadb-server galera-4 rsync)

missing=()
need() {
	local package
	for package in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
	done
}

need "${run_packages[@]}"
if [ "${1:-run}" = test ]; then
	need "${test_packages[@]}"
	# They may have come from elsewhere, and Debian's would not go beside that.
	command -v node >/dev/null || missing+=(nodejs)
	command -v npm >/dev/null || missing+=(npm)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
	echo "Some packages are missing. Please run this as root, then try again:" >&2
	echo "apt-get update && apt-get install -y --no-install-recommends ${missing[*]}" >&2
	exit 1
fi

# Some of the packages bring a system service. Lethe starts its own processes and wants none of them:
# they are not started now, nor at the next boot.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	trap 'rm -f $policy' EXIT
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod +x $policy
fi

echo "Installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -q </dev/null >&2
apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null >&2

if command -v systemctl >/dev/null; then
	for package in "${missing[@]}"; do
		units=$(dpkg -L "$package" | sed -n 's|^\(/usr\)\{0,1\}/lib/systemd/system/\([a-z-]*\.service\)$|\2|p')
		# shellcheck disable=SC2086
		[ -z "$units" ] || systemctl --quiet disable $units >/dev/null 2>&1 || true
	done
fi
