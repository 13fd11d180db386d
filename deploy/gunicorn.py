"""The web server behind a proxy that ends TLS (deploy/nginx.conf).

No access log here: addresses carry what people search for, and the proxy keeps one without them.
"""

import os

# Inside the container; docker-compose.yml says where it is open outside.
bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True  # imported once, shared by the workers; a new version is a new container
timeout = 60
graceful_timeout = 30
keepalive = 75  # longer than the proxy keeps an idle connection
worker_tmp_dir = "/dev/shm"  # noqa: S108  (a heartbeat file must not wait for a disk)
control_socket_disable = True
