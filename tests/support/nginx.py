"""A real nginx on loopback, for what no hand-made origin should imitate: TLS and HTTP/2.

It lives in a temporary directory with a throw-away certificate authority, and dies with the
test that started it.
"""

import subprocess
import tempfile
from pathlib import Path

from certificates import make_certificates
from server import listener

MODULES = Path("/usr/lib/nginx/modules")

CONFIGURATION = """
daemon off;
{loads}
worker_processes 1;
worker_rlimit_nofile {descriptors};
pid {home}/pid;
error_log {home}/error.log;
events {{ worker_connections {connections}; }}
http {{
    log_format request '$server_protocol $request_uri';
    access_log {access_log};
    client_body_temp_path {home}/temp;
    proxy_temp_path {home}/temp;
    fastcgi_temp_path {home}/temp;
    uwsgi_temp_path {home}/temp;
    scgi_temp_path {home}/temp;
    server {{
        listen 127.0.0.1:{http_port} backlog={connections};
        listen 127.0.0.1:{https_port} ssl http2 backlog={connections};
        ssl_certificate {home}/server.crt;
        ssl_certificate_key {home}/server.key;
        root {home}/root;
        {settings}
    }}
}}
"""


class Nginx:
    """A context manager: a server of the files in `root`, on `http_port` and `https_port`.

    `settings` are directives for this server, in nginx's own words, `modules` the names of dynamic
    modules to load for them. `names` are whom the certificate is for, as OpenSSL words it. Its
    directory is made in `directory`, with so many `connections` at once, and with a log or not.
    """

    def __init__(
        self,
        settings="",
        *,
        modules=(),
        names="IP:127.0.0.1",
        connections=1024,
        logs=True,
        directory=None,
    ):
        self.settings = settings
        self.loads = "".join(f"load_module {MODULES / module};" for module in modules)
        self.names = names
        self.connections = connections
        self.descriptors = 2 * connections  # a socket and a file each
        self._directory = tempfile.TemporaryDirectory(prefix="nginx-", dir=directory)
        self._home = Path(self._directory.name)
        self._home.chmod(0o755)  # started as root, its worker is somebody else
        self.root = self._home / "root"
        self.root.mkdir()
        self.authority = self._home / "authority.crt"
        self.access_log = f"{self._home}/access.log request" if logs else "off"

    def __enter__(self):
        make_certificates(self._home, self.names)
        # nginx takes over listening sockets that it finds in NGINX, as it does when it replaces
        # itself. So no port is lost between finding and using it, and clients need not wait.
        with listener() as http, listener() as https:
            self.http_port, self.https_port = (s.getsockname()[1] for s in (http, https))
            configuration = self._home / "nginx.conf"
            configuration.write_text(CONFIGURATION.format(**vars(self), home=self._home))
            descriptors = [http.fileno(), https.fileno()]
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", "/usr/sbin/nginx", "-c", configuration]
                + ["-e", self._home / "error.log"],
                env={"NGINX": "".join(f"{descriptor};" for descriptor in descriptors)},
                pass_fds=descriptors,
                process_group=0,  # a Ctrl-C is not for the server
                stderr=subprocess.DEVNULL,
            )
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
        self._directory.cleanup()

    def served(self):
        """What was answered, as `PROTOCOL TARGET`, in order."""
        return (self._home / "access.log").read_text().splitlines()
