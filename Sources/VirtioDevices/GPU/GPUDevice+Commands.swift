// The commands of the control queue, one function each (virtio 1.4, 5.7.6).

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
        case .resourceUnref: try resourceUnref()
        case .resourceAttachBacking: try attachBacking(memory)
        case .resourceDetachBacking: try detachBacking()
        case .resourceAssignUUID: try assignUUID()
        case .resourceCreateBlob: try createBlob()
        case .ctxCreate: try ctxCreate()
        case .ctxDestroy: try ctxDestroy(header)
        case .ctxAttachResource: try ctxAttach()
        case .ctxDetachResource: try ctxDetach()
        case .resourceCreate3D: try createResource3D()
        case .transferToHost3D: try transfer(.toHost)
        case .transferFromHost3D: try transfer(.fromHost)
        case .submit3D: return try submit()
        default: throw .notServed
        }
        return .done
    }

    /// A command of a feature that was not negotiated is not served (traps of the field: the
    /// driver can send anything).
    private func require(_ feature: VirtioGPU.Features) throws(GPUFault) {
        guard negotiated.contains(feature) else { throw .notServed }
    }

    private func respondNoData() { response.append(VirtioGPU.ControlHeader(type: .okNoData)) }

    // MARK: Display and capsets

    private func getDisplayInfo() {
        let mode = VirtioGPU.DisplayOne(
            r: VirtioGPU.Rect(width: configuration.width, height: configuration.height), enabled: 1)
        response.append(VirtioGPU.RespDisplayInfo(pmodes: [mode]))
    }

    private func getEDID() throws(GPUFault) {
        try require(.edid)
        let command: VirtioGPU.GetEDID = try decode()
        guard command.scanout == 0 else { throw .invalidScanout }
        let block = EDID.block(width: configuration.width, height: configuration.height)
        response.append(VirtioGPU.RespEDID(size: UInt32(block.count), edid: block))
    }

    private func getCapsetInfo() throws(GPUFault) {
        let command: VirtioGPU.GetCapsetInfo = try decode()
        guard let index = Int(exactly: command.capsetIndex),
            VirglRenderer.capsets.indices.contains(index)
        else { throw .invalidParameter }
        let id = VirglRenderer.capsets[index]
        let (version, size) = VirglRenderer.capset(id)
        response.append(
            VirtioGPU.RespCapsetInfo(
                capsetID: id, capsetMaxVersion: version, capsetMaxSize: size))
    }

    private func getCapset() throws(GPUFault) {
        let command: VirtioGPU.GetCapset = try decode()
        response.append(VirtioGPU.ControlHeader(type: .okCapset))
        do throws(RendererError) {
            try renderer.fillCapset(
                command.capsetID, version: command.capsetVersion, into: &response)
        } catch { throw .renderer(error) }
    }

    // MARK: Contexts

    private func ctxCreate() throws(GPUFault) {
        try require(.virgl)
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
        try require(.virgl)
        try fault { () throws(RendererError) in try renderer.destroyContext(header.ctxID) }
        respondNoData()
    }

    private func ctxAttach() throws(GPUFault) {
        try require(.virgl)
        let command: VirtioGPU.CtxResource = try decode()
        try fault { () throws(RendererError) in
            try renderer.attach(command.resourceID, to: command.header.ctxID)
        }
        respondNoData()
    }

    private func ctxDetach() throws(GPUFault) {
        try require(.virgl)
        let command: VirtioGPU.CtxResource = try decode()
        try fault { () throws(RendererError) in
            try renderer.detach(command.resourceID, from: command.header.ctxID)
        }
        respondNoData()
    }

    // MARK: Resources

    private func createResource3D() throws(GPUFault) {
        try require(.virgl)
        let command: VirtioGPU.ResourceCreate3D = try decode()
        let shape = ResourceShape(
            target: command.target, format: command.format, bind: command.bind,
            width: command.width, height: command.height, depth: command.depth,
            arraySize: command.arraySize, lastLevel: command.lastLevel,
            sampleCount: command.nrSamples, flags: command.flags)
        try checkNew(command.resourceID)
        try fault { () throws(RendererError) in
            try renderer.createResource(command.resourceID, shape)
        }
        respondNoData()
    }

    private func checkNew(_ id: ResourceID) throws(GPUFault) {
        guard id.rawValue != 0, !renderer.exists(id) else { throw .invalidResource }
    }

    private func createBlob() throws(GPUFault) {
        try require(.resourceBlob)
        let command: VirtioGPU.ResourceCreateBlob = try decode()
        try checkNew(command.resourceID)
        let known: VirtioGPU.BlobFlags = [.useMappable, .useShareable, .useCrossDevice]
        guard command.blobFlags.isSubset(of: known), command.size > 0 else {
            throw .invalidParameter
        }
        switch command.blobMem {
        case .host3D:
            try require(.virgl)
            guard command.nrEntries == 0 else { throw .invalidParameter }
            try fault { () throws(RendererError) in
                try renderer.createBlob(
                    command.resourceID, context: command.header.ctxID, blobID: command.blobID,
                    flags: command.blobFlags, sizeBytes: command.size)
            }
        case .guest, .host3DGuest:
            throw .notServed
        default:
            throw .invalidParameter
        }
        respondNoData()
    }

    private func resourceUnref() throws(GPUFault) {
        let command: VirtioGPU.ResourceUnref = try decode()
        let id = command.resourceID
        guard renderer.exists(id), !lingering.values.contains(id) else { throw .invalidResource }
        if let object = exports[id] {
            try releaseExport(id, object)
        } else {
            try fault { () throws(RendererError) in try renderer.unref(id) }
        }
        respondNoData()
    }

    private func attachBacking(_ memory: GuestMemory) throws(GPUFault) {
        let command: VirtioGPU.ResourceAttachBacking = try decode()
        guard renderer.exists(command.resourceID) else { throw .invalidResource }
        let ranges = try backing(
            count: command.nrEntries, at: VirtioGPU.ResourceAttachBacking.sizeBytes,
            memory: memory)
        try fault { () throws(RendererError) in
            try renderer.attachBacking(command.resourceID, ranges)
        }
        respondNoData()
    }

    private func detachBacking() throws(GPUFault) {
        let command: VirtioGPU.ResourceDetachBacking = try decode()
        try fault { () throws(RendererError) in try renderer.detachBacking(command.resourceID) }
        respondNoData()
    }

    /// Exports a resource: from here on other devices of the domain can name it. [ID-1] [ID-4]
    private func assignUUID() throws(GPUFault) {
        try require(.resourceUUID)
        let command: VirtioGPU.ResourceAssignUUID = try decode()
        guard renderer.exists(command.resourceID) else { throw .invalidResource }
        let object: SharedObject
        if let known = exports[command.resourceID] {
            object = known
        } else {
            // A resource without a CPU view could be named but never used. [CAP-1]
            guard let memory = renderer.memory(of: command.resourceID) else {
                throw .renderer(.notPossible)
            }
            do throws(RegistryError) {
                object = try registry.export(
                    by: participant, sizeBytes: UInt64(memory.sizeBytes), memory: memory,
                    onUnused: { [unused, wake] object in
                        unused.withLock { $0.append(object.uuid) }
                        wake.signal()
                    })
            } catch { throw .registry(error) }
            exports[command.resourceID] = object
        }
        response.append(VirtioGPU.RespResourceUUID(uuid: object.uuid))
    }

    // MARK: Work

    /// The copy is done when this returns, fence or not: a shared object is never its target, so it
    /// needs no lease.
    private func transfer(_ direction: VirglRenderer.TransferDirection) throws(GPUFault) {
        try require(.virgl)
        lastCommandWorked = true
        let command: VirtioGPU.TransferHost3D = try decode()
        let box = TexelBox(
            x: command.box.x, y: command.box.y, z: command.box.z, width: command.box.w,
            height: command.box.h, depth: command.box.d)
        let transfer = Transfer(
            box: box, level: command.level, stride: command.stride,
            layerStride: command.layerStride, offset: command.offset)
        _ = try fault { () throws(RendererError) in
            try renderer.transfer(
                command.resourceID, context: command.header.ctxID, transfer, direction)
        }
        respondNoData()
    }

    /// Runs a command stream. It holds a read lease on every shared object attached to its context
    /// until its fence. [SYNC-5]
    private func submit() throws(GPUFault) -> Outcome {
        try require(.virgl)
        lastCommandWorked = true
        let command: VirtioGPU.CmdSubmit = try decode()
        let context = command.header.ctxID
        try gatherStream(sizeBytes: command.size)
        let leases = try readLeases(for: context)
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

    private func readLeases(for context: ContextID) throws(GPUFault) -> [Lease] {
        var leases: [Lease] = []
        for id in renderer.attachedResources(of: context) {
            guard let object = exports[id] else { continue }
            do throws(RegistryError) {
                leases.append(try registry.beginOpaqueRead(of: object))
            } catch { throw .registry(error) }
        }
        return leases
    }
}
