"""OpenStack's Swift on loopback, whole: rings, three storage servers and a proxy that speaks S3. For `npm run bench:offsite`.

swift-server.py FOLDER PORT PORT PORT PORT: the first is the proxy's. Ends with its standard input.
"""

import os
import pwd
import signal
import sys

import swift.common.utils as utils
from swift.common.ring import RingBuilder
from swift.common.wsgi import run_wsgi
from swift.obj import server as object_server

folder = sys.argv[1]
proxy_port, *ports = [int(port) for port in sys.argv[2:]]
KINDS = ["account", "container", "object"]


def write(name, text):
    path = os.path.join(folder, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    return path


os.makedirs(os.path.join(folder, "devices", "d1"), exist_ok=True)
write("swift.conf", "[swift-hash]\nswift_hash_path_suffix = a\nswift_hash_path_prefix = b\n")

utils.set_swift_dir(folder)

for at, kind in enumerate(KINDS):
    builder = RingBuilder(4, 1, 1)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": ports[at], "device": "d1", "weight": 1})
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, f"{kind}.ring.gz"))

COMMON = f"""[DEFAULT]
bind_ip = 127.0.0.1
workers = 0
user = {pwd.getpwuid(os.getuid()).pw_name}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
log_level = ERROR
log_address = {folder}/log
"""

for at, kind in enumerate(KINDS):
    write(f"{kind}.conf", f"{COMMON}bind_port = {ports[at]}\n[pipeline:main]\npipeline = {kind}-server\n[app:{kind}-server]\nuse = egg:swift#{kind}\n")

write(
    "proxy.conf",
    f"""{COMMON}bind_port = {proxy_port}
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats s3api tempauth copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:s3api]
use = egg:swift#s3api
location = eu-test-1
s3_acl = false
check_bucket_owner = false
min_segment_size = 65536
# Nobody listens there: the proxy wants to have a cache, and does without it.
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
"""
    + "".join(
        f"[filter:{name}]\nuse = egg:swift#{name}\n"
        for name in ["catch_errors", "gatekeeper", "listing_formats", "copy", "slo", "dlo", "versioned_writes", "symlink"]
    ),
)


def serve(kind):
    options = {"global_conf_callback": object_server.global_conf_callback} if kind == "object" else {}
    sys.exit(run_wsgi(os.path.join(folder, f"{kind}.conf"), f"{kind}-server", **options))


children = []
for kind in [*KINDS, "proxy"]:
    child = os.fork()
    if child == 0:
        os.close(0)
        serve(kind)
    children.append(child)

sys.stdin.read()
for child in children:
    os.kill(child, signal.SIGKILL)
