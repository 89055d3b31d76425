// The driver's side of both rings over memory whose every byte comes from the fuzzer: a device that
// keeps to no rule.

import Glibc
import LinuxSystem
import VirtioWire
import Virtqueue

private let shared: SharedMemory = {
    guard let shared = try? SharedMemory(name: "fuzz", sizeBytes: 0x1000) else {
        preconditionFailure("a fuzzer needs its page of memory")
    }
    return shared
}()

/// A bug planted to see that the fuzzer finds one.
private let hasCanary = unsafe getenv("VIRTQUEUE_CANARY") != nil

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let choice = input.first else { return 0 }
    var features: TransportFeatures = []
    if choice & 1 != 0 { features.insert(.ringPacked) }
    if choice & 2 != 0 { features.insert(.indirectDesc) }
    if choice & 4 != 0 { features.insert(.eventIndex) }
    let size: UInt16 = choice & 1 != 0 ? UInt16(choice >> 3 & 15) + 1 : 1 << UInt16(choice >> 3 & 3)
    let layout = QueueLayout(
        size: size, descriptorTable: GuestAddress(0), availRing: GuestAddress(0x100),
        usedRing: GuestAddress(0x180))
    let bytes = Array(input.dropFirst())
    shared.range.fill(0)
    guard let memory = try? GuestMemory([GuestRegion(start: GuestAddress(0), memory: shared)]),
        let queue = try? DriverQueue(
            layout, memory: memory, features: features,
            tables: IndirectTables(start: GuestAddress(0x400), entriesEach: 3))
    else { return 0 }
    let segment = GuestSegment(start: GuestAddress(0x800), count: 8)
    var inFlight: Set<UInt32> = []
    // The device writes the whole memory anew, a part of the input further on, after each turn.
    for turn in 0..<4 {
        for parts in 1...3 {
            let list = Array(repeating: segment, count: parts)
            guard let head = try? queue.add(readable: list, writable: [segment]) else { continue }
            precondition(
                inFlight.insert(UInt32(head)).inserted, "a head that is out goes out again")
        }
        precondition(queue.freeCount >= 0 && queue.freeCount <= Int(size))
        _ = queue.needsNotification()
        shared.range.write(Array(bytes.dropFirst(turn * 64)))
        while let element = try? queue.takeUsed() {
            precondition(inFlight.remove(element.id) != nil, "a chain that was not in flight")
            precondition(!hasCanary || element.len != 9, "the canary")
        }
        queue.suppressInterrupts()
    }
    return 0
}
