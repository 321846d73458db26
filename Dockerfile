# Build:  docker build -t ecomms-bot .
# Run:    docker run --read-only --tmpfs /tmp -v ecomms-data:/data -e SLACK_BOT_TOKEN -e SLACK_APP_TOKEN ecomms-bot

FROM python:3.11-slim-bookworm AS build
WORKDIR /src
# The libraries first: they change seldom, and their layer is kept when only the code has changed.
COPY .ci/install .ci/python .ci/
COPY .requirements/runtime.txt .requirements/build.txt .requirements/
RUN .ci/install libraries /opt/ecomms
COPY pyproject.toml LICENSE ./
COPY ecomms_bot ecomms_bot
COPY playbooks playbooks
RUN .ci/install package /opt/ecomms

FROM python:3.11-slim-bookworm
# What the printed binder needs as PDF: the system's text layout, and a font. Debian keeps one version of each for a release.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-dejavu-core libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
# A fixed number, so that the owner of a mounted folder can be set from outside.
RUN groupadd --gid 10001 ecomms \
    && useradd --uid 10001 --gid ecomms --no-create-home --home-dir /data --shell /usr/sbin/nologin ecomms \
    && install --directory --owner=ecomms --group=ecomms --mode=0700 /data
COPY --from=build /opt/ecomms /opt/ecomms
# Nothing is written but /data and /tmp; the root may be read-only.
ENV PATH=/opt/ecomms/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ECOMMS_DATABASE_URL=sqlite:////data/ecomms.db
WORKDIR /data
VOLUME /data
USER 10001:10001
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["ecomms", "health"]
ENTRYPOINT ["ecomms"]
CMD ["run"]
