// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "virtio-share-benchmarks",
    dependencies: [.package(name: "virtio-share", path: "..")],
    targets: [
        .systemLibrary(
            name: "CGLib", pkgConfig: "glib-2.0", providers: [.apt(["libglib2.0-dev"])]),
        .target(name: "CGLibTable", dependencies: ["CGLib"]),
        .executableTarget(
            name: "RegistryBench",
            dependencies: [
                "CGLibTable",
                .product(name: "ResourceRegistry", package: "virtio-share"),
                .product(name: "VirtioWire", package: "virtio-share"),
                .product(name: "LinuxSystem", package: "virtio-share"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
