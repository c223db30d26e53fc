# shellcheck shell=bash
# What every script of docker/ needs: where things are, and how to say things.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck disable=SC2034 # used by the scripts that source this file
repo=$(dirname "$here")
# Downloads and logs: kept between runs and outside of the repository.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/turnlock
# OpenBao and the collector are in no Debian package; setup puts them here.
export PATH=$cache/bin:$PATH

say() { printf '%s\n' "$*" >&2; }

# Two sentences, as everywhere in this project: what happened, and what to do.
die() {
    say "error: $1"
    [ $# -lt 2 ] || say "  help: $2"
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a noisy command with its output in a log file, and shows the log only when it failed.
quietly() {
    local log=$cache/$1.log
    shift
    mkdir -p "$cache"
    if ! "$@" >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        die "\`$*\` failed" "the whole output is in $log"
    fi
}
