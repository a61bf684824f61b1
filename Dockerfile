# Parley's image: two stages, no build tools, no root. docker build -t parley .
# test/deployment/image.test.ts holds that it starts as `npm start` does; `.ci/image` runs its RUN lines and measures what they leave.

FROM node:24.11.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# As scripts/bootstrap does it, without the tools: Node 24 comes as a package, the same one that `npm start` runs on.
RUN npm ci --omit=dev --include=optional --ignore-scripts --loglevel=error --no-audit --no-fund
# What nothing reads at run time: headers of Node, types, source maps, Prisma's compilers for other databases.
RUN rm -rf node_modules/node-linux-*/include node_modules/node-linux-*/share \
 && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete \
 && find node_modules/@prisma/client/runtime -type f ! -name '*postgresql*' -name 'query_*' -delete
COPY . .
# The code that a start compiles, so that the first one finds it; the folder of data, which a new volume takes its owner from.
RUN NODE_COMPILE_CACHE=node_modules/.cache/node node_modules/.bin/node -e "import('./src/app/index.ts').then(() => process.exit())" \
 && mkdir data

FROM debian:12.12-slim
WORKDIR /app
COPY --from=build /app .
COPY --from=build --chown=10001:10001 /app/node_modules/.cache node_modules/.cache
COPY --from=build --chown=10001:10001 /app/data /data
USER 10001:10001
ENV PATH=/app/node_modules/.bin:/usr/local/bin:/usr/bin:/bin \
    PARLEY_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000 \
    DATA_DIR=/data \
    NODE_COMPILE_CACHE=node_modules/.cache/node \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=1048576 \
    MALLOC_TRIM_THRESHOLD_=1048576
VOLUME /data
EXPOSE 4000
# Alive, not ready: a database that is away is no reason to restart this.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "--heap-growing-percent=40", "--import", "./src/telemetry.ts", "src/main.ts"]
