#!/bin/bash
# Regenerates the C messages and the Swift values over them from proto/, in place or into the
# directory given, so that a check can compare. Needs protoc, protoc-c and python3-protobuf.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
to=${1:-$root}
cd "$root/proto"
for tool in protoc protoc-c python3; do
    command -v "$tool" >/dev/null || {
        echo "proto/generate.sh: $tool is missing; apt-get install protobuf-compiler" \
            "protobuf-c-compiler python3-protobuf" >&2
        exit 1
    }
done
# Debian's own Python first: it is the one that python3-protobuf belongs to.
python=/usr/bin/python3
"$python" -c 'import google.protobuf' 2>/dev/null || python=python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '#!/bin/bash\nexec %s %s/plugin/protoc-gen-hazwatch\n' "$python" "$PWD" >"$work/plugin"
chmod +x "$work/plugin"

# generate RUNTIME MODULE C-FOLDER HEADER SWIFT-FOLDER FILES…
generate() {
    local runtime=$1 module=$2 folder=$3 header=$4 swift=$5
    shift 5
    mkdir -p "$work/$header/c/include" "$work/$header/swift" "$to/$folder/include" "$to/$swift"
    PYTHONDONTWRITEBYTECODE=1 protoc -I. "--plugin=protoc-gen-hazwatch=$work/plugin" \
        "--hazwatch_opt=runtime=$runtime,module=$module,header=$header" "--hazwatch_out=$work/$header" "$@"
    protoc-c -I. "--c_out=$work/$header/c/include" "$@"
    local file
    for file in "$@"; do
        mkdir -p "$to/$folder/include/$(dirname "$file")"
        mv "$work/$header/c/include/${file%.proto}.pb-c.h" "$to/$folder/include/$(dirname "$file")/"
        file=${file%.proto}
        mv "$work/$header/c/include/$file.pb-c.c" "$to/$folder/${file//\//-}.pb-c.c"
    done
    mv "$work/$header/c/$header.h" "$to/$folder/include/"
    mv "$work/$header/c/$header.c" "$to/$folder/"
    mv "$work/$header"/swift/*.swift "$to/$swift/"
}

rm -rf "$to"/Shared/C/CMessages/{*.c,include/hazwatch,include/grpc,include/*Descriptors.h}
rm -rf "$to"/Tests/Interop/CTestMessages/{*.c,include/grpc,include/*Descriptors.h}
rm -rf "$to"/{Shared/Contracts,Shared/RPC,Tests/Interop/Cases}/Generated
generate RPC CMessages Shared/C/CMessages HazwatchDescriptors Shared/Contracts/Generated \
    $(find hazwatch -name '*.proto' | LC_ALL=C sort)
generate "" CMessages Shared/C/CMessages GrpcDescriptors Shared/RPC/Generated \
    grpc/health/v1/health.proto grpc/reflection/v1/reflection.proto \
    grpc/reflection/v1alpha/reflection.proto
generate RPC CTestMessages Tests/Interop/CTestMessages TestDescriptors Tests/Interop/Cases/Generated \
    grpc/testing/empty.proto grpc/testing/messages.proto grpc/testing/test.proto
