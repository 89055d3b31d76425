// A GPU that keeps every clause of the cases, but for one fault.

import GuestDriver
import VirtioWire
import Virtqueue

final class FakeGPU {
    enum Fault: CaseIterable {
        case dropsFence, dropsFenceOnErrors, dropsFenceID, cutsFenceID, dropsFenceIDOnErrors
        case shortEDID, emptyEDID, halfBlock, wrongMagic, wrongSum, countsMissingExtension
        case anyScanout
        case anyCapsetIndex, fewerCapsets, shortCapsetInfo, sameCapsetTwice, unknownCapset
        case linuxCapset, longCapset, anyCapset, anyCapsetVersion
        case newUUIDEachTime, oneUUIDForAll, uuidOfNothing, nothingExported
        case uuidOfOtherVersion, uuidOfOtherVariant
        case shortDisplayInfo, displayNotCounted
        case fewFormats, anyFormat, idTwice, noPixels, idTakenByFailure
        case unrefOfNothing, idNotFreed, shownCannotGo
        case anyRect, wrappingRect, anyScanoutID, cannotTurnOff
        case transferWithoutBacking, keepsBacking, countIsTrusted
        case silentCursor
        case silent
        /// Success, or an error, whatever is asked.
        case yes, no
    }

    static let allFeatures: VirtioGPU.Features = [
        .virgl, .edid, .resourceUUID, .resourceBlob, .contextInit, .blobAlignment,
    ]

    private let fault: Fault?
    private var resources: Set<UInt32> = []
    private var backed: Set<UInt32> = []
    private var shown: UInt32 = 0
    private var uuids: [UInt32: ResourceUUID] = [:]
    private var uuidsMade: UInt64 = 0

    init(_ fault: Fault? = nil) { self.fault = fault }

    /// A machine with such a GPU, for a runner.
    static func make(
        _ fault: Fault? = nil, features: VirtioGPU.Features = [.edid, .resourceUUID]
    ) throws -> (any VirtioTransport, GuestMachine) {
        let machine = try GuestMachine(memoryBytes: 1 << 20)
        let gpu = FakeGPU(fault)
        let device = try FakeDevice(
            deviceID: VirtioGPU.deviceID, features: features.rawValue,
            config: encoded(VirtioGPU.Config(numScanouts: 2, numCapsets: 2)),
            memory: machine.memory, answer: gpu.answer)
        return (device, machine)
    }

    private func answer(_ request: [UInt8]) -> [UInt8]? {
        guard fault != .silent, let header: VirtioGPU.ControlHeader = request.decoded() else {
            return nil
        }
        if fault == .yes || fault == .no {
            return encoded(
                VirtioGPU.ControlHeader(
                    type: fault == .yes ? .okNoData : .errUnspec, flags: header.flags,
                    fenceID: header.fenceID))
        }
        if header.type.rawValue >= 0x0300 {
            return fault == .silentCursor ? nil : encoded(VirtioGPU.ControlHeader(type: .okNoData))
        }
        var response = perform(header.type, request)
        let isError = response.decoded(as: VirtioGPU.ControlHeader.self)?.type.isError ?? true
        guard header.flags.contains(.fence) else { return response }
        // FENCE is bit 0 of the word at 4, the fence id lies at 8.
        if fault != .dropsFence, !(fault == .dropsFenceOnErrors && isError) { response[4] = 1 }
        if fault != .dropsFenceID, !(fault == .dropsFenceIDOnErrors && isError) {
            let count = fault == .cutsFenceID ? 4 : 8
            response.replaceSubrange(8..<8 + count, with: request[8..<8 + count])
        }
        return response
    }

    private func perform(_ type: VirtioGPU.MessageType, _ request: [UInt8]) -> [UInt8] {
        switch type {
        case .getDisplayInfo: displayInfo
        case .getEDID: edid(request)
        case .getCapsetInfo: capsetInfo(request)
        case .getCapset: capset(request)
        case .resourceCreate2D: create(request) ? ok : error
        case .resourceUnref: unref(request) ? ok : error
        case .setScanout: setScanout(request) ? ok : error
        case .resourceAttachBacking: attach(request) ? ok : error
        case .resourceDetachBacking: detach(request) ? ok : error
        case .transferToHost2D: transfer(request) ? ok : error
        case .resourceAssignUUID: assign(request)
        default: error
        }
    }

    private var ok: [UInt8] { encoded(VirtioGPU.ControlHeader(type: .okNoData)) }
    private var error: [UInt8] { encoded(VirtioGPU.ControlHeader(type: .errInvalidParameter)) }

    // MARK: Displays and 2D

    private var displayInfo: [UInt8] {
        let on = VirtioGPU.DisplayOne(r: VirtioGPU.Rect(width: 640, height: 480), enabled: 1)
        let count = fault == .displayNotCounted ? 3 : 2
        let info = encoded(
            VirtioGPU.RespDisplayInfo(pmodes: Array(repeating: on, count: count)))
        return fault == .shortDisplayInfo ? Array(info.dropLast(24)) : info
    }

    private func create(_ request: [UInt8]) -> Bool {
        guard let command: VirtioGPU.ResourceCreate2D = request.decoded() else { return false }
        let id = command.resourceID.rawValue
        guard id != 0, !resources.contains(id) || fault == .idTwice else { return false }
        if fault == .idTakenByFailure { resources.insert(id) }
        let formats: Set<UInt32> =
            fault == .fewFormats ? [1, 2, 67, 134] : [1, 2, 3, 4, 67, 68, 121, 134]
        guard formats.contains(command.format.rawValue) || fault == .anyFormat,
            command.width <= 64, command.height <= 64,
            command.width > 0 && command.height > 0 || fault == .noPixels
        else { return false }
        resources.insert(id)
        return true
    }

    private func unref(_ request: [UInt8]) -> Bool {
        guard let command: VirtioGPU.ResourceUnref = request.decoded() else { return false }
        let id = command.resourceID.rawValue
        guard resources.contains(id) else { return fault == .unrefOfNothing && id != 0 }
        if fault == .shownCannotGo, shown == id { return false }
        if fault != .idNotFreed { resources.remove(id) }
        return true
    }

    /// Every resource counts as 64 by 64 pixels.
    private func setScanout(_ request: [UInt8]) -> Bool {
        guard let command: VirtioGPU.SetScanout = request.decoded(),
            command.scanoutID < 2 || fault == .anyScanoutID
        else { return false }
        let id = command.resourceID.rawValue
        guard id != 0 else {
            shown = 0
            return fault != .cannotTurnOff
        }
        let r = command.r
        let isInside =
            fault == .wrappingRect
            ? r.x &+ r.width <= 64 && r.y &+ r.height <= 64
            : UInt64(r.x) + UInt64(r.width) <= 64 && UInt64(r.y) + UInt64(r.height) <= 64
        guard resources.contains(id), isInside || fault == .anyRect else { return false }
        shown = id
        return true
    }

    private func attach(_ request: [UInt8]) -> Bool {
        guard let command: VirtioGPU.ResourceAttachBacking = request.decoded() else {
            return false
        }
        let present = request.count - VirtioGPU.ResourceAttachBacking.sizeBytes
        guard Int(command.nrEntries) * 16 <= present || fault == .countIsTrusted else {
            return false
        }
        return resources.contains(command.resourceID.rawValue)
            && backed.insert(command.resourceID.rawValue).inserted
    }

    private func detach(_ request: [UInt8]) -> Bool {
        guard let command: VirtioGPU.ResourceDetachBacking = request.decoded() else {
            return false
        }
        if fault == .keepsBacking { return true }
        return backed.remove(command.resourceID.rawValue) != nil
    }

    private func transfer(_ request: [UInt8]) -> Bool {
        guard let command: VirtioGPU.TransferToHost2D = request.decoded() else { return false }
        return backed.contains(command.resourceID.rawValue)
            || fault == .transferWithoutBacking && resources.contains(command.resourceID.rawValue)
    }

    // MARK: EDID

    private func edid(_ request: [UInt8]) -> [UInt8] {
        guard let command: VirtioGPU.GetEDID = request.decoded(),
            command.scanout < 2 || fault == .anyScanout
        else { return error }
        var blocks = [UInt8](repeating: 0, count: 256)
        blocks.replaceSubrange(0..<8, with: [0, 255, 255, 255, 255, 255, 255, 0])
        blocks[126] = fault == .countsMissingExtension ? 2 : 1
        // Each block's last byte makes its sum 0; the extension's is 0 already.
        let sum = blocks[..<128].reduce(0) { ($0 + Int($1)) & 0xff }
        blocks[127] = UInt8((256 - sum) & 0xff)
        if fault == .wrongMagic { blocks.swapAt(0, 1) }
        if fault == .wrongSum { blocks[200] = 1 }
        let size: UInt32 =
            switch fault {
            case .emptyEDID: 0
            case .halfBlock: 192
            default: 256
            }
        let response = encoded(VirtioGPU.RespEDID(size: size, edid: blocks))
        return fault == .shortEDID ? Array(response.prefix(32 + 256)) : response
    }

    // MARK: Capsets

    private func capsetInfo(_ request: [UInt8]) -> [UInt8] {
        guard let command: VirtioGPU.GetCapsetInfo = request.decoded() else { return error }
        let count = fault == .fewerCapsets ? 1 : 2
        guard command.capsetIndex < count || fault == .anyCapsetIndex else { return error }
        var id = VirtioGPU.CapsetID(command.capsetIndex + 1)
        if command.capsetIndex == 1 {
            switch fault {
            case .sameCapsetTwice: id = .virgl
            case .unknownCapset: id = VirtioGPU.CapsetID(9)
            case .linuxCapset: id = .drm
            default: break
            }
        }
        let response = encoded(
            VirtioGPU.RespCapsetInfo(capsetID: id, capsetMaxVersion: 1, capsetMaxSize: 100))
        return fault == .shortCapsetInfo ? Array(response.prefix(36)) : response
    }

    private func capset(_ request: [UInt8]) -> [UInt8] {
        guard let command: VirtioGPU.GetCapset = request.decoded() else { return error }
        guard (1...9).contains(command.capsetID.rawValue) || fault == .anyCapset else {
            return error
        }
        guard command.capsetVersion <= 1 || fault == .anyCapsetVersion else { return error }
        return encoded(VirtioGPU.ControlHeader(type: .okCapset))
            + [UInt8](repeating: 7, count: fault == .longCapset ? 101 : 100)
    }

    // MARK: UUIDs

    private func assign(_ request: [UInt8]) -> [UInt8] {
        guard let command: VirtioGPU.ResourceAssignUUID = request.decoded() else { return error }
        let id = command.resourceID.rawValue
        guard resources.contains(id) || (fault == .uuidOfNothing && id != 0),
            fault != .nothingExported
        else { return error }
        let known = fault == .newUUIDEachTime ? nil : uuids[id]
        let uuid = known ?? makeUUID()
        uuids[id] = uuid
        return encoded(VirtioGPU.RespResourceUUID(uuid: uuid))
    }

    private func makeUUID() -> ResourceUUID {
        if fault != .oneUUIDForAll { uuidsMade += 1 }
        let version: UInt64 = fault == .uuidOfOtherVersion ? 0x1000 : 0x4000
        let variant: UInt64 = fault == .uuidOfOtherVariant ? 0 : 1 << 63
        return ResourceUUID(high: version, low: variant | uuidsMade)
    }
}
