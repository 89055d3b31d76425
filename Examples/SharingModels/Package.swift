// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "sharing-models",
    dependencies: [.package(name: "virtio-share", path: "../..")],
    targets: [
        .executableTarget(
            name: "SharingModelsDemo",
            dependencies: [
                .product(name: "SharingModels", package: "virtio-share"),
                .product(name: "ResourceRegistry", package: "virtio-share"),
                .product(name: "LinuxSystem", package: "virtio-share"),
                .product(name: "VirtioWire", package: "virtio-share"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
