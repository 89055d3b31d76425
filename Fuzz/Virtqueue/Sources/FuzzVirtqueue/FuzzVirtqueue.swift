// The device's side of both rings over memory whose every byte comes from the fuzzer.

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
    shared.range.write(bytes)
    guard let memory = try? GuestMemory([GuestRegion(start: GuestAddress(0), memory: shared)]),
        let queue = try? DeviceQueue(layout, memory: memory, features: features)
    else { return 0 }
    var request = WireBuffer(capacity: 256)
    var response = WireBuffer(capacity: 64)
    response.append(zeros: 64)
    var chain = DescriptorChain()
    var held: [ChainHead] = []
    for _ in 0..<3 {
        var taken = 0
        while (try? queue.pop(into: &chain)) == true {
            taken += 1
            precondition(taken <= 4 * Int(size) + 4, "a turn does not end")
            precondition(
                chain.readable.byteCount + chain.writable.byteCount <= ChainLimits.byteCountMax)
            precondition(
                !hasCanary || chain.readable.count == 0 || chain.writable.count == 0
                    || chain.readable[0].count != 9, "the canary")
            precondition(queue.chainsHeld <= Int(size), "more chains than the ring has slots")
            request.removeAll()
            _ = try? queue.read(&chain, limit: 256, into: &request)
            let written = try? queue.write(response, to: &chain)
            if taken % 3 == 0 {
                held.append(chain.head)
            } else {
                queue.push(chain.head, written: written ?? 0)
            }
            if taken == 4 * Int(size) { break }
        }
        for head in held { queue.push(head, written: 0) }
        held.removeAll()
        _ = queue.needsInterrupt()
        shared.range.write(bytes)
    }
    return 0
}
