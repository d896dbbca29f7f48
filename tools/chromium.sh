#!/bin/sh
# Have Chromium and Arabic fonts for the tests that look at pages. On Debian, as root, they are installed; elsewhere
# those tests are skipped and say so. Never fails: a missing browser is no reason not to run the rest.
set -u

for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    printf 'sijill: installing Chromium for the browser tests\n' >&2
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -qq </dev/null >/dev/null 2>&1 &&
        apt-get install -y -qq --no-install-recommends chromium fonts-noto-core fonts-hosny-amiri \
            </dev/null >/dev/null 2>&1; then
        exit 0
    fi
    printf 'sijill: Chromium could not be installed; ' >&2
else
    printf 'sijill: no Chromium here; ' >&2
fi
printf 'tests marked "browser" will be skipped (Debian: apt-get install chromium)\n' >&2
