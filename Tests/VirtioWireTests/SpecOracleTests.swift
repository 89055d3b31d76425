// Spec/'s tables against the kernel's headers; the C compiler knows both figures of each row.

import CSpecOracle
import Testing

@Suite("The tables of Spec/")
struct SpecOracleTests {
    private struct Row: CustomStringConvertible {
        let place: String
        let name: String
        let spec: [UInt64]
        let header: [UInt64]
        let isKnown: Bool
        var description: String { "\(place): \(name) is \(spec), the header says \(header)" }
    }

    private static let rows: [Row] = {
        var rows: [Row] = []
        // SAFETY: the rows and their strings are constants of the C target.
        while let row = unsafe spec_row_at(rows.count)?.pointee {
            let (type, field) = unsafe (String(cString: row.type), String(cString: row.field))
            rows.append(
                Row(
                    place: unsafe String(cString: row.place),
                    name: [type, field].filter { !$0.isEmpty }.joined(separator: "."),
                    spec: unsafe [row.spec_value, row.spec_size],
                    header: unsafe [row.c_value, row.c_size], isKnown: unsafe row.is_known != 0))
        }
        return rows
    }()

    @Test("have the sizes, offsets and numbers of the kernel's headers")
    func figures() {
        let wrong = Self.rows.filter { $0.isKnown && $0.spec != $0.header }
        #expect(wrong.isEmpty, "\(wrong)")
        #expect(Self.rows.count > 800)
    }

    /// What Linux 6.1 has not; with newer headers fewer names are missing.
    @Test("name nothing that a header should have and has not")
    func unknown() {
        let later: Set = [
            "VIRTIO_GPU_F_BLOB_ALIGNMENT", "VIRTIO_GPU_CAPSET_GFXSTREAM", "VIRTIO_GPU_CAPSET_VENUS",
            "VIRTIO_GPU_CAPSET_CROSS_DOMAIN", "VIRTIO_GPU_CAPSET_DRM", "VIDIOC_REMOVE_BUFS",
            "V4L2_PIX_FMT_AV1", "V4L2_BUF_CAP_SUPPORTS_MAX_NUM_BUFFERS",
            "V4L2_BUF_CAP_SUPPORTS_REMOVE_BUFS", "V4L2_CID_MPEG_VIDEO_AV1_PROFILE",
            // A status that is no errno.
            "OK",
        ]
        let missing = Set(Self.rows.filter { !$0.isKnown }.map(\.name))
        #expect(missing.subtracting(later).sorted() == [])
    }
}
