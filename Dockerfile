# The image of FilaOps: one for gate, app, updater and the one-off commands; which of them a container is, is said by its command.
#
#   docker build --build-arg VERSION=1.0.0 --build-arg REVISION=$(git rev-parse HEAD) -t filaops:1.0.0 .
#
# `--target runtime` is what a release runs on, without one: a release that is packed already is laid over it, in /opt/filaops.
# Every stage is plain enough for the classic builder, and a BASE that has all programs is built upon without the internet.

ARG BASE=node:24-trixie-slim

FROM ${BASE} AS runtime
RUN set -eu; \
    missing=""; \
    [ -x /usr/lib/postgresql/17/bin/pg_dump ] || missing="$missing postgresql-client-17"; \
    [ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"; \
    command -v docker > /dev/null || missing="$missing docker-cli"; \
    docker compose version > /dev/null 2>&1 || missing="$missing docker-compose"; \
    if [ -n "$missing" ]; then \
      apt-get update; \
      apt-get install --yes --no-install-recommends $missing; \
      rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log; \
    fi; \
    node --version; flock --version; setpriv --version; docker compose version
RUN set -eu; \
    groupadd --gid 10001 filaops; \
    useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin filaops; \
    printf '#!/bin/sh\nexec node /opt/filaops/bin/filaops.mjs "$@"\n' > /usr/local/bin/filaops; \
    chmod 755 /usr/local/bin/filaops
ENV NODE_ENV=production \
    NEXT_TELEMETRY_DISABLED=1 \
    FILAOPS_HOME=/var/lib/filaops
WORKDIR /opt/filaops
USER 10001:10001
EXPOSE 3000
ENTRYPOINT ["node", "/opt/filaops/bin/container.mjs"]
CMD ["web"]
LABEL org.opencontainers.image.title="FilaOps" \
      org.opencontainers.image.description="A self-hosted ERP for 3D-print farms that updates itself safely." \
      org.opencontainers.image.source="https://github.com/Blb3D/filaops" \
      org.opencontainers.image.licenses="Apache-2.0"

FROM ${BASE} AS build
ARG VERSION
ARG REVISION
WORKDIR /source
COPY package.json package-lock.json .npmrc ./
# A line for each package: an update that builds is given up when nothing is heard of it for long.
RUN npm install --no-save --loglevel=http
COPY . .
ENV NEXT_TELEMETRY_DISABLED=1
RUN set -eu; \
    test -n "$VERSION" || { echo "Say which version it is: --build-arg VERSION=1.0.0" >&2; exit 1; }; \
    node scripts/generate-client.ts; \
    node_modules/.bin/next build; \
    node scripts/lay-out-release.ts --version "$VERSION" --commit "${REVISION:-unknown}" --to /release; \
    if [ -e release.pub ]; then cp release.pub /release/; fi

# What changes rarely comes first, so that versions share layers, on a disk and over the wire. A `release.pub` in the source is the key that a new
# installation believes.
FROM runtime
COPY --from=build /release/node_modules/ /opt/filaops/node_modules/
COPY --from=build /release/.next/ /opt/filaops/.next/
COPY --from=build /release/bin/ /opt/filaops/bin/
COPY --from=build /release/public/ /opt/filaops/public/
COPY --from=build /release/prisma/ /opt/filaops/prisma/
COPY --from=build /release/*.js /release/*.json /release/release.pu[b] /opt/filaops/
ARG VERSION
ARG REVISION
LABEL org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# An update looks for the version on the label, the app tells the one in the file.
RUN test "$(node -p 'require("/opt/filaops/release-info.json").version')" = "$VERSION"
