// What a serving program tells of itself: for people as text, for programs as JSON.

import Foundation
import VhostUser
import VirtioWire

/// One device's part of it.
struct DeviceStatusReport: Codable, Equatable {
    struct Queue: Codable, Equatable {
        let index: Int
        let size: UInt32
        let started: Bool
        let enabled: Bool
        let held: Int
        let position: UInt32
        let badChains: UInt64
        let broken: Bool
    }

    let device: String
    let place: String
    /// Whether the device answered in time: one that does not is busy with a request.
    let answers: Bool
    let connected: Bool
    let connections: UInt64
    let messages: UInt64
    let features: String?
    let protocolFeatures: String
    let memoryRegions: Int
    let memoryBytes: UInt64
    let display: Bool
    let needsReset: Bool
    let queues: [Queue]
    /// The device's own counters, by name.
    let counters: [String: UInt64]

    init(
        device: String, place: String, _ report: BackEndReport?, counters: [String: UInt64]
    ) {
        let told = report ?? BackEndReport()
        self.device = device
        self.place = place
        answers = report != nil
        connected = told.isConnected
        connections = told.connections
        messages = told.messages
        features = told.features.map { "0x" + String($0, radix: 16) }
        protocolFeatures = "0x" + String(told.protocolFeatures, radix: 16)
        memoryRegions = told.memoryRegions
        memoryBytes = told.memoryBytes
        display = told.hasDisplay
        needsReset = told.needsReset
        queues = told.rings.enumerated().map { index, ring in
            Queue(
                index: index, size: ring.size, started: ring.isStarted, enabled: ring.isEnabled,
                held: ring.held, position: ring.position, badChains: ring.badChains,
                broken: ring.isBroken)
        }
        self.counters = counters
    }

    var text: String {
        var lines = ["\(device) at \(place)"]
        guard answers else { return lines[0] + "\n  busy: it does not answer now" }
        lines.append(
            connected
                ? "  front-end  connected, \(memoryBytes >> 20) MiB of guest memory in "
                    + "\(memoryRegions) regions, features \(features ?? "none yet")"
                    + (display ? ", a display" : "") + (needsReset ? ", needs a reset" : "")
                : "  front-end  none")
        lines.append("  so far     \(connections) front-ends, \(messages) messages")
        for queue in queues {
            lines.append(
                "  queue \(queue.index)    "
                    + (queue.started ? (queue.enabled ? "running" : "disabled") : "stopped")
                    + ", \(queue.size) entries, \(queue.held) held, at \(queue.position)"
                    + (queue.badChains > 0 ? ", \(queue.badChains) bad chains" : "")
                    + (queue.broken ? ", broken" : ""))
        }
        for (name, value) in counters.sorted(by: { $0.key < $1.key }) where value > 0 {
            lines.append("  \(name.padding(toLength: 10, withPad: " ", startingAt: 0)) \(value)")
        }
        return lines.joined(separator: "\n")
    }
}

/// The whole program's.
struct ServingReport {
    let pid: Int32
    let uptimeSeconds: UInt64
    let devices: [DeviceStatusReport]
    /// What the domain's registry says, in both styles.
    let domainText: String
    let domainJSON: String

    var text: String {
        "process \(pid), up \(uptimeSeconds) s\n"
            + devices.map(\.text).joined(separator: "\n") + "\n" + domainText
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let data = (try? encoder.encode(self.devices)) ?? Data("[]".utf8)
        let devices = String(decoding: data, as: UTF8.self)
        return "{\"pid\":\(pid),\"uptimeSeconds\":\(uptimeSeconds),\"devices\":\(devices),"
            + "\"domain\":\(domainJSON)}"
    }
}
