// Displays, scanouts and what they show (virtio 1.4, 5.7.6).

internal import HostBridge
internal import LinuxSystem
internal import VirtioWire

extension GPUDevice {
    /// The sink's user may have changed his display, and told nobody but it.
    private func askForModes() {
        guard let modes = sink?.displayModes() else { return }
        for (index, mode) in modes.enumerated() where index < scanouts.count {
            // Without a size there is nothing that a guest could be asked for.
            guard mode.width > 0, mode.height > 0, mode.width <= configuration.limits.imageSideMax,
                mode.height <= configuration.limits.imageSideMax
            else { continue }
            displays.learn(mode, of: index)
        }
    }

    func getDisplayInfo() {
        askForModes()
        let modes = displays.modes.map { mode in
            VirtioGPU.DisplayOne(
                r: VirtioGPU.Rect(x: mode.x, y: mode.y, width: mode.width, height: mode.height),
                enabled: mode.isEnabled ? 1 : 0)
        }
        displays.didReportModes()
        response.append(VirtioGPU.RespDisplayInfo(pmodes: modes))
    }

    func getEDID() throws(GPUFault) {
        try require(.edid)
        let command: VirtioGPU.GetEDID = try decode()
        let index = try scanoutIndex(command.scanout)
        askForModes()
        let mode = displays.modes[index]
        displays.didReportEDID(of: index)
        let block = EDID.block(width: mode.width, height: mode.height, serial: command.scanout)
        response.append(VirtioGPU.RespEDID(size: UInt32(block.count), edid: block))
    }

    func scanoutIndex(_ id: UInt32) throws(GPUFault) -> Int {
        guard let index = Int(exactly: id), scanouts.indices.contains(index) else {
            throw .invalidScanout
        }
        return index
    }

    // MARK: Setting

    func setScanout() throws(GPUFault) {
        let command: VirtioGPU.SetScanout = try decode()
        let index = try scanoutIndex(command.scanoutID)
        guard command.resourceID.rawValue != 0 else {
            // The rectangle counts for nothing. [GPU-I-018]
            hideScanout(index)
            return respondNoData()
        }
        let resource = try find(command.resourceID)
        guard let framebuffer = naturalFramebuffer(of: resource) else { throw .invalidParameter }
        try show(resource, framebuffer, ImageRect(command.r), on: index)
        respondNoData()
    }

    func setScanoutBlob() throws(GPUFault) {
        try require(.resourceBlob)
        let command: VirtioGPU.SetScanoutBlob = try decode()
        let index = try scanoutIndex(command.scanoutID)
        guard command.resourceID.rawValue != 0 else {
            hideScanout(index)
            return respondNoData()
        }
        let resource = try find(command.resourceID)
        let sizeBytes: UInt64
        switch resource.kind {
        case .guestBlob(let size), .hostBlob(_, let size): sizeBytes = size
        case .image, .rendered: throw .invalidParameter
        }
        let pixel = UInt64(VirtioGPU.Format.pixelBytes)
        let framebuffer = Framebuffer(
            format: command.format, width: command.width, height: command.height,
            offset: UInt64(command.offsets[0]), strideBytes: command.strides[0])
        let rect = ImageRect(command.r)
        // [GPU-D-013] [GPU-I-030]
        guard command.format.isKnown, command.width <= configuration.limits.imageSideMax,
            command.height <= configuration.limits.imageSideMax,
            UInt64(command.strides[0]) >= UInt64(command.width) * pixel, !rect.isEmpty,
            rect.fits(width: command.width, height: command.height),
            let end = framebuffer.rows(rect).end, end <= sizeBytes
        else { throw .invalidParameter }
        if case .hostBlob = resource.kind, renderer?.memory(of: resource.id) == nil {
            throw .notPossible
        }
        try show(resource, framebuffer, rect, on: index)
        respondNoData()
    }

    /// Of what has a width and a height by itself.
    private func naturalFramebuffer(of resource: GPUResource) -> Framebuffer? {
        switch resource.kind {
        case .image(let image):
            return Framebuffer(
                format: image.format, width: image.width, height: image.height, offset: 0,
                strideBytes: UInt32(image.strideBytes))
        case .rendered:
            guard let shape = renderer?.shape(of: resource.id), shape.isPicture,
                shape.width <= configuration.limits.imageSideMax
            else { return nil }
            let format = VirtioGPU.Format(shape.format)
            guard format.isKnown else { return nil }
            return Framebuffer(
                format: format, width: shape.width, height: shape.height, offset: 0,
                strideBytes: shape.width * UInt32(VirtioGPU.Format.pixelBytes))
        case .hostBlob, .guestBlob:
            return nil
        }
    }

    private func show(
        _ resource: GPUResource, _ framebuffer: Framebuffer, _ rect: ImageRect, on index: Int
    ) throws(GPUFault) {
        // [GPU-I-016]
        guard !rect.isEmpty, rect.fits(width: framebuffer.width, height: framebuffer.height) else {
            throw .invalidParameter
        }
        let old = scanouts[index]
        if let old { resources[old.resource]?.scanouts &= ~(1 << UInt32(index)) }
        scanouts[index] = Scanout(resource: resource.id, rect: rect, framebuffer: framebuffer)
        resource.scanouts |= 1 << UInt32(index)
        if old?.rect.width != rect.width || old?.rect.height != rect.height {
            sink?.setScanout(index, size: (rect.width, rect.height))
        }
    }

    func hideScanout(_ index: Int) {
        guard let old = scanouts[index] else { return }
        resources[old.resource]?.scanouts &= ~(1 << UInt32(index))
        scanouts[index] = nil
        sink?.setScanout(index, size: nil)
    }

    /// A resource that goes is shown no more.
    func hide(_ resource: GPUResource) {
        guard resource.scanouts != 0 else { return }
        for index in scanouts.indices where resource.scanouts & 1 << UInt32(index) != 0 {
            hideScanout(index)
        }
    }

    // MARK: Showing

    func transferToHost2D() throws(GPUFault) {
        let command: VirtioGPU.TransferToHost2D = try decode()
        lastCommandWorked = true
        let resource = try find(command.resourceID)
        let rect = ImageRect(command.r)
        switch resource.kind {
        case .image(let image):
            guard rect.fits(width: image.width, height: image.height) else {
                throw .invalidParameter
            }
            // [GPU-R-008]
            guard let backing = resource.backing else { throw .notPossible }
            _ = try fault { () throws(RendererError) in
                try images.transfer(rect, of: image, from: backing, offset: command.offset)
            }
            try writeMirror(resource, image, rect)
        case .rendered:
            guard let renderer, let framebuffer = naturalFramebuffer(of: resource) else {
                throw .invalidParameter
            }
            guard !rect.isEmpty else { break }
            let transfer = Transfer(
                box: TexelBox(x: rect.x, y: rect.y, width: rect.width, height: rect.height),
                stride: framebuffer.strideBytes, offset: command.offset)
            _ = try fault { () throws(RendererError) in
                try renderer.transfer(resource.id, context: ContextID(0), transfer, .toHost)
            }
        case .hostBlob, .guestBlob:
            // A blob has no pixels of its own to copy to: its memory is what is shown.
            break
        }
        respondNoData()
    }

    func flush() throws(GPUFault) {
        let command: VirtioGPU.ResourceFlush = try decode()
        lastCommandWorked = true
        let resource = try find(command.resourceID)
        let rect = ImageRect(command.r)
        if let framebuffer = naturalFramebuffer(of: resource) {
            guard rect.fits(width: framebuffer.width, height: framebuffer.height) else {
                throw .invalidParameter
            }
        }
        if case .image(let image) = resource.kind, resource.scanouts != 0 {
            try readMirror(resource, image)
        }
        for index in scanouts.indices where resource.scanouts & 1 << UInt32(index) != 0 {
            guard let scanout = scanouts[index], let damage = rect.intersection(scanout.rect) else {
                continue
            }
            try update(index, scanout, resource, damage)
        }
        respondNoData()
    }

    /// Hands the new part of a picture to the sink. [GPU-I-019]
    ///
    /// - Parameter damage: in the framebuffer's coordinates, inside of what is shown.
    private func update(
        _ index: Int, _ scanout: Scanout, _ resource: GPUResource, _ damage: ImageRect
    ) throws(GPUFault) {
        guard let sink else { return }
        let (pixels, stride) = try self.pixels(of: resource, scanout.framebuffer, damage)
        sink.update(
            DisplayFrame(
                scanout: index, width: scanout.rect.width, height: scanout.rect.height,
                format: scanout.framebuffer.format,
                damage: ImageRect(
                    x: damage.x - scanout.rect.x, y: damage.y - scanout.rect.y,
                    width: damage.width, height: damage.height),
                pixels: pixels, strideBytes: stride))
    }

    /// A rectangle's bytes, where they lie or copied together. The rectangle is not empty and lies in
    /// the framebuffer, and the framebuffer in the resource.
    func pixels(of resource: GPUResource, _ framebuffer: Framebuffer, _ rect: ImageRect)
        throws(GPUFault) -> (MemoryRange, strideBytes: Int)
    {
        let rows = framebuffer.rows(rect)
        let stride = Int(framebuffer.strideBytes)
        switch resource.kind {
        case .image(let image):
            return (image.pixels(rect), image.strideBytes)
        case .hostBlob:
            guard let memory = renderer?.memory(of: resource.id), let end = rows.end,
                let start = Int(exactly: rows.offset), let count = Int(exactly: end - rows.offset),
                let range = memory.slice(offset: start, count: count)
            else { throw .notPossible }
            return (range, stride)
        case .guestBlob:
            // The guest may have taken its pages away. [GPU-R-017]
            guard let backing = resource.backing, backing.holds(rows) else { throw .notPossible }
            if let range = backing.range(of: rows) { return (range, stride) }
            let copy = try scratch(rows.rowBytes * rows.count)
            guard backing.read(rows, into: copy, memoryStride: rows.rowBytes) else {
                throw .notPossible
            }
            return (copy, rows.rowBytes)
        case .rendered:
            guard let renderer else { throw .notPossible }
            let copy = try scratch(rows.rowBytes * rows.count)
            try fault { () throws(RendererError) in
                try renderer.copy(
                    resource.id, rect, copy, strideBytes: UInt32(rows.rowBytes), .fromHost)
            }
            return (copy, rows.rowBytes)
        }
    }

    private func scratch(_ sizeBytes: Int) throws(GPUFault) -> MemoryRange {
        if (scratch?.sizeBytes ?? 0) < sizeBytes {
            dropScratch()
            try fault { () throws(RendererError) in try budget.take(UInt64(sizeBytes)) }
            guard let memory = HostMemory(sizeBytes: sizeBytes) else {
                budget.giveBack(UInt64(sizeBytes))
                throw .renderer(.outOfMemory)
            }
            scratch = memory
        }
        guard let range = scratch?.range.slice(offset: 0, count: sizeBytes) else {
            preconditionFailure("scratch memory has been made as large as is asked for")
        }
        return range
    }

    func dropScratch() {
        guard let memory = scratch else { return }
        scratch = nil
        budget.giveBack(UInt64(memory.sizeBytes))
    }

    // MARK: 2D resources that contexts use

    /// Gives the renderer a texture under the image's id, with the image's pixels.
    func mirror(_ resource: GPUResource, _ image: Image2D, _ renderer: any Renderer3D)
        throws(GPUFault)
    {
        let shape = ResourceShape(
            target: TextureTarget.texture2D, format: image.format.rawValue,
            bind: ResourceShape.renderTarget | ResourceShape.samplerView, width: image.width,
            height: image.height, flags: ResourceShape.yZeroTop)
        try fault { () throws(RendererError) in
            try renderer.createResource(resource.id, shape)
        }
        resource.isMirrored = true
        try writeMirror(
            resource, image, ImageRect(width: image.width, height: image.height))
    }

    /// After the guest has changed the image.
    func writeMirror(_ resource: GPUResource, _ image: Image2D, _ rect: ImageRect) throws(GPUFault)
    {
        guard resource.isMirrored, let renderer, !rect.isEmpty else { return }
        try fault { () throws(RendererError) in
            try renderer.copy(
                resource.id, rect, image.pixels(rect), strideBytes: UInt32(image.strideBytes),
                .toHost)
        }
    }

    /// Before the image is looked at: contexts may have drawn to the texture.
    func readMirror(_ resource: GPUResource, _ image: Image2D) throws(GPUFault) {
        guard resource.isMirrored, let renderer else { return }
        let all = ImageRect(width: image.width, height: image.height)
        try fault { () throws(RendererError) in
            try renderer.copy(
                resource.id, all, image.memory.range, strideBytes: UInt32(image.strideBytes),
                .fromHost)
        }
    }
}

extension ImageRect {
    init(_ rect: VirtioGPU.Rect) {
        self.init(x: rect.x, y: rect.y, width: rect.width, height: rect.height)
    }
}
