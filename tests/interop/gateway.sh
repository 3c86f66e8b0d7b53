# Starts and stops the gateway under test. Sourced by `run`.
# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034  # gateway, work, tls and report come from `run`, which reads admin

gateway_pid=

# Makes the gateway's certificate, and sets the variables by which each client trusts it.
make_certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1 \
    -addext subjectAltName=IP:127.0.0.1 -out "$work/cert.pem" -keyout "$work/key.pem" 2>/dev/null
  export SSL_CERT_FILE=$work/cert.pem NODE_EXTRA_CA_CERTS=$work/cert.pem
}

# [FLAG...]: additional flags of the gateway. Sets ws, control and admin from the ready line.
start_gateway() {
  local line word
  ws='' control='' admin=''
  rm -f "$work/stdout"
  mkfifo "$work/stdout"
  # The default of the admin port could be in use.
  DRAWBRIDGE_ADMIN_LISTEN=127.0.0.1:0 \
    "$gateway" --listen 127.0.0.1:0 --control_listen 127.0.0.1:0 --drain_spread 0s "$@" >"$work/stdout" 2>>"$work/gateway.log" &
  gateway_pid=$!
  exec {gateway_stdout}<"$work/stdout"
  while read -r -t 30 -u "$gateway_stdout" line; do
    [[ $line == "ready "* ]] || continue
    for word in ${line#ready }; do
      case $word in
        ws=*) ws=${word#ws=} ;;
        control=*) control=${word#control=} ;;
        admin=*) admin=${word#admin=} ;;
      esac
    done
    break
  done
  if [[ -n $ws && -n $control ]]; then
    report "ok gateway$tls/ready_line"
  else
    report "FAIL gateway$tls/ready_line: ${line:-none within 30 s, or it ended}"
    return 1
  fi
}

# Waits for the end of the gateway's output. No other process has that pipe open.
stop_gateway() {
  local status=0 ended=0
  kill -TERM "$gateway_pid" 2>/dev/null || true
  while read -r -t 30 -u "$gateway_stdout" _; do :; done || ended=$?
  if ((ended > 128)); then
    report "FAIL gateway$tls/sigterm_exits_0: still running after 30 s"
    return
  fi
  wait "$gateway_pid" || status=$?
  gateway_pid=
  if ((status == 0)); then
    report "ok gateway$tls/sigterm_exits_0"
  else
    report "FAIL gateway$tls/sigterm_exits_0: exit code $status"
  fi
}

# For exits that did not call stop_gateway.
kill_gateway() {
  [[ -z $gateway_pid ]] || kill -KILL "$gateway_pid" 2>/dev/null || true
}
