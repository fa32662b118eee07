FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock requirements-dev.lock requirements-node.lock ./
# What builds the project is locked with the tools and stays behind in this stage.
RUN python -m venv /opt/tools && /opt/tools/bin/pip install --no-cache-dir --require-hashes -r requirements-dev.lock \
    && /opt/tools/bin/pip install --no-cache-dir --require-hashes -r requirements-node.lock
RUN python -m venv /opt/pacioli && /opt/pacioli/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
WORKDIR /src/pages
RUN PATH="/opt/tools/bin:$PATH" && npm ci && npm run build
WORKDIR /src
RUN /opt/tools/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
    && /opt/pacioli/bin/pip install --no-deps --no-index /dist/*.whl

FROM python:3.11-slim
RUN groupadd --system --gid 10001 pacioli && useradd --system --uid 10001 --gid 10001 --no-create-home pacioli
COPY --from=build /opt/pacioli /opt/pacioli
# The root may be read-only: with several workers /tmp is written to, else nothing.
ENV PATH=/opt/pacioli/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# Mount pacioli.toml and the files that it names here. It needs [auth]: the server is reached from
# outside of the container, and without [auth] it listens at loopback addresses only and stops.
WORKDIR /etc/pacioli
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["pacioli", "serve", "--host", "0.0.0.0"]
