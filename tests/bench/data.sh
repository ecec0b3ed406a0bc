#!/bin/bash
# The data of `make bench`, built once and kept:   tests/bench/data.sh FOLDER [acts]
#
# Two organisations that differ in size alone. In the large one there are LARGE live photos (a twentieth of them
# archived, a hundredth waiting for review) and as many in the trash, each with its file, its deletion and its entry
# in the trail; in the small one SMALL of each. Ids are UUIDv7 in order of time. The folder's file `built` says
# from what it was made: data of an older schema is made anew.
#
# With `acts` it is the data of the rows that destroy what they act on: a smaller such organisation, whose pages are
# looked at meanwhile, and one with things to delete. A clean copy stays in the folder `kept`, to begin each time with.
#
# The database of the pages runs when this ends. Environment: LETHE (the program), LETHE_DB_* of the three users.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
folder=$(readlink -m "${1:?a data folder is needed}")
what=${2:-pages}
large=${BENCH_LARGE:-1000000} small=${BENCH_SMALL:-10000} chunk=50000
bystanders=${BENCH_BYSTANDERS:-100000} doomed=${BENCH_DOOMED:-1000000} purged=${BENCH_PURGED:-200000}
database=$root/app/run/database.sh

# A UUIDv7 in SQL: id KIND MILLISECONDS NUMBER. KIND (three hex digits) keeps ids of one millisecond apart.
id() {
	echo "UNHEX(CONCAT(LPAD(HEX($2), 12, '0'), '7$1', '8', LPAD(HEX($3), 15, '0')))"
}

# What happens every 15 seconds: photos of the trash are added from 2023 on, live ones from mid-2023, and
# deleted from 2024 on.
trashed_ms="(1672531200000 + seq * 15000)"
live_ms="(1688169600000 + seq * 15000)"
deleted_ms="(1704067200000 + seq * 15000)"
began_ms=1672000000000

time_of() { echo "FROM_UNIXTIME(($1) / 1000)"; }

# Ids of what there is little of: organisation 1 is the large one, 2 the small one.
organization() { id 001 $began_ms "$1"; }
admin() { id 002 $began_ms "$1"; }
member() { id 003 $began_ms "$1 * 1000 + seq % 9 + 1"; }
project() { id 004 $began_ms "$1 * 1000 + seq % 10 + 1"; }
site() { id 005 $began_ms "$1 * 1000 + seq % 5 + 1"; }
tag() { id 006 $began_ms "$1 * 1000 + seq % 200 + 1"; }
album() { id 007 $began_ms "$1"; }

# Ids of the many; the number tells the organisations apart.
trashed() { id 010 "$trashed_ms" "$1 * 100000000 + seq"; }
live() { id 011 "$live_ms" "$1 * 100000000 + seq"; }
deletion() { id 012 "$deleted_ms" "$1 * 100000000 + seq"; }
# Ten people ask for each photo of a site, by turns; `asked` is the number of the request, `seq` of the photo.
request() { id 017 "(1704067200000 + asked * 15000)" "$1 * 100000000 + asked"; }

session="SET SESSION unique_checks = 0, foreign_key_checks = 0, time_zone = '+00:00';"

# few ORGANIZATION NAME: people, places and words.
few() {
	local o=$1
	cat <<SQL
$session
INSERT INTO organizations (id, name, audit_retention_months, created_at)
VALUES ($(organization "$o"), '$2', 120, $(time_of $began_ms));
INSERT INTO users (id, organization_id, email, display_name, role, created_at)
VALUES ($(admin "$o"), $(organization "$o"), 'admin@$o.example', 'Ada Admin', 'admin', $(time_of $began_ms));
INSERT INTO users (id, organization_id, email, display_name, role, created_at)
SELECT $(member "$o"), $(organization "$o"), CONCAT('member', seq, '@$o.example'), CONCAT('Member ', seq), 'member',
  $(time_of $began_ms) FROM seq_0_to_8;
INSERT INTO projects (id, organization_id, name, created_by, created_at)
SELECT $(project "$o"), $(organization "$o"), CONCAT('Project ', seq), $(admin "$o"), $(time_of $began_ms) FROM seq_0_to_9;
INSERT INTO sites (id, organization_id, name, slug, created_by, created_at)
SELECT $(site "$o"), $(organization "$o"), CONCAT('Site ', seq), CONCAT('site-', seq), $(admin "$o"), $(time_of $began_ms)
  FROM seq_0_to_4;
INSERT INTO tags (id, organization_id, name, created_at)
SELECT $(tag "$o"), $(organization "$o"), CONCAT('tag ', seq), $(time_of $began_ms) FROM seq_0_to_199;
INSERT INTO albums (id, organization_id, name, created_by, created_at)
VALUES ($(album "$o"), $(organization "$o"), 'Album', $(admin "$o"), $(time_of $began_ms));
SQL
}

# many ORGANIZATION FROM TO: a stretch of the photos, with all that is theirs.
many() {
	local o=$1 rows="seq_$2_to_$3"
	cat <<SQL
$session
INSERT INTO deletions (id, organization_id, act_id, kind, item_id, label, owner_id, initiator_id, origin, reason, mode,
  state, photo_count, bytes, progress_done, progress_total, deleted_at, recover_until)
SELECT $(deletion "$o"), $(organization "$o"), $(id 013 "$deleted_ms" "$o * 100000000 + seq"),
  IF(seq % 100 = 50, 'album', 'photo'), $(trashed "$o"), CONCAT(IF(seq % 100 = 50, 'Album ', 'Photo '), seq),
  $(member "$o"), $(member "$o"), 'owner', IF(seq % 3 = 0, NULL, 'Blurred, and there is a better one.'), 'soft', 'trashed',
  1, 200000 + seq % 1000000, 1, 1, $(time_of "$deleted_ms"), '2100-01-01'
  FROM $rows ORDER BY seq;
INSERT INTO photos (id, organization_id, uploader_id, project_id, title, status, bytes, created_at, deleted_at, deletion_id)
SELECT $(trashed "$o"), $(organization "$o"), $(member "$o"), IF(seq % 2, $(project "$o"), NULL), CONCAT('Photo ', seq),
  'approved', 200000 + seq % 1000000, $(time_of "$trashed_ms"), $(time_of "$deleted_ms"), $(deletion "$o")
  FROM $rows ORDER BY seq;
INSERT INTO photos (id, organization_id, uploader_id, site_id, project_id, title, status, bytes, created_at, archived_at,
  archived_by, archive_reason, purge_after)
SELECT $(live "$o"), $(organization "$o"), $(member "$o"), IF(seq % 10 = 7, $(site "$o"), NULL),
  IF(seq % 2, $(project "$o"), NULL), CONCAT('Photo ', seq),
  CASE WHEN seq % 100 = 7 THEN 'pending' WHEN seq % 10 = 7 THEN 'deletion_requested' ELSE 'approved' END,
  200000 + seq % 1000000, $(time_of "$live_ms"), IF(seq % 20 = 3, $(time_of "$live_ms + 60000"), NULL),
  IF(seq % 20 = 3, $(member "$o"), NULL), IF(seq % 20 = 3, 'Not for the front page any more.', NULL),
  IF(seq % 20 = 3, '2100-01-01', NULL)
  FROM $rows ORDER BY seq;
INSERT INTO files (id, organization_id, owner_kind, owner_id, part, storage_key, content_type, bytes, digest, created_at)
SELECT $(id 014 "$trashed_ms" "$o * 100000000 + seq"), $(organization "$o"), 'photo', $(trashed "$o"), 'original',
  CONCAT('trashed/$o/', LPAD(seq, 8, '0')), 'image/jpeg', 200000 + seq % 1000000, UNHEX(SHA2(CONCAT('trashed $o ', seq), 256)),
  $(time_of "$trashed_ms") FROM $rows ORDER BY seq;
INSERT INTO files (id, organization_id, owner_kind, owner_id, part, storage_key, content_type, bytes, digest, created_at)
SELECT $(id 015 "$live_ms" "$o * 100000000 + seq"), $(organization "$o"), 'photo', $(live "$o"), 'original',
  CONCAT('live/$o/', LPAD(seq, 8, '0')), 'image/jpeg', 200000 + seq % 1000000, UNHEX(SHA2(CONCAT('live $o ', seq), 256)),
  $(time_of "$live_ms") FROM $rows ORDER BY seq;
INSERT INTO photo_tags (photo_id, tag_id) SELECT $(live "$o"), $(tag "$o") FROM $rows ORDER BY seq;
INSERT INTO deletion_requests (id, organization_id, photo_id, site_id, requester_email, requester_role, reason, status,
  photo_status_before, requested_at, due_at)
SELECT $(request "$o"), $(organization "$o"), $(live "$o"), $(site "$o"), CONCAT('visitor', asked, '@mail.example'), 'visitor',
  'I am in this picture, and nobody asked me.', 'pending', 'approved', $(time_of "1704067200000 + asked * 15000"),
  '2100-01-01' + INTERVAL asked % 10 * 1000000 + asked SECOND
  FROM (SELECT seq AS asked, (seq - 1) DIV 10 * 10 + 7 AS seq FROM $rows) r WHERE seq % 100 <> 7 ORDER BY asked;
INSERT INTO audit_log (id, organization_id, at, actor, action, kind, item_id, mode, details, request_id)
SELECT $(id 016 "$deleted_ms" "$o * 100000000 + seq"), $(organization "$o"), $(time_of "$deleted_ms"),
  CONCAT('member ', seq % 9 + 1), 'photo.delete', 'photo', $(trashed "$o"), 'soft', '{"photos":1}', HEX(seq)
  FROM $rows ORDER BY seq;
SQL
}

# fill ORGANIZATION NAME COUNT
fill() {
	local from
	few "$1" "$2"
	for ((from = 1; from <= $3; from += chunk)); do
		many "$1" "$from" "$((from + chunk - 1 < $3 ? from + chunk - 1 : $3))"
	done
	echo "INSERT INTO album_photos (album_id, photo_id, position) SELECT $(album "$1"), $(live "$1"), seq FROM seq_1_to_5000;"
}

# Photos of a project of organisation 3, each with its file and its tag: held PROJECT FROM TO MARKS, the last being
# their deleted_at and deletion_id. The project's number keeps those of different projects apart.
held() {
	local o=3 rows="seq_$2_to_$3" ms="($held_ms + seq * 15000)" number="$1 * 100000000 + seq"
	cat <<SQL
$session
INSERT INTO photos (id, organization_id, uploader_id, project_id, title, status, bytes, created_at, deleted_at, deletion_id)
SELECT $(id 021 "$ms" "$number"), $(organization 3), $(member 3), $(id 004 $began_ms "3000 + $1"), CONCAT('Photo ', seq),
  'approved', 200000 + seq % 1000000, $(time_of "$ms"), $4 FROM $rows ORDER BY seq;
INSERT INTO files (id, organization_id, owner_kind, owner_id, part, storage_key, content_type, bytes, digest, created_at)
SELECT $(id 022 "$ms" "$number"), $(organization 3), 'photo', $(id 021 "$ms" "$number"), 'original',
  CONCAT('held/$1/', LPAD(seq, 8, '0')), 'image/jpeg', 200000 + seq % 1000000, UNHEX(SHA2(CONCAT('held $1 ', seq), 256)),
  $(time_of "$ms") FROM $rows ORDER BY seq;
INSERT INTO photo_tags (photo_id, tag_id) SELECT $(id 021 "$ms" "$number"), $(tag 3) FROM $rows ORDER BY seq;
SQL
}
held_ms=1720000000000

# The projects of organisation 3: 1 holds many photos, 2 a hundred; 3 is in the trash with its photos, whose window
# is open until a row closes it.
doom() {
	local from gone
	gone=$(id 012 $began_ms 3)
	few 3 'Doomed collection'
	held 2 1 100 NULL,NULL
	for ((from = 1; from <= doomed; from += chunk)); do
		held 1 "$from" "$((from + chunk - 1 < doomed ? from + chunk - 1 : doomed))" NULL,NULL
	done
	cat <<SQL
INSERT INTO deletions (id, organization_id, act_id, kind, item_id, label, initiator_id, origin, mode, photo_action, state,
  photo_count, project_count, progress_done, progress_total, deleted_at, recover_until)
SELECT $gone, $(organization 3), $gone, 'project', $(id 004 $began_ms 3003), 'Project 3', $(admin 3), 'admin', 'soft',
  'delete', 'trashed', $purged, 1, 1 + $purged, 1 + $purged, '2024-06-01', '2100-01-01';
UPDATE projects SET deleted_at = '2024-06-01', deletion_id = $gone WHERE id = $(id 004 $began_ms 3003);
SQL
	for ((from = 1; from <= purged; from += chunk)); do
		held 3 "$from" "$((from + chunk - 1 < purged ? from + chunk - 1 : purged))" "'2024-06-01',$gone"
	done
}

fill_pages() { fill 2 'Small collection' "$small" && fill 1 'Large collection' "$large"; }
fill_acts() { fill 1 'Bystanding collection' "$bystanders" && doom; }

build() {
	"$database" stop "$folder"
	rm -rf "$folder/db" "$folder/built" "$folder/kept"
	DATABASE_OPTIONS=--innodb-buffer-pool-size=1536M\ --innodb-log-file-size=512M "$database" start "$folder" fast
	"$database" users "$folder"
	"$LETHE" migrate >"$folder/migrate.log" 2>&1
	"$database" grants "$folder"
	"fill_$what" | "$database" sql "$folder" lethe
	# What estimates are made of, so that they do not change by themselves in the middle of a run.
	"$database" sql "$folder" lethe -e 'ANALYZE TABLE deletions, photos, files, photo_tags, audit_log' >/dev/null
	"$database" stop "$folder"
	[ "$what" != acts ] || mv "$folder/db/data" "$folder/kept"
	echo "$made_from" >"$folder/built"
}

made_from=$(cat "$here/data.sh" "$root"/sql/*.sql | cat - <(echo "$large $small $bystanders $doomed $purged") | sha256sum | cut -c1-16)
mkdir -p "$folder"
if [ "$(cat "$folder/built" 2>/dev/null)" != "$made_from" ]; then
	echo "Building the data of the benchmarks in $folder; this takes a few minutes, once." >&2
	build
fi
[ "$what" = acts ] || "$database" start "$folder" "${BENCH_DATABASE:-durable}"
