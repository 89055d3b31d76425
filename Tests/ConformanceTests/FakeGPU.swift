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
        case silent
    }

    private let fault: Fault?
    private var resources: Set<UInt32> = []
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
        case .getDisplayInfo: encoded(VirtioGPU.RespDisplayInfo(pmodes: []))
        case .getEDID: edid(request)
        case .getCapsetInfo: capsetInfo(request)
        case .getCapset: capset(request)
        case .resourceCreate2D: create(request)
        case .resourceAssignUUID: assign(request)
        default: error
        }
    }

    private var error: [UInt8] { encoded(VirtioGPU.ControlHeader(type: .errInvalidParameter)) }

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

    private func create(_ request: [UInt8]) -> [UInt8] {
        // The id lies where every command about one resource has it.
        guard let id = request.decoded(as: VirtioGPU.ResourceUnrefLayout.self)?.id else {
            return error
        }
        guard id != 0, resources.insert(id).inserted else { return error }
        return encoded(VirtioGPU.ControlHeader(type: .okNoData))
    }

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

extension VirtioGPU {
    /// The first word behind the header.
    fileprivate struct ResourceUnrefLayout: WireMessage {
        static let sizeBytes = 28
        let id: UInt32

        init(_ bytes: RawSpan) throws(WireError) {
            try bytes.require(byteCount: Self.sizeBytes)
            id = bytes.u32(at: 24)
        }

        func encode(to out: inout WireBuffer) {
            out.append(zeros: 24)
            out.append(u32: id)
        }
    }
}
