// The list of a chain's segments, short ones and long ones.

import Testing
import VirtioWire
import Virtqueue

@Suite("A segment list")
struct SegmentListTests {
    @Test("keeps order, count and sum, inline or not", arguments: 0...9)
    func order(count: Int) {
        let made = (0..<count).map { segment(UInt64($0) * 0x100, UInt32($0) + 1) }
        let list = SegmentList(made)
        #expect(list.count == count)
        #expect(segments(list) == made)
        #expect(list.byteCount == UInt64(count * (count + 1) / 2))
        var appended = SegmentList()
        for segment in made { appended.append(segment) }
        #expect(segments(appended) == made)
    }

    @Test("adds lengths in 64 bits")
    func sum() {
        let list = SegmentList(Array(repeating: segment(0, .max), count: 5))
        #expect(list.byteCount == 5 * 0xffff_ffff)
    }

    @Test("is a value: a copy does not see what is appended later")
    func value() {
        var list = SegmentList((0..<5).map { segment($0, 1) })
        let copy = list
        list.append(segment(9, 9))
        #expect(copy.count == 5)
        #expect(list.count == 6)
        #expect(copy.byteCount == 5)
    }

    @Test("stops the program on an index past its end")
    func bounds() async {
        await #expect(processExitsWith: .failure) { _ = SegmentList()[0] }
        await #expect(processExitsWith: .failure) {
            _ = SegmentList(Array(repeating: segment(0, 1), count: 5))[5]
        }
    }
}
