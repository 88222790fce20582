#!/bin/bash
# Makes the foreign peers that ContractsTests and InteropTests need, in .build/interop: a Python with
# grpcio and protobuf, the C++ client, and the test service as a descriptor set. Does nothing twice.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
to=$root/.build/interop
mkdir -p "$to"

need() {
    command -v "$1" >/dev/null || {
        echo "Tests/Interop/setup.sh: $1 is missing; apt-get install $2 (make setup does it)" >&2
        exit 1
    }
}
need python3 "python3 python3-venv"
need protoc protobuf-compiler
need h2load nghttp2-client
need nghttp nghttp2-client
need openssl openssl
need make build-essential
need c++ build-essential
need grpc_cpp_plugin protobuf-compiler-grpc
pkg-config --exists grpc++ || need "libgrpc++ for pkg-config" libgrpc++-dev

# Python: made anew when the requirements change.
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

protoc -I"$root/proto" --include_imports "--descriptor_set_out=$to/testing.pb" \
    grpc/testing/test.proto
make --silent -C "$here/cpp" "TO=$to/cpp"
