// A fuzzer that has to fail: with it the others' silence means something. It stops at one command of all that
// there are, which only a fuzzer finds that sees what the decoder compares.

import FuzzEntry
import VirtioWire

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    unsafe FuzzEntry.run(start, count) { input in
        guard let command = try? VirtioGPU.Command(input.bytes),
            case .resourceCreate2D(let create) = command
        else { return }
        precondition(create.width & 0xff != 0x37, "the canary is found")
    }
}
