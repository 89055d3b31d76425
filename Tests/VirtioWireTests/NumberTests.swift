// Named numbers against the C headers that define them.

import Testing
import VirtioWire

@Suite("Numbers")
struct NumberTests {
    @Test("Every command and response has the kernel's number and name")
    func messageTypes() {
        let names = Kernel.constants.filter {
            $0.key.hasPrefix("VIRTIO_GPU_CMD_") || $0.key.hasPrefix("VIRTIO_GPU_RESP_")
        }
        #expect(names.count == 26 + 13)
        for (name, value) in names {
            #expect(VirtioGPU.MessageType(UInt32(value)).description == name)
            #expect(VirtioGPU.MessageType(UInt32(value)).isError == name.contains("_ERR_"))
        }
        #expect(VirtioGPU.MessageType(0xdead).description == "0xdead")
    }

    @Test("Every ioctl has the kernel's number and name")
    func ioctls() {
        let names = Kernel.constants.filter { $0.key.hasPrefix("VIDIOC_") }
        #expect(names.count == 31)
        for (name, value) in names {
            #expect(V4L2.IoctlCode(UInt32(value)).description == name)
        }
        #expect(V4L2.IoctlCode(1000).description == "1000")
    }

    @Test("Every status has Linux' errno and name")
    func statuses() {
        let names = Kernel.constants.filter { $0.key.first == "E" }
        #expect(names.count == 20)
        for (name, value) in names {
            #expect(VirtioMedia.Status(UInt32(value)).description == name)
        }
        #expect(VirtioMedia.Status.ok.rawValue == 0)
        #expect(VirtioMedia.Status(133).description == "133")
    }

    @Test("Every other number of a C header is the one of its name", arguments: NamedNumbers.all)
    func named(name: String, value: UInt64) {
        #expect(Kernel.constants[name] == value)
    }

    @Test("No number of the oracle is left out")
    func complete() {
        let described = ["VIRTIO_GPU_CMD_", "VIRTIO_GPU_RESP_", "VIDIOC_", "E"]
        let rest = Kernel.constants.keys.filter { name in
            !described.contains { name.hasPrefix($0) }
        }
        #expect(rest.sorted() == NamedNumbers.all.map(\.0).sorted())
    }

    @Test("Numbers that older headers lack are those of the standard and of later headers")
    func later() {
        #expect(VirtioGPU.Features.blobAlignment.rawValue == 1 << 5)
        #expect(VirtioGPU.CapsetID.gfxstream.rawValue == 3)
        #expect(VirtioGPU.CapsetID.venus.rawValue == 4)
        #expect(VirtioGPU.CapsetID.crossDomain.rawValue == 5)
        #expect(VirtioGPU.CapsetID.drm.rawValue == 6)
        #expect(VirtioMedia.deviceID == 48)
        #expect(V4L2.FourCC.av1.description == "AV01")
        #expect(V4L2.BufCapabilities.maxNumBuffers.rawValue == 128)
        #expect(V4L2.BufCapabilities.removeBufs.rawValue == 256)
        #expect(V4L2.ControlID.av1Profile.rawValue == 0x0099_0b8f)
        #expect(V4L2.Memory.sharedPages == .userptr)
        #expect(V4L2.Memory.virtioObject == .dmabuf)
    }

    @Test("The media device's words are the standard's")
    func media() {
        let commands: [VirtioMedia.Command] = [.open, .close, .ioctl, .mmap, .munmap]
        #expect(commands.map(\.rawValue) == [1, 2, 3, 4, 5])
        let events: [VirtioMedia.Event] = [.error, .dqbuf, .event]
        #expect(events.map(\.rawValue) == [0, 1, 2])
    }

    @Test("A FourCC is four ASCII characters, the first one in the lowest byte")
    func fourCC() {
        #expect(V4L2.FourCC("NV12") == .nv12)
        #expect(V4L2.FourCC.nv12.rawValue == 0x3231_564e)
        #expect(V4L2.FourCC.nv12.description == "NV12")
        #expect(V4L2.FourCC(0x0131_564e).description == "0x131564e")
        for text in ["", "NV1", "NV123", "NVé", "é1"] { #expect(V4L2.FourCC(text) == nil) }
    }
}
