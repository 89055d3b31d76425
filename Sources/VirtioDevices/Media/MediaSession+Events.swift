// What the decoder tells, as events for the driver.

internal import HostBridge
internal import LinuxSystem
internal import VirtioWire

extension MediaSession {
    /// Turns what the decoder has done into events for the driver.
    func takeEvents(into backlog: inout EventBacklog) {
        feedWaiting()
        guard let decoder else { return }
        for event in decoder.takeEvents() where !isFailed { take(event, into: &backlog) }
    }

    private func take(_ event: DecodeEvent, into backlog: inout EventBacklog) {
        switch event {
        case .consumed(let token, let failed):
            guard let unit = takeBack(token) else { return }
            append(
                outputType, unit.index, isEmpty: true, timestamp: unit.timestamp,
                flags: failed ? [.error] : [], to: &backlog)
        case .sourceChange(let format, let minimumBuffers):
            picture = format
            let before = self.minimumBuffers
            self.minimumBuffers = minimumBuffers
            signal(.sourceChange, changes: .resolution, in: &backlog)
            if before != minimumBuffers {
                signal(.minBuffersForCapture, changes: .value, in: &backlog)
            }
        case .picture(let filled):
            var flags: V4L2.BufferFlags = []
            if filled.isDamaged { flags.insert(.error) }
            if filled.isKeyFrame { flags.insert(.keyframe) }
            append(
                captureType, filled.index, timestamp: timestamp(of: filled.token), flags: flags,
                field: filled.field, to: &backlog)
        case .last(let index, let cause):
            isStopped = cause == .drained && isDraining
            if cause == .drained { endDrain() }
            append(
                captureType, index, isEmpty: true, timestamp: V4L2.Timeval(sec: 0, usec: 0),
                flags: [.last], to: &backlog)
            if isStopped || cause == .streamEnd { signal(.eos, changes: [], in: &backlog) }
        case .failed(let error):
            fail(error.status, in: &backlog)
        }
    }

    /// The driver has a buffer's event: the buffer is its own again.
    func delivered(_ buffer: V4L2.Buffer) {
        let index = Int(buffer.index)
        if buffer.type == outputType, output.buffers.indices.contains(index) {
            output.buffers[index].isQueued = false
        } else if buffer.type == captureType, capture.buffers.indices.contains(index) {
            capture.buffers[index].isQueued = false
        }
    }

    private func append(
        _ type: V4L2.BufType, _ index: UInt32, isEmpty: Bool = false, timestamp: V4L2.Timeval,
        flags: V4L2.BufferFlags, field: V4L2.Field = .none, to backlog: inout EventBacklog
    ) {
        let isCapture = type == captureType
        let sequence = isCapture ? capture.sequence : output.sequence
        if isCapture { capture.sequence &+= 1 } else { output.sequence &+= 1 }
        let sizes = isCapture ? captureBufferBytes : [outputFormat.sizeimage]
        // Pointers and descriptors are 0 here. [MED-D-013]
        var buffer = V4L2.Buffer(
            index: index, type: type, flags: flags.union([.done, .timestampCopy]), field: field,
            timestamp: timestamp, sequence: sequence,
            memory: isCapture ? capture.memory : output.memory)
        var planes: [V4L2.Plane] = []
        if isMultiPlanar {
            buffer.length = UInt32(sizes.count)
            planes = sizes.map { V4L2.Plane(bytesused: isEmpty ? 0 : $0, length: $0) }
        } else {
            buffer.length = sizes.first ?? 0
            buffer.bytesused = isEmpty ? 0 : buffer.length
        }
        backlog.append(
            .buffer(VirtioMedia.EventDQBuf(sessionID: id, buffer: buffer, planes: planes)))
    }

    /// Bytes of each buffer that holds a picture.
    var captureBufferBytes: [UInt32] {
        capturePicture.map { $0.bufferSizes.map { UInt32(clamping: $0) } } ?? [0]
    }

    func signal(
        _ type: V4L2.EventType, changes: V4L2.SourceChanges, in backlog: inout EventBacklog
    ) {
        guard subscriptions[Subscription(type: type, id: 0)] != nil else { return }
        append(
            V4L2.Event(
                type: type, changes: changes.rawValue, sequence: nextEventSequence(),
                timestampNanos: Int64(clamping: MonotonicClock.nowNanos)), to: &backlog)
    }

    /// Tells that a control has changed, if the driver wants to hear.
    func signal(
        _ id: V4L2.ControlID, changes: V4L2.ControlChanges, in backlog: inout EventBacklog
    ) {
        guard subscriptions[Subscription(type: .ctrl, id: id.rawValue)] != nil,
            let control = context.controls.first(where: { $0.id == id })
        else { return }
        append(
            V4L2.Event(
                ctrl: V4L2.EventCtrl(
                    changes: changes, type: control.type, value64: value(of: control) ?? 0,
                    flags: flags(of: control), minimum: Int32(clamping: control.minimum),
                    maximum: Int32(clamping: control.maximum), step: Int32(clamping: control.step),
                    defaultValue: Int32(clamping: control.defaultValue)),
                of: id, sequence: nextEventSequence(),
                timestampNanos: Int64(clamping: MonotonicClock.nowNanos)), to: &backlog)
    }

    private func append(_ event: V4L2.Event, to backlog: inout EventBacklog) {
        backlog.append(.event(VirtioMedia.EventEvent(sessionID: id, event: event)))
    }

    // MARK: Subscriptions

    func subscribe(
        _ asked: V4L2.EventSubscription, _ backlog: inout EventBacklog
    ) throws(MediaFault) {
        let known: V4L2.EventSubscriptionFlags = [.sendInitial, .allowFeedback]
        guard asked.flags.isSubset(of: known) else { throw .invalid }
        switch asked.type {
        case .sourceChange, .eos:
            guard asked.id == 0 else { throw .invalid }
            subscriptions[Subscription(type: asked.type, id: 0)] = asked.flags
            if asked.type == .sourceChange, asked.flags.contains(.sendInitial), picture != nil {
                signal(.sourceChange, changes: .resolution, in: &backlog)
            }
        case .ctrl:
            let id = V4L2.ControlID(asked.id)
            guard context.controls.contains(where: { $0.id == id && $0.type != .ctrlClass }) else {
                throw .invalid
            }
            subscriptions[Subscription(type: .ctrl, id: asked.id)] = asked.flags
            if asked.flags.contains(.sendInitial) {
                signal(id, changes: [.value, .flags], in: &backlog)
            }
        default: throw .invalid
        }
    }

    func unsubscribe(_ asked: V4L2.EventSubscription) {
        if asked.type == .all {
            subscriptions.removeAll()
        } else {
            subscriptions[Subscription(type: asked.type, id: asked.id)] = nil
        }
    }
}
