{{- define "greencloud.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "greencloud.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "greencloud.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "greencloud.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "greencloud.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "greencloud.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* dict "root" $ "name" "edge" */}}
{{- define "greencloud.selectorLabels" -}}
app.kubernetes.io/name: {{ include "greencloud.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "greencloud.labels" -}}
{{ include "greencloud.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: greencloud
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* dict "root" $ "name" "edge" */}}
{{- define "greencloud.image" -}}
{{- $image := .root.Values.image }}
{{- $registry := ternary "" (printf "%s/" $image.registry) (empty $image.registry) }}
{{- printf "%s%s%s:%s" $registry $image.prefix .name (default .root.Chart.AppVersion $image.tag) }}
{{- end }}
