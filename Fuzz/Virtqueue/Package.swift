// swift-tools-version: 6.3
import PackageDescription

let harnesses = ["FuzzVirtqueue", "FuzzDriverQueue"]

let package = Package(
    name: "virtqueue-fuzz",
    dependencies: [.package(name: "virtio-share", path: "../..")],
    targets: harnesses.map { name in
        .executableTarget(
            name: name,
            dependencies: [
                .product(name: "VirtioWire", package: "virtio-share"),
                .product(name: "Virtqueue", package: "virtio-share"),
                .product(name: "LinuxSystem", package: "virtio-share"),
            ],
            swiftSettings: [
                .strictMemorySafety(), .enableUpcomingFeature("MemberImportVisibility"),
                .unsafeFlags(["-parse-as-library"]),
            ])
    },
    swiftLanguageModes: [.v6]
)
