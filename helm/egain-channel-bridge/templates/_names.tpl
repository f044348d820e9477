{{- define "bridge.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- /* At most 50 characters, so that "-management" still fits into a label. */ -}}
{{- define "bridge.fullname" -}}
{{- $name := include "bridge.name" . -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- .Values.fullnameOverride | default $full | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "bridge.selector" -}}
app.kubernetes.io/name: {{ include "bridge.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "bridge.labels" -}}
{{ include "bridge.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "bridge.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "bridge.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "bridge.fullname" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end -}}
{{- end -}}

{{- define "bridge.secret" -}}
{{ .Values.secrets.existing | default (include "bridge.fullname" .) }}
{{- end -}}

{{- /* helm reads the numbers of a values file as floats, hence int. */ -}}
{{- define "bridge.port" -}}
{{- dig "server" "port" 8080 .Values.config | int -}}
{{- end -}}

{{- define "bridge.managementPort" -}}
{{- dig "server" "managementPort" 9090 .Values.config | int -}}
{{- end -}}

{{- /* What a leaving process takes at most, whole seconds. A reference to the environment cannot be read here. */ -}}
{{- define "bridge.drainSeconds" -}}
{{- $ms := dig "server" "drainGraceMs" 25000 .Values.config -}}
{{- if kindIs "string" $ms -}}25{{- else -}}{{ divf (float64 $ms) 1000 | ceil | int }}{{- end -}}
{{- end -}}

{{- define "bridge.graceSeconds" -}}
{{- $needed := add .Values.preStopSeconds (include "bridge.drainSeconds" . | int) -}}
{{- if kindIs "invalid" .Values.terminationGracePeriodSeconds -}}
{{ add $needed 10 }}
{{- else if le (int .Values.terminationGracePeriodSeconds) (int $needed) -}}
{{- fail (printf "terminationGracePeriodSeconds is %d, but preStopSeconds and config.server.drainGraceMs together take %d s: set more, or null" (int .Values.terminationGracePeriodSeconds) (int $needed)) -}}
{{- else -}}
{{ int .Values.terminationGracePeriodSeconds }}
{{- end -}}
{{- end -}}

{{- /* Whether something outside is named as Redis. */ -}}
{{- define "bridge.checkRedis" -}}
{{- if .Values.trialRedis.enabled -}}
{{- $redis := dig "redis" (dict) .Values.config -}}
{{- if or (hasKey .Values.secrets.values "REDIS_URL") (hasKey $redis "url") (hasKey $redis "cluster") (hasKey $redis "sentinel") -}}
{{- fail "trialRedis.enabled, but secrets.values.REDIS_URL or config.redis names another Redis: choose one" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Labels of one role's pods: (dict "root" $ "role" "web"). */ -}}
{{- define "bridge.roleSelector" -}}
{{ include "bridge.selector" .root }}
app.kubernetes.io/component: {{ .role }}
{{- end -}}
