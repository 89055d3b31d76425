import FuzzEntry
import WireFuzzing

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    unsafe FuzzEntry.run(start, count) { WireFuzz.rings.run($0) }
}
