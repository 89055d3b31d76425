// Transfers of every target, by command and by stream, with boxes inside and outside of the level.

internal import GuestDriver
internal import LinuxSystem
internal import VirtioWire
internal import Virtqueue

enum VirglTransferCases {
    static let all =
        directions.flatMap { direction in
            [
                unknownContext(direction), unattached(direction), noBacking(direction),
                lineBox(direction),
            ]
                + Target.all.flatMap {
                    [box($0, direction, isInside: true), box($0, direction, isInside: false)]
                }
        } + [arrayBox, solidBox, line, shortBacking, offset, level, layerStride] + strides

    private struct Direction {
        let name: String
        let type: VirtioGPU.MessageType
    }

    private static let directions = [
        Direction(name: "read", type: .transferFromHost3D),
        Direction(name: "write", type: .transferToHost3D),
    ]

    /// A texture of each target, and how many layers of it a transfer moves.
    struct Target {
        let name: String
        let number: UInt32
        var height: UInt32 = 50
        var depth: UInt32 = 1
        var layers: UInt32 = 1
        let boxDepth: UInt32

        var format: UInt32 { number == 0 ? 64 : 2 }
        var texelBytes: UInt32 { number == 0 ? 1 : 4 }
        var boxBytes: Int { Int(texelBytes * 50 * height * boxDepth) }

        func request(_ id: UInt32 = 1, width: UInt32 = 50, height: UInt32? = nil)
            -> VirtioGPU.ResourceCreate3D
        {
            VirtioGPU.ResourceCreate3D(
                resourceID: ResourceID(id), target: number, format: format,
                bind: number == 0 ? 1 << 4 : 8, width: width, height: height ?? self.height,
                depth: depth, arraySize: layers)
        }

        static let all = [
            Target(name: "buffer", number: 0, height: 1, boxDepth: 1),
            Target(name: "1d", number: 1, height: 1, boxDepth: 1),
            Target(name: "2d", number: 2, boxDepth: 1),
            Target(name: "3d", number: 3, depth: 8, boxDepth: 6),
            Target(name: "cube", number: 4, layers: 6, boxDepth: 4),
            Target(name: "rect", number: 5, boxDepth: 1),
            Target(name: "1d-array", number: 6, height: 1, layers: 10, boxDepth: 4),
            Target(name: "2d-array", number: 7, layers: 10, boxDepth: 4),
            Target(name: "cube-array", number: 8, layers: 12, boxDepth: 4),
        ]
    }

    private static func make(
        _ name: String, _ clause: String,
        body: @escaping @Sendable (inout ConformanceContext) throws -> Void
    ) -> ConformanceCase {
        GPUCase.make("virgl-transfer/" + name, clause, needs: .virgl) { context in
            try context.createContext()
            try body(&context)
            // A refusal is no reason to give up a context.
            try context.submit([0], "the context to serve still")
        }
    }

    // MARK: Without what a transfer needs

    private static let lineTexture = VirtioGPU.ResourceCreate3D(
        resourceID: ResourceID(1), target: 1, format: 2, bind: 8, width: 50, height: 1)
    private static let lineBoxWhole = VirtioGPU.Box(w: 50, h: 1, d: 1)

    private static func unknownContext(_ direction: Direction) -> ConformanceCase {
        make("\(direction.name)-unknown-context", "A transfer in no context is an error.") {
            context in
            try context.expectOK(lineTexture, "a texture")
            _ = try context.attachPages(1, 200)
            try context.expectError(
                GPURequest.transfer(direction.type, 1, lineBoxWhole, context: 2),
                "there is no context 2")
        }
    }

    private static func unattached(_ direction: Direction) -> ConformanceCase {
        make("\(direction.name)-unknown-resource", "A transfer of no resource is an error.") {
            context in
            try context.expectError(
                GPURequest.transfer(direction.type, 1, lineBoxWhole, context: 1),
                "there is no resource 1")
        }
    }

    private static func noBacking(_ direction: Direction) -> ConformanceCase {
        make("\(direction.name)-no-backing", "A transfer without guest pages is an error.") {
            context in
            try context.expectOK(lineTexture, "a texture")
            try context.attach(1)
            try context.expectError(
                GPURequest.transfer(direction.type, 1, lineBoxWhole, context: 1),
                "there is no backing")
        }
    }

    private static func lineBox(_ direction: Direction) -> ConformanceCase {
        make("\(direction.name)-1d-two-rows", "A 1D texture has one row.") { context in
            try context.expectOK(lineTexture, "a texture")
            _ = try context.attachPages(1, 4096)
            try context.attach(1)
            try context.expectError(
                GPURequest.transfer(
                    direction.type, 1, VirtioGPU.Box(w: 10, h: 2, d: 1), context: 1), "two rows")
        }
    }

    private static let arrayBox = make("read-1d-array-bad-box", "An array has its layers.") {
        context in
        var request = lineTexture
        (request.target, request.arraySize) = (6, 5)
        try context.expectOK(request, "an array of five")
        _ = try context.attachPages(1, 4096)
        try context.attach(1)
        for box in [VirtioGPU.Box(w: 10, h: 1, d: 6), VirtioGPU.Box(w: 10, h: 2, d: 6)] {
            try context.expectError(
                GPURequest.transfer(.transferFromHost3D, 1, box, context: 1), "six layers of five")
        }
    }

    private static let solidBox = make("read-3d-bad-box", "A 3D texture has its slices.") {
        context in
        var request = lineTexture
        (request.target, request.depth) = (3, 5)
        try context.expectOK(request, "five slices")
        _ = try context.attachPages(1, 4096)
        try context.attach(1)
        for box in [VirtioGPU.Box(w: 10, h: 1, d: 6), VirtioGPU.Box(w: 10, h: 2, d: 6)] {
            try context.expectError(
                GPURequest.transfer(.transferFromHost3D, 1, box, context: 1), "six slices of five")
        }
    }

    private static let line = make("1d", "What is written to a 1D texture is read back.") {
        context in
        try context.expectOK(lineTexture, "a texture")
        let block = try context.attachPages(1, 200)
        try context.attach(1)
        let bytes = (0..<200).map { UInt8($0) }
        context.machine.range(of: block).write(bytes)
        try context.expectOK(
            GPURequest.transfer(.transferToHost3D, 1, lineBoxWhole, context: 1), "the write")
        context.machine.range(of: block).fill(0)
        try context.expectOK(
            GPURequest.transfer(.transferFromHost3D, 1, lineBoxWhole, context: 1), "the read")
        let back = context.machine.range(of: block).bytes()
        for index in 0..<200 where index % 4 != 3 && back[index] != bytes[index] {
            throw context.finding("\(bytes[index]) at \(index)", received: "\(back[index])")
        }
    }

    private static let shortBacking = make("1d-short-backing", "A backing too short is an error.") {
        context in
        try context.expectOK(lineTexture, "a texture")
        _ = try context.attachPages(1, 23)
        try context.attach(1)
        try context.expectError(
            GPURequest.transfer(.transferToHost3D, 1, lineBoxWhole, context: 1), "23 bytes of 200")
    }

    private static let offset = make(
        "1d-bad-offset", "An offset that leaves too little is an error."
    ) {
        context in
        try context.expectOK(lineTexture, "a texture")
        _ = try context.attachPages(1, 200)
        try context.attach(1)
        for offset: UInt64 in [20, 1, 200, 1 << 32, .max] {
            try context.expectError(
                GPURequest.transfer(
                    .transferToHost3D, 1, lineBoxWhole, context: 1, offset: offset),
                "200 bytes from \(offset) on")
        }
    }

    private static let strides = [(1, "1d"), (2, "2d"), (0, "buffer")].map {
        (target: UInt32, name: String) in
        make("\(name)-bad-strides", "Strides shorter than the box are errors.") { context in
            let request = VirtioGPU.ResourceCreate3D(
                resourceID: ResourceID(1), target: target, format: target == 0 ? 64 : 2,
                bind: target == 0 ? 1 << 4 : 8, width: 50, height: 1)
            try context.expectOK(request, "the resource")
            _ = try context.attachPages(1, 200)
            try context.attach(1)
            for (stride, layerStride): (UInt32, UInt32) in [(49, 0), (0, 49), (1, 1)] {
                try context.expectError(
                    GPURequest.transfer(
                        .transferToHost3D, 1, lineBoxWhole, context: 1, stride: stride,
                        layerStride: layerStride), "strides \(stride) and \(layerStride)")
            }
        }
    }

    private static let layerStride = make(
        "2d-array-bad-layer-stride", "Layers that overlap in the backing are an error."
    ) { context in
        let request = VirtioGPU.ResourceCreate3D(
            resourceID: ResourceID(1), target: 7, format: 2, bind: 8, width: 50, height: 50,
            arraySize: 5)
        try context.expectOK(request, "an array of five")
        _ = try context.attachPages(1, 50 * 50 * 2 * 4)
        try context.attach(1)
        let box = VirtioGPU.Box(w: 50, h: 5, d: 2)
        try context.expectError(
            GPURequest.transfer(.transferToHost3D, 1, box, context: 1, layerStride: 100),
            "layers 100 bytes apart")
    }

    private static let level = make("2d-bad-level", "A level that is not there is an error.") {
        context in
        var request = lineTexture
        (request.target, request.lastLevel) = (2, 1)
        try context.expectOK(request, "two levels")
        _ = try context.attachPages(1, 200)
        try context.attach(1)
        for level: UInt32 in [2, 31, 32, .max] {
            try context.expectError(
                GPURequest.transfer(
                    .transferToHost3D, 1, VirtioGPU.Box(w: 1, h: 1, d: 1), context: 1, level: level),
                "level \(level) of two")
        }
    }

    // MARK: Every target

    private static func box(_ target: Target, _ direction: Direction, isInside: Bool)
        -> ConformanceCase
    {
        let name = "\(direction.name)-\(isInside ? "valid" : "invalid")-\(target.name)"
        return make(
            name, isInside ? "A box in the level is moved." : "A box outside of it is an error."
        ) { context in
            try context.expectOK(target.request(), "the resource")
            _ = try context.attachPages(1, target.boxBytes * 2)
            try context.attach(1)
            let request = GPURequest.transfer(
                direction.type, 1,
                VirtioGPU.Box(w: isInside ? 50 : 60, h: target.height, d: target.boxDepth),
                context: 1)
            if isInside {
                try context.expectOK(request, "the box to be moved")
            } else {
                try context.expectError(request, "60 texels of 50")
            }
        }
    }
}
