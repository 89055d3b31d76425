// The loops that are measured, and looked into by scripts/check-hot-path.sh.

import VirtioWire

/// Decoding a table of messages: the sum of all members, so that no load can be left out.
enum Decoding {
    @inline(never)
    static func transfers(_ bytes: borrowing WireBuffer, count: Int) throws(WireError) -> UInt64 {
        let bytes = bytes.bytes
        var sum: UInt64 = 0
        for index in 0..<count {
            let command = try VirtioGPU.TransferToHost2D(
                bytes.extracting(droppingFirst: index &* VirtioGPU.TransferToHost2D.sizeBytes))
            sum &+= self.sum(command)
        }
        return sum
    }

    @inline(never)
    static func entries(_ bytes: borrowing WireBuffer, count: Int) throws(WireError) -> UInt64 {
        let bytes = bytes.bytes
        var sum: UInt64 = 0
        for index in 0..<count {
            let entry = try VirtioGPU.MemEntry(
                bytes.extracting(droppingFirst: index &* VirtioGPU.MemEntry.sizeBytes))
            sum &+= entry.addr.rawValue &+ UInt64(entry.length)
        }
        return sum
    }

    /// Whole commands, whose type only their bytes tell.
    @inline(never)
    static func commands(_ bytes: borrowing WireBuffer, count: Int) throws(WireError) -> UInt64 {
        let bytes = bytes.bytes
        var sum: UInt64 = 0
        for index in 0..<count {
            let command = try VirtioGPU.Command(
                bytes.extracting(droppingFirst: index &* VirtioGPU.TransferToHost2D.sizeBytes))
            switch command {
            case .transferToHost2D(let transfer): sum &+= self.sum(transfer)
            case .resourceCreateBlob(let blob): sum &+= blob.size
            case .updateCursor(let cursor): sum &+= UInt64(cursor.pos.x)
            case .unknown: sum &+= 1
            default: break
            }
        }
        return sum
    }

    @inline(__always)
    private static func sum(_ command: VirtioGPU.TransferToHost2D) -> UInt64 {
        let header = command.header
        let fence = header.fenceID &+ UInt64(header.ctxID.rawValue) &+ UInt64(header.ringIdx)
        let place = UInt64(command.r.x) &+ UInt64(command.r.y)
        let size = UInt64(command.r.width) &+ UInt64(command.r.height)
        return UInt64(header.type.rawValue) &+ UInt64(header.flags.rawValue) &+ fence &+ place
            &+ size &+ command.offset &+ UInt64(command.resourceID.rawValue)
    }
}
