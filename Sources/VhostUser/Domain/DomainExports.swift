// What the other process has of this one's objects. [DOM-003] [DOM-005] [DOM-006]
// Invariant: the other process holds here what an importer would, and no more: what is taken back is
// taken back at once, whatever it does. Its own mapping is its own, as a descriptor's is.

internal import LinuxSystem
internal import ResourceRegistry
internal import SystemPackage
internal import VirtioWire

/// The exporting side of one connection. Owned by the link's thread.
final class DomainExports {
    private let domain: ResourceRegistry
    /// Stands for the other process.
    private let peer: Participant
    private let post: @Sendable (DomainMessage) -> Void
    /// Look-ups whose objects were taken back, told by whoever did.
    private let takenBack = Monitor<[(number: UInt64, reason: DomainMessage.Reason)]>([])
    private let wake: EventDescriptor
    private var attachments: [UInt64: Attachment] = [:]
    private var leases: [UInt64: (lease: Lease, handle: UInt64)] = [:]
    /// Numbers are given once, upwards. [DOM-002]
    private var lastNumber: UInt64 = 0

    static let attachmentsMax = 1024
    static let leasesMax = 4096

    init(
        _ domain: ResourceRegistry, peer: Participant, wake: EventDescriptor,
        post: @escaping @Sendable (DomainMessage) -> Void
    ) {
        self.domain = domain
        self.peer = peer
        self.wake = wake
        self.post = post
    }

    /// What is answered to a look-up, with a descriptor where there is one. [DOM-003]
    struct Answer: ~Copyable {
        var message: DomainMessage
        var file: OwnedDescriptor?
    }

    func lookUp(_ asked: DomainMessage) throws(VhostUserError) -> Answer {
        try take(asked.number)
        var message = DomainMessage(.found, number: asked.number, uuid: asked.uuid)
        do throws(RegistryError) {
            let attachment = try attach(asked)
            guard let file = domain.duplicateFile(of: attachment.object) else {
                throw .needsCopy
            }
            attachments[asked.number] = attachment
            message.extra = attachment.object.sizeBytes
            return Answer(message: message, file: file)
        } catch {
            let outcome: DomainMessage.Outcome = error == .needsCopy ? .needsCopy : .unknown
            message.value = outcome.rawValue
            return Answer(message: message)
        }
    }

    private func attach(_ asked: DomainMessage) throws(RegistryError) -> Attachment {
        guard attachments.count < Self.attachmentsMax else { throw .outOfQuota }
        // What came from another process is not passed on: that one is asked itself.
        guard try !domain.object(named: asked.uuid, for: peer).isForeign else {
            throw .unknownObject
        }
        let (takenBack, wake, number) = (takenBack, wake, asked.number)
        return try domain.attach(asked.uuid, by: peer, direction: .readWrite) { reason in
            takenBack.withLock { $0.append((number, DomainMessage.Reason(reason))) }
            wake.signal()
        }
    }

    private func take(_ number: UInt64) throws(VhostUserError) {
        guard number > lastNumber else { throw .malformed }
        lastNumber = number
    }

    func ask(_ asked: DomainMessage) throws(VhostUserError) {
        try take(asked.number)
        guard asked.value <= 1, leases.count < Self.leasesMax else { throw .malformed }
        // Taken back while the request was under way: the other process hears of that.
        guard let attachment = attachments[asked.extra] else { return }
        let (post, number) = (post, asked.number)
        do throws(RegistryError) {
            let lease = try attachment.requestLease(asked.value == 1 ? .write : .read) {
                post(DomainMessage(.granted, number: number))
            }
            leases[number] = (lease, asked.extra)
            if lease.isGranted { post(DomainMessage(.granted, number: number)) }
        } catch {
            takeBack(asked.extra, .takenBack)
        }
    }

    func end(_ number: UInt64) { leases.removeValue(forKey: number)?.lease.end() }

    func downgrade(_ number: UInt64) { leases[number]?.lease.downgradeToRead() }

    func drop(_ handle: UInt64) {
        guard let attachment = attachments.removeValue(forKey: handle) else { return }
        for (number, entry) in leases where entry.handle == handle {
            leases[number] = nil
            entry.lease.end()
        }
        attachment.detach()
    }

    /// Tells the other process what was taken back since the last time.
    func tellTakenBack() {
        let all = takenBack.withLock { all in
            defer { all = [] }
            return all
        }
        for (number, reason) in all { takeBack(number, reason) }
    }

    private func takeBack(_ handle: UInt64, _ reason: DomainMessage.Reason) {
        guard attachments[handle] != nil else { return }
        drop(handle)
        post(DomainMessage(.revoked, number: handle, value: reason.rawValue))
    }
}
