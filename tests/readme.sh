#!/usr/bin/env bash
# Runs the commands of README.md and docs/security.md as a reader would, each terminal of them in a shell of its own, so
# that they stay true.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

# TERMINAL [FILE]: the commands that the README, or another file, gives for a terminal.
block() { awk -v tag="terminal=$1" '/^```/ { inside = ($2 == tag); next } inside' "${2:-README.md}"; }

# Waits until a file holds a pattern; a minute and a half, for a gateway that may still have to be built, is enough.
await() {
  # shellcheck disable=SC2016 # expanded by the inner shell
  timeout 90 bash -c 'until grep -qsE -- "$2" "$1"; do sleep 0.1; done' await "$1" "$2" ||
    { echo "readme: no '$2' in: $(cat "$1")" >&2; exit 1; }
}

[ "$(block test)" = "./dev test" ] || { echo "readme: ./dev test is not shown" >&2; exit 1; }
command -v go >/dev/null || { echo "readme: go is needed" >&2; exit 1; }
/usr/bin/python3 -c 'import jwt, cryptography' || { echo "readme: python3-jwt is needed" >&2; exit 1; }

bash -c "exec $(block gateway)" >"$work/gateway" 2>"$work/gateway.log" &
gateway=$!
await "$work/gateway" '^ready '

mkfifo "$work/keys"
bash -c "exec $(block client)" <"$work/keys" >"$work/client" 2>&1 &
exec 3>"$work/keys"
await "$work/client" 'Connected to'
echo "hello" >&3
await "$work/client" '< hello'

block operator >"$work/operator.sh"
bash -euo pipefail "$work/operator.sh" >"$work/operator" 2>&1 || { cat "$work/operator"; exit 1; }
for expected in drawbridge.control.v1.ConnectionService INTERRUPT_OUTCOME_CLOSED_CLEAN '"path": "/chat"' \
  CONNECTION_STATE_CLOSED '"cause": "interrupted"' '"done": true'; do
  grep -qF -- "$expected" "$work/operator" || { echo "readme: no $expected in:"; cat "$work/operator"; exit 1; }
done
await "$work/client" '< from afar'
await "$work/client" 'Connection closed: 4001 .private use. token revoked'

mkfifo "$work/more_keys"
bash -c "exec $(block client)" <"$work/more_keys" >"$work/second" 2>&1 &
exec 4>"$work/more_keys"
await "$work/second" 'Connected to'
bash -euo pipefail -c "$(block ctl)" >"$work/ctl" 2>&1 || { cat "$work/ctl"; exit 1; }
for expected in 'serving' '(total)' 'Queued for 1 of 1 connection' '1 connection matches' 'Interrupted 1 of 1: 1 closed clean' \
  '"sent_reason":"good night"'; do
  grep -qF -- "$expected" "$work/ctl" || { echo "readme: no $expected in:"; cat "$work/ctl"; exit 1; }
done
await "$work/second" '< closing time'
await "$work/second" 'Connection closed: 4001 .private use. good night'

bash -euo pipefail -c "$(block metrics)" >"$work/metrics" 2>&1 || { cat "$work/metrics"; exit 1; }
await "$work/metrics" '^drawbridge_connections_opened_total 2$'
await "$work/metrics" '^ok$'

bash -euo pipefail -c "$(block example)" >"$work/example" 2>&1 || { cat "$work/example"; exit 1; }
await "$work/example" 'alice: 0 closed'

kill -TERM "$gateway"
wait "$gateway"

# NAME: the client of alice, with its output in this file.
connect_alice() { bash -euo pipefail -c "$(block alice)" >"$work/$1" 2>&1; }

bash -ec "$(block keys | sed 's|^\./dev|exec &|')" >"$work/keyed" 2>"$work/keyed.log" &
gateway=$!
await "$work/keyed" '^ready '
connect_alice alice &
await "$work/alice" '^connected '
bash -euo pipefail -c "$(block renew)" >"$work/renew" 2>&1 || { cat "$work/renew"; exit 1; }
await "$work/renew" 'alice +tenant=acme'
await "$work/renew" '"renewed":1,'
bash -euo pipefail -c "$(block ban)" >"$work/ban" 2>&1 || { cat "$work/ban"; exit 1; }
await "$work/ban" 'alice refuses principal=alice .* interrupted 1 of 1: 1 closed clean'
await "$work/alice" '^closed 1008 banned'
! connect_alice banned || { echo "readme: a banned client connects" >&2; exit 1; }
await "$work/banned" '^refused: .*HTTP 403'
bash -euo pipefail -c "$(block unban)" >"$work/unban" 2>&1 || { cat "$work/unban"; exit 1; }
connect_alice again &
await "$work/again" '^connected '
build/drawbridgectl interrupt --filter 'principal = "alice"' --yes >"$work/interrupt"
await "$work/again" '^closed '
kill -TERM "$gateway"
wait "$gateway"

bash -ec "$(block tls | sed 's|^\./dev|exec &|')" >"$work/tls" 2>"$work/tls.log" &
gateway=$!
await "$work/tls" '^ready '
openssl s_client -connect 127.0.0.1:8080 -CAfile build/cert.pem -verify_return_error </dev/null >"$work/s_client" 2>&1 ||
  { cat "$work/s_client"; exit 1; }
kill -TERM "$gateway"
wait "$gateway"

bash -ec "$(block start docs/security.md | sed 's|^build/drawbridge |exec &|')" >"$work/guarded" 2>"$work/guarded.log" &
gateway=$!
await "$work/guarded" '^ready '
PATH="$PATH:$(go env GOPATH)/bin" bash -euo pipefail -c "$(block call docs/security.md)" >"$work/call" 2>&1 ||
  { cat "$work/call"; exit 1; }
await "$work/call" 'USER AGENT'
build/drawbridgectl --ca_cert build/control.pem --address localhost:9090 ls >"$work/refused" 2>&1 || true
await "$work/refused" 'UNAUTHENTICATED CREDENTIALS_MISSING'
kill -TERM "$gateway"
wait "$gateway"
echo "readme: every command works"
