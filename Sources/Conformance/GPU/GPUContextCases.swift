// Contexts (virtio 1.4, 5.7.6, the 3D commands).

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum GPUContextCases {
    static let all = [identity, capsets, virgl, choice, bits]

    private static func create(_ id: UInt32, _ contextInit: UInt32 = 0, nlen: UInt32? = nil)
        -> VirtioGPU.CtxCreate
    {
        VirtioGPU.CtxCreate(
            header: .init(type: .ctxCreate, ctxID: ContextID(id)), contextInit: contextInit,
            debugName: "case")
    }

    static let identity = GPUCase.make(
        "context/GPU-D-014",
        "CTX_CREATE makes the context of hdr.ctx_id; it is known until CTX_DESTROY.",
        level: .must, needs: .virgl
    ) { context in
        for id: UInt32 in [1, 7, 0x7fff_fffe] {
            let nop = GPURequest.submit([0], to: id)
            let words = GPURequest.bytes(of: [0])
            try context.expectError(nop, tail: words, "there is no context \(id)")
            try context.expectError(
                GPURequest.context(.ctxDestroy, id), "there is no context \(id)")
            try context.createContext(id)
            try context.expectOK(nop, tail: words, "context \(id) to serve")
            try context.expectError(create(id), "context \(id) is in use")
            try context.expectOK(nop, tail: words, "context \(id) to serve still")
            try context.expectOK(GPURequest.context(.ctxDestroy, id), "context \(id) to end")
            try context.expectError(nop, tail: words, "context \(id) is gone")
        }
        try context.expectError(create(0), "0 is no context")
    }

    static let capsets = GPUCase.make(
        "context/GPU-D-015", "A context of each capset takes its streams.", level: .must,
        needs: [.virgl, .contextInit]
    ) { context in
        let count = try context.config().numCapsets
        for index in 0..<min(count, 64) {
            let answer = try context.response(
                VirtioGPU.GetCapsetInfo(capsetIndex: index), room: 64)
            let info: VirtioGPU.RespCapsetInfo = try context.decode(from: answer)
            let id = index + 1
            try context.createContext(id, capset: info.capsetID.rawValue)
            guard info.capsetID == .virgl || info.capsetID == .virgl2 else { continue }
            try context.expectOK(GPURequest.texture(id, width: 4, height: 4), "a texture")
            let block = try context.attachPages(id, 64)
            try context.attach(id, to: id)
            try context.submit(
                VirglWords.clear(resource: id, format: 67, surface: 1, red: 1), to: id,
                "a clear in a context of capset \(info.capsetID)")
            try context.expectOK(
                GPURequest.transfer(
                    .transferFromHost3D, id, VirtioGPU.Box(w: 4, h: 4, d: 1), context: id),
                "the texture to be read back")
            guard context.machine.range(of: block).bytes().first == 255 else {
                throw context.finding("a red texture", received: "another colour")
            }
        }
    }

    static let virgl = GPUCase.make(
        "context/GPU-I-031", "The 3D commands are errors without VIRGL, and work with it.",
        wants: .resourceBlob
    ) { context in
        let header = { GPURequest.context($0, 1) }
        try context.expectError(create(1), "VIRGL was not negotiated")
        try context.expectError(header(.ctxDestroy), "VIRGL was not negotiated")
        for type: VirtioGPU.MessageType in [.ctxAttachResource, .ctxDetachResource] {
            try context.expectError(
                GPURequest.attach(1, to: 1, type: type), "VIRGL was not negotiated")
        }
        try context.expectError(GPURequest.texture(1), "VIRGL was not negotiated")
        for type: VirtioGPU.MessageType in [.transferToHost3D, .transferFromHost3D] {
            try context.expectError(
                GPURequest.transfer(type, 1, VirtioGPU.Box(w: 1, h: 1, d: 1)),
                "VIRGL was not negotiated")
        }
        try context.expectError(
            GPURequest.submit([0], to: 1), tail: GPURequest.bytes(of: [0]),
            "VIRGL was not negotiated")
        let accepted = try context.start(wanted: VirtioGPU.Features.virgl.rawValue)
        guard VirtioGPU.Features(rawValue: accepted).contains(.virgl) else { return }
        try context.expectOK(create(1), "a context with VIRGL")
    }

    static let choice = GPUCase.make(
        "context/GPU-I-032", "A context_init of 0 leaves the kind of context to the device.",
        needs: [.virgl, .contextInit]
    ) { context in
        try context.createContext(1, capset: 0)
        try context.submit([0], "the context to serve")
    }

    static let bits = GPUCase.make(
        "context/GPU-R-022", "Of context_init the low 8 bits count, and they name a capset.",
        needs: [.virgl, .contextInit]
    ) { context in
        for contextInit: UInt32 in [0x100, 0x8000_0000, 0x102, .max, 0xff, 7, 63] {
            try context.expectError(create(1, contextInit), "\(contextInit) names no capset")
        }
        try context.createContext(1)
    }
}
