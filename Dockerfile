# Moulin as a container that is not root. Build it in this folder:
#   docker build -t moulin:latest .
# It finds the inventory in /city/inventory and keeps journal, backups and known hosts in /city/state.
FROM debian:12-slim AS build
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends python3 python3-venv >/dev/null
COPY pyproject.toml constraints.txt README.md LICENSE /src/
COPY agent /src/agent
COPY templates /src/templates
RUN python3 -m venv /opt/moulin \
 && /opt/moulin/bin/pip install --quiet --no-cache-dir --disable-pip-version-check \
    -c /src/constraints.txt '/src[telemetry,postgresql]' \
 && /opt/moulin/bin/pip uninstall --quiet --yes pip

FROM debian:12-slim
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends python3 git >/dev/null \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/log/*.log /var/log/apt \
 && mkdir -p /city/inventory /city/state \
 && chmod 1777 /city/state
COPY --from=build /opt/moulin /opt/moulin
ENV PATH=/opt/moulin/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/city/state \
    MOULIN_INVENTORY=/city/inventory MOULIN_STATE=/city/state
WORKDIR /city
USER 1000:1000
EXPOSE 9469/tcp 9162/udp 9514/udp 9514/tcp
ENTRYPOINT ["moulin"]
CMD ["watch"]
