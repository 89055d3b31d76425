// The 26 commands of the standard (virtio 1.4, 5.7.6), each as a request that is well-formed.

import Testing
import VirtioWire

struct GPUCommand: CustomTestStringConvertible, Sendable {
    let type: VirtioGPU.MessageType
    /// The request without header flags and without what follows it.
    let bytes: [UInt8]
    /// The feature that it needs.
    let feature: VirtioGPU.Features
    /// Whether this device serves it.
    let isServed: Bool
    var testDescription: String { type.description }

    private init(
        _ type: VirtioGPU.MessageType, _ bytes: [UInt8], _ feature: VirtioGPU.Features = [],
        isServed: Bool = true
    ) {
        self.type = type
        self.bytes = bytes
        self.feature = feature
        self.isServed = isServed
    }

    /// A command that this device does not serve: a header and zeros up to its size.
    private static func other(_ type: VirtioGPU.MessageType, sizeBytes: Int) -> GPUCommand {
        let header = encoded(VirtioGPU.ControlHeader(type: type))
        return GPUCommand(
            type, header + [UInt8](repeating: 0, count: sizeBytes - 24), isServed: false)
    }

    private static func header(_ type: VirtioGPU.MessageType, context: UInt32 = 1)
        -> VirtioGPU.ControlHeader
    {
        VirtioGPU.ControlHeader(type: type, ctxID: ContextID(context))
    }

    private static let box = VirtioGPU.Box(w: 1, h: 1)

    static let all: [GPUCommand] = [
        GPUCommand(.getDisplayInfo, encoded(header(.getDisplayInfo))),
        other(.resourceCreate2D, sizeBytes: 40),
        GPUCommand(
            .resourceUnref, encoded(VirtioGPU.ResourceUnref(resourceID: ResourceID(77)))),
        other(.setScanout, sizeBytes: 48),
        other(.resourceFlush, sizeBytes: 48),
        other(.transferToHost2D, sizeBytes: 56),
        GPUCommand(
            .resourceAttachBacking,
            encoded(VirtioGPU.ResourceAttachBacking(resourceID: ResourceID(77), nrEntries: 0))),
        GPUCommand(
            .resourceDetachBacking,
            encoded(VirtioGPU.ResourceDetachBacking(resourceID: ResourceID(77)))),
        GPUCommand(.getCapsetInfo, encoded(VirtioGPU.GetCapsetInfo(capsetIndex: 0))),
        GPUCommand(
            .getCapset, encoded(VirtioGPU.GetCapset(capsetID: .virgl2, capsetVersion: 2))),
        GPUCommand(.getEDID, encoded(VirtioGPU.GetEDID(scanout: 0)), .edid),
        GPUCommand(
            .resourceAssignUUID,
            encoded(VirtioGPU.ResourceAssignUUID(resourceID: ResourceID(77))), .resourceUUID),
        GPUCommand(
            .resourceCreateBlob,
            encoded(
                VirtioGPU.ResourceCreateBlob(
                    header: header(.resourceCreateBlob), resourceID: ResourceID(77),
                    blobMem: .host3D, blobFlags: [.useMappable], blobID: 1, size: 64)),
            .resourceBlob),
        other(.setScanoutBlob, sizeBytes: 96),
        GPUCommand(
            .ctxCreate,
            encoded(
                VirtioGPU.CtxCreate(
                    header: header(.ctxCreate, context: 9), contextInit: 2, debugName: "nine")),
            .virgl),
        GPUCommand(.ctxDestroy, encoded(header(.ctxDestroy, context: 9)), .virgl),
        GPUCommand(
            .ctxAttachResource,
            encoded(
                VirtioGPU.CtxResource(
                    header: header(.ctxAttachResource), resourceID: ResourceID(77))), .virgl),
        GPUCommand(
            .ctxDetachResource,
            encoded(
                VirtioGPU.CtxResource(
                    header: header(.ctxDetachResource), resourceID: ResourceID(77))), .virgl),
        GPUCommand(
            .resourceCreate3D,
            encoded(
                VirtioGPU.ResourceCreate3D(
                    resourceID: ResourceID(77), target: 2, format: 67, bind: 0xa, width: 4,
                    height: 4)), .virgl),
        GPUCommand(
            .transferToHost3D,
            encoded(
                VirtioGPU.TransferHost3D(
                    header: header(.transferToHost3D), box: box, resourceID: ResourceID(77))),
            .virgl),
        GPUCommand(
            .transferFromHost3D,
            encoded(
                VirtioGPU.TransferHost3D(
                    header: header(.transferFromHost3D), box: box, resourceID: ResourceID(77))),
            .virgl),
        GPUCommand(
            .submit3D, encoded(VirtioGPU.CmdSubmit(header: header(.submit3D), size: 0)), .virgl),
        other(.resourceMapBlob, sizeBytes: 40),
        other(.resourceUnmapBlob, sizeBytes: 32),
        other(.updateCursor, sizeBytes: 56),
        other(.moveCursor, sizeBytes: 56),
    ]
}
