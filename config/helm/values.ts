/** What the Helm chart may be told beside `config`: the source of its values.schema.json and of its README's table. */
import * as z from 'zod';

const port = z.int().min(1).max(65_535);
const strings = z.record(z.string(), z.string());
const kubernetes = z.record(z.string(), z.unknown());
/** Parts of a pod that are handed on as they are: Kubernetes itself says what may stand in them. */
const passedOn = z.array(kubernetes);
/** A number of pods, or a share of them. */
const pods = z.union([z.int().min(0), z.string().regex(/^\d{1,3}%$/)]);
const enabled = (what: string) => z.boolean().describe(what);

const role = (what: string) =>
  z
    .strictObject({
      replicas: z.int().min(0).describe('Pods. Not used while something scales them.'),
      resources: kubernetes.describe(
        'As in a container. No CPU limit: it would freeze a process in the middle of its work.',
      ),
      podAnnotations: strings.describe('Further annotations of the pods.'),
      podLabels: strings.describe('Further labels of the pods.'),
      nodeSelector: strings.describe('As in a pod.'),
      tolerations: passedOn.describe('As in a pod.'),
      affinity: kubernetes.describe('As in a pod.'),
      topologySpreadConstraints: passedOn.describe('As in a pod; replaces what topologySpread makes.'),
      priorityClassName: z.string().describe('As in a pod.'),
    })
    .describe(what);

const image = z
  .strictObject({
    repository: z.string().min(1).describe('Where the image that the Dockerfile makes was pushed.'),
    tag: z.string().describe('Default: the chart’s appVersion.'),
    digest: z
      .string()
      .regex(/^(sha256:[0-9a-f]{64})?$/)
      .describe('sha256:…; wins over the tag.'),
    pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).describe('As in a container.'),
  })
  .describe('The one image that every pod of the bridge runs.');

const secrets = z
  .strictObject({
    existing: z
      .string()
      .describe('Name of a Secret that is already there; then values is not used, and a change of it wants a restart.'),
    values: z
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string())
      .describe('Variables by name, such as REDIS_URL and EGAIN_CLIENT_SECRET.'),
  })
  .describe('Environment variables with secret values.');

const networking = {
  service: z
    .strictObject({
      type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']).describe('As in a Service.'),
      port: port.describe('Port of the service.'),
      annotations: strings.describe('Annotations of the service.'),
    })
    .describe('The public port’s service.'),
  ingress: z
    .strictObject({
      enabled: enabled('Whether there is an Ingress for the public port. The management port never has one.'),
      className: z.string().describe('As in an Ingress.'),
      annotations: strings.describe('Annotations of the Ingress.'),
      hosts: z.array(z.string().min(1)).describe('Host names; at least one when enabled.'),
      tls: passedOn.describe('As in an Ingress.'),
    })
    .describe('The way in from outside.'),
  networkPolicy: z
    .strictObject({
      enabled: enabled('Whether only the traffic below is let through.'),
      publicFrom: passedOn.describe('Who may reach the public port, as `from` of a NetworkPolicy; empty: everybody.'),
      monitoringFrom: passedOn.describe(
        'Who may reach the management port, as `from` of a NetworkPolicy; empty: this namespace.',
      ),
      egressPorts: z
        .array(port)
        .describe('TCP ports the pods may reach anywhere: eGain, channels, Redis, Sentinel; DNS always.'),
    })
    .describe('Needs a network plugin that enforces it.'),
};

const scaling = {
  autoscaling: z
    .strictObject({
      enabled: enabled('Whether web pods are scaled by their CPU (HorizontalPodAutoscaler).'),
      minReplicas: z.int().min(1).describe('At least so many web pods.'),
      maxReplicas: z.int().min(1).describe('At most so many web pods.'),
      targetCPUUtilizationPercentage: z.int().min(1).max(100).describe('Share of the CPU request to aim at.'),
    })
    .describe('Web pods by their CPU.'),
  keda: z
    .strictObject({
      enabled: enabled('Whether KEDA scales worker pods by the age of the oldest waiting message.'),
      serverAddress: z.string().describe('Address of Prometheus.'),
      query: z.string().describe('Default: the oldest waiting message of this release.'),
      thresholdSeconds: z.number().min(1).describe('Older than this and there are more workers.'),
      minReplicas: z.int().min(0).describe('At least so many worker pods.'),
      maxReplicas: z.int().min(1).describe('At most so many worker pods.'),
      pollingInterval: z.int().min(1).describe('Seconds between two looks.'),
      cooldownPeriod: z.int().min(0).describe('Seconds of quiet before the last workers go (minReplicas 0 only).'),
      scaleDownStabilizationSeconds: z.int().min(0).max(3600).describe('No fewer workers than were needed so lately.'),
      authenticationRef: z.string().describe('Name of a TriggerAuthentication, when Prometheus wants one.'),
    })
    .describe('Worker pods by what waits. Needs KEDA and Prometheus.'),
  podDisruptionBudget: z
    .strictObject({
      minAvailable: z
        .union([pods, z.null()])
        .describe('At least so many pods of each role stay while nodes are drained. null: no budget.'),
    })
    .describe('While nodes are drained.'),
  topologySpread: z
    .strictObject({
      enabled: enabled('Whether each role’s pods are spread.'),
      topologyKeys: z.array(z.string().min(1)).describe('Over what.'),
      maxSkew: z.int().min(1).describe('As in a pod.'),
      whenUnsatisfiable: z.enum(['ScheduleAnyway', 'DoNotSchedule']).describe('As in a pod.'),
    })
    .describe('So that one node or zone does not take all pods of a role with it.'),
};

const monitoring = z
  .strictObject({
    serviceMonitor: z
      .strictObject({
        enabled: enabled('Whether there is a ServiceMonitor (Prometheus operator).'),
        labels: strings.describe('What your Prometheus selects by.'),
        interval: z.string().regex(/^\d+(ms|s|m)$/).describe('How often it is asked.'),
        scrapeTimeout: z.string().regex(/^\d+(ms|s|m)$/).describe('How long an answer may take.'),
      })
      .describe('Figures of both roles.'),
    prometheusRule: z
      .strictObject({
        enabled: enabled('Whether there is a PrometheusRule with the alerts of docs/runbooks.md.'),
        labels: strings.describe('What your Prometheus selects by.'),
        runbookBaseUrl: z.string().describe('Put before docs/runbooks.md in every alert, e.g. your repository’s address and a /.'),
      })
      .describe('Alerts.'),
    dashboard: z
      .strictObject({
        enabled: enabled('Whether there is a ConfigMap with the Grafana dashboard.'),
        labels: strings.describe('What your Grafana’s sidecar selects by.'),
      })
      .describe('The dashboard.'),
  })
  .describe('Prometheus and Grafana. Needs their operators’ kinds in the cluster.');

const trialRedis = z
  .strictObject({
    enabled: enabled(
      'Whether the chart starts a Redis of its own: one pod, for trials. Then neither REDIS_URL nor config.redis may name another.',
    ),
    image: z.string().min(1).describe('Its image.'),
    maxMemory: z.string().regex(/^\d+(mb|gb)$/).describe('Its maxmemory; the container may use half as much again.'),
    storage: z.string().describe('Size of its volume, such as 1Gi; empty: what waits is gone with the pod.'),
    storageClassName: z.string().describe('Class of its volume; empty: the cluster’s default.'),
    resources: kubernetes.describe('As in a container.'),
  })
  .describe('A Redis for trials. In production Redis is outside: config.redis.');

const serviceAccount = z
  .strictObject({
    create: z.boolean().describe('Whether the chart makes one. The bridge never talks to Kubernetes.'),
    name: z.string().describe('Default: the release’s name.'),
    annotations: strings.describe('Annotations of the account.'),
  })
  .describe('Who the pods are.');

/** All values but `config`, every one with a default in values.yaml. */
export const chartValues = z.strictObject({
  nameOverride: z.string().describe('Instead of the chart’s name.'),
  fullnameOverride: z.string().describe('Instead of release and chart name.'),
  image,
  imagePullSecrets: passedOn.describe('As in a pod.'),
  secrets,
  env: z
    .array(z.looseObject({ name: z.string().min(1) }))
    .describe('Further environment variables of the bridge, as in a container.'),
  web: role('Takes in what eGain and the channels send.'),
  worker: role('Carries messages to eGain and to the channels.'),
  ...scaling,
  ...networking,
  monitoring,
  trialRedis,
  preStopSeconds: z
    .int()
    .min(0)
    .max(120)
    .describe('A leaving pod goes on for so long, until nobody sends it requests any more.'),
  terminationGracePeriodSeconds: z
    .union([z.int().min(1), z.null()])
    .describe('Must be more than preStopSeconds and config.server.drainGraceMs together. null: both and 10 s.'),
  extraVolumes: passedOn.describe('Further volumes, e.g. a Secret with the certificates that config.redis.tls names.'),
  extraVolumeMounts: passedOn.describe('Where they are mounted.'),
  serviceAccount,
  podSecurityContext: kubernetes.describe('As in a pod.'),
  securityContext: kubernetes.describe('As in a container.'),
});
