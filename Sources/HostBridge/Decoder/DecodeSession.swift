// One decoder on a thread of its own. The device's thread gives it coded units and buffers and takes
// what has happened as events; it never waits for a picture.

public import LinuxSystem
public import SystemPackage
internal import VirtioWire

/// What a decoder tells the device, in order.
public enum DecodeEvent: Sendable {
    /// A coded unit was taken in; its OUTPUT buffer is free.
    case consumed(unit: Int64, failed: Bool)
    /// The stream's pictures are laid out like this from here on.
    case sourceChange(PictureFormat, minimumBuffers: Int)
    /// A CAPTURE buffer is filled.
    case picture(index: UInt32, token: Int64, byteCount: Int, isDamaged: Bool, isKeyFrame: Bool)
    /// The last buffer of a drain, until a restart, or of a layout; it is empty.
    case last(index: UInt32, isDrained: Bool)
    /// The session cannot go on.
    case failed(DecoderError)
}

/// What a session has done, for tables and tests.
public struct DecodeStatistics: Equatable, Sendable {
    public var pictures: UInt64 = 0
    /// Bytes of their visible samples.
    public var pictureBytes: UInt64 = 0
    public var damagedPictures: UInt64 = 0
    public var failedUnits: UInt64 = 0
    /// Pictures that were copied because they could not be decoded in place.
    public var copiedPictures: [CopyReason: UInt64] = [:]
    public var copiedBytes: UInt64 = 0
    /// In the codec, waits for buffers not counted.
    public var decodeNanos: UInt64 = 0

    public static func += (sum: inout DecodeStatistics, other: DecodeStatistics) {
        sum.pictures += other.pictures
        sum.pictureBytes += other.pictureBytes
        sum.damagedPictures += other.damagedPictures
        sum.failedUnits += other.failedUnits
        sum.copiedPictures.merge(other.copiedPictures, uniquingKeysWith: +)
        sum.copiedBytes += other.copiedBytes
        sum.decodeNanos += other.decodeNanos
    }

    public init() {}
}

/// A stateful decoder, its thread and its buffers.
public final class DecodeSession: DecoderClient {
    private enum Work: Sendable {
        case unit(CodedUnit)
        /// Until the pool has ended more drains than this.
        case drain(ended: Int)
        case flush
        case end
    }

    private struct State {
        var work: [Work] = []
        var events: [DecodeEvent] = []
        /// The layout last announced.
        var announced: PictureFormat?
        /// How many pictures the codec has said it may hold at once.
        var minimumCount = 0
        /// The pool's era whose buffers are told of.
        var era = 0
        /// Flushes asked for and done.
        var flushesAsked = 0
        var flushesDone = 0
        var statistics = DecodeStatistics()
        var isEnded = false
    }

    private let state = Monitor(State())
    private let pool = SurfacePool()
    private let wake: EventDescriptor
    private let thread = Monitor<WorkerThread?>(nil)

    /// - Parameter wake: signalled when there are events to take.
    public init(_ decoder: DecoderDescription, wake: EventDescriptor) throws(Errno) {
        self.wake = wake
        let worker = try WorkerThread(name: "codec \(decoder.fourcc)") { [weak self] in
            self?.run(decoder)
        }
        thread.withLock { $0 = worker }
    }

    /// Ends the decoder and waits for its thread: bounded by the decoding of one unit. Must be
    /// called before the last reference goes.
    public func close() {
        guard
            let worker = thread.withLock({ thread in
                defer { thread = nil }
                return thread
            })
        else { return }
        pool.setInterrupted(true)
        state.update { state in
            state.work = [.end]
            state.isEnded = true
        }
        worker.join()
        pool.stop()
    }

    // MARK: The device's side

    public func decode(_ unit: CodedUnit) { state.update { $0.work.append(.unit(unit)) } }

    public func drain() {
        let ended = pool.drainsEnded
        state.update { $0.work.append(.drain(ended: ended)) }
    }

    /// Forgets all units that are not decoded, and what the codec holds back (STREAMOFF of OUTPUT).
    /// No event of theirs comes after this returns, but what CAPTURE buffers hold by then stays.
    /// Bounded by the decoding of one unit.
    public func flush() {
        pool.setInterrupted(true)
        let number = state.update { state in
            state.work = [.flush]
            state.flushesAsked += 1
            return state.flushesAsked
        }
        _ = state.wait { $0.flushesDone >= number || $0.isEnded ? true : nil }
        pool.setInterrupted(false)
        state.withLock { state in
            state.events.removeAll { event in
                switch event {
                case .consumed: true
                case .sourceChange, .picture, .last, .failed: false
                }
            }
        }
    }

    /// CAPTURE streams with buffers laid out as `format`.
    ///
    /// - Parameter isDirect: whether the codec may decode into the buffers.
    public func startCapture(_ format: PictureFormat, isDirect: Bool) {
        pool.start(format, isDirect: isDirect)
    }

    /// Takes all CAPTURE buffers back; no event of theirs comes after this returns. It ends a drain,
    /// unless it makes room for pictures of a new layout: true when the drain goes on.
    @discardableResult public func stopCapture() -> Bool {
        let next = state.withLock { $0.announced }
        let (era, drainGoesOn) = pool.stop(next: next)
        state.withLock { state in
            state.era = era
            state.events.removeAll { event in
                switch event {
                case .picture, .last: true
                case .consumed, .sourceChange, .failed: false
                }
            }
        }
        return drainGoesOn
    }

    public func queue(_ surface: Surface) { pool.queue(surface) }

    /// To be called when a queued surface's lease is granted.
    public func leaseGranted() { pool.leaseGranted() }

    public func takeEvents() -> [DecodeEvent] {
        state.withLock { state in
            defer { state.events.removeAll() }
            return state.events
        }
    }

    public var statistics: DecodeStatistics { state.withLock { $0.statistics } }

    // MARK: The codec's thread

    private func post(_ event: DecodeEvent) {
        state.update { $0.events.append(event) }
        wake.signal()
    }

    /// Tells of a buffer, unless all of its era were taken back meanwhile.
    private func post(_ event: DecodeEvent, era: Int) {
        state.update { if $0.era == era { $0.events.append(event) } }
        wake.signal()
    }

    private func run(_ description: DecoderDescription) {
        // Whoever waits for a flush of a decoder that is gone need not.
        defer { state.update { $0.isEnded = true } }
        let decoder: any VideoDecoder
        do throws(DecoderError) { decoder = try description.make(self) } catch {
            return post(.failed(error))
        }
        while true {
            guard let work = state.wait(for: { $0.work.isEmpty ? nil : $0.work.removeFirst() })
            else { continue }
            switch work {
            case .unit(let unit): decode(unit, with: decoder)
            case .drain(let ended): drain(decoder, ended: ended)
            case .flush:
                decoder.flush()
                state.update { $0.flushesDone += 1 }
            case .end: return
            }
        }
    }

    /// Runs `body` in the codec and counts the time that it does not wait for buffers.
    private func timed(_ body: () throws(DecoderError) -> Void) -> DecoderError? {
        let began = MonotonicClock.nowNanos
        let waitedBefore = pool.state.withLock { $0.waitNanos }
        var failure: DecoderError?
        do throws(DecoderError) { try body() } catch { failure = error }
        let waited = pool.state.withLock { $0.waitNanos } &- waitedBefore
        let spent = MonotonicClock.nowNanos &- began
        state.withLock { $0.statistics.decodeNanos += spent > waited ? spent - waited : 0 }
        return failure
    }

    private func decode(_ unit: CodedUnit, with decoder: any VideoDecoder) {
        let failure = timed { () throws(DecoderError) in try decoder.decode(unit) }
        switch failure {
        case nil, .interrupted:
            break
        case .badData:
            state.withLock { $0.statistics.failedUnits += 1 }
        case .unsupportedFormat?, .failed?:
            if let failure { post(.failed(failure)) }
        }
        guard failure != .interrupted else { return }
        post(.consumed(unit: unit.token, failed: failure != nil))
    }

    private func drain(_ decoder: any VideoDecoder, ended: Int) {
        let failure = timed { () throws(DecoderError) in try decoder.drain() }
        switch failure {
        case nil, .badData: break
        case .interrupted: return
        case .unsupportedFormat?, .failed?: return post(.failed(failure ?? .failed))
        }
        // A CAPTURE queue that was stopped meanwhile has ended the drain.
        let taken = pool.withBuffer(
            while: { $0.drainsEnded == ended }, fill: { surface, _ in surface.index })
        if let taken { post(.last(index: taken.result, isDrained: true), era: taken.era) }
    }

    // MARK: DecoderClient

    public func surface(for format: PictureFormat, minimumCount: Int) -> SurfaceOffer {
        state.withLock { $0.minimumCount = minimumCount }
        if announceIfFirst(format, minimumCount: minimumCount) {
            guard pool.waitUntilStreaming(format) else { return .stop }
        }
        return pool.acquire(format, minimumCount: minimumCount)
    }

    /// Tells of the stream's first layout; false when one was told already.
    private func announceIfFirst(_ format: PictureFormat, minimumCount: Int) -> Bool {
        let isFirst = state.update { state in
            guard state.announced == nil else { return false }
            state.announced = format
            state.events.append(.sourceChange(format, minimumBuffers: minimumCount))
            return true
        }
        if isFirst { wake.signal() }
        return isFirst
    }

    public func codecReleased(_ surface: Surface) { pool.codecReleased(surface) }

    public func output(_ picture: DecodedPicture) throws(DecoderError) {
        if case .surface(let surface) = picture.samples, let era = pool.output(surface) {
            return finish(picture, index: surface.index, era: era, copy: nil)
        }
        try prepareCopy(of: picture)
        let copied = pool.withBuffer(
            while: { $0.format?.holds(picture.format) ?? true },
            fill: { surface, format in
                let reason = surface.memory == nil ? .guestPages : picture.copyReason
                return (surface.index, (picture.copy(to: surface.pieces, as: format), reason))
            })
        guard let (era, (index, copy)) = copied else { throw .interrupted }
        finish(picture, index: index, era: era, copy: copy)
    }

    /// Before a picture is copied its layout must be what CAPTURE is set up for. A new one is told
    /// by SOURCE_CHANGE, and the buffers of the old one end with LAST.
    private func prepareCopy(of picture: DecodedPicture) throws(DecoderError) {
        let format = picture.format
        let isChange = state.withLock { state in
            guard let announced = state.announced, !announced.holds(format) else { return false }
            state.announced = nil
            return true
        }
        // A codec with direct rendering will hold buffers of the new layout too.
        let minimumCount = max(Self.copyOnlyBuffersMin, state.withLock { $0.minimumCount })
        _ = announceIfFirst(format, minimumCount: minimumCount)
        if isChange {
            let last = pool.withBuffer(
                while: { $0.format.map { !$0.holds(format) } ?? false },
                fill: { surface, _ in surface.index })
            if let last { post(.last(index: last.result, isDrained: false), era: last.era) }
        }
        guard pool.waitUntilStreaming(format) else { throw .interrupted }
    }

    /// A codec that keeps its own memory needs one buffer to copy into, and one to be copied next.
    private static let copyOnlyBuffersMin = 2

    private func finish(
        _ picture: DecodedPicture, index: UInt32, era: Int,
        copy: (bytes: Int, reason: CopyReason)?
    ) {
        state.update { state in
            state.statistics.pictures += 1
            state.statistics.pictureBytes += UInt64(picture.format.visibleBytes)
            if picture.isDamaged { state.statistics.damagedPictures += 1 }
            if let copy {
                state.statistics.copiedPictures[copy.reason, default: 0] += 1
                state.statistics.copiedBytes += UInt64(copy.bytes)
            }
            // Taken back meanwhile: nobody's picture.
            guard state.era == era else { return }
            state.events.append(
                .picture(
                    index: index, token: picture.token, byteCount: picture.format.sizeBytes,
                    isDamaged: picture.isDamaged, isKeyFrame: picture.isKeyFrame))
        }
        wake.signal()
    }
}

extension DecodedPicture {
    fileprivate var copyReason: CopyReason {
        switch samples {
        case .codec(_, let reason): reason
        case .surface: .shownAgain
        }
    }

    /// Copies the picture into a buffer. One that is shown again lies in a surface that the guest
    /// has already; its samples are read from there.
    fileprivate func copy(to pieces: [MemoryRange], as format: PictureFormat) -> Int {
        switch samples {
        case .codec(let planes, _): planes.copy(to: pieces, as: format)
        case .surface(let surface):
            surface.memory.map { self.format.planes(in: $0).copy(to: pieces, as: format) } ?? 0
        }
    }
}

extension PictureFormat {
    /// The visible samples of a YU12 picture in one buffer.
    func planes(in memory: MemoryRange) -> CodecPlanes {
        let planes = visiblePlanes.compactMap { plane in
            memory.slice(offset: plane.offset, count: memory.sizeBytes - plane.offset).map {
                CodecPlanes.Plane(memory: $0, stride: plane.stride)
            }
        }
        return CodecPlanes(samples: .bits8, planes: planes)
    }
}
