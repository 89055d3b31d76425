# Every target sets up what it needs on a fresh Debian 12 with Swift 6.3.
# The traits turn real codecs and PNG on; the libraries alone build without them: `swift build`.
TRAITS  := --traits LibAV,PNG
PROGRAM := .build/release/virtio-share
SOURCES := Package.swift Sources Tests Examples/EmbeddedVMM/Package.swift Examples/EmbeddedVMM/Sources \
	Examples/SharingModels/Package.swift Examples/SharingModels/Sources \
	Benchmarks/Package.swift Benchmarks/Sources/RegistryBench

.PHONY: demo test check build bench example plain lint setup clean

## Decode the clip that ships with the project and show what the GPU sampled: demo-output/
demo: build
	$(PROGRAM) demo --output demo-output

## All tests: with the traits, the example, and a build without any trait
test: setup
	swift build --build-tests $(TRAITS)
	swift test --skip-build $(TRAITS)
	$(MAKE) example
	$(MAKE) plain

## What CI runs
check: test lint

## The command line with everything: .build/release/virtio-share
build: setup
	swift build -c release --product virtio-share $(TRAITS)

## Ratios, measured in one run
bench: build
	$(PROGRAM) bench
	@pkg-config --exists glib-2.0 || { echo 'make bench needs libglib2.0-dev: apt install libglib2.0-dev'; exit 1; }
	swift run --package-path Benchmarks -c release RegistryBench

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
	rm -rf .build .build-plain Examples/EmbeddedVMM/.build Examples/SharingModels/.build Benchmarks/.build demo-output
