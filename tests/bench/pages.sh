# shellcheck shell=bash disable=SC2034,SC2154
# pages.sh - sourced by run.sh: how fast pages are, beside a bare program and beside themselves.

# --- the trash page beside a bare program ------------------------------------------------------

# The statements of the first trash page of the large organisation's admin, for bare.c: trash_plan TOKEN.
trash_plan() {
	local organization
	organization=hex:$(organization_id 1)
	cat <<PLAN
SESSIONS_FIND hex:$(hash_of "$1") time:-604800 time:-43200
AUDIT_NEWEST $organization int:64
DELETION_PAGE $organization null int:1 null hex:FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF null null time:0 time:0 int:0 int:51
PLAN
}

# The page that was fetched last (head in $var/head, body given) as a FastCGI program sends it. What nginx adds
# is left out.
as_answer() {
	printf 'Status: 200 OK\r\n'
	grep -iE '^(content-type|content-security-policy|x-content-type-options|x-frame-options|referrer-policy|cross-origin-[a-z-]*|cache-control):' "$var/head"
	printf 'X-Request-Id: %032d\r\nContent-Length: %d\r\n\r\n' 0 "$(wc -c <"$1")"
	cat "$1"
}

# What the database was asked while it logged to a file: statements with their values, without times of day.
executed() {
	sed -nE 's/^.*[[:space:]][0-9]+ Execute[[:space:]]+//p' "$1" | LC_ALL=C sed -E "s/'[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+'/TIME/g"
}

# The bare program must do what Lethe does, neither more nor less: check_plan TOKEN. Both are started for it, since
# values are logged only of statements that were prepared while the log was on; and stopped, so that it costs nothing later.
check_plan() {
	stop_lethe
	start_lethe
	rm -f "$var"/general-*.log
	sql -e "SET GLOBAL log_output = 'FILE', GLOBAL general_log_file = '$var/general-lethe.log', GLOBAL general_log = 1"
	get "$lethe_url/trash" "$1" >/dev/null
	sql -e "SET GLOBAL general_log_file = '$var/general-bare.log'"
	start_bare "$var/answer" "$var/plan"
	get "$bare_url/trash" "$1" | cmp - "$var/page" || die "trash_page: bare.c sends another page than Lethe"
	sql -e 'SET GLOBAL general_log = 0'
	stop_bare
	stop_lethe
	executed "$var/general-lethe.log" >"$var/executed-lethe"
	executed "$var/general-bare.log" >"$var/executed-bare"
	[ -s "$var/executed-lethe" ] && diff -a "$var/executed-lethe" "$var/executed-bare" >"$var/difference" ||
		die "trash_page: bare.c runs other statements than Lethe; see $var/difference"
}

row_trash_page() {
	local token
	start_lethe
	token=$(sign_in "$(admin_id 1)")
	get "$lethe_url/trash" "$token" >"$var/page"
	as_answer "$var/page" >"$var/answer"
	trash_plan "$token" >"$var/plan"
	check_plan "$token"
	start_lethe
	start_bare "$var/answer" "$var/plan"
	compare "$lethe_url/trash" "$token" "$bare_url/trash" "$token"
	stop_bare
	note "trash_page: $(wc -c <"$var/page") bytes; Lethe $last_rates requests per second of the bare program"
	result trash_page "$(printf %.2f "$ratio")" 0.75
}

# --- the same at any size and at any place -----------------------------------------------------

# flat NAME PATH LAST_PATH LARGE_USER SMALL_USER: set flattest to the least of: the page at full size against
# the small one, and its last page against its first.
flat() {
	local large small
	large=$(sign_in "$4") small=$(sign_in "$5")
	[ "$(get "$lethe_url$2" "$large" | grep -c data-key)" = 50 ] || die "$1: the first page is not full"
	[ "$(get "$lethe_url$2" "$small" | grep -c data-key)" = 50 ] || die "$1: the small one's first page is not full"
	[ "$(get "$lethe_url$3" "$large" | grep -c data-key)" = 50 ] || die "$1: the last page has not its 50 rows"
	compare "$lethe_url$2" "$large" "$lethe_url$2" "$small"
	note "$1 $2: $(printf %.2f "$ratio") of the small one's ($last_rates requests per second)"
	flattest=$ratio
	compare "$lethe_url$3" "$large" "$lethe_url$2" "$large"
	note "$1 $3: $(printf %.2f "$ratio") of the first page's ($last_rates)"
	flattest=$(least "$ratio" "$flattest")
}

row_trash_flat() {
	start_lethe
	flat trash_flat /trash "/trash?cursor=$(with_dashes "$(deletion_id 1 51)")" "$(admin_id 1)" "$(admin_id 2)"
	result trash_flat "$(printf %.2f "$flattest")" 0.9
}

# The cursor before the last 50 rows of what a user sees in the library: last_cursor CONDITION.
last_cursor() {
	with_dashes "$(sql -e "SELECT HEX(id) FROM photos WHERE organization_id = UNHEX('$(organization_id 1)')
	    AND id < UNHEX('$(live_id 1 2000)') AND shelf = 0 AND $1 ORDER BY id LIMIT 1 OFFSET 50")"
}

# The request before the last 50 of the review queue.
last_request() {
	sql -e "SELECT HEX(id) FROM deletion_requests WHERE organization_id = UNHEX('$(organization_id 1)')
	    AND status = 'pending' ORDER BY due_at DESC, id DESC LIMIT 1 OFFSET 50"
}

# The library, and the review queue likewise.
row_library_flat() {
	local of_admin of_library
	start_lethe
	flat library_flat / "/?cursor=$(last_cursor 1)" "$(admin_id 1)" "$(admin_id 2)"
	of_admin=$flattest
	flat library_flat / "/?cursor=$(last_cursor "(published OR uploader_id = UNHEX('$(member_id 1)'))")" "$(member_id 1)" "$(member_id 2)"
	flattest=$(least "$of_admin" "$flattest")
	of_library=$flattest
	flat library_flat /admin/requests "/admin/requests?cursor=$(with_dashes "$(last_request)")" "$(admin_id 1)" "$(admin_id 2)"
	result library_flat "$(printf %.2f "$(least "$of_library" "$flattest")")" 0.9
}

# --- every page ------------------------------------------------------------------------------

# Every page of routes.c and the views it has: WHO PATH, after that of the route.
pages() {
	local live trashed deletion archived project site album submitted request person
	live=$(with_dashes "$(live_id 1 500000)") trashed=$(with_dashes "$(trashed_id 1 500000)")
	deletion=$(with_dashes "$(deletion_id 1 500000)") archived=$(with_dashes "$(live_id 1 500003)")
	project=$(with_dashes "$(hex_id 004 $began_ms 1002)") site=$(with_dashes "$(hex_id 005 $began_ms 1003)")
	album=$(with_dashes "$(hex_id 007 $began_ms 1)")
	person=$(with_dashes "$(member_id 1)")
	submitted=$(with_dashes "$(live_id 1 500017)") request=$(with_dashes "$(request_id 1 500011)")
	cat <<PAGES
/                       admin  /
/                       member /
/                       member /?mine=true&include_archived=true
/                       admin  /?include_archived=true
/                       admin  /?project_id=$project
/                       member /?project_id=$project
/                       member /?site_id=$site
/                       member /?tag=tag+7
/                       admin  /?cursor=$(with_dashes "$(live_id 1 60)")
/upload                 member /upload
/login                  nobody /login
/photos/delete          admin  /photos/delete?ids=$live
/photos/archive         admin  /photos/archive?ids=$live
/photos/{id}            admin  /photos/$live
/photos/{id}            admin  /photos/$trashed
/photos/{id}/delete     admin  /photos/$live/delete
/photos/{id}/archive    admin  /photos/$live/archive
/photos/{id}/permanent  admin  /photos/$archived/permanent
/trash                  admin  /trash
/trash                  member /trash
/trash                  admin  /trash?kind=album
/trash                  member /trash?kind=photo
/trash                  admin  /trash?tab=archived
/trash                  member /trash?tab=archived
/trash                  admin  /trash?cursor=$(with_dashes "$(deletion_id 1 51)")
/trash/{id}             admin  /trash/$deletion
/content                member /content
/albums                 admin  /albums
/albums/{id}            admin  /albums/$album
/albums/{id}            member /albums/$album
/albums/{id}            member /albums/$album?after=4900&cursor=$(with_dashes "$(live_id 1 4900)")
/albums/{id}/delete     admin  /albums/$album/delete
/sites                  member /sites
/admin                  admin  /admin
/admin/photos           admin  /admin/photos
/admin/photos           admin  /admin/photos?status=pending
/admin/photos           admin  /admin/photos?status=rejected&site_id=$site
/admin/photos           admin  /admin/photos?status=pending&tag=tag+7
/admin/photos/archive   admin  /admin/photos/archive
/admin/photos/archive   admin  /admin/photos/archive?project_id=$project
/admin/photos/archive   admin  /admin/photos/archive?from=2030-01-01
/admin/photos/archive   admin  /admin/photos/archive?tags=tag+7&from=2030-01-01
/admin/projects         admin  /admin/projects
/admin/projects/{id}/delete admin /admin/projects/$project/delete
/admin/sites            admin  /admin/sites
/admin/sites/{id}/delete admin /admin/sites/$site/delete
/admin/recover          admin  /admin/recover
/admin/settings         admin  /admin/settings
/admin/organizations    operator /admin/organizations
/admin/organizations/{id}/delete operator /admin/organizations/$(with_dashes "$(organization_id 2)")/delete
/admin/audit            admin  /admin/audit
/admin/audit            admin  /admin/audit?action=photo.delete
/admin/audit            admin  /admin/audit?kind=photo
/admin/audit            admin  /admin/audit?item_id=$trashed
/admin/audit            admin  /admin/audit?to=2024-01-01T01:00:00Z
/admin/storage          admin  /admin/storage
/live                   admin  /live
/account                member /account
/help                   member /help
/help                   nobody /help
/privacy                member /privacy
/removal                nobody /removal
/events/{id}            admin  /events/$(with_dashes "$(event_id)")
/requests               member /requests
/requests               admin  /requests
/requests/new           admin  /requests/new?photo=$submitted
/requests/{id}          admin  /requests/$request
/choose/projects        member /choose/projects?for=library
/choose/sites           member /choose/sites?for=library&q=Site
/account/delete         member /account/delete
/receipts               nobody /receipts
/admin/webhooks         admin  /admin/webhooks
/admin/users            admin  /admin/users
/admin/users            admin  /admin/users?includeDeleted=true
/admin/users/{uid}      admin  /admin/users/$person
/admin/users/{uid}/delete admin /admin/users/$person/delete
/admin/users/delete     admin  /admin/users/delete?ids=$person
/admin/requests         admin  /admin/requests
/admin/requests         admin  /admin/requests?status=approved
/admin/requests         admin  /admin/requests?cursor=$(with_dashes "$(last_request)")
/admin/requests/approve admin  /admin/requests/approve?ids=$request
/admin/requests/reject  admin  /admin/requests/reject?ids=$request
PAGES
}

# Pages that need what only an act of a person leaves behind, or that send files or streams.
not_measured='/reauth /trash/{id}/receipt /photos/{id}/file /photos/{id}/thumbnail /content/{type}/{id}/permanent /admin/audit/export'

# One session for each WHO, in the caller's tokens. The platform admin belongs to the small organisation.
sign_in_all() {
	local operator
	operator=$(hex_id 008 $began_ms 1)
	sql -e "INSERT IGNORE INTO users (id, organization_id, email, display_name, role, created_at) VALUES
	    (UNHEX('$operator'), UNHEX('$(organization_id 2)'), 'operator@2.example', 'Olga Operator', 'platform_admin', '2023-01-01')"
	tokens[admin]=$(sign_in "$(admin_id 1)") tokens[member]=$(sign_in "$(member_id 1)") tokens[operator]=$(sign_in "$operator")
}

# An event, of which the data has none, for its page.
event_id() {
	hex_id 009 $began_ms 1
}
add_event() {
	sql -e "INSERT IGNORE INTO events (id, organization_id, title, starts_at, created_by, created_at) VALUES
	    (UNHEX('$(event_id)'), UNHEX('$(organization_id 1)'), 'Open day', '2023-06-01', UNHEX('$(member_id 1)'), '2023-01-01')"
}

# calm_load: as load_well, but up to three times while $p99 is above that of the target: what else the machine does can
# only add to it.
calm_load() {
	local least=
	for _ in 1 2 3; do
		load_well "$@"
		# Nothing was answered in all that time.
		[ "$rate" != 0.0 ] || p99=$(($3 * 1000))
		least=$(least "$p99" ${least:+"$least"})
		awk -v a="$least" 'BEGIN { exit !(a > 200) }' || break
	done
	p99=$least
}

row_every_page() {
	local who path pattern slowest=0 list known status
	local -A tokens=([nobody]=none)
	# Where Lethe runs a worker has been at work, and has counted for the dashboard.
	"$LETHE" work --once >"$var/logs/work.log" 2>&1 9>&- || die "the worker failed; see $var/logs/work.log"
	start_lethe
	sign_in_all
	add_event
	list=$(pages) known=" $not_measured $(awk '{ printf "%s ", $1 }' <<<"$list") "
	for pattern in $(tr -d '\n\t ' <app/web/routes.c | grep -oE 'PAGE\("[^"]+"' | cut -d'"' -f2); do
		[[ $known == *" $pattern "* ]] || die "every_page: there is a page $pattern that is not measured"
	done
	while read -r pattern who path; do
		status=0
		get "$lethe_url$path" "${tokens[$who]}" >/dev/null || status=$?
		case $status in
		0) calm_load "$lethe_url$path" "${tokens[$who]}" "$seconds" 8 ;;
		28) rate=0.0 p99=20000 ;; # curl's word for: not in time
		*) die "every_page: $path does not answer" ;;
		esac
		[ -z "${BENCH_VERBOSE:-}" ] || note "$p99 ms at 99 %, $rate requests per second: $who $path"
		if awk -v a="$p99" -v b="$slowest" 'BEGIN { exit !(a > b) }'; then
			slowest=$p99 slowest_path="$who $path"
		fi
		# What nobody waits for any more would keep the next page waiting.
		if [ "$rate" = 0.0 ]; then
			sql -e "SELECT CONCAT('KILL QUERY ', id, ';') FROM information_schema.processlist WHERE user = 'lethe_app' AND time > 0 AND info IS NOT NULL" |
				sql --force 2>/dev/null || true
			sleep 1
			load "$lethe_url/trash" "${tokens[admin]}" 1 16
		fi
	done <<<"$list"
	note "every_page: the slowest is $slowest_path"
	result every_page "$(printf %.0fms "$slowest")" '<200ms'
}
