#!/bin/sh
# usage: venv.sh DIR
#
# Make DIR a virtual environment with pip in it, whatever the machine's Python lacks.
# PYTHON=/some/python chooses the interpreter; else the first that is 3.11 or newer.
# Says what it does on stderr; leaves an environment that works alone.
set -eu

venv=$1
root=$(cd "$(dirname "$0")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

give_up() {
    say "sijill: $1"
    say "hint: $2"
    exit 2
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

choose_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
        # Asking it, not only looking for it: version managers leave shims of versions that are not there.
        if new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    give_up "no Python 3.11 or newer (tried: ${PYTHON:-python3, python3.11 to python3.14, python})" \
        "install one, or name it: make PYTHON=/path/to/python3.11 …"
}

has_pip() { "$venv/bin/python" -m pip --version >/dev/null 2>&1; }

# Scripts in an environment hold its path, so a copied or renamed folder needs a new one.
is_here() { [ ! -e "$venv/.where" ] || [ "$(cat "$venv/.where")" = "$root" ]; }

# Debian ships venv without ensurepip; a leftover from the failed attempt must not count as an environment.
from_stdlib() {
    "$python" -m venv "$venv" >/dev/null 2>&1 && has_pip && return 0
    rm -rf "$venv"
    return 1
}

from_apt() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 || return 1
    package=$("$python" -c 'import sys; print(f"python3.{sys.version_info.minor}-venv")')
    say "sijill: this Python cannot make environments; installing $package"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package"; } \
        </dev/null >/dev/null 2>&1 || return 1
    from_stdlib
}

from_system_pip() {
    "$python" -m venv --without-pip "$venv" >/dev/null 2>&1 || return 1
    if "$python" -m pip --python "$venv/bin/python" install --quiet --disable-pip-version-check --no-input \
        --require-hashes -r "$root/requirements/build.txt" >&2 && has_pip; then
        return 0
    fi
    rm -rf "$venv"
    return 1
}

if [ -x "$venv/bin/python" ] && new_enough "$venv/bin/python" && has_pip && is_here; then
    exit 0
fi

python=$(choose_python)
say "sijill: making $venv with $python"
rm -rf "$venv"
from_stdlib || from_apt || from_system_pip || give_up \
    "$python can make no environment: it has neither ensurepip nor pip" \
    "on Debian and Ubuntu: sudo apt-get install python3-venv"
printf '%s\n' "$root" >"$venv/.where"
