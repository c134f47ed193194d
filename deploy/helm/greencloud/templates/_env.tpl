{{/* A value as a variable's text: lists with commas, numbers without an exponent. */}}
{{- define "greencloud.text" -}}
{{- if kindIs "slice" . }}{{ join "," . }}
{{- else if kindIs "string" . }}{{ . }}
{{- else }}{{ toJson . }}
{{- end }}
{{- end }}

{{/* A component's `config`: databaseConnections becomes GC_DATABASE_CONNECTIONS. Null is left to the service. */}}
{{- define "greencloud.env.config" -}}
{{- range $key, $value := . }}
{{- if not (kindIs "invalid" $value) }}
- name: GC_{{ snakecase $key | upper }}
  value: {{ include "greencloud.text" $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "greencloud.env.secret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end }}

{{/* dict "root" $ "component" … */}}
{{- define "greencloud.env.process" -}}
- name: GC_LOG_LEVEL
  value: {{ .root.Values.logLevel }}
- name: GC_REPLICA
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: GC_ADMIN_ADDRESS
  value: {{ printf "%s:%s" .root.Values.listenHost (include "greencloud.adminPort" .) | quote }}
{{- if .root.Values.trust.existingConfigMap }}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/greencloud/trust/ca.crt
{{- end }}
{{- end }}

{{- define "greencloud.env.database" -}}
{{- $own := default dict .component.values.database }}
{{- $shared := .root.Values.database }}
{{- $secret := required (printf "database.existingSecret or %s.database.existingSecret is needed: a secret with a postgres:// URL" .component.key) (default $shared.existingSecret $own.existingSecret) }}
{{- include "greencloud.env.secret" (dict "name" "GC_DATABASE_URL" "secret" $secret "key" (default $shared.key $own.key)) }}
{{- end }}

{{- define "greencloud.env.nats" -}}
{{- $nats := mergeOverwrite (deepCopy .root.Values.nats) (deepCopy (default dict .component.values.nats)) }}
{{- if $nats.urlKey }}
{{- $secret := required "nats.existingSecret is needed with nats.urlKey" $nats.existingSecret }}
{{ include "greencloud.env.secret" (dict "name" "GC_NATS_URL" "secret" $secret "key" $nats.urlKey) }}
{{- else }}
- name: GC_NATS_URL
  value: {{ required "nats.url is needed, nats://host:port (or nats.existingSecret with nats.urlKey)" $nats.url | quote }}
{{- end }}
{{- if $nats.userKey }}
{{ include "greencloud.env.secret" (dict "name" "GC_NATS_USER" "secret" (required "nats.existingSecret is needed with nats.userKey" $nats.existingSecret) "key" $nats.userKey) }}
{{- end }}
{{- if $nats.passwordKey }}
{{ include "greencloud.env.secret" (dict "name" "GC_NATS_PASSWORD" "secret" (required "nats.existingSecret is needed with nats.passwordKey" $nats.existingSecret) "key" $nats.passwordKey) }}
{{- end }}
{{- end }}

{{- define "greencloud.env.auth" -}}
{{- $auth := .Values.auth -}}
- name: GC_TOKEN_ISSUER
  value: {{ required "auth.issuer is needed: the `iss` of your access tokens" $auth.issuer | quote }}
- name: GC_TOKEN_AUDIENCE
  value: {{ required "auth.audience is needed: the `aud` of your access tokens" $auth.audience | quote }}
- name: GC_TOKEN_ALGORITHMS
  value: {{ join "," $auth.algorithms | quote }}
- name: GC_JWKS
{{- if $auth.jwks.url }}
  value: {{ $auth.jwks.url | quote }}
{{- else if or $auth.jwks.existingConfigMap $auth.jwks.existingSecret }}
  value: /etc/greencloud/jwks/jwks.json
{{- else }}
{{- fail "auth.jwks.url, auth.jwks.existingConfigMap or auth.jwks.existingSecret is needed: the public keys of your access tokens" }}
{{- end }}
{{- end }}

{{- define "greencloud.env.tls" -}}
- name: GC_TLS_CA_FILE
  value: /etc/greencloud/tls/ca.crt
- name: GC_TLS_CERT_FILE
  value: /etc/greencloud/tls/tls.crt
- name: GC_TLS_KEY_FILE
  value: /etc/greencloud/tls/tls.key
{{- end }}

{{- define "greencloud.env.addresses" -}}
{{- $components := include "greencloud.components" . | fromYaml }}
{{- $root := .root }}
{{- range .component.uses }}
{{- $used := index $components . }}
- name: GC_{{ snakecase . | upper }}_ADDRESS
  value: {{ printf "%s:%v" (include "greencloud.host" (dict "root" $root "name" $used.name)) $used.port.number | quote }}
{{ end }}
{{- end }}

{{/* All of a service's variables: dict "root" $ "component" … */}}
{{- define "greencloud.env.service" -}}
{{- $component := .component }}
{{- include "greencloud.env.process" . }}
- name: {{ $component.port.env }}
  value: {{ printf "%s:%v" .root.Values.listenHost $component.port.number | quote }}
{{- if eq $component.key "scheduler" }}
- name: GC_NODE_ADDRESS
  value: {{ printf "%s:%s" .root.Values.listenHost (include "greencloud.nodesPort" .) | quote }}
{{- end }}
{{- if $component.database }}
{{ include "greencloud.env.database" . }}
{{- end }}
{{- if $component.nats }}
{{- include "greencloud.env.nats" . }}
{{- end }}
{{- if eq $component.key "edge" }}
{{ include "greencloud.env.auth" .root }}
{{- end }}
{{- if .root.Values.mtls.enabled }}
{{ include "greencloud.env.tls" .root }}
{{- end }}
{{ include "greencloud.env.addresses" . | trim }}
{{- include "greencloud.env.config" (omit $component.values.config "partitions") }}
{{- with $component.values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* What the pod may rely on, rounded up: a process without a limit would count the machine's cores. */}}
{{- define "greencloud.env.podCpus" -}}
{{- $resource := ternary "limits.cpu" "requests.cpu" (not (empty (dig "limits" "cpu" "" .))) }}
{{- if or (dig "limits" "cpu" "" .) (dig "requests" "cpu" "" .) }}
- name: GC_CPU_COUNT
  valueFrom:
    resourceFieldRef: {resource: {{ $resource }}, divisor: "1"}
{{- end }}
{{- end }}

{{- define "greencloud.env.node" -}}
{{- $values := .component.values }}
{{- include "greencloud.env.process" . }}
- name: GC_SCHEDULER_ADDRESS
  value: {{ printf "%s:%v" (include "greencloud.nodesHost" .root) .root.Values.scheduler.nodes.service.port | quote }}
- name: GC_NODE_ID
  value: {{ $values.id | quote }}
- name: GC_NODE_TOKEN_FILE
  value: /etc/greencloud/node/token
{{- if .root.Values.mtls.enabled }}
- name: GC_CA_FILE
  value: /etc/greencloud/tls/ca.crt
{{- else }}
- name: GC_ALLOW_PLAINTEXT
  value: "true"
{{- end }}
{{- if kindIs "invalid" $values.config.cpuCount }}
{{- include "greencloud.env.podCpus" $values.resources }}
{{- end }}
{{- include "greencloud.env.config" $values.config }}
{{- with $values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
