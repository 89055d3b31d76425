// Why a clause has no case, and which cases see one beside their own. May only shrink.

enum ClauseReasons {
    /// Cases that show a clause besides those that bear its id.
    static let seenBy: [String: [String]] = [
        "VQ-O-004": ["hostile/ring/length-huge"],
        "VQ-O-005": ["hostile/ring/table-huge", "hostile/ring/table-odd-length"],
        "GPU-R-012": ["gpu/config/GPU-I-005"], "GPU-I-040": ["gpu/config/GPU-D-003"],
        "MED-O-001": ["hostile/media/unknown-commands"], "MED-O-002": ["hostile/media/sessions"],
        "MED-O-003": ["hostile/media/counts"], "MED-R-002": ["hostile/media/truncated"],
        "CAP-5": ["sharing/capabilities/CAP-1"], "SYNC-1": ["sharing/lifetime/pages/LIFE-1"],
        "LIFE-3": ["sharing/lifetime/LIFE-2"],
    ]

    /// Why there is no case, or what cases cannot see.
    static let reasons: [String: String] = {
        var all: [String: String] = [:]
        for (clauses, reason) in groups {
            for clause in clauses { all[clause] = reason }
        }
        return all
    }()

    private static let groups: [([String], String)] =
        queue + gpu + media + sharing + socket + display

    private static let queue: [([String], String)] = [
        (
            ["VQ-D-009", "VQ-D-010"],
            "RING_RESET: no driver of ours negotiates it, and no peer offers it."
        ),
        (
            ["VQ-D-022"],
            "The order of two writes to memory: `TwoThreadTests` and the thread sanitizer."
        ),
        (["VQ-D-024"], "A permission, with IN_ORDER only."),
        (["VQ-D-025"], "vhost-user has no generation register: `RegisterTests`."),
        (["VQ-D-026", "VQ-D-028", "VQ-D-029"], "Registers of PCI, which are the VMM's."),
        (["VQ-D-030"], "SUSPEND is offered by no peer."),
        (
            ["VQ-O-002"],
            "What the device makes of a reserved value shows only by an interrupt more."
        ),
        (
            ["VQ-O-003"],
            "A VMM keeps the status register: a back-end never sees it. `RegisterTests`."
        ),
    ]

    private static let gpu: [([String], String)] = [
        (
            [
                "GPU-D-001", "GPU-D-002", "GPU-D-005", "GPU-R-002", "GPU-R-003", "GPU-R-005",
                "GPU-R-006", "GPU-R-007", "GPU-R-013", "GPU-R-020", "GPU-R-025",
            ], "Binds the driver, or is a permission."
        ),
        (
            ["GPU-D-016", "GPU-D-019", "GPU-D-020", "GPU-I-037", "GPU-I-041"],
            "Registers of PCI, VGA and MMIO, which are the VMM's."
        ),
        (
            ["GPU-I-007", "GPU-I-026", "GPU-I-038"],
            "Needs a display that changes: `GPUDisplayTests`, `GPUPathTests`."
        ),
        (["GPU-R-012"], "Told by the capsets' case, which asks past the last one."),
        (["GPU-I-040"], "Told by the case that asks for the regions."),
    ]

    private static let media: [([String], String)] = [
        (["MED-R-003", "MED-R-004", "MED-R-005", "MED-R-006"], "Binds the driver."),
        (
            ["MED-O-004", "MED-O-005", "MED-O-006"],
            "What an event queue does under pressure: `EventBacklogTests`, `MediaStopTests`."
        ),
        (["MED-O-007"], "What the device does not look at cannot be seen: `MediaCommandTests`."),
    ]

    private static let sharing: [([String], String)] = [
        (
            ["CAP-3", "CAP-4", "CAP-6", "CAP-7", "CAP-8"],
            "Between devices of one process; no command asks for it: `CapabilityTests`."
        ),
        (
            ["CAP-5"],
            "That no byte is copied is counted by the demo; a guest sees that the object is taken."
        ),
        (
            ["MOVE-1", "MOVE-2", "MOVE-3", "MOVE-4", "MOVE-5"],
            "No command probes or moves: `CapabilityTests`, `MappingTests`."
        ),
        (
            ["ATT-1", "ATT-2", "ATT-3", "ATT-4", "ATT-5"],
            "How a device holds an object inside its process: `AttachmentTests`."
        ),
        (["CPU-1", "CPU-2", "CPU-3"], "A CPU's access is inside a process: `MappingTests`."),
        (
            ["SYNC-1"],
            "A guest sees that nobody writes pages that it took back; the order of leases is `LeaseTests`'."
        ),
        (
            ["SYNC-2", "SYNC-3", "SYNC-4", "SYNC-5"],
            "Needs pictures that are decoded while they are drawn: `OrderingTests`, `WholePath`."
        ),
        (["LIFE-3"], "A guest sees a reset; a process that dies is `DeathTests`'."),
        (
            ["LIFE-5"],
            "What is left when a guest is gone nobody sees but the host: `LifetimeTests`, `make soak`."
        ),
        (["LIFE-7"], "Needs a renderer that dies in its own process: `DeathTests`."),
        (["OBS-1", "OBS-2"], "What the host is told: `virtio-share status`, `LifetimeTests`."),
    ]

    private static let socket: [([String], String)] = [
        (["VU-055"], "LOG_SHMFD is not offered by ours; migration is the VMM's."),
        (["VU-056"], "ACCESS_PLATFORM is not offered."),
        (["VU-057"], "PAGEFAULT is not offered."),
        (["VU-058"], "DEVICE_STATE is not offered."),
        (["VU-065"], "INBAND_NOTIFICATIONS is not offered."),
        (["VU-074"], "GET_VRING_BASE_SKIP_DRAIN is not offered."),
        (["VU-082"], "HOST_NOTIFIER is not offered."),
        (
            ["VU-083", "VU-101", "VU-102", "VU-103", "VU-104"],
            "Binds the front-end; ours is what the media's and the GPU's mapping cases go through."
        ),
        (["VU-093"], "Needs a display that changes: `EchoTests`."),
        (
            ["VU-096", "VU-097"],
            "Needs an importer behind a socket of its own: `SharedObjectTests`."
        ),
        (["VU-110", "VU-111", "VU-112", "VU-113"], "INFLIGHT_SHMFD is not offered."),
    ]

    private static let display: [([String], String)] = [
        (
            [
                "VUG-001", "VUG-002", "VUG-003", "VUG-004", "VUG-005", "VUG-006", "VUG-010",
                "VUG-011", "VUG-012", "VUG-013", "VUG-014", "VUG-020", "VUG-021", "VUG-030",
                "VUG-031", "VUG-032", "VUG-033",
            ],
            "A front-end's display looks at it: `DisplayTests`, and every GPU case with a display."
        ),
        (
            ["VUG-040", "VUG-041", "VUG-042", "VUG-043", "VUG-044"],
            "Needs a renderer with dma-bufs; the machine has none."
        ),
    ]
}
