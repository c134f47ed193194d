{{/*
Rules of network policies. Peers that the operator names stand alone; none means anywhere, so that a
policy narrows the port at least.
*/}}
{{- define "greencloud.policy.to" -}}
- ports:
    {{- range .ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

{{- define "greencloud.policy.dns" -}}
{{- $dns := .Values.networkPolicy.dns }}
- ports:
    {{- range $dns.ports }}
    - {protocol: UDP, port: {{ . }}}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
  to:
    {{- with $dns.to }}
    {{- toYaml . | nindent 4 }}
    {{- else }}
    - namespaceSelector: {}
      podSelector:
        matchLabels: {k8s-app: kube-dns}
    {{- /* NodeLocal DNSCache: on the machine's own network, so no pod that a selector could find. */}}
    - ipBlock: {cidr: 169.254.20.10/32}
    {{- end }}
    {{- with $dns.extraTo }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{/* dict "root" $ "names" (list of component names) : peers that are pods of this release */}}
{{- define "greencloud.policy.pods" -}}
- podSelector:
    matchLabels:
      app.kubernetes.io/name: {{ include "greencloud.name" .root }}
      app.kubernetes.io/instance: {{ .root.Release.Name }}
    matchExpressions:
      - {key: app.kubernetes.io/component, operator: In, values: [{{ join ", " .names }}]}
{{- end }}

{{- define "greencloud.policy.database" -}}
{{- $database := .Values.networkPolicy.database }}
{{- include "greencloud.policy.to" (dict "ports" (list $database.port) "to" $database.to) }}
{{- end }}

{{- define "greencloud.policy.migrate" -}}
podSelector:
  matchLabels:
    app.kubernetes.io/name: {{ include "greencloud.name" . }}
    app.kubernetes.io/instance: {{ .Release.Name }}
    greencloud.io/job: migrate
policyTypes: [Ingress, Egress]
egress:
  {{- include "greencloud.policy.dns" . | trim | nindent 2 }}
  {{- include "greencloud.policy.database" . | nindent 2 }}
{{- end }}
