{{/* Of Services, so a DNS label; of pods, so that with the 17 characters that these add it is a node id. */}}
{{- define "drawbridge.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- $full = default $full .Values.fullnameOverride | replace "." "-" -}}
{{- if gt (len $full) 23 -}}
{{- fail (printf "the name %q has %d characters, and may have 23: set fullnameOverride" $full (len $full)) -}}
{{- end -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $full) -}}
{{- fail (printf "the name %q must begin with a letter: set fullnameOverride" $full) -}}
{{- end -}}
{{- $full -}}
{{- end -}}

{{- define "drawbridge.serviceAccountName" -}}
{{- default (ternary (include "drawbridge.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "drawbridge.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "drawbridge.labels" -}}
{{ include "drawbridge.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{- define "drawbridge.metadata" -}}
name: {{ include "drawbridge.fullname" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "drawbridge.labels" . | nindent 2 }}
{{- end -}}

{{- define "drawbridge.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "drawbridge.terminationGracePeriodSeconds" -}}
{{- with .Values.drain -}}
{{- add .preStopSeconds .notReadySeconds .spreadSeconds .graceSeconds .marginSeconds -}}
{{- end -}}
{{- end -}}

{{/* The environment of the gateway, name by name: what the chart sets, and the values under `config`. */}}
{{- define "drawbridge.environment" -}}
{{- $environment := dict
      "LISTEN" (printf "%s:8080" .Values.bindAddress)
      "CONTROL_LISTEN" (printf "%s:%d" (ternary .Values.bindAddress "127.0.0.1" .Values.control.expose) (int .Values.control.port))
      "ADMIN_LISTEN" (printf "%s:%d" .Values.bindAddress (int .Values.admin.port))
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
{{- range $name, $value := .Values.config }}
{{- $_ := set $environment (upper $name) (ternary (int64 $value) $value (kindIs "float64" $value)) }}
{{- end }}
{{- range $name, $value := $environment }}
DRAWBRIDGE_{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- end -}}

{{/* The parts of one folder of secrets: a certificate with its key, the CA of clients, and tokens. */}}
{{- define "drawbridge.secretFiles" -}}
{{- if .tls.secretName }}
- secret:
    name: {{ .tls.secretName }}
    items:
      - {key: tls.crt, path: tls.crt}
      - {key: tls.key, path: tls.key}
{{- end }}
{{- if .tls.clientCa.secretName }}
- secret:
    name: {{ .tls.clientCa.secretName }}
    items:
      - {key: {{ .tls.clientCa.key | quote }}, path: client-ca.crt}
{{- end }}
{{- if .tokens.secretName }}
- secret:
    name: {{ .tokens.secretName }}
    items:
      - {key: {{ .tokens.key | quote }}, path: tokens}
{{- end }}
{{- end -}}
