# Every target sets up what it needs on a fresh Debian 12 with Swift 6.3.
# The traits turn real codecs and PNG on; the libraries alone build without them: `swift build`.
TRAITS  := --traits LibAV,PNG
PROGRAM := .build/release/virtio-share
SOURCES := Package.swift Sources Tests Examples/EmbeddedVMM/Package.swift Examples/EmbeddedVMM/Sources \
	Examples/SharingModels/Package.swift Examples/SharingModels/Sources \
	Benchmarks/Package.swift Benchmarks/Sources/RegistryBench \
	Benchmarks/Virtqueue/Package.swift Benchmarks/Virtqueue/Sources Benchmarks/Wire/Package.swift \
	Benchmarks/Wire/Sources Fuzz/Virtqueue/Package.swift Fuzz/Virtqueue/Sources \
	Fuzz/Wire/Package.swift Fuzz/Wire/Sources Tools/SpecGenerator/Package.swift \
	Tools/SpecGenerator/Library Tools/SpecGenerator/Program Tools/SpecGenerator/Tests

.PHONY: demo test check build generate tables vectors check-vectors clauses bench bench-registry hot-registry \
	sharing sanitize-registry isolated media sanitize-media bench-queue bench-wire hot-path stress fuzz hostile \
	sanitize-gpu guest-test guest-test-qemu bench-backend soak example plain lint setup clean

## Decode the clip that ships with the project and show what the GPU sampled: demo-output/
demo: build
	$(PROGRAM) demo --output demo-output

## All tests: with the traits, the example, and a build without any trait
test: setup
	@scripts/setup.sh tshark || echo "setup: without tshark the dissectors are not tried"
	@scripts/setup.sh qemu-system-gui || echo "setup: without QEMU's back-end its conformance is not tried"
	@scripts/setup.sh virgl-server || echo "setup: without virgl-server no other renderer is compared with"
	swift build --build-tests $(TRAITS)
	scripts/run-tests.sh --skip-build $(TRAITS)
	$(MAKE) tables
	$(MAKE) check-vectors
	$(MAKE) example
	$(MAKE) plain

## The codecs, dissectors and index that the tables of Spec/ make, written anew
generate:
	swift run --package-path Tools/SpecGenerator SpecGenerator

## Which cases each clause has, written anew: Spec/conformance.md
clauses: build
	$(PROGRAM) conform --clauses Spec > .build/conformance.md
	mv .build/conformance.md Spec/conformance.md

## Whether they are up to date, and the generator's own tests
tables:
	swift build --package-path Tools/SpecGenerator --build-tests
	swift test --package-path Tools/SpecGenerator --skip-build
	swift run --package-path Tools/SpecGenerator --skip-build SpecGenerator --check

## Golden bytes of every message, written anew by the C compiler
MAKE_VECTORS := .build/make-vectors
vectors:
	@mkdir -p .build
	$(CC) -Wall -Wextra -Werror -o $(MAKE_VECTORS) Spec/vectors/oracle/*.c
	$(MAKE_VECTORS) Spec/vectors

## Whether they are up to date
check-vectors:
	@mkdir -p .build/vectors
	$(CC) -Wall -Wextra -Werror -o $(MAKE_VECTORS) Spec/vectors/oracle/*.c
	$(MAKE_VECTORS) .build/vectors
	@for file in Spec/vectors/*.txt; do cmp $$file .build/vectors/$${file##*/} || exit 1; done

## A real Linux kernel as the guest (User-Mode Linux, built once, then cached) under `serve gpu`:
## what its driver makes of the device, a stress, and kmscube's picture in guest-output/
GUEST_OUTPUT ?= guest-output
guest-test: setup
	@scripts/setup.sh gcc libc6-dev
	@scripts/setup.sh kmscube || echo "guest-test: without kmscube its picture is not tried"
	scripts/guest-test.sh $(GUEST_OUTPUT) $(TRAITS)

## The same driver as Debian ships it, under an emulated processor and behind QEMU 10's front-end, both
## fetched once from Debian's archive without being installed; fails where they cannot be had
guest-test-qemu: setup
	@scripts/setup.sh gcc libc6-dev cpio xz-utils
	scripts/guest-test-qemu.sh $(TRAITS)

## What CI runs
check: test lint hot-path

## The command line with everything: .build/release/virtio-share
build: setup
	swift build -c release --product virtio-share $(TRAITS)

## Ratios of every layer, each measured in one run
bench: build
	$(PROGRAM) bench
	$(MAKE) bench-wire
	$(MAKE) bench-queue
	$(MAKE) bench-registry
	$(MAKE) bench-backend

## The GPU's back-end beside QEMU's own, through the same front-end
bench-backend: build
	@scripts/setup.sh qemu-system-gui
	$(PROGRAM) bench-backend

## Ten minutes of mixed work on served devices, whose memory stays flat
SOAK_SECONDS ?= 600
soak: build
	$(PROGRAM) soak --seconds $(SOAK_SECONDS)

## The registry beside a GLib hash table under one mutex
bench-registry: setup
	@scripts/setup.sh libglib2.0-dev
	swift run --package-path Benchmarks -c release RegistryBench

## The registry's lookups count no references, check no accesses and allocate nothing
REGISTRY_BENCH := Benchmarks/.build/release/RegistryBench
hot-registry: setup
	@scripts/setup.sh libglib2.0-dev binutils
	swift build --package-path Benchmarks -c release
	scripts/check-hot-path.sh $(REGISTRY_BENCH) --canary 'ResourceRegistry.ResourceRegistry.init(' \
		'ResourceRegistry.ResourceRegistry.sizeBytes(' 'ResourceRegistry.Shard.sizeBytes(' \
		'ResourceRegistry.Lease.isGranted.getter' 'ResourceRegistry.Attachment.isRevoked.getter' \
		'ResourceRegistry.Attachment.memory.getter' 'ResourceRegistry.Fence.isSignalled.getter'

## Every order of seven steps, and random steps for minutes
SHARING_DEPTH ?= 7
SHARING_SECONDS ?= 300
sharing: setup
	swift build --build-tests $(TRAITS)
	SHARING_DEPTH=$(SHARING_DEPTH) SHARING_SECONDS=$(SHARING_SECONDS) swift test --skip-build \
		$(TRAITS) --filter InterleavingTests

## The registry's tests under the thread and the address sanitizer, with a leak check
SANITIZE_SECONDS ?= 120
sanitize-registry: setup
	for sanitizer in thread address; do \
		swift build --build-tests --sanitize $$sanitizer --scratch-path .build-$$sanitizer && \
		swift test --disable-xctest --skip-build --sanitize $$sanitizer --scratch-path .build-$$sanitizer \
			--filter ResourceRegistryTests && \
		SHARING_SECONDS=$(SANITIZE_SECONDS) swift test --disable-xctest --skip-build --sanitize $$sanitizer \
			--scratch-path .build-$$sanitizer --filter InterleavingTests || exit 1; \
	done

## The GPU's tests over a worker process, and thousands of mutated command streams; the tests of
## decoders and of the media device over workers
STREAMS ?= 5000
isolated: setup
	swift build --build-tests $(TRAITS)
	VIRTIO_SHARE_RENDERER=isolated swift test --skip-build $(TRAITS) --filter 'VirtioDevicesTests.WithRenderer/GPU'
	VIRTIO_SHARE_STREAMS=$(STREAMS) swift test --skip-build $(TRAITS) --filter RendererWorkerTests.HostileStreamTests
	VIRTIO_SHARE_CODECS=isolated swift test --skip-build $(TRAITS) --filter 'VirtioDevicesTests.Media|HostBridgeTests.LibAV'

## The media device's long tests: 100,000 random ioctls, and 10,000 mutated streams in codecs' workers
MEDIA_LONG := MEDIA_FUZZ_ROUNDS=200 MEDIA_MUTATIONS=10000
media: setup
	swift build --build-tests $(TRAITS)
	$(MEDIA_LONG) swift test --skip-build $(TRAITS) --filter 'MediaFuzzTests|LibAVHostileTests'

## The same ioctls and every other test of the device's states under the address sanitizer
sanitize-media: setup
	swift build --build-tests $(TRAITS) --sanitize address --scratch-path .build-address
	$(MEDIA_LONG) swift test --disable-xctest --skip-build $(TRAITS) --sanitize address \
		--scratch-path .build-address --filter 'VirtioDevicesTests.Media|HostBridgeTests.*Decod'

## Nanoseconds per chain beside a C loop; fails above twice the loop's
bench-queue: hot-path
	$(QUEUE_BENCH)

## Whether the optimised rings count no references, allocate nothing and call through no table
QUEUE_BENCH := Benchmarks/Virtqueue/.build/release/virtqueue-bench
hot-path: setup
	@scripts/setup.sh binutils
	swift build --package-path Benchmarks/Virtqueue -c release
	scripts/check-hot-path.sh $(QUEUE_BENCH)

## Two threads and a ring: ten million chains in each kind, and fewer under the thread sanitizer
CHAINS ?= 10000000
stress: setup
	swift build --package-path Benchmarks/Virtqueue -c release
	$(QUEUE_BENCH) threads $(CHAINS)
	swift build --package-path Benchmarks/Virtqueue --scratch-path .build-thread -c release \
		--sanitize thread
	.build-thread/release/virtqueue-bench threads $$(($(CHAINS) / 50))

## Decoding beside a C loop that casts, and a look into the decoders' machine code
WIRE_BENCH := Benchmarks/Wire/.build/release/wire-bench
bench-wire: setup
	@scripts/setup.sh binutils
	swift build --package-path Benchmarks/Wire -c release
	$(WIRE_BENCH)
	scripts/check-hot-path.sh $(WIRE_BENCH) --canary 'static wire_bench.Main.main(' \
		'static wire_bench.Decoding.transfers(' 'static wire_bench.Decoding.entries(' \
		'static wire_bench.Decoding.commands(' 'VirtioWire.VirtioGPU.Command.init(Swift.RawSpan'

## Bytes that a fuzzer owns: rings and descriptors, then every decoder; planted bugs are found first
FUZZ_SECONDS ?= 60
WIRE_FUZZERS := FuzzGPU FuzzMedia FuzzVhostUser FuzzVhostUserGPU FuzzRings
FUZZ_WIRE := SWIFT_BACKTRACE=enable=no Fuzz/Wire/.build/release
fuzz: setup
	swift build --package-path Fuzz/Virtqueue -c release --sanitize fuzzer
	scripts/fuzz.sh Fuzz/Virtqueue/.build/release/FuzzVirtqueue $(FUZZ_SECONDS) Fuzz/Virtqueue/Seeds
	scripts/fuzz.sh Fuzz/Virtqueue/.build/release/FuzzDriverQueue $(FUZZ_SECONDS) Fuzz/Virtqueue/Seeds
	swift build --package-path Fuzz/Wire -c release --sanitize fuzzer
	@if $(FUZZ_WIRE)/FuzzCanary -max_len=64 -use_value_profile=1 -max_total_time=300 \
		-artifact_prefix=Fuzz/Wire/.build/ 2> Fuzz/Wire/.build/canary.log; then echo "the canary is still alive" >&2; exit 1; fi
	@grep -h "ERROR: libFuzzer" Fuzz/Wire/.build/canary.log
	@for name in $(WIRE_FUZZERS); do \
		$(FUZZ_WIRE)/$$name -max_len=16405 -use_value_profile=1 -max_total_time=$(FUZZ_SECONDS) \
			-print_final_stats=1 -artifact_prefix=Fuzz/Wire/Crashes/$$name/ || exit 1; \
	done

## 100,000 random commands at the GPU device, of 2D and of 3D, with its memory flat
GPU_COMMANDS ?= 100000
hostile: setup
	swift build --build-tests $(TRAITS)
	GPU_COMMANDS=$(GPU_COMMANDS) swift test --skip-build $(TRAITS) --filter GPUHostileTests
	GPU_COMMANDS=$(GPU_COMMANDS) swift test --skip-build $(TRAITS) --filter GPUHostile3D
	VIRTIO_SHARE_RENDERER=isolated GPU_COMMANDS=$(GPU_COMMANDS) \
		swift test --skip-build $(TRAITS) --filter GPUHostile3D

## The same under the address sanitizer, and mutated streams: the device's process is instrumented,
## its workers, whose address space has a limit, are not
sanitize-gpu: setup
	swift build --product virtio-share $(TRAITS)
	swift build --build-tests $(TRAITS) --sanitize address --scratch-path .build-address
	for filter in GPUHostileTests GPUHostile3D RendererWorkerTests.HostileStreamTests; do \
		ASAN_OPTIONS=quarantine_size_mb=8 VIRTIO_SHARE_PROGRAMS=$(CURDIR)/.build/debug \
			VIRTIO_SHARE_RENDERER=isolated GPU_COMMANDS=$(GPU_COMMANDS) VIRTIO_SHARE_STREAMS=$(STREAMS) \
			swift test --disable-xctest --skip-build $(TRAITS) --sanitize address \
			--scratch-path .build-address --filter $$filter || exit 1; \
	done

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
	rm -rf .build .build-plain .build-thread .build-address Examples/EmbeddedVMM/.build \
		Examples/SharingModels/.build Benchmarks/.build \
		Benchmarks/Virtqueue/.build Benchmarks/Wire/.build Fuzz/Virtqueue/.build Fuzz/Wire/.build \
		Tools/SpecGenerator/.build \
		demo-output guest-output
