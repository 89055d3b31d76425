// How long a guest is without a renderer when its worker has died.

import Foundation
import HostBridge
import LinuxSystem
import VirtioWire

struct RestartBench {
    let rounds: Int
    /// Whether the next worker is there before it is needed.
    let keepsSpare: Bool
    private static let context = ContextID(1)

    /// Milliseconds of each round: the watch sees the end, the next worker starts, and a context and
    /// a stream of the guest's are through.
    func run() throws -> [Double] {
        let wake = try EventDescriptor()
        var options = RendererWorkerOptions()
        options.keepsSpare = keepsSpare
        options.deathsMax = rounds + 1
        let renderer = try IsolatedRenderer(wake: wake, options: options)
        defer { renderer.close() }
        var millis: [Double] = []
        // The first one reads what the others find in memory.
        for round in 0...rounds {
            // One that stands by is ready when it is needed, but for two deaths in a row.
            if keepsSpare { Thread.sleep(forTimeInterval: 1) }
            let began = MonotonicClock.nowNanos
            try lose(renderer, wake)
            try renderer.createContext(Self.context, capset: .virgl2, name: "bench")
            var words: [UInt32] = [0]
            try renderer.submit(&words, to: Self.context)
            guard round > 0 else { continue }
            millis.append(Double(MonotonicClock.nowNanos &- began) / 1e6)
        }
        return millis
    }

    private func lose(_ renderer: IsolatedRenderer, _ wake: EventDescriptor) throws {
        let before = renderer.deaths
        kill(renderer.workerProcessID, SIGKILL)
        var ended: [EndedWork] = []
        while renderer.deaths == before {
            _ = wake.wait(timeoutMillis: 1000)
            renderer.takeEnded(into: &ended)
        }
    }
}
