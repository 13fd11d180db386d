# shellcheck shell=bash disable=SC2034
# What scripts/run, scripts/test and scripts/bench share: system packages, Python, processes.
# Source it after `set -euo pipefail`.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VENV=${ECONTRACT_VENV:-$ROOT/.venv}
SETUP_LOGS=$(mktemp -d -t econtract-setup.XXXXXX)
export PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# Container images often set it. Here it would make each of many short processes compile all modules
# again, which takes longer than most of them run.
unset PYTHONDONTWRITEBYTECODE

# Needed by WeasyPrint, for time zones and for signatures by ГОСТ; nothing works without them.
PACKAGES_BASE=(
  libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-liberation
  fonts-crosextra-carlito tzdata libgcrypt20
)
PACKAGES_PID=""

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

# quietly COMMAND... : shows the output only when the command fails.
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

package_status() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true; }

absent_packages() {
  local name
  for name in "$@"; do
    [ "$(package_status "$name")" = installed ] || echo "$name"
  done
}

apt_update() {
  [ -n "${APT_UPDATED:-}" ] || quietly as_root apt-get update || return
  APT_UPDATED=yes
}

apt_install() {
  say "Installing system packages: $*"
  apt_update || return
  # --no-remove: do not replace an installed desktop LibreOffice by the version without a GUI.
  quietly as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends --no-remove "$@"
}

# need_packages PACKAGES... : installs the missing ones. When it cannot, it names them and returns 1.
need_packages() {
  if ! has apt-get; then
    say "apt-get is not available. Please install the equivalents of these packages: $*"
    return 0
  fi
  local absent
  mapfile -t absent < <(absent_packages "$@")
  [ ${#absent[@]} -gt 0 ] || return 0
  if ! can_be_root; then
    say "These system packages are missing, and neither root nor sudo is available:"
    say "    apt-get install --no-install-recommends ${absent[*]}"
    return 1
  fi
  apt_install "${absent[@]}"
}

# want_packages PACKAGES... : installs those that the system has and that are missing, if it can. Nothing
# fails without them.
want_packages() {
  local absent name offered=()
  has apt-get && can_be_root || return 0
  mapfile -t absent < <(absent_packages "$@")
  [ ${#absent[@]} -gt 0 ] || return 0
  # An image may come without lists of packages.
  [ -n "$(apt-cache madison openssl)" ] || apt_update || return 0
  for name in "${absent[@]}"; do
    [ -z "$(apt-cache madison "$name")" ] || offered+=("$name")
  done
  [ ${#offered[@]} = 0 ] || apt_install "${offered[@]}" || return 0
}

# for_command COMMAND PACKAGES... : prints the packages, unless the command exists already.
for_command() {
  local command=$1
  shift
  has "$command" || printf '%s\n' "$@"
}

# LibreOffice is the preferred converter; without it the built-in one is used. Text, spreadsheets and
# formulas are programs of their own, and an interrupted installation leaves the command behind: so the
# packages count. One that apt has not installed is left alone.
office_packages() {
  local suffix=-nogui
  [ "${ECONTRACT_LIBREOFFICE:-yes}" != no ] || return 0
  if has soffice && [ -z "$(package_status libreoffice-core-nogui)" ]; then
    [ -n "$(package_status libreoffice-core)" ] || return 0
    suffix=""
  fi
  printf '%s\n' libreoffice-{writer,calc,math}"$suffix"
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

# Prints the packages that are missing for creating a virtual environment.
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
      "Install it and run: PYTHON=/path/to/python3.11 $0"
  say "Creating the virtual environment with $("$python" --version)"
  quietly "$python" -m venv --clear "$VENV"
}

# need_venv LOCK : creates the virtual environment and installs the locked requirements. Checksums
# of installed lock files are stored, so that a warm start skips this; the tests' lock contains the
# product's, so installing it marks both as installed.
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

# uv is ten times as fast; pip is the fallback, because it honours the mirrors of pip's configuration.
install_lock() {
  local python=$VENV/bin/python
  "$python" -m pip --version >/dev/null 2>&1 || quietly "$python" -m ensurepip
  {
    "$python" -m pip install --require-hashes -r "$ROOT/scripts/lib/uv.txt" &&
      "$python" -m uv pip install --python "$python" --require-hashes -r "$1"
  } >/dev/null 2>&1 && return
  quietly "$python" -m pip install --require-hashes -r "$1"
}

# install_everything LOCK : installs system packages (with the caller's function `system_packages
# PACKAGE...`, which installs its own packages and the given ones) and the requirements. When apt can
# be used, Python comes first and the rest in parallel; otherwise all missing packages are named.
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

# Wait for the package manager even when the rest has failed: it must not be interrupted.
finish_packages() {
  local pid=$PACKAGES_PID
  PACKAGES_PID=""
  [ -z "$pid" ] || wait "$pid"
}

# --- Processes ---------------------------------------------------------------------------------

# dies_with_me COMMAND... : the process gets TERM when its parent dies, even by SIGKILL.
dies_with_me() { exec setpriv --pdeathsig TERM "$@"; }

# wait_until SECONDS WHAT COMMAND... : polls until the command succeeds.
wait_until() {
  local ends=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$ends" ] || fail "Timed out waiting for $what."
    sleep 0.1
  done
}
