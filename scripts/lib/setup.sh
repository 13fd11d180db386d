# shellcheck shell=bash disable=SC2034
# What scripts/run, scripts/test and scripts/bench share: system packages, Python, waiting.
# Source it after `set -euo pipefail`.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VENV=${ECONTRACT_VENV:-$ROOT/.venv}
SETUP_LOGS=$(mktemp -d -t econtract-setup.XXXXXX)
export PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# A habit of container images. Here it would have each of many short processes compile every module
# anew, for longer than most of them work.
unset PYTHONDONTWRITEBYTECODE

# What WeasyPrint and the time zones need; nothing works without.
PACKAGES_BASE=(
  libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-liberation
  fonts-crosextra-carlito tzdata
)
PACKAGES_PID=""

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# Runs a step whose output interests nobody until it fails.
quietly() {
  local log=$SETUP_LOGS/$BASHPID
  "$@" >"$log" 2>&1 && return
  local code=$?
  tail -n 40 "$log" >&2
  say "Failed: $*"
  return "$code"
}

# --- System packages ---------------------------------------------------------------------------

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_be_root() {
  [ "$(id -u)" = 0 ] || { has sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }
}

absent_packages() {
  local name
  for name in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
  done
}

apt_install() {
  say "Installing system packages: $*"
  [ -n "${APT_UPDATED:-}" ] || quietly as_root apt-get update || return
  APT_UPDATED=yes
  # --no-remove: a LibreOffice with windows must not give way to the one without.
  quietly as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends --no-remove "$@"
}

# Installs the named packages that are absent. Returns 1, having said what to install, where it
# cannot.
need_packages() {
  if ! has apt-get; then
    say "No apt-get here. Please see that the like of these is installed: $*"
    return 0
  fi
  local absent
  mapfile -t absent < <(absent_packages "$@")
  [ ${#absent[@]} -gt 0 ] || return 0
  if ! can_be_root; then
    say "These system packages are missing, and neither root nor sudo is at hand:"
    say "    apt-get install --no-install-recommends ${absent[*]}"
    return 1
  fi
  apt_install "${absent[@]}"
}

# for_command COMMAND PACKAGES... : names the packages, unless the command is there already.
for_command() {
  local command=$1
  shift
  has "$command" || printf '%s\n' "$@"
}

# LibreOffice is the first converter; without it the built-in one serves.
office_packages() {
  [ "${ECONTRACT_LIBREOFFICE:-yes}" = no ] ||
    for_command soffice libreoffice-writer-nogui libreoffice-calc-nogui
}

# --- Python ------------------------------------------------------------------------------------

find_python() {
  local name
  for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  return 1
}

# Names what a virtual environment needs and the system lacks.
python_packages() {
  local python
  if [ -x "$VENV/bin/python" ]; then return; fi
  python=$(find_python) && "$python" -c 'import venv, ensurepip' 2>/dev/null ||
    printf '%s\n' python3 python3-venv
}

make_venv() {
  local python
  python=$(find_python) ||
    fail "Python 3.11 or newer is needed; this system's is $(python3 --version 2>&1 || true)." \
      "Install one and name it: PYTHON=/path/to/python3.11 $0"
  say "Making the virtual environment with $("$python" --version)"
  quietly "$python" -m venv --clear "$VENV"
}

# The virtual environment with the locked versions of a requirements file. A stamp makes a warm
# start skip it; the tests' lock holds the product's, so it stamps both.
need_venv() {
  local lock=$1 python=$VENV/bin/python name
  "$python" -c '' 2>/dev/null || make_venv
  if ! sha256sum --status -c "$VENV/.installed-$lock" 2>/dev/null; then
    say "Installing the locked requirements"
    install_lock "$ROOT/$lock"
    for name in requirements.txt requirements-test.txt; do
      sha256sum "$ROOT/$name" >"$VENV/.installed-$name"
      [ "$name" != "$lock" ] || break
    done
  fi
  export PATH="$VENV/bin:$PATH"
}

# uv is ten times as fast; pip also knows the mirrors that pip's own configuration names.
install_lock() {
  local python=$VENV/bin/python
  "$python" -m pip --version >/dev/null 2>&1 || quietly "$python" -m ensurepip
  {
    "$python" -m pip install --require-hashes -r "$ROOT/scripts/lib/uv.txt" &&
      "$python" -m uv pip install --python "$python" --require-hashes -r "$1"
  } >/dev/null 2>&1 && return
  quietly "$python" -m pip install --require-hashes -r "$1"
}

# install_everything LOCK : the packages (the caller's `system_packages PACKAGE...` installs its own
# and those named) and the requirements. Both at once where apt can be used, Python first;
# elsewhere what is missing is said at once.
install_everything() {
  local python
  mapfile -t python < <(python_packages)
  if can_be_root; then
    need_packages "${python[@]}"
    system_packages &
    PACKAGES_PID=$!
  else
    system_packages "${python[@]}"
  fi
  need_venv "$1"
  finish_packages
}

# A package manager is not to be cut short, not even when the rest has failed.
finish_packages() {
  local pid=$PACKAGES_PID
  PACKAGES_PID=""
  [ -z "$pid" ] || wait "$pid"
}

# --- Processes ---------------------------------------------------------------------------------

# dies_with_me COMMAND... : the process is told to stop even when its parent is killed outright.
dies_with_me() { exec setpriv --pdeathsig TERM "$@"; }

# wait_until SECONDS WHAT COMMAND... : polls until the command succeeds.
wait_until() {
  local ends=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$ends" ] || fail "Waited in vain for $what."
    sleep 0.1
  done
}
