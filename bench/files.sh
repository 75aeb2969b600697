#!/bin/sh
# A file of MIB megabytes (1024) to the sandbox and back: curl, and fal in one
# piece and in parts. The sandbox is a process of its own, and a new one for
# each upload, so that all find the same conditions; who comes first changes
# from round to round. A first round only warms up, and each begins with memory
# that was used before: what a virtual machine has not touched yet is slow.
# Usage: bench/files.sh [MIB [ROUNDS [FOLDER]]]; FOLDER (/dev/shm) holds the
# files of all of them. Prints a line for each run: name, megabytes a second,
# CPU milliseconds, peak of memory in KB, and CPU milliseconds of the sandbox
# meanwhile. Needs a build (BUILD_DIR).
set -eu
cd "$(dirname "$0")/.."
mib=${1:-1024} rounds=${2:-7} at=${3:-/dev/shm}
build=${BUILD_DIR:-build}
work=$(mktemp -d "$at/fal-bench.XXXXXX")
cc -O2 -o "$work/spend" bench/spend.c
trap 'stop_server; rm -rf "$work"' EXIT
server=""
tick=$((1000 / $(getconf CLK_TCK)))

start_server() {
  : >"$work/env"
  TMPDIR=$work "$build/falua" sandbox >"$work/env" &
  server=$!
  while ! [ -s "$work/env" ]; do kill -0 "$server"; sleep 0.05; done
  sleep 0.2
  # shellcheck disable=SC1091 # written by the server
  . "$work/env"
}

stop_server() {
  [ -z "$server" ] || kill "$server"
  wait "$server" 2>/dev/null || true
  server=""
  rm -rf "$work"/fal-sandbox-*
}

server_cpu() { awk -v tick="$tick" '{ print ($14 + $15) * tick }' "/proc/$server/stat"; }

# run NAME COMMAND...: one line of figures; what the command printed is in $out.
run() {
  name=$1; shift
  before=$(server_cpu)
  out=$("$work/spend" 1 "$@" 2>&1 >"$work/figures") || { echo "$out" >&2; exit 1; }
  read -r cpu wall peak <"$work/figures"
  [ "$round" = 0 ] || echo "$name $mib $wall $cpu $peak $(server_cpu) $before" | awk '{
    printf "%-14s %7.0f MiB/s %7.0f ms CPU %7d KB %7d ms of the sandbox\n", $1, $2 / $3 * 1000, $4, $5, $6 - $7 }'
}

signed() {
  curl -s -X POST -H "Authorization: Key $FAL_KEY" -H 'Content-Type: application/json' \
    -d '{"content_type":"application/octet-stream","file_name":"file"}' \
    "$FAL_REST_URL/storage/upload/initiate?storage_type=fal-cdn-v3" >"$work/answer"
  sed 's/.*"upload_url":"\([^"]*\)".*/\1/; s,\\/,/,g' "$work/answer"
}

up_curl() {
  stop_server; start_server
  url=$(signed)
  run up_curl curl -sS -o /dev/null -T "$work/file" -H 'Content-Type: application/octet-stream' "$url"
  url=${url%%\?*}
}

# up_fal NAME [PART_SIZE AT_ONCE]
up_fal() {
  stop_server; start_server
  name=$1; shift
  run "$name" "$build/falua" bench/files.lua put "$work/file" "$@"
  url=$out
}

down_curl() { run down_curl curl -sS -o "$work/copy" "$url"; same; }
down_fal() { run down_fal "$build/falua" bench/files.lua get "$url" "$work/copy"; same; }
same() { cmp "$work/file" "$work/copy"; rm "$work/copy"; }

head -c "$((4 * mib))M" /dev/zero >"$work/touched"
rm "$work/touched"
head -c "${mib}M" /dev/urandom >"$work/file"

round=0
while [ $round -le "$rounds" ]; do
  if [ $((round % 2)) = 0 ]; then
    up_curl; up_fal up_fal; up_fal up_fal_parts 10485760 4
  else
    up_fal up_fal_parts 10485760 4; up_fal up_fal; up_curl
  fi
  # what came in parts is put together after the answer; who reads it waits
  curl -sS -o /dev/null -r 0-0 "$url"
  if [ $((round % 2)) = 0 ]; then down_curl; down_fal; else down_fal; down_curl; fi
  round=$((round + 1))
done
