import Conformance
import Foundation

/// Spec/conformance.md, made from the other documents of that folder.
struct ClauseDocument {
    let folder: String

    func text() throws -> String {
        try ClauseTable().document { source in
            try String(contentsOfFile: "\(folder)/\(source.file)", encoding: .utf8)
        }
    }
}
