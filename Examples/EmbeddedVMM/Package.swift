// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "EmbeddedVMM",
    dependencies: [.package(name: "virtio-share", path: "../..")],
    targets: [
        .executableTarget(
            name: "EmbeddedVMM",
            dependencies: [
                "VirtioWire", "LinuxSystem", "Virtqueue", "ResourceRegistry", "HostBridge",
                "VirtioDevices", "GuestDriver",
            ].map { .product(name: $0, package: "virtio-share") },
            swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)])
    ],
    swiftLanguageModes: [.v6]
)
