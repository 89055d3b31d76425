// A display that keeps what it is shown.

import HostBridge
import LinuxSystem
import VirtioDevices
import VirtioWire

final class ScreenRecorder: DisplaySink {
    struct Screen {
        let width: Int
        let height: Int
        var format: VirtioGPU.Format?
        /// Four bytes a pixel; 0x77 where nothing has been shown yet.
        var pixels: [UInt8]
    }

    struct Cursor: Equatable {
        var image: CursorImage?
        var position: CursorPosition
    }

    private(set) var screens: [Int: Screen] = [:]
    private(set) var cursors: [Int: Cursor] = [:]
    /// What was told as new, in order.
    private(set) var damages: [ImageRect] = []

    func setScanout(_ scanout: Int, size: (width: UInt32, height: UInt32)?) {
        screens[scanout] = size.map { size in
            Screen(
                width: Int(size.width), height: Int(size.height),
                pixels: [UInt8](repeating: 0x77, count: Int(size.width * size.height) * 4))
        }
    }

    func update(_ frame: DisplayFrame) {
        damages.append(frame.damage)
        guard var screen = screens[frame.scanout], screen.width == Int(frame.width),
            screen.height == Int(frame.height)
        else { return }
        screen.format = frame.format
        for row in 0..<Int(frame.damage.height) {
            guard let bytes = frame.row(row)?.bytes() else { return }
            let start = ((Int(frame.damage.y) + row) * screen.width + Int(frame.damage.x)) * 4
            screen.pixels.replaceSubrange(start..<start + bytes.count, with: bytes)
        }
        screens[frame.scanout] = screen
    }

    func setCursor(_ scanout: Int, _ image: CursorImage?, at position: CursorPosition) {
        cursors[scanout] = Cursor(image: image, position: position)
    }

    func moveCursor(_ scanout: Int, to position: CursorPosition) {
        cursors[scanout]?.position = position
    }
}
