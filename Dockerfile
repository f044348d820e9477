# syntax=docker/dockerfile:1
# Three stages; everything that builds, and npm itself, stays behind. Both bases can be given by digest, so that the same
# commit makes the same image (how to find the digests: docs/deployment.md):
#   --build-arg NODE_IMAGE=docker.io/library/node@sha256:… --build-arg BASE_IMAGE=docker.io/library/debian@sha256:…
ARG NODE_IMAGE=docker.io/library/node:24-bookworm-slim
ARG BASE_IMAGE=docker.io/library/debian:bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --include=dev
COPY tsconfig*.json ./
COPY scripts scripts
COPY config config
COPY webhooks webhooks
COPY workers workers
COPY src src
RUN npm run build

FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package of ours needs an install script at run time, so none is trusted with one. The compiler comes along as somebody's
# optional peer; types, maps and manuals of packages are of no use to a process either. Licences stay.
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts \
  && rm -rf node_modules/typescript node_modules/@typescript node_modules/.bin \
  && find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \
     -o -iname 'readme*.md' -o -iname 'changelog*.md' -o -name '*.tsbuildinfo' \) -delete

FROM ${BASE_IMAGE}
# tini reaps what is orphaned and passes signals on, so that SIGTERM reaches the bridge as process 1 would not.
# libstdc++ is all that Node needs beside the C library; its certificate authorities are built in.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends tini libstdc++6 \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/*.log /var/log/apt
COPY --from=build /usr/local/bin/node /usr/local/bin/node
ENV NODE_ENV=production
WORKDIR /app
COPY package.json LICENSE ./
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=
LABEL org.opencontainers.image.title="egain-channel-bridge" \
      org.opencontainers.image.description="A durable, ordered bridge between a customer's own messaging channel and eGain Conversation Manager" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
# As a number: Kubernetes can tell from it that this is not root. Any other one does as well; nothing is written but to
# /tmp, and that only by what a file needs on its way.
USER 1000:1000
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MANAGEMENT_PORT || 9090}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "node", "--enable-source-maps", "dist/bin/egain-bridge.js"]
CMD ["start", "--config", "/etc/egain-bridge/bridge.yaml"]
