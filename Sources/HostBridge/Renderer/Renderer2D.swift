// 2D resources without any GL: pixels in host memory, filled from guest memory.

public import LinuxSystem
public import VirtioWire

/// A 2D resource: rows without gaps, four bytes a pixel. Zero until something is transferred.
public final class Image2D: Sendable {
    public let format: VirtioGPU.Format
    public let width: UInt32
    public let height: UInt32
    public let memory: HostMemory
    /// Charged to the budget.
    public var sizeBytes: UInt64 { UInt64(memory.sizeBytes) }
    public var strideBytes: Int { Int(width) * VirtioGPU.Format.pixelBytes }

    fileprivate init(
        _ format: VirtioGPU.Format, width: UInt32, height: UInt32, memory: HostMemory
    ) {
        self.format = format
        self.width = width
        self.height = height
        self.memory = memory
    }

    /// The bytes from the rectangle's first pixel to its last; rows are `strideBytes` apart.
    ///
    /// - Precondition: the rectangle is not empty and lies in the image.
    public func pixels(_ rect: ImageRect) -> MemoryRange {
        precondition(!rect.isEmpty && rect.fits(width: width, height: height))
        let pixel = VirtioGPU.Format.pixelBytes
        let start = Int(rect.y) * strideBytes + Int(rect.x) * pixel
        let count = (Int(rect.height) - 1) * strideBytes + Int(rect.width) * pixel
        guard let range = memory.range.slice(offset: start, count: count) else {
            preconditionFailure("an image holds its own rectangles")
        }
        return range
    }
}

/// Makes and fills images. Owned by the device's thread.
public struct Renderer2D {
    /// Pixels along one side of an image.
    public let sideMax: UInt32
    private let budget: MemoryBudget

    public init(budget: MemoryBudget, sideMax: UInt32) {
        self.budget = budget
        self.sideMax = min(sideMax, 1 << 15)
    }

    public func makeImage(_ format: VirtioGPU.Format, width: UInt32, height: UInt32)
        throws(RendererError) -> Image2D
    {
        guard format.isKnown, width > 0, height > 0 else { throw .badParameter }
        guard width <= sideMax, height <= sideMax else { throw .outOfMemory }
        // Sides are at most 2^15: the product is at most 2^32.
        let bytes = UInt64(width) * UInt64(height) * UInt64(VirtioGPU.Format.pixelBytes)
        try budget.take(bytes)
        guard let count = Int(exactly: bytes), let memory = HostMemory(sizeBytes: count) else {
            budget.giveBack(bytes)
            throw .outOfMemory
        }
        return Image2D(format, width: width, height: height, memory: memory)
    }

    /// Gives an image's bytes back; whoever still holds the object keeps the memory.
    public func release(_ image: Image2D) { budget.giveBack(image.sizeBytes) }

    /// Copies a rectangle from the backing; done when this returns. `offset` is the backing's byte
    /// where the rectangle's first pixel lies, rows are as far apart as the image's own. Returns the
    /// bytes copied. [GPU-I-020]
    @discardableResult
    public func transfer(
        _ rect: ImageRect, of image: Image2D, from backing: BackingList, offset: UInt64
    ) throws(RendererError) -> UInt64 {
        guard rect.fits(width: image.width, height: image.height) else { throw .badParameter }
        guard !rect.isEmpty else { return 0 }
        let rows = BackingList.Rows(
            offset: offset, strideBytes: UInt64(image.strideBytes),
            rowBytes: Int(rect.width) * VirtioGPU.Format.pixelBytes, count: Int(rect.height))
        guard backing.read(rows, into: image.pixels(rect), memoryStride: image.strideBytes) else {
            throw .badParameter
        }
        return UInt64(rows.rowBytes) * UInt64(rows.count)
    }

    /// The same by the rules of 3D transfers, either way: a stride of the guest's own choice.
    /// [GPU-R-019]
    @discardableResult
    public func transfer(
        _ transfer: Transfer, of image: Image2D, backing: BackingList,
        _ direction: TransferDirection
    ) throws(RendererError) -> UInt64 {
        let box = transfer.box
        let rect = ImageRect(x: box.x, y: box.y, width: box.width, height: box.height)
        let stride = transfer.stride == 0 ? image.strideBytes : Int(transfer.stride)
        let pixel = VirtioGPU.Format.pixelBytes
        guard !box.isEmpty, box.z == 0, box.depth == 1, transfer.level == 0,
            rect.fits(width: image.width, height: image.height),
            stride >= Int(rect.width) * pixel, stride % pixel == 0
        else { throw .badParameter }
        let rows = BackingList.Rows(
            offset: transfer.offset, strideBytes: UInt64(stride), rowBytes: Int(rect.width) * pixel,
            count: Int(rect.height))
        let memory = image.pixels(rect)
        let isDone =
            switch direction {
            case .toHost: backing.read(rows, into: memory, memoryStride: image.strideBytes)
            case .fromHost: backing.write(rows, from: memory, memoryStride: image.strideBytes)
            }
        guard isDone else { throw .badParameter }
        return UInt64(rows.rowBytes) * UInt64(rows.count)
    }
}
