// STREAMON, STREAMOFF and the decoder commands: the states of a stateful decoder.

internal import HostBridge
internal import VirtioWire

extension MediaSession {
    func streamOn(_ type: V4L2.BufType) throws(MediaFault) {
        if type == outputType {
            guard !output.buffers.isEmpty else { throw .invalid }
            guard !output.isStreaming else { return }
            _ = try startDecoder()
            output.isStreaming = true
            isStopped = false
            feedWaiting()
            return
        }
        guard type == captureType, !capture.buffers.isEmpty, let decoder else { throw .invalid }
        guard !capture.isStreaming else { return }
        guard !capture.isStopping, let format = fittingPicture else { throw .invalid }
        capturePicture = format
        capture.isStreaming = true
        decoder.startCapture(format, isDirect: isDirect(format))
        if isDraining { decoder.resume() } else { restart() }
    }

    private func isDirect(_ format: PictureFormat) -> Bool {
        capture.memory != .sharedPages && Self.isDirect(format)
    }

    /// The stream's layout, when the buffers that there are can take it: it may have changed since
    /// they were made and queued.
    private var fittingPicture: PictureFormat? {
        guard let wanted = wantedPicture, let held = capturePicture,
            held.fourcc == wanted.fourcc, held.sizeBytes >= wanted.sizeBytes
        else { return nil }
        return wanted
    }

    /// All buffers of the queue are the driver's again when this is done, and none is announced.
    func streamOff(_ type: V4L2.BufType, _ backlog: inout EventBacklog) throws(MediaFault)
        -> Outcome
    {
        if type == outputType {
            decoder?.beginFlush()
            takeEvents(into: &backlog)
            forgetUnits()
            output.isStreaming = false
            output.sequence = 0
            endDrain()
            isStopped = false
            backlog.removeBuffers(of: id, type: outputType)
            return .done
        }
        guard type == captureType else { throw .invalid }
        capture.isStreaming = false
        return stopCapture(&backlog)
    }

    /// Takes all CAPTURE buffers back. It waits for the codec, which may be writing to one.
    func stopCapture(_ backlog: inout EventBacklog) -> Outcome {
        if !capture.isStopping {
            capture.isStopping = true
            // The drain of a stream that has changed goes on with the buffers to come.
            let drainGoesOn = decoder?.beginStopCapture() ?? false
            takeEvents(into: &backlog)
            if !(isDraining && drainGoesOn) { endDrain() }
            isStopped = false
        }
        if let decoder, !decoder.isQuiet { return .wait }
        capture.isStopping = false
        takeEvents(into: &backlog)
        capture.dequeueAll()
        capture.sequence = 0
        capturePicture = wantedPicture
        backlog.removeBuffers(of: id, type: captureType)
        return .done
    }

    // MARK: Decoder commands

    func command(_ asked: V4L2.DecoderCmd, isTrial: Bool) throws(MediaFault)
        -> V4L2.DecoderCmd
    {
        guard asked.cmd == .start || asked.cmd == .stop else { throw .invalid }
        let answer = V4L2.DecoderCmd(cmd: asked.cmd)
        guard !isTrial else { return answer }
        let isHalted = decoder?.isHalted ?? false
        guard !isDraining || isHalted, decoder?.isEnding != true else { throw .busy }
        if asked.cmd == .start {
            restart()
            resumeCapture()
        } else if output.isStreaming, capture.isStreaming, !isStopped, !isHalted, decoder != nil {
            // Otherwise it succeeds and does nothing.
            isDraining = true
            waiting.append(.drain)
            feedWaiting()
        }
        return answer
    }

    /// After a change of the layout START goes on in the buffers that there are, when they can take
    /// the new pictures.
    private func resumeCapture() {
        guard capture.isStreaming, let decoder, let format = fittingPicture,
            format != capturePicture
        else { return }
        capturePicture = format
        decoder.startCapture(format, isDirect: isDirect(format))
    }

    /// Decoding goes on after a drain, or behind the end of a stream.
    func restart() {
        isStopped = false
        decoder?.resume()
        feedWaiting()
    }
}
