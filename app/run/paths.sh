# paths.sh - sourced: where the sockets of a data folder are.
#
# They live in FOLDER/run. The kernel takes no socket path beyond 107 bytes, so below a deep folder
# that place is used by a short name: a symbolic link in /tmp that belongs to this user.

paths_link() {
	echo "/tmp/lethe-$(id -u)-$(printf '%s' "$1" | sha256sum | cut -c1-16)"
}

# Print the folder to use for the sockets of FOLDER (absolute), making it if it is not there.
paths_run_folder() {
	local real=$1/run link
	mkdir -p "$real"
	chmod 700 "$real"
	if [ "$(printf '%s' "$real" | wc -c)" -le 90 ]; then
		echo "$real"
		return 0
	fi
	link=$(paths_link "$1")
	ln -sn "$real" "$link" 2>/dev/null || true
	if [ "$(readlink "$link")" != "$real" ] || [ "$(stat -c %u "$link")" != "$(id -u)" ]; then
		echo "$link is in the way: it should be a link to $real. Remove it." >&2
		return 1
	fi
	echo "$link"
}

# Remove the short name again.
paths_forget_run_folder() {
	local link
	link=$(paths_link "$1")
	if [ -L "$link" ] && [ "$(readlink "$link")" = "$1/run" ]; then rm -f "$link"; fi
}
