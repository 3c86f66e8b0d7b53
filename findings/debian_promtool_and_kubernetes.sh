#!/bin/bash
# promtool of Debian 12's package prometheus (2.42.0): `check config` calls a valid configuration invalid when it discovers targets by
# Kubernetes.
#
# A guess: promtool knows every field that the documentation of its Prometheus release has, and a field that it does not find is
# misspelt. Debian builds Prometheus without this service discovery, so the field does not exist there.
#
# Seen: `static_configs: accepted` and `kubernetes_sd_configs: field kubernetes_sd_configs not found in type config.ScrapeConfig`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq download prometheus 2>/dev/null || { apt-get -qq update && apt-get -qq download prometheus; }
[[ $(ls) == prometheus_2.42.0* ]] || { echo "another version: $(ls)"; exit 1; }
dpkg-deb -x prometheus_*.deb .

# NAME CONFIGURATION: what promtool says of a job that finds its targets so.
check() {
  printf 'scrape_configs:\n  - job_name: gateway\n    %s\n' "$2" >config.yaml
  local said
  if said=$(usr/bin/promtool check config --syntax-only config.yaml 2>&1); then
    echo "$1: accepted"
  else
    echo "$1: $(grep -o 'field .*' <<<"$said" | head -n 1)"
  fi
}
seen=$(
  check static_configs 'static_configs: [{targets: ["127.0.0.1:9091"]}]'
  check kubernetes_sd_configs 'kubernetes_sd_configs: [{role: pod}]'
)
echo "$seen"
[[ $seen == *"static_configs: accepted"* &&
  $seen == *"kubernetes_sd_configs: field kubernetes_sd_configs not found in type config.ScrapeConfig" ]]
