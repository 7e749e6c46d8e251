# Sourced by scripts/demo and scripts/test: makes sure that what they need is on this machine.
# On Debian (and Ubuntu) as root it installs what is missing and says what; elsewhere it names what is missing and how to get it.

say() { printf '%s\n' "$*" >&2; }

# need_packages PACKAGE:TEST… — a test is a command that succeeds when the package's part is there.
need_packages() {
  local missing=() entry
  for entry in "$@"; do
    bash -c "${entry#*:}" >/dev/null 2>&1 || missing+=("${entry%%:*}")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    say "Missing on this computer: ${missing[*]} (Debian's names). Install them with your system's package manager, then run this again."
    exit 1
  fi
  if [ "$(id -u)" -ne 0 ]; then
    say "Missing on this computer: ${missing[*]}. Install them with:"
    say "  sudo apt-get install ${missing[*]}"
    exit 1
  fi
  say "Installing Debian's packages: ${missing[*]}"
  # Debian's postgresql would start a cluster of its own on port 5432; ours lives in its own folder.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

need_node() {
  if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    say "Node.js and npm are missing. Install them (https://nodejs.org, or Debian's packages nodejs and npm), then run this again."
    exit 1
  fi
}

# The project's packages, among them the Node that everything runs with. Again only when the lockfile changed.
install_packages() {
  local mark=node_modules/.filaops-lock
  if [ -e "$mark" ] && cmp -s package-lock.json "$mark"; then return 0; fi
  say "Installing the project's packages (a minute or two) …"
  # `npm ci` refuses a lockfile that lacks the builds for other systems, which not every registry has; this takes the same pinned versions
  # and leaves the lockfile alone.
  npm install --no-save --no-audit --no-fund --loglevel=error
  cp package-lock.json "$mark"
}

POSTGRES="postgresql:ls /usr/lib/postgresql/*/bin/initdb"
UTIL_LINUX="util-linux:command -v flock && command -v setpriv"
# Docker's engine and command line, a registry, and what a base image is made with where none can be pulled.
DOCKER_PARTS=("docker.io:command -v dockerd" "docker-registry:command -v docker-registry" "debootstrap:command -v debootstrap"
  "iptables:command -v iptables" "iproute2:command -v ip")
