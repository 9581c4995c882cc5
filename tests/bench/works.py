"""What is fetched. A work is a generator of cases; its servers live as long as it runs."""

import math
import random
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from names import Names
from nginx import Nginx

MEMORY = "/dev/shm"  # a file system without a disk
MiB = 1024 * 1024
SYSTEM_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")

# As Debian's own configuration has it.
USUAL = "sendfile on; tcp_nopush on;"
LATE = USUAL + r"location ~ ^/late/(.*)$ { echo_sleep 0.1; echo_exec /$1; }"
TINY_BODY = "a tiny file"
TINY = f'location /tiny/ {{ return 200 "{TINY_BODY}"; }}'


@dataclass
class Case:
    """A list to fetch, `concurrency` at once, into directories below `outputs`.

    The file of `urls[i]` has the last part of its path as name and `sizes[i]` bytes.
    """

    work: str
    title: str
    concurrency: int
    urls: list[str]
    sizes: list[int]
    outputs: Path = Path(MEMORY)
    hosts: int = 1
    authority: Path | None = None  # certificates to trust instead of the system's
    durabilities: tuple[str, ...] = ("rename",)
    is_on_disk: bool = False
    is_long: bool = False  # one round, and without those who need hours
    ideal_seconds: float | None = None
    home: Path = field(default=Path(), repr=False)

    def write_lists(self, home):
        """Lay the list into a directory, in the forms that the contenders read."""
        self.home = home
        self.list.write_text("".join(f"{url}\n" for url in self.urls))
        self.curl_list.write_text("".join(f'url = "{url}"\n' for url in self.urls))
        self.path_list.write_text("".join(f"{urlsplit(url).path}\n" for url in self.urls))
        names = (f"{size} {url.rpartition('/')[2]}\n" for url, size in zip(self.urls, self.sizes))
        self.name_list.write_text("".join(names))

    @property
    def list(self):
        return self.home / "urls.txt"

    @property
    def curl_list(self):
        return self.home / "curl.txt"

    @property
    def path_list(self):
        return self.home / "paths.txt"

    @property
    def name_list(self):
        """Lines of a size and a name."""
        return self.home / "names.txt"


def small(options):
    with server(USUAL) as nginx:
        sizes = put_small_files(nginx.root, options.part_of(8000))
        urls = urls_of(sizes, f"http://127.0.0.1:{nginx.http_port}")
        for concurrency in 10, 50:
            yield Case("small", "small files over HTTP/1.1", concurrency, urls, sizes)


def large(options):
    with server(USUAL) as nginx:
        sizes = [32 * MiB] * options.part_of(40)
        put_files(nginx.root, sizes)
        urls = urls_of(sizes, f"http://127.0.0.1:{nginx.http_port}")
        yield Case("large", "large files over HTTP/1.1", 10, urls, sizes)


def late(options):
    with server(LATE, modules=["ngx_http_echo_module.so"]) as nginx:
        sizes = put_small_files(nginx.root, options.part_of(20_000))
        urls = urls_of(sizes, f"http://127.0.0.1:{nginx.http_port}/late")
        for concurrency, count in (200, options.part_of(4000)), (1000, len(sizes)):
            case = Case("late", "answers 100 ms late", concurrency, urls[:count], sizes[:count])
            case.ideal_seconds = 0.1 * math.ceil(count / concurrency)
            yield case


def h2(options):
    with server(USUAL) as nginx:
        sizes = put_small_files(nginx.root, options.part_of(8000))
        urls = urls_of(sizes, f"https://127.0.0.1:{nginx.https_port}")
        case = Case("h2", "small files of one host over HTTP/2", 50, urls, sizes)
        case.authority = nginx.authority
        yield case


def hosts(options):
    domain = "bench.test"
    with Names(domain), server(USUAL, names=f"DNS:*.{domain}") as nginx:
        sizes = put_small_files(nginx.root, options.part_of(10_000))

        for scheme, count, hosts in (
            ("https", options.part_of(2000), options.part_of(1000)),
            ("http", len(sizes), len(sizes)),
            ("http", len(sizes), 1),  # to compare with
        ):
            port = nginx.https_port if scheme == "https" else nginx.http_port
            bases = [f"{scheme}://h{n}.{domain}:{port}" for n in range(hosts)]
            urls = urls_of(sizes[:count], *bases)
            case = Case("hosts", f"small files over {scheme}", 50, urls, sizes[:count])
            case.hosts = hosts
            if scheme == "https":
                case.authority = bundle_with(nginx.authority)
            yield case


def many(options):
    with server(TINY) as nginx:
        for count in options.lines // 10, options.lines:
            sizes = [len(TINY_BODY)] * options.part_of(count)
            urls = urls_of(sizes, f"http://127.0.0.1:{nginx.http_port}/tiny")
            yield Case("many", "tiny files", 50, urls, sizes, is_long=True)


def disk(options):
    # New files cost ten times as much for minutes after a tree was deleted on ext4, so what one
    # case has written stays until the last has ended.
    outputs = tempfile.TemporaryDirectory(prefix="bench-", dir=options.disk)
    with outputs, server(USUAL) as nginx:
        sizes = put_small_files(nginx.root, options.part_of(8000))
        urls = urls_of(sizes, f"http://127.0.0.1:{nginx.http_port}")
        title = f"small files over HTTP/1.1 to a disk ({file_system_of(outputs.name)})"
        for concurrency in 10, 50:
            case = Case("disk", title, concurrency, urls, sizes, Path(outputs.name))
            case.is_on_disk = True
            case.durabilities = "rename", "batch", "file"
            yield case


WORKS = {work.__name__: work for work in (small, large, late, h2, hosts, many, disk)}


def server(settings, **others):
    """A server with the files in memory, with room for all connections of a case."""
    return Nginx(settings, connections=8192, logs=False, directory=MEMORY, **others)


def put_small_files(root, count):
    """Files as pictures on the web are: log-normal, 13 kB on average. Their sizes."""
    chance = random.Random(13)
    shape = 0.8
    scale = math.log(13_000) - shape**2 / 2
    sizes = [round(chance.lognormvariate(scale, shape)) for _ in range(count)]
    put_files(root, sizes)
    return sizes


def put_files(root, sizes):
    content = random.Random(13).randbytes(max(sizes))
    for n, size in enumerate(sizes):
        (root / name(n)).write_bytes(content[:size])


def urls_of(sizes, *bases):
    """The URLs of as many files; one base after the other has its turn."""
    return [f"{bases[n % len(bases)]}/{name(n)}" for n in range(len(sizes))]


def name(n):
    return f"p{n:07}.jpg"


def bundle_with(authority):
    """The system's certificates and one more, as a machine has it that trusts it."""
    bundle = authority.with_name("bundle.crt")
    bundle.write_bytes(SYSTEM_BUNDLE.read_bytes() + authority.read_bytes())
    return bundle


def file_system_of(path):
    command = ["findmnt", "-n", "-o", "FSTYPE", "--target", path]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
