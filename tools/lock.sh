#!/bin/sh
# usage: lock.sh [--upgrade]
#
# Pin what pyproject.toml asks for, with hashes, for every platform and Python from 3.11 on. All files are cut from one
# resolution, so the same package has the same version in each. No header and no index address: the files are the same
# on every machine. UV=/path/to/uv chooses the program.
set -eu

cd "$(dirname "$0")/.."
uv=${UV:-uv}
everything=$(mktemp)
trap 'rm -f "$everything"' EXIT

pin() {
    "$uv" pip compile --quiet --universal --python-version 3.11 \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@" >/dev/null
}

cut() {
    file=requirements/$1.txt
    shift
    pin --constraint "$everything" --generate-hashes --output-file "$file" "$@"
}

# What is pinned already stays as it is, unless asked otherwise.
sed -n 's/^\([a-z].*==.*[^ ]\) *\\$/\1/p' requirements/*.txt 2>/dev/null | sort -u >"$everything"
pin pyproject.toml --all-extras --group build --group test --group lint --group lock --group gazetteer --group assets \
    --output-file "$everything" "$@"

cut base pyproject.toml
# The tests and the checks want every part that can be had without a compiler or a big download.
parts="--extra estimate --extra names --extra ocr --extra team --extra web"
# shellcheck disable=SC2086  # words on purpose
cut test pyproject.toml $parts --group test
# shellcheck disable=SC2086
cut dev pyproject.toml $parts --group test --group lint
cut build --group build
cut lock --group lock
cut assets --group assets
cut gazetteer --group gazetteer
for extra in web ocr ots team names names-icu estimate scale charts; do
    cut "$extra" pyproject.toml --extra "$extra"
done
