// What a device exports and takes back, on its way to the front-end's table of objects.

internal import LinuxSystem
public import ResourceRegistry
internal import VirtioWire

/// The domain that a served device belongs to, and its name there.
public struct ExportingDevice: Sendable {
    let domain: ResourceRegistry
    let name: String
    /// To the domain's other process, where there is one.
    let link: DomainLink?

    public init(domain: ResourceRegistry, name: String, link: DomainLink? = nil) {
        self.domain = domain
        self.name = name
        self.link = link
    }
}

/// Exports and removals in their order. Those of the device's own thread are told where they happen,
/// so that the guest hears of an export after the front-end; others wait until that thread takes
/// them.
final class ExportNews: Sendable {
    struct Item: Equatable {
        let uuid: ResourceUUID
        let isExport: Bool
    }

    private let items = Monitor<[Item]>([])
    private let subscription = Monitor<Subscription?>(nil)
    private let teller = Teller()

    /// Used on the device's thread only.
    private final class Teller: @unchecked Sendable {
        let thread = WorkerThread.current
        var tell: ((Item) -> Void)?
    }

    /// Called on the device's thread.
    ///
    /// - Parameter wake: signalled with each item that waits.
    init(of device: ExportingDevice, wake: EventDescriptor) throws(RegistryError) {
        let (items, teller) = (items, teller)
        let name = device.name
        let made = try device.domain.subscribe { event in
            guard event.participant == name, let uuid = event.object else { return }
            let item: Item
            switch event.kind {
            case .export: item = Item(uuid: uuid, isExport: true)
            case .revoke: item = Item(uuid: uuid, isExport: false)
            default: return
            }
            if teller.thread == WorkerThread.current, let tell = teller.tell { return tell(item) }
            items.withLock { $0.append(item) }
            wake.signal()
        }
        subscription.withLock { $0 = made }
    }

    /// On the device's thread: what hears of that thread's own items.
    func onOwn(_ tell: ((Item) -> Void)?) { teller.tell = tell }

    func take() -> [Item] {
        items.withLock { items in
            defer { items.removeAll() }
            return items
        }
    }
}
