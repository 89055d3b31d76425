// The back-end that cases are put to: one that somebody runs, or one that we start for them.

import Conformance
import Foundation
import GuestDriver
import LinuxSystem
import SystemPackage
import VhostUser
import VirtioWire
import Virtqueue

/// Where back-ends are.
enum ConformPlace: Equatable {
    case socket(String)
    /// A GPU's and a media device's of one guest.
    case sockets(DeviceSockets)
    /// A shell command; `{socket}`, or `{gpu-socket}` and `{media-socket}`, stand for the paths that
    /// it is to listen on.
    case launch(String)

    static let socketNames = ["socket", "gpu-socket", "media-socket"]

    /// Whether there are two devices, which may share.
    var hasBoth: Bool {
        switch self {
        case .socket: false
        case .sockets: true
        case .launch(let command): command.contains("{gpu-socket}")
        }
    }
}

/// Gives each case a connection of its own, and starts the back-end anew where it has ended.
final class BackEndUnderTest {
    private let place: ConformPlace
    private let deviceID: UInt32
    private let answerMillis: Int32
    private let launched: LaunchedBackEnd?
    /// The same program once more: another guest's devices.
    private var other: LaunchedBackEnd?
    private var frontEnds: [VhostUserFrontEnd] = []
    private var displays: [DisplayReceiver] = []

    private static let memoryBytes = 64 << 20
    private static let memoryStart: UInt64 = 0x1_0000
    /// How often a back-end that ends by itself is started for one case.
    private static let attemptsMax = 3
    private static let startMillis: UInt64 = 10_000

    init(_ place: ConformPlace, deviceID: UInt32, answerMillis: Int32) throws {
        self.place = place
        self.deviceID = deviceID
        self.answerMillis = answerMillis
        launched =
            if case .launch(let command) = place { try LaunchedBackEnd(command: command) } else {
                nil
            }
    }

    /// What a runner asks for.
    var stand: ConformanceStand {
        var stand = ConformanceStand()
        stand.socketDeviceID = deviceID
        stand.makeDevice = makeDevice
        stand.connect = connect
        if place.hasBoth { stand.makeGuest = makeGuest }
        stand.lossOfDevice = loss
        stand.lossOfBackEnd = { [launched] in launched?.takeCrash().map { "a back-end that \($0)" }
        }
        return stand
    }

    /// Ends what was started.
    func close() {
        disconnect()
        other?.close()
        launched?.close()
    }

    private func disconnect() {
        frontEnds = []
        displays = []
    }

    private func path(_ device: UInt32, _ program: LaunchedBackEnd?) -> String {
        let isGPU = device == VirtioGPU.deviceID
        switch place {
        case .socket(let path): return path
        case .sockets(let both): return isGPU ? both.gpu : both.media
        case .launch:
            guard let program else { return "" }
            guard place.hasBoth else { return program.path("socket") }
            return program.path(isGPU ? "gpu-socket" : "media-socket")
        }
    }

    // MARK: What cases are put to

    /// A connection that nobody has used, and a guest for it.
    private func makeDevice() throws -> (any VirtioTransport, GuestMachine) {
        // One front-end at a time: the last one's connection goes first.
        disconnect()
        let (machine, files) = try makeMachine()
        return (try frontEnd(deviceID, files, launched), machine)
    }

    /// Both devices of a guest.
    private func makeGuest(_ which: ConformanceStand.GuestPlace) throws -> ConformanceStand.Guest {
        var program = launched
        switch which {
        case .first:
            disconnect()
            other?.close()
            other = nil
        case .other:
            guard case .launch(let command) = place else {
                throw ConformanceStand.DeviceUnavailable("a second guest needs --launch")
            }
            other = try LaunchedBackEnd(command: command)
            program = other
        }
        let (machine, files) = try makeMachine()
        let objects = SharedObjectTable()
        return ConformanceStand.Guest(
            gpu: try frontEnd(VirtioGPU.deviceID, files, program, objects),
            media: try frontEnd(VirtioMedia.deviceID, files, program, objects), machine: machine)
    }

    private func makeMachine() throws -> (GuestMachine, [GuestMemoryFile]) {
        let memory = try SharedMemory(name: "guest memory", sizeBytes: Self.memoryBytes)
        let start = GuestAddress(Self.memoryStart)
        let machine = GuestMachine(
            memory: try GuestMemory([GuestRegion(start: start, memory: memory)]),
            usable: Self.memoryStart..<(Self.memoryStart + UInt64(Self.memoryBytes)))
        return (machine, [GuestMemoryFile(start: start, memory: memory)])
    }

    private func frontEnd(
        _ device: UInt32, _ memory: [GuestMemoryFile], _ program: LaunchedBackEnd?,
        _ objects: SharedObjectTable = SharedObjectTable()
    ) throws -> VhostUserFrontEnd {
        var habits = FrontEndHabits.all
        habits.answerMillis = answerMillis
        let path = path(device, program)
        let made = try reach(path, program) { () throws(VhostUserError) in
            try VhostUserFrontEnd(
                path: path, deviceID: device, memory: memory, habits: habits, objects: objects)
        }
        frontEnds.append(made)
        if device == VirtioGPU.deviceID { showDisplay(of: made) }
        return made
    }

    /// What QEMU does for its own GPU: that one asks the display for what it tells the driver, and
    /// waits for ever without one; how many there are it leaves to its front-end.
    private func showDisplay(of gpu: VhostUserFrontEnd) {
        guard let display = try? gpu.attachDisplay() else { return }
        displays.append(display)
        let count = gpu.readConfig(offset: 8, count: 4)
        if count.allSatisfy({ $0 == 0 }) { gpu.scanoutCount = 1 }
    }

    /// A connection and nothing said on it.
    private func connect() throws -> OwnedDescriptor {
        disconnect()
        let path = path(deviceID, launched)
        let descriptor = try reach(path, launched) { () throws(VhostUserError) in
            do throws(Errno) { return try UnixSocket.connect(to: path).release() } catch {
                throw .system(error)
            }
        }
        return OwnedDescriptor(taking: descriptor)
    }

    // MARK: Reaching a back-end

    /// Tries until somebody is there, and starts the program where it is not running.
    private func reach<R>(
        _ path: String, _ program: LaunchedBackEnd?, _ body: () throws(VhostUserError) -> R
    ) throws -> R {
        let deadline = MonotonicClock.nowNanos &+ Self.startMillis * 1_000_000
        let launchesMax = (program?.launches ?? 0) + Self.attemptsMax
        while true {
            if let program, !program.isRunning {
                guard program.launches < launchesMax else {
                    throw ConformanceStand.DeviceUnavailable(
                        "no back-end at \(path): \(program.ending)")
                }
                try program.start()
            }
            do throws(VhostUserError) { return try body() } catch {
                guard let program, isWorthWaiting(error, program),
                    MonotonicClock.nowNanos < deadline
                else {
                    throw ConformanceStand.DeviceUnavailable("no back-end at \(path): \(error)")
                }
            }
            usleep(2_000)
        }
    }

    /// Whether it may be on its way: not there yet, or about to end after the last connection.
    private func isWorthWaiting(_ error: VhostUserError, _ program: LaunchedBackEnd) -> Bool {
        switch error {
        case .system(.noSuchFileOrDirectory), .system(.connectionRefused), .peerGone: true
        default: program.hasEnded
        }
    }

    /// Whether a back-end of the last connections is gone, and how.
    private func loss() -> String? {
        for program in [launched, other].compactMap({ $0 }) where program.hasEnded {
            return "a back-end that \(program.ending)"
        }
        guard let failure = frontEnds.lazy.compactMap(\.failure).first else { return nil }
        return failure == .timedOut
            ? "a back-end that answers no message in \(answerMillis) ms"
            : "a back-end that dropped the connection: \(failure)"
    }
}
