// What a guest's user-space driver does to show a decoded picture: a render target, a quad, a shader
// that samples the picture, and the picture read back into guest pages.

internal import LinuxSystem
public import VirtioWire
internal import Virtqueue

/// How the GPU gets at the samples.
public enum SamplingPath: String, Sendable, CaseIterable {
    /// The shader reads the shared buffer itself: no copy.
    case buffer
    /// One texture for each plane, uploaded from the shared buffer: one copy.
    case texture
    /// One texture for each plane, uploaded from guest pages: what is done without sharing.
    case pages
}

/// A picture's buffer as the guest has it.
public struct PictureBuffer: Sendable {
    public enum Memory: Sendable {
        /// A host buffer that another device can name.
        case shared(ResourceID, ResourceUUID)
        /// The guest's own pages.
        case pages(GuestBlock)
    }

    public let memory: Memory
    fileprivate let view: UInt32
}

/// Draws pictures of one layout. Owned by the guest's one thread.
public final class VideoPainter {
    public let layout: VideoLayout
    public let path: SamplingPath
    private let gpu: GPUDriver
    private let context: ContextID
    private let target: ResourceID
    private let vertices: ResourceID
    private var textures: [ResourceID] = []
    private let readback: GuestBlock
    private var nextBlob: UInt32 = 1
    private var nextHandle: UInt32 = 16
    private var boundPages: GuestBlock?
    public private(set) var buffers: [PictureBuffer] = []

    /// Handles of the objects that are made once.
    private enum Handle {
        static let surface: UInt32 = 1
        static let vertexElements: UInt32 = 2
        static let vertexShader: UInt32 = 3
        static let fragmentShader: UInt32 = 4
        static let blend: UInt32 = 5
        static let depthStencilAlpha: UInt32 = 6
        static let rasterizer: UInt32 = 7
        static let sampler: UInt32 = 8
        static let firstTextureView: UInt32 = 9
    }

    public init(
        _ gpu: GPUDriver, context: ContextID, layout: VideoLayout, path: SamplingPath
    ) throws(DriverError) {
        self.gpu = gpu
        self.context = context
        self.layout = layout
        self.path = path
        target = gpu.newResourceID()
        vertices = gpu.newResourceID()
        readback = try gpu.machine.allocate(layout.width * layout.height * 4)
        // One view covers a whole buffer: a longer one would be cut silently.
        if path == .buffer {
            let texelsMax = try gpu.textureBufferTexelsMax()
            guard layout.sizeBytes <= Int(texelsMax) else { throw .featureMissing }
        }
        try gpu.createContext(context, capset: .virgl2, name: "video painter")
        try createTarget()
        try createVertices()
        if path != .buffer { try createTextures() }
        try gpu.submit(setUp(), to: context)
    }

    // MARK: Set-up

    private func createTarget() throws(DriverError) {
        try gpu.createResource3D(
            VirtioGPU.ResourceCreate3D(
                resourceID: target, target: VirglTarget.texture2D, format: VirglFormat.r8g8b8a8,
                bind: VirglBind.renderTarget | VirglBind.samplerView, width: UInt32(layout.width),
                height: UInt32(layout.height), depth: 1, arraySize: 1, lastLevel: 0, nrSamples: 0,
                flags: 0))
        try gpu.attach(target, to: context)
        try gpu.attachBacking(target, [readback.segment])
    }

    private func createVertices() throws(DriverError) {
        try gpu.createResource3D(
            VirtioGPU.ResourceCreate3D(
                resourceID: vertices, target: VirglTarget.buffer, format: VirglFormat.r8,
                bind: VirglBind.vertexBuffer, width: 128, height: 1, depth: 1, arraySize: 1,
                lastLevel: 0, nrSamples: 0, flags: 0))
        try gpu.attach(vertices, to: context)
    }

    private func textureFormat(_ plane: VideoLayout.Plane) -> UInt32 {
        switch plane.texelBytes {
        case 1: VirglFormat.r8
        case 2: VirglFormat.r16
        default: VirglFormat.r16g16
        }
    }

    private func createTextures() throws(DriverError) {
        for plane in layout.planes {
            let texels = layout.texels(of: plane)
            let id = gpu.newResourceID()
            try gpu.createResource3D(
                VirtioGPU.ResourceCreate3D(
                    resourceID: id, target: VirglTarget.texture2D, format: textureFormat(plane),
                    bind: VirglBind.samplerView, width: UInt32(texels.width),
                    height: UInt32(texels.height), depth: 1, arraySize: 1, lastLevel: 0,
                    nrSamples: 0, flags: 0))
            try gpu.attach(id, to: context)
            textures.append(id)
        }
    }

    private func setUp() -> VirglStream {
        var stream = VirglStream()
        let (width, height) = (Float(layout.width), Float(layout.height))
        stream.write(vertexData(), toBuffer: vertices.rawValue)
        stream.append(
            .createObject, .surface,
            [Handle.surface, target.rawValue, VirglFormat.r8g8b8a8, 0, 0])
        stream.append(.setFramebuffer, [1, 0, Handle.surface])
        let float4 = VirglFormat.r32g32b32a32Float
        stream.append(
            .createObject, .vertexElements,
            [Handle.vertexElements, 0, 0, 0, float4, 16, 0, 0, float4])
        stream.append(.bindObject, .vertexElements, [Handle.vertexElements])
        stream.append(.setVertexBuffers, [32, 0, vertices.rawValue])
        stream.createShader(Handle.vertexShader, stage: .vertex, text: YUVShader.vertex)
        stream.createShader(
            Handle.fragmentShader, stage: .fragment,
            text: path == .buffer ? YUVShader.buffer(layout) : YUVShader.textures(layout))
        stream.append(
            .createObject, .blend, [Handle.blend, 0, 0, 0x7800_0000, 0, 0, 0, 0, 0, 0, 0])
        stream.append(.bindObject, .blend, [Handle.blend])
        stream.append(.createObject, .depthStencilAlpha, [Handle.depthStencilAlpha, 0, 0, 0, 0])
        stream.append(.bindObject, .depthStencilAlpha, [Handle.depthStencilAlpha])
        let one = Float(1).bitPattern
        stream.append(
            .createObject, .rasterizer,
            [Handle.rasterizer, 0x6000_0002, one, 0, 0, one, 0, 0, 0])
        stream.append(.bindObject, .rasterizer, [Handle.rasterizer])
        let half = Float(0.5).bitPattern
        stream.append(
            .setViewport,
            [
                0, (width / 2).bitPattern, (height / 2).bitPattern, half, (width / 2).bitPattern,
                (height / 2).bitPattern, half,
            ])
        if path != .buffer { appendTextureViews(to: &stream) }
        return stream
    }

    /// A position and an attribute for each corner. The buffer path's attribute is the pixel in the
    /// buffer, the texture paths' are texture coordinates of luma and chroma.
    private func vertexData() -> [Float] {
        let corners: [(x: Float, y: Float)] = [(0, 0), (1, 0), (0, 1), (1, 1)]
        let (width, height) = (Float(layout.width), Float(layout.height))
        let (left, top) = (Float(layout.visible.left), Float(layout.visible.top))
        return corners.flatMap { corner -> [Float] in
            let position = [corner.x * 2 - 1, corner.y * 2 - 1, 0, 1]
            if path == .buffer {
                return position + [left + corner.x * width, top + corner.y * height, 0, 0]
            }
            let coordinates = layout.planes.prefix(2).flatMap { plane -> [Float] in
                let texels = layout.texels(of: plane)
                let step = plane.subsampling
                let (x, y) = (Float(texels.x * step), Float(texels.y * step))
                return [
                    (left - x + corner.x * width) / Float(texels.width * step),
                    (top - y + corner.y * height) / Float(texels.height * step),
                ]
            }
            return position + coordinates
        }
    }

    private func appendTextureViews(to stream: inout VirglStream) {
        let identitySwizzle: UInt32 = 0x688
        var views: [UInt32] = []
        for (index, id) in textures.enumerated() {
            let view = Handle.firstTextureView + UInt32(index)
            stream.append(
                .createObject, .samplerView,
                [
                    view, id.rawValue, textureFormat(layout.planes[index]), 0, 0, identitySwizzle,
                ])
            views.append(view)
        }
        let fragment = VirglStream.ShaderStage.fragment.rawValue
        stream.append(.setSamplerViews, [fragment, 0] + views)
        let nearestClamped: UInt32 = 0x1092
        stream.append(
            .createObject, .samplerState, [Handle.sampler, nearestClamped, 0, 0, 0, 0, 0, 0, 0])
        stream.append(.bindSamplerStates, [fragment, 0] + views.map { _ in Handle.sampler })
    }

    // MARK: Buffers

    /// A new buffer for the decoder: shared ones get a UUID, which is all that the media device is
    /// told of them.
    public func createBuffer() throws(DriverError) -> PictureBuffer {
        guard path != .pages else {
            let block = try gpu.machine.allocate(layout.sizeBytes)
            let buffer = PictureBuffer(memory: .pages(block), view: 0)
            buffers.append(buffer)
            return buffer
        }
        let blobID = nextBlob
        nextBlob += 1
        let size = UInt32(layout.sizeBytes)
        var stream = VirglStream()
        stream.createMappableBuffer(sizeBytes: size, blobID: blobID)
        try gpu.submit(stream, to: context)
        let id = gpu.newResourceID()
        try gpu.createBlob(
            id, context: context, blobID: UInt64(blobID), sizeBytes: UInt64(size))
        let uuid = try gpu.assignUUID(id)
        let view = nextHandle
        nextHandle += 1
        if path == .buffer { try createView(view, of: id) }
        let buffer = PictureBuffer(memory: .shared(id, uuid), view: view)
        buffers.append(buffer)
        return buffer
    }

    /// One view over the whole buffer: virglrenderer has one buffer texture for each resource.
    private func createView(_ view: UInt32, of id: ResourceID) throws(DriverError) {
        let format = layout.isTenBit ? VirglFormat.r16 : VirglFormat.r8
        let last = layout.sizeBytes / (layout.isTenBit ? 2 : 1) - 1
        var stream = VirglStream()
        stream.append(
            .createObject, .samplerView, [view, id.rawValue, format, 0, UInt32(last), 0])
        try gpu.attach(id, to: context)
        try gpu.submit(stream, to: context)
        try gpu.detach(id, from: context)
    }

    // MARK: Drawing

    /// Gets a picture to where the shader finds it. A shared buffer is attached to the context, only
    /// until ``release(_:)``: what is attached the GPU may read, and the decoder waits for it. Guest
    /// pages are uploaded.
    public func prepare(_ buffer: PictureBuffer) throws(DriverError) {
        switch buffer.memory {
        case .shared(let id, _): try gpu.attach(id, to: context)
        case .pages(let block): try uploadPages(block)
        }
    }

    /// Starts drawing a prepared picture.
    public func draw(_ buffer: PictureBuffer) throws(DriverError) -> Ticket {
        var stream = VirglStream()
        if case .shared(let id, _) = buffer.memory {
            if path == .buffer {
                let fragment = VirglStream.ShaderStage.fragment.rawValue
                stream.append(.setSamplerViews, [fragment, 0, buffer.view])
            } else {
                appendUploads(from: id, to: &stream)
            }
        }
        stream.drawQuad()
        return try gpu.submitFenced(stream, to: context)
    }

    private func appendUploads(from id: ResourceID, to stream: inout VirglStream) {
        for (texture, plane) in zip(textures, layout.planes) {
            let texels = layout.texels(of: plane)
            stream.copyTransfer(
                to: texture.rawValue, width: UInt32(texels.width), height: UInt32(texels.height),
                from: id.rawValue, offset: UInt32(offset(of: plane)),
                stride: UInt32(plane.stride))
        }
    }

    /// Byte of the plane's first visible texel.
    private func offset(of plane: VideoLayout.Plane) -> Int {
        let texels = layout.texels(of: plane)
        return plane.offset + texels.y * plane.stride + texels.x * plane.texelBytes
    }

    private func uploadPages(_ block: GuestBlock) throws(DriverError) {
        if boundPages != block {
            for texture in textures {
                if boundPages != nil { try gpu.detachBacking(texture) }
                try gpu.attachBacking(texture, [block.segment])
            }
            boundPages = block
        }
        for (texture, plane) in zip(textures, layout.planes) {
            let texels = layout.texels(of: plane)
            try gpu.transferToHost(
                texture, context: context,
                box: VirtioGPU.Box(w: UInt32(texels.width), h: UInt32(texels.height)),
                offset: UInt64(offset(of: plane)), stride: UInt32(plane.stride))
        }
    }

    /// Waits until the picture is drawn.
    public func waitUntilDrawn(_ ticket: Ticket) throws(DriverError) {
        try gpu.waitForFence(ticket)
    }

    /// The GPU no longer reads the buffer: it may go back to the decoder.
    public func release(_ buffer: PictureBuffer) throws(DriverError) {
        if case .shared(let id, _) = buffer.memory { try gpu.detach(id, from: context) }
    }

    /// The drawn picture: rows of R, G, B, A bytes, the top one first.
    public func read() throws(DriverError) -> [UInt8] {
        try gpu.transferFromHost(
            target, context: context,
            box: VirtioGPU.Box(w: UInt32(layout.width), h: UInt32(layout.height)), offset: 0,
            stride: 0)
        let range = gpu.machine.range(of: readback)
        return range.slice(offset: 0, count: layout.width * layout.height * 4)?.bytes() ?? []
    }

    /// Gives everything back: the context, textures and buffers.
    public func close() throws(DriverError) {
        for buffer in buffers {
            switch buffer.memory {
            case .shared(let id, _): try gpu.unref(id)
            case .pages: break
            }
        }
        for id in textures + [target, vertices] { try gpu.unref(id) }
        for case .pages(let block) in buffers.map(\.memory) { gpu.machine.free(block) }
        gpu.machine.free(readback)
        buffers = []
        try gpu.destroyContext(context)
    }
}
