#!/usr/bin/env bash
# The main road, by REST: project → upload → train → predict → one number.
#
#   MLHUB_TOKEN=mlh_… examples/road.sh BASE_URL TRAIN.csv TEST.csv ALGORITHM TARGET TASK
#
# ALGORITHM: lightgbm, mlp, logistic, ridge, baseline. TASK: classification or regression.
# The last line is `accuracy 0.8751` or `rmse 541.2`, measured on TEST.csv.
set -euo pipefail

if [ $# -ne 6 ]; then
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
base=${1%/} train=$2 test=$3 algorithm=$4 target=$5 task=$6
: "${MLHUB_TOKEN:?put a token into MLHUB_TOKEN: Settings → Tokens, or mlhub admin token}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# call METHOD PATH [curl options …]: prints the answer, or the problem's detail and ends.
call() {
  local method=$1 path=$2 status
  shift 2
  status=$(curl -sS -X "$method" -H "Authorization: Bearer $MLHUB_TOKEN" -o "$work/answer" \
    -w '%{http_code}' "$@" "$base/api/v1/$path")
  if [ "$status" -ge 400 ]; then
    echo "$method $path: $status $(jq -r '.detail // .' "$work/answer" 2>/dev/null || cat "$work/answer")" >&2
    exit 1
  fi
  cat "$work/answer"
}
json() { call "$1" "$2" -H 'Content-Type: application/json' --data-binary "$3"; }

# upload NAME FILE: waits until the version is ready.
upload() {
  local state
  json POST "$p/datasets" "$(jq -n --arg name "$1" '{name: $name}')" >"$work/made"
  call POST "$p/datasets/$1/versions" -F "file=@$2" >"$work/made"
  while :; do
    call GET "$p/datasets/$1/versions/1" >"$work/version"
    state=$(jq -r .state "$work/version")
    case $state in
      ready) break ;;
      failed) jq -r '"upload failed: " + .error.message' "$work/version" >&2; exit 1 ;;
    esac
    sleep 0.3
  done
  jq -r --arg name "$1" '"\($name): \(.rows) rows, \(.columns | length) columns, \(.rejected_rows) rows rejected"' "$work/version" >&2
}

me=$(call GET me | jq -r .username)
project=road-$(date +%s)-$RANDOM
json POST projects "$(jq -n --arg name "$project" '{name: $name, visibility: "private"}')" >"$work/made"
p=projects/$me/$project

upload train "$train"
upload test "$test"

spec=$(jq -n --arg task "$task" --arg target "$target" --arg kind "$algorithm" \
  '{name: "road", spec: {task: $task, target: $target, algorithm: {kind: $kind, params: {}}}}')
json POST "$p/models" "$spec" >"$work/made"
run=$(json POST "$p/models/road/train" '{"dataset": "train", "version": 1}' | jq -r .run)
echo "run $run: $base/$me/$project/runs/$run" >&2
while :; do
  call GET "$p/runs/$run" >"$work/run"
  case $(jq -r .status "$work/run") in
    finished) break ;;
    failed | cancelled) jq -r '"\(.status): \(.error.message // "") \(.error.hint // "")"' "$work/run" >&2; exit 1 ;;
  esac
  sleep 0.5
done
jq -r '"held out: " + ([.metrics | to_entries[] | "\(.key) \(.value)"] | join(", "))' "$work/run" >&2
version=$(jq -r .model.version "$work/run")

# TEST.csv in pieces of 10,000 rows, each with the header; a quoted line break stays in its row.
mkdir "$work/pieces"
awk -v dir="$work/pieces" '
  { record = open ? record "\n" $0 : $0
    open = gsub(/"/, "&", record) % 2
    if (open) next
    if (!seen++) { header = record; next }
    if ((rows++ % 10000) == 0) { if (file) close(file); file = sprintf("%s/%06d", dir, ++pieces); print header > file }
    print record > file }' "$test"
for piece in "$work"/pieces/*; do
  call POST "$p/models/road/versions/$version/predict" -H 'Content-Type: text/csv' --data-binary "@$piece" |
    jq -c '.predictions[].value' >>"$work/predicted"
done

# The truth, typed by the same reader as everything else.
encoded=$(jq -rn --arg c "${target//,/\\,}" '$c | @uri')
rows=$(call GET "$p/datasets/test/versions/1" | jq .rows)
for ((offset = 0; offset < rows; offset += 1000)); do
  call GET "$p/datasets/test/versions/1/rows?columns=$encoded&limit=1000&offset=$offset" |
    jq -c '.rows[][0]' >>"$work/truth"
done

case $task in
  classification)
    paste "$work/truth" "$work/predicted" | awk -F '\t' '
      $1 != "null" { n++; gsub(/"/, "", $1); gsub(/"/, "", $2); if ($1 == $2 || ($1 + 0 == $2 + 0 && $1 ~ /^[-0-9.e]+$/)) right++ }
      END { printf "accuracy %.4f\n", right / n }'
    ;;
  regression)
    paste "$work/truth" "$work/predicted" | awk -F '\t' '
      $1 != "null" { n++; d = $1 - $2; s += d * d } END { printf "rmse %.4f\n", sqrt(s / n) }'
    ;;
esac
