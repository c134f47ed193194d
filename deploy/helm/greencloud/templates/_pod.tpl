{{/* Seconds from SIGTERM to SIGKILL: the preStop pause, the process's own limit, and 3 more. */}}
{{- define "greencloud.grace" -}}
{{- $own := 8 }}
{{- if eq .key "nodeAgent" }}{{ $own = add (ceil (divf .values.config.drainMs 1000)) 6 }}{{ end }}
{{- add .values.preStopSeconds $own 3 }}
{{- end }}

{{/* Scheduling and security of a pod: dict "root" $ "values" … "labels" … (labels of its spread) */}}
{{- define "greencloud.podPlace" -}}
serviceAccountName: {{ default (include "greencloud.serviceAccountName" .root) .serviceAccount }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .values.podSecurityContext | nindent 2 }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "priorityClassName" "runtimeClassName" }}
{{- with index $.values $key }}
{{ $key }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* dict "values" … "labels" … "keys" (of a pod's labels: pods that differ there are not counted together) */}}
{{- define "greencloud.spread" -}}
topologySpreadConstraints:
{{- with .values.topologySpreadConstraints }}
  {{- toYaml . | nindent 2 }}
{{- else }}
{{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    {{- with $.keys }}
    matchLabelKeys: {{ toJson . }}
    {{- end }}
    labelSelector:
      matchLabels:
        {{- $.labels | nindent 8 }}
{{- end }}
{{- end }}
{{- end }}

{{/* dict "root" $ "component" … "ports" (list of dicts name, number) "ready" "http"|"grpc" "env" … "mounts" … */}}
{{- define "greencloud.container" -}}
{{- $values := .component.values -}}
name: {{ .component.name }}
image: {{ include "greencloud.image" (dict "root" .root "name" .component.name) }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
workingDir: /app/services/{{ .component.name }}
command: [/nodejs/bin/node]
args: [dist/main.js]
ports:
  {{- range .ports }}
  - name: {{ .name }}
    containerPort: {{ .number }}
  {{- end }}
  - name: admin
    containerPort: {{ include "greencloud.adminPort" . }}
env:
  {{- .env | trim | nindent 2 }}
startupProbe:
  httpGet: {path: /livez, port: admin}
  {{- toYaml $values.probes.startup | nindent 2 }}
livenessProbe:
  httpGet: {path: /livez, port: admin}
  {{- toYaml $values.probes.liveness | nindent 2 }}
readinessProbe:
  {{- if eq .ready "grpc" }}
  grpc: {port: {{ (first .ports).number }}}
  {{- else }}
  httpGet: {path: /readyz, port: admin}
  {{- end }}
  {{- toYaml $values.probes.readiness | nindent 2 }}
{{- /* Before 1.33 API servers refuse to sleep for 0 seconds. */}}
{{- with $values.preStopSeconds }}
lifecycle:
  preStop:
    sleep: {seconds: {{ . }}}
{{- end }}
resources:
  {{- toYaml $values.resources | nindent 2 }}
securityContext:
  {{- toYaml $values.securityContext | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  {{- with .mounts }}
  {{- . | trim | nindent 2 }}
  {{- end }}
  {{- with $values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* dict "root" $ "component" … : what is mounted, as pairs of a mount and a volume */}}
{{- define "greencloud.mounts" -}}
{{- if .root.Values.trust.existingConfigMap }}
- name: trust
  mountPath: /etc/greencloud/trust
  readOnly: true
{{- end }}
{{- if .root.Values.mtls.enabled }}
- name: tls
  mountPath: /etc/greencloud/tls
  readOnly: true
{{- end }}
{{- if and (eq .component.key "edge") (not .root.Values.auth.jwks.url) }}
- name: jwks
  mountPath: /etc/greencloud/jwks
  readOnly: true
{{- end }}
{{- if eq .component.key "nodeAgent" }}
- name: node
  mountPath: /etc/greencloud/node
  readOnly: true
{{- end }}
{{- end }}

{{- define "greencloud.volumes" -}}
{{- $values := .root.Values -}}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- if $values.trust.existingConfigMap }}
- name: trust
  configMap:
    name: {{ $values.trust.existingConfigMap }}
    items: [{key: {{ $values.trust.key }}, path: ca.crt}]
{{- end }}
{{- if $values.mtls.enabled }}
- name: tls
  secret:
    {{- if eq .component.key "nodeAgent" }}
    # Whom to believe, and nothing more: a node proves itself by its token.
    secretName: {{ include "greencloud.tlsSecret" (dict "root" .root "key" "scheduler" "name" "scheduler") }}
    items: [{key: ca.crt, path: ca.crt}]
    {{- else }}
    secretName: {{ include "greencloud.tlsSecret" (dict "root" .root "key" .component.key "name" .component.name) }}
    {{- end }}
    defaultMode: 0440
{{- end }}
{{- if and (eq .component.key "edge") (not $values.auth.jwks.url) }}
- name: jwks
  {{- if $values.auth.jwks.existingConfigMap }}
  configMap:
    name: {{ $values.auth.jwks.existingConfigMap }}
    items: [{key: {{ $values.auth.jwks.key }}, path: jwks.json}]
  {{- else }}
  secret:
    secretName: {{ $values.auth.jwks.existingSecret }}
    items: [{key: {{ $values.auth.jwks.key }}, path: jwks.json}]
  {{- end }}
{{- end }}
{{- if eq .component.key "nodeAgent" }}
- name: node
  secret:
    secretName: {{ .component.values.existingSecret }}
    items: [{key: {{ default "token" .component.values.tokenKey }}, path: token}]
    defaultMode: 0440
{{- end }}
{{- with .component.values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
