#!/bin/sh
# Have a PostgreSQL server of version 15 or newer, and a user who may run one, for the tests that start their own. On
# Debian, as root, it is installed; elsewhere those tests are skipped and say so. Never fails: a missing server is no
# reason not to run the rest. The server that Debian would start by itself is not wanted, and not started.
set -u

for folder in /usr/lib/postgresql/*/bin; do
    [ -x "$folder/postgres" ] && [ -x "$folder/initdb" ] && exit 0
done
command -v postgres >/dev/null 2>&1 && command -v initdb >/dev/null 2>&1 && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    printf 'sijill: installing PostgreSQL for the tests of teams\n' >&2
    export DEBIAN_FRONTEND=noninteractive
    # Read by the scripts of postgresql-common: no cluster is made when the package is installed.
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        printf 'create_main_cluster = false\n' >/etc/postgresql-common/createcluster.conf
    if apt-get update -qq </dev/null >/dev/null 2>&1 &&
        apt-get install -y -qq --no-install-recommends postgresql </dev/null >/dev/null 2>&1; then
        exit 0
    fi
    printf 'sijill: PostgreSQL could not be installed; ' >&2
else
    printf 'sijill: no PostgreSQL server here; ' >&2
fi
printf 'tests of cases on a server will be skipped (Debian: apt-get install postgresql)\n' >&2
