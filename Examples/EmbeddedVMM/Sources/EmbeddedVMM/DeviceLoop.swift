// The VMM's event loop: poll(2) on the thread that owns all devices. A device needs three things of
// it: serve a queue that was kicked, serve the host when its descriptor is readable, and answer the
// guest's register accesses.

import Glibc
import LinuxSystem
import VirtioDevices
import Virtqueue

final class DeviceLoop {
    private var watched: [(descriptor: CInt, serve: () -> Void)] = []
    private var hosts: [(serve: () -> Void, reset: () -> Void)] = []

    /// Calls `serve` whenever the descriptor is readable.
    func watch(_ descriptor: CInt, _ serve: @escaping () -> Void) {
        watched.append((descriptor, serve))
    }

    /// Plugs a device into the machine: what the guest gets is its transport.
    func attach<Device>(_ device: Device, memory: GuestMemory) throws -> VMMTransport<Device> {
        let transport = try VMMTransport<Device>(queueCount: device.queueSizesMax.count)
        let host = DeviceHost(device: device, memory: memory, interrupt: transport.interrupt)
        watch(device.hostEvent.rawValue) { host.serveHost() }
        watch(transport.exit.descriptor.rawValue) { transport.answerExits(host) }
        for (index, kick) in transport.kicks.enumerated() {
            watch(kick.descriptor.rawValue) {
                kick.take()
                host.serve(queue: index)
            }
        }
        hosts.append(({ host.serveHost() }, { host.write(status: []) }))
        return transport
    }

    /// Runs until a handler has made `isDone` true.
    func run(until isDone: () -> Bool) throws {
        var polled = watched.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        while !isDone() {
            // SAFETY: the kernel writes to the array's own elements, during the call.
            guard unsafe poll(&polled, nfds_t(polled.count), -1) >= 0 || errno == EINTR else {
                throw VMMError.poll(errno)
            }
            for (ready, entry) in zip(polled, watched) where ready.revents != 0 { entry.serve() }
        }
    }

    /// Gives every device a turn. An exporter's reset waits for its importers to let go, which on one
    /// thread they can do only in a turn that the reset itself gives them.
    func serveHosts() {
        for host in hosts { host.serve() }
    }

    /// Resets all devices.
    func powerOff() {
        for host in hosts { host.reset() }
    }
}
