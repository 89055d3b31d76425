// Which textures and buffers RESOURCE_CREATE_3D makes: one case for each shape, with what GL can do
// as the expected outcome.

internal import VirtioWire

enum VirglResourceCases {
    private struct Shape {
        let name: String
        let isMade: Bool
        var target: UInt32 = 2
        var format: UInt32 = 2
        var bind: UInt32 = 8
        var width: UInt32 = 50
        var height: UInt32 = 1
        var depth: UInt32 = 1
        var layers: UInt32 = 1
        var lastLevel: UInt32 = 0
        var samples: UInt32 = 0
        var flags: UInt32 = 0

        init(_ name: String, _ isMade: Bool, _ target: UInt32 = 2, _ change: (inout Shape) -> Void)
        {
            self.name = name
            self.isMade = isMade
            self.target = target
            if target == 0 { (format, bind) = (64, 0) }
            if target == 4 || target == 8 { (height, layers) = (50, 6) }
            change(&self)
        }

        var request: VirtioGPU.ResourceCreate3D {
            VirtioGPU.ResourceCreate3D(
                resourceID: ResourceID(1), target: target, format: format, bind: bind,
                width: width, height: height, depth: depth, arraySize: layers,
                lastLevel: lastLevel, nrSamples: samples, flags: flags)
        }
    }

    private static let general = [
        Shape("no-target", false) { $0.target = 10 },
        Shape("no-format", false, 0) { $0.format = 0x2000 },
        Shape("y-0-top-2d", true) { $0.flags = 1 },
        Shape("y-0-top-rect", true, 5) { $0.flags = 1 },
        Shape("unknown-flags-2d", false) { $0.flags = 0xf },
        Shape("y-0-top-1d", false, 1) { $0.flags = 1 },
        Shape("y-0-top-3d", false, 3) { $0.flags = 1 },
    ]

    private static let buffers = [
        Shape("buffer", true, 0) { _ in },
        Shape("buffer-height", false, 0) { $0.height = 50 },
        Shape("buffer-depth", false, 0) { $0.depth = 5 },
        Shape("buffer-layers", false, 0) { $0.layers = 4 },
        Shape("buffer-samples", false, 0) { $0.samples = 4 },
        Shape("buffer-levels", false, 0) { ($0.samples, $0.lastLevel) = (1, 4) },
        Shape("buffer-sampled", true, 0) { $0.bind = 8 },
        Shape("buffer-custom", true, 0) { $0.bind = 1 << 17 },
        Shape("buffer-vertices", true, 0) { $0.bind = 1 << 4 },
        Shape("buffer-indices", true, 0) { $0.bind = 1 << 5 },
        Shape("buffer-constants", true, 0) { $0.bind = 1 << 6 },
        Shape("buffer-stream-output", true, 0) { $0.bind = 1 << 11 },
        Shape("1d-vertices", false, 1) { ($0.format, $0.bind) = (64, 1 << 4) },
        Shape("1d-no-bind", false, 1) { ($0.format, $0.bind) = (64, 0) },
    ]

    private static let lines = [
        Shape("1d", true, 1) { _ in },
        Shape("1d-height", false, 1) { $0.height = 50 },
        Shape("1d-depth", false, 1) { $0.depth = 5 },
        Shape("1d-layers", false, 1) { $0.layers = 5 },
        Shape("1d-samples", false, 1) { $0.samples = 4 },
        Shape("1d-levels", true, 1) { $0.lastLevel = 4 },
        Shape("1d-array", true, 6) { _ in },
        Shape("1d-array-height", false, 6) { $0.height = 50 },
        Shape("1d-array-depth", false, 6) { $0.depth = 5 },
        Shape("1d-array-layers", true, 6) { $0.layers = 5 },
        Shape("1d-array-samples", false, 6) { $0.samples = 4 },
        Shape("1d-array-levels", true, 6) { $0.lastLevel = 4 },
    ]

    private static let planes = [
        Shape("2d", true) { _ in },
        Shape("2d-cursor", true) { ($0.height, $0.bind) = (50, 1 << 16) },
        Shape("2d-height", true) { $0.height = 50 },
        Shape("2d-depth", false) { $0.depth = 5 },
        Shape("2d-layers", false) { $0.layers = 5 },
        Shape("2d-samples", true) { $0.samples = 4 },
        Shape("2d-levels", true) { $0.lastLevel = 4 },
        Shape("2d-samples-levels", false) { ($0.samples, $0.lastLevel) = (4, 4) },
        Shape("rect", true, 5) { _ in },
        Shape("rect-height", true, 5) { $0.height = 50 },
        Shape("rect-depth", false, 5) { $0.depth = 5 },
        Shape("rect-layers", false, 5) { $0.layers = 5 },
        Shape("rect-samples", false, 5) { $0.samples = 4 },
        Shape("rect-levels", false, 5) { $0.lastLevel = 4 },
        Shape("2d-array", true, 7) { _ in },
        Shape("2d-array-height", true, 7) { $0.height = 50 },
        Shape("2d-array-depth", false, 7) { $0.depth = 5 },
        Shape("2d-array-layers", true, 7) { $0.layers = 5 },
        Shape("2d-array-samples", true, 7) { $0.samples = 4 },
        Shape("2d-array-levels", true, 7) { $0.lastLevel = 4 },
        Shape("2d-array-samples-levels", false, 7) { ($0.samples, $0.lastLevel) = (4, 4) },
    ]

    private static let solids = [
        Shape("3d", true, 3) { _ in },
        Shape("3d-height", true, 3) { $0.height = 50 },
        Shape("3d-depth", true, 3) { $0.depth = 5 },
        Shape("3d-layers", false, 3) { $0.layers = 5 },
        Shape("3d-samples", false, 3) { $0.samples = 4 },
        Shape("3d-levels", true, 3) { $0.lastLevel = 4 },
        Shape("cube", true, 4) { _ in },
        Shape("cube-one-layer", false, 4) { $0.layers = 1 },
        Shape("cube-depth", false, 4) { $0.depth = 5 },
        Shape("cube-samples", false, 4) { $0.samples = 4 },
        Shape("cube-flat", false, 4) { $0.height = 1 },
        Shape("cube-levels", true, 4) { $0.lastLevel = 4 },
        Shape("cube-array-6", true, 8) { _ in },
        Shape("cube-array-12", true, 8) { $0.layers = 12 },
        Shape("cube-array-10", false, 8) { $0.layers = 10 },
        Shape("cube-array-12-again", true, 8) { ($0.layers, $0.bind) = (12, 0xa) },
        Shape("cube-array-depth", false, 8) { ($0.layers, $0.depth) = (12, 5) },
        Shape("cube-array-samples", false, 8) { ($0.layers, $0.samples) = (12, 4) },
        Shape("cube-array-levels", true, 8) { ($0.layers, $0.lastLevel) = (12, 4) },
    ]

    static let all = (general + buffers + lines + planes + solids).map { shape in
        GPUCase.make(
            "virgl-resource/" + shape.name,
            "RESOURCE_CREATE_3D \(shape.isMade ? "makes" : "refuses") this shape.", needs: .virgl
        ) { context in
            if shape.isMade {
                try context.expectOK(shape.request, "the resource to be made")
                try context.expectError(shape.request, "id 1 is in use")
                try context.expectOK(GPURequest.unref(1), "the resource to end")
            } else {
                try context.expectError(shape.request, "GL has no such texture")
                try context.expectError(GPURequest.unref(1), "nothing was made")
            }
            // Nothing is left pending for the next one.
            try context.createContext()
            try context.submit([0], "a context to serve")
        }
    }
}
