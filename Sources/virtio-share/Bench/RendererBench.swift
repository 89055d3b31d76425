// virglrenderer in a worker beside virglrenderer in this process: the same calls in turn, in one
// run.

import HostBridge
import LinuxSystem
import VirtioWire
import Virtqueue

/// Each figure is the time of a worker divided by the time of this process.
struct RendererBench {
    private let rounds: Int
    private static let batch = 64
    private static let context = ContextID(1)
    private static let texture = ResourceID(1)
    private static let small = ResourceID(2)
    private static let (width, height): (UInt32, UInt32) = (1920, 1080)

    /// One renderer and what it works on.
    private final class Side {
        let renderer: any Renderer3D
        let wake: EventDescriptor
        private var ended: [EndedWork] = []

        init(_ renderer: any Renderer3D, _ wake: EventDescriptor) {
            self.renderer = renderer
            self.wake = wake
        }

        /// Waits until all of that has ended.
        func wait(for works: [StartedWork]) {
            var open: Set<UInt64> = []
            for work in works {
                switch work {
                case .done: break
                case .fenced(let number), .running(let number): open.insert(number)
                }
            }
            while !open.isEmpty {
                ended.removeAll(keepingCapacity: true)
                renderer.takeEnded(into: &ended)
                for work in ended { open.remove(work.number) }
                if ended.isEmpty { _ = wake.wait(timeoutMillis: 1000) }
            }
        }
    }

    init(rounds: Int) { self.rounds = rounds }

    func run() throws -> [(name: String, ratios: [Double])] {
        let bytes = Int(Self.width * Self.height) * 4
        let shared = try SharedMemory(name: "bench", sizeBytes: bytes + 65536)
        let start = GuestAddress(0x1000)
        let memory = try GuestMemory([GuestRegion(start: start, memory: shared)])
        let pin = try memory.pin(start, count: UInt64(shared.sizeBytes))
        let wakes = (try EventDescriptor(), try EventDescriptor())
        let here = Side(try VirglRenderer(wake: wakes.0), wakes.0)
        defer { here.renderer.close() }
        let there = Side(try IsolatedRenderer(wake: wakes.1), wakes.1)
        defer { there.renderer.close() }
        for side in [here, there] { try prepare(side.renderer, pin) }
        let works: [(String, (Side) throws -> Void)] = [
            ("create and unref, batches of 64", createAndUnref),
            ("submit with a fence, batches of 64", submitAndFence),
            ("upload 64 x 64, batches of 64", { try upload($0, Self.small, 64, 64, Self.batch) }),
            ("upload 1920 x 1080", { try upload($0, Self.texture, Self.width, Self.height, 8) }),
        ]
        return try works.map { name, work in
            var ratios: [Double] = []
            // The first round does not count.
            for round in 0...rounds {
                let (a, b) = (try nanos(here, work), try nanos(there, work))
                if round > 0 { ratios.append(b / a) }
            }
            return (name, ratios)
        }
    }

    private func nanos(_ side: Side, _ work: (Side) throws -> Void) throws -> Double {
        let began = MonotonicClock.nowNanos
        try work(side)
        return Double(max(1, MonotonicClock.nowNanos &- began))
    }

    private func prepare(_ renderer: any Renderer3D, _ pin: GuestPin) throws {
        try renderer.createContext(Self.context, capset: .virgl2, name: "bench")
        for (id, width, height) in [
            (Self.texture, Self.width, Self.height), (Self.small, 64, 64),
        ] {
            try renderer.createResource(id, shape(width, height))
            try renderer.attachBacking(id, BackingList(pin.ranges, owner: pin))
            try renderer.attach(id, to: Self.context)
        }
    }

    private func shape(_ width: UInt32, _ height: UInt32) -> ResourceShape {
        ResourceShape(
            target: TextureTarget.texture2D, format: VirtioGPU.Format.b8g8r8a8Unorm.rawValue,
            bind: ResourceShape.renderTarget | ResourceShape.samplerView, width: width,
            height: height)
    }

    private func createAndUnref(_ side: Side) throws {
        for _ in 0..<8 {
            let ids = (0..<Self.batch).map { ResourceID(UInt32(100 + $0)) }
            for id in ids { try side.renderer.createResource(id, shape(64, 64)) }
            for id in ids { try side.renderer.unref(id) }
            // The last of them is done when this is.
            side.wait(for: [.fenced(try side.renderer.createFence(on: Self.context))])
        }
    }

    private func submitAndFence(_ side: Side) throws {
        for _ in 0..<16 {
            side.wait(
                for: try (0..<Self.batch).map { _ in
                    var nops = [UInt32](repeating: 0, count: 16)
                    return try side.renderer.startStream(&nops, on: Self.context, fenced: true)
                })
        }
    }

    private func upload(
        _ side: Side, _ id: ResourceID, _ width: UInt32, _ height: UInt32, _ count: Int
    ) throws {
        let all = Transfer(box: TexelBox(width: width, height: height))
        side.wait(
            for: try (0..<count).map { _ in
                try side.renderer.startTransfer(id, context: ContextID(0), all, .toHost)
            })
    }
}
