// Fences: flags and ids come back on success and error, responses keep the order of their timeline.

import HostBridge
import LinuxSystem
import ResourceRegistry
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

extension WithRenderer {
    @Suite("The GPU device's fences")
    struct GPUFences {
        /// The request's bytes with other flags, fence id and ring.
        private func fenced(
            _ bytes: [UInt8], flags: UInt32, fenceID: UInt64, ring: UInt8 = 0
        ) -> [UInt8] {
            var bytes = bytes
            bytes.replaceSubrange(
                4..<16,
                with: littleEndian([
                    flags, UInt32(truncatingIfNeeded: fenceID), UInt32(fenceID >> 32),
                ]))
            bytes[20] = ring
            return bytes
        }

        @Test(
            "Every command's response carries its fence, success or error [GPU-D-007] [GPU-D-008]")
        func echo() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                var fenceID: UInt64 = 1 << 40
                for command in GPUCommand.all {
                    fenceID += 1
                    let reply = try machine.send(
                        bytes: fenced(command.bytes, flags: 1, fenceID: fenceID))
                    let header = try reply.header
                    #expect(header.flags == [.fence], "\(command.type)")
                    #expect(header.fenceID == fenceID, "\(command.type)")
                    let request = try Reply(bytes: command.bytes).header
                    #expect(header.ctxID == request.ctxID, "\(command.type)")
                }
            }
        }

        @Test(
            "A fence id is any 64 bits [GPU-D-008]",
            arguments: [0, 1, 0xffff_ffff, 0x1_0000_0000, 0xffff_ffff_0000_0000, .max] as [UInt64])
        func anyID(fenceID: UInt64) throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                let done = try machine.submit([0], fence: fenceID)
                #expect(done.type == .okNoData)
                #expect(try done.header.flags == [.fence])
                #expect(try done.header.fenceID == fenceID)
                let failed = try machine.submit([62], fence: fenceID)
                #expect(failed.type == .errInvalidParameter)
                #expect(try failed.header.flags == [.fence])
                #expect(try failed.header.fenceID == fenceID)
            }
        }

        @Test("A response without a fence has none, whatever the request's id")
        func unfenced() throws {
            try GPUMachine.run { machine in
                for command in GPUCommand.all {
                    for flags: UInt32 in [0, 2, 0xffff_fffc] {
                        let reply = try machine.send(
                            bytes: fenced(command.bytes, flags: flags, fenceID: 77, ring: 3))
                        let header = try reply.header
                        #expect(header.flags == [], "\(command.type) \(flags)")
                        #expect(header.fenceID == 0)
                        #expect(header.ctxID.rawValue == 0)
                        #expect(header.ringIdx == 0)
                    }
                }
            }
        }

        @Test("Of the flags only FENCE and INFO_RING_IDX come back, with the ring [GPU-R-011]")
        func flags() throws {
            try GPUMachine.run { machine in
                let request = encoded(VirtioGPU.ControlHeader(type: .getDisplayInfo))
                let reply = try machine.send(
                    bytes: fenced(request, flags: .max, fenceID: 5, ring: 63))
                #expect(reply.type == .okDisplayInfo)
                #expect(try reply.header.flags == [.fence, .infoRingIdx])
                #expect(try reply.header.ringIdx == 63)
            }
        }

        @Test("A ring past 63 is refused where rings count, and its fence is answered [GPU-I-008]")
        func rings() throws {
            let request = encoded(VirtioGPU.ControlHeader(type: .getDisplayInfo))
            try GPUMachine.run { machine in
                for ring: UInt8 in [64, 65, 255] {
                    let reply = try machine.send(
                        bytes: fenced(request, flags: 3, fenceID: 5, ring: ring))
                    #expect(reply.type == .errInvalidParameter)
                    #expect(try reply.header.fenceID == 5)
                    // Without the flag the byte is padding.
                    let padding = try machine.send(
                        bytes: fenced(request, flags: 1, fenceID: 6, ring: ring))
                    #expect(padding.type == .okDisplayInfo)
                }
            }
            try GPUMachine.run(features: [.virgl]) { machine in
                let reply = try machine.send(
                    bytes: fenced(request, flags: 3, fenceID: 5, ring: 255))
                #expect(reply.type == .okDisplayInfo)
                #expect(try reply.header.fenceID == 5)
            }
        }

        @Test("A response too short for a header is cut, fence or not")
        func shortRoom() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                for room in 0...24 {
                    try machine.control.add(
                        readable: [segment(GPUMachine.requests, 36)],
                        writable: room == 0 ? [] : [segment(GPUMachine.responses, room)])
                    let submit = VirtioGPU.CmdSubmit(
                        header: .init(
                            type: .submit3D, flags: .fence, fenceID: 9, ctxID: ContextID(1)),
                        size: 4)
                    try machine.bytes(at: GPUMachine.requests, count: 36)
                        .write(encoded(submit) + [0, 0, 0, 0])
                    machine.host.serve(queue: 0)
                    #expect(try machine.waitUntilUsed()?.len == UInt32(room))
                }
            }
        }

        /// One chain on the control queue with a response place of its own; the place's address.
        private func enqueue(_ machine: GPUMachine, _ number: Int, _ bytes: [UInt8]) throws
            -> (head: UInt16, response: UInt64)
        {
            let request = GPUMachine.requests + UInt64(number) * 256
            let response = GPUMachine.responses + UInt64(number) * 64
            try machine.bytes(at: request, count: bytes.count).write(bytes)
            let head = try machine.control.add(
                readable: [segment(request, bytes.count)], writable: [segment(response, 24)])
            return (head, response)
        }

        private func submit(context: UInt32, fenceID: UInt64, ring: UInt8?) -> [UInt8] {
            let request = VirtioGPU.CmdSubmit(
                header: .init(
                    type: .submit3D, flags: ring == nil ? [.fence] : [.fence, .infoRingIdx],
                    fenceID: fenceID, ctxID: ContextID(context), ringIdx: ring ?? 0),
                size: 4)
            return encoded(request) + [0, 0, 0, 0]
        }

        @Test("Fenced commands of a timeline come back in order, errors among them [GPU-D-010]")
        func timelines() throws {
            try GPUMachine.run { machine in
                try machine.createContext(1)
                try machine.createContext(2)
                var sent: [UInt16: (timeline: Int, fenceID: UInt64, response: UInt64)] = [:]
                for number in 0..<60 {
                    let timeline = number % 4
                    let fenceID = UInt64(1000 + number)
                    let bytes =
                        switch timeline {
                        case 0: submit(context: 1, fenceID: fenceID, ring: nil)
                        case 1: submit(context: 1, fenceID: fenceID, ring: 0)
                        case 2: submit(context: 2, fenceID: fenceID, ring: 0)
                        // An error that is known at once waits for its turn all the same.
                        default: submit(context: 77, fenceID: fenceID, ring: nil)
                        }
                    let (head, response) = try enqueue(machine, number, bytes)
                    sent[head] = (timeline == 3 ? 0 : timeline, fenceID, response)
                }
                machine.host.serve(queue: 0)
                var last: [Int: UInt64] = [:]
                for _ in 0..<60 {
                    let used = try #require(try machine.waitUntilUsed())
                    let head = try #require(UInt16(exactly: used.id))
                    let place = sent.removeValue(forKey: head)
                    let (timeline, fenceID, response) = try #require(place)
                    #expect(used.len == 24)
                    let reply = Reply(bytes: try machine.bytes(at: response, count: 24).bytes())
                    #expect(try reply.header.fenceID == fenceID)
                    #expect(fenceID > last[timeline, default: 0], "timeline \(timeline)")
                    last[timeline] = fenceID
                }
                #expect(sent.isEmpty)
            }
        }

        @Test("An unfenced command does not wait for a fence before it [GPU-D-005]")
        func unfencedOvertakes() throws {
            try GPUMachine.run { machine in
                try machine.createContext(1)
                let (slow, _) = try enqueue(
                    machine, 0, submit(context: 1, fenceID: 1, ring: nil))
                let (quick, _) = try enqueue(
                    machine, 1, encoded(VirtioGPU.GetCapsetInfo(capsetIndex: 0)))
                machine.host.serve(queue: 0)
                // No fence is taken before serveHost.
                #expect(try machine.control.takeUsed()?.id == UInt32(quick))
                #expect(try machine.control.takeUsed() == nil)
                #expect(try machine.waitUntilUsed()?.id == UInt32(slow))
            }
        }

        @Test("CTX_DESTROY leaves no fence of its context unanswered")
        func destroyedContext() throws {
            try GPUMachine.run { machine in
                try machine.createContext(1)
                for number in 0..<10 {
                    _ = try enqueue(
                        machine, number,
                        submit(context: 1, fenceID: UInt64(number), ring: UInt8(number % 2)))
                }
                let destroy = VirtioGPU.ControlHeader(type: .ctxDestroy, ctxID: ContextID(1))
                _ = try enqueue(machine, 10, encoded(destroy))
                machine.host.serve(queue: 0)
                for _ in 0..<11 { #expect(try machine.waitUntilUsed()?.len == 24) }
                #expect(machine.control.freeCount == 256)
                let gone = try machine.submit([0], fence: 3)
                #expect(gone.type == .errInvalidContextID)
            }
        }

        @Test("A fenced cursor command comes back on the cursor queue, whatever waits elsewhere")
        func cursorQueue() throws {
            try GPUMachine.run { machine in
                try machine.createContext(1)
                let (slow, _) = try enqueue(
                    machine, 0, submit(context: 1, fenceID: 1, ring: nil))
                machine.host.serve(queue: 0)
                let cursor = encoded(
                    VirtioGPU.ControlHeader(type: .moveCursor, flags: .fence, fenceID: 2))
                let address = GPUMachine.requests + 0x1000
                try machine.bytes(at: address, count: 24).write(cursor)
                let head = try machine.cursor.add(
                    readable: [segment(address, 24)],
                    writable: [segment(GPUMachine.responses + 0x800, 24)])
                machine.host.serve(queue: 1)
                #expect(try machine.waitUntilUsed()?.id == UInt32(slow))
                #expect(try machine.cursor.takeUsed()?.id == UInt32(head))
                #expect(try machine.control.takeUsed() == nil)
            }
        }

        @Test("The driver is interrupted for what comes back, unless it asked not to be [VQ-D-016]")
        func interrupts() throws {
            try GPUMachine.run { machine in
                try machine.createContext(1)
                machine.interrupt.take()
                _ = try enqueue(machine, 0, encoded(VirtioGPU.GetCapsetInfo(capsetIndex: 0)))
                machine.host.serve(queue: 0)
                #expect(machine.interrupt.take())
                _ = try machine.waitUntilUsed()
                // A notification without a chain. [VQ-D-020]
                machine.host.serve(queue: 0)
                #expect(!machine.interrupt.take())
                _ = try enqueue(machine, 0, submit(context: 1, fenceID: 1, ring: nil))
                machine.host.serve(queue: 0)
                #expect(!machine.interrupt.take())
                _ = try machine.waitUntilUsed()
                #expect(machine.interrupt.take())
                // VIRTQ_AVAIL_F_NO_INTERRUPT
                try machine.bytes(at: GPUMachine.start + 0x1000, count: 2).write([1, 0])
                _ = try enqueue(machine, 0, encoded(VirtioGPU.GetCapsetInfo(capsetIndex: 0)))
                machine.host.serve(queue: 0)
                #expect(try machine.waitUntilUsed()?.len == 24)
                #expect(!machine.interrupt.take())
            }
        }

        @Test("A stream for whose fence there is no room does not run [QUOTA-1] [GPU-D-009]")
        func fenceLimit() throws {
            var configuration = GPUConfiguration()
            configuration.limits.fencesMax = 1
            try GPUMachine.run(configuration) { machine in
                try machine.createContext()
                try machine.createTexture(20, width: 1, height: 1)
                _ = try machine.context(.ctxAttachResource, resource: 20)
                let entry = VirtioGPU.MemEntry(addr: GuestAddress(GPUMachine.pages), length: 4)
                _ = try machine.send(
                    VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(20), nrEntries: 1),
                    tail: encoded(entry))
                let clear = VirglStream.clear(
                    resource: 20, format: 67, red: 1, green: 1, blue: 1, alpha: 1)
                let header = VirtioGPU.ControlHeader(
                    type: .submit3D, flags: .fence, fenceID: 2, ctxID: ContextID(1))
                let picture = VirtioGPU.CmdSubmit(header: header, size: UInt32(clear.count * 4))
                _ = try enqueue(machine, 0, submit(context: 1, fenceID: 1, ring: nil))
                let (_, response) = try enqueue(machine, 1, encoded(picture) + littleEndian(clear))
                machine.host.serve(queue: 0)
                for _ in 0..<2 { #expect(try machine.waitUntilUsed()?.len == 24) }
                let reply = Reply(bytes: try machine.bytes(at: response, count: 24).bytes())
                #expect(reply.type == .errOutOfMemory)
                #expect(try reply.header.fenceID == 2)
                try machine.bytes(at: GPUMachine.pages, count: 4).fill(7)
                let read = try machine.send(
                    VirtioGPU.TransferHost3D(
                        header: .init(type: .transferFromHost3D, ctxID: ContextID(1)),
                        box: VirtioGPU.Box(w: 1, h: 1), resourceID: ResourceID(20)))
                #expect(read.type == .okNoData)
                #expect(try machine.bytes(at: GPUMachine.pages, count: 4).bytes() == [0, 0, 0, 0])
            }
        }

        @Test("A stream holds its shared objects for reading until its fence [SYNC-5]")
        func leases() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                try machine.createBlob(22, blobID: 1, sizeBytes: 4096)
                let uuid = try machine.uuid(of: 22)
                let attachment = try machine.registry.attach(
                    uuid, by: machine.importer, direction: .readWrite)
                // Not attached to the context: nothing is held.
                _ = try enqueue(machine, 0, submit(context: 1, fenceID: 1, ring: nil))
                machine.host.serve(queue: 0)
                #expect(machine.registry.counters.leases == 0)
                _ = try machine.waitUntilUsed()
                _ = try machine.context(.ctxAttachResource, resource: 22)

                for flags: VirtioGPU.HeaderFlags in [[.fence], []] {
                    let header = VirtioGPU.ControlHeader(
                        type: .submit3D, flags: flags, ctxID: ContextID(1))
                    _ = try enqueue(
                        machine, 0, encoded(VirtioGPU.CmdSubmit(header: header, size: 0)))
                    machine.host.serve(queue: 0)
                    let writer = try attachment.requestLease(.write)
                    #expect(!writer.isGranted)
                    let end = deadline(millis: 10_000)
                    while !writer.isGranted, MonotonicClock.nowNanos < end {
                        machine.host.serveHost()
                    }
                    #expect(writer.isGranted)
                    #expect(try machine.waitUntilUsed()?.len == 24)
                    // A writer that is at work does not hold the stream up.
                    #expect(try machine.submit([0], fence: 2).type == .okNoData)
                    writer.end()
                }
                // A stream that fails holds nothing.
                #expect(try machine.submit([62]).type == .errInvalidParameter)
                #expect(machine.registry.counters.leases == 0)
                attachment.detach()
            }
        }
    }
}
