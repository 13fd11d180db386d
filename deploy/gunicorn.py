"""Configuration of gunicorn behind a proxy that terminates TLS (deploy/nginx.conf).

There is no access log: URLs contain what users search for. The proxy keeps a log without queries.
"""

import os

# Inside the container; docker-compose.yml publishes the port.
bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
# The application has Russian pages for longer URLs; gunicorn's own error pages are English.
limit_request_line = 8190
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True  # the workers share memory; a new version means a new container
timeout = 60
graceful_timeout = 30
keepalive = 75  # seconds; longer than the proxy keeps an idle connection
worker_tmp_dir = "/dev/shm"  # noqa: S108 - in memory: heartbeats must not wait for a disk
control_socket_disable = True
