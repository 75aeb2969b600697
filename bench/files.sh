#!/bin/sh
# A file of MIB megabytes (1024) to the sandbox and back: curl, and fal in one
# piece and in parts, in turn, against one server in a process of its own.
# A first round only warms up, and each round begins with memory that was used
# before: what a virtual machine has not touched yet is slow for whoever comes
# first.
# Usage: bench/files.sh [MIB [ROUNDS [FOLDER]]]; FOLDER (/dev/shm) holds the
# files of all of them. Prints a line for each run: name, megabytes a second,
# CPU milliseconds, peak of memory in KB. Needs a build (BUILD_DIR).
set -eu
cd "$(dirname "$0")/.."
mib=${1:-1024} rounds=${2:-3} at=${3:-/dev/shm}
build=${BUILD_DIR:-build}
work=$(mktemp -d "$at/fal-bench.XXXXXX")
cc -O2 -o "$work/spend" bench/spend.c
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
server=""

# A sandbox of its own for each round: it keeps what is uploaded.
start_server() {
  head -c "$((5 * mib))M" /dev/zero >"$work/touched"
  rm "$work/touched"
  : >"$work/env"
  TMPDIR=$work "$build/falua" sandbox >"$work/env" &
  server=$!
  while ! [ -s "$work/env" ]; do kill -0 "$server"; sleep 0.05; done
  sleep 0.2
  # shellcheck disable=SC1091 # written by the server
  . "$work/env"
}

stop_server() {
  kill "$server"
  wait "$server" 2>/dev/null || true
  rm -rf "$work"/fal-sandbox-*
}

head -c "${mib}M" /dev/urandom >"$work/file"

# run NAME COMMAND...: one line of figures; what the command printed is in $out.
run() {
  name=$1; shift
  out=$("$work/spend" 1 "$@" 2>&1 >"$work/figures") || { echo "$out" >&2; exit 1; }
  read -r cpu wall peak <"$work/figures"
  [ "$round" = 0 ] || echo "$name $mib $wall $cpu $peak" | awk '{
    printf "%-22s %7.0f MiB/s %7.0f ms CPU %7d KB\n", $1, $2 / $3 * 1000, $4, $5 }'
}

signed() {
  curl -s -X POST -H "Authorization: Key $FAL_KEY" -H 'Content-Type: application/json' \
    -d '{"content_type":"application/octet-stream","file_name":"file"}' \
    "$FAL_REST_URL/storage/upload/initiate?storage_type=fal-cdn-v3" >"$work/answer"
  sed 's/.*"upload_url":"\([^"]*\)".*/\1/; s,\\/,/,g' "$work/answer"
}

get() {
  run "$1" "$build/falua" bench/files.lua get "$2" "$work/$3"
  cmp "$work/file" "$work/$3"
  rm "$work/$3"
}

round=0
while [ $round -le "$rounds" ]; do
  start_server
  url=$(signed)
  run "up_curl" curl -sS -o /dev/null -T "$work/file" -H 'Content-Type: application/octet-stream' "$url"
  run "up_fal" "$build/falua" bench/files.lua put "$work/file"
  ours=$out
  run "up_fal_parts" "$build/falua" bench/files.lua put "$work/file" 10485760 4
  in_parts=$out
  run "down_curl" curl -sS -o "$work/curl" "$ours"
  cmp "$work/file" "$work/curl"
  rm "$work/curl"
  get "down_fal" "$ours" fal
  get "down_fal_of_parts" "$in_parts" parts
  stop_server
  round=$((round + 1))
done
