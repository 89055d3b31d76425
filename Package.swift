// swift-tools-version: 6.3
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

// Targets stand bottom-up: each imports only targets above it.
let package = Package(
    name: "virtio-share",
    products: [
        .library(name: "VirtioWire", targets: ["VirtioWire"]),
        .library(name: "Inspection", targets: ["Inspection"]),
        .library(name: "LinuxSystem", targets: ["LinuxSystem"]),
        .library(name: "Virtqueue", targets: ["Virtqueue"]),
        .library(name: "ResourceRegistry", targets: ["ResourceRegistry"]),
        .library(name: "SharingModels", targets: ["SharingModels"]),
        .library(name: "HostBridge", targets: ["HostBridge"]),
        .library(name: "RendererWorker", targets: ["RendererWorker"]),
        .library(name: "VirtioDevices", targets: ["VirtioDevices"]),
        .library(name: "VhostUser", targets: ["VhostUser"]),
        .library(name: "GuestDriver", targets: ["GuestDriver"]),
        .library(name: "Conformance", targets: ["Conformance"]),
        .executable(name: "virtio-share", targets: ["virtio-share"]),
    ],
    traits: [
        .trait(name: "LibAV", description: "Real codecs: the media device decodes by libavcodec."),
        .trait(name: "PNG", description: "The command line writes PNG by libpng instead of PPM."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .target(name: "CLinux"),
        .systemLibrary(
            name: "CVirglRenderer", pkgConfig: "virglrenderer",
            providers: [.apt(["libvirglrenderer-dev"])]),
        .systemLibrary(
            name: "CLibAV", providers: [.apt(["libavcodec-dev", "libavformat-dev"])]),
        .systemLibrary(name: "CPNG", providers: [.apt(["libpng-dev"])]),
        .target(name: "VirtioWire", swiftSettings: settings),
        .target(
            name: "Inspection", dependencies: ["VirtioWire", system], swiftSettings: settings),
        .target(name: "LinuxSystem", dependencies: ["CLinux", system], swiftSettings: settings),
        .target(
            name: "Virtqueue", dependencies: ["CLinux", "VirtioWire", "LinuxSystem", system],
            swiftSettings: settings),
        .target(
            name: "ResourceRegistry", dependencies: ["VirtioWire", "LinuxSystem", system],
            swiftSettings: settings),
        .target(
            name: "SharingModels",
            dependencies: ["VirtioWire", "LinuxSystem", "ResourceRegistry", system],
            exclude: ["README.md"], swiftSettings: settings),
        .target(
            name: "HostBridge",
            dependencies: [
                "CVirglRenderer",
                .target(name: "CLibAV", condition: .when(traits: ["LibAV"])),
                "VirtioWire", "LinuxSystem", "ResourceRegistry", system,
            ],
            exclude: ["Worker/README.md"], swiftSettings: settings),
        .target(
            name: "RendererWorker",
            dependencies: ["VirtioWire", "LinuxSystem", "HostBridge", system],
            swiftSettings: settings),
        .target(
            name: "VirtioDevices",
            dependencies: [
                "VirtioWire", "LinuxSystem", "Virtqueue", "ResourceRegistry", "HostBridge", system,
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "VhostUser",
            dependencies: [
                "VirtioWire", "LinuxSystem", "Virtqueue", "ResourceRegistry", "HostBridge",
                "VirtioDevices", system,
            ],
            exclude: ["README.md"], swiftSettings: settings),
        .target(
            name: "GuestDriver",
            dependencies: ["VirtioWire", "LinuxSystem", "Virtqueue", system],
            swiftSettings: settings),
        .target(
            name: "Conformance",
            dependencies: [
                "VirtioWire", "Inspection", "LinuxSystem", "Virtqueue", "GuestDriver", system,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "virtio-share",
            dependencies: [
                .target(name: "CLibAV", condition: .when(traits: ["LibAV"])),
                .target(name: "CPNG", condition: .when(traits: ["PNG"])),
                "VirtioWire", "Inspection", "LinuxSystem", "Virtqueue", "ResourceRegistry",
                "HostBridge", "RendererWorker", "VirtioDevices", "VhostUser", "GuestDriver",
                "Conformance", system,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Resources/README.md"], resources: [.copy("Resources/demo.mp4")],
            swiftSettings: settings),
        .target(name: "CSpecOracle", path: "Tests/CSpecOracle"),
        // What three test targets read of docs/conformance/mutants.md.
        .target(name: "MutantList", path: "Tests/MutantList", swiftSettings: settings),
        .testTarget(
            name: "VirtioWireTests", dependencies: ["CLinux", "CSpecOracle", "VirtioWire"],
            swiftSettings: settings),
        .testTarget(
            name: "InspectionTests", dependencies: ["VirtioWire", "Inspection", system],
            swiftSettings: settings),
        .testTarget(
            name: "VirtqueueTests",
            dependencies: ["VirtioWire", "LinuxSystem", "Virtqueue", system],
            swiftSettings: settings),
        .testTarget(
            name: "ResourceRegistryTests",
            dependencies: [
                "VirtioWire", "LinuxSystem", "ResourceRegistry", "SharingModels", system,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "HostBridgeTests",
            dependencies: [
                .target(name: "CLibAV", condition: .when(traits: ["LibAV"])),
                "VirtioWire", "LinuxSystem", "ResourceRegistry", "HostBridge", "virtio-share",
            ],
            swiftSettings: settings),
        // A hostile partner for the tests of workers, started as a program.
        .executableTarget(name: "FakeWorker", dependencies: ["CLinux"], path: "Tests/FakeWorker"),
        .testTarget(
            name: "RendererWorkerTests",
            dependencies: ["VirtioWire", "LinuxSystem", "Virtqueue", "HostBridge", system],
            swiftSettings: settings),
        .testTarget(
            name: "VhostUserTests",
            dependencies: [
                "VirtioWire", "LinuxSystem", "Virtqueue", "ResourceRegistry", "HostBridge",
                "VirtioDevices", "VhostUser", "GuestDriver", "Conformance", "MutantList",
                "virtio-share", system,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "VirtioDevicesTests",
            dependencies: [
                .target(name: "CLibAV", condition: .when(traits: ["LibAV"])),
                "VirtioWire", "LinuxSystem", "Virtqueue", "ResourceRegistry", "HostBridge",
                "VirtioDevices", "VhostUser", "GuestDriver", "Conformance", "MutantList",
                "virtio-share", system,
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "VirtioWire", "LinuxSystem", "Virtqueue", "ResourceRegistry", "HostBridge",
                "VirtioDevices", "GuestDriver", "Conformance", "MutantList",
            ],
            swiftSettings: settings),
        .testTarget(
            name: "virtio-shareTests",
            dependencies: [
                "virtio-share", .target(name: "CPNG", condition: .when(traits: ["PNG"])),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
