// Workers that are started by a process beside this one, as for a program that has given up starting
// any.

import Foundation
import LinuxSystem
import Testing
import VirtioWire

@testable import HostBridge

@Suite("A launcher of workers", .serialized)
struct LauncherTests {
    private func options(keepsSpare: Bool = false) throws -> RendererWorkerOptions {
        var options = RendererWorkerOptions.test
        options.launcher = try RendererWorkerLauncher(.test)
        options.keepsSpare = keepsSpare
        return options
    }

    private func line(_ process: Int32, _ file: String, _ name: String) throws -> String {
        let text = try String(contentsOfFile: "/proc/\(process)/\(file)", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
        return String(try #require(line).dropFirst(name.count))
    }

    /// Waits, bounded, until there is no such process; zombies are of their parent's.
    private func isGone(_ process: Int32) -> Bool {
        let never = try? EventDescriptor()
        let end = MonotonicClock.nowNanos + 20_000_000_000
        while MonotonicClock.nowNanos < end {
            if kill(process, 0) != 0 { return true }
            _ = never?.wait(timeoutMillis: 5)
        }
        return false
    }

    @Test("starts the first one and those after it, and reaps each", arguments: [false, true])
    func lives(keepsSpare: Bool) throws {
        try IsolatedRenderer.run(try options(keepsSpare: keepsSpare)) { renderer, _ in
            var parents: Set<String> = []
            for life in 1...4 {
                try renderer.createContext(ContextID(1), capset: .virgl2, name: "")
                var words: [UInt32] = [0]
                try renderer.submit(&words, to: ContextID(1))
                #expect(renderer.workerGeneration == UInt64(life))
                let old = renderer.workerProcessID
                parents.insert(try line(old, "status", "PPid:"))
                renderer.signalWorker(SIGKILL)
                try renderer.waitForDeath()
                #expect(isGone(old))
            }
            let own = ProcessInfo.processInfo.processIdentifier
            #expect(parents.count == 1 && !parents.contains("\t\(own)"))
        }
    }

    @Test("limits a worker's memory, also once guest memory has come")
    func limits() throws {
        var options = try options()
        options.addressSpaceBytes = 5 << 30
        try IsolatedRenderer.run(options) { renderer, _ in
            func limit() throws -> UInt64? {
                let fields = try line(renderer.workerProcessID, "limits", "Max address space")
                return fields.split(separator: " ").first.flatMap { UInt64($0) }
            }
            #expect(try limit() == 5 << 30)
            let guest = try Guest()
            try renderer.createResource(ResourceID(1), .texture(8, 8))
            try renderer.attachBacking(ResourceID(1), guest.list([(0, 256)]))
            #expect(try limit() == (5 << 30) + UInt64(guest.shared.sizeBytes))
        }
    }

    @Test("that is killed takes its workers along: there is no renderer, and nobody waits")
    func killed() throws {
        try IsolatedRenderer.run(try options()) { renderer, wake in
            try renderer.createContext(ContextID(1), capset: .virgl2, name: "")
            let fence = try renderer.createFence(on: ContextID(1))
            let launcher = try #require(
                Int32(try line(renderer.workerProcessID, "status", "PPid:\t")))
            renderer.signalWorker(SIGSTOP)
            kill(launcher, SIGKILL)
            _ = try renderer.wait(for: fence, wake)
            #expect(throws: RendererError.unavailable) {
                try renderer.createContext(ContextID(2), capset: .virgl2, name: "")
            }
        }
    }

    @Test("ends with its owner, and with it what it has started")
    func end() throws {
        var worker: Int32 = 0
        do {
            let options = try options()
            let wake = try EventDescriptor()
            let renderer = try IsolatedRenderer(wake: wake, options: options)
            worker = renderer.workerProcessID
            #expect(kill(worker, 0) == 0)
            renderer.close()
        }
        #expect(isGone(worker))
    }

    @Test("knows one program: what does not start is no renderer")
    func wrongProgram() throws {
        var options = RendererWorkerOptions.test
        var wrong = options
        wrong.executable = "/nonexistent"
        options.launcher = try RendererWorkerLauncher(wrong)
        #expect(throws: RendererError.unavailable) {
            try IsolatedRenderer.run(options) { _, _ in }
        }
    }

    @Test("The worker ends with the thread that it works for, also one that is stuck")
    func orphan() throws {
        let made = Monitor<WorkerProcess?>(nil)
        let mayEnd = Monitor(false)
        let thread = try WorkerThread(name: "owner") {
            guard let wake = try? EventDescriptor(),
                let worker = try? WorkerProcess(.test, wake: wake)
            else { return }
            let end = MonotonicClock.nowNanos + 60_000_000_000
            while worker.channel.flag(ChannelLayout.isReady) == 0, !worker.isDead,
                MonotonicClock.nowNanos < end
            {
                worker.channel.sleep(while: 0, nanos: 1_000_000)
            }
            // One that never looks at its socket again.
            kill(worker.processID, SIGSTOP)
            made.update { $0 = worker }
            _ = mayEnd.wait { $0 ? true : nil }
        }
        let bound = MonotonicClock.nowNanos + 90_000_000_000
        let worker = try #require(made.wait(untilNanos: bound) { $0 })
        #expect(kill(worker.processID, 0) == 0)
        mayEnd.update { $0 = true }
        thread.join()
        #expect(isGone(worker.processID))
        worker.close()
    }
}
