#!/bin/bash
# Writes Sources/PeerServer/Generated anew; needed only when proto/ or bench.proto changes.
set -euo pipefail
cd "$(dirname "$0")"
swift build --product protoc-gen-swift
swift build --product protoc-gen-grpc-swift-2
plugins=$(swift build --show-bin-path)
out=Sources/PeerServer/Generated
protoc -I ../../../proto -I ../proto \
    --plugin=protoc-gen-swift="$plugins/protoc-gen-swift" \
    --swift_opt=FileNaming=DropPath --swift_out=$out \
    hazwatch/common/v1/common.proto hazwatch/ingest/v1/readings.proto
protoc -I ../../../proto -I ../proto \
    --plugin=protoc-gen-grpc-swift="$plugins/protoc-gen-grpc-swift-2" \
    --grpc-swift_opt=FileNaming=DropPath,Client=false --grpc-swift_out=$out \
    hazwatch/bench/v1/bench.proto
