// Timelines of fences (virtio 1.4, 5.7.6, request header).

internal import VirtioWire
internal import Virtqueue

enum GPUTimelineCases {
    static let all = [order, rings, pastRings]

    /// Posts fenced work and says in which order the answers came, as the indices of `requests`.
    private static func run(
        _ context: inout ConformanceContext, _ requests: [(VirtioGPU.CmdSubmit, [UInt32])]
    ) throws -> [(index: Int, VirtioGPU.ControlHeader)] {
        var numbers: [Int: Int] = [:]
        for (index, (submit, words)) in requests.enumerated() {
            let number = try context.post(submit, tail: GPURequest.bytes(of: words), room: 24)
            numbers[number] = index
        }
        var answers: [(Int, VirtioGPU.ControlHeader)] = []
        for _ in requests {
            let (number, bytes) = try context.nextReturned(queue: VirtioGPU.controlQueue)
            guard let index = numbers[number] else { throw context.finding("each answer once") }
            answers.append((index, try context.decode(from: bytes)))
        }
        return answers
    }

    static let order = GPUCase.make(
        "fence/GPU-D-010",
        """
        When a fenced command is answered, those of its timeline with smaller fence ids have been \
        answered.
        """, level: .must, needs: .virgl, wants: .contextInit
    ) { context in
        let hasRings = VirtioGPU.Features(rawValue: context.transport.deviceFeatures)
            .contains(.contextInit)
        for id: UInt32 in 1...2 {
            try context.createContext(id)
            try context.expectOK(GPURequest.texture(id, width: 256, height: 256), "a texture")
            try context.attach(id, to: id)
        }
        // Three timelines; some of the work is long, some is nothing, some is an error.
        var requests: [(VirtioGPU.CmdSubmit, [UInt32])] = []
        var timelines: [Int] = []
        for step in 0..<48 {
            let owner = UInt32(step % 2 + 1)
            let words: [UInt32] =
                switch step % 4 {
                case 0, 1:
                    VirglWords.clear(
                        resource: owner, format: 67, surface: UInt32(step + 1), red: 0.5)
                case 2: []
                // A command that does not end in the stream.
                default: [0x00ff_0000]
                }
            let ring: UInt8? = hasRings && step % 3 > 0 ? UInt8(step % 3) : nil
            requests.append(
                (
                    GPURequest.submit(words, to: owner, fence: UInt64(1000 + step), ring: ring),
                    words
                ))
            timelines.append(ring.map { Int($0) * 2 + Int(owner) } ?? 0)
        }
        var last: [Int: Int] = [:]
        for (index, header) in try run(&context, requests) {
            guard header.flags.contains(.fence), header.fenceID == UInt64(1000 + index) else {
                throw context.finding("fence \(1000 + index) in its response")
            }
            let timeline = timelines[index]
            if let before = last[timeline], before > index {
                throw context.finding(
                    "fence \(1000 + index) before fence \(1000 + before)",
                    received: "the other order")
            }
            last[timeline] = index
        }
    }

    static let rings = GPUCase.make(
        "fence/GPU-R-011", "With CONTEXT_INIT fenced commands of the rings 0 to 63 are answered.",
        needs: [.virgl, .contextInit]
    ) { context in
        try context.createContext()
        let requests = (UInt8(0)..<64).map { ring in
            (GPURequest.submit([0], to: 1, fence: UInt64(ring) + 1, ring: ring), [UInt32(0)])
        }
        for (index, header) in try run(&context, requests) {
            guard header.type == .okNoData, header.flags == [.fence, .infoRingIdx],
                header.ringIdx == UInt8(index), header.fenceID == UInt64(index) + 1
            else { throw context.finding("success, with FENCE, INFO_RING_IDX and ring \(index)") }
        }
    }

    static let pastRings = GPUCase.make(
        "fence/GPU-I-008", "A ring past 63 does no harm, and its fence is answered.",
        needs: [.virgl, .contextInit]
    ) { context in
        try context.createContext()
        let requests = [UInt8(64), 127, 128, 255].map { ring in
            (GPURequest.submit([0], to: 1, fence: UInt64(ring), ring: ring), [UInt32(0)])
        }
        for (_, header) in try run(&context, requests) {
            guard header.flags.contains(.fence), header.type == .okNoData || header.type.isError
            else { throw context.finding("an answer with its fence") }
        }
        // Without the flag the number counts for nothing.
        let submit = VirtioGPU.CmdSubmit(
            header: .init(
                type: .submit3D, flags: .fence, fenceID: 9, ctxID: ContextID(1), ringIdx: 255),
            size: 4)
        try context.expectOK(
            submit, tail: [0, 0, 0, 0], "a ring without INFO_RING_IDX to be ignored")
    }
}
