#!/usr/bin/env bash
# Builds the image on a machine without a container engine (Debian, root, about 3 GB in a temporary folder), starts it as
# an arbitrary user with a read-only root, and carries messages both ways through it.
#
#   bash scripts/build-image-here.sh            everything; the temporary folder is removed
#   KEEP=1 bash scripts/build-image-here.sh     the folder is kept, its name printed
#   WORK=<kept folder> bash …                   goes on with the base images that are in it, and keeps it
#
# The bases are stand-ins made with debootstrap from the same distribution, and the same release of Node.js (this machine's
# own, or npm's package of it): what a registry would give has other bytes. What is proven so, and what is not:
# docs/deployment.md. Not part of .ci/run: it takes minutes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { echo "image: $*" >&2; }
[ "$(id -u)" = 0 ] || { say 'root is needed (debootstrap, mounts): run it with sudo.'; exit 1; }
[ -x /usr/bin/apt-get ] || { say 'Debian or Ubuntu is needed: its packages build the base.'; exit 1; }

missing=()
command -v buildah >/dev/null || missing+=(buildah)
command -v debootstrap >/dev/null || missing+=(debootstrap)
command -v runc >/dev/null || missing+=(runc)
if [ ${#missing[@]} -gt 0 ]; then
  say "installing ${missing[*]} …"
  apt-get update -qq || true
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
node scripts/setup.mjs --own-redis

[ -z "${WORK:-}" ] || KEEP=1
work=${WORK:-$(mktemp -d "${TMPDIR:-/tmp}/egain-bridge-image-XXXXXX")}
b() { buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"; }
clean_up() {
  runc delete --force "$(basename "$work")" >/dev/null 2>&1 || true
  b rm --all >/dev/null 2>&1 || true
  if [ -n "${KEEP:-}" ]; then say "kept: $work"; else rm -rf --one-file-system "$work"; fi
}
trap clean_up EXIT

# The Dockerfile's own default, and the release of Node.js in its name.
node_image=$(sed -n 's/^ARG NODE_IMAGE=//p' Dockerfile)
node_release=${node_image##*:}
node_release=${node_release%%-*}

# Prints where a binary of that release lies.
find_node() {
  if [ "$(node -p 'process.versions.node.split(".")[0]')" = "$node_release" ]; then
    readlink -f "$(command -v node)"
  else
    npm install --prefix "$work/node" --no-audit --no-fund "node@$node_release" >"$work/node.log" 2>&1 ||
      { tail -5 "$work/node.log" >&2; return 1; }
    echo "$work/node/node_modules/node/bin/node"
  fi
}

make_bases() {
  local base binary mirror started=$SECONDS
  say 'making the base images (debootstrap) …'
  # shellcheck disable=SC2016 # the placeholders are apt's
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Component: main' 'Origin: Debian' 'Codename: bookworm' | head -1)
  debootstrap --variant=minbase bookworm "$work/base" "$mirror" >"$work/debootstrap.log" 2>&1 ||
    { tail -5 "$work/debootstrap.log" >&2; exit 1; }
  # What the published "slim" variant leaves out.
  rm -rf "$work"/base/usr/share/{doc,man,info,locale,groff,lintian,linda} "$work"/base/var/lib/apt/lists/* "$work"/base/var/cache/apt/*
  cp -a /etc/apt/apt.conf.d/. "$work/base/etc/apt/apt.conf.d/" 2>/dev/null || true

  base=$(b from scratch)
  b add -q "$base" "$work/base" / >/dev/null
  b commit -q "$base" docker.io/library/debian:bookworm-slim >/dev/null
  binary=$(find_node)
  b run --isolation chroot --network host "$base" -- sh -c 'apt-get update -qq && apt-get install -y -qq --no-install-recommends libstdc++6 ca-certificates' >/dev/null 2>&1
  b copy -q "$base" "$binary" /usr/local/bin/node >/dev/null
  b copy -q "$base" "$(readlink -f "$(npm root -g)/npm")" /usr/local/lib/node_modules/npm >/dev/null
  b run --isolation chroot "$base" -- sh -c 'ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm; ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx'
  # How npm reaches its registry from here is this machine's own matter; the final image knows nothing of it.
  b config --env npm_config_registry="$(npm config get registry 2>/dev/null)" "$base"
  if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
    b copy -q "$base" "$NODE_EXTRA_CA_CERTS" /etc/ssl/certs/of-this-machine.pem >/dev/null
    b config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/of-this-machine.pem "$base"
  fi
  b commit -q "$base" "$node_image" >/dev/null
  b rm "$base" >/dev/null
  rm -rf --one-file-system "$work/base"
  say "base images: $((SECONDS - started)) s"
}

b images -q "$node_image" >/dev/null 2>&1 || make_bases

started=$SECONDS
say 'building the Dockerfile …'
b bud --pull-never --isolation chroot --network host --format docker --layers=false \
  --build-arg "REVISION=$(git rev-parse HEAD 2>/dev/null || echo unknown)" --build-arg "CREATED=$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
  -t egain-channel-bridge:here . >"$work/build.log" 2>&1 || { tail -30 "$work/build.log" >&2; exit 1; }
say "build: $((SECONDS - started)) s"

made=$(b from --pull-never localhost/egain-channel-bridge:here)
root=$(b mount "$made")
b inspect --type image localhost/egain-channel-bridge:here >"$work/image.json"
node scripts/image/look.mjs "$root" "$work/image.json"

say 'starting it as an arbitrary user with a read-only root …'
node scripts/image/relay-through.mjs "$root" "$work/image.json" "$work"
