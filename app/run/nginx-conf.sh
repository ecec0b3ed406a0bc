#!/bin/bash
# Print nginx.conf with its values filled in.   app/run/nginx-conf.sh FOLDER
# FOLDER is the data folder (logs, temporary files); the rest comes from LETHE_PORT, LETHE_METRICS_PORT, LETHE_SOCKET
# and LETHE_STORAGE, as in lethe.env.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=$(readlink -m "${1:?a data folder is needed}")

text=$(<"$root/nginx.conf")
if [ "$(id -u)" = 0 ]; then
	# The workers read the stored files, which belong to the user who runs Lethe.
	text=${text//@USER@/"user root;"}
else
	text=${text//@USER@/"# not started by root: the workers run as the user who started nginx"}
fi
text=${text//@ROOT@/"$root"}
text=${text//@VAR@/"$folder"}
text=${text//@SOCKET@/"$LETHE_SOCKET"}
text=${text//@STORAGE@/"$(readlink -m "$LETHE_STORAGE")"}
text=${text//@PORT@/"$LETHE_PORT"}
text=${text//@METRICS_PORT@/"$LETHE_METRICS_PORT"}
printf '%s\n' "$text"
