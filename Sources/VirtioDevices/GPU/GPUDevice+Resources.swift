// Resources of every kind: their life, their guest memory, their names (virtio 1.4, 5.7.6).

internal import HostBridge
internal import LinuxSystem
internal import ResourceRegistry
internal import SystemPackage
internal import VirtioWire
internal import Virtqueue

extension GPUDevice {
    /// A resource that the guest has made and not unreferenced.
    func find(_ id: ResourceID) throws(GPUFault) -> GPUResource {
        guard let resource = resources[id], resource.remains == nil else { throw .invalidResource }
        return resource
    }

    private func checkNew(_ id: ResourceID) throws(GPUFault) {
        guard id.rawValue != 0, resources[id] == nil else { throw .invalidResource }
        guard resources.count < configuration.limits.resourcesMax else { throw .tooLarge }
    }

    // MARK: Creation

    func createResource2D() throws(GPUFault) {
        let command: VirtioGPU.ResourceCreate2D = try decode()
        try checkNew(command.resourceID)
        let image = try fault { () throws(RendererError) in
            try images.makeImage(command.format, width: command.width, height: command.height)
        }
        resources[command.resourceID] = GPUResource(command.resourceID, .image(image))
        respondNoData()
    }

    func createResource3D() throws(GPUFault) {
        let renderer = try require3D()
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
        resources[command.resourceID] = GPUResource(command.resourceID, .rendered)
        respondNoData()
    }

    func createBlob(_ memory: GuestMemory) throws(GPUFault) {
        try require(.resourceBlob)
        let command: VirtioGPU.ResourceCreateBlob = try decode()
        try checkNew(command.resourceID)
        let known: VirtioGPU.BlobFlags = [.useMappable, .useShareable, .useCrossDevice]
        guard command.blobFlags.isSubset(of: known), command.size > 0,
            !negotiated.contains(.blobAlignment)
                || command.size % UInt64(configuration.blobAlignment) == 0
        else { throw .invalidParameter }
        let resource: GPUResource
        switch command.blobMem {
        case .guest:
            resource = GPUResource(command.resourceID, .guestBlob(sizeBytes: command.size))
        case .host3D, .host3DGuest:
            // Without VIRGL there is no such memory. [GPU-I-028]
            guard negotiated.contains(.virgl), renderer != nil else { throw .invalidParameter }
            guard command.blobMem == .host3DGuest || command.nrEntries == 0 else {
                throw .invalidParameter
            }
            resource = GPUResource(
                command.resourceID, .hostBlob(flags: command.blobFlags, sizeBytes: command.size))
        default:
            throw .invalidParameter
        }
        let entries =
            command.nrEntries == 0
            ? nil
            : try backing(
                count: command.nrEntries, at: VirtioGPU.ResourceCreateBlob.sizeBytes, memory)
        if let entries { try requireHeld(command.size, by: entries.list) }
        if resource.isRendered, let renderer {
            try fault { () throws(RendererError) in
                try renderer.createBlob(
                    command.resourceID, memory: command.blobMem, context: command.header.ctxID,
                    blobID: command.blobID, flags: command.blobFlags, sizeBytes: command.size)
            }
        }
        do throws(GPUFault) {
            if let entries { try attach(entries, to: resource) }
        } catch {
            if resource.isRendered { try? renderer?.unref(resource.id) }
            throw error
        }
        resources[resource.id] = resource
        respondNoData()
    }

    // MARK: Guest memory

    /// A scatter list that the device holds: pinned, so that a region that goes does not take it
    /// away under a copy.
    struct Entries {
        let list: BackingList
        let ranges: [GuestRange]
    }

    /// The `count` entries behind a command of `offset` bytes. [QUOTA-2]
    private func backing(count: UInt32, at offset: Int, _ memory: GuestMemory) throws(GPUFault)
        -> Entries
    {
        let entrySize = VirtioGPU.MemEntry.sizeBytes
        guard Int(count) <= configuration.limits.backingRangesMax, request.count >= offset,
            Int(count) * entrySize <= request.count - offset
        else { throw .invalidParameter }
        guard Int(count) <= configuration.limits.backingRangesTotalMax - backingRanges else {
            throw .tooLarge
        }
        var segments: [GuestSegment] = []
        segments.reserveCapacity(Int(count))
        for index in 0..<Int(count) {
            let at = offset + index * entrySize
            segments.append(
                GuestSegment(
                    start: GuestAddress(request.u64(at: at)), count: request.u32(at: at + 8)))
        }
        do throws(GuestMemoryError) {
            let pin = try memory.pin(segments)
            return Entries(
                list: BackingList(pin.ranges, owner: pin),
                ranges: segments.map { GuestRange(start: $0.start, sizeBytes: UInt64($0.count)) })
        } catch { throw .memory(error) }
    }

    /// A blob of guest memory is never larger than its memory.
    private func requireHeld(_ sizeBytes: UInt64, by list: BackingList) throws(GPUFault) {
        guard sizeBytes <= list.byteCount else { throw .invalidParameter }
    }

    private func attach(_ entries: Entries, to resource: GPUResource) throws(GPUFault) {
        switch resource.kind {
        case .image, .guestBlob:
            guard resource.backing == nil else { throw .notPossible }
            guard entries.list.byteCount > 0 else { throw .invalidParameter }
            resource.backing = entries.list
        case .rendered, .hostBlob:
            try fault { () throws(RendererError) in
                try renderer?.attachBacking(resource.id, entries.list)
            }
        }
        if case .guestBlob = resource.kind { resource.guestRanges = entries.ranges }
        resource.backingRanges = entries.ranges.count
        backingRanges += resource.backingRanges
    }

    func attachBacking(_ memory: GuestMemory) throws(GPUFault) {
        let command: VirtioGPU.ResourceAttachBacking = try decode()
        let resource = try find(command.resourceID)
        let entries = try backing(
            count: command.nrEntries, at: VirtioGPU.ResourceAttachBacking.sizeBytes, memory)
        if case .guestBlob(let sizeBytes) = resource.kind {
            try requireHeld(sizeBytes, by: entries.list)
        }
        try attach(entries, to: resource)
        respondNoData()
    }

    func detachBacking() throws(GPUFault) {
        let command: VirtioGPU.ResourceDetachBacking = try decode()
        let resource = try find(command.resourceID)
        switch resource.kind {
        case .image, .guestBlob:
            guard resource.backing != nil else { throw .notPossible }
            try withdrawGuestPages(of: resource)
        case .rendered, .hostBlob:
            try fault { () throws(RendererError) in try renderer?.detachBacking(resource.id) }
        }
        forgetBacking(of: resource)
        respondNoData()
    }

    private func forgetBacking(of resource: GPUResource) {
        resource.backing = nil
        resource.guestRanges = []
        backingRanges -= resource.backingRanges
        resource.backingRanges = 0
    }

    /// The guest reuses its pages when it has the answer: nobody touches them any more when this
    /// returns. [LIFE-1]
    private func withdrawGuestPages(of resource: GPUResource) throws(GPUFault) {
        guard case .guestBlob = resource.kind, let object = resource.object else { return }
        resource.object = nil
        let bound = MonotonicClock.nowNanos &+ configuration.withdrawBoundNanos
        do throws(RegistryError) {
            try registry.withdraw(object, by: participant, untilNanos: bound)
        } catch { throw .registry(error) }
    }

    // MARK: The end

    func resourceUnref() throws(GPUFault) {
        let command: VirtioGPU.ResourceUnref = try decode()
        let resource = try find(command.resourceID)
        hide(resource)
        unmapRegion(of: resource)
        try remove(resource)
        respondNoData()
    }

    /// Drops a resource. Its host memory stays while others hold it. [LIFE-1]
    private func remove(_ resource: GPUResource) throws(GPUFault) {
        switch resource.kind {
        case .guestBlob:
            defer { forget(resource) }
            try withdrawGuestPages(of: resource)
        case .image(let image):
            if resource.isMirrored { try? renderer?.unref(resource.id) }
            try unname(resource)
            forget(resource)
            guard resource.holders > 0 else { return images.release(image) }
            resource.remains = .image(image)
        case .rendered, .hostBlob:
            guard let renderer else { throw .notServed }
            try unname(resource)
            try fault { () throws(RendererError) in
                guard resource.holders > 0 else {
                    forget(resource)
                    return try renderer.unref(resource.id)
                }
                do throws(RendererError) {
                    resource.remains = .keeper(try renderer.unrefKeepingMemory(resource.id))
                    forget(resource)
                } catch {
                    // Guest pages go all the same; the id stays taken.
                    try? renderer.detachBacking(resource.id)
                    forgetBacking(of: resource)
                    resource.remains = .lingering
                    throw error
                }
            }
        }
    }

    private func forget(_ resource: GPUResource) {
        forgetBacking(of: resource)
        resources[resource.id] = nil
    }

    private func unname(_ resource: GPUResource) throws(GPUFault) {
        guard let object = resource.object else { return }
        resource.object = nil
        do throws(RegistryError) { try registry.remove(object, by: participant) } catch {
            throw .registry(error)
        }
        takeEndedHolds()
    }

    // MARK: Holds on host memory

    struct Hold {
        let resource: GPUResource
        /// What the registry counts while the hold lasts, and the budget has lent it.
        let lentBytes: UInt64
    }

    /// Counts somebody who may look at the resource's memory until he ends `number`.
    func beginHold(on resource: GPUResource, lentBytes: UInt64 = 0) -> (
        number: UInt64, end: @Sendable () -> Void
    ) {
        let number = nextHold
        nextHold += 1
        held[number] = Hold(resource: resource, lentBytes: lentBytes)
        budget.lend(lentBytes)
        resource.holders += 1
        return (
            number,
            { [ended, wake] in
                ended.withLock { $0.append(number) }
                wake.signal()
            }
        )
    }

    /// Frees what nobody holds any more.
    func takeEndedHolds() {
        ended.withLock { swap(&$0, &endedNow) }
        defer { endedNow.removeAll(keepingCapacity: true) }
        for number in endedNow {
            guard let resource = endHold(number) else { continue }
            guard resource.holders == 0, let remains = resource.remains else { continue }
            switch remains {
            case .image(let image): images.release(image)
            case .keeper(let keeper): renderer?.release(keeper)
            case .lingering:
                resources[resource.id] = nil
                try? renderer?.unref(resource.id)
            }
        }
    }

    func endHold(_ number: UInt64) -> GPUResource? {
        guard let hold = held.removeValue(forKey: number) else { return nil }
        hold.resource.holders -= 1
        budget.takeBack(hold.lentBytes)
        return hold.resource
    }

    // MARK: Names

    /// Exports a resource: from here on other devices of the domain can name it. [ID-1] [ID-4]
    func assignUUID() throws(GPUFault) {
        try require(.resourceUUID)
        let command: VirtioGPU.ResourceAssignUUID = try decode()
        let resource = try find(command.resourceID)
        let object: SharedObject
        if let known = resource.object {
            object = known
        } else {
            object = try export(resource)
            resource.object = object
        }
        response.append(VirtioGPU.RespResourceUUID(uuid: object.uuid))
    }

    private func export(_ resource: GPUResource) throws(GPUFault) -> SharedObject {
        switch resource.kind {
        case .guestBlob(let sizeBytes):
            guard let backing = resource.backing else { throw .notPossible }
            let whole = backing.range(
                of: BackingList.Rows(
                    offset: 0, strideBytes: 0, rowBytes: Int(sizeBytes), count: 1))
            var description = ObjectDescription(
                sizeBytes: sizeBytes, backing: .guestPages(resource.guestRanges), memory: whole)
            description.isContiguous = whole != nil
            do throws(RegistryError) {
                return try registry.export(description, by: participant) { [backing] _ in
                    withExtendedLifetime(backing) {}
                }
            } catch { throw .registry(error) }
        case .image(let image):
            var description = ObjectDescription(
                sizeBytes: image.sizeBytes, backing: .hostMemory, memory: image.memory.range)
            description.layout = image.format.fourCC.map { fourCC in
                PixelLayout(
                    format: PixelFormat(fourCC), width: image.width, height: image.height,
                    planes: [
                        PixelLayout.Plane(
                            offsetBytes: 0, strideBytes: UInt64(image.strideBytes),
                            rows: UInt64(image.height))
                    ])
            }
            return try exportHostMemory(resource, description)
        case .rendered, .hostBlob:
            // A resource without a CPU view could be named but never used. [CAP-1]
            guard let memory = renderer?.memory(of: resource.id) else { throw .notPossible }
            let file = file(behind: resource)
            let sizeBytes = UInt64(memory.sizeBytes)
            let backing = file.map {
                Backing.sharedMemory(
                    FileRange(descriptor: $0.descriptor, offset: 0, sizeBytes: sizeBytes))
            }
            return try exportHostMemory(
                resource,
                ObjectDescription(
                    sizeBytes: sizeBytes, backing: backing ?? .hostMemory, memory: memory),
                keeping: file)
        }
    }

    /// A descriptor of the object's own: it lasts as long as that, whatever the renderer does.
    private final class ExportedFile: Sendable {
        let owned: OwnedDescriptor
        var descriptor: FileDescriptor { owned.descriptor }
        init(_ owned: consuming OwnedDescriptor) { self.owned = owned }
    }

    /// What other processes can map, where the renderer's memory is a file's.
    private func file(behind resource: GPUResource) -> ExportedFile? {
        guard let file = renderer?.file(of: resource.id),
            let owned = try? OwnedDescriptor(duplicating: file)
        else { return nil }
        return ExportedFile(owned)
    }

    private func exportHostMemory(
        _ resource: GPUResource, _ description: ObjectDescription,
        keeping file: (any AnyObject & Sendable)? = nil
    ) throws(GPUFault) -> SharedObject {
        // The registry counts an object's bytes itself: charged and exported would be twice.
        let (number, end) = beginHold(on: resource, lentBytes: description.sizeBytes)
        do throws(RegistryError) {
            return try registry.export(description, by: participant) { [kind = resource.kind] _ in
                // An image's memory outlives the device where an importer does.
                withExtendedLifetime((kind, file)) { end() }
            }
        } catch {
            _ = endHold(number)
            throw .registry(error)
        }
    }
}
