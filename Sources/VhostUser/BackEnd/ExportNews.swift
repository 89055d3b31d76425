// What a device exports and takes back, on its way to the front-end's table of objects.

internal import LinuxSystem
public import ResourceRegistry
internal import VirtioWire

/// The domain that a served device belongs to, and its name there.
public struct ExportingDevice: Sendable {
    let domain: ResourceRegistry
    let name: String

    public init(domain: ResourceRegistry, name: String) {
        self.domain = domain
        self.name = name
    }
}

/// Exports and removals in their order, from any thread, until the device's thread takes them.
final class ExportNews: Sendable {
    struct Item: Equatable {
        let uuid: ResourceUUID
        let isExport: Bool
    }

    private let items = Monitor<[Item]>([])
    private let subscription = Monitor<Subscription?>(nil)

    /// - Parameter wake: signalled with each item.
    init(of device: ExportingDevice, wake: EventDescriptor) throws(RegistryError) {
        let items = self.items
        let name = device.name
        let made = try device.domain.subscribe { event in
            guard event.participant == name, let uuid = event.object else { return }
            switch event.kind {
            case .export: items.withLock { $0.append(Item(uuid: uuid, isExport: true)) }
            case .revoke: items.withLock { $0.append(Item(uuid: uuid, isExport: false)) }
            default: return
            }
            wake.signal()
        }
        subscription.withLock { $0 = made }
    }

    func take() -> [Item] {
        items.withLock { items in
            defer { items.removeAll() }
            return items
        }
    }
}
