// Commands that no driver of a GPU sends.

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum HostileGPUCases {
    static let all = [
        truncated, ones, unknownTypes, counts, outsideMemory, sizes, transfers, scanouts, cursors,
        twice, inUse, capsets, blobs, maps, submits, contexts, uuids, random, storm,
    ]

    private static let commands = GPUFenceCases.commands

    private static func command(
        _ type: VirtioGPU.MessageType, _ words: [UInt32], context: UInt32 = 0
    ) -> [UInt8] {
        [UInt8](VirtioGPU.ControlHeader(type: type, ctxID: ContextID(context)))
            + GPURequest.bytes(of: words)
    }

    static let truncated = HostileCase.gpu(
        "truncated",
        "A command that ends anywhere in its structure is an error, not a reading past it."
    ) { context in
        for (type, sizeBytes) in commands {
            let whole = command(type, Array(repeating: 1, count: (sizeBytes - 24) / 4))
            for count in [1, 3, 4, 8, 23, 24, 25, sizeBytes - 4, sizeBytes - 1]
            where count < sizeBytes && count > 0 {
                try context.sendBytes(Array(whole.prefix(count)))
            }
        }
    }

    static let ones = HostileCase.gpu(
        "ones", "Fields of all ones are compared, not computed with."
    ) { context in
        for (type, sizeBytes) in commands {
            let count = (sizeBytes - 24) / 4
            try context.sendBytes(command(type, Array(repeating: .max, count: count)))
            for index in 0..<count {
                for value: UInt32 in [.max, 0x8000_0000, 0x7fff_ffff] {
                    var words = Array(repeating: UInt32(1), count: count)
                    words[index] = value
                    try context.sendBytes(command(type, words))
                }
            }
        }
    }

    static let unknownTypes = HostileCase.gpu(
        "unknown-types", "Commands that there are not are errors, on either queue."
    ) { context in
        let numbers: [UInt32] = Array(0x10d...0x118) + [0, 1, 0x0ff, 0x0207, 0x0302, 0x1100, .max]
        for number in numbers {
            let bytes = command(VirtioGPU.MessageType(number), Array(repeating: 1, count: 16))
            try context.sendBytes(bytes)
            try context.sendBytes(bytes, queue: VirtioGPU.cursorQueue)
        }
    }

    static let counts = HostileCase.gpu(
        "counts", "A count of entries is compared with what came, before anything is allocated."
    ) { context in
        try context.create2D(1)
        for count: UInt32 in [1, 2, 16_385, 0x1000_0000, 0x1000_0001, .max] {
            try context.sendBytes(command(.resourceAttachBacking, [1, count]))
            try context.sendBytes(command(.resourceAttachBacking, [1, count, 0, 0, 0]))
        }
    }

    static let outsideMemory = HostileCase.gpu(
        "outside-memory", "A backing of addresses that no memory has is refused, or never reached."
    ) { context in
        let entries: [(UInt64, UInt32)] = [
            (.max - 0xfff, 0x1000), (.max - 7, 64), (0, .max), (0x7fff_0000_0000, 0x4000), (1, 0),
        ]
        for (index, (start, count)) in entries.enumerated() {
            let id = UInt32(index + 1)
            try context.create2D(id)
            let list = GPURequest.entries([(GuestAddress(start), count)])
            let attach = VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(id), nrEntries: 1)
            try context.sendBytes([UInt8](attach) + list)
            try context.sendBytes([UInt8](GPURequest.transfer2D(id)))
        }
    }

    static let sizes = HostileCase.gpu(
        "sizes", "Width by height by bytes overflows nothing."
    ) { context in
        let sides: [(UInt32, UInt32)] = [
            (0x4000_0001, 1), (1, 0x4000_0001), (.max, .max), (0x1_0000, 0x1_0000),
            (0x8000_0000, 2), (0, 0), (0x3fff_ffff, 4),
        ]
        for (index, (width, height)) in sides.enumerated() {
            let id = UInt32(index + 1)
            try context.sendBytes(command(.resourceCreate2D, [id, 1, width, height]))
            try context.sendBytes(
                [UInt8](GPURequest.texture(id + 100, width: width, height: height)))
            try context.sendBytes([UInt8](GPURequest.transfer2D(id)))
        }
    }

    static let transfers = HostileCase.gpu(
        "transfers", "A transfer stays inside of the image and of its backing."
    ) { context in
        try context.create2D(1)
        _ = try context.attachPages(1, 64 * 64 * 4)
        let rects: [(UInt32, UInt32, UInt32, UInt32)] = [
            (.max, 0, 2, 1), (0, .max, 1, 2), (63, 63, 2, 2), (0, 0, .max, .max),
            (0x8000_0000, 0, 0x8000_0000, 1), (1, 1, 64, 64),
        ]
        for (x, y, width, height) in rects {
            for offset: UInt64 in [0, 16_380, 16_384, 1 << 32, .max - 3, .max] {
                let rect = VirtioGPU.Rect(x: x, y: y, width: width, height: height)
                try context.sendBytes([UInt8](GPURequest.transfer2D(1, rect, offset: offset)))
                try context.sendBytes([UInt8](GPURequest.flush(1, rect)))
            }
        }
        for offset: UInt64 in [1, 16_380, 16_384, 1 << 40, .max - 16_383, .max] {
            try context.sendBytes([UInt8](GPURequest.transfer2D(1, offset: offset)))
        }
    }

    static let scanouts = HostileCase.gpu(
        "scanouts", "There is no scanout past the last."
    ) { context in
        try context.create2D(1)
        for scanout: UInt32 in [16, 17, 255, 0x8000_0000, .max] {
            try context.sendBytes([UInt8](GPURequest.scanout(1, on: scanout)))
            try context.sendBytes([UInt8](GPURequest.scanout(0, on: scanout)))
            try context.sendBytes(command(.getEDID, [scanout, 0]))
        }
    }

    static let cursors = HostileCase.gpu(
        "cursors", "A cursor's scanout and picture are checked; a storm of cursors is served."
    ) { context in
        try context.create2D(1, width: 8, height: 8)
        for type: VirtioGPU.MessageType in [.updateCursor, .moveCursor] {
            for scanout: UInt32 in [0, 16, .max] {
                for resource: UInt32 in [0, 1, 2, .max] {
                    let words = [scanout, .max, .max, 0, resource, .max, .max, 0]
                    try context.sendBytes(command(type, words), queue: VirtioGPU.cursorQueue)
                }
            }
        }
    }

    static let twice = HostileCase.gpu(
        "twice", "What is made, attached or freed twice is an error the second time."
    ) { context in
        for _ in 0..<20 {
            try context.sendBytes(command(.resourceCreate2D, [1, 1, 64, 64]))
            try context.sendBytes(command(.resourceCreate2D, [1, 1, 64, 64]))
            let block = try context.machine.allocate(16_384)
            let attach = VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(1), nrEntries: 1)
            for _ in 0..<2 {
                try context.sendBytes(
                    [UInt8](attach) + GPURequest.entries([(block.start, 16_384)]))
            }
            for _ in 0..<2 { try context.sendBytes(command(.resourceDetachBacking, [1, 0])) }
            for _ in 0..<2 { try context.sendBytes(command(.resourceUnref, [1, 0])) }
            context.machine.free(block)
        }
    }

    static let inUse = HostileCase.gpu(
        "in-use", "A resource may go while it is shown, named, or between its transfers."
    ) { context in
        for id: UInt32 in 1...20 {
            try context.create2D(id)
            let block = try context.attachPages(id, 16_384)
            try context.sendBytes([UInt8](GPURequest.scanout(id)))
            try context.sendBytes(command(.resourceAssignUUID, [id, 0]))
            try context.sendBytes(command(.resourceDetachBacking, [id, 0]))
            try context.sendBytes([UInt8](GPURequest.transfer2D(id)))
            try context.sendBytes([UInt8](GPURequest.flush(id)))
            try context.sendBytes(command(.resourceUnref, [id, 0]))
            try context.sendBytes([UInt8](GPURequest.flush(id)))
            try context.sendBytes(command(.resourceAssignUUID, [id, 0]))
            context.machine.free(block)
        }
    }

    static let capsets = HostileCase.gpu(
        "capsets", "A capset that there is not has no bytes."
    ) { context in
        for id: UInt32 in [0, 3, 7, 63, 64, .max] {
            for version: UInt32 in [0, 1, 2, .max] {
                try context.sendBytes(command(.getCapset, [id, version]), room: 4096)
            }
            try context.sendBytes(command(.getCapsetInfo, [id, 0]))
        }
    }

    static let blobs = HostileCase.gpu(
        "blobs", "A blob is as long as its pages, and not empty.", needs: .resourceBlob
    ) { context in
        let block = try context.machine.allocate(4096)
        var id: UInt32 = 1
        for memory: UInt32 in [0, 1, 2, 3, 4, .max] {
            for size: UInt64 in [0, 1, 4095, 4097, 8192, 1 << 40, .max - 4095, .max] {
                for entries: UInt32 in [0, 1, .max] {
                    let blob = GPURequest.blob(
                        id, memory: memory, sizeBytes: size, entries: entries)
                    try context.sendBytes(
                        [UInt8](blob) + GPURequest.entries([(block.start, 4096)]))
                    id += 1
                }
            }
        }
    }

    static let maps = HostileCase.gpu(
        "maps", "A mapping lies in the window, and ends once.", needs: .resourceBlob
    ) { context in
        try context.create2D(1)
        for offset: UInt64 in [0, 1, 4095, 1 << 30, 1 << 62, .max - 4095, .max] {
            for id: UInt32 in [0, 1, 2, .max] {
                let words = [id, 0, UInt32(truncatingIfNeeded: offset), UInt32(offset >> 32)]
                try context.sendBytes(command(.resourceMapBlob, words))
                try context.sendBytes(command(.resourceUnmapBlob, [id, 0]))
                try context.sendBytes(command(.resourceUnmapBlob, [id, 0]))
            }
        }
    }

    static let submits = HostileCase.gpu(
        "submits", "A command stream's size is what came.", needs: .virgl
    ) { context in
        try context.createContext(1)
        for size: UInt32 in [0, 1, 3, 4, 5, 4096, 0x7fff_ffff, .max - 3, .max] {
            for count in [0, 1, 4] {
                try context.sendBytes(
                    command(.submit3D, [size, 0] + Array(repeating: 0, count: count), context: 1))
            }
        }
    }

    static let contexts = HostileCase.gpu(
        "contexts", "Contexts that are not there, or twice there, are errors.", needs: .virgl
    ) { context in
        for id: UInt32 in [0, 1, 1, 2, 0x8000_0000, .max] {
            let create = VirtioGPU.CtxCreate(
                header: .init(type: .ctxCreate, ctxID: ContextID(id)), contextInit: .max,
                debugName: "x")
            try context.sendBytes([UInt8](create))
            try context.sendBytes([UInt8](GPURequest.attach(77, to: id)))
            try context.sendBytes([UInt8](GPURequest.context(.ctxDestroy, id)))
            try context.sendBytes([UInt8](GPURequest.context(.ctxDestroy, id)))
        }
    }

    static let uuids = HostileCase.gpu(
        "uuids", "UUIDs are asked for in vain, and very often.", needs: .resourceUUID
    ) { context in
        try context.create2D(1)
        for id: UInt32 in [0, 2, .max] {
            try context.sendBytes(command(.resourceAssignUUID, [id, .max]))
        }
        for _ in 0..<500 { try context.sendBytes(command(.resourceAssignUUID, [1, 0])) }
    }

    static let random = HostileCase.gpu(
        "random", "Two thousand commands of random fields are answered, each."
    ) { context in
        var random = FixedRandom(seed: 0x5eed_0001)
        for _ in 0..<2000 {
            let (type, sizeBytes) = commands[random.below(commands.count)]
            let words = (0..<((sizeBytes - 24) / 4)).map { index in
                // Ids are small, so that some of them are there.
                index == 0 ? UInt32(random.below(6)) : random.word()
            }
            try context.sendBytes(
                command(type, words, context: UInt32(random.below(4)))
                    + random.bytes(random.below(48)))
        }
    }

    static let storm = HostileCase.gpu(
        "storm", "Resources are made until no more are to be had, and then given back."
    ) { context in
        var made: [UInt32] = []
        for id: UInt32 in 1...3000 {
            let answer = try context.sendBytes(command(.resourceCreate2D, [id, 1, 8, 8]))
            let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
            guard header.type == .okNoData else { break }
            made.append(id)
        }
        for id in made { try context.sendBytes(command(.resourceUnref, [id, 0])) }
        try context.create2D(1)
    }
}
