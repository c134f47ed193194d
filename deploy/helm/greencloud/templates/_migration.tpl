{{/*
The pod that brings one service's schema up to date. As a hook it runs before the release's own
service account is there, so it takes the namespace's, and no token of it.
*/}}
{{- define "greencloud.migrationPod" -}}
{{- $values := .component.values -}}
restartPolicy: Never
{{ include "greencloud.podPlace" (dict "root" .root "values" $values "serviceAccount" (ternary "default" "" .root.Values.migrations.useHelmHooks)) }}
containers:
  - name: migrate
    image: {{ include "greencloud.image" (dict "root" .root "name" .component.name) }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    workingDir: /app/services/{{ .component.name }}
    command: [/nodejs/bin/node]
    args: [dist/migrate.js]
    env:
      - name: GC_LOG_LEVEL
        value: {{ .root.Values.logLevel }}
      {{- include "greencloud.env.database" . | nindent 6 }}
      {{- if .root.Values.trust.existingConfigMap }}
      - name: NODE_EXTRA_CA_CERTS
        value: /etc/greencloud/trust/ca.crt
      {{- end }}
      {{- include "greencloud.env.config" (pick $values.config "partitions") | nindent 6 | trimSuffix "\n      " }}
      {{- with $values.extraEnv }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    resources:
      {{- toYaml .root.Values.migrations.resources | nindent 6 }}
    securityContext:
      {{- toYaml $values.securityContext | nindent 6 }}
    volumeMounts:
      - name: tmp
        mountPath: /tmp
      {{- if .root.Values.trust.existingConfigMap }}
      - name: trust
        mountPath: /etc/greencloud/trust
        readOnly: true
      {{- end }}
      {{- with $values.extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 16Mi}
  {{- if .root.Values.trust.existingConfigMap }}
  - name: trust
    configMap:
      name: {{ .root.Values.trust.existingConfigMap }}
      items: [{key: {{ .root.Values.trust.key }}, path: ca.crt}]
  {{- end }}
  {{- with $values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
