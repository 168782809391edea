#!/usr/bin/env bash
# The main road with the dataset “adult”: examples/adult.sh BASE_URL TRAIN.csv TEST.csv ALGORITHM
set -euo pipefail
exec "$(dirname "$0")/road.sh" "${1:?BASE_URL}" "${2:?TRAIN.csv}" "${3:?TEST.csv}" "${4:?ALGORITHM}" salary classification
