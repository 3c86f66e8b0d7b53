{{/* A flag that needs a restart is set in the environment, which is part of the pod template: a change replaces the
     pods, and `kubectl rollout undo` reverts it. A reloadable flag is set in the flag file: a change does not replace
     the pods. No flag is in both, because the flag file takes precedence over the environment. */}}

{{/* The flags under `config` that can be reloaded. tests/deploy/flags_are_values compares the list with
     `drawbridge --help`. The times of the drain are reloadable too, but are set in the environment:
     terminationGracePeriodSeconds is their sum, and a pod that drains for longer is killed. */}}
{{- define "drawbridge.reloadableFlags" -}}
{{- list
      "allowed_hosts"
      "allowed_origins"
      "bytes_per_second"
      "drain_code"
      "handshake_timeout"
      "handshakes_per_second"
      "idle_timeout"
      "jwt_algorithms"
      "jwt_audience"
      "jwt_audience_claim"
      "jwt_expired_code"
      "jwt_issuer"
      "jwt_label"
      "jwt_leeway"
      "jwt_principal_claim"
      "jwt_refuse_by_close"
      "jwt_refused_code"
      "jwt_required"
      "jwt_sources"
      "keepalive_proves_life"
      "label_header"
      "log_level"
      "max_age_code"
      "max_connection_age"
      "max_connections"
      "max_connections_per_address"
      "max_connections_per_principal"
      "max_handshake_bytes"
      "max_message_bytes"
      "messages_per_second"
      "not_ready_when_full"
      "per_principal_policy"
      "ping_interval"
      "pong_timeout"
      "principal_header"
      "send_queue_bytes"
      "send_queue_total_bytes"
      "send_stall_timeout"
      "subprotocol_token_prefixes"
      "subprotocols"
      "trusted_header"
      "trusted_proxies" | toJson -}}
{{- end -}}

{{/* A value in the syntax of the gateway's flags. Helm reads numbers in values as floats. */}}
{{- define "drawbridge.flagValue" -}}
{{- if kindIs "float64" . }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end -}}

{{/* The file of --flagfile. */}}
{{- define "drawbridge.flagFile" -}}
# The reloadable flags under `config` of the chart.
{{- $reloadable := include "drawbridge.reloadableFlags" . | fromJsonArray }}
{{- range $name, $value := .Values.config }}
{{- if has $name $reloadable }}
{{ $name }}={{ include "drawbridge.flagValue" $value }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The environment of the container: flags that the chart sets, the flags under `config` that need a restart, and the
     address of the control API for drawbridgectl. */}}
{{- define "drawbridge.environment" -}}
{{- $loopback := ternary "[::1]" "127.0.0.1" (and .Values.control.expose (eq .Values.bindAddress "[::]")) -}}
{{- $environment := dict
      "ADDRESS" (printf "%s:%d" $loopback (int .Values.control.port))
      "FLAGFILE" "/etc/drawbridge/config/flags"
      "LISTEN" (printf "%s:8080" .Values.bindAddress)
      "CONTROL_LISTEN" (printf "%s:%d" (ternary .Values.bindAddress "127.0.0.1" .Values.control.expose) (int .Values.control.port))
      "ADMIN_LISTEN" (printf "%s:%d" .Values.bindAddress (int .Values.admin.port))
      "BANS_FILE" "/var/lib/drawbridge/bans"
      "DRAIN_NOT_READY" (printf "%ds" (int .Values.drain.notReadySeconds))
      "DRAIN_SPREAD" (printf "%ds" (int .Values.drain.spreadSeconds))
      "DRAIN_GRACE" (printf "%ds" (int .Values.drain.graceSeconds)) -}}
{{- with .Values.tls }}
{{- if .secretName }}
{{- $_ := set $environment "TLS_CERT" "/etc/drawbridge/tls/tls.crt" }}
{{- $_ := set $environment "TLS_KEY" "/etc/drawbridge/tls/tls.key" }}
{{- end }}
{{- if .clientCa.secretName }}
{{- $_ := set $environment "TLS_CLIENT_CA" "/etc/drawbridge/tls/client-ca.crt" }}
{{- $_ := set $environment "TLS_CLIENT_AUTH" .clientAuth }}
{{- end }}
{{- end }}
{{- with .Values.control }}
{{- if .tls.secretName }}
{{- $_ := set $environment "CONTROL_TLS_CERT" "/etc/drawbridge/control/tls.crt" }}
{{- $_ := set $environment "CONTROL_TLS_KEY" "/etc/drawbridge/control/tls.key" }}
{{- end }}
{{- if .tls.clientCa.secretName }}
{{- $_ := set $environment "CONTROL_TLS_CLIENT_CA" "/etc/drawbridge/control/client-ca.crt" }}
{{- $_ := set $environment "CONTROL_TLS_CLIENT_AUTH" .tls.clientAuth }}
{{- end }}
{{- if .tokens.secretName }}
{{- $_ := set $environment "CONTROL_TOKENS" "/etc/drawbridge/control/tokens" }}
{{- end }}
{{- if .insecure }}
{{- $_ := set $environment "CONTROL_INSECURE" "true" }}
{{- end }}
{{- end }}
{{- with .Values.jwt }}
{{- if or .keysSecret.secretName .keysUrl }}
{{- $_ := set $environment "JWT_KEYS" (ternary "/etc/drawbridge/jwt/keys" .keysUrl (ne .keysSecret.secretName "")) }}
{{- end }}
{{- if .ca.secretName }}
{{- $_ := set $environment "JWT_KEYS_CA" "/etc/drawbridge/jwt/ca.crt" }}
{{- end }}
{{- end }}
{{- $reloadable := include "drawbridge.reloadableFlags" . | fromJsonArray }}
{{- range $name, $value := .Values.config }}
{{- if not (has $name $reloadable) }}
{{- $_ := set $environment (upper $name) (include "drawbridge.flagValue" $value) }}
{{- end }}
{{- end }}
{{- range $name, $value := $environment }}
- name: DRAWBRIDGE_{{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end -}}
