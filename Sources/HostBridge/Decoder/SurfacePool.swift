// The CAPTURE buffers of one session, between the device's thread and the codec's threads.
// Invariant: a surface is in exactly one place: waiting, with the codec, or given back.

internal import LinuxSystem
internal import ResourceRegistry

/// Where a codec gets its surfaces from, and waits for them.
final class SurfacePool: Sendable {
    /// A codec that holds all it said it would need waits this long for more before it decodes
    /// into its own memory.
    static let patienceNanos: UInt64 = 200_000_000

    struct State {
        /// What the current buffers are laid out as; nil until the guest streams CAPTURE.
        var format: PictureFormat?
        var isDirect = true
        var isInterrupted = false
        /// Queued and not with the codec, in order.
        var waiting: [Surface] = []
        /// Being decoded into, or held as a reference, and not yet output.
        var inCodec: [ObjectIdentifier: Surface] = [:]
        /// Output, and still held by the codec as a reference.
        var references: [ObjectIdentifier: Surface] = [:]
        /// Surfaces that the codec has, those of before the last stop included.
        var held = 0
        /// Being copied into.
        var copying = 0
        /// Nanoseconds that codec threads waited here.
        var waitNanos: UInt64 = 0
        /// How often all buffers were taken back: what was got before is of no use after.
        var era = 0
        /// How often that has ended a drain.
        var drainsEnded = 0
        /// The guest has been told of a layout and has not said yet that it goes on.
        var needsRestart = false
        /// Somebody wants to hear when the codec waits.
        var isWatched = false
        /// Codec threads that wait here: they write nothing meanwhile.
        var parked = 0

        /// The first surface that nobody reads any more.
        fileprivate mutating func takeGranted(where isWanted: (Surface) -> Bool = { _ in true })
            -> Surface?
        {
            guard let index = waiting.firstIndex(where: { isWanted($0) && $0.isGranted }) else {
                return nil
            }
            return waiting.remove(at: index)
        }
    }

    let state = Monitor(State())
    /// Called when a codec's thread begins to wait, or has done copying. Under the pool's lock: it
    /// takes no other.
    private let onParked: @Sendable () -> Void

    init(onParked: @escaping @Sendable () -> Void = {}) { self.onParked = onParked }

    /// Waits as `state.wait`, and is known to wait.
    private func wait<R>(untilNanos deadline: UInt64 = 0, for body: (inout State) -> R?) -> R? {
        var isParked = false
        let result = state.wait(untilNanos: deadline) { state -> R? in
            let result = body(&state)
            if result == nil, !isParked {
                isParked = true
                state.parked += 1
                if state.isWatched { onParked() }
            } else if result != nil, isParked {
                isParked = false
                state.parked -= 1
            }
            return result
        }
        if isParked { state.withLock { $0.parked -= 1 } }
        return result
    }

    /// Waits until a moment of the monotonic clock; false when interrupted before.
    func pause(untilNanos deadline: UInt64) -> Bool {
        wait(untilNanos: deadline) { $0.isInterrupted ? false : nil } ?? true
    }

    // MARK: The device's side

    func start(_ format: PictureFormat, isDirect: Bool) {
        state.update { state in
            state.format = format
            state.isDirect = isDirect
            state.needsRestart = false
            state.isWatched = false
        }
    }

    /// The guest was told of a layout: nothing more is put into buffers before ``start(_:isDirect:)``.
    func requireRestart() { state.withLock { $0.needsRestart = true } }

    /// Whether no picture of the codec's is on its way out.
    var isEmptied: Bool { state.withLock { $0.inCodec.isEmpty && $0.copying == 0 } }

    /// Whether a codec's thread waits here, and none copies.
    var isParked: Bool { state.withLock { $0.parked > 0 && $0.copying == 0 } }
    var isCopying: Bool { state.withLock { $0.copying > 0 } }

    /// Whether an object that was taken back is still to be written or referred to.
    var usesRevoked: Bool {
        state.withLock { state in
            state.waiting.contains(where: \.isRevoked)
                || state.inCodec.values.contains(where: \.isRevoked)
                || state.references.values.contains(where: \.isRevoked)
        }
    }

    func queue(_ surface: Surface) { state.update { $0.waiting.append(surface) } }

    /// A lease was granted: look again.
    func leaseGranted() { state.update { _ in } }

    /// Takes all buffers back (STREAMOFF). What the codec still holds stays mapped but is nobody's
    /// buffer any more. Returns when nothing is being copied into guest pages, with the number of
    /// the era that begins.
    ///
    /// - Parameter next: the layout last announced. When it is another one than the buffers had, the
    ///   guest makes room for it, and a drain goes on.
    @discardableResult func stop(next: PictureFormat? = nil) -> (era: Int, drainGoesOn: Bool) {
        let answer = beginStop(next: next)
        _ = state.wait { $0.copying == 0 ? true : nil }
        return (answer.era, answer.drainGoesOn)
    }

    struct Stop {
        let era: Int
        let drainGoesOn: Bool
        /// The codec had buffers that it may still write to.
        let wasInUse: Bool
    }

    /// The same without waiting for what is being copied: that goes on until ``isCopying`` is false.
    func beginStop(next: PictureFormat? = nil) -> Stop {
        let (dropped, stop) = state.update { state in
            defer {
                state.waiting.removeAll()
                state.inCodec.removeAll()
                state.format = nil
            }
            state.isWatched = true
            let current = state.format ?? next
            let goesOn = next.map { current?.holds($0) == false } ?? false
            state.era += 1
            if !goesOn, state.format != nil { state.drainsEnded += 1 }
            let stop = Stop(
                era: state.era, drainGoesOn: goesOn || state.format == nil,
                wasInUse: !state.inCodec.isEmpty || state.copying > 0)
            return (state.waiting, stop)
        }
        for surface in dropped { surface.endLeases() }
        return stop
    }

    /// A drain that begins now is over when this has changed.
    var drainsEnded: Int { state.withLock { $0.drainsEnded } }

    /// Ends every wait, now and until it is unset.
    func setInterrupted(_ value: Bool) { state.update { $0.isInterrupted = value } }

    // MARK: The codec's side

    /// A surface to decode into.
    func acquire(_ format: PictureFormat, minimumCount: Int) -> SurfaceOffer {
        let began = MonotonicClock.nowNanos
        let offer = wait(untilNanos: began &+ Self.patienceNanos) { state in
            Self.offer(&state, format)
        }
        if let offer {
            addWait(since: began)
            return offer
        }
        // Nothing came back in time. Wait on while the guest has more than it was promised.
        let patient = wait { state -> SurfaceOffer? in
            if let offer = Self.offer(&state, format) { return offer }
            return state.held >= minimumCount ? .ownMemory : nil
        }
        addWait(since: began)
        return patient ?? .stop
    }

    private static func offer(_ state: inout State, _ format: PictureFormat) -> SurfaceOffer? {
        if state.isInterrupted { return .stop }
        // Stopped, copying by choice, or laid out for another picture.
        guard state.isDirect, !state.needsRestart, let current = state.format,
            current.holds(format)
        else {
            return .ownMemory
        }
        guard let surface = state.takeGranted(where: { $0.copyReason == nil }) else {
            // Those that are copied into are not to be waited past.
            return state.waiting.contains { $0.copyReason != nil } ? .ownMemory : nil
        }
        state.inCodec[ObjectIdentifier(surface)] = surface
        state.held += 1
        return .surface(surface)
    }

    private func addWait(since began: UInt64) {
        let waited = MonotonicClock.nowNanos &- began
        state.withLock { $0.waitNanos &+= waited }
    }

    /// The era, if the surface is still the session's and goes out for the first time; it is the
    /// guest's from here on, and the codec may only read it.
    func output(_ surface: Surface) -> Int? {
        let era = state.update { state -> Int? in
            guard state.inCodec.removeValue(forKey: ObjectIdentifier(surface)) != nil else {
                return nil
            }
            state.references[ObjectIdentifier(surface)] = surface
            return state.era
        }
        // The write lease becomes a read lease while the codec refers to the picture. [SYNC-5]
        if era != nil { surface.downgradeToRead() }
        return era
    }

    /// Whether the picture in the surface is out already, and may be shown once more.
    func isOut(_ surface: Surface) -> Bool {
        state.withLock { $0.references[ObjectIdentifier(surface)] != nil }
    }

    /// The codec has let go: a surface that never went out waits again.
    func codecReleased(_ surface: Surface) {
        let isDone = state.update { state in
            state.held -= 1
            if state.inCodec.removeValue(forKey: ObjectIdentifier(surface)) != nil {
                state.waiting.insert(surface, at: 0)
                return false
            }
            state.references.removeValue(forKey: ObjectIdentifier(surface))
            return true
        }
        if isDone { surface.endLeases() }
    }

    /// Waits for a buffer of the current format to put something in that was not decoded in place;
    /// `fill` runs without the lock. Nil when interrupted, or when `isWanted` no longer holds.
    func withBuffer<R>(
        while isWanted: (inout State) -> Bool, fill: (Surface, PictureFormat) -> R
    ) -> (era: Int, result: R)? {
        let began = MonotonicClock.nowNanos
        let taken = wait { state -> (Surface, PictureFormat, Int)?? in
            if state.isInterrupted || !isWanted(&state) { return .some(nil) }
            guard let format = state.format, let surface = state.takeGranted() else { return nil }
            state.copying += 1
            return (surface, format, state.era)
        }
        addWait(since: began)
        guard let (surface, format, era) = taken ?? nil else { return nil }
        let result = fill(surface, format)
        surface.endLeases()
        state.update { state in
            state.copying -= 1
            if state.isWatched { onParked() }
        }
        return (era, result)
    }

    /// Waits until CAPTURE streams with buffers of a layout that holds `format`; false when
    /// interrupted.
    func waitUntilStreaming(_ format: PictureFormat) -> Bool {
        let began = MonotonicClock.nowNanos
        defer { addWait(since: began) }
        return wait { state -> Bool? in
            if state.isInterrupted { return false }
            return !state.needsRestart && state.format?.holds(format) == true ? true : nil
        } ?? false
    }
}

extension PictureFormat {
    /// Whether buffers of this layout can take a picture of `other`'s: the same size, depth and
    /// visible part; the order of planes and the colours may differ.
    func holds(_ other: PictureFormat) -> Bool {
        isTenBit == other.isTenBit && codedWidth == other.codedWidth
            && codedHeight == other.codedHeight && visible == other.visible
    }
}
