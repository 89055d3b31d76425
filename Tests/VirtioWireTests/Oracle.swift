// What the kernel's headers say, read from the tables that the C compiler makes.

import CLinux

/// Where a member lies in its structure.
struct Place: Equatable {
    var offset: Int
    var sizeBytes: Int
    var range: Range<Int> { offset..<offset + sizeBytes }
}

/// A structure's size and members.
struct Layout {
    var sizeBytes = 0
    var fields: [String: Place] = [:]
}

enum Kernel {
    /// The structures of <linux/virtio_gpu.h>, <linux/videodev2.h> and <linux/virtio_ring.h>.
    static let layouts: [String: Layout] = {
        var layouts: [String: Layout] = [:]
        var index = 0
        // SAFETY: the rows and their strings are constants of the C target.
        while let row = unsafe wire_layout_at(index)?.pointee {
            let (type, field) = unsafe (String(cString: row.type), String(cString: row.field))
            let place = unsafe Place(offset: row.offset, sizeBytes: row.size)
            if field.isEmpty {
                layouts[type, default: Layout()].sizeBytes = place.sizeBytes
            } else {
                layouts[type, default: Layout()].fields[field] = place
            }
            index += 1
        }
        return layouts
    }()

    /// The numbers of the same headers and of <errno.h>; ioctls without direction and size.
    static let constants: [String: UInt64] = {
        var constants: [String: UInt64] = [:]
        var index = 0
        // SAFETY: the rows and their strings are constants of the C target.
        while let row = unsafe wire_constant_at(index)?.pointee {
            unsafe constants[String(cString: row.name)] = row.value
            index += 1
        }
        return constants
    }()
}
