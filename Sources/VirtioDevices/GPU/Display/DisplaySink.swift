// How an embedding program gets what the guest shows.

public import HostBridge
public import LinuxSystem
public import VirtioWire

/// A part of a scanout's picture that is new.
public struct DisplayFrame: Sendable {
    public let scanout: Int
    /// The whole picture's size.
    public let width: UInt32
    public let height: UInt32
    public let format: VirtioGPU.Format
    /// What is new, in the picture's coordinates.
    public let damage: ImageRect
    /// The bytes of `damage` from its first pixel to its last, `strideBytes` from row to row. Valid
    /// until ``DisplaySink/update(_:)`` returns; a guest may be writing to them meanwhile.
    public let pixels: MemoryRange
    public let strideBytes: Int

    /// The bytes of one row of `damage`.
    public func row(_ index: Int) -> MemoryRange? {
        guard index >= 0, index < Int(damage.height) else { return nil }
        return pixels.slice(
            offset: index * strideBytes, count: Int(damage.width) * VirtioGPU.Format.pixelBytes)
    }
}

/// A cursor's picture: 64 rows of 64 pixels without gaps.
public struct CursorImage: Equatable, Sendable {
    public let format: VirtioGPU.Format
    public let pixels: [UInt8]
    /// The pixel that points, from the upper left corner.
    public let hotX: UInt32
    public let hotY: UInt32
}

/// A place in a scanout's coordinates; the cursor may be partly outside.
public struct CursorPosition: Equatable, Sendable {
    public let x: Int32
    public let y: Int32
}

/// What shows scanouts to somebody. All calls come on the device's thread and end soon: the guest's
/// commands wait for them.
public protocol DisplaySink: AnyObject {
    /// The scanout shows a picture of that size from now on; nil: nothing. The pixels come by
    /// ``update(_:)``.
    func setScanout(_ scanout: Int, size: (width: UInt32, height: UInt32)?)
    func update(_ frame: DisplayFrame)
    /// nil hides the cursor.
    func setCursor(_ scanout: Int, _ image: CursorImage?, at position: CursorPosition)
    func moveCursor(_ scanout: Int, to position: CursorPosition)
    /// What the user's displays are like now, the first scanout's first: asked each time that the
    /// guest asks. nil where nobody knows.
    func displayModes() -> [DisplayMode]?
}

extension DisplaySink {
    public func displayModes() -> [DisplayMode]? { nil }
}
