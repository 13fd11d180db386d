# shellcheck shell=bash disable=SC2034
# What scripts/run, scripts/test and scripts/bench share: system packages, Python, processes.
# Source it after `set -euo pipefail`.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
VENV=${ECONTRACT_VENV:-$ROOT/.venv}
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

# temporary_folder NAME : prints a new folder, whose name ends with the id and the start of this script,
# and deletes those of scripts that were killed. The id alone is no name: in a container it is always 1.
temporary_folder() {
  local folder owner
  for folder in "${TMPDIR:-/tmp}"/econtract-"$1".*.*.*; do
    owner=${folder%.*}
    [ ! -O "$folder" ] || [ "$(start_of "${owner##*.}")" = "${folder##*.}" ] || rm -rf "$folder"
  done
  mktemp -d "${TMPDIR:-/tmp}/econtract-$1.XXXXXX.$$.$(start_of $$)"
}

# start_of PID : when the process was started, in ticks since the boot; 0 when there is none.
start_of() {
  local line fields
  line=$(cat "/proc/$1/stat" 2>/dev/null) || { echo 0 && return; }
  read -ra fields <<<"${line##*) }" # the name before it may contain spaces
  echo "${fields[19]}"
}

# The script's own trap replaces this one and deletes the folder too.
SETUP_LOGS=$(temporary_folder setup)
trap 'rm -rf "$SETUP_LOGS"' EXIT

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

# The state of a package by dpkg; empty when nothing of it is there.
package_status() {
  local status
  status=$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) || true
  case $status in
    not-installed | config-files) ;;
    *) echo "$status" ;;
  esac
}

absent_packages() {
  local name
  for name in "$@"; do
    [ "$(package_status "$name")" = installed ] || echo "$name"
  done
}

# An apt that outlived a killed script still holds the lock: wait for it.
apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 "$@"
}

# apt waits for dpkg's lock only, not for that of its lists.
apt_update() {
  [ -n "${APT_UPDATED:-}" ] || quietly update_lists || return
  APT_UPDATED=yes
}

update_lists() {
  local ends=$((SECONDS + 120)) log=$SETUP_LOGS/update
  until apt_get update >"$log" 2>&1; do
    if [ "$SECONDS" -ge "$ends" ] || ! grep -q 'Could not get lock' "$log"; then
      cat "$log"
      return 1
    fi
    sleep 2
  done
}

# An interrupted dpkg leaves a journal (apt then refuses to work) or packages that are not configured.
has_interrupted_packages() {
  [ -n "$(find /var/lib/dpkg/updates -type f 2>/dev/null)" ] || [ -n "$(dpkg --audit 2>/dev/null)" ]
}

# Packages whose unpacking was interrupted: they can only be unpacked again.
broken_packages() {
  # shellcheck disable=SC2016
  dpkg-query -W -f='${db:Status-Eflag} ${Package}\n' 2>/dev/null | sed -n 's/^reinstreq //p'
}

# What a repair command cannot do alone, the next one or the installation itself can.
finish_interrupted_packages() {
  local broken
  has_interrupted_packages || return 0
  say "Finishing an interrupted installation of packages"
  as_root env DEBIAN_FRONTEND=noninteractive dpkg --force-confdef --force-confold --configure -a \
    >"$SETUP_LOGS/dpkg" 2>&1 || true
  mapfile -t broken < <(broken_packages)
  if [ ${#broken[@]} -gt 0 ]; then
    apt_get install -y --reinstall --no-install-recommends --no-remove "${broken[@]}" \
      >>"$SETUP_LOGS/dpkg" 2>&1 || true
  fi
  apt_get install -y -f --no-install-recommends --no-remove >>"$SETUP_LOGS/dpkg" 2>&1 || true
}

apt_install() {
  say "Installing system packages: $*"
  apt_update || return
  finish_interrupted_packages
  # --no-remove: do not replace an installed desktop LibreOffice by the version without a GUI.
  quietly apt_get install -y --no-install-recommends --no-remove "$@"
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
  # The command is in libreoffice-common, which comes before either core.
  ! has soffice || [ -n "$(package_status libreoffice-common)" ] || return 0
  [ -n "$(package_status libreoffice-core-nogui)" ] || [ -z "$(package_status libreoffice-core)" ] || suffix=""
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
  if [ -x "$VENV/bin/python" ] && [ ! -e "$VENV/.incomplete" ]; then return; fi
  # The module `ensurepip` comes before the wheels that it needs.
  ! has_interrupted_packages && python=$(find_python) && "$python" -c 'import venv, ensurepip' 2>/dev/null ||
    printf '%s\n' python3 python3-venv
}

# Empties the folder first, except for the marker and the lock: a half-made environment cannot be repaired, because
# half-installed packages count as installed.
make_venv() {
  local python
  python=$(find_python) ||
    fail "Python 3.11 or newer is needed; this system's is $(python3 --version 2>&1 || true)." \
      "Install it and run: PYTHON=/path/to/python3.11 $0"
  say "Creating the virtual environment with $("$python" --version)"
  : >"$VENV/.incomplete"
  find "$VENV" -mindepth 1 -maxdepth 1 ! -name .incomplete ! -name .installing -exec rm -rf {} +
  quietly "$python" -m venv "$VENV"
}

# has_requirements LOCK : whether the virtual environment works and the locked requirements are in it.
# Checksums of installed lock files are stored, so that a warm start skips the installation.
has_requirements() {
  [ ! -e "$VENV/.incomplete" ] && "$VENV/bin/python" -c '' 2>/dev/null &&
    sha256sum --status -c "$VENV/.installed-$1" 2>/dev/null
}

# need_venv LOCK : creates the virtual environment and installs the locked requirements. The file
# .incomplete is there from before the first change until after the last: when it is found, the last
# installation was interrupted, and the environment is made anew.
need_venv() {
  if ! has_requirements "$1"; then
    if [ -e "$VENV" ] && [ ! -e "$VENV/pyvenv.cfg" ] && [ ! -e "$VENV/.incomplete" ] &&
      [ -n "$(ls -A "$VENV")" ]; then
      fail "$VENV is not a virtual environment. Set ECONTRACT_VENV to another folder."
    fi
    mkdir -p "$VENV"
    # The installers inherit the lock: one that outlived a killed script is waited for. Its name is not
    # .lock, which uv locks itself: it would wait for us until its time-out.
    install_requirements "$1" 8>"$VENV/.installing"
  fi
  export PATH="$VENV/bin:$PATH"
}

# The tests' lock contains the product's, so installing it marks both as installed.
install_requirements() {
  local lock=$1 name
  if ! flock -n 8; then
    say "Waiting for another installation in $VENV"
    flock 8
  fi
  ! has_requirements "$lock" || return 0
  if [ -e "$VENV/.incomplete" ] || ! "$VENV/bin/python" -c '' 2>/dev/null; then
    make_venv
  fi
  : >"$VENV/.incomplete"
  say "Installing the locked requirements"
  install_lock "$ROOT/$lock"
  for name in requirements.txt requirements-test.txt; do
    sha256sum "$ROOT/$name" >"$VENV/.installed-$name"
    [ "$name" != "$lock" ] || break
  done
  rm "$VENV/.incomplete"
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
