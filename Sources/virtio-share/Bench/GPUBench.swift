// The GPU device's commands, measured through its queues: a driver on this thread, the device on its
// own.

import Foundation
import GuestDriver
import LinuxSystem
import ResourceRegistry
import VirtioDevices
import VirtioWire
import Virtqueue

/// Rates of commands and of uploads, and uploads beside a plain copy of the same bytes.
final class GPUBench {
    private let rounds: Int
    private let machine: GuestMachine
    private let driver: GPUDriver
    private let context = ContextID(1)

    /// Chains in flight at once: a guest that does not wait for each.
    private static let batch = 64
    private static let uploadsInFlight = 20

    init(rounds: Int) throws {
        self.rounds = rounds
        machine = try GuestMachine()
        let transport = try InProcessTransport(
            name: "gpu", memory: machine.memory, queueCount: 2,
            make: { try GPUDevice(domain: ResourceRegistry()) }, close: { $0.close() })
        driver = try GPUDriver(transport, machine: machine)
        try driver.createContext(context, capset: .virgl2, name: "bench")
    }

    func run() throws {
        print("GPU commands through the queues, in process, \(Self.batch) in flight:")
        try commands()
        print("Uploads of one 1080p picture, \(Self.uploadsInFlight) in flight:")
        try uploads()
        driver.device.reset()
    }

    // MARK: Commands

    private func commands() throws {
        let pages = try machine.allocate(64 * 64 * 4)
        let rect = VirtioGPU.Rect(width: 64, height: 64)
        let (image, texture) = (driver.newResourceID(), driver.newResourceID())
        try driver.createResource2D(image, format: .b8g8r8x8Unorm, width: 64, height: 64)
        try driver.attachBacking(image, [pages.segment])
        try makeTexture(texture, width: 64, height: 64)
        try driver.attachBacking(texture, [pages.segment])
        let firstID: UInt32 = 1000
        try row("create and unref, 2D 64x64", bytesEach: 0) { index in
            let id = ResourceID(firstID + UInt32(index / 2))
            return index % 2 == 0
                ? self.request(
                    VirtioGPU.ResourceCreate2D(
                        resourceID: id, format: .b8g8r8x8Unorm, width: 64, height: 64))
                : self.request(VirtioGPU.ResourceUnref(resourceID: id))
        }
        try row("create and unref, 3D 64x64", bytesEach: 0) { index in
            let id = ResourceID(firstID + UInt32(index / 2))
            return index % 2 == 0
                ? self.request(Self.texture(id, width: 64, height: 64))
                : self.request(VirtioGPU.ResourceUnref(resourceID: id))
        }
        try row("transfer 64x64, 2D, fenced", bytesEach: 64 * 64 * 4) { index in
            self.request(
                VirtioGPU.TransferToHost2D(
                    header: .init(
                        type: .transferToHost2D, flags: .fence, fenceID: UInt64(index)), r: rect,
                    resourceID: image))
        }
        try row("transfer 64x64, 3D, fenced", bytesEach: 64 * 64 * 4) { index in
            self.request(
                VirtioGPU.TransferHost3D(
                    header: .init(
                        type: .transferToHost3D, flags: .fence, fenceID: UInt64(index)),
                    box: VirtioGPU.Box(w: 64, h: 64), resourceID: texture))
        }
        try row("submit of one word, fenced", bytesEach: 0) { index in
            self.request(
                VirtioGPU.CmdSubmit(
                    header: .init(
                        type: .submit3D, flags: .fence, fenceID: UInt64(index),
                        ctxID: self.context), size: 4), tail: [0, 0, 0, 0])
        }
        machine.free(pages)
    }

    private func request<M: WireMessage>(_ message: M, tail: [UInt8] = []) -> WireBuffer {
        var buffer = WireBuffer(capacity: M.sizeBytes + tail.count)
        buffer.append(message)
        buffer.append(contentsOf: tail)
        return buffer
    }

    /// Sends batches of commands and prints how many a second were answered.
    private func row(
        _ name: String, bytesEach: Int, _ make: (Int) -> WireBuffer
    ) throws {
        var rates: [Double] = []
        let batches = 40
        // One round that does not count.
        for round in 0...rounds {
            let began = MonotonicClock.nowNanos
            for _ in 0..<batches { try sendBatch(make) }
            guard round > 0 else { continue }
            rates.append(
                Double(batches * Self.batch) * 1e9
                    / Double(max(1, MonotonicClock.nowNanos &- began)))
        }
        let rate = Self.median(rates)
        let volume =
            bytesEach == 0
            ? "" : String(format: "%8.0f MiB/s", rate * Double(bytesEach) / 1_048_576)
        print(
            "  " + name.padding(toLength: 34, withPad: " ", startingAt: 0)
                + String(format: "%9.0f commands/s", rate) + volume)
    }

    private func sendBatch(of count: Int = batch, _ make: (Int) -> WireBuffer) throws {
        var tickets: [Ticket] = []
        tickets.reserveCapacity(count)
        for index in 0..<count {
            tickets.append(
                try driver.device.send(
                    make(index), responseBytes: VirtioGPU.ControlHeader.sizeBytes,
                    queue: VirtioGPU.controlQueue))
        }
        for ticket in tickets {
            let answer = try driver.device.wait(for: ticket)
            guard answer.count == VirtioGPU.ControlHeader.sizeBytes, answer[1] == 0x11 else {
                throw DriverError.badResponse
            }
        }
    }

    // MARK: Uploads

    /// One 1080p picture, again and again. OpenGL's own order of the bytes reaches a texture as it
    /// is; Mesa turns every pixel of the other one round.
    private func uploads() throws {
        let (width, height): (UInt32, UInt32) = (1920, 1080)
        let bytes = Int(width * height * 4)
        let pages = try machine.allocate(bytes)
        let other = try machine.allocate(bytes)
        machine.range(of: pages).fill(0x55)
        let rect = VirtioGPU.Rect(width: width, height: height)
        let box = VirtioGPU.Box(w: width, h: height)
        let image = driver.newResourceID()
        try driver.createResource2D(image, format: .b8g8r8x8Unorm, width: width, height: height)
        try driver.attachBacking(image, [pages.segment])
        var rows: [(name: String, work: () throws -> Void, times: [Double])] = [
            (
                "memcpy",
                {
                    for _ in 0..<Self.uploadsInFlight {
                        self.machine.range(of: other).copyBytes(from: self.machine.range(of: pages))
                    }
                }, []
            ),
            (
                "TRANSFER_TO_HOST_2D",
                {
                    try self.sendBatch(of: Self.uploadsInFlight) { _ in
                        self.request(VirtioGPU.TransferToHost2D(r: rect, resourceID: image))
                    }
                }, []
            ),
        ]
        for (name, format) in [
            ("TRANSFER_TO_HOST_3D, R8G8B8A8", VirtioGPU.Format.r8g8b8a8Unorm),
            ("TRANSFER_TO_HOST_3D, B8G8R8A8", .b8g8r8a8Unorm),
        ] {
            let texture = driver.newResourceID()
            try makeTexture(texture, format, width: width, height: height)
            try driver.attachBacking(texture, [pages.segment])
            rows.append(
                (
                    name,
                    {
                        try self.sendBatch(of: Self.uploadsInFlight) { _ in
                            self.request(
                                VirtioGPU.TransferHost3D(
                                    header: .init(type: .transferToHost3D), box: box,
                                    resourceID: texture))
                        }
                    }, []
                ))
        }
        // One round that does not count.
        for round in 0...rounds {
            for index in rows.indices {
                let time = try seconds(rows[index].work) / Double(Self.uploadsInFlight)
                if round > 0 { rows[index].times.append(time) }
            }
        }
        for row in rows {
            let time = Self.median(row.times)
            let ratio = Self.median(zip(row.times, rows[0].times).map { $0 / $1 })
            print(
                "  " + row.name.padding(toLength: 34, withPad: " ", startingAt: 0)
                    + String(
                        format: "%9.0f us  %8.0f MiB/s  %5.2f of memcpy", time * 1e6,
                        Double(bytes) / 1_048_576 / time, ratio))
        }
    }

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let began = MonotonicClock.nowNanos
        try body()
        return Double(MonotonicClock.nowNanos &- began) / 1e9
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    private static func texture(
        _ id: ResourceID, _ format: VirtioGPU.Format = .b8g8r8a8Unorm, width: UInt32,
        height: UInt32
    ) -> VirtioGPU.ResourceCreate3D {
        VirtioGPU.ResourceCreate3D(
            resourceID: id, target: 2, format: format.rawValue, bind: 0xa, width: width,
            height: height)
    }

    private func makeTexture(
        _ id: ResourceID, _ format: VirtioGPU.Format = .b8g8r8a8Unorm, width: UInt32,
        height: UInt32
    ) throws {
        let ticket = try driver.device.send(
            request(Self.texture(id, format, width: width, height: height)),
            responseBytes: VirtioGPU.ControlHeader.sizeBytes, queue: VirtioGPU.controlQueue)
        guard try driver.device.wait(for: ticket).dropFirst().first == 0x11 else {
            throw DriverError.badResponse
        }
    }
}
