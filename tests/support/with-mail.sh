#!/bin/bash
# Run a command beside a mail server with STARTTLS and AUTH:  tests/support/with-mail.sh tests/support/with-server.sh CMD
#
# The command finds it in LETHE_SMTP_*, and the mails that arrive in the folder TEST_MAIL as N.eml. The server ends
# with the command. Without python3-aiosmtpd or openssl the command runs alone, and mails go to the spool folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

python=/usr/bin/python3 # Debian's, which has Debian's packages
if ! "$python" -c 'import aiosmtpd' 2>/dev/null || ! command -v openssl >/dev/null; then
	echo 'no mail server: python3-aiosmtpd or openssl is not installed' >&2
	exec "$@"
fi

export TEST_MAIL
TEST_MAIL=$(mktemp -d)
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout "$TEST_MAIL/key.pem" -out "$TEST_MAIL/certificate.pem" 2>/dev/null
"$python" "$here/smtp_sink.py" "$TEST_MAIL" "$TEST_MAIL/certificate.pem" "$TEST_MAIL/key.pem" AUTH KIND &
server=$!
finish() {
	local status=$?
	kill "$server" 2>/dev/null || true
	wait "$server" 2>/dev/null || true
	rm -rf "$TEST_MAIL"
	exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

while [ ! -e "$TEST_MAIL/port" ]; do
	if ! kill -0 "$server" 2>/dev/null; then
		echo 'The mail server did not start.' >&2
		exit 1
	fi
	sleep 0.05
done

status=0
env LETHE_SMTP_URL="smtp://localhost:$(cat "$TEST_MAIL/port")" LETHE_SMTP_USER=lethe LETHE_SMTP_PASSWORD=s3cret \
    LETHE_SMTP_CA="$TEST_MAIL/certificate.pem" "$@" || status=$?
exit "$status"
