// The ioctls of a stateful decoder that do not move buffers: formats, events, controls, commands.
// Codes are ioctl numbers, not encoded values (5.22.6.3).

internal import HostBridge
internal import VirtioWire
internal import Virtqueue

extension MediaSession {
    /// Performs one ioctl; `response` holds an OK header already, its payload is appended.
    func perform(
        _ call: inout IoctlCall, request: borrowing WireBuffer, response: inout WireBuffer,
        backlog: inout EventBacklog
    ) throws(MediaFault) {
        switch call.code {
        case .enumFmt: response.append(try enumerate(try call.payload(request)))
        case .gFmt: response.append(try format(try call.payload(request)))
        case .sFmt: response.append(try setFormat(try call.payload(request)))
        case .tryFmt: response.append(try tryFormat(try call.payload(request)))
        case .reqbufs:
            response.append(try requestBuffers(try call.payload(request), &backlog))
        case .querybuf: response.append(try query(try call.payload(request)))
        case .qbuf: try queueBuffer(call, request, &response)
        case .streamon: try streamOn(try call.bufType(request))
        case .streamoff: try streamOff(try call.bufType(request), &backlog)
        case .gSelection: response.append(try selection(try call.payload(request)))
        case .gCtrl: response.append(try control(try call.payload(request)))
        case .subscribeEvent: try subscribe(try call.payload(request), &backlog)
        case .unsubscribeEvent: try unsubscribe(try call.payload(request))
        case .decoderCmd: response.append(try command(try call.payload(request), isTrial: false))
        case .tryDecoderCmd: response.append(try command(try call.payload(request), isTrial: true))
        default: throw .notTTY
        }
    }

    // MARK: Formats

    private func enumerate(_ description: V4L2.FmtDesc) throws(MediaFault) -> V4L2.FmtDesc {
        var answer = V4L2.FmtDesc(index: description.index, type: description.type)
        guard let index = Int(exactly: description.index) else { throw .invalid }
        switch description.type {
        case .videoOutput:
            guard configuration.decoders.indices.contains(index) else { throw .invalid }
            answer.pixelformat = configuration.decoders[index].fourcc
            answer.description = configuration.decoders[index].name
            answer.flags = [.compressed, .dynResolution]
        case .videoCapture:
            // Once the stream is known, only what it decodes to.
            let formats: [V4L2.FourCC] = picture.map { [$0.fourcc] } ?? [.yuv420, .p010]
            guard formats.indices.contains(index) else { throw .invalid }
            answer.pixelformat = formats[index]
            answer.description =
                formats[index] == .p010 ? "10-bit Y/CbCr 4:2:0" : "Planar YUV 4:2:0"
        default:
            throw .invalid
        }
        return answer
    }

    private func format(_ asked: V4L2.Format) throws(MediaFault) -> V4L2.Format {
        switch asked.type {
        case .videoOutput: V4L2.Format(type: asked.type, pix: outputFormat)
        case .videoCapture: V4L2.Format(type: asked.type, pix: captureFormat)
        default: throw .invalid
        }
    }

    /// The stream's layout: what the decoder needs, not what the guest would like.
    private var captureFormat: V4L2.PixFormat {
        guard let picture else {
            // A placeholder until the headers are seen.
            return V4L2.PixFormat(
                width: outputFormat.width, height: outputFormat.height, pixelformat: .yuv420)
        }
        let (encoding, space): (V4L2.YCbCrEncoding, V4L2.Colorspace) =
            switch picture.colour.matrix {
            case .bt601: (.e601, .smpte170m)
            case .bt709: (.e709, .rec709)
            case .bt2020: (.bt2020, .bt2020)
            }
        return V4L2.PixFormat(
            width: UInt32(picture.codedWidth), height: UInt32(picture.codedHeight),
            pixelformat: picture.fourcc, field: .none, bytesperline: UInt32(picture.bytesPerLine),
            sizeimage: UInt32(picture.sizeBytes), colorspace: space,
            priv: V4L2.PixFormat.privMagic, ycbcrEnc: encoding,
            quantization: picture.colour.isFullRange ? .fullRange : .limRange)
    }

    private func tryFormat(_ asked: V4L2.Format) throws(MediaFault) -> V4L2.Format {
        switch asked.type {
        case .videoOutput: V4L2.Format(type: asked.type, pix: adjusted(asked.pix))
        case .videoCapture: V4L2.Format(type: asked.type, pix: captureFormat)
        default: throw .invalid
        }
    }

    /// What a driver asks for, moved to the nearest that there is.
    private func adjusted(_ asked: V4L2.PixFormat) -> V4L2.PixFormat {
        let known = configuration.decoders.contains { $0.fourcc == asked.pixelformat }
        let size = asked.sizeimage == 0 ? Self.codedBytesDefault : asked.sizeimage
        let side = UInt32(PictureFormat.sideMax)
        return V4L2.PixFormat(
            width: min(asked.width, side), height: min(asked.height, side),
            pixelformat: known ? asked.pixelformat : outputFormat.pixelformat, field: .none,
            sizeimage: min(max(size, Self.codedBytesMin), configuration.codedBytesMax),
            colorspace: asked.colorspace)
    }

    private static let codedBytesMin: UInt32 = 4096

    private func setFormat(_ asked: V4L2.Format) throws(MediaFault) -> V4L2.Format {
        let answer = try tryFormat(asked)
        guard asked.type == .videoOutput else { return answer }
        // The coded format is fixed while buffers of either queue exist.
        guard output.isQueued.isEmpty, capture.isQueued.isEmpty else { throw .busy }
        outputFormat = answer.pix
        return answer
    }

    private func selection(_ asked: V4L2.Selection) throws(MediaFault) -> V4L2.Selection {
        // Linux takes the multi-planar type for the single-planar one here.
        guard asked.type == .videoCapture || asked.type == .videoCaptureMPlane, let picture else {
            throw .invalid
        }
        let visible = picture.visible
        var answer = asked
        switch asked.target {
        case .cropBounds, .nativeSize:
            answer.r = V4L2.Rect(
                width: UInt32(picture.codedWidth), height: UInt32(picture.codedHeight))
        case .crop, .cropDefault, .compose, .composeDefault, .composeBounds, .composePadded:
            answer.r = V4L2.Rect(
                left: Int32(visible.x), top: Int32(visible.y), width: UInt32(visible.width),
                height: UInt32(visible.height))
        default: throw .invalid
        }
        return answer
    }

    private func control(_ asked: V4L2.Control) throws(MediaFault) -> V4L2.Control {
        switch asked.id {
        case .minBuffersForCapture:
            // Not known before the headers were seen.
            guard picture != nil else { throw .notYet }
            return V4L2.Control(id: asked.id, value: Int32(minimumBuffers))
        case .minBuffersForOutput:
            return V4L2.Control(id: asked.id, value: 1)
        default: throw .invalid
        }
    }

    // MARK: Events and decoder commands

    private func subscribe(
        _ asked: V4L2.EventSubscription, _ backlog: inout EventBacklog
    ) throws(MediaFault) {
        let known: V4L2.EventSubscriptionFlags = [.sendInitial, .allowFeedback]
        guard asked.type == .sourceChange || asked.type == .eos,
            asked.flags.isSubset(of: known)
        else { throw .invalid }
        subscriptions.insert(asked.type)
        if asked.type == .sourceChange, asked.flags.contains(.sendInitial), picture != nil {
            signal(.sourceChange, changes: .resolution, in: &backlog)
        }
    }

    private func unsubscribe(_ asked: V4L2.EventSubscription) throws(MediaFault) {
        if asked.type == .all {
            subscriptions.removeAll()
        } else {
            subscriptions.remove(asked.type)
        }
    }

    private func command(_ asked: V4L2.DecoderCmd, isTrial: Bool) throws(MediaFault)
        -> V4L2.DecoderCmd
    {
        guard asked.cmd == .start || asked.cmd == .stop else { throw .invalid }
        let answer = V4L2.DecoderCmd(cmd: asked.cmd)
        guard !isTrial else { return answer }
        guard !isDraining else { throw .busy }
        if asked.cmd == .start {
            restart()
        } else if output.isStreaming, capture.isStreaming, !isStopped, let decoder {
            // Otherwise it succeeds and does nothing.
            isDraining = true
            decoder.drain()
        }
        return answer
    }

    /// Decoding goes on after a drain.
    func restart() {
        isStopped = false
        guard output.isStreaming, let decoder else { return }
        for unit in waitingUnits { decoder.decode(unit) }
        waitingUnits.removeAll()
    }
}

extension IoctlCall {
    /// The payload behind the command; shorter than its 64-bit layout is EINVAL. [MED-R-002]
    func payload<M: WireMessage>(_ request: borrowing WireBuffer) throws(MediaFault) -> M {
        guard request.count >= payloadOffset else { throw .invalid }
        do throws(WireError) {
            return try M(request.bytes.extracting(droppingFirst: payloadOffset))
        } catch { throw .invalid }
    }

    func bufType(_ request: borrowing WireBuffer) throws(MediaFault) -> V4L2.BufType {
        guard request.count >= payloadOffset + 4 else { throw .invalid }
        return V4L2.BufType(request.u32(at: payloadOffset))
    }
}
