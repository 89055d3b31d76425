// What the GPU device answers to requests that are wrong. Any error code is allowed for any
// failure (5.7.6); those expected here are the natural ones.

import LinuxSystem
import Testing
import VirtioDevices
import VirtioWire
import Virtqueue

extension WithRenderer {
    @Suite("The GPU device's errors")
    struct GPUErrors {
        @Test("An unknown command gets an error, and the next one is served [GPU-I-010]")
        func unknownCommands() throws {
            try GPUMachine.run { machine in
                var random = SeededGenerator(seed: 9)
                let known = Set(GPUCommand.all.map(\.type.rawValue))
                var codes: [UInt32] = [
                    0, 1, 0xff, 0x010e, 0x01ff, 0x020a, 0x02ff, 0x0302, 0x1100, 0x1200, .max,
                ]
                codes += (0..<100).map { _ in UInt32.random(in: 0...(.max), using: &random) }
                codes += (0..<100).map { _ in UInt32.random(in: 0...0x400, using: &random) }
                for code in codes where !known.contains(code) {
                    let reply = try machine.send(
                        bytes: encoded(VirtioGPU.ControlHeader(type: .init(code)))
                            + random.bytes(count: 72))
                    #expect(reply.type == .errUnspec, "\(code)")
                    #expect(reply.bytes.count == 24)
                }
                let display = try machine.send(VirtioGPU.ControlHeader(type: .getDisplayInfo))
                #expect(display.type == .okDisplayInfo)
            }
        }

        @Test("Cursor commands on the control queue get an error, and the other way round")
        func wrongQueue() throws {
            try GPUMachine.run { machine in
                for command in GPUCommand.all where command.type.rawValue >= 0x0300 {
                    let reply = try machine.send(bytes: command.bytes)
                    #expect(reply.type == .errUnspec)
                    #expect(reply.bytes.count == 24)
                }
                for command in GPUCommand.all where command.type.rawValue < 0x0300 {
                    #expect(try machine.sendCursor(bytes: command.bytes).type == .errUnspec)
                }
            }
        }

        @Test(
            "A command of a feature that was not negotiated gets an error [GPU-I-028] [GPU-I-031]")
        func withoutFeature() throws {
            for missing: VirtioGPU.Features in [.virgl, .edid, .resourceUUID, .resourceBlob] {
                var features = GPUMachine.allFeatures.subtracting(missing)
                if missing == .virgl { features.remove(.contextInit) }
                try GPUMachine.run(features: features) { machine in
                    for command in GPUCommand.all where command.feature == missing {
                        let reply = try machine.send(bytes: command.bytes)
                        #expect(reply.type == .errUnspec, "\(command.type)")
                        #expect(reply.bytes.count == 24)
                    }
                    let display = try machine.send(VirtioGPU.ControlHeader(type: .getDisplayInfo))
                    #expect(display.type == .okDisplayInfo)
                }
            }
        }

        @Test("A HOST3D blob needs VIRGL [GPU-I-028]")
        func blobWithoutVirgl() throws {
            try GPUMachine.run(features: [.resourceBlob]) { machine in
                for mem: VirtioGPU.BlobMem in [.host3D, .host3DGuest] {
                    let reply = try machine.send(
                        VirtioGPU.ResourceCreateBlob(
                            header: .init(type: .resourceCreateBlob, ctxID: ContextID(1)),
                            resourceID: ResourceID(5), blobMem: mem, blobID: 1, size: 64))
                    #expect(reply.type?.isError == true)
                }
            }
        }

        @Test("context_init is padding without CONTEXT_INIT")
        func contextInitIsPadding() throws {
            try GPUMachine.run(features: [.virgl]) { machine in
                for (id, value): (UInt32, UInt32) in [(1, 0), (2, 4), (3, .max)] {
                    let reply = try machine.send(
                        VirtioGPU.CtxCreate(
                            header: .init(type: .ctxCreate, ctxID: ContextID(id)),
                            contextInit: value))
                    #expect(reply.type == .okNoData)
                }
            }
        }

        @Test("A request cut at any byte gets an error and changes nothing")
        func truncated() throws {
            try GPUMachine.run { machine in
                for command in GPUCommand.all {
                    for count in 0..<command.bytes.count {
                        let reply = try machine.send(bytes: Array(command.bytes.prefix(count)))
                        try #require(
                            reply.type?.isError == true, "\(command.type) of \(count) bytes")
                        try #require(reply.bytes.count == 24)
                    }
                }
                // Nothing was made: the context and the resource of the table are not there.
                #expect(try machine.unref(77).type == .errInvalidResourceID)
                #expect(try machine.submit([0], context: 9).type == .errInvalidContextID)
                #expect(machine.device.rendererBytesInUse == 0)
            }
        }

        @Test(
            "A request that ends after its header gets an error, but for those that are no longer")
        func headerOnly() throws {
            try GPUMachine.run { machine in
                for command in GPUCommand.all {
                    let reply = try machine.send(bytes: Array(command.bytes.prefix(24)))
                    switch command.type {
                    case .getDisplayInfo: #expect(reply.type == .okDisplayInfo)
                    case .ctxDestroy: #expect(reply.type == .errInvalidContextID)
                    default: #expect(reply.type?.isError == true, "\(command.type)")
                    }
                }
            }
        }

        @Test("A request may be longer than its command: the rest is left alone")
        func tooLong() throws {
            try GPUMachine.run { machine in
                let longer = try machine.send(
                    VirtioGPU.GetEDID(scanout: 0), tail: [UInt8](repeating: 0xff, count: 500))
                #expect(longer.type == .okEDID)
            }
        }

        @Test("A request without room for a response is served and comes back with length 0")
        func noWritablePart() throws {
            try GPUMachine.run { machine in
                let create = VirtioGPU.CtxCreate(
                    header: .init(type: .ctxCreate, ctxID: ContextID(9)))
                #expect(try machine.send(create, room: 0).bytes.isEmpty)
                #expect(try machine.submit([0], context: 9).type == .okNoData)
                for command in GPUCommand.all {
                    #expect(try machine.send(bytes: command.bytes, room: 0).bytes.isEmpty)
                }
                let display = try machine.send(VirtioGPU.ControlHeader(type: .getDisplayInfo))
                #expect(display.type == .okDisplayInfo)
            }
        }

        @Test("A response is cut to its room, to the byte, and nothing is written behind it")
        func responseRoom() throws {
            try GPUMachine.run { machine in
                let rooms = Array(0...32) + [39, 40, 41, 127, 128, 407, 408, 409, 1055, 1056, 1057]
                let requests = [
                    encoded(VirtioGPU.ControlHeader(type: .getDisplayInfo)),
                    encoded(VirtioGPU.GetEDID(scanout: 0)), encoded(VirtioGPU.GetEDID(scanout: 1)),
                    encoded(VirtioGPU.GetCapsetInfo(capsetIndex: 1)),
                    encoded(VirtioGPU.GetCapset(capsetID: .virgl2, capsetVersion: 2)),
                ]
                for request in requests {
                    let full = try machine.send(bytes: request, room: 4096).bytes
                    for room in rooms {
                        let cut = try machine.send(bytes: request, room: room).bytes
                        try #require(cut == Array(full.prefix(room)), "\(room) of \(full.count)")
                        let rest = try machine.bytes(
                            at: GPUMachine.responses + UInt64(cut.count), count: 4096 - cut.count)
                        try #require(rest.bytes().allSatisfy { $0 == GPUMachine.poison })
                    }
                }
            }
        }

        @Test("A request in memory that is not there gets an error")
        func unmappedRequest() throws {
            try GPUMachine.run { machine in
                for address: UInt64 in [0, GPUMachine.start - 1, UInt64.max, 0x90_0000 - 8] {
                    try machine.control.add(
                        readable: [segment(address, 24)],
                        writable: [segment(GPUMachine.responses, 24)])
                    machine.host.serve(queue: 0)
                    let used = try #require(try machine.waitUntilUsed())
                    #expect(used.len == 24)
                    let reply = Reply(
                        bytes: try machine.bytes(at: GPUMachine.responses, count: 24).bytes())
                    #expect(reply.type == .errInvalidParameter)
                }
                // And a response that has no place is dropped.
                try machine.control.add(
                    readable: [segment(GPUMachine.requests, 24)], writable: [segment(0, 24)])
                machine.host.serve(queue: 0)
                #expect(try machine.waitUntilUsed()?.len == 0)
                let display = try machine.send(VirtioGPU.ControlHeader(type: .getDisplayInfo))
                #expect(display.type == .okDisplayInfo)
            }
        }

        @Test("A request of more than 4 MiB is out of memory, not read [QUOTA-2]")
        func hugeRequest() throws {
            try GPUMachine.run { machine in
                try machine.bytes(at: GPUMachine.requests, count: 24)
                    .write(encoded(VirtioGPU.ControlHeader(type: .getDisplayInfo)))
                // The same mebibyte, five times.
                let mebibyte = segment(GPUMachine.requests, 1 << 20)
                try machine.control.add(
                    readable: Array(repeating: mebibyte, count: 5),
                    writable: [segment(GPUMachine.responses, 24)])
                machine.host.serve(queue: 0)
                #expect(try machine.waitUntilUsed()?.len == 24)
                let reply = Reply(
                    bytes: try machine.bytes(at: GPUMachine.responses, count: 24).bytes())
                #expect(reply.type == .errOutOfMemory)
            }
        }

        @Test("SUBMIT_3D believes no size that is not there, nor half a word")
        func submitSize() throws {
            try GPUMachine.run { machine in
                try machine.createContext()
                for size: UInt32 in [1, 2, 3, 5, 12, 0x8000_0000, 0xffff_fffc, .max] {
                    let reply = try machine.send(
                        VirtioGPU.CmdSubmit(
                            header: .init(type: .submit3D, ctxID: ContextID(1)), size: size),
                        tail: [0, 0, 0, 0, 0, 0, 0, 0])
                    #expect(reply.type == .errInvalidParameter, "\(size)")
                }
                #expect(try machine.submit([0, 0]).type == .okNoData)
                #expect(try machine.submit([]).type == .okNoData)
            }
        }

        @Test("A cursor command comes back, with a response where there is room [GPU-I-035]")
        func cursorQueue() throws {
            try GPUMachine.run { machine in
                let request =
                    encoded(VirtioGPU.ControlHeader(type: .moveCursor))
                    + [UInt8](repeating: 0, count: 32)
                try machine.bytes(at: GPUMachine.requests, count: 56).write(request)
                try machine.cursor.add(
                    readable: [segment(GPUMachine.requests, 56)], writable: [])
                try machine.cursor.add(
                    readable: [segment(GPUMachine.requests, 56)],
                    writable: [segment(GPUMachine.responses, 24)])
                machine.host.serve(queue: 1)
                #expect(try machine.cursor.takeUsed()?.len == 0)
                #expect(try machine.cursor.takeUsed()?.len == 24)
                let reply = Reply(
                    bytes: try machine.bytes(at: GPUMachine.responses, count: 24).bytes())
                #expect(reply.type == .okNoData)
                #expect(try machine.control.takeUsed() == nil)
            }
        }
    }
}
