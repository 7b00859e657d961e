# syntax=docker/dockerfile:1
# REQUIREMENTS=pdf adds PDF documents, and --target with-fonts their fonts for Chinese, Japanese and Korean.
ARG PYTHON_IMAGE=python:3.13-slim
ARG REQUIREMENTS=serve

FROM ${PYTHON_IMAGE} AS build
ARG REQUIREMENTS
# Two builds of one commit give the same files: scripts/same-image.
ENV SOURCE_DATE_EPOCH=315532800 \
    PYTHONHASHSEED=0
WORKDIR /src
RUN python -m venv /opt/sii-afp /opt/build
COPY requirements/${REQUIREMENTS}.txt requirements/build.txt requirements/
RUN /opt/sii-afp/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
      --no-compile -r "requirements/${REQUIREMENTS}.txt" \
    && /opt/build/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: \
      -r requirements/build.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY app app
# The model's data, without the code that makes the model: that needs pandas.
COPY model/__init__.py model/py.typed model/
COPY model/hong2021 model/hong2021
COPY templates templates
COPY static static
ARG COMMIT=
RUN printf '%s' "${COMMIT}" > app/COMMIT \
    && /opt/build/bin/pip wheel --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation -w /wheels . \
    && /opt/sii-afp/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-compile /wheels/*.whl \
    && /opt/sii-afp/bin/pip uninstall -y pip \
    && find /opt/sii-afp/bin -type f ! -name sii-afp -delete \
    && python -m compileall -q --invalidation-mode unchecked-hash /opt/sii-afp/lib

FROM ${PYTHON_IMAGE} AS fonts
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk \
    && mkdir /fonts \
    && cp /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc /usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc /fonts/

FROM ${PYTHON_IMAGE} AS service
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

FROM service AS with-fonts
COPY --from=fonts /fonts /fonts
ENV SII_AFP_FONT_FOLDER=/fonts

FROM service
