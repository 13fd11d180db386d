# One image for web, worker, beat and set-up; docker-compose.yml says which runs where.
# The sandbox is not in it: an image for a trial is built with `--build-arg WITH_SANDBOX=yes`.
FROM python:3.11-slim-bookworm AS requirements
COPY requirements.txt .
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --no-compile --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm AS sources
ARG WITH_SANDBOX=no
WORKDIR /app
COPY . .
RUN [ "$WITH_SANDBOX" = yes ] || rm -r econtract/sandbox

FROM python:3.11-slim-bookworm
# Libraries of the PDF renderer and of ГОСТ, Russian fonts, the preferred converter of office files.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
        fonts-dejavu-core fonts-liberation fonts-crosextra-carlito tzdata libgcrypt20 \
        libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-math-nogui \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home econtract \
    && install -d -o econtract -g econtract -m 700 /data
COPY --from=requirements /venv /venv
WORKDIR /app
COPY --from=sources /app .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    ECONTRACT_DATA_DIR=/data \
    STATIC_ROOT=/srv/static
# Compiled once, here: the file system of a running container is read-only.
RUN SECRET_KEY=only-for-the-build ECONTRACT_DATA_DIR=/tmp/build \
        python manage.py collectstatic --no-input \
    && rm -r /tmp/build \
    && python -m compileall -q /venv/lib /app
USER econtract
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "econtract.wsgi", "--config", "deploy/gunicorn.py"]
