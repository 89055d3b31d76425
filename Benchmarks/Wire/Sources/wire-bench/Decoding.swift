// The loops that are measured, and looked into by scripts/check-hot-path.sh.

import VirtioWire

/// Decoding a table of messages: the sum of all members, so that no load can be left out.
enum Decoding {
    @inline(never)
    static func transfers(_ table: borrowing WireBuffer) throws(WireError) -> UInt64 {
        var records = table.bytes.records(sizeBytes: VirtioGPU.TransferToHost2D.sizeBytes)
        var sum: UInt64 = 0
        while let record = records.next() {
            sum &+= self.sum(try VirtioGPU.TransferToHost2D(record))
        }
        return sum
    }

    @inline(never)
    static func entries(_ table: borrowing WireBuffer) throws(WireError) -> UInt64 {
        var records = table.bytes.records(sizeBytes: VirtioGPU.MemEntry.sizeBytes)
        var sum: UInt64 = 0
        while let record = records.next() {
            let entry = try VirtioGPU.MemEntry(record)
            sum &+= entry.addr.rawValue &+ UInt64(entry.length)
        }
        return sum
    }

    /// Whole commands, whose type only their bytes tell.
    @inline(never)
    static func commands(_ table: borrowing WireBuffer) throws(WireError) -> UInt64 {
        var records = table.bytes.records(sizeBytes: VirtioGPU.TransferToHost2D.sizeBytes)
        var sum: UInt64 = 0
        while let record = records.next() {
            let command = try VirtioGPU.Command(record)
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
