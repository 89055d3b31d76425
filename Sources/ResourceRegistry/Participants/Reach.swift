// Whether a device reaches an object where it is: a pure function of what both sides have told.

/// What an import would have to do. [MOVE-1]
public enum ProbeAnswer: Equatable, Sendable {
    case direct
    case needsMove(from: BackingKinds, to: BackingKinds, bytes: UInt64)
    case needsCopy(CopyTarget)
    case unsupported

    /// The answer without its particulars.
    public enum Word: String, Sendable { case direct, needsMove, needsCopy, unsupported }

    public var word: Word {
        switch self {
        case .direct: .direct
        case .needsMove: .needsMove
        case .needsCopy: .needsCopy
        case .unsupported: .unsupported
        }
    }
}

/// What a device that cannot import wants to be given a copy in. [CAP-4]
public struct CopyTarget: Equatable, Sendable {
    /// Empty: the bytes as they are.
    public var formats: [PixelFormat]
    public var alignment: LayoutAlignment
}

enum Reach {
    /// Where an object is at a moment.
    struct Situation {
        let kind: BackingKinds
        let hasMemory: Bool
    }

    /// Whether the resource itself may be handed over. [CAP-2] [CAP-3]
    static func isKin(_ importer: ParticipantRecord, _ object: SharedObject) -> Bool {
        if importer === object.exporter { return true }
        guard let driver = importer.capabilities.driver else { return false }
        return driver == object.exporter.capabilities.driver
    }

    static func answer(
        _ importer: ParticipantRecord, _ object: SharedObject, _ situation: Situation
    ) -> ProbeAnswer {
        if isKin(importer, object) { return .direct }
        let wants = importer.capabilities
        let has = object.exporter.capabilities
        guard fits(object, wants) else { return copyOrNothing(wants, situation) }
        let isReachable = reaches(wants, has, situation.kind)
        if isReachable, has.tellsPlacement { return .direct }
        // An exporter that cannot tell counts as would-move. [MOVE-5]
        let from = has.tellsPlacement ? situation.kind : []
        let targets = has.migratesTo.intersection(wants.imports).subtracting(
            has.isPeerToPeer && wants.isPeerToPeer ? [] : .deviceMemory)
        if object.hooks?.move != nil, let to = targets.preferred {
            return .needsMove(from: from, to: to, bytes: object.sizeBytes)
        }
        if isReachable {
            return .needsMove(from: from, to: situation.kind, bytes: object.sizeBytes)
        }
        return copyOrNothing(wants, situation)
    }

    /// Whether the importer can address bytes of this kind. Device memory needs both sides'
    /// consent. [CAP-6]
    static func reaches(
        _ importer: DeviceCapabilities, _ exporter: DeviceCapabilities, _ kind: BackingKinds
    ) -> Bool {
        guard importer.imports.contains(kind) else { return false }
        return kind != .deviceMemory || (importer.isPeerToPeer && exporter.isPeerToPeer)
    }

    /// What no move mends: the format, the layout's numbers, the pieces.
    private static func fits(_ object: SharedObject, _ wants: DeviceCapabilities) -> Bool {
        if wants.needsContiguous, object.details.map({ !$0.isContiguous }) ?? false { return false }
        guard let layout = object.layout else { return true }
        guard wants.formats.isEmpty || wants.formats.contains(layout.format) else { return false }
        return wants.alignment.allows(layout, sizeBytes: object.sizeBytes)
    }

    private static func copyOrNothing(_ wants: DeviceCapabilities, _ situation: Situation)
        -> ProbeAnswer
    {
        guard wants.takesCopies, situation.hasMemory else { return .unsupported }
        return .needsCopy(CopyTarget(formats: wants.formats, alignment: wants.alignment))
    }
}
