// Contexts, capsets, backing and fences as a virgl guest uses them.

internal import GuestDriver
internal import VirtioWire
internal import Virtqueue

enum VirglContextCases {
    static let all = [
        create, zero, destroyUnknown, attachment, unknownContext, unknownResource, neverAttached,
        reset, noCapset, firstCapset, backing, neverBacked, unknownBacked, fence, fences,
    ]

    private static func make(
        _ name: String, _ clause: String, makesContext: Bool = true,
        body: @escaping @Sendable (inout ConformanceContext) throws -> Void
    ) -> ConformanceCase {
        GPUCase.make("virgl-context/" + name, clause, needs: .virgl) { context in
            if makesContext { try context.createContext() }
            try body(&context)
        }
    }

    private static let create = make("create", "A context is made and ends.") { context in
        try context.expectOK(GPURequest.context(.ctxDestroy, 1), "the context to end")
        try context.createContext()
    }

    private static let zero = make("create-0", "0 is no context.", makesContext: false) { context in
        try context.expectError(
            VirtioGPU.CtxCreate(
                header: GPURequest.context(.ctxCreate, 0), contextInit: 0, debugName: ""),
            "0 is no context")
    }

    private static let destroyUnknown = make(
        "destroy-unknown", "Ending contexts that are not there does no harm."
    ) { context in
        for id: UInt32 in [0, 2, .max] {
            try context.expectAnswer(GPURequest.context(.ctxDestroy, id))
        }
        try context.submit([0], "the context to serve")
    }

    private static let attachment = make("attach", "A resource is attached and detached.") {
        context in
        try context.expectOK(GPURequest.texture(1), "a texture")
        for _ in 0..<2 {
            try context.attach(1)
            try context.expectOK(
                GPURequest.attach(1, to: 1, type: .ctxDetachResource), "the texture to be detached")
        }
    }

    private static let unknownContext = make(
        "attach-to-unknown", "Attaching to no context is an error."
    ) { context in
        try context.expectOK(GPURequest.texture(1), "a texture")
        try context.expectError(GPURequest.attach(1, to: 2), "there is no context 2")
        try context.expectError(
            GPURequest.attach(1, to: 2, type: .ctxDetachResource), "there is no context 2")
    }

    private static let unknownResource = make(
        "attach-unknown", "Attaching no resource is an error."
    ) { context in
        try context.expectError(GPURequest.attach(7, to: 1), "there is no resource 7")
        try context.expectError(
            GPURequest.attach(7, to: 1, type: .ctxDetachResource), "there is no resource 7")
        try context.submit([0], "the context to serve")
    }

    private static let neverAttached = make(
        "detach-never-attached", "Detaching what was never attached does no harm."
    ) { context in
        try context.expectOK(GPURequest.texture(1), "a texture")
        try context.expectAnswer(GPURequest.attach(1, to: 1, type: .ctxDetachResource))
        try context.submit([0], "the context to serve")
    }

    private static let reset = make("reset", "A context can be made again after a reset.") {
        context in
        try context.expectOK(GPURequest.texture(1), "a texture")
        try context.start(wanted: VirtioGPU.Features.virgl.rawValue)
        try context.expectError(
            GPURequest.submit([0], to: 1), tail: [0, 0, 0, 0], "the reset took context 1")
        try context.expectError(GPURequest.unref(1), "the reset took resource 1")
        try context.createContext()
        try context.expectOK(GPURequest.texture(1), "a texture")
    }

    private static let noCapset = make("capset-0", "There is no capset 0.", makesContext: false) {
        context in
        for (id, version): (UInt32, UInt32) in [(0, 0), (0, 1), (99, 0), (.max, .max)] {
            let answer = try context.response(
                VirtioGPU.GetCapset(
                    capsetID: VirtioGPU.CapsetID(id), capsetVersion: version), room: 4096)
            let header: VirtioGPU.ControlHeader = try context.decode(from: answer)
            guard header.type.isError, answer.count == 24 else {
                throw context.finding("an error: there is no capset \(id)")
            }
        }
    }

    private static let firstCapset = make(
        "capset-1", "Capset virgl has a version, and 308 bytes at least.", makesContext: false
    ) { context in
        for index in 0..<(try context.config().numCapsets) {
            let info: VirtioGPU.RespCapsetInfo = try context.decode(
                from: try context.response(VirtioGPU.GetCapsetInfo(capsetIndex: index), room: 64))
            guard info.capsetID == .virgl else { continue }
            guard info.capsetMaxVersion >= 1, info.capsetMaxSize >= 308 else {
                throw context.finding("a version of 1 and 308 bytes")
            }
            return
        }
        throw NotOffered(feature: "capset virgl")
    }

    private static let backing = make("backing", "Backing is attached and detached.") { context in
        try context.expectOK(GPURequest.texture(1, width: 4, height: 4), "a texture")
        for _ in 0..<2 {
            _ = try context.attachPages(1, 64)
            try context.expectOK(
                VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(1)), "backing to go")
        }
    }

    private static let neverBacked = make(
        "detach-no-backing", "Detaching backing that is not there does no harm."
    ) { context in
        try context.expectOK(GPURequest.texture(1, width: 4, height: 4), "a texture")
        try context.expectAnswer(VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(1)))
        _ = try context.attachPages(1, 64)
    }

    private static let unknownBacked = make(
        "backing-of-unknown", "Backing for no resource is an error."
    ) { context in
        let block = try context.machine.allocate(4096)
        try context.expectError(
            VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(1), nrEntries: 1),
            tail: GPURequest.entries([(block.start, 64)]), "there is no resource 1")
        try context.expectError(
            VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(1)), "there is no resource 1")
    }

    private static let fence = make("fence", "A fence arrives.") { context in
        let submit = GPURequest.submit([], to: 1, fence: 50)
        let bytes = try context.response(submit, room: 24)
        let header: VirtioGPU.ControlHeader = try context.decode(from: bytes)
        guard header.type == .okNoData, header.fenceID == 50 else {
            throw context.finding("fence 50")
        }
    }

    private static let fences = make("fences", "A hundred fences arrive, in order.") { context in
        for id in UInt64(1)...100 {
            try context.post(GPURequest.submit([], to: 1, fence: id), room: 24)
        }
        for id in UInt64(1)...100 {
            let (_, bytes) = try context.nextReturned(queue: VirtioGPU.controlQueue)
            let header: VirtioGPU.ControlHeader = try context.decode(from: bytes)
            guard header.fenceID == id else { throw context.finding("fence \(id)") }
        }
    }
}
