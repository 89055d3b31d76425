// The devices of one guest, each served on a socket by a thread of its own: one domain.

import Foundation
import HostBridge
import LinuxSystem
import ResourceRegistry
import SystemPackage
import VhostUser
import VirtioDevices
import VirtioWire

/// A device and where its front-end comes from.
struct ServedEndpoint: Equatable {
    enum Place: Equatable {
        case path(String)
        case descriptor(Int32)
    }

    let device: ServedDevice
    let place: Place

    var text: String { "\(device.rawValue) on \(place.text)" }
}

extension ServedEndpoint.Place {
    var text: String {
        switch self {
        case .path(let path): path
        case .descriptor(let number): "descriptor \(number)"
        }
    }
}

/// Why a device cannot be served.
enum ServeError: Error, CustomStringConvertible {
    case cannotListen(String, Errno)
    case badDescriptor(Int32)
    case noDevice(String, any Error)
    case cannotConfine(Errno)
    case cannotJoin(DomainLinkError)
    case noLauncher(Errno)

    var description: String {
        switch self {
        case .cannotListen(let path, let error): "Cannot listen on \(path): \(error)."
        case .badDescriptor(let number): "Descriptor \(number) is not open."
        case .noDevice(let name, let error): "The \(name) device does not start: \(error)."
        case .cannotJoin(.folderNotPrivate(let folder)):
            "Others can reach \(folder.isEmpty ? "this folder" : folder), or it is not there: a "
                + "domain's socket wants a folder of mode 0700."
        case .cannotJoin(.system(let error)): "The domain cannot be joined: \(error)."
        case .cannotConfine(let error): "The process cannot be confined (--sandbox off): \(error)."
        case .noLauncher(let error): "Workers have nobody to start them: \(error)."
        }
    }
}

/// Serves one guest's devices until it is stopped.
final class DeviceServer {
    private let domain: ResourceRegistry
    /// To the process that serves the guest's other device, where there is one.
    private let link: DomainLink?
    private var listeners: [UnixListener] = []
    private var services: [Service] = []
    private let displayPath: String?
    private let workers: ServedWorkers

    /// A service, whatever its device.
    private struct Service: Sendable {
        let beginStop: @Sendable () -> Void
        let waitUntilEnded: @Sendable (UInt64) -> Bool
        let report: @Sendable () -> DeviceStatusReport
    }

    private var statusServers: [StatusServer] = []
    private let startedNanos = MonotonicClock.nowNanos
    /// How long a device may be busy before its status says so.
    private static let reportNanos: UInt64 = 500_000_000

    /// How long all devices together may take to end.
    private static let stopNanos: UInt64 = 10_000_000_000

    /// - Parameters:
    ///   - workers: where the renderer and the codecs run.
    ///   - display: where scanouts are shown that no front-end shows.
    ///   - place: where the process with the guest's other device is met.
    ///   - ended: signalled when a service has ended by itself.
    init(
        _ endpoints: [ServedEndpoint], _ limits: ServeLimits, workers: ServedWorkers,
        display: String? = nil, domain place: DomainPlace? = nil, log: ServeLog,
        ended: EventDescriptor
    ) throws {
        domain = ResourceRegistry(limits: limits.registry)
        displayPath = display
        self.workers = workers
        if let place {
            do throws(DomainLinkError) {
                link = try DomainLink(domain, at: place) { log.note($0) }
            } catch { throw ServeError.cannotJoin(error) }
        } else {
            link = nil
        }
        do {
            for endpoint in endpoints { try serve(endpoint, limits, log, ended) }
            for endpoint in endpoints { try tellStatus(of: endpoint) }
        } catch {
            _ = stop()
            throw error
        }
    }

    /// Whoever may connect to a device's socket may ask what it does.
    private func tellStatus(of endpoint: ServedEndpoint) throws(ServeError) {
        guard case .path(let path) = endpoint.place else { return }
        let (services, domain, started) = (services, domain, startedNanos)
        let place = StatusServer.path(beside: path)
        do throws(Errno) {
            statusServers.append(
                try StatusServer(path: place) {
                    ServingReport(
                        pid: ProcessInfo.processInfo.processIdentifier,
                        uptimeSeconds: (MonotonicClock.nowNanos &- started) / 1_000_000_000,
                        devices: services.map { $0.report() }, domainText: domain.report(.text),
                        domainJSON: domain.report(.json))
                })
        } catch { throw .cannotListen(place, error) }
    }

    private func serve(
        _ endpoint: ServedEndpoint, _ limits: ServeLimits, _ log: ServeLog,
        _ ended: EventDescriptor
    ) throws {
        let place = try open(endpoint.place)
        let domain = self.domain
        switch endpoint.device {
        case .gpu:
            let made: GPUConfiguration = workers.configuration(limits, log)
            let display = DisplayChannel(fallbackPath: displayPath)
            try add(endpoint, place, limits, log, ended, display: display) {
                try GPUDevice(configuration: made, domain: domain, display: display)
            } close: {
                $0.close()
            } count: {
                [
                    "commands": $0.counters.commandsInAll, "errors": $0.counters.errorsInAll,
                    "held bytes": $0.rendererBytesInUse, "uploaded": $0.uploadedBytes,
                    "renderer deaths": $0.rendererDeaths,
                ]
            }
        case .media:
            let made: MediaConfiguration = workers.configuration(limits)
            try add(endpoint, place, limits, log, ended) {
                try MediaDevice(configuration: made, domain: domain)
            } count: {
                let done = $0.statistics
                return ["pictures": UInt64(clamping: done.pictures)]
            }
        }
    }

    private func open(_ place: ServedEndpoint.Place) throws(ServeError) -> BackEndEndpoint {
        switch place {
        case .path(let path):
            do throws(Errno) {
                let listener = try UnixListener(path: path)
                listeners.append(listener)
                return .listener(listener)
            } catch { throw .cannotListen(path, error) }
        case .descriptor(let number):
            let owned = OwnedDescriptor(taking: FileDescriptor(rawValue: number))
            do throws(Errno) { try owned.setCloseOnExec() } catch { throw .badDescriptor(number) }
            return .connected(owned.release())
        }
    }

    private func add<Device: VirtioDevice>(
        _ endpoint: ServedEndpoint, _ place: BackEndEndpoint, _ limits: ServeLimits,
        _ log: ServeLog, _ ended: EventDescriptor, display: DisplayChannel? = nil,
        make: @escaping @Sendable () throws -> Device,
        close: @escaping @Sendable (Device) -> Void = { _ in },
        count: @escaping @Sendable (Device) -> [String: UInt64]
    ) throws {
        var backEndLimits = BackEndLimits()
        backEndLimits.drainMillis = limits.drainMillis
        backEndLimits.spinMicros = limits.spinMicros
        let name = endpoint.device.rawValue
        // The names under which both devices join the domain.
        let exporting = ExportingDevice(
            domain: domain, name: "virtio-\(name)", link: link)
        let isOnly = if case .connected = place { true } else { false }
        do {
            let service = try BackEndService(
                name: "virtio-\(name)", endpoint: place, limits: backEndLimits,
                display: display, exporting: exporting, make: make, close: close
            ) { event in
                log.note(event, of: name)
                if isOnly, case .disconnected = event { ended.signal() }
            } onRequest: { number in
                log.debug("\(name): \(VhostUser.FrontEndRequest(number))")
            }
            services.append(
                Service(
                    beginStop: { service.beginStop() },
                    waitUntilEnded: { service.waitUntilEnded(untilNanos: $0) },
                    report: {
                        let deadline = MonotonicClock.nowNanos &+ Self.reportNanos
                        let report = service.report(untilNanos: deadline)
                        let counters = report == nil ? [:] : service.onDeviceThread(count) ?? [:]
                        return DeviceStatusReport(
                            device: name, place: endpoint.place.text, report, counters: counters)
                    }))
        } catch { throw ServeError.noDevice(name, error) }
    }

    /// Whether the domain's other process has to be connected to again when it has gone.
    var connectsAgain: Bool { link?.connectsAgain ?? false }

    /// Ends all connections and devices; false when one did not end in time.
    func stop() -> Bool {
        for service in services { service.beginStop() }
        let deadline = MonotonicClock.nowNanos &+ Self.stopNanos
        return services.allSatisfy { $0.waitUntilEnded(deadline) }
    }

    /// For a program that ends without waiting for its devices.
    func removeSockets() {
        for listener in listeners { listener.removePath() }
        for server in statusServers { server.removeSocket() }
    }
}

extension ServeLog {
    func note(_ event: DomainLinkEvent) {
        switch event {
        case .joined: info("domain: another process has joined")
        case .left(.peerGone): info("domain: the other process has gone")
        case .left(let error): self.error("domain: the other process is dropped: \(error)")
        }
    }

    func note(_ event: BackEndEvent, of device: String) {
        switch event {
        case .connected: info("\(device): a front-end is connected")
        case .disconnected(.peerGone): info("\(device): the front-end has gone")
        case .disconnected(let error): self.error("\(device): connection dropped: \(error)")
        case .cannotAccept(let error): self.error("\(device): cannot take a connection: \(error)")
        case .cannotReset:
            self.error("\(device): waiting until others let go of what was shared")
        }
    }

}
