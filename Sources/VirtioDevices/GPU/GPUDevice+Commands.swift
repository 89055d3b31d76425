// The commands of the control queue (virtio 1.4, 5.7.6): which there are, and those about contexts
// and command streams.

internal import HostBridge
internal import LinuxSystem
internal import ResourceRegistry
internal import VirtioWire
internal import Virtqueue

extension GPUDevice {
    /// Runs a command and leaves its response in `response`.
    func dispatch(_ header: VirtioGPU.ControlHeader, memory: GuestMemory) throws(GPUFault)
        -> Outcome
    {
        switch header.type {
        case .getDisplayInfo: getDisplayInfo()
        case .getEDID: try getEDID()
        case .getCapsetInfo: try getCapsetInfo()
        case .getCapset: try getCapset()
        case .resourceCreate2D: try createResource2D()
        case .resourceUnref: try resourceUnref()
        case .setScanout: try setScanout()
        case .resourceFlush: try flush()
        case .transferToHost2D: try transferToHost2D()
        case .resourceAttachBacking: try attachBacking(memory)
        case .resourceDetachBacking: try detachBacking()
        case .resourceAssignUUID: try assignUUID()
        case .resourceCreateBlob: try createBlob(memory)
        case .setScanoutBlob: try setScanoutBlob()
        case .ctxCreate: try ctxCreate()
        case .ctxDestroy: try ctxDestroy(header)
        case .ctxAttachResource: try ctxAttach()
        case .ctxDetachResource: try ctxDetach()
        case .resourceCreate3D: try createResource3D()
        case .transferToHost3D: try transfer(.toHost)
        case .transferFromHost3D: try transfer(.fromHost)
        case .submit3D: return try submit()
        case .resourceMapBlob: try mapBlob()
        case .resourceUnmapBlob: try unmapBlob()
        default: throw .notServed
        }
        return .done
    }

    /// A command of a feature that was not negotiated is not served (traps of the field: the
    /// driver can send anything).
    func require(_ feature: VirtioGPU.Features) throws(GPUFault) {
        guard negotiated.contains(feature) else { throw .notServed }
    }

    /// The renderer of a command that needs VIRGL. [GPU-I-031]
    func require3D() throws(GPUFault) -> any Renderer3D {
        guard negotiated.contains(.virgl), let renderer else { throw .notServed }
        return renderer
    }

    func respondNoData() { response.append(VirtioGPU.ControlHeader(type: .okNoData)) }

    func decode<M: WireMessage>(_ type: M.Type = M.self) throws(GPUFault) -> M {
        do throws(WireError) { return try request.decode() } catch { throw .wire(error) }
    }

    func fault<R>(_ body: () throws(RendererError) -> R) throws(GPUFault) -> R {
        do throws(RendererError) { return try body() } catch { throw .renderer(error) }
    }

    // MARK: Capsets

    private func getCapsetInfo() throws(GPUFault) {
        let command: VirtioGPU.GetCapsetInfo = try decode()
        guard let renderer, let index = Int(exactly: command.capsetIndex),
            renderer.capsets.indices.contains(index)
        else { throw .invalidParameter }
        let id = renderer.capsets[index]
        let (version, size) = renderer.capsetLimits(id)
        response.append(
            VirtioGPU.RespCapsetInfo(
                capsetID: id, capsetMaxVersion: version, capsetMaxSize: size))
    }

    private func getCapset() throws(GPUFault) {
        let command: VirtioGPU.GetCapset = try decode()
        guard let renderer else { throw .invalidParameter }
        response.append(VirtioGPU.ControlHeader(type: .okCapset))
        do throws(RendererError) {
            try renderer.fillCapset(
                command.capsetID, version: command.capsetVersion, into: &response)
        } catch { throw .renderer(error) }
    }

    // MARK: Contexts

    private func ctxCreate() throws(GPUFault) {
        let renderer = try require3D()
        let command: VirtioGPU.CtxCreate = try decode()
        guard command.nlen <= 64 else { throw .invalidParameter }
        // Without CONTEXT_INIT the field is padding.
        let contextInit = negotiated.contains(.contextInit) ? command.contextInit : 0
        guard contextInit <= 0xff else { throw .invalidParameter }
        let capset: VirtioGPU.CapsetID =
            contextInit == 0 ? .virgl2 : VirtioGPU.CapsetID(contextInit)
        try fault { () throws(RendererError) in
            try renderer.createContext(
                command.header.ctxID, capset: capset, name: command.debugName)
        }
        respondNoData()
    }

    private func ctxDestroy(_ header: VirtioGPU.ControlHeader) throws(GPUFault) {
        let renderer = try require3D()
        try fault { () throws(RendererError) in try renderer.destroyContext(header.ctxID) }
        respondNoData()
    }

    private func ctxAttach() throws(GPUFault) {
        let renderer = try require3D()
        let command: VirtioGPU.CtxResource = try decode()
        let context = command.header.ctxID
        try fault { () throws(RendererError) in try renderer.requireContext(context) }
        let resource = try find(command.resourceID)
        switch resource.kind {
        case .guestBlob:
            // No stream can reach guest memory; what reads it reads it where it is.
            break
        case .image(let image) where !resource.isMirrored:
            try mirror(resource, image, renderer)
            fallthrough
        case .image, .rendered, .hostBlob:
            try fault { () throws(RendererError) in try renderer.attach(resource.id, to: context) }
        }
        respondNoData()
    }

    private func ctxDetach() throws(GPUFault) {
        let renderer = try require3D()
        let command: VirtioGPU.CtxResource = try decode()
        let context = command.header.ctxID
        try fault { () throws(RendererError) in try renderer.requireContext(context) }
        let resource = try find(command.resourceID)
        if resource.isRendered || resource.isMirrored {
            try fault { () throws(RendererError) in
                try renderer.detach(resource.id, from: context)
            }
        }
        respondNoData()
    }

    // MARK: Work

    /// Runs a command stream. It holds a read lease on every shared object attached to its context
    /// until its fence. [SYNC-5]
    private func submit() throws(GPUFault) -> Outcome {
        let renderer = try require3D()
        lastCommandWorked = true
        let command: VirtioGPU.CmdSubmit = try decode()
        let context = command.header.ctxID
        try gatherStream(sizeBytes: command.size)
        let leases = try readLeases(for: context, renderer)
        let needsFence = command.header.flags.contains(.fence) || !leases.isEmpty
        try fault { () throws(RendererError) in
            if needsFence { try renderer.requireFenceRoom() }
            try renderer.submit(&streamWords, to: context)
        }
        respondNoData()
        guard needsFence else { return .done }
        let fence = try fault { () throws(RendererError) in try renderer.createFence(on: context) }
        return .fence(fence, leases)
    }

    /// The words behind a SUBMIT_3D, in ``streamWords``.
    private func gatherStream(sizeBytes: UInt32) throws(GPUFault) {
        let start = VirtioGPU.CmdSubmit.sizeBytes
        guard sizeBytes % 4 == 0, Int(sizeBytes) <= request.count - start else {
            throw .invalidParameter
        }
        streamWords.removeAll(keepingCapacity: true)
        for offset in stride(from: start, to: start + Int(sizeBytes), by: 4) {
            streamWords.append(request.u32(at: offset))
        }
    }

    private func readLeases(for context: ContextID, _ renderer: any Renderer3D) throws(GPUFault)
        -> [Lease]
    {
        var leases: [Lease] = []
        for id in renderer.attachedResources(of: context) {
            guard let object = resources[id]?.object else { continue }
            do throws(RegistryError) {
                leases.append(try registry.beginOpaqueRead(of: object))
            } catch { throw .registry(error) }
        }
        return leases
    }

    /// The copy is done when this returns, fence or not. It takes no lease: only a blob with guest
    /// memory beside it can be shared and be its target, and who copies into that orders it himself.
    private func transfer(_ direction: TransferDirection) throws(GPUFault) {
        let renderer = try require3D()
        lastCommandWorked = true
        let command: VirtioGPU.TransferHost3D = try decode()
        let box = TexelBox(
            x: command.box.x, y: command.box.y, z: command.box.z, width: command.box.w,
            height: command.box.h, depth: command.box.d)
        let transfer = Transfer(
            box: box, level: command.level, stride: command.stride,
            layerStride: command.layerStride, offset: command.offset)
        let resource = try find(command.resourceID)
        switch resource.kind {
        case .rendered, .hostBlob:
            _ = try fault { () throws(RendererError) in
                try renderer.transfer(
                    resource.id, context: command.header.ctxID, transfer, direction)
            }
        case .image(let image):
            guard let backing = resource.backing else { throw .notPossible }
            if direction == .fromHost { try readMirror(resource, image) }
            _ = try fault { () throws(RendererError) in
                try images.transfer(transfer, of: image, backing: backing, direction)
            }
            if direction == .toHost {
                try writeMirror(
                    resource, image,
                    ImageRect(x: box.x, y: box.y, width: box.width, height: box.height))
            }
        case .guestBlob:
            // Its memory is the resource: there is nothing to copy.
            break
        }
        respondNoData()
    }
}
