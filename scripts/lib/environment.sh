# shellcheck shell=bash
# The environment of an installation on this machine: what scripts/run and scripts/manage pass to the
# product. Source it after setup.sh. A wrong HOST or PORT stops the script here, before anything is installed.

WIDE_HOST=0.0.0.0 # all addresses of this machine

# check_port_number VARIABLE
check_port_number() {
  local port=${!1}
  if ! [[ $port =~ ^[1-9][0-9]{0,4}$ ]] || [ "$port" -gt 65535 ]; then
    fail "Set $1 to a port, a number from 1 to 65535, not to '$port'."
  fi
}

# Servers listen on IPv4. Without the kernel's table of addresses only the name is checked.
check_host() {
  local address table=/proc/net/fib_trie
  address=$(getent ahostsv4 "$HOST" | awk '{print $1; exit}') || true
  [ -n "$address" ] || fail "Set HOST to a name or an IPv4 address of this machine, not to '$HOST'."
  case $address in "$WIDE_HOST" | 127.*) return ;; esac
  [ -r "$table" ] || return 0
  grep -B 1 '/32 host LOCAL' "$table" | grep -qwF "$address" ||
    fail "HOST=$HOST is not an address of this machine: choose one, or $WIDE_HOST for all of them."
}

own_address() {
  local addresses
  read -ra addresses < <(hostname -I 2>/dev/null || true)
  echo "${addresses[0]:-127.0.0.1}"
}

export HOST=${HOST:-127.0.0.1} PORT=${PORT:-8000}
check_port_number PORT
export SANDBOX_PORT=${SANDBOX_PORT:-$((PORT + 1))}
check_port_number SANDBOX_PORT
[ "$PORT" != "$SANDBOX_PORT" ] || fail "Set SANDBOX_PORT to another port than PORT: both are $PORT."
check_host

LOCAL_HOST=$HOST PUBLIC_HOST=$HOST HOST_NAMES=$HOST,localhost,127.0.0.1
if [ "$HOST" = "$WIDE_HOST" ]; then
  LOCAL_HOST=127.0.0.1
  PUBLIC_HOST=$(own_address)
  HOST_NAMES="*" # whatever name others have for this machine
  export SANDBOX_PUBLIC_URL=${SANDBOX_PUBLIC_URL:-http://$PUBLIC_HOST:$SANDBOX_PORT}
fi
export ECONTRACT_DATA_DIR=${ECONTRACT_DATA_DIR:-$ROOT/var}
export PUBLIC_URL=${PUBLIC_URL:-http://$PUBLIC_HOST:$PORT}
export SANDBOX_URL=${SANDBOX_URL:-http://$LOCAL_HOST:$SANDBOX_PORT}
export ALLOWED_HOSTS=${ALLOWED_HOSTS:-$HOST_NAMES}
export LOG_LEVEL=${LOG_LEVEL:-INFO}
export STATIC_FROM_SOURCES=${STATIC_FROM_SOURCES:-yes}
export TZ=Europe/Moscow # the product's time zone, for the lines of all programs on the console

# The key is created with the data and kept beside them.
load_secret_key() {
  local file=$ECONTRACT_DATA_DIR/secret_key
  [ -z "${SECRET_KEY:-}" ] || return 0
  [ -s "$file" ] || python -c 'import secrets; print(secrets.token_urlsafe(50))' >"$file"
  SECRET_KEY=$(cat "$file")
  export SECRET_KEY
}
