#!/bin/sh
# Have tesseract and its model of the Arabic script for the tests that read pictures. On Debian, as root, they are
# installed; elsewhere those tests are skipped and say so. Never fails: without it the rest can run.
set -u

if command -v tesseract >/dev/null 2>&1 && tesseract --list-langs 2>/dev/null | grep -qx Arabic; then
    exit 0
fi

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    printf 'sijill: installing tesseract for the tests of pictures\n' >&2
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update -qq </dev/null >/dev/null 2>&1 &&
        apt-get install -y -qq --no-install-recommends tesseract-ocr tesseract-ocr-script-arab fonts-noto-core \
            </dev/null >/dev/null 2>&1; then
        exit 0
    fi
    printf 'sijill: tesseract could not be installed; ' >&2
else
    printf 'sijill: no tesseract with the model `Arabic` here; ' >&2
fi
printf 'tests that read pictures will be skipped (Debian: apt-get install tesseract-ocr tesseract-ocr-script-arab)\n' >&2
