// swift-tools-version: 6.3
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "virtqueue-bench",
    dependencies: [.package(name: "virtio-share", path: "../..")],
    targets: [
        .target(name: "CBaseline"),
        .executableTarget(
            name: "virtqueue-bench",
            dependencies: [
                "CBaseline",
                .product(name: "VirtioWire", package: "virtio-share"),
                .product(name: "Virtqueue", package: "virtio-share"),
                .product(name: "LinuxSystem", package: "virtio-share"),
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
