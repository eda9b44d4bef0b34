# The product in one image; docker-compose.yml runs it as web, worker and scheduler.
# Everything beyond the base image is locked with hashes: requirements/*.txt and package-lock.json.
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

# ---- what Python needs -----------------------------------------------------------------------------------
FROM ${PYTHON_IMAGE} AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements/base.txt requirements/base.txt
RUN /opt/venv/bin/pip install --require-hashes --no-deps --only-binary=:all: --no-binary=http-ece -r requirements/base.txt

# ---- scripts, styles and translations --------------------------------------------------------------------
FROM packages AS built
WORKDIR /app
COPY requirements/node.txt requirements/node.txt
RUN /opt/venv/bin/pip install --require-hashes --no-deps --only-binary=:all: -r requirements/node.txt
COPY package.json package-lock.json .npmrc ./
COPY tools/__init__.py tools/node.py tools/translations.py tools/
RUN /opt/venv/bin/python -m tools.node ci --no-audit --no-fund
COPY frontend frontend
RUN /opt/venv/bin/python -m tools.node run --silent build
COPY locale locale
RUN /opt/venv/bin/python -m tools.translations compile

# ---- what runs -------------------------------------------------------------------------------------------
FROM ${PYTHON_IMAGE} AS product
RUN useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin webinar \
    && install --directory --owner webinar --group webinar /data
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY manage.py ./
COPY api api
COPY companies companies
COPY rooms rooms
COPY engagement engagement
COPY meetings meetings
COPY recordings recordings
COPY attendance attendance
COPY projects projects
COPY matchmaking matchmaking
COPY notifications notifications
COPY news news
COPY portal portal
COPY webinar_service webinar_service
COPY templates templates
COPY --from=built /app/locale locale
COPY frontend/static frontend/static
COPY --from=built /app/frontend/dist frontend/dist
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/static \
    HOST=0.0.0.0 \
    PORT=8000
# The key signs nothing here: collecting files reads the settings, and those ask for one.
RUN SECRET_KEY=while-building DATA_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
    && rm -rf /tmp/build \
    && python -m compileall -q .
USER webinar
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=4 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=4)"]
CMD ["python", "manage.py", "serve"]
