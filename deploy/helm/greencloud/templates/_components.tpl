{{/*
The one table of who is who: addresses, certificates, network policies and monitoring follow from
it. `uses` are the services whose gRPC port a component calls; `drainMs` is how long its own
shutdown may take (libs/runtime: 8 s; the agent: GC_DRAIN_MS and 6 s).
*/}}
{{- define "greencloud.components" -}}
edge:
  name: edge
  port: {name: http, number: 8080, env: GC_HTTP_ADDRESS}
  database: false
  nats: false
  uses: [taskCommand, projection, scheduler, lambdaCatalog]
taskCommand:
  name: task-command
  port: {name: grpc, number: 50051, env: GC_GRPC_ADDRESS}
  database: true
  nats: true
  uses: []
projection:
  name: projection
  port: {name: grpc, number: 50051, env: GC_GRPC_ADDRESS}
  database: true
  nats: true
  uses: [taskCommand]
scheduler:
  name: scheduler
  port: {name: grpc, number: 50051, env: GC_GRPC_ADDRESS}
  database: true
  nats: true
  uses: [taskCommand, lambdaCatalog]
lambdaCatalog:
  name: lambda-catalog
  port: {name: grpc, number: 50051, env: GC_GRPC_ADDRESS}
  database: true
  nats: false
  uses: []
{{- end }}

{{/* The components that are switched on, in that form, each with its merged values: dict "root" $ */}}
{{- define "greencloud.enabledComponents" -}}
{{- $enabled := dict }}
{{- range $key, $component := include "greencloud.components" . | fromYaml }}
{{- $values := mergeOverwrite (deepCopy $.Values.defaults) (deepCopy (index $.Values $key)) }}
{{- if $values.enabled }}
{{- $_ := set $enabled $key (merge (dict "key" $key "values" $values) $component) }}
{{- end }}
{{- end }}
{{- toYaml $enabled }}
{{- end }}

{{/* The agents, one for each node: their values are those of nodeAgent with the node's own on top. */}}
{{- define "greencloud.nodes" -}}
{{- $nodes := list }}
{{- $shared := mergeOverwrite (deepCopy .Values.defaults) (omit (deepCopy .Values.nodeAgent) "nodes") }}
{{- if $shared.enabled }}
{{- range .Values.nodeAgent.nodes }}
{{- $values := mergeOverwrite (deepCopy $shared) (deepCopy .) }}
{{- $nodes = append $nodes (dict "key" "nodeAgent" "name" "node-agent" "node" .name "values" $values) }}
{{- end }}
{{- end }}
{{- toYaml (dict "nodes" $nodes) }}
{{- end }}

{{- define "greencloud.adminPort" -}}8081{{- end }}
{{- define "greencloud.nodesPort" -}}50052{{- end }}

{{/* dict "root" $ "name" "edge": where it is found, the same name that stands in its certificate. */}}
{{- define "greencloud.host" -}}
{{- printf "%s-%s.%s.svc" (include "greencloud.fullname" .root) .name .root.Release.Namespace }}
{{- end }}

{{- define "greencloud.nodesHost" -}}
{{- printf "%s-nodes.%s.svc" (include "greencloud.fullname" .) .Release.Namespace }}
{{- end }}

{{/* dict "root" $ "key" "edge" "name" "edge" */}}
{{- define "greencloud.tlsSecret" -}}
{{- $mtls := .root.Values.mtls }}
{{- if $mtls.certManager.enabled }}
{{- printf "%s-%s-tls" (include "greencloud.fullname" .root) .name }}
{{- else }}
{{- required (printf "mtls.existingSecrets.%s is needed: a secret with ca.crt, tls.crt and tls.key" .key) (index $mtls.existingSecrets .key) }}
{{- end }}
{{- end }}
