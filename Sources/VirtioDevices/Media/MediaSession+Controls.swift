// Controls: what there are, what they are, what they are set to; errors and `error_idx` as in Linux.

internal import HostBridge
internal import VirtioWire

extension MediaSession {
    /// What a control is set to; nil when that is not known yet.
    func value(of control: ControlDescription) -> Int64? {
        switch control.id {
        // Not known before the headers were seen.
        case .minBuffersForCapture: picture == nil ? nil : Int64(minimumBuffers)
        case .decDisplayDelayEnable: isUndelayed ? 1 : 0
        default: control.defaultValue
        }
    }

    func flags(of control: ControlDescription) -> V4L2.ControlFlags {
        var flags = control.flags
        // How a decoder was made cannot be changed.
        if control.id == .decDisplayDelayEnable, decoder != nil { flags.insert(.grabbed) }
        return flags
    }

    private func control(_ id: V4L2.ControlID) throws(MediaFault) -> ControlDescription {
        guard let control = context.controls.first(where: { $0.id == id }) else { throw .invalid }
        return control
    }

    private func read(_ id: V4L2.ControlID, isDefault: Bool = false) throws(MediaFault) -> Int64 {
        let control = try control(id)
        guard !control.flags.contains(.writeOnly) else { throw .notPermitted }
        if isDefault { return control.defaultValue }
        guard let value = value(of: control) else { throw .notPermitted }
        return value
    }

    /// What a value becomes when the control takes it.
    private func check(_ id: V4L2.ControlID, _ value: Int64) throws(MediaFault) -> Int64 {
        let control = try control(id)
        guard !control.flags.contains(.readOnly) else { throw .notPermitted }
        guard !flags(of: control).contains(.grabbed) else { throw .busy }
        if control.type == .boolean { return value == 0 ? 0 : 1 }
        return min(max(value, control.minimum), control.maximum)
    }

    private func write(_ id: V4L2.ControlID, _ value: Int64, _ backlog: inout EventBacklog) {
        guard id == .decDisplayDelayEnable, isUndelayed != (value == 1) else { return }
        isUndelayed = value == 1
        let key = Subscription(type: .ctrl, id: id.rawValue)
        // Who makes a change hears of it only if it wants to.
        guard subscriptions[key]?.contains(.allowFeedback) ?? false else { return }
        signal(id, changes: .value, in: &backlog)
    }

    // MARK: One control

    func get(_ asked: V4L2.Control) throws(MediaFault) -> V4L2.Control {
        V4L2.Control(id: asked.id, value: Int32(clamping: try read(asked.id)))
    }

    func set(_ asked: V4L2.Control, _ backlog: inout EventBacklog) throws(MediaFault)
        -> V4L2.Control
    {
        let value = try check(asked.id, Int64(asked.value))
        write(asked.id, value, &backlog)
        return V4L2.Control(id: asked.id, value: Int32(clamping: value))
    }

    // MARK: Several at once

    /// G_EXT_CTRLS, S_EXT_CTRLS and TRY_EXT_CTRLS; the payload goes back with an error too.
    /// [MED-D-004]
    func controls(
        _ call: IoctlCall, _ request: borrowing WireBuffer, _ response: inout WireBuffer,
        _ backlog: inout EventBacklog
    ) throws(MediaFault) {
        var asked: V4L2.ExtControls = try call.payload(request)
        guard let count = Int(exactly: asked.count), count <= MediaLimits.controlsMax else {
            throw .invalid
        }
        let start = call.payloadOffset + V4L2.ExtControls.sizeBytes
        guard request.count >= start + count * V4L2.ExtControl.sizeBytes else { throw .invalid }
        var controls: [V4L2.ExtControl] = []
        for index in 0..<count {
            controls.append(
                try call.message(request, at: start + index * V4L2.ExtControl.sizeBytes))
        }
        let verb: ControlVerb =
            call.code == .gExtCtrls ? .get : call.code == .sExtCtrls ? .set : .test
        asked.errorIdx = asked.count
        var fault: MediaFault?
        do throws(MediaFault) {
            try perform(verb, asked.which, &controls, &asked.errorIdx, &backlog)
        } catch {
            fault = error
            fault?.hasPayload = true
        }
        // The pointer goes back as it came. [MED-D-005]
        response.append(asked)
        for control in controls { response.append(control) }
        if let fault { throw fault }
    }

    private enum ControlVerb { case get, set, test }

    private func perform(
        _ verb: ControlVerb, _ which: V4L2.ControlWhich, _ controls: inout [V4L2.ExtControl],
        _ errorIdx: inout UInt32, _ backlog: inout EventBacklog
    ) throws(MediaFault) {
        try check(which, controls, verb)
        for index in controls.indices {
            let asked = controls[index]
            // Of a test the index is told, of setting none: nothing was set.
            if verb == .test { errorIdx = UInt32(index) }
            switch verb {
            case .get:
                let value = try read(asked.id, isDefault: which == .defVal)
                controls[index] = V4L2.ExtControl(id: asked.id, size: asked.size, value64: value)
            case .set, .test:
                let value = try check(asked.id, Int64(Int32(truncatingIfNeeded: asked.value64)))
                controls[index] = V4L2.ExtControl(id: asked.id, size: asked.size, value64: value)
            }
        }
        errorIdx = UInt32(controls.count)
        guard verb == .set else { return }
        for control in controls { write(control.id, control.value64, &backlog) }
    }

    private func check(
        _ which: V4L2.ControlWhich, _ controls: [V4L2.ExtControl], _ verb: ControlVerb
    ) throws(MediaFault) {
        switch which {
        case .curVal: return
        case .defVal: guard verb == .get else { throw .invalid }
        default:
            // A class of controls: it exists, and all are of it.
            let mask: UInt32 = 0x0fff_0000
            guard context.controls.contains(where: { $0.id.rawValue & mask == which.rawValue }),
                controls.allSatisfy({ $0.id.rawValue & mask == which.rawValue })
            else { throw .invalid }
        }
    }

    // MARK: Queries

    /// The control of that id, or with a flag in the id the next one behind it.
    private func find(_ id: V4L2.ControlID) throws(MediaFault) -> ControlDescription {
        let next = V4L2.ControlID.nextCtrl | V4L2.ControlID.nextCompound
        guard id.rawValue & next != 0 else { return try control(id) }
        let after = id.rawValue & ~next
        // None is compound.
        guard id.rawValue & V4L2.ControlID.nextCtrl != 0,
            let found = context.controls.first(where: { $0.id.rawValue > after })
        else { throw .invalid }
        return found
    }

    func query(_ asked: V4L2.QueryCtrl) throws(MediaFault) -> V4L2.QueryCtrl {
        let control = try find(asked.id)
        return V4L2.QueryCtrl(
            id: control.id, type: control.type, name: control.name,
            minimum: Int32(clamping: control.minimum), maximum: Int32(clamping: control.maximum),
            step: Int32(clamping: control.step),
            defaultValue: Int32(clamping: control.defaultValue),
            flags: flags(of: control))
    }

    func query(_ asked: V4L2.QueryExtCtrl) throws(MediaFault) -> V4L2.QueryExtCtrl {
        let control = try find(asked.id)
        let isClass = control.type == .ctrlClass
        return V4L2.QueryExtCtrl(
            id: control.id, type: control.type, name: control.name, minimum: control.minimum,
            maximum: control.maximum, step: control.step, defaultValue: control.defaultValue,
            flags: flags(of: control), elemSize: isClass ? 0 : 4, elems: isClass ? 0 : 1)
    }

    func query(_ asked: V4L2.QueryMenu) throws(MediaFault) -> V4L2.QueryMenu {
        let control = try control(asked.id)
        guard let name = control.menu[Int64(asked.index)] else { throw .invalid }
        return V4L2.QueryMenu(id: asked.id, index: asked.index, name: name)
    }
}
