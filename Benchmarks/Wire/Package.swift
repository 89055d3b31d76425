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
    name: "wire-bench",
    dependencies: [.package(name: "virtio-share", path: "../..")],
    targets: [
        .target(name: "CBaseline"),
        .executableTarget(
            name: "wire-bench",
            dependencies: [
                "CBaseline",
                .product(name: "VirtioWire", package: "virtio-share"),
            ],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
