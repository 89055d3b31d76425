// The GPU device over a worker: what the guest sees when its renderer dies.

import Foundation
import HostBridge
import LinuxSystem
import Testing
import VirtioWire
import Virtqueue

@testable import VirtioDevices

@Suite("The GPU device over a worker", .serialized)
struct GPUIsolatedTests {
    private static var options: RendererWorkerOptions {
        var options = RendererWorkerOptions(executable: GPUMachine.workerProgram)
        options.stallNanos = 20_000_000_000
        options.startNanos = 60_000_000_000
        return options
    }

    private func run(_ body: (GPUMachine, IsolatedRenderer) throws -> Void) throws {
        var configuration = GPUConfiguration()
        configuration.rendering = .isolated(Self.options)
        try GPUMachine.run(configuration) { machine in
            try body(machine, try #require(machine.device.renderer as? IsolatedRenderer))
        }
    }

    /// A fenced, empty submit; its response is at the responses' address.
    private func enqueueFenced(_ machine: GPUMachine, fence: UInt64) throws {
        let submit = VirtioGPU.CmdSubmit(
            header: .init(
                type: .submit3D, flags: .fence, fenceID: fence, ctxID: ContextID(1)),
            size: 4)
        let bytes = encoded(submit) + [0, 0, 0, 0]
        try machine.bytes(at: GPUMachine.requests, count: bytes.count).write(bytes)
        try machine.bytes(at: GPUMachine.responses, count: 24).fill(0)
        try machine.control.add(
            readable: [segment(GPUMachine.requests, bytes.count)],
            writable: [segment(GPUMachine.responses, 24)])
        machine.host.serve(queue: 0)
    }

    @Test("A worker's death ends fences, forgets contexts and keeps 2D pictures [GPU-D-007]")
    func death() throws {
        try run { machine, renderer in
            try machine.createContext()
            _ = try machine.create2D(9, width: 16, height: 16)
            let image = try #require(machine.device.resources[ResourceID(9)])
            guard case .image(let pixels) = image.kind else {
                return #expect(Bool(false), "a 2D resource is an image")
            }
            pixels.memory.range.fill(0x77)
            kill(renderer.workerProcessID, SIGSTOP)
            try enqueueFenced(machine, fence: 41)
            #expect(try machine.control.takeUsed() == nil)
            kill(renderer.workerProcessID, SIGKILL)
            #expect(try machine.waitUntilUsed()?.len == 24)
            let reply = Reply(
                bytes: try machine.bytes(at: GPUMachine.responses, count: 24).bytes())
            #expect(reply.type == .errInvalidContextID)
            #expect(try reply.header.fenceID == 41)
            #expect(try reply.header.flags == .fence)
            // The old context is no more, the picture is, and a new context draws with it.
            #expect(try machine.submit([0]).type == .errInvalidContextID)
            #expect(pixels.memory.range.bytes().allSatisfy { $0 == 0x77 })
            try machine.createContext()
            #expect(try machine.submit([0]).type == .okNoData)
            let attach = VirtioGPU.CtxResource(
                header: .init(type: .ctxAttachResource, ctxID: ContextID(1)),
                resourceID: ResourceID(9))
            #expect(try machine.send(attach).type == .okNoData)
            try machine.device.readMirror(image, pixels)
            #expect(pixels.memory.range.bytes().allSatisfy { $0 == 0x77 })
        }
    }

    @Test("Two devices have a worker each, and one's death is nothing to the other")
    func twoDevices() throws {
        try run { first, firstRenderer in
            try run { second, secondRenderer in
                #expect(firstRenderer.workerProcessID != secondRenderer.workerProcessID)
                try first.createContext()
                try second.createContext()
                kill(firstRenderer.workerProcessID, SIGKILL)
                for _ in 0..<50 {
                    #expect(try second.submit([0]).type == .okNoData)
                }
                #expect(secondRenderer.workerGeneration == 1)
            }
        }
    }

    @Test("A reset leaves no worker that could touch guest memory, and the device starts anew")
    func reset() throws {
        try run { machine, renderer in
            try machine.createContext()
            let old = renderer.workerProcessID
            machine.host.write(status: [])
            // Reaped: the id is nobody's.
            #expect(kill(old, 0) == -1)
            try machine.start(features: GPUMachine.allFeatures)
            try machine.createContext()
            #expect(try machine.submit([0]).type == .okNoData)
        }
    }

    @Test("A stream that fails is answered with an error, fenced or not, and nothing else waits")
    func failure() throws {
        try run { machine, _ in
            try machine.createContext()
            let bad: [UInt32] = [0x0005_0801, 1, 0x7777, 67, 0, 0]
            #expect(try machine.submit(bad).type == .errUnspec)
            #expect(try machine.submit([0]).type == .errUnspec)
            try machine.createContext(2)
            #expect(try machine.submit([0], context: 2).type == .okNoData)
        }
    }
}
