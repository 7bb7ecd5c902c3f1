# One image for web, worker and beat; docker-compose.yml says which is which.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    TRIANGLE_NO_BOOTSTRAP=1 \
    MANIFEST_STATIC=1

WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes -r requirements/base.txt

COPY . .
# DEBUG for this one line: collecting needs no secret, and none may be baked into the image.
RUN DEBUG=1 python manage.py collectstatic --no-input \
    && useradd --system --create-home triangle \
    && mkdir -p var/media \
    && chown -R triangle:triangle var

ENV DEBUG=0
USER triangle
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "triangle/probe.py"]
CMD ["gunicorn", "--config", "python:triangle.server", "--no-control-socket", "triangle.wsgi"]
