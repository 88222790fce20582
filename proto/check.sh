#!/bin/bash
# Fails if the generated code is not what proto/generate.sh makes of proto/ today.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
"$root/proto/generate.sh" "$fresh"
# What a fresh run writes, and what lies where only a run writes.
made=$(cd "$fresh" && find . -type f)
kept=$(cd "$root" && find . -path ./.build -prune -o -type f \
    \( -path '*/Generated/*' -o -name '*.pb-c.?' -o -name '*Descriptors.[ch]' \) \
    -not -path './Tests/Benchmarks/*' -print)
stale=0
for file in $(printf '%s\n%s\n' "$made" "$kept" | LC_ALL=C sort -u); do
    cmp -s "$fresh/$file" "$root/$file" && continue
    echo "${file#./}:1: differs from what proto/ gives; run \`make proto\` and commit the result" >&2
    stale=1
done
exit $stale
