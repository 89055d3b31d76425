import Foundation

/// The folder that a command writes its pictures to.
struct OutputFolder {
    let path: String

    enum Failure: Error, Equatable, CustomStringConvertible {
        case notAFolder(String)
        case notWritable(String)

        var description: String {
            switch self {
            case .notAFolder(let path): "\(path) is not a folder."
            case .notWritable(let path): "The folder \(path) cannot be made or written."
            }
        }
    }

    /// Makes the folder where there is none.
    init(_ path: String) throws(Failure) {
        var isFolder: ObjCBool = false
        if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else { throw .notAFolder(path) }
        } else {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true)
            } catch { throw .notWritable(path) }
        }
        guard FileManager.default.isWritableFile(atPath: path) else { throw .notWritable(path) }
        self.path = path
    }

    func file(_ name: String) -> String {
        URL(fileURLWithPath: path).appendingPathComponent(name).path
    }

    func frame(_ number: Int) -> String {
        file(String(format: "frame-%04d.", number) + PictureFile.fileExtension)
    }

    /// Removes the frames that a longer run before this one has left.
    func removeFrames(from first: Int) {
        var number = first
        while (try? FileManager.default.removeItem(atPath: frame(number))) != nil { number += 1 }
    }
}
