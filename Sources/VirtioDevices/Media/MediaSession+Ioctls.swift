// Which ioctl does what. Codes are ioctl numbers, not encoded values (5.22.6.3).

internal import HostBridge
internal import VirtioWire
internal import Virtqueue

/// One ioctl as it came in.
struct IoctlCall {
    let code: V4L2.IoctlCode
    /// Where its payload begins in the request.
    let payloadOffset: Int
    let memory: GuestMemory
}

extension MediaSession {
    /// Performs one ioctl; `response` holds an OK header already, its payload is appended.
    func perform(
        _ call: IoctlCall, request: borrowing WireBuffer, response: inout WireBuffer,
        backlog: inout EventBacklog
    ) throws(MediaFault) -> Outcome {
        switch call.code {
        case .qbuf: try queueBuffer(call, request, &response)
        case .querybuf: try queryBuffer(call, request, &response)
        case .streamon: try streamOn(try call.bufType(request))
        case .streamoff: return try streamOff(try call.bufType(request), &backlog)
        case .reqbufs:
            let (outcome, answer) = try requestBuffers(try call.payload(request), &backlog)
            if let answer { response.append(answer) }
            return outcome
        case .createBufs: try createBuffers(call, request, &response)
        case .expbuf: try exportBuffer(call, request, &response)
        case .gExtCtrls, .sExtCtrls, .tryExtCtrls:
            try controls(call, request, &response, &backlog)
        case .subscribeEvent: try subscribe(try call.payload(request), &backlog)
        case .unsubscribeEvent: unsubscribe(try call.payload(request))
        case .gFmt: try performFormat(.get, call, request, &response)
        case .sFmt: try performFormat(.set, call, request, &response)
        case .tryFmt: try performFormat(.test, call, request, &response)
        default: try performPlain(call, request, &response, &backlog)
        }
        return .done
    }

    /// Those whose payload goes in and comes back.
    private func performPlain(
        _ call: IoctlCall, _ request: borrowing WireBuffer, _ response: inout WireBuffer,
        _ backlog: inout EventBacklog
    ) throws(MediaFault) {
        switch call.code {
        case .enumFmt: response.append(try enumerate(try call.payload(request)))
        case .enumFramesizes: response.append(try frameSizes(try call.payload(request)))
        case .gSelection: response.append(try selection(try call.payload(request)))
        case .sSelection: response.append(try setSelection(try call.payload(request)))
        case .gCtrl: response.append(try get(try call.payload(request)))
        case .sCtrl: response.append(try set(try call.payload(request), &backlog))
        case .queryctrl:
            let asked: V4L2.QueryCtrl = try call.payload(request)
            response.append(try query(asked))
        case .queryExtCtrl:
            let asked: V4L2.QueryExtCtrl = try call.payload(request)
            response.append(try query(asked))
        case .querymenu:
            let asked: V4L2.QueryMenu = try call.payload(request)
            response.append(try query(asked))
        case .decoderCmd: response.append(try command(try call.payload(request), isTrial: false))
        case .tryDecoderCmd: response.append(try command(try call.payload(request), isTrial: true))
        default: throw .notTTY
        }
    }

    private func performFormat(
        _ verb: FormatVerb, _ call: IoctlCall, _ request: borrowing WireBuffer,
        _ response: inout WireBuffer
    ) throws(MediaFault) {
        if isMultiPlanar {
            let asked: V4L2.FormatMPlane = try call.payload(request)
            response.append(try format(asked, verb))
        } else {
            let asked: V4L2.Format = try call.payload(request)
            response.append(try format(asked, verb))
        }
    }
}

extension IoctlCall {
    /// The payload behind the command; shorter than its 64-bit layout is EINVAL. [MED-R-002]
    func payload<M: WireMessage>(_ request: borrowing WireBuffer) throws(MediaFault) -> M {
        try message(request, at: payloadOffset)
    }

    func message<M: WireMessage>(_ request: borrowing WireBuffer, at offset: Int)
        throws(MediaFault) -> M
    {
        guard request.count >= offset else { throw .invalid }
        do throws(WireError) {
            return try M(request.bytes.extracting(droppingFirst: offset))
        } catch { throw .invalid }
    }

    func bufType(_ request: borrowing WireBuffer) throws(MediaFault) -> V4L2.BufType {
        guard request.count >= payloadOffset + 4 else { throw .invalid }
        return V4L2.BufType(request.u32(at: payloadOffset))
    }
}
