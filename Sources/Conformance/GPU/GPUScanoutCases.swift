// Scanouts, flushes and cursors beyond the rectangles (virtio 1.4, 5.7.6).

internal import GuestDriver
internal import VirtioWire
internal import Virtqueue

enum GPUScanoutCases {
    static let all = [
        fallback, shared, flush, blob, blobFormats, cursorSizes, cursorAtOnce, cursorMoves,
        cursorBesideControl,
    ]

    static let fallback = GPUCase.make(
        "scanout/GPU-R-004",
        "A driver may show 1024 by 768 pixels on display 0 whatever the device prefers."
    ) { context in
        try context.create2D(1, width: 1024, height: 768)
        try context.expectOK(
            GPURequest.scanout(1, VirtioGPU.Rect(width: 1024, height: 768)),
            "1024 by 768 to be shown")
    }

    static let shared = GPUCase.make(
        "scanout/GPU-I-017", "Scanouts may show the same rectangle, and overlapping ones."
    ) { context in
        let count = try context.config().numScanouts
        try context.create2D(1)
        for id in 0..<min(count, 16) {
            try context.expectOK(GPURequest.scanout(1, on: id), "the same rectangle on \(id)")
        }
        let part = VirtioGPU.Rect(x: 8, y: 8, width: 32, height: 32)
        for id in 0..<min(count, 16) {
            try context.expectOK(
                GPURequest.scanout(1, part, on: id), "an overlapping rectangle on \(id)")
        }
        try context.expectOK(GPURequest.flush(1), "all of them to be refreshed")
        try context.expectOK(GPURequest.unref(1), "the resource to end under them")
        try context.expectError(GPURequest.flush(1), "the resource is gone")
    }

    static let flush = GPUCase.make(
        "scanout/GPU-I-019",
        """
        RESOURCE_FLUSH refreshes what shows the resource; one that nothing shows is no error, one \
        that is not there, or a rectangle outside of it, is.
        """
    ) { context in
        try context.expectError(GPURequest.flush(1), "there is no resource 1")
        try context.create2D(1)
        try context.expectOK(GPURequest.flush(1), "a resource that nothing shows to be flushed")
        try context.expectOK(GPURequest.scanout(1), "the resource to be shown")
        let part = VirtioGPU.Rect(x: 3, y: 5, width: 7, height: 1)
        try context.expectOK(GPURequest.flush(1, part), "a part to be flushed")
        for (x, y, width, height): (UInt32, UInt32, UInt32, UInt32) in [
            (0, 0, 65, 1), (0, 0, 1, 65), (64, 0, 1, 1), (.max, 0, 2, 1), (0, .max, 1, 2),
        ] {
            let rect = VirtioGPU.Rect(x: x, y: y, width: width, height: height)
            try context.expectError(
                GPURequest.flush(1, rect), "\(width) by \(height) at \(x), \(y) is outside")
        }
    }

    private static func blobScanout(
        _ id: UInt32, format: UInt32 = 2, width: UInt32 = 16, height: UInt32 = 16,
        stride: UInt32 = 64, offset: UInt32 = 0, rect: VirtioGPU.Rect? = nil, scanout: UInt32 = 0
    ) -> VirtioGPU.SetScanoutBlob {
        VirtioGPU.SetScanoutBlob(
            r: rect ?? VirtioGPU.Rect(width: 16, height: 16), scanoutID: scanout,
            resourceID: ResourceID(id), width: width, height: height,
            format: VirtioGPU.Format(format), strides: [stride], offsets: [offset])
    }

    /// A guest blob of 4096 bytes.
    private static func makeBlob(_ context: inout ConformanceContext, _ id: UInt32) throws {
        let block = try context.machine.allocate(4096)
        try context.expectOK(
            GPURequest.blob(id, memory: 1, sizeBytes: 4096, entries: 1),
            tail: GPURequest.entries([(block.start, 4096)]), "a guest blob of 4096 bytes")
    }

    static let blob = GPUCase.make(
        "scanout/GPU-I-030",
        """
        SET_SCANOUT_BLOB shows a framebuffer that lies in a blob; one that leaves it, or has no \
        such scanout, is an error.
        """, needs: .resourceBlob
    ) { context in
        try makeBlob(&context, 1)
        try context.create2D(2)
        // 16 rows of 256 bytes, all of the blob; and 16 of 64 that end with its last byte.
        try context.expectOK(blobScanout(1, stride: 256), "a framebuffer of the blob's size")
        try context.expectOK(
            blobScanout(1, offset: 3072), "a framebuffer that ends with the blob")
        let last = VirtioGPU.Rect(x: 8, y: 15, width: 8, height: 1)
        try context.expectOK(
            blobScanout(1, stride: 256, rect: last), "the end of the last row to be shown")
        let count = try context.config().numScanouts
        let bad: [(VirtioGPU.SetScanoutBlob, String)] = [
            (blobScanout(1, offset: 3073), "the framebuffer ends one byte behind the blob"),
            (blobScanout(1, stride: 272), "the rows end behind the blob"),
            (blobScanout(1, stride: .max), "the rows end behind the blob"),
            (blobScanout(1, offset: .max), "the framebuffer begins behind the blob"),
            (blobScanout(1, stride: 60), "rows of 60 bytes do not hold 16 pixels"),
            (
                blobScanout(1, rect: VirtioGPU.Rect(x: 1, width: 16, height: 16)),
                "the rectangle leaves the framebuffer"
            ),
            (
                blobScanout(1, rect: VirtioGPU.Rect(x: .max, width: 2, height: 2)),
                "the rectangle wraps"
            ),
            (blobScanout(1, scanout: count), "there is no scanout \(count)"),
            (blobScanout(3), "there is no resource 3"),
            (blobScanout(2), "resource 2 is no blob"),
        ]
        for (command, reason) in bad { try context.expectError(command, reason) }
        try context.expectOK(blobScanout(0, scanout: 0), "the scanout to be off")
    }

    static let blobFormats = GPUCase.make(
        "scanout/GPU-D-013", "A blob's framebuffer has one of the eight formats.", level: .must,
        needs: .resourceBlob
    ) { context in
        try makeBlob(&context, 1)
        var known = 0
        for format: UInt32 in [1, 2, 3, 4, 67, 68, 121, 134] {
            if try context.answer(blobScanout(1, format: format)) == .okNoData { known += 1 }
        }
        guard known > 0 else { throw context.finding("one of the eight formats to be shown") }
        for format: UInt32 in [0, 5, 64, 0x3432_5241, .max] {
            try context.expectError(blobScanout(1, format: format), "\(format) is no format")
        }
    }

    // MARK: Cursors

    private static func cursor(
        _ id: UInt32, type: VirtioGPU.MessageType = .updateCursor, scanout: UInt32 = 0,
        x: UInt32 = 0, hot: UInt32 = 0
    ) -> VirtioGPU.UpdateCursor {
        VirtioGPU.UpdateCursor(
            header: VirtioGPU.ControlHeader(type: type),
            pos: VirtioGPU.CursorPos(scanoutID: scanout, x: x, y: x),
            resourceID: ResourceID(id), hotX: hot, hotY: hot)
    }

    /// Sends a cursor command; it has to come back, with or without an answer.
    private static func send(
        _ context: inout ConformanceContext, _ command: VirtioGPU.UpdateCursor
    ) throws -> VirtioGPU.MessageType? {
        let answer = try context.response(command, room: 24, queue: VirtioGPU.cursorQueue)
        guard !answer.isEmpty else { return nil }
        return try context.decode(VirtioGPU.ControlHeader.self, from: answer).type
    }

    static let cursorSizes = GPUCase.make(
        "cursor/GPU-R-009", "A cursor resource of another size than 64 by 64 does no harm."
    ) { context in
        for (id, side): (UInt32, UInt32) in [(1, 32), (2, 128), (3, 1), (4, 64)] {
            try context.create2D(id, width: side, height: side)
            _ = try send(&context, cursor(id))
        }
        // The hot spot may lie anywhere, the cursor as well.
        for number: UInt32 in [63, 64, 0x7fff_ffff, .max] {
            _ = try send(&context, cursor(4, x: number, hot: number))
            _ = try send(&context, cursor(4, scanout: number))
        }
        try context.expectOK(GPURequest.unref(4), "the resource to end while it is the cursor")
        _ = try send(&context, cursor(4))
        try context.create2D(4)
    }

    static let cursorAtOnce = GPUCase.make(
        "cursor/GPU-R-010", "UPDATE_CURSOR right behind an unfenced transfer does no harm."
    ) { context in
        try context.create2D(1)
        _ = try context.attachPages(1, 64 * 64 * 4)
        let transfer = VirtioGPU.TransferToHost2D(
            r: VirtioGPU.Rect(width: 64, height: 64), resourceID: ResourceID(1))
        let posted = try context.post(transfer, room: 24)
        _ = try send(&context, cursor(1))
        let (first, bytes) = try context.nextReturned(queue: VirtioGPU.controlQueue)
        let header: VirtioGPU.ControlHeader = try context.decode(from: bytes)
        guard first == posted, header.type == .okNoData else {
            throw context.finding("the transfer to succeed")
        }
    }

    static let cursorMoves = GPUCase.make(
        "cursor/GPU-I-036", "MOVE_CURSOR looks at the position only."
    ) { context in
        let clean = try send(&context, cursor(0, type: .moveCursor, x: 5))
        let odd = try send(&context, cursor(0xdead, type: .moveCursor, x: 5, hot: .max))
        guard clean == odd, clean.map(\.isError) != true else {
            throw context.finding("the answer to a MOVE_CURSOR whose other fields are zero")
        }
        try context.create2D(1)
    }

    static let cursorBesideControl = GPUCase.make(
        "cursor/GPU-I-011", "Cursor commands do not wait for the control queue."
    ) { context in
        try context.create2D(1, width: 512, height: 512)
        _ = try context.attachPages(1, 512 * 512 * 4)
        let all = VirtioGPU.Rect(width: 512, height: 512)
        let count = 16
        for fence in 1...UInt64(count) {
            let transfer = VirtioGPU.TransferToHost2D(
                header: .init(type: .transferToHost2D, flags: .fence, fenceID: fence), r: all,
                resourceID: ResourceID(1))
            try context.post(transfer, room: 24)
        }
        _ = try send(&context, cursor(0, type: .moveCursor, x: 9))
        for _ in 0..<count {
            let (_, bytes) = try context.nextReturned(queue: VirtioGPU.controlQueue)
            let header: VirtioGPU.ControlHeader = try context.decode(from: bytes)
            guard header.type == .okNoData else { throw context.finding("the transfer to succeed") }
        }
    }
}
