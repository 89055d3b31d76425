// swift-tools-version: 6.3
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"), .enableExperimentalFeature("Lifetimes"),
]
let wire = Target.Dependency.product(name: "VirtioWire", package: "virtio-share")

func fuzzer(_ name: String) -> Target {
    .executableTarget(
        name: name, dependencies: ["FuzzEntry", "WireFuzzing", wire],
        swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])])
}

let package = Package(
    name: "wire-fuzz",
    dependencies: [.package(name: "virtio-share", path: "../..")],
    targets: [
        // The bodies are the tests': a link to Tests/VirtioWireTests/Fuzzing.
        .target(name: "WireFuzzing", dependencies: [wire], swiftSettings: settings),
        .target(name: "FuzzEntry", dependencies: [wire], swiftSettings: settings),
        fuzzer("FuzzGPU"), fuzzer("FuzzMedia"), fuzzer("FuzzVhostUser"),
        fuzzer("FuzzVhostUserGPU"), fuzzer("FuzzRings"), fuzzer("FuzzCanary"),
    ],
    swiftLanguageModes: [.v6]
)
