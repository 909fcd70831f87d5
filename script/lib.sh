# shellcheck shell=bash
# Helpers that the scripts share. Source it after `set -euo pipefail`; it moves to the top of the tree ($root).

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit

# step TEXT...: says what comes next, and how long it is since the first script of this run began.
export GENCACHE_BEGAN=${GENCACHE_BEGAN-$EPOCHSECONDS}
step() {
  local seconds=$((EPOCHSECONDS - GENCACHE_BEGAN))
  printf '\n==> [%02d:%02d] %s\n' $((seconds / 60)) $((seconds % 60)) "$*"
}

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# run_suite PRESET [CTEST_OPTION...]: configures and builds a preset and runs its tests: ctest's summary comes last.
run_suite() {
  local preset=$1 fixed=()
  shift
  # The sanitizers of gcc 12 place their shadow memory where a kernel that randomizes addresses widely may put others.
  if [[ $preset = [at]san ]] && [ "$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 0)" -gt 28 ]; then
    fixed=(setarch --addr-no-randomize)
  fi
  step "Building $preset"
  cmake --preset "$preset"
  "${fixed[@]}" cmake --build --preset "$preset" || die "the build of $preset failed"
  step "Testing $preset"
  "${fixed[@]}" ctest --preset "$preset" "$@"
}

# --- memcached servers on free ports of the loopback, ended with the script

memcached_pids=()
memcached_dir=

# start_memcached [OPTION...]: starts a server with these options of memcached's, waits until it listens, and puts its
# port into $memcached_port and its process id into $memcached_pid.
start_memcached() {
  command -v memcached >/dev/null || die "memcached is not installed: run script/bootstrap"
  if [ -z "$memcached_dir" ]; then
    memcached_dir=$(mktemp -d)
    trap stop_memcached EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
  fi
  local file=$memcached_dir/ports.${#memcached_pids[@]} log=$memcached_dir/log.${#memcached_pids[@]} user=()
  [ "$(id -u)" != 0 ] || user=(-u root)
  MEMCACHED_PORT_FILENAME=$file memcached -l 127.0.0.1 -p -1 -U 0 "${user[@]}" "$@" >"$log" 2>&1 </dev/null &
  memcached_pid=$!
  memcached_pids+=("$memcached_pid")
  # shellcheck disable=SC2034 # for the script that sources this
  memcached_port=$(wait_for_port "$file") || die "memcached did not start: $(cat "$log")"
}

# wait_for_port FILE: prints the port that memcached, having chosen one, wrote to FILE.
wait_for_port() {
  local tries port
  for ((tries = 0; tries < 600; tries++)); do
    port=$(sed -n 's/^TCP INET: //p' "$1" 2>/dev/null || true)
    if [ -n "$port" ]; then
      echo "$port"
      return
    fi
    sleep 0.05
  done
  return 1
}

# stop_memcached: ends the servers that start_memcached started; runs by itself when the script ends.
stop_memcached() {
  local pid
  for pid in "${memcached_pids[@]}"; do
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  memcached_pids=()
  [ -z "$memcached_dir" ] || rm -rf -- "$memcached_dir"
  memcached_dir=
}
