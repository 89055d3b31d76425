// The vectors of Spec/vectors, as this module reads them.

import Foundation

@testable import Inspection

enum SampleVectors {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let good = [
        "virtio_gpu", "virtio_media", "v4l2", "vhost_user", "vhost_user_gpu", "virtqueue",
    ]

    static func path(_ name: String) -> String {
        root.appendingPathComponent("Spec/vectors/\(name).txt").path
    }

    static func read(_ name: String) throws -> [Vector] {
        try VectorFile(try InputFile.read(path(name))).vectors
    }

    static func vector(_ id: String) throws -> Vector? {
        let file = id.prefix { $0 != "/" }
        return try read(String(file)).first { $0.id == id }
    }
}

extension MessageReport {
    /// All fields without fields of their own.
    var leaves: [Field] { fields.flatMap(\.leaves) }

    var firstError: Finding? { findings.first { $0.kind == .error } }
}

extension Field {
    var leaves: [Field] { fields.isEmpty ? [self] : fields.flatMap(\.leaves) }

    /// The value in the notation of the vectors.
    var notation: String {
        switch value {
        case .unsigned(let number): "\(number)"
        case .signed(let number): "\(number)"
        case .text(let text): text
        case .none: text
        }
    }
}
