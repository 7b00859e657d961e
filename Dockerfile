# syntax=docker/dockerfile:1
ARG PYTHON_IMAGE=python:3.13-slim

FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
RUN python -m venv /opt/sii-afp /opt/build
COPY requirements/serve.txt requirements/build.txt requirements/
RUN /opt/sii-afp/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
      --no-compile -r requirements/serve.txt \
    && /opt/build/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
      -r requirements/build.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY app app
COPY model model
COPY templates templates
COPY static static
ARG COMMIT=
RUN printf '%s' "${COMMIT}" > app/COMMIT \
    && /opt/build/bin/pip wheel --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation -w /wheels . \
    && /opt/sii-afp/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-compile /wheels/*.whl \
    && /opt/sii-afp/bin/pip uninstall -y pip \
    && python -m compileall -q --invalidation-mode unchecked-hash /opt/sii-afp/lib

FROM ${PYTHON_IMAGE}
COPY --from=build /opt/sii-afp /opt/sii-afp
ENV PATH=/opt/sii-afp/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SII_AFP_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=3s --start-period=5s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ.get(\"SII_AFP_PORT\", \"8000\")}/health/ready', timeout=2)"]
CMD ["sii-afp", "serve"]
