// Two devices and one memory: who sees what, when, and for how long (the clauses SYNC, LIFE and ID).

import Foundation
import GuestDriver
import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

@testable import virtio_share

extension WithRenderer {
    @Suite("A buffer that both devices have")
    struct Sharing {
        @Test(
            "is one memory: what a third participant writes after DQBUF is what the GPU draws [CPU-2]"
        )
        func thirdParticipant() throws {
            let stage = try Stage(buffers: 1)
            try stage.queue(0)
            try stage.decoder.startCapture()
            #expect(try stage.nextPicture()?.number == 0)
            let before = try stage.draw(0)
            #expect(try stage.reference(0).maxChannelError(against: before) <= 2)
            let third = try stage.attachThird(0, .readWrite)
            let lease = try third.requestLease(.write)
            #expect(lease.isGranted)
            // Grey steps: luma by columns, chroma neutral.
            let layout = stage.painter.layout
            third.memory.fill(128)
            for y in 0..<layout.height {
                let row = third.memory.slice(offset: y * layout.planes[0].stride, count: 64)
                row?.write((0..<64).map { UInt8(16 + $0 * 3) })
            }
            lease.end()
            let after = try stage.draw(0)
            for y in 0..<layout.height {
                for x in 0..<layout.width {
                    let grey = Int((Double(x * 3) * 255 / 219).rounded())
                    let pixel = after[(y * layout.width + x) * 4..<(y * layout.width + x) * 4 + 3]
                    guard pixel.allSatisfy({ abs(Int($0) - grey) <= 2 }) else {
                        Issue.record("\(Array(pixel)) at \(x), \(y) instead of \(grey)")
                        return
                    }
                }
            }
            third.detach()
            try stage.close()
        }

        @Test("is not read while it is half written [SYNC-1] [SYNC-3] [SYNC-4]")
        func halfWritten() throws {
            let gate = Gate(number: 0)
            let stage = try Stage(buffers: 1, onHalfWritten: { gate.pass($0) })
            let third = try stage.attachThird(0, .read)
            try stage.queue(0)
            try stage.decoder.startCapture()
            #expect(gate.isReached)
            let right = try stage.reference(0).planes[0].map { UInt8($0) }
            let half = try stage.luma(third.memory)
            #expect(half.prefix(24 * 64) == right.prefix(24 * 64))
            #expect(half.suffix(23 * 64).allSatisfy { $0 == 0 })
            let reader = try third.requestLease(.read)
            #expect(!reader.isGranted)
            #expect(throws: RegistryError.timedOut) {
                try reader.wait(untilNanos: deadline(millis: 30))
            }
            #expect(try stage.nextPicture(withinMillis: 1) == nil)
            gate.open()
            try reader.wait(untilNanos: deadline(millis: 5000))
            #expect(firstDifference(try stage.luma(third.memory), right) == nil)
            #expect(try stage.nextPicture()?.number == 0)
            reader.end()
            third.detach()
            try stage.close()
        }

        @Test(
            "is passed over by the decoder while the GPU reads it, and written when that ends [SYNC-5]"
        )
        func passedOver() throws {
            let stage = try Stage(buffers: 2)
            let third = try stage.attachThird(0, .read)
            let reading = try stage.system.registry.beginOpaqueRead(of: third.object)
            try stage.queue(0)
            try stage.queue(1)
            try stage.decoder.startCapture()
            try stage.feed(1)
            let first = try #require(try stage.nextPicture())
            #expect(first == (1, 0))
            #expect(try stage.nextPicture(withinMillis: 30) == nil)
            #expect(try stage.luma(third.memory).allSatisfy { $0 == 0 })
            reading.end()
            let second = try #require(try stage.nextPicture())
            #expect(second == (0, 1))
            for (index, number) in [(0, 1), (1, 0)] {
                let drawn = try stage.draw(index)
                #expect(
                    try stage.reference(UInt32(number)).maxChannelError(against: drawn) <= 2)
            }
            third.detach()
            try stage.close()
        }

        @Test(
            "may be queued again while the GPU still draws it: the decoder waits for the fence [SYNC-5]"
        )
        func queuedWhileDrawn() throws {
            let stage = try Stage(width: 1280, height: 720, buffers: 1, isGrey: true)
            try stage.queue(0)
            try stage.decoder.startCapture()
            for number: UInt32 in 0..<8 {
                let picture = try #require(try stage.nextPicture())
                #expect(picture == (0, Int(number)))
                try stage.painter.prepare(stage.buffers[0])
                // Enough to do that the GPU is not done when the decoder could begin.
                let drawings = try (0..<3).map { _ in try stage.painter.draw(stage.buffers[0]) }
                // The queue is served in order: with this answered, the GPU has taken them.
                _ = try stage.system.gpu.displayInfo()
                try stage.feed(number + 1)
                try stage.queue(0)
                for drawing in drawings { try stage.painter.waitUntilDrawn(drawing) }
                let drawn = try stage.painter.read()
                try stage.painter.release(stage.buffers[0])
                let sample = UInt16(GreyDecoder.sample(number))
                let right = ReferencePicture(
                    width: 1, height: 1, isTenBit: false,
                    colour: ColourDescription(matrix: .bt601, isFullRange: false), timeMicros: 0,
                    planes: [[sample], [sample], [sample]])
                #expect(right.maxChannelError(against: Array(drawn.prefix(4))) <= 2)
                // One colour: every pixel is the one four bytes before it.
                let isUniform = Data(drawn.dropFirst(4)) == Data(drawn.dropLast(4))
                #expect(isUniform)
            }
            try stage.close()
        }

        @Test(
            "loses its name at UNREF at once, but its memory only when the codec lets go [LIFE-1]")
        func unref() throws {
            let gate = Gate(number: 0)
            let stage = try Stage(buffers: 2, onHalfWritten: { gate.pass($0) })
            let system = stage.system
            try stage.queue(0)
            try stage.decoder.startCapture()
            #expect(gate.isReached)
            let (id, uuid) = try stage.name(0)
            let bytes = try #require(system.rendererBytesInUse)
            try system.gpu.unref(id)
            let third = system.registry.join(name: "third")
            #expect(throws: RegistryError.unknownObject) {
                try system.registry.attach(uuid, by: third, direction: .read)
            }
            #expect(system.registry.counters.objects == 2)
            #expect(system.rendererBytesInUse == bytes)
            gate.open()
            // The codec writes the rest of it, and the session goes on with another buffer.
            #expect(try stage.nextPicture()?.index == 0)
            #expect(throws: DriverError.media(.einval)) { try stage.queue(0) }
            try stage.queue(1)
            try stage.feed(1)
            #expect(try #require(try stage.nextPicture()) == (1, 1))
            #expect(
                try stage.reference(1).maxChannelError(against: try stage.draw(1)) <= 2)
            #expect(system.registry.counters.objects == 1)
            #expect(try #require(system.rendererBytesInUse) < bytes)
            try stage.decoder.close()
            try system.gpu.unref(try stage.name(1).id)
            try system.gpu.destroyContext(ContextID(1))
            #expect(system.registry.counters.objects == 0)
            #expect(system.registry.counters.attachments == 0)
            #expect(system.registry.counters.leases == 0)
            #expect(system.registry.counters.aliveBytes == 0)
        }

        @Test(
            "ends its session with an error when the GPU is reset, and the GPU works again [LIFE-2] [MED-I-008]",
            arguments: [true, false])
        func gpuReset(isWriting: Bool) throws {
            let gate = Gate(number: isWriting ? 0 : .max)
            let stage = try Stage(buffers: 2, onHalfWritten: { gate.pass($0) })
            let system = stage.system
            for index in 0..<2 { try stage.queue(index) }
            try stage.decoder.startCapture()
            if isWriting {
                #expect(gate.isReached)
                // The reset waits for the codec, and the codec for nobody.
                let registry = system.registry
                let opener = try WorkerThread(name: "opener") {
                    let end = deadline(millis: 5000)
                    while registry.counters.revocations == 0, MonotonicClock.nowNanos < end {}
                    gate.open()
                }
                system.gpu.device.reset()
                opener.join()
            } else {
                #expect(try stage.nextPicture()?.number == 0)
                system.gpu.device.reset()
            }
            #expect(system.gpu.device.transport.status == [])
            #expect(system.registry.counters.objects == 0)
            #expect(system.registry.counters.attachments == 0)
            #expect(throws: DriverError.sessionFailed(.eio)) {
                while try stage.nextPicture() != nil {}
            }
            #expect(throws: DriverError.media(.eio)) { try stage.decoder.minimumCaptureBuffers() }
            try stage.decoder.close()
            // The same device, brought up anew, with another session.
            let gpu = try GPUDriver(system.gpu.device.transport, machine: system.machine)
            let decoder = try V4L2Decoder(
                system.media, codec: SimulatedUnit.fourcc, codedBytes: SimulatedUnit.sizeBytes)
            let unit = MediaMachine.bytes(SimulatedUnit(width: 64, height: 48, number: 9))
            #expect(try decoder.feed(unit, timestamp: V4L2.Timeval(sec: 0, usec: 0)))
            #expect(try decoder.nextEvent(timeoutMillis: 5000) == .sourceChange)
            let painter = try VideoPainter(
                gpu, context: ContextID(1), layout: try decoder.layout(), path: .buffer)
            let buffer = try painter.createBuffer()
            guard case .shared(_, let uuid) = buffer.memory else { return }
            try decoder.requestCapture(1, memory: .virtioObject)
            try decoder.queueCapture(0, object: uuid)
            try decoder.startCapture()
            #expect(
                try decoder.nextEvent(timeoutMillis: 5000)
                    == .picture(
                        index: 0, timestamp: V4L2.Timeval(sec: 0, usec: 0), isDamaged: false))
            try painter.prepare(buffer)
            try painter.waitUntilDrawn(try painter.draw(buffer))
            #expect(try stage.reference(9).maxChannelError(against: try painter.read()) <= 2)
            try decoder.close()
            try painter.close()
        }

        @Test("leaves no descriptor, object or byte behind when all is closed [LIFE-5]")
        func nothingLeft() async {
            // In a process of its own: others open and close descriptors meanwhile.
            await #expect(processExitsWith: .success) {
                let descriptors = {
                    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
                }
                let play = {
                    for path in SamplingPath.allCases {
                        let system = try SharingMachine(decoders: [SimulatedDecoder.description])
                        let shown = try Screening(
                            system, .simulated(width: 64, height: 48, count: 4), path: path)
                        try #require(shown.worst <= 2)
                        try #require(system.rendererBytesInUse == 0)
                        let counters = system.registry.counters
                        try #require(counters.objects == 0 && counters.attachments == 0)
                        try #require(counters.leases == 0 && counters.aliveBytes == 0)
                    }
                }
                // What the libraries open once and keep is open after the first time.
                try play()
                let before = try descriptors()
                try play()
                try #require(try descriptors() == before)
                // Not closed by the guest: the machine goes as it is.
                do {
                    let stage = try Stage(buffers: 2)
                    for index in 0..<2 { try stage.queue(index) }
                    try stage.decoder.startCapture()
                    try #require(try stage.nextPicture() != nil)
                }
                try #require(try descriptors() == before)
            }
        }

        @Test("is not known in another domain [ID-5]")
        func otherDomain() throws {
            let stage = try Stage(buffers: 1)
            let uuid = try stage.name(0).uuid
            let machine = try MediaMachine()
            try machine.postEvents(4)
            let session = try machine.openWithHeaders()
            try machine.requestBuffers(1, .videoCapture, .virtioObject, session)
            let buffer = V4L2.Buffer(index: 0, type: .videoCapture, memory: .virtioObject)
            let reply = try machine.ioctl(
                .qbuf, buffer, session, trailing: MediaMachine.bytes(uuid))
            #expect(reply.status == .einval)
            try stage.close()
        }
    }
}
