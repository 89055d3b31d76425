// Guest memory as a front-end gives it (Spec/vhost-user.md, memory).

internal import LinuxSystem
internal import SystemPackage
internal import VirtioWire

enum SocketMemoryCases {
    static let all = [table, tableSize, tableRules, slots, adding, removing, translations]

    /// A region of the ring's file, elsewhere in the guest.
    private static func region(
        _ ring: SocketRing, guest: UInt64, user: UInt64, size: UInt64 = 0x1000, offset: UInt64 = 0
    ) -> VhostUser.MemRegion {
        VhostUser.MemRegion(
            guestAddress: GuestAddress(guest), size: size, userAddress: UserAddress(user),
            mmapOffset: offset)
    }

    private static let elsewhere: UInt64 = 0x4000_0000
    private static let elsewhereUser: UInt64 = 0x5f00_0000_0000

    static let table = SocketCase.make(
        "memory/VU-040",
        "SET_MEM_TABLE replaces all of memory: at most 8 regions, and a descriptor for each."
    ) { context in
        let ring = try SocketRing(context)
        for count: UInt64 in [1, 8, 2] {
            let more = (1..<count).map {
                region(
                    ring, guest: elsewhere &+ $0 &* 0x10000,
                    user: elsewhereUser &+ $0 &* 0x10000)
            }
            let regions = [ring.region] + more
            try context.expectSuccess(
                .setMemTable, SocketRing.table(regions),
                Array(repeating: ring.file.descriptor, count: regions.count),
                for: "a table of \(count) regions")
        }
        try ring.start(&context)
        try ring.exchange(context, "in the table's memory")
        let two = [ring.region, region(ring, guest: elsewhere, user: elsewhereUser)]
        try context.expectFailure(
            .setMemTable, SocketRing.table(two), [ring.file.descriptor],
            for: "two regions with one descriptor")
    }

    static let tableSize = SocketCase.make(
        "memory/VU-041",
        "A table's size is that of the regions it counts; one that counts more is not taken.",
        level: .practice
    ) { context in
        let ring = try SocketRing(context)
        let files = [ring.file.descriptor]
        // User-Mode Linux sends its whole structure.
        let padded = SocketRing.table([ring.region, ring.region], count: 1)
        switch try context.acknowledge(.setMemTable, padded, files) {
        case .success: try ring.giveMemory(&context)
        case .failure, .closed:
            context.deviates("a table with room for more than it counts to be taken")
            try context.begin()
        }
        let short = SocketRing.table([ring.region], count: 2)
        guard try context.acknowledge(.setMemTable, short, files + files) != .success else {
            return context.deviates("a table that counts more than it brings not to be taken")
        }
    }

    static let tableRules = SocketCase.make(
        "memory/VU-042",
        "Regions do not overlap, none is empty, nothing wraps; a table that breaks this is refused "
            + "whole, and the old one stays."
    ) { context in
        let ring = try SocketRing(context)
        try ring.start(&context)
        try ring.exchange(context, "before a bad table")
        let bad: [(String, VhostUser.MemRegion)] = [
            ("an overlap", region(ring, guest: 0x10_0000, user: elsewhereUser)),
            ("an empty region", region(ring, guest: elsewhere, user: elsewhereUser, size: 0)),
            (
                "a region that wraps",
                region(ring, guest: .max - 0xfff, user: elsewhereUser, size: 0x2000)
            ),
            (
                "an offset that wraps",
                region(ring, guest: elsewhere, user: elsewhereUser, offset: .max - 0xfff)
            ),
        ]
        let files = [ring.file.descriptor, ring.file.descriptor]
        for (what, region) in bad {
            let table = SocketRing.table([ring.region, region])
            let deviated = context.deviation != nil
            try context.expectFailure(.setMemTable, table, files, for: "a table with \(what)")
            // A connection that ended took the old table with it.
            if !deviated, context.deviation != nil { return }
            try ring.exchange(context, "in the old table's memory, after \(what)")
        }
        try context.expectSuccess(.setMemTable, SocketRing.table([]), for: "an empty table")
    }

    static let slots = SocketCase.make(
        "memory/VU-043", "GET_MAX_MEM_SLOTS tells how many regions can be present at once.",
        needs: .configureMemSlots
    ) { context in
        let count = try context.number(.getMaxMemSlots)
        guard count >= 1, count <= 1 << 20 else { throw context.finding("1 slot or more") }
        if count < 8 { context.deviates("as many slots as SET_MEM_TABLE has") }
    }

    /// Back-ends with more slots are not filled.
    private static let slotsTried: UInt64 = 1024

    static let adding = SocketCase.make(
        "memory/VU-044",
        "ADD_MEM_REG adds a region under the table's rules, and is refused beyond the slots.",
        needs: .configureMemSlots
    ) { context in
        let ring = try SocketRing(context)
        let count = try context.number(.getMaxMemSlots)
        let add = { (region: VhostUser.MemRegion) in [UInt8](VhostUser.MemRegMsg(region: region)) }
        try context.expectSuccess(
            .addMemReg, add(ring.region), [ring.file.descriptor], for: "a region")
        try ring.giveFeatures(&context)
        for step in SocketRing.Step.allCases { try ring.tell(step, &context) }
        try ring.exchange(context, "in memory that was added")
        if count <= slotsTried {
            for index in 1..<count {
                let more = region(
                    ring, guest: elsewhere &+ index &* 0x10000,
                    user: elsewhereUser &+ index &* 0x10000)
                try context.expectSuccess(
                    .addMemReg, add(more), [ring.file.descriptor], for: "region \(index + 1)")
            }
            let last = region(ring, guest: 0x10_0000_0000, user: 0x5d00_0000_0000)
            try context.expectFailure(
                .addMemReg, add(last), [ring.file.descriptor],
                for: "region \(count + 1) of \(count)")
            guard context.deviation == nil else { return }
            try ring.exchange(context, "after a region too many")
        } else {
            let overlap = region(ring, guest: 0x10_0000, user: elsewhereUser)
            try context.expectFailure(
                .addMemReg, add(overlap), [ring.file.descriptor], for: "an overlap")
        }
    }

    static let removing = SocketCase.make(
        "memory/VU-045",
        "REM_MEM_REG takes the region of the same addresses and size, whatever its offset; a "
            + "descriptor with it is closed.", needs: .configureMemSlots
    ) { context in
        let ring = try SocketRing(context)
        let message = { (region: VhostUser.MemRegion) in
            [UInt8](VhostUser.MemRegMsg(region: region))
        }
        let other = region(ring, guest: elsewhere, user: elsewhereUser)
        try context.expectSuccess(
            .addMemReg, message(ring.region), [ring.file.descriptor], for: "a region")
        for _ in 0..<2 {
            try context.expectSuccess(
                .addMemReg, message(other), [ring.file.descriptor], for: "another region")
            var moved = other
            moved.mmapOffset = 0x3000
            let canary = try Canary()
            try context.expectSuccess(
                .remMemReg, message(moved), [canary.descriptor], for: "the other region's removal")
            guard canary.isClosed(withinMillis: context.patienceMillis) else {
                throw context.finding("the descriptor to be closed", received: "it is open")
            }
        }
        try context.expectFailure(.remMemReg, message(other), for: "a region that is gone")
        guard context.deviation == nil else { return }
        var larger = ring.region
        larger.size &+= 0x1000
        try context.expectFailure(.remMemReg, message(larger), for: "a region of another size")
    }

    static let translations = SocketCase.make(
        "memory/VU-046",
        "Ring addresses are the front-end's, descriptors in rings hold the guest's."
    ) { context in
        let ring = try SocketRing(context)
        // Another region has, as its guest addresses, what the ring has as the front-end's.
        let trap = try SharedMemory(name: "trap", sizeBytes: 1 << 20)
        var decoy = ring.region
        decoy.guestAddress = GuestAddress(ring.region.userAddress.rawValue)
        decoy.userAddress = UserAddress(elsewhereUser)
        try context.expectSuccess(
            .setMemTable, SocketRing.table([decoy, ring.region]),
            [trap.descriptor, ring.file.descriptor], for: "a table of two regions")
        try ring.giveFeatures(&context)
        for step in SocketRing.Step.allCases { try ring.tell(step, &context) }
        try ring.exchange(context, "at the front-end's addresses")
        guard trap.range.bytes().allSatisfy({ $0 == 0 }) else {
            throw context.finding(
                "nothing at guest addresses that are equal to the ring's", received: "bytes")
        }
    }
}
