// A real Linux kernel, run as a process, with a back-end of ours for its GPU. The program that it
// runs first tells in lines what it has done, and waits where we are to look.

import Foundation
import LinuxSystem

/// One run of a guest.
final class GuestRun {
    /// What the script behind a `make` target has left in the environment; nil when none has.
    static func setting(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
    static func number(_ name: String, _ otherwise: Int) -> Int {
        setting(name).flatMap { Int($0) } ?? otherwise
    }

    private let process = Process()
    private let input = Pipe()
    private let lines = Monitor(Lines())

    fileprivate struct Lines {
        var rest = Data()
        /// Of the client, without their "@ ".
        var told: [String] = []
        /// Everything, for a report of what went wrong.
        var console: [String] = []
        var hasEnded = false
    }

    /// Boots.
    ///
    /// - Parameters:
    ///   - program: what has the client's console for its standard input and output.
    ///   - variables: of its environment, besides ours.
    init(_ program: String, _ arguments: [String], variables: [String: String] = [:]) throws {
        // A guest whose GPU has failed may not heed SIGTERM, and has processes beside its first; this
        // ends them all, even where these tests were killed.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["--kill-after=5", "600", program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        let lines = self.lines
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            lines.update { lines in
                if data.isEmpty {
                    lines.hasEnded = true
                    handle.readabilityHandler = nil
                }
                lines.take(data)
            }
        }
        try process.run()
    }

    deinit {
        guard process.isRunning else { return }
        process.terminate()
        waitUntilOff()
    }

    /// Waits, bounded, until the guest is off.
    func waitUntilOff() {
        let deadline = MonotonicClock.nowNanos + 10_000_000_000
        _ = lines.wait(untilNanos: deadline) { $0.hasEnded ? true : nil }
    }

    /// The client's next line, waiting for it; nil when there is none.
    func next(_ index: Int, seconds: UInt64 = 120) -> String? {
        let deadline = MonotonicClock.nowNanos + seconds * 1_000_000_000
        return lines.wait(untilNanos: deadline) { lines -> String?? in
            if index < lines.told.count { return lines.told[index] }
            return lines.hasEnded ? .some(nil) : nil
        } ?? nil
    }

    /// Lets a client go on that waits.
    func goOn() { try? input.fileHandleForWriting.write(contentsOf: Data("\n".utf8)) }

    var console: String { lines.withLock { $0.console.suffix(40).joined(separator: "\n") } }
}

extension GuestRun.Lines {
    fileprivate mutating func take(_ data: Data) {
        rest += data
        while let end = rest.firstIndex(of: 10) {
            let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            rest = Data(rest[rest.index(after: end)...])
            console.append(line)
            if line.hasPrefix("@ ") { told.append(String(line.dropFirst(2))) }
        }
    }
}

extension GuestRun {
    static var canUserModeLinux: Bool {
        setting("GUEST_KERNEL") != nil && setting("GUEST_CLIENT") != nil
    }

    /// User-Mode Linux, whose root is this system's.
    static func userModeLinux(socket: String, folder: String, steps: [String]) throws -> GuestRun {
        let arguments = [
            "mem=512M", "root=/dev/root", "rootfstype=hostfs", "rootflags=/", "ro", "quiet",
            "con=null", "con0=fd:0,fd:1", "virtio_uml.device=\(socket):16", "uml_dir=\(folder)",
            "panic=-1", "init=\(setting("GUEST_CLIENT") ?? "")", "--",
        ]
        return try GuestRun(
            setting("GUEST_KERNEL") ?? "", arguments + steps, variables: ["TMPDIR": "/dev/shm"])
    }

    static var canQEMU: Bool {
        ["GUEST_QEMU", "GUEST_VMLINUX", "GUEST_INITRAMFS"].allSatisfy { setting($0) != nil }
    }

    /// QEMU, which emulates the processor; its monitor connects to the listener at that path.
    static func qemu(
        gpu: String, monitor: String, size: (width: Int, height: Int), steps: [String]
    ) throws -> GuestRun {
        // Under load an emulated timer can look broken to the kernel's check.
        let kernelLine =
            "console=ttyS0 quiet panic=-1 no_timer_check cryptomgr.notests GUEST_MODULES=/modules"
            + " -- " + steps.joined(separator: " ")
        let arguments = [
            "-nodefaults", "-no-user-config", "-no-reboot", "-nic", "none",
            "-machine", "q35,memory-backend=memory", "-m", "512M",
            "-object", "memory-backend-memfd,id=memory,size=512M,share=on",
            // With one possible processor QEMU's code has no memory barriers, and a device in
            // another process can miss a kick.
            "-accel", "tcg,thread=multi", "-smp", "1,maxcpus=2",
            "-display", "none", "-serial", "stdio",
            "-chardev", "socket,id=monitor,path=\(monitor)",
            "-mon", "chardev=monitor,mode=control",
            "-chardev", "socket,id=gpu,path=\(gpu)",
            "-device", "vhost-user-gpu-pci,chardev=gpu,xres=\(size.width),yres=\(size.height)",
            "-kernel", setting("GUEST_VMLINUX") ?? "", "-initrd", setting("GUEST_INITRAMFS") ?? "",
            "-append", kernelLine,
        ]
        return try GuestRun(setting("GUEST_QEMU") ?? "", arguments)
    }
}
