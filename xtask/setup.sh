#!/bin/sh
# What must be there before Cargo can build anything: a C++ compiler and linker, make,
# pkg-config, libclang and a Python that makes environments. Installs them from Debian when
# run as root, else says which are missing. `cargo xtask setup` does the rest.
set -eu

missing=
need() { missing="$missing $1"; }

command -v cargo >/dev/null 2>&1 || {
    echo "Rust is missing. Install it from https://rustup.rs, then try again." >&2
    exit 1
}
command -v g++ >/dev/null 2>&1 || command -v clang++ >/dev/null 2>&1 || need g++
command -v cc >/dev/null 2>&1 || need gcc
command -v make >/dev/null 2>&1 || need make
command -v pkg-config >/dev/null 2>&1 || need pkg-config
# Not libclang-cpp, which is another library and often there alone.
find /usr/lib /usr/local/lib "${LIBCLANG_PATH:-/usr/lib}" -maxdepth 4 \
    \( -name 'libclang.so*' -o -name 'libclang-[0-9]*.so*' \) 2>/dev/null |
    grep -q . || need libclang-dev
python3 -c 'import ensurepip, venv' 2>/dev/null || need python3-venv

[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing from Debian:$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -y -qq --no-install-recommends $missing
else
    echo "These packages are missing. Install them, then try again:" >&2
    echo "    sudo apt-get install$missing" >&2
    exit 1
fi
