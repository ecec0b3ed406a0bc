#!/bin/bash
# nginx.conf: what nginx answers by itself, what it adds to the application's answers, and what it logs.
# One nginx of its own has no application behind it; the section's server (LETHE_TEST_URL) has.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
. tests/support/check.sh

folder=$(mktemp -d)
mkdir -p "$folder/logs" "$folder/run" "$folder/nginx"
port=$((20001 + RANDOM % 6000 * 2))
LETHE_PORT=$port LETHE_METRICS_PORT=$((port + 1)) LETHE_SOCKET=$folder/none.sock LETHE_STORAGE=$folder/storage \
    app/run/nginx-conf.sh "$folder" >"$folder/nginx.conf"
nginx -e "$folder/logs/nginx-error.log" -p "$folder" -c "$folder/nginx.conf" -g 'daemon off;' &
nginx=$!
trap 'kill "$nginx"; wait "$nginx"; rm -rf "$folder"' EXIT
for _ in $(seq 100); do curl -s -o /dev/null "http://127.0.0.1:$port/" && break; sleep 0.05; done

# get URL [CURL ARGUMENT...]: the answer, head and body, in $answer.
get() {
	answer=$(curl -s -i --path-as-is --max-time 10 "$@" | tr -d '\r')
}
has() { grep -qiE -- "$1" <<<"$answer"; }

# expect STATUS html|json WHAT: the answer is a page of ours.
expect_page() {
	check "$3 is $1" has "^HTTP/1.1 $1 ?"
	if [ "$2" = json ]; then
		check "$3 is a problem document" has '^content-type: application/problem\+json$'
		check "$3 has its status in it" has "\"status\": $1,"
	else
		check "$3 is a page" has '^content-type: text/html; charset=utf-8$'
		check "$3 is a page of ours" has '<h1>.*</h1>'
	fi
	check_not "$3 shows no page of nginx" has '<center>'
	check "$3 has a request id" has '^x-request-id: [0-9a-f]{32}$'
	check "$3 cannot be framed or sniffed" has '^x-content-type-options: nosniff$'
	check "$3 has a policy" has "^content-security-policy: default-src 'none';"
	check "$3 is not kept" has '^cache-control: no-store$'
	check_not "$3 names no version" has '^server: nginx/'
}

# The lines for a proxy, once they are lines.
sed 's/# \(set_real_ip_from\|real_ip_header\)/\1/' "$folder/nginx.conf" >"$folder/proxied.conf"
check "the lines for a proxy are there" test "$(grep -c '^	\(set_real_ip_from\|real_ip_header\)' "$folder/proxied.conf")" = 2
check "and nginx takes them" nginx -t -q -e "$folder/logs/nginx-error.log" -p "$folder" -c "$folder/proxied.conf"

long=$(head -c 9000 /dev/zero | tr '\0' x)
url=http://127.0.0.1:$port

get "$url/"; expect_page 503 html "the application being down"
check "its page says when to come back" has '^retry-after: [0-9]+$'
get "$url/api/photos" -X POST -d x=1; expect_page 503 json "the application being down, for a program"
check "its problem says when to come back" has '^retry-after: [0-9]+$'
get "$url/api?x"; expect_page 503 json "the API without a path"
get "$url/apiary"; expect_page 503 html "what only begins like the API"
get "$url//static/errors/errors.css"; expect_page 503 html "an empty segment, which is for the application to refuse"
get "$url/metrics"; expect_page 404 html "metrics on the public listener"
get "$url/internal/files/x"; expect_page 404 html "the internal folder"
get "$url/errors/503.html"; expect_page 404 html "an error page by its address"
get "$url/static/none.css"; expect_page 404 html "a static file that is not there"
check_not "it does not ask to come back" has '^retry-after'
get "$url/../../etc/passwd"; expect_page 400 html "a path out of the root"
get "$url/api/%00"; expect_page 400 json "a NUL in a path"
get "$url/$long"; expect_page 414 html "a long address"
get "$url/api/$long"; expect_page 414 json "a long address of the API"
get "$url/" -H "Cookie: $long"; expect_page 431 html "long headers"
get "$url/api/x" -H "Cookie: $long"; expect_page 431 json "long headers to the API"
get "$url/" -X TRACE; expect_page 405 html "TRACE"
for path in /static/css/lethe.css /metrics; do
	get "$url$path" -X OPTIONS
	check "OPTIONS $path is 204" has '^HTTP/1.1 204 '
	check "... with a request id" has '^x-request-id: '
done
head -c 29000000 /dev/zero >"$folder/large"
get "$url/upload" -H Expect: --data-binary "@$folder/large"; expect_page 413 html "a large body"
get "$url/api/photos" -H Expect: --data-binary "@$folder/large"; expect_page 413 json "a large body to the API"

get "http://127.0.0.1:$((port + 1))/metrics"
check "metrics of an application that is down are a 503" has '^HTTP/1.1 503 '

get "$url/static/errors/errors.css?v=1" -H 'Accept-Encoding: gzip' -o /dev/null -D -
check "a static file with a version is kept for ever" has '^cache-control: public, max-age=31536000, immutable$'
check "text is sent compressed" has '^content-encoding: gzip$'
check "a static file has a request id" has '^x-request-id: '
get "$url/static/errors/errors.css"
check "a static file without a version is asked for again" has '^cache-control: no-cache$'
check "its type is what it is" has '^content-type: text/css; charset=utf-8$'

get "$url/s/SECRETSHARE?key=SECRETQUERY"
get "$url/%73/SECRETENCODED"
get "$url//s/SECRETEMPTY"
get "$url/removal/SECRETREMOVAL/cancel"
printf 'GET /a"b\\c HTTP/1.0\r\n\r\n' | timeout 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port; cat >&3; cat <&3" >/dev/null
sleep 0.2
check_not "no token is in a log" grep -q SECRET "$folder"/logs/access.log "$folder"/logs/nginx-error.log
check "a masked path is still of use" grep -q '"path":"/removal/-"' "$folder/logs/access.log"
check "every line of the log is JSON" node -e '
    for (const line of require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n")) JSON.parse(line)' \
    "$folder/logs/access.log"

# --- with the application behind it --------------------------------------------------------

if [ -z "${LETHE_TEST_URL:-}" ]; then
	skip "headers of the application's answers" "no server; run by tests/support/with-server.sh"
	check_end
	exit
fi
url=$LETHE_TEST_URL

get "$url/login"
check "the application answers" has '^HTTP/1.1 200 '
check "its answer has one request id" test "$(grep -ci '^x-request-id:' <<<"$answer")" = 1
get "$url/login" -H 'X-Request-Id: mine'
check_not "a client does not choose its request id" has '^x-request-id: mine$'
get "$LETHE_TEST_METRICS_URL/metrics"
check "metrics are on their listener" has '^HTTP/1.1 200 '
get "$LETHE_TEST_METRICS_URL/login"
check "and nothing else is" has '^HTTP/1.1 404 '

token=$(curl -s "$url/api/tokens" -H 'Content-Type: application/json' \
    -d '{"email":"ada@alder.example","password":"lethe-demo-1"}' | sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p')
photo=$(curl -s "$url/api/photos?limit=1" -H "Authorization: Bearer $token" |
	grep -oE '"id": *"[0-9a-f-]{36}"' | head -n 1 | cut -d'"' -f4)
check "a photo can be found" test -n "$photo"
get "$url/api/photos/$photo/file" -H "Authorization: Bearer $token" -o /dev/null -D -
check "its file is sent" has '^HTTP/1.1 200 '
check "as what it is" has '^content-type: image/'
check "with its size" has '^content-length: [1-9][0-9]*$'
etag=$(sed -n "s/^[Ee][Tt]ag: *//p" <<<"$answer")
check "with the application's entity tag" test -n "$etag"
check "to be asked for each time" has '^cache-control: private, no-cache$'
check "without a date to go by" not has '^last-modified:'
check "with a request id, once" test "$(grep -ci '^x-request-id:' <<<"$answer")" = 1
check "never sniffed" has '^x-content-type-options: nosniff$'
check "under the application's policy" has '^content-security-policy: '
check_not "without the internal path" has 'x-accel|/internal/'
get "$url/api/photos/$photo/file" -H "Authorization: Bearer $token" -H "If-None-Match: $etag"
check "one that is known already is not sent again" has '^HTTP/1.1 304 '
get "$url/api/photos/$photo/file" -H "Authorization: Bearer $token" -H 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT' -o /dev/null -D -
check "a date does not count" has '^HTTP/1.1 200 '
get "$url/internal/files/x"
check "stored files are not open" has '^HTTP/1.1 404 '
check_end
