// The 26 commands of the standard (virtio 1.4, 5.7.6), each as a request that is well-formed.

import Testing
import VirtioWire

struct GPUCommand: CustomTestStringConvertible, Sendable {
    let type: VirtioGPU.MessageType
    /// The request without header flags and without what follows it.
    let bytes: [UInt8]
    /// The feature that it needs.
    let feature: VirtioGPU.Features
    var testDescription: String { type.description }

    private init(
        _ type: VirtioGPU.MessageType, _ bytes: [UInt8], _ feature: VirtioGPU.Features = []
    ) {
        self.type = type
        self.bytes = bytes
        self.feature = feature
    }

    private static func header(_ type: VirtioGPU.MessageType, context: UInt32 = 1)
        -> VirtioGPU.ControlHeader
    {
        VirtioGPU.ControlHeader(type: type, ctxID: ContextID(context))
    }

    private static let id = ResourceID(77)
    private static let rect = VirtioGPU.Rect(width: 1, height: 1)
    private static let box = VirtioGPU.Box(w: 1, h: 1)

    static let all: [GPUCommand] = [
        GPUCommand(.getDisplayInfo, encoded(header(.getDisplayInfo))),
        GPUCommand(
            .resourceCreate2D,
            encoded(
                VirtioGPU.ResourceCreate2D(
                    resourceID: id, format: .b8g8r8x8Unorm, width: 4, height: 4))),
        GPUCommand(
            .resourceUnref, encoded(VirtioGPU.ResourceUnref(resourceID: id))),
        GPUCommand(
            .setScanout,
            encoded(VirtioGPU.SetScanout(r: rect, scanoutID: 0, resourceID: id))),
        GPUCommand(
            .resourceFlush, encoded(VirtioGPU.ResourceFlush(r: rect, resourceID: id))),
        GPUCommand(
            .transferToHost2D, encoded(VirtioGPU.TransferToHost2D(r: rect, resourceID: id))),
        GPUCommand(
            .resourceAttachBacking,
            encoded(VirtioGPU.ResourceAttachBacking(resourceID: id, nrEntries: 0))),
        GPUCommand(
            .resourceDetachBacking,
            encoded(VirtioGPU.ResourceDetachBacking(resourceID: id))),
        GPUCommand(.getCapsetInfo, encoded(VirtioGPU.GetCapsetInfo(capsetIndex: 0))),
        GPUCommand(
            .getCapset, encoded(VirtioGPU.GetCapset(capsetID: .virgl2, capsetVersion: 2))),
        GPUCommand(.getEDID, encoded(VirtioGPU.GetEDID(scanout: 0)), .edid),
        GPUCommand(
            .resourceAssignUUID,
            encoded(VirtioGPU.ResourceAssignUUID(resourceID: id)), .resourceUUID),
        GPUCommand(
            .resourceCreateBlob,
            encoded(
                VirtioGPU.ResourceCreateBlob(
                    header: header(.resourceCreateBlob), resourceID: id,
                    blobMem: .host3D, blobFlags: [.useMappable], blobID: 1, size: 64)),
            .resourceBlob),
        GPUCommand(
            .setScanoutBlob,
            encoded(
                VirtioGPU.SetScanoutBlob(
                    r: rect, scanoutID: 0, resourceID: id, width: 1, height: 1,
                    format: .b8g8r8x8Unorm, strides: [4])), .resourceBlob),
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
                    header: header(.ctxAttachResource), resourceID: id)), .virgl),
        GPUCommand(
            .ctxDetachResource,
            encoded(
                VirtioGPU.CtxResource(
                    header: header(.ctxDetachResource), resourceID: id)), .virgl),
        GPUCommand(
            .resourceCreate3D,
            encoded(
                VirtioGPU.ResourceCreate3D(
                    resourceID: id, target: 2, format: 67, bind: 0xa, width: 4,
                    height: 4)), .virgl),
        GPUCommand(
            .transferToHost3D,
            encoded(
                VirtioGPU.TransferHost3D(
                    header: header(.transferToHost3D), box: box, resourceID: id)),
            .virgl),
        GPUCommand(
            .transferFromHost3D,
            encoded(
                VirtioGPU.TransferHost3D(
                    header: header(.transferFromHost3D), box: box, resourceID: id)),
            .virgl),
        GPUCommand(
            .submit3D, encoded(VirtioGPU.CmdSubmit(header: header(.submit3D), size: 0)), .virgl),
        GPUCommand(
            .resourceMapBlob, encoded(VirtioGPU.ResourceMapBlob(resourceID: id, offset: 0)),
            .resourceBlob),
        GPUCommand(
            .resourceUnmapBlob, encoded(VirtioGPU.ResourceUnmapBlob(resourceID: id)),
            .resourceBlob),
        GPUCommand(
            .updateCursor,
            encoded(
                VirtioGPU.UpdateCursor(
                    pos: VirtioGPU.CursorPos(scanoutID: 0, x: 1, y: 2), resourceID: id))),
        GPUCommand(
            .moveCursor,
            encoded(
                VirtioGPU.UpdateCursor(
                    header: VirtioGPU.ControlHeader(type: .moveCursor),
                    pos: VirtioGPU.CursorPos(scanoutID: 0, x: 1, y: 2)))),
    ]
}
