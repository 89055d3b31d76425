// One decoder on a thread of its own. The device's thread gives it coded units and buffers and takes
// what has happened as events; it never waits for a picture.

public import LinuxSystem
public import SystemPackage
internal import VirtioWire

/// A stateful decoder, its thread and its buffers.
public final class DecodeSession: DecoderClient {
    private enum Work: Sendable {
        case unit(CodedUnit)
        /// Until the pool has ended more drains than this.
        case drain(ended: Int)
        case flush
        case settle
        case end
    }

    private struct State {
        var work: [Work] = []
        var events: [DecodeEvent] = []
        /// The layout last announced.
        var announced: PictureFormat?
        /// How many pictures the codec has said it may hold at once, and what the guest was told.
        var minimumCount = 0
        var announcedCount = 0
        /// The pool's era whose buffers are told of.
        var era = 0
        /// Flushes asked for and done.
        var flushesAsked = 0
        var flushesDone = 0
        /// Whether the decoder still has to be settled after a stop of CAPTURE.
        var isSettling = false
        var statistics = DecodeStatistics()
        var isEnded = false
        /// The thread is done with everything.
        var hasExited = false
        var halt = Halt.none
        var hasFailed = false
    }

    /// Where a stream is that has said that it ends.
    private enum Halt {
        case none
        /// What is held back comes out.
        case ending
        /// LAST was given: later units wait.
        case ended
    }

    private let state = Monitor(State())
    private typealias Taken = @Sendable (_ isClosing: Bool) -> Void
    /// Told when surfaces are taken back.
    private let onTaken = Monitor<Taken?>(nil)
    private let pool: SurfacePool
    private let wake: EventDescriptor
    private let thread = Monitor<WorkerThread?>(nil)
    private let worksOn: Bool
    private let fourcc: V4L2.FourCC

    /// - Parameters:
    ///   - wake: signalled when there are events to take.
    ///   - isUndelayed: whether pictures come out in the order of decoding, where that can be had.
    public init(
        _ decoder: DecoderDescription, wake: EventDescriptor, isUndelayed: Bool = false
    ) throws(Errno) {
        self.wake = wake
        worksOn = decoder.worksOn
        fourcc = decoder.fourcc
        pool = SurfacePool(onParked: { wake.signal() })
        let worker = try WorkerThread(name: "codec \(decoder.fourcc)") { [weak self] in
            self?.run(isUndelayed ? decoder.makeUndelayed ?? decoder.make : decoder.make)
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
        beginClose()
        worker.join()
        pool.stop()
    }

    /// Ends the decoder without waiting for it: ``hasExited`` says when ``close()`` will not wait.
    public func beginClose() {
        pool.setInterrupted(true)
        state.update { state in
            state.work = [.end]
            state.isEnded = true
        }
        _ = pool.beginStop()
        tellTaken(isClosing: true)
    }

    private func tellTaken(isClosing: Bool) {
        onTaken.withLock { $0 }?(isClosing)
    }

    public var hasExited: Bool { state.withLock { $0.hasExited } }

    /// Waits for the decoder's thread to end; false past the deadline.
    public func waitUntilExited(untilNanos deadline: UInt64) -> Bool {
        state.wait(untilNanos: deadline) { $0.hasExited ? true : nil } ?? false
    }

    // MARK: The device's side

    public func decode(_ unit: CodedUnit) { state.update { $0.work.append(.unit(unit)) } }

    public func drain() {
        let ended = pool.drainsEnded
        state.update { $0.work.append(.drain(ended: ended)) }
    }

    /// Whether what a stream held back comes out because it has said that it ends.
    public var isEnding: Bool { state.withLock { $0.halt == .ending } }

    /// Whether units wait for ``resume()`` because the stream has said that it ends.
    public var isHalted: Bool { state.withLock { $0.halt == .ended } }

    /// Decodes what comes behind the end of the stream.
    public func resume() { state.update { if $0.halt == .ended { $0.halt = .none } } }

    /// Forgets all units that are not decoded, and what the codec holds back (STREAMOFF of OUTPUT).
    /// No event of theirs comes after this returns, but what CAPTURE buffers hold by then stays.
    /// Bounded by the decoding of one unit.
    public func flush() {
        let number = beginFlush()
        _ = state.wait { $0.flushesDone >= number || $0.isEnded ? true : nil }
        state.withLock { state in
            state.events.removeAll { event in
                switch event {
                case .consumed: true
                case .sourceChange, .picture, .last, .failed: false
                }
            }
        }
    }

    /// The same without waiting. Units that were given before may still be told to be consumed:
    /// their owner has forgotten them.
    @discardableResult public func beginFlush() -> Int {
        pool.setInterrupted(true)
        return state.update { state in
            state.work = [.flush]
            state.halt = .none
            state.flushesAsked += 1
            return state.flushesAsked
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
        tellTaken(isClosing: false)
        forgetPictures(before: era)
        return drainGoesOn
    }

    /// The same without waiting for the codec: ``isQuiet`` says when it has written its last byte
    /// into the buffers that were taken back.
    public func beginStopCapture() -> Bool {
        let next = state.withLock { $0.announced }
        let stop = pool.beginStop(next: next)
        tellTaken(isClosing: false)
        forgetPictures(before: stop.era)
        guard stop.wasInUse else { return stop.drainGoesOn }
        // A decoder that works on by itself is not quiet when it waits for a buffer.
        if worksOn { pool.setInterrupted(true) }
        state.update { state in
            state.isSettling = true
            state.work.insert(.settle, at: 0)
        }
        return stop.drainGoesOn
    }

    /// Whether the codec writes into no buffer that it was lent before the last stop of CAPTURE.
    public var isQuiet: Bool {
        let isParked = pool.isParked && !worksOn
        guard !pool.isCopying else { return false }
        return state.withLock { state in
            guard state.isSettling, !state.hasExited else { return true }
            guard isParked else { return false }
            // It waits in the middle of a call, which goes on when CAPTURE streams again.
            state.isSettling = false
            state.work.removeAll { if case .settle = $0 { true } else { false } }
            return true
        }
    }

    /// Whether an object that its exporter has taken back is still in use here.
    public var usesRevoked: Bool { pool.usesRevoked }

    private func forgetPictures(before era: Int) {
        state.withLock { state in
            state.era = era
            state.events.removeAll { event in
                switch event {
                case .picture, .last: true
                case .consumed, .sourceChange, .failed: false
                }
            }
        }
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

    private func run(_ make: DecoderDescription.Make) {
        // Whoever waits for a flush of a decoder that is gone need not.
        defer {
            state.update { state in
                state.isEnded = true
                state.hasExited = true
            }
            wake.signal()
        }
        do throws(DecoderError) { perform(with: try make(self)) } catch {
            decoderEnded(error)
        }
    }

    /// Tells that the codec cannot go on, once.
    public func decoderEnded(_ error: DecoderError) {
        let isFirst = state.withLock { state in
            defer { state.hasFailed = true }
            return !state.hasFailed
        }
        if isFirst { post(.failed(error)) }
    }

    public func onSurfacesTaken(_ body: @escaping @Sendable (_ isClosing: Bool) -> Void) {
        onTaken.withLock { $0 = body }
        if state.withLock({ $0.isEnded }) { body(true) }
    }

    private func perform(with decoder: any VideoDecoder) {
        while true {
            guard let work = state.wait(for: Self.nextWork) else { continue }
            switch work {
            case .unit(let unit):
                decode(unit, with: decoder)
                if EndMark.ends(unit, of: fourcc) { end(decoder) }
            case .drain(let ended): drain(decoder, ended: ended, cause: .drained)
            case .flush:
                decoder.flush()
                pool.setInterrupted(false)
                state.update { state in
                    state.flushesDone += 1
                    state.isSettling = false
                }
                wake.signal()
            case .settle:
                decoder.settle()
                if worksOn { pool.setInterrupted(false) }
                state.update { $0.isSettling = false }
                wake.signal()
            case .end: return
            }
        }
    }

    private static func nextWork(_ state: inout State) -> Work? {
        guard let first = state.work.first else { return nil }
        switch first {
        case .unit, .drain: if state.halt == .ended { return nil }
        case .flush, .settle, .end: break
        }
        return state.work.removeFirst()
    }

    /// The stream has said that it ends: it is drained as if that had been asked for, unless it was.
    private func end(_ decoder: any VideoDecoder) {
        let isOurs = state.withLock { state in
            // Flushed meanwhile, or a drain follows.
            guard state.flushesAsked == state.flushesDone, !state.isEnded else { return false }
            if case .drain? = state.work.first { return false }
            state.halt = .ending
            return true
        }
        guard isOurs else { return }
        drain(decoder, ended: pool.drainsEnded, cause: .streamEnd)
        // Without LAST nothing has ended.
        state.update { if $0.halt == .ending { $0.halt = .none } }
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
        case .unsupportedFormat?, .failed?, .stalled?:
            if let failure { decoderEnded(failure) }
        }
        // A unit that a stop of CAPTURE has cut short is done with; one that was flushed is forgotten.
        let isFlushed = state.withLock { $0.flushesAsked > $0.flushesDone || $0.isEnded }
        guard failure != .interrupted || (worksOn && !isFlushed) else { return }
        post(.consumed(unit: unit.token, failed: failure != nil))
    }

    private func drain(_ decoder: any VideoDecoder, ended: Int, cause: LastCause) {
        let failure = timed { () throws(DecoderError) in try decoder.drain() }
        switch failure {
        case nil, .badData: break
        case .interrupted: return
        case .unsupportedFormat?, .failed?, .stalled?: return decoderEnded(failure ?? .failed)
        }
        // A CAPTURE queue that was stopped meanwhile has ended the drain.
        let taken = pool.withBuffer(
            while: { $0.drainsEnded == ended }, fill: { surface, _ in surface.index })
        guard let taken else { return }
        state.update { state in
            guard state.era == taken.era else { return }
            state.events.append(.last(index: taken.result, cause))
            if cause == .streamEnd, state.halt == .ending { state.halt = .ended }
        }
        wake.signal()
    }

    // MARK: DecoderClient

    private enum LayoutStep { case first, change, same }

    public func surface(for format: PictureFormat, minimumCount: Int) -> SurfaceOffer {
        // While pictures of the old layout are on their way, the new one is decoded elsewhere.
        switch take(layout: format, minimumCount, mayChange: pool.isEmptied) {
        case .first:
            announce(format, minimumCount)
            guard pool.waitUntilStreaming(format) else { return .stop }
        case .change:
            guard changeLayout(to: format, minimumCount) else { return .stop }
        case .same: break
        }
        return pool.acquire(format, minimumCount: minimumCount)
    }

    /// Makes the layout the one that is told, if it is another one; by one of the codec's threads.
    private func take(layout format: PictureFormat, _ minimumCount: Int, mayChange: Bool)
        -> LayoutStep
    {
        state.withLock { state in
            state.minimumCount = minimumCount
            let before = state.announced
            if let before, before.holds(format), minimumCount <= state.announcedCount {
                return .same
            }
            guard before == nil || mayChange else { return .same }
            state.announced = format
            state.announcedCount = minimumCount
            return before == nil ? .first : .change
        }
    }

    private func announce(_ format: PictureFormat, _ minimumCount: Int) {
        post(.sourceChange(format, minimumBuffers: minimumCount))
    }

    /// Tells of a new layout by SOURCE_CHANGE, ends the buffers of the old one with LAST, and waits
    /// for the guest to go on; false when interrupted.
    private func changeLayout(to format: PictureFormat, _ minimumCount: Int) -> Bool {
        pool.requireRestart()
        announce(format, minimumCount)
        let last = pool.withBuffer(
            while: { $0.needsRestart && $0.format != nil }, fill: { surface, _ in surface.index })
        if let last { post(.last(index: last.result, .layout), era: last.era) }
        return pool.waitUntilStreaming(format)
    }

    public func pause(untilNanos deadline: UInt64) -> Bool { pool.pause(untilNanos: deadline) }

    public func codecReleased(_ surface: Surface) { pool.codecReleased(surface) }

    public func output(_ picture: DecodedPicture) throws(DecoderError) {
        if case .surface(let surface) = picture.samples, let era = pool.output(surface) {
            return finish(picture, index: surface.index, era: era, copy: nil)
        }
        try prepareCopy(of: picture)
        let isLeftOver = isLeftOver(picture)
        let copied = pool.withBuffer(
            while: { state in
                guard state.format?.holds(picture.format) ?? true else { return false }
                return !isLeftOver || state.waiting.contains(where: \.isGranted)
            },
            fill: { surface, format in
                let reason = surface.copyReason ?? picture.copyReason(into: format)
                return (surface.index, (picture.copy(to: surface, as: format), reason))
            })
        if let (era, (index, copy)) = copied {
            return finish(picture, index: index, era: era, copy: copy)
        }
        guard isLeftOver, !pool.state.withLock({ $0.isInterrupted }) else { throw .interrupted }
        state.withLock { $0.statistics.droppedPictures += 1 }
    }

    /// Whether the picture lies in a buffer that was taken back before it was due. The codec holds
    /// that buffer until the picture is out: one that waited for it would wait for ever.
    private func isLeftOver(_ picture: DecodedPicture) -> Bool {
        if case .surface(let surface) = picture.samples { !pool.isOut(surface) } else { false }
    }

    /// Before a picture is copied its layout must be what CAPTURE is set up for.
    private func prepareCopy(of picture: DecodedPicture) throws(DecoderError) {
        let format = picture.format
        // A codec with direct rendering will hold buffers of the new layout too.
        let (asked, told) = state.withLock { ($0.minimumCount, $0.announcedCount) }
        let isTold = state.withLock { $0.announced?.holds(format) ?? false }
        let minimumCount = isTold ? told : max(Self.copyOnlyBuffersMin, asked)
        let isReady: Bool
        switch take(layout: format, minimumCount, mayChange: true) {
        case .first:
            announce(format, minimumCount)
            isReady = pool.waitUntilStreaming(format)
        case .change: isReady = changeLayout(to: format, minimumCount)
        case .same: isReady = pool.waitUntilStreaming(format)
        }
        guard isReady else { throw .interrupted }
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
                    FilledBuffer(
                        index: index, token: picture.token, byteCount: picture.format.sizeBytes,
                        isDamaged: picture.isDamaged, isKeyFrame: picture.isKeyFrame,
                        field: picture.field)))
        }
        wake.signal()
    }
}
