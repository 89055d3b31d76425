// Whole GPU messages: VirtioGPU.Command and VirtioGPU.Response.

import Testing
import VirtioWire

@Suite("A GPU message read by its type word")
struct CommandTests {
    /// The size of each command of the standard, without what follows it.
    private static let commandSizes: [(VirtioGPU.MessageType, Int)] = [
        (.getDisplayInfo, 24), (.resourceCreate2D, 40), (.resourceUnref, 32), (.setScanout, 48),
        (.resourceFlush, 48), (.transferToHost2D, 56), (.resourceAttachBacking, 32),
        (.resourceDetachBacking, 32), (.getCapsetInfo, 32), (.getCapset, 32), (.getEDID, 32),
        (.resourceAssignUUID, 32), (.resourceCreateBlob, 56), (.setScanoutBlob, 96),
        (.ctxCreate, 96), (.ctxDestroy, 24), (.ctxAttachResource, 32), (.ctxDetachResource, 32),
        (.resourceCreate3D, 72), (.transferToHost3D, 72), (.transferFromHost3D, 72),
        (.submit3D, 32), (.resourceMapBlob, 40), (.resourceUnmapBlob, 32), (.updateCursor, 56),
        (.moveCursor, 56),
    ]

    private static let responseSizes: [(VirtioGPU.MessageType, Int)] = [
        (.okNoData, 24), (.okDisplayInfo, 408), (.okCapsetInfo, 40), (.okCapset, 24),
        (.okEDID, 1056), (.okResourceUUID, 40), (.okMapInfo, 32), (.errUnspec, 24),
        (.errOutOfMemory, 24), (.errInvalidScanoutID, 24), (.errInvalidResourceID, 24),
        (.errInvalidContextID, 24), (.errInvalidParameter, 24),
    ]

    /// A message of that type and size, every other byte of it different from the next.
    private func bytes(_ type: VirtioGPU.MessageType, _ sizeBytes: Int) -> [UInt8] {
        let header = VirtioGPU.ControlHeader(
            type: type, flags: .fence, fenceID: 0x0102_0304_0506_0708, ctxID: ContextID(9))
        return encoded(header) + (24..<sizeBytes).map { UInt8(truncatingIfNeeded: $0 &* 37 | 1) }
    }

    private func command(_ bytes: [UInt8]) throws(WireError) -> VirtioGPU.Command {
        let buffer = buffer(bytes)
        return try VirtioGPU.Command(buffer.bytes)
    }

    private func response(_ bytes: [UInt8]) throws(WireError) -> VirtioGPU.Response {
        let buffer = buffer(bytes)
        return try VirtioGPU.Response(buffer.bytes)
    }

    @Test("is each of the 26 commands, of its own size", arguments: commandSizes)
    func eachCommand(type: VirtioGPU.MessageType, sizeBytes: Int) throws {
        let bytes = bytes(type, sizeBytes)
        let message = try command(bytes + [1, 2, 3])
        #expect(message.header.type == type)
        #expect(message.header.fenceID == 0x0102_0304_0506_0708)
        #expect(message != .unknown(message.header))
        var out = buffer()
        message.encode(to: &out)
        #expect(out.count == sizeBytes)
        #expect(try command(array(out.bytes)) == message)
        for length in 0..<sizeBytes {
            #expect(throws: WireError(kind: .truncated, offset: length)) {
                try command(Array(bytes.prefix(length)))
            }
        }
    }

    @Test("is each of the 13 responses, of its own size", arguments: responseSizes)
    func eachResponse(type: VirtioGPU.MessageType, sizeBytes: Int) throws {
        let bytes = bytes(type, sizeBytes)
        let message = try response(bytes)
        #expect(message.header.type == type)
        #expect(message != .unknown(message.header))
        var out = buffer()
        message.encode(to: &out)
        #expect(out.count == sizeBytes)
        #expect(try response(array(out.bytes)) == message)
        for length in 0..<sizeBytes {
            #expect(throws: WireError(kind: .truncated, offset: length)) {
                try response(Array(bytes.prefix(length)))
            }
        }
    }

    @Test("keeps the header of a type that is not one of its own", arguments: [0, 0x999, 0x1103])
    func unknownCommand(type: UInt32) throws {
        let bytes = bytes(VirtioGPU.MessageType(type), 40)
        let message = try command(bytes)
        #expect(message == .unknown(message.header))
        var out = buffer()
        message.encode(to: &out)
        #expect(array(out.bytes) == Array(bytes.prefix(24)))
        #expect(throws: WireError(kind: .truncated, offset: 23)) {
            try command(Array(bytes.prefix(23)))
        }
    }

    @Test("keeps the header of a command where a response should be")
    func unknownResponse() throws {
        let message = try response(bytes(.resourceUnref, 32))
        #expect(message == .unknown(message.header))
        #expect(message.header.type == .resourceUnref)
    }

    @Test("is made of plain bytes: a command owns no memory")
    func plain() {
        #expect(isBitwiseCopyable(VirtioGPU.Command.self))
        #expect(isBitwiseCopyable(VirtioGPU.CtxCreate.self))
        #expect(!isBitwiseCopyable(VirtioGPU.RespEDID.self))
    }

    /// Whether copying and dropping values of the type run no code.
    private func isBitwiseCopyable<T>(_ type: T.Type) -> Bool { _isPOD(type) }

    @Test("has four numbers for the planes of a framebuffer, those that are not given 0")
    func planes() throws {
        var strides: VirtioGPU.PlaneValues = [1, 2]
        #expect((0..<4).map { strides[$0] } == [1, 2, 0, 0])
        strides[3] = .max
        strides[0] = 7
        #expect((0..<4).map { strides[$0] } == [7, 2, 0, .max])
        #expect(encoded(strides) == [7, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255])
        #expect(try decoded(encoded(strides), as: strides) == strides)
        #expect(throws: WireError(kind: .truncated, offset: 15)) {
            try decoded(encoded(strides).dropLast(), as: strides)
        }
    }

    @Test("cannot have more planes than four")
    func tooManyPlanes() async {
        await #expect(processExitsWith: .failure) { _ = VirtioGPU.PlaneValues([1, 2, 3, 4, 5]) }
        await #expect(processExitsWith: .failure) { _ = VirtioGPU.PlaneValues([1])[4] }
    }
}
