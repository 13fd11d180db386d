# shellcheck shell=bash
# Temporary PostgreSQL and Redis for tests and benchmarks, on unix sockets only. Source it after
# setup.sh. Their data are thrown away, so durability is switched off.

SERVERS=()

# The folder with the programs of the newest PostgreSQL server, which Debian keeps off the PATH.
# Returns 1 when there is none.
postgres_folder() {
  local initdb
  initdb=$(find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | sort -V | tail -n 1)
  [ -n "$initdb" ] || initdb=$(command -v initdb) || return 1
  dirname "$initdb"
}

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid postgres --regid postgres --init-groups --pdeathsig INT "$@"
  else
    exec setpriv --pdeathsig INT "$@"
  fi
}

# start_postgres FOLDER [OPTION=VALUE...] : exports DATABASE_URL.
start_postgres() {
  local bin folder=$1/postgres option
  bin=$(postgres_folder)
  shift
  local options=(-c listen_addresses= -c "unix_socket_directories=$folder" -c fsync=off
    -c synchronous_commit=off -c full_page_writes=off)
  for option in "$@"; do options+=(-c "$option"); done
  mkdir -m 700 "$folder"
  [ "$(id -u)" != 0 ] || chown postgres "$folder"
  (as_postgres "$bin/initdb" -D "$folder/data" -U postgres -A trust --locale=C.UTF-8 --no-sync \
    >"$folder.log" 2>&1) || fail "$(cat "$folder.log")"
  (as_postgres "$bin/postgres" -D "$folder/data" "${options[@]}" >>"$folder.log" 2>&1) &
  SERVERS+=($!)
  wait_until 180 "PostgreSQL (see $folder.log)" "$bin/pg_isready" -h "$folder"
  export DATABASE_URL="postgres://postgres@${folder//\//%2F}/postgres"
}

# start_redis FOLDER : exports BROKER_URL.
start_redis() {
  local socket=$1/redis.sock
  (dies_with_me redis-server --port 0 --unixsocket "$socket" --save "" --appendonly no \
    >"$1/redis.log" 2>&1) &
  SERVERS+=($!)
  wait_until 180 "Redis (see $1/redis.log)" test -S "$socket"
  export BROKER_URL="redis+socket://$socket"
}

# INT is PostgreSQL's fast shutdown; Redis treats it the same way.
stop_servers() {
  [ ${#SERVERS[@]} -gt 0 ] || return 0
  kill -INT "${SERVERS[@]}" 2>/dev/null || true
  wait "${SERVERS[@]}" 2>/dev/null || true
  SERVERS=()
}
