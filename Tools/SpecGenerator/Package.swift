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
    name: "spec-generator",
    targets: [
        .target(name: "SpecTables", path: "Library", swiftSettings: settings),
        .executableTarget(
            name: "SpecGenerator", dependencies: ["SpecTables"], path: "Program",
            swiftSettings: settings),
        .testTarget(
            name: "SpecTablesTests", dependencies: ["SpecTables"], path: "Tests",
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
