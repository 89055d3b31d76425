// Valid command streams, put to the device and to virgl_test_server: virglrenderer behind another
// program's protocol. Both give the same bytes.

import Foundation
import LinuxSystem
import SystemPackage
import Testing
import VirtioWire

@testable import Conformance

/// virgl_test_server (Debian's package virgl-server) and a client of the first version of its
/// protocol: words over a Unix socket, transfers' bytes beside them.
private final class TestServer {
    static let path = "/usr/bin/virgl_test_server"

    private let process = Process()
    private let socketPath: String
    private let socket: OwnedDescriptor

    init() throws {
        socketPath = "/tmp/virgl-test-\(ProcessInfo.processInfo.processIdentifier).socket"
        try? FileManager.default.removeItem(atPath: socketPath)
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = [
            "--use-egl-surfaceless", "--no-fork", "--socket-path=" + socketPath,
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        socket = try Self.connect(socketPath, process)
        // CREATE_RENDERER counts bytes, all others words.
        try send(8, payload: Array("test".utf8) + [0], lengthInBytes: true)
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: socketPath)
    }

    private static func connect(_ path: String, _ process: Process) throws -> OwnedDescriptor {
        let never = try EventDescriptor()
        let end = deadline(millis: 20_000)
        while MonotonicClock.nowNanos < end, process.isRunning {
            if let socket = try? UnixSocket.connect(to: path) { return socket }
            _ = never.wait(timeoutMillis: 5)
        }
        throw Errno.timedOut
    }

    private func send(_ command: UInt32, payload: [UInt8], lengthInBytes: Bool = false) throws {
        let length = UInt32(lengthInBytes ? payload.count : payload.count / 4)
        _ = try socket.descriptor.writeAll(littleEndian([length, command]) + payload)
    }

    func createResource(_ request: VirtioGPU.ResourceCreate3D) throws {
        try send(
            2,
            payload: littleEndian([
                request.resourceID.rawValue, request.target, request.format, request.bind,
                request.width, request.height, request.depth, request.arraySize,
                request.lastLevel, request.nrSamples,
            ]))
    }

    func submit(_ words: [UInt32]) throws { try send(6, payload: littleEndian(words)) }

    /// The bytes of a texture, row by row.
    func read(_ id: UInt32, width: UInt32, height: UInt32) throws -> [UInt8] {
        let count = width * height * 4
        try send(4, payload: littleEndian([id, 0, width * 4, 0, 0, 0, 0, width, height, 1, count]))
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while bytes.count < Int(count) {
            let room = min(chunk.count, Int(count) - bytes.count)
            // SAFETY: the kernel fills a prefix of the array's own bytes.
            let got = try unsafe chunk.withUnsafeMutableBytes { buffer in
                try unsafe socket.descriptor.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<room]))
            }
            try #require(got > 0, "the server has gone")
            bytes += chunk[..<got]
        }
        return bytes
    }
}

extension WithRenderer {
    @Suite("Streams put to the device and to virgl_test_server")
    struct ServerComparison {
        private static let side: UInt32 = 48
        private static let isInstalled = FileManager.default.isExecutableFile(
            atPath: TestServer.path)

        private static func random(_ words: Int, _ generator: inout SeededGenerator) -> [UInt32] {
            (0..<words).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
        }

        /// A box inside of a texture.
        private static func box(_ random: inout SeededGenerator) -> [UInt32] {
            let x = UInt32.random(in: 0..<side, using: &random)
            let y = UInt32.random(in: 0..<side, using: &random)
            return [
                x, y, .random(in: 1...(side - x), using: &random),
                .random(in: 1...(side - y), using: &random),
            ]
        }

        /// One to six commands that draw, copy or write to textures 1 and 2.
        private static func stream(_ surface: UInt32, _ random: inout SeededGenerator) -> [UInt32] {
            let target = UInt32.random(in: 1...2, using: &random)
            func unit() -> Float { Float(UInt8.random(in: 0...255, using: &random)) / 255 }
            var words = VirglWords.framebuffer(resource: target, format: 67, surface: surface)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let (a, b) = (box(&random), box(&random))
                switch Int.random(in: 0..<5, using: &random) {
                case 0:
                    let colour = [unit(), unit(), unit(), unit()].map(\.bitPattern)
                    words += VirglWords.command(7, [4] + colour + [0, 0, 0])
                case 1:
                    // A blit that scales, nearest texel.
                    words += VirglWords.command(
                        16,
                        [0xf, 0, 0, target, 0, 67, a[0], a[1], 0, a[2], a[3], 1]
                            + [3 - target, 0, 67, b[0], b[1], 0, b[2], b[3], 1])
                case 2:
                    let (w, h) = (min(a[2], b[2]), min(a[3], b[3]))
                    words += VirglWords.command(
                        17, [target, 0, a[0], a[1], 0, 3 - target, 0, b[0], b[1], 0, w, h, 1])
                case 3:
                    words += VirglWords.inlineWrite(
                        target, x: a[0], y: a[1], width: a[2], height: a[3],
                        data: self.random(Int(a[2] * a[3]), &random))
                default:
                    var vertices: [Float] = []
                    for _ in 0..<3 {
                        vertices += [unit() * 2 - 1, unit() * 2 - 1, unit() * 0.5, 1]
                        vertices += [unit(), unit(), unit(), 1]
                    }
                    words += VirglWords.inlineWrite(
                        3, width: 96, data: vertices.map(\.bitPattern))
                    words += VirglWords.draw(count: 3)
                }
            }
            return words
        }

        private static let resources: [VirtioGPU.ResourceCreate3D] =
            [1, 2].map {
                VirtioGPU.ResourceCreate3D(
                    resourceID: ResourceID($0), target: 2, format: 67, bind: 0xa, width: side,
                    height: side)
            } + [
                VirtioGPU.ResourceCreate3D(
                    resourceID: ResourceID(3), target: 0, format: 64, bind: 0x10, width: 96,
                    height: 1)
            ]

        @Test(
            "Clears, blits, copies, writes and draws leave the same bytes in both",
            .enabled(if: isInstalled, "the package virgl-server is not installed"))
        func streams() throws {
            let server = try TestServer()
            var random = SeededGenerator(seed: 12)
            try GPUMachine.run { machine in
                try machine.createContext()
                for request in Self.resources {
                    try server.createResource(request)
                    #expect(try machine.send(request).type == .okNoData)
                    _ = try machine.context(
                        .ctxAttachResource, resource: request.resourceID.rawValue)
                }
                let bytes = Self.side * Self.side * 4
                for id: UInt32 in 1...2 {
                    _ = try machine.attach(id, [(GPUMachine.pages, bytes)])
                }
                let setUp =
                    VirglWords.pipeline(
                        vertices: 3, width: Float(Self.side), height: Float(Self.side))
                    + VirglWords.shader(31, stage: 0, VirglWords.vertexShader)
                    + VirglWords.shader(32, stage: 1, VirglWords.fragmentShader)
                try server.submit(setUp)
                #expect(try machine.submit(setUp).type == .okNoData)
                var pictures: Set<[UInt8]> = []
                for round in UInt32(0)..<60 {
                    let words = Self.stream(100 + round, &random)
                    try server.submit(words)
                    try #require(try machine.submit(words).type == .okNoData, "round \(round)")
                    for id: UInt32 in 1...2 {
                        let read = VirtioGPU.TransferHost3D(
                            header: .init(type: .transferFromHost3D, ctxID: ContextID(1)),
                            box: VirtioGPU.Box(w: Self.side, h: Self.side),
                            resourceID: ResourceID(id))
                        try #require(try machine.send(read).type == .okNoData)
                        let ours = try machine.bytes(at: GPUMachine.pages, count: Int(bytes))
                            .bytes()
                        let theirs = try server.read(id, width: Self.side, height: Self.side)
                        try #require(
                            firstDifference(ours, theirs) == nil, "round \(round), texture \(id)")
                        pictures.insert(ours)
                    }
                }
                // They have drawn something.
                #expect(pictures.count > 50)
            }
        }
    }
}
