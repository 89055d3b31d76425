// A guest that sends what it likes, 3D included, to a device with virglrenderer: small ids and odd
// numbers, the same on every run. GPU_COMMANDS in the environment says how many.

import Foundation
import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

/// How many commands hostile guests send: few in ordinary runs.
enum HostileRun {
    static let wanted = ProcessInfo.processInfo.environment["GPU_COMMANDS"].flatMap { Int($0) }

    static func commands(_ few: Int) -> Int { wanted ?? few }

    /// By how much memory may grow over a long run's last half; other tests run beside short ones.
    static let growthBytesMax = 24 << 20
}

extension WithRenderer {
    @Suite("The GPU device with virglrenderer against a hostile guest")
    struct GPUHostile3D {
        private struct Guest {
            var random: SeededGenerator

            mutating func odd() -> UInt32 {
                [0, 1, 2, 4, 63, 64, 255, 4096, 0x7fff_ffff, 0x8000_0000, .max, .max - 3]
                    .randomElement(using: &random) ?? 0
            }

            mutating func small(_ range: ClosedRange<UInt32>) -> UInt32 {
                Int.random(in: 0..<12, using: &random) == 0
                    ? odd() : .random(in: range, using: &random)
            }

            mutating func resource() -> ResourceID { ResourceID(small(0...6)) }

            mutating func header(_ type: VirtioGPU.MessageType) -> VirtioGPU.ControlHeader {
                let isFenced = Int.random(in: 0..<3, using: &random) == 0
                return VirtioGPU.ControlHeader(
                    type: type, flags: isFenced ? .fence : [], fenceID: random.next(),
                    ctxID: ContextID(small(1...2)))
            }

            mutating func request() -> [UInt8] {
                switch Int.random(in: 0..<16, using: &random) {
                case 0:
                    return encoded(
                        VirtioGPU.CtxCreate(
                            header: header(.ctxCreate), contextInit: small(0...2), debugName: "x"))
                case 1: return encoded(header(.ctxDestroy))
                case 2, 3: return texture()
                case 4:
                    return encoded(VirtioGPU.ResourceUnref(resourceID: resource()))
                case 5, 6:
                    return encoded(
                        VirtioGPU.CtxResource(
                            header: header(
                                Int.random(in: 0..<4, using: &random) == 0
                                    ? .ctxDetachResource : .ctxAttachResource),
                            resourceID: resource()))
                case 7, 8: return transfer()
                case 9, 10: return stream()
                case 11:
                    return encoded(
                        VirtioGPU.ResourceAttachBacking(resourceID: resource(), nrEntries: 1))
                        + encoded(
                            VirtioGPU.MemEntry(
                                addr: GuestAddress(GPUMachine.pages), length: small(0...20000)))
                case 12:
                    return encoded(VirtioGPU.ResourceDetachBacking(resourceID: resource()))
                case 13: return blob()
                case 14:
                    return Bool.random(using: &random)
                        ? encoded(
                            VirtioGPU.ResourceMapBlob(
                                resourceID: resource(), offset: UInt64(small(0...8)) << 12))
                        : encoded(VirtioGPU.ResourceUnmapBlob(resourceID: resource()))
                default: return display()
                }
            }

            private mutating func texture() -> [UInt8] {
                let formats: [UInt32] = [1, 2, 16, 20, 31, 64, 65, 67, 126]
                let target = small(0...8)
                let isBuffer = target == 0
                let isFlat = isBuffer || target == 1 || target == 6
                let side = small(1...40)
                let isCube = target == 4 || target == 8
                return encoded(
                    VirtioGPU.ResourceCreate3D(
                        resourceID: resource(), target: target,
                        format: isBuffer ? 64 : formats.randomElement(using: &random) ?? 67,
                        bind: isBuffer ? 0x10 : 0xa, width: side,
                        height: isFlat ? 1 : isCube ? side : small(1...40),
                        depth: target == 3 ? small(1...5) : 1,
                        arraySize: isCube ? 6 : target >= 6 ? small(1...5) : 1,
                        lastLevel: isBuffer ? 0 : small(0...1), nrSamples: 0,
                        flags: 0))
            }

            private mutating func transfer() -> [UInt8] {
                let isTo = Bool.random(using: &random)
                return encoded(
                    VirtioGPU.TransferHost3D(
                        header: header(isTo ? .transferToHost3D : .transferFromHost3D),
                        box: VirtioGPU.Box(
                            x: small(0...4), y: small(0...2), z: small(0...1), w: small(1...20),
                            h: small(1...8), d: small(1...3)),
                        offset: UInt64(small(0...100)), resourceID: resource(),
                        level: small(0...1), stride: small(0...0),
                        layerStride: small(0...0)))
            }

            /// Whole commands; neither shaders nor draws, which crash the library in this process.
            private mutating func stream() -> [UInt8] {
                let commands: [UInt32] = [0, 2, 4, 5, 6, 7, 9, 10, 18, 43, 45, 48]
                var words: [UInt32] = []
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let command = commands.randomElement(using: &random) ?? 0
                    let length =
                        command == 48 ? 11 : UInt32.random(in: 0...15, using: &random)
                    words.append(length << 16 | command)
                    if command == 48, Bool.random(using: &random) {
                        words += [0, 64, 8, small(1...8192), 1, 1, 1, 0, 0, 6, small(1...9)]
                    } else {
                        for _ in 0..<length { words.append(small(0...64)) }
                    }
                }
                let size = UInt32(words.count * 4)
                return encoded(
                    VirtioGPU.CmdSubmit(
                        header: header(.submit3D),
                        size: Int.random(in: 0..<30, using: &random) == 0 ? odd() : size))
                    + littleEndian(words)
            }

            private mutating func blob() -> [UInt8] {
                encoded(
                    VirtioGPU.ResourceCreateBlob(
                        header: header(.resourceCreateBlob), resourceID: resource(),
                        blobMem: .init(small(1...3)), blobFlags: .init(rawValue: small(1...7)),
                        nrEntries: 0, blobID: UInt64(small(1...9)), size: UInt64(small(1...8192))))
            }

            private mutating func display() -> [UInt8] {
                let rect = VirtioGPU.Rect(width: small(1...40), height: small(1...40))
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    return encoded(
                        VirtioGPU.SetScanout(
                            r: rect, scanoutID: small(0...1), resourceID: resource()))
                case 1: return encoded(VirtioGPU.ResourceFlush(r: rect, resourceID: resource()))
                case 2: return encoded(VirtioGPU.ResourceAssignUUID(resourceID: resource()))
                default:
                    return encoded(
                        VirtioGPU.ResourceCreate2D(
                            resourceID: resource(), format: .b8g8r8x8Unorm, width: small(1...40),
                            height: small(1...40)))
                }
            }
        }

        @Test("Every command is answered, fences come back, and memory stays flat")
        func commands() throws {
            var configuration = GPUConfiguration()
            configuration.limits.bytesMax = 8 << 20
            let screen = ScreenRecorder()
            try GPUMachine.run(configuration, display: screen) { machine in
                var guest = Guest(random: SeededGenerator(seed: 77))
                let count = HostileRun.commands(2000)
                var worked = 0
                var bytesAtHalf = 0
                for index in 0..<count {
                    let request = guest.request()
                    let reply = try machine.send(bytes: request)
                    let type = try #require(reply.type)
                    if !type.isError { worked += 1 }
                    // FENCE is bit 0 of the flags, in both.
                    try #require(reply.bytes[4] & 1 == request[4] & 1)
                    if request[4] & 1 == 1 { try #require(reply.bytes[8..<16] == request[8..<16]) }
                    try #require(machine.device.rendererBytesInUse <= 8 << 20)
                    if index == count / 2 { bytesAtHalf = try residentBytes() }
                }
                #expect(worked > count / 10)
                if HostileRun.wanted != nil {
                    let growth = try residentBytes() - bytesAtHalf
                    #expect(growth < HostileRun.growthBytesMax, "\(growth) bytes")
                    print(
                        "\(count) commands, \(worked) of them with effect; grown by \(growth) bytes"
                    )
                }
                // And all works as on the first day.
                machine.host.write(status: [])
                #expect(machine.device.rendererBytesInUse == 0)
                #expect(machine.registry.counters.chargedBytes == 0)
                try machine.start(features: GPUMachine.allFeatures)
                try machine.createContext()
                try machine.createBlob(22, blobID: 1, sizeBytes: 4096)
                #expect(try machine.submit([0], fence: 7).type == .okNoData)
            }
        }
    }
}
