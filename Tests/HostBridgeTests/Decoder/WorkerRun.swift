// The simulated stream through a session whose decoder runs in a worker, with the bytes of every
// picture that comes out.

import LinuxSystem
import ResourceRegistry
import SystemPackage
import Testing
import VirtioWire

// Swift Testing has an Attachment too.
import class ResourceRegistry.Attachment

@testable import HostBridge

final class WorkerRun {
    let buffers = Buffers()
    let session: DecodeSession
    private let wake: EventDescriptor
    private var attachments: [Attachment] = []
    private var format: PictureFormat?
    private(set) var pictures: [[UInt8]] = []
    private(set) var consumed: [Int64] = []
    private(set) var failures: [DecoderError] = []
    private(set) var isDrained = false

    static let units: [CodedUnit] = (0..<6).map { number in
        var buffer = WireBuffer(capacity: SimulatedUnit.sizeBytes)
        buffer.append(SimulatedUnit(width: 64, height: 48, number: UInt32(number)))
        return CodedUnit(bytes: buffer.array(), token: Int64(number))
    }

    init(_ options: CodecWorkerOptions?, _ behaviour: SimulatedBehaviour? = nil) throws {
        var held = SimulatedBehaviour()
        held.reordering = 1
        wake = try EventDescriptor()
        let description = SimulatedDecoder.describe(behaviour ?? held)
        session = try DecodeSession(
            options.map { description.placed(.isolated($0)) } ?? description, wake: wake)
    }

    deinit { session.close() }

    /// Takes what happens until `isEnough` holds; false when nothing came for a long time.
    func run(withinMillis millis: Int32 = 30_000, until isEnough: (WorkerRun) -> Bool) throws
        -> Bool
    {
        while true {
            for event in session.takeEvents() { try take(event) }
            if isEnough(self) { return true }
            guard wake.wait(timeoutMillis: millis) else { return false }
        }
    }

    /// Feeds all units and drains; false when it stood still.
    func play() throws -> Bool {
        for unit in Self.units { session.decode(unit) }
        guard try run(until: { !$0.failures.isEmpty || $0.consumed.count == Self.units.count })
        else { return false }
        session.drain()
        return try run(until: { !$0.failures.isEmpty || $0.isDrained })
    }

    private func take(_ event: DecodeEvent) throws {
        switch event {
        case .consumed(let unit, _): consumed.append(unit)
        case .sourceChange(let format, let minimumBuffers):
            self.format = format
            attachments = try (0..<(minimumBuffers + 2)).map { _ in
                try buffers.attach(sizeBytes: format.sizeBytes)
            }
            for index in attachments.indices { try queue(UInt32(index)) }
            session.startCapture(format, isDirect: true)
        case .picture(let filled):
            pictures.append(attachments[Int(filled.index)].memory.bytes())
            try queue(filled.index)
        case .last: isDrained = true
        case .failed(let error): failures.append(error)
        }
    }

    private func queue(_ index: UInt32) throws {
        session.queue(
            try buffers.surface(index, attachments[Int(index)]) { [weak session] in
                session?.leaseGranted()
            })
    }

    /// Closes; whether nothing is held any more.
    func closesCleanly() throws -> Bool {
        session.close()
        return buffers.registry.counters.leases == 0
    }
}
