{{/* The name of the Service, so it must be a DNS label. It is also the prefix of pod names, which are node ids of at
     most 40 characters: Kubernetes appends 17 characters, so it may have 23. */}}
{{- define "drawbridge.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- $full = default $full .Values.fullnameOverride | replace "." "-" -}}
{{- if gt (len $full) 23 -}}
{{- fail (printf "the name %q has %d characters, more than 23: set fullnameOverride" $full (len $full)) -}}
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

{{/* The number of replicas. With autoscaling it is the number in the live Deployment, because Kubernetes sets it to 1
     if the manifest has none. Empty if there is no live Deployment, or if Helm renders without a cluster. */}}
{{- define "drawbridge.replicas" -}}
{{- if .Values.autoscaling.enabled -}}
{{- with lookup "apps/v1" "Deployment" .Release.Namespace (include "drawbridge.fullname" .) -}}
{{- .spec.replicas -}}
{{- end -}}
{{- else -}}
{{- .Values.replicaCount -}}
{{- end -}}
{{- end -}}

{{/* Checks that compare values. In values.schema.json they would be impossible, or would fail with a poor error. */}}
{{- define "drawbridge.validate" -}}
{{- if eq (int .Values.admin.port) (int .Values.control.port) -}}
{{- fail (printf "admin.port is %d: must differ from control.port" (int .Values.admin.port)) -}}
{{- end -}}
{{- if not (or .Values.jwt.keysUrl .Values.jwt.keysSecret.secretName) -}}
{{- range tuple "jwt_issuer" "jwt_audience" "jwt_label" "jwt_refuse_by_close" -}}
{{- if get $.Values.config . -}}
{{- fail (printf "config.%s is set: must come with jwt.keysUrl or jwt.keysSecret" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if not .Values.config.trusted_proxies -}}
{{- range tuple "principal_header" "label_header" -}}
{{- if get $.Values.config . -}}
{{- fail (printf "config.%s is set: must come with config.trusted_proxies" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The sources of one projected volume of secrets: a certificate with its key, the CA of clients, and tokens. */}}
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

{{/* The sources of the volume jwt: the keys that verify the tokens of clients, and the authorities for keysUrl. */}}
{{- define "drawbridge.keyFiles" -}}
{{- if .keysSecret.secretName }}
- secret:
    name: {{ .keysSecret.secretName }}
    items:
      - {key: {{ .keysSecret.key | quote }}, path: keys}
{{- end }}
{{- if .ca.secretName }}
- secret:
    name: {{ .ca.secretName }}
    items:
      - {key: {{ .ca.key | quote }}, path: ca.crt}
{{- end }}
{{- end -}}
