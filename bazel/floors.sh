#!/bin/bash
# Checks the floors of ARCHITECTURE.md: a package may depend only on its own floor and on lower ones. Prints an example
# of each forbidden dependency and exits with 1 if there is one.
set -euo pipefail
cd "$(dirname "$0")/.."

# The floors, lowest first. A package of gateway/ or services/ that is on no floor is an error.
floors=(
  "gateway/base proto"
  "gateway/connections"
  "gateway/handlers gateway/identity"
  "gateway/session gateway/listener"
  "services/auth services/filter services/control services/reflection services/health services/admin services/drain"
  "services/server"
)

# The only targets inside gateway/ that may depend on gRPC.
backend="filter('^//gateway/handlers:backend', //gateway/...)"

failed=0

query() { bazel query --noshow_progress --ui_event_filters=-info --noimplicit_deps --notool_deps "$@"; }

packages=$(query --output=package 'kind(rule, //...)')

# Prints the packages in the arguments as a union of target patterns, without those that have no targets.
union() {
  local name found=()
  for name; do
    ! grep -qE "^$name(/|$)" <<<"$packages" || found+=("//$name/...")
  done
  local IFS=+
  echo "${found[*]:-set()}"
}

# WHAT FROM TO: nothing in FROM may depend on anything in TO, directly or indirectly.
forbid() {
  local what=$1 from=$2 to=$3 path
  path=$(query "somepath($from, $to)")
  [[ -n $path ]] || return 0
  printf '%s, for instance:\n%s\n' "$what" "$path"
  failed=1
}

while read -r package; do
  [[ $package =~ ^(gateway|services)(/|$) && " ${floors[*]} " != *" $package "* ]] || continue
  echo "on no floor: //$package (see bazel/floors.sh)"
  failed=1
done <<<"$packages"

for ((floor = 0; floor + 1 < ${#floors[@]}; floor++)); do
  # shellcheck disable=SC2048,SC2086  # a floor is a list of words
  forbid "depends upwards from floor $floor" "$(union ${floors[floor]})" "$(union ${floors[*]:floor+1})"
done

forbid "gateway/ depends on gRPC" "$(union gateway) - $backend" "@grpc//:* + $(union proto)"
forbid "gateway/ depends on prometheus-cpp" "$(union gateway)" "@prometheus//:*"
forbid "tools/ depends on services/" "$(union tools)" "$(union services)"
# The exceptions have no dependencies: the version, and the rule for misleading text.
forbid "tools/ctl depends on more than the public API" "$(union tools/ctl)" \
  "$(union gateway services) - //gateway/base:version - //gateway/base:version.h - //gateway/base:misleading"
forbid "depends on a test" "$(union gateway services proto tools)" "$(union tests)"
exit "$failed"
