#!/bin/bash
# Makes the foreign peers that NotificationChannelTests need, in .build/channels: a Python with an
# SMPP server, an SMPP client and a mail server. Does nothing twice.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
to=$(cd "$here/../.." && pwd)/.build/channels
mkdir -p "$to"

# Debian keeps the gateway where only its administrator looks.
PATH=$PATH:/usr/sbin
need() {
    command -v "$1" >/dev/null || {
        echo "Tests/NotificationChannelTests/setup.sh: $1 is missing; apt-get install $2" \
            "(make setup does it)" >&2
        exit 1
    }
}
need python3 "python3 python3-venv"
need openssl openssl
need bearerbox kannel
need smsbox kannel

# Made anew when the requirements change.
if ! cmp -s "$here/python/requirements.txt" "$to/venv/requirements.txt"; then
    rm -rf "$to/venv"
    python3 -m venv "$to/venv"
    "$to/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        -r "$here/python/requirements.txt"
    cp "$here/python/requirements.txt" "$to/venv/requirements.txt"
fi

# A certificate for this machine's loopback, good for tests only.
if [ ! -s "$to/tls/certificate.pem" ]; then
    mkdir -p "$to/tls"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
        -subj /CN=localhost -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
        -keyout "$to/tls/key.pem" -out "$to/tls/certificate.pem" 2>/dev/null
fi
