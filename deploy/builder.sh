# Functions that find docker or podman and a base image. Other scripts source this file.
# shellcheck shell=bash

engine='' # docker or podman, set by find_engine
base=${BASE:-debian:bookworm-slim}
stand_in=localhost/drawbridge-base:bookworm

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

install_packages() {
  echo "installing Debian packages: $*" >&2
  as_root apt-get -qq -o DPkg::Lock::Timeout=600 update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=600 \
    install "$@" >/dev/null
}

# Sets engine. Installs podman if neither docker nor podman works.
find_engine() {
  if docker info >/dev/null 2>&1; then
    engine=docker
    return
  fi
  command -v podman >/dev/null || install_packages podman runc
  podman info >/dev/null 2>&1 || export STORAGE_DRIVER=vfs
  engine=podman
}

# ARGUMENT...: runs `build` in docker's image format, because the OCI format has no HEALTHCHECK. As root, podman uses
# chroot isolation, which needs fewer privileges.
build_image() {
  local options=()
  [[ $engine == docker ]] || options=(--format docker --pull=never)
  [[ $engine == docker ]] || ((EUID)) || options+=(--isolation=chroot)
  "$engine" build "${options[@]}" "$@"
}

has_image() { "$engine" image inspect "$1" >/dev/null 2>&1; }

# Sets base to an image that exists on this machine. Pulls or creates it if necessary.
find_base() {
  ! has_image "$base" || return 0
  ! timeout 60 "$engine" pull -q "$base" >/dev/null 2>&1 || return 0
  [[ -z ${BASE:-} ]] || {
    echo "cannot pull the image $base" >&2
    return 1
  }
  echo "cannot pull the image $base; creating one with debootstrap" >&2
  base=$stand_in
  has_image "$base" || make_base
}

# A minimal Debian 12 with the package sources, keys and proxies of this machine.
make_base() {
  local folder
  command -v debootstrap >/dev/null || install_packages debootstrap
  folder=$(mktemp -d)
  as_root debootstrap --variant=minbase bookworm "$folder/root" "$(package_sources | awk '{ print $2; exit }')" >"$folder/log" || {
    cat "$folder/log" >&2
    return 1
  }
  take_apt_settings "$folder/root"
  as_root rm -rf "$folder"/root/var/cache/apt/archives/*.deb
  as_root tar -C "$folder/root" -cf "$folder/root.tar" .
  "$engine" import "$folder/root.tar" "$base" >/dev/null
  as_root rm -rf "$folder"
}

# Prints this machine's sources of Debian packages, in the format of sources.list.
package_sources() {
  # shellcheck disable=SC2016  # apt's own variables
  apt-get indextargets --format 'deb $(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    grep -E ' bookworm(-updates|-security)? main$' | sort -u -k3
}

take_apt_settings() {
  local path
  package_sources | as_root tee "$1/etc/apt/sources.list" >/dev/null
  as_root mkdir -p "$1/etc/ssl"
  for path in /etc/apt/apt.conf.d /etc/apt/auth.conf.d /etc/apt/keyrings /usr/share/keyrings /etc/ssl/certs; do
    [[ ! -e $path ]] || as_root cp -RL "$path" "$1${path%/*}/"
  done
}
