# Every target sets up what it needs on a fresh Debian 12 with Swift 6.3.
# The traits turn real codecs and PNG on; the libraries alone build without them: `swift build`.
TRAITS  := --traits LibAV,PNG
PROGRAM := .build/release/virtio-share
SOURCES := Package.swift Sources Tests Examples/EmbeddedVMM/Package.swift Examples/EmbeddedVMM/Sources \
	Examples/SharingModels/Package.swift Examples/SharingModels/Sources \
	Benchmarks/Package.swift Benchmarks/Sources/RegistryBench \
	Benchmarks/Virtqueue/Package.swift Benchmarks/Virtqueue/Sources Benchmarks/Wire/Package.swift \
	Benchmarks/Wire/Sources Fuzz/Virtqueue/Package.swift \
	Fuzz/Virtqueue/Sources Tools/SpecGenerator/Package.swift Tools/SpecGenerator/Library \
	Tools/SpecGenerator/Program Tools/SpecGenerator/Tests

.PHONY: demo test check build generate tables bench bench-registry bench-queue bench-wire fuzz example plain lint setup clean

## Decode the clip that ships with the project and show what the GPU sampled: demo-output/
demo: build
	$(PROGRAM) demo --output demo-output

## All tests: with the traits, the example, and a build without any trait
test: setup
	swift build --build-tests $(TRAITS)
	swift test --skip-build $(TRAITS)
	$(MAKE) tables
	$(MAKE) example
	$(MAKE) plain

## The codecs, dissectors and index that the tables of Spec/ make, written anew
generate:
	swift run --package-path Tools/SpecGenerator SpecGenerator

## Whether they are up to date, and the generator's own tests
tables:
	swift build --package-path Tools/SpecGenerator --build-tests
	swift test --package-path Tools/SpecGenerator --skip-build
	swift run --package-path Tools/SpecGenerator --skip-build SpecGenerator --check

## What CI runs
check: test lint

## The command line with everything: .build/release/virtio-share
build: setup
	swift build -c release --product virtio-share $(TRAITS)

## Ratios, measured in one run
bench: build
	$(PROGRAM) bench
	$(MAKE) bench-wire

## The registry beside a GLib hash table under one mutex
bench-registry: setup
	@scripts/setup.sh libglib2.0-dev
	swift run --package-path Benchmarks -c release RegistryBench

## Nanoseconds per chain beside a C loop; fails above twice the loop's
bench-queue: setup
	swift run --package-path Benchmarks/Virtqueue -c release virtqueue-bench

## Decoding beside a C loop that casts, and a look into the decoders' machine code
WIRE_BENCH := Benchmarks/Wire/.build/release/wire-bench
bench-wire: setup
	@scripts/setup.sh binutils
	swift build --package-path Benchmarks/Wire -c release
	$(WIRE_BENCH)
	scripts/check-hot-path.sh $(WIRE_BENCH) --canary 'static wire_bench.Main.makeTable(' \
		'static wire_bench.Decoding.transfers(' 'static wire_bench.Decoding.entries(' \
		'static wire_bench.Decoding.commands('

## Bytes of rings and descriptors that a fuzzer owns
FUZZ_SECONDS ?= 60
fuzz: setup
	swift build --package-path Fuzz/Virtqueue -c release --sanitize fuzzer
	SWIFT_BACKTRACE=enable=no Fuzz/Virtqueue/.build/release/FuzzVirtqueue -max_len=2048 \
		-max_total_time=$(FUZZ_SECONDS)

## A VMM prototype that links the libraries
example: setup
	swift run --package-path Examples/EmbeddedVMM EmbeddedVMM
	swift run --package-path Examples/SharingModels SharingModelsDemo

## The libraries with libvirglrenderer-dev as the only C library
plain: setup
	swift build --scratch-path .build-plain

lint:
	swift format lint --strict --recursive $(SOURCES)

setup:
	@scripts/setup.sh

clean:
	rm -rf .build .build-plain Examples/EmbeddedVMM/.build Examples/SharingModels/.build Benchmarks/.build \
		Benchmarks/Virtqueue/.build Benchmarks/Wire/.build Fuzz/Virtqueue/.build Tools/SpecGenerator/.build \
		demo-output
