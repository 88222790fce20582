# The commands of the house. `make` prints them; CI calls nothing else.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup build run test check sim kill bench bench-readings bench-notification proto golden sanitize clean

# One set of flags for every debug build, so that test and check share it.
FLAGS := --build-tests --explicit-target-dependency-import-check error
RELEASE := -c release --static-swift-stdlib
PROGRAMS := hazwatch hazwatch-ingest hazwatch-risk hazwatch-notification
PACKAGES := build-essential pkg-config libnghttp2-dev libprotobuf-c-dev libsqlite3-dev zlib1g-dev \
	protobuf-compiler protobuf-c-compiler python3-protobuf python3-venv nghttp2-client \
	libgrpc++-dev libprotobuf-dev protobuf-compiler-grpc openssl kannel strace \
	ffmpeg python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base \
	gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly
SEED ?= 1
DAYS ?= 30
RUNS ?= 1
JOBS ?= 2
FAULTS ?=
KILLS ?= 100
SANITIZED := --no-parallel --filter '^(RPCTests|ContractsTests)\.'
BENCH := .build/bench
PEERS := Tests/Benchmarks/Peers

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing (Debian 12, Ubuntu 24.04); Swift 6.2 or later must be there
	@.ci/setup $(PACKAGES)

build: setup ## build the programs for use into .build/programs: hazwatch, and one per service
	for program in $(PROGRAMS); do swift build $(RELEASE) --product $$program || exit 1; done
	install -D -s -t .build/programs $(PROGRAMS:%=.build/release/%)

run: setup ## build, then run every service with the demo city; stop with Ctrl-C
	swift build $(RELEASE) --product hazwatch
	@exec .build/release/hazwatch up --demo --data ./data

test: setup ## run all tests; those that fail are named again at the end
	@if [ -x Tests/Interop/setup.sh ]; then Tests/Interop/setup.sh; fi
	@if [ -x Tests/NotificationChannelTests/setup.sh ]; then Tests/NotificationChannelTests/setup.sh; fi
	swift build $(FLAGS)
	@.ci/tests

check: setup ## compare generated code, build with checked imports, lint the format, run the tidy tests
	proto/check.sh
	swift build $(FLAGS)
	find Shared Services Tests -name '*.swift' -not -path '*/Generated/*' -not -path '*/.build/*' -print0 \
		| xargs -0 swift format lint --strict --parallel
	swift test --skip-build --filter '^Tidy\.'

sim: setup ## simulate the platform with faults: make sim SEED=7 DAYS=30 RUNS=1 JOBS=2 FAULTS=kills,silence
	swift build $(RELEASE) --product hazwatch-sim
	.build/release/hazwatch-sim --seed $(SEED) --days $(DAYS) --runs $(RUNS) --jobs $(JOBS) --faults '$(FAULTS)'

kill: setup ## kill notification under load with a real SMSC: make kill SEED=1 KILLS=100 (10 minutes)
	Tests/NotificationChannelTests/setup.sh
	for program in $(PROGRAMS) hazwatch-kill; do swift build $(FLAGS:--build-tests=) --product $$program || exit 1; done
	.build/debug/hazwatch-kill --seed $(SEED) --kills $(KILLS)

bench: setup ## measure our gRPC against bare libnghttp2 and grpc-swift-2 (the first build takes 10 minutes)
	mkdir -p $(BENCH)
	cc -O2 Tests/Benchmarks/bare-nghttp2/server.c -lnghttp2 -o $(BENCH)/bare-nghttp2
	swift build $(RELEASE) --product rpc-bench
	swift build $(RELEASE) --package-path $(PEERS) --scratch-path $(BENCH)/peers
	Tests/Benchmarks/bench.py --bare $(BENCH)/bare-nghttp2 --ours .build/release/rpc-bench \
		--peer $(BENCH)/peers/release/PeerServer

bench-readings: setup ## measure stored readings over gRPC against VictoriaMetrics, on disk and in ranges (10 minutes)
	@.ci/setup victoria-metrics
	swift build $(RELEASE) --product hazwatch-ingest
	swift build $(RELEASE) --product readings-bench
	Tests/Benchmarks/bench.py --rounds 5 --ingest .build/release/hazwatch-ingest \
		--readings .build/release/readings-bench

bench-notification: setup ## measure 100,000 open obligations and a burst of 21,000 warnings (5 minutes)
	swift build $(RELEASE) --product notification-bench
	.build/release/notification-bench obligations 100000
	.build/release/notification-bench burst 21000

proto: setup ## make the C and Swift messages anew from proto/
	proto/generate.sh

golden: setup ## rewrite the golden files of the scenarios; read the diff before you commit it
	swift build $(FLAGS)
	HAZWATCH_GOLDEN=1 swift test --skip-build --filter '^(Scenarios|NotificationCoreTests)\.'

sanitize: setup ## run the gRPC and message tests under the thread and the address sanitizer
	Tests/Interop/setup.sh
	TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Sanitizers/thread.txt \
		swift test --sanitize thread --scratch-path .build/thread $(SANITIZED)
	ASAN_OPTIONS=detect_leaks=1 LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Sanitizers/leaks.txt \
		swift test --sanitize address --scratch-path .build/address $(SANITIZED)

clean: ## remove everything that was built
	rm -rf .build
