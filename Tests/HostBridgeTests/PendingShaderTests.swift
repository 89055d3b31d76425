// A shader whose text comes in parts: virglrenderer crashes when anything is drawn in between.

import Testing

@testable import HostBridge

@Suite struct PendingShaderTests {
    /// CREATE_OBJECT of a shader: handle 7, vertex stage, `length` as given, no stream output.
    private func shader(length: UInt32, textWords: Int, handle: UInt32 = 7) -> [UInt32] {
        let count = UInt32(5 + textWords)
        return [count << 16 | 4 << 8 | 1, handle, 0, length, 300, 0]
            + [UInt32](repeating: 0x2020_2020, count: textWords)
    }

    private let draw: [UInt32] = [0x000c_0008] + [UInt32](repeating: 0, count: 12)
    private let continued: UInt32 = 1 << 31

    /// What a stream leaves pending; nil where it is refused.
    private func pending(after streams: [[UInt32]]) -> PendingShader?? {
        var pending: PendingShader?
        for stream in streams {
            guard
                (try? CommandStream.walk(stream, pending: &pending) { _ throws(RendererError) in })
                    != nil
            else { return nil }
        }
        return .some(pending)
    }

    @Test func `A shader whose text is whole leaves nothing pending`() {
        #expect(pending(after: [shader(length: 16, textWords: 4) + draw]) == .some(nil))
        #expect(pending(after: [shader(length: 13, textWords: 4) + draw]) == .some(nil))
    }

    @Test func `Nothing may be drawn while a shader's text is incomplete`() {
        #expect(pending(after: [shader(length: 17, textWords: 4) + draw]) == nil)
        #expect(pending(after: [shader(length: 17, textWords: 4), draw]) == nil)
    }

    @Test func `The rest of a text may come in a later stream, after a change of sub-context`() {
        let setSubContext: [UInt32] = [1 << 16 | 28, 1]
        let rest = shader(length: continued | 16, textWords: 1)
        #expect(
            pending(after: [shader(length: 17, textWords: 4), setSubContext + rest + draw])
                == .some(nil))
    }

    @Test func `A rest that belongs to no shader, to another or elsewhere is refused`() {
        let first = shader(length: 40, textWords: 4)
        #expect(pending(after: [shader(length: continued | 16, textWords: 6)]) == nil)
        #expect(
            pending(after: [first, shader(length: continued | 16, textWords: 6, handle: 8)]) == nil)
        #expect(pending(after: [first, shader(length: continued | 20, textWords: 6)]) == nil)
        #expect(pending(after: [first, first]) == nil)
    }

    @Test func `A header that is longer than the command is refused`() {
        #expect(pending(after: [[4 << 16 | 4 << 8 | 1, 7, 0, 4, 300]]) == nil)
        #expect(pending(after: [[5 << 16 | 4 << 8 | 1, 7, 0, 4, 300, 0xffff_ffff]]) == nil)
    }
}
