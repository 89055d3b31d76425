// Chains in, responses out (virtio 1.4, 5.7.6: request header, command lifecycle and fencing).

internal import HostBridge
internal import LinuxSystem
internal import ResourceRegistry
internal import VirtioWire
public import Virtqueue

extension GPUDevice {
    /// Serves one ring's worth at the most, then lets the fences have their turn.
    public func serve(queue index: Int) throws(QueueError) {
        guard queues.indices.contains(index), let queue = queues[index] else { return }
        // Malformed chains have gone back too when there is nothing else.
        defer { if queue.hasUntold { queue.tell() } }
        var began = MonotonicClock.nowNanos
        var toldAt = began
        for _ in 0..<queue.size {
            guard try queue.pop(into: &chain) else { return }
            let isCursor = index == VirtioGPU.cursorQueue
            serveChain(from: queue, isCursor: isCursor)
            let ended = MonotonicClock.nowNanos
            if !lastCommandWorked { commandNanos &+= ended &- began }
            if ended &- toldAt > Self.untoldNanosMax, queue.hasUntold {
                queue.tell()
                toldAt = ended
            }
            began = ended
        }
        wake.signal()
    }

    /// One interrupt for many responses is cheap, but a driver that waits for the first of them is
    /// not made to wait for the last.
    private static let untoldNanosMax: UInt64 = 50_000

    /// Gives back the responses that their fences have let go.
    func answerReady() {
        guard !readyEntries.isEmpty else { return }
        defer { readyEntries.removeAll(keepingCapacity: true) }
        guard let queue = queues.first ?? nil else { return }
        for entry in readyEntries {
            var written: UInt32?
            switch entry.response {
            case .header(let header):
                response.removeAll()
                response.append(header)
                written = try? queue.scatter(response, to: entry.writable)
            case .bytes(let bytes):
                // SAFETY: a span over an array's bytes is valid while the array is borrowed.
                written = try? queue.scatter(unsafe bytes.span.bytes, to: entry.writable)
            }
            queue.push(entry.head, written: written ?? 0)
        }
        queue.tell()
    }

    /// Serves the chain; its response may wait for a fence.
    private func serveChain(from queue: DeviceQueue, isCursor: Bool) {
        request.removeAll()
        response.removeAll()
        lastCommandWorked = false
        var header = VirtioGPU.ControlHeader(type: .errUnspec)
        var outcome = Outcome.done
        do throws(GPUFault) {
            do throws(GuestMemoryError) {
                _ = try queue.read(&chain, limit: request.capacity, into: &request)
            } catch { throw .memory(error) }
            header = try decode()
            guard chain.readable.byteCount <= UInt64(request.capacity) else { throw .tooLarge }
            if isCursor {
                try dispatchCursor(header)
            } else {
                try checkRing(of: header)
                outcome = try dispatch(header, memory: queue.memory)
            }
            counters.count(header.type)
        } catch {
            response.removeAll()
            response.append(VirtioGPU.ControlHeader(type: error.response))
            counters.count(header.type, error: error.response)
            faults.report(error, of: header)
        }
        completeHeader(for: header)
        guard !isCursor else { return answerNow(from: queue) }
        return finish(queue, header, outcome)
    }

    /// How a command ended.
    enum Outcome {
        /// The response may go as soon as its timeline lets it.
        case done
        /// The work ends with this fence of the renderer's.
        case fence(UInt64, [Lease])
        /// Whether it succeeds is told with this number: the response waits, fenced or not.
        case running(UInt64, [Lease])

        init(_ work: StartedWork, _ leases: [Lease]) {
            switch work {
            case .done: self = .done
            case .fenced(let number): self = .fence(number, leases)
            case .running(let number): self = .running(number, leases)
            }
        }
    }

    private func checkRing(of header: VirtioGPU.ControlHeader) throws(GPUFault) {
        guard header.flags.contains(.infoRingIdx), negotiated.contains(.contextInit) else { return }
        guard header.ringIdx < Self.ringsMax else { throw .invalidParameter }
    }

    /// `ring_idx` runs from 0 to 63 (5.7.6). [GPU-I-008]
    private static let ringsMax: UInt8 = 64

    /// A fenced request's response carries its fence, errors included. [GPU-D-007] [GPU-D-008]
    private func completeHeader(for request: VirtioGPU.ControlHeader) {
        guard request.flags.contains(.fence), response.count >= VirtioGPU.ControlHeader.sizeBytes
        else { return }
        let flags = request.flags.intersection([.fence, .infoRingIdx])
        response.store(u32: flags.rawValue, at: 4)
        response.store(u32: UInt32(truncatingIfNeeded: request.fenceID), at: 8)
        response.store(u32: UInt32(truncatingIfNeeded: request.fenceID >> 32), at: 12)
        response.store(u32: request.ctxID.rawValue, at: 16)
        response.store(u32: UInt32(request.ringIdx), at: 20)
    }

    private func finish(
        _ queue: DeviceQueue, _ header: VirtioGPU.ControlHeader, _ outcome: Outcome
    ) {
        // Without a fence a command waits for its own work only.
        let timeline = header.flags.contains(.fence) ? self.timeline(of: header) : nil
        var fence: UInt64?
        var mustWait = timeline.map { !ledger.isIdle($0) } ?? false
        switch outcome {
        case .done: break
        case .fence(let number, let held), .running(let number, let held):
            fence = number
            if !held.isEmpty { leases[number] = held }
            if case .running = outcome { mustWait = true }
        }
        guard mustWait || (timeline != nil && fence != nil) else { return answerNow(from: queue) }
        ledger.append(
            FenceLedger.Entry(
                head: chain.head, writable: chain.writable, response: heldResponse(),
                fence: fence),
            to: timeline)
    }

    private func heldResponse() -> HeldResponse {
        if response.count == VirtioGPU.ControlHeader.sizeBytes,
            let header = try? response.decode(VirtioGPU.ControlHeader.self)
        {
            return .header(header)
        }
        return .bytes(response.array())
    }

    private func answerNow(from queue: DeviceQueue) {
        let written = try? queue.write(response, to: &chain)
        queue.push(chain.head, written: written ?? 0)
    }

    private func timeline(of header: VirtioGPU.ControlHeader) -> FenceLedger.Timeline {
        guard header.flags.contains(.infoRingIdx), negotiated.contains(.contextInit) else {
            return .global
        }
        return FenceLedger.Timeline(context: header.ctxID, ring: header.ringIdx)
    }
}
