// Backing and transfers (virtio 1.4, 5.7.6), with the pixels read back where the device can.

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum GPUTransferCases {
    static let all = [noBacking, entries, boxes, blobTransfers, fenceBefore, fenceComplete]

    static let noBacking = GPUCase.make(
        "transfer/GPU-R-008", "A transfer of a resource without backing is an error.",
        wants: .virgl
    ) { context in
        try context.create2D(1)
        try context.expectError(
            VirtioGPU.TransferToHost2D(
                r: VirtioGPU.Rect(width: 64, height: 64), resourceID: ResourceID(1)),
            "there is no backing")
        try context.expectError(
            VirtioGPU.TransferToHost2D(
                r: VirtioGPU.Rect(width: 64, height: 64), resourceID: ResourceID(2)),
            "there is no resource 2")
    }

    static let entries = GPUCase.make(
        "transfer/GPU-I-021",
        """
        Backing is the entries in their order, however many and however small; entries that are not \
        there are an error.
        """
    ) { context in
        try context.create2D(1, width: 16, height: 16)
        let block = try context.machine.allocate(4096)
        let attach = { (count: Int) in
            VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(1), nrEntries: UInt32(count))
        }
        let transfer = VirtioGPU.TransferToHost2D(
            r: VirtioGPU.Rect(width: 16, height: 16), resourceID: ResourceID(1))
        let detach = VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(1))
        let lists: [(String, [(GuestAddress, UInt32)])] = [
            ("1024 entries of a byte", (0..<1024).map { (GPURequest.address(block, $0), 1) }),
            (
                "entries backwards, of 3 and 61 bytes",
                (0..<32).flatMap { index -> [(GuestAddress, UInt32)] in
                    let at = (31 - index) * 64
                    return [
                        (GPURequest.address(block, at), 3),
                        (GPURequest.address(block, at + 3), 61),
                    ]
                }
            ),
            ("one page again and again", Array(repeating: (block.start, 64), count: 16)),
            ("more than the resource has", [(block.start, 4096)]),
        ]
        for (name, list) in lists {
            try context.expectOK(
                attach(list.count), tail: GPURequest.entries(list), name + " to be attached")
            try context.expectError(
                attach(1), tail: GPURequest.entries([(block.start, 4096)]),
                "backing is attached already")
            try context.expectOK(transfer, "the whole resource to be copied from " + name)
            try context.expectOK(detach, "the backing to be detached")
        }
        // One entry of nothing among others: either answer will do.
        try context.expectAnswer(
            attach(3),
            tail: GPURequest.entries([(block.start, 512), (block.start, 0), (block.start, 512)]))
        try context.expectAnswer(detach)
        for count in [2, 0x1000_0000, Int(UInt32.max)] {
            try context.expectError(
                attach(count), tail: GPURequest.entries([(block.start, 1024)]),
                "\(count) entries are not there")
        }
        for (start, count): (UInt64, UInt32) in [
            (.max - 15, 1024), (0x7fff_0000_0000, 1024), (0, .max),
        ] {
            try context.expectError(
                attach(1), tail: GPURequest.entries([(GuestAddress(start), count)]),
                "there is no memory at \(start)")
        }
        // A short one is taken, and a transfer that leaves it is refused.
        try context.expectOK(
            attach(1), tail: GPURequest.entries([(block.start, 1023)]), "a short backing")
        try context.expectError(transfer, "the backing ends a byte before the transfer")
    }

    /// Reads a 2D resource of 16 by 16 pixels back into `block`; false where the device does not.
    private static func readBack(_ context: inout ConformanceContext, _ block: GuestBlock) throws
        -> [UInt8]
    {
        context.machine.range(of: block).fill(0xee)
        try context.expectOK(
            GPURequest.transfer(.transferFromHost3D, 1, VirtioGPU.Box(w: 16, h: 16, d: 1)),
            "the resource to be read back")
        return Array(context.machine.range(of: block).bytes().prefix(1024))
    }

    static let boxes = GPUCase.make(
        "transfer/GPU-I-020",
        """
        TRANSFER_TO_HOST_2D copies the rectangle: offset is where its first pixel lies, rows are a \
        whole resource row apart.
        """, wants: .virgl
    ) { context in
        try context.create2D(1, width: 16, height: 16)
        let block = try context.attachPages(1, 1024)
        let pixels = (0..<1024).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var model = [UInt8](repeating: 0, count: 1024)
        for (x, y, width, height): (UInt32, UInt32, UInt32, UInt32) in [
            (0, 0, 16, 16), (3, 5, 7, 2), (15, 15, 1, 1), (0, 9, 16, 1), (9, 0, 1, 16),
        ] {
            context.machine.range(of: block).write(pixels.map { $0 &+ UInt8(x &+ y) })
            let offset = UInt64(y) * 64 + UInt64(x) * 4
            try context.expectOK(
                VirtioGPU.TransferToHost2D(
                    r: VirtioGPU.Rect(x: x, y: y, width: width, height: height), offset: offset,
                    resourceID: ResourceID(1)),
                "\(width) by \(height) pixels at \(x), \(y) to be copied")
            for row in Int(y)..<Int(y + height) {
                for byte in Int(x) * 4..<Int(x + width) * 4 {
                    model[row * 64 + byte] = pixels[row * 64 + byte] &+ UInt8(x &+ y)
                }
            }
        }
        for (x, y, width, height): (UInt32, UInt32, UInt32, UInt32) in [
            (0, 0, 17, 1), (1, 0, 16, 1), (.max, 0, 2, 1), (0, 16, 1, 1),
        ] {
            try context.expectError(
                VirtioGPU.TransferToHost2D(
                    r: VirtioGPU.Rect(x: x, y: y, width: width, height: height),
                    resourceID: ResourceID(1)),
                "\(width) by \(height) at \(x), \(y) is outside")
        }
        for offset: UInt64 in [1, 1 << 32, .max] {
            try context.expectError(
                VirtioGPU.TransferToHost2D(
                    r: VirtioGPU.Rect(width: 16, height: 16), offset: offset,
                    resourceID: ResourceID(1)),
                "from byte \(offset) on the backing is too short")
        }
        guard VirtioGPU.Features(rawValue: context.transport.deviceFeatures).contains(.virgl) else {
            return
        }
        guard try readBack(&context, block) == model else {
            throw context.finding("the pixels that were transferred", received: "others")
        }
    }

    static let blobTransfers = GPUCase.make(
        "transfer/GPU-R-019", "With VIRGL both 3D transfers work on resources with guest memory.",
        needs: [.virgl, .resourceBlob]
    ) { context in
        try context.expectOK(GPURequest.texture(1, width: 16, height: 16), "a texture")
        let block = try context.attachPages(1, 2048)
        let pixels = (0..<2048).map { UInt8(truncatingIfNeeded: $0 &* 5) }
        let box = VirtioGPU.Box(x: 2, y: 3, w: 8, h: 4, d: 1)
        context.machine.range(of: block).write(pixels)
        try context.expectOK(
            GPURequest.transfer(.transferToHost3D, 1, box, offset: 100, stride: 48),
            "a box to be written")
        context.machine.range(of: block).fill(0xee)
        try context.expectOK(
            GPURequest.transfer(.transferFromHost3D, 1, box, offset: 200, stride: 40),
            "the box to be read")
        let back = context.machine.range(of: block).bytes()
        for row in 0..<4 {
            let (mine, given) = (200 + row * 40, 100 + row * 48)
            guard back[mine..<mine + 32].elementsEqual(pixels[given..<given + 32]) else {
                throw context.finding("row \(row) as it was written", received: "another one")
            }
            // Only the box. [GPU-D-006]
            guard back[mine + 32..<mine + 40].allSatisfy({ $0 == 0xee }) else {
                throw context.finding("the bytes between rows left alone", received: "others")
            }
        }
    }

    private static let frame = VirtioGPU.Rect(width: 256, height: 256)

    static let fenceBefore = GPUCase.make(
        "fence/GPU-D-006", "A command with FENCE is finished before it is returned.",
        level: .must, needs: .virgl
    ) { context in
        try context.create2D(1, width: 256, height: 256)
        let block = try context.attachPages(1, 256 * 256 * 4)
        for round in 1...UInt8(8) {
            context.machine.range(of: block).fill(round)
            try context.expectOK(
                VirtioGPU.TransferToHost2D(
                    header: .init(type: .transferToHost2D, flags: .fence, fenceID: UInt64(round)),
                    r: frame, resourceID: ResourceID(1)), "a fenced transfer")
            // The guest has its pages back.
            context.machine.range(of: block).fill(0xee)
            try context.expectOK(
                GPURequest.transfer(
                    .transferFromHost3D, 1, VirtioGPU.Box(w: 256, h: 256, d: 1)),
                "the resource to be read back")
            guard context.machine.range(of: block).bytes().allSatisfy({ $0 == round }) else {
                throw context.finding("the pixels of before the answer", received: "others")
            }
        }
    }

    static let fenceComplete = GPUCase.make(
        "fence/GPU-D-009", "The answer to a fenced stream comes when its drawing is complete.",
        level: .must, needs: .virgl
    ) { context in
        try context.createContext()
        try context.expectOK(GPURequest.texture(1, width: 256, height: 256), "a texture")
        let block = try context.attachPages(1, 256 * 256 * 4)
        try context.attach(1)
        for round in 1...UInt8(8) {
            let words = VirglWords.clear(
                resource: 1, format: 67, surface: UInt32(round), red: Float(round) / 255)
            let fenced = GPURequest.submit(words, to: 1, fence: UInt64(round))
            try context.expectOK(
                fenced, tail: GPURequest.bytes(of: words), "a fenced clear to succeed")
            try context.expectOK(
                GPURequest.transfer(.transferFromHost3D, 1, VirtioGPU.Box(w: 256, h: 256, d: 1)),
                "the texture to be read back")
            let bytes = context.machine.range(of: block).bytes()
            guard stride(from: 0, to: bytes.count, by: 4).allSatisfy({ bytes[$0] == round }) else {
                throw context.finding("\(round) in every pixel's red", received: "another colour")
            }
        }
    }
}
