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

{{/* How many gateways there are to be. With autoscaling it is the number that the live Deployment has: Kubernetes takes a
     manifest that has none for one gateway. Empty where there is no live Deployment, and where no cluster is asked. */}}
{{- define "drawbridge.replicas" -}}
{{- if .Values.autoscaling.enabled -}}
{{- with lookup "apps/v1" "Deployment" .Release.Namespace (include "drawbridge.fullname" .) -}}
{{- .spec.replicas -}}
{{- end -}}
{{- else -}}
{{- .Values.replicaCount -}}
{{- end -}}
{{- end -}}

{{/* What values.schema.json cannot say, since it does not compare values. */}}
{{- define "drawbridge.validate" -}}
{{- if eq (int .Values.admin.port) (int .Values.control.port) -}}
{{- fail (printf "admin.port is %d: must differ from control.port" (int .Values.admin.port)) -}}
{{- end -}}
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

{{/* The keys that verify the tokens of clients, and the authorities of the URL that has them. */}}
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
