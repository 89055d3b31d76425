// One run of the demo: play, compare, write, report.

import Foundation
import GuestDriver
import HostBridge
import ResourceRegistry
import VhostUser
import VirtioDevices
import VirtioWire

/// Plays a stream through both devices and writes what the GPU drew.
struct Demo {
    let choice: StreamChoice
    let folder: OutputFolder
    let path: SamplingPath
    let framesMax: Int
    let threadCount: Int
    var progress: Progress

    /// Codecs that the media device offers; tests put their own in.
    var decoders: [DecoderDescription]?
    /// Where the devices are served; nil makes them here.
    var sockets: DeviceSockets?
    /// What its front-ends do there.
    var habits = FrontEndHabits.all
    var rendering = GPUConfiguration.Rendering.virgl

    init(
        choice: StreamChoice, folder: OutputFolder, path: SamplingPath, framesMax: Int,
        threadCount: Int, progress: Progress
    ) {
        self.choice = choice
        self.folder = folder
        self.path = path
        self.framesMax = framesMax
        self.threadCount = threadCount
        self.progress = progress
    }

    func run() throws -> DemoReport {
        let system =
            try sockets.map { try SharingMachine($0, habits: habits) }
            ?? SharingMachine(
                decoders: decoders ?? StreamChoice.decoders(threadCount: threadCount),
                rendering: rendering)
        var references = ReferenceQueue(choice.reference)
        let before = system.counters
        let player = try Player(
            system, choice.stream, mode: .draw(path), framesMax: framesMax)
        player.onFeed = { references.feed($0) }
        var sheet = Selection()
        var worst = 0
        var progress = self.progress
        try player.play { picture in
            let reference = references.take(timeMicros: picture.timeMicros)
            worst = max(worst, reference?.maxChannelError(against: picture.rgba) ?? 255)
            try write(picture, &sheet)
            progress.show("\(choice.title): frame \(picture.number + 1)")
        }
        progress.end()
        guard player.played > 0, let layout = player.layout else {
            throw PlayerError.nothingDecoded
        }
        let uuids = player.uuids
        var report = report(player, layout, system.counters, since: before, worst, uuids)
        report.countsDevices = system.countsDevices
        try player.close()
        try writeSheet(sheet, report)
        folder.removeFrames(from: player.played)
        return report
    }

    // MARK: Pictures

    private func write(_ played: PlayedPicture, _ sheet: inout Selection) throws {
        let picture = Picture(width: played.width, height: played.height, rgba: played.rgba)
        try PictureFile.write(picture, to: folder.frame(played.number))
        let made = choice.stream.pictureMicros.map { $0 * Int64(played.number) }
        let seconds = Double(made ?? played.timeMicros) / 1_000_000
        sheet.offer(
            picture,
            caption: String(format: "#%04d  %.3f s", played.number, seconds)
                + (played.isDamaged ? "  damaged" : ""))
    }

    private func writeSheet(_ selection: Selection, _ report: DemoReport) throws {
        var sheet = ContactSheet(
            title: "\(choice.title)  \(report.codec)  \(report.width)x\(report.height)  "
                + (report.sharing ? "shared by UUID, \(report.path)" : "not shared"))
        for tile in selection.tiles { sheet.add(tile.picture, caption: tile.caption) }
        try PictureFile.write(
            sheet.render(), to: folder.file("contact-sheet." + PictureFile.fileExtension))
    }

    /// Evenly spaced pictures of a stream whose length is not known beforehand: every picture, then
    /// every second one, and so on.
    private struct Selection {
        struct Tile {
            let picture: Picture
            let caption: String
        }

        private(set) var tiles: [Tile] = []
        private var step = 1
        private var offered = 0
        private static let tilesMax = 24
        private static let tileWidth = 320

        mutating func offer(_ picture: Picture, caption: String) {
            defer { offered += 1 }
            guard offered % step == 0 else { return }
            if tiles.count == Self.tilesMax {
                tiles = tiles.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
                step *= 2
                guard offered % step == 0 else { return }
            }
            let isWide = picture.width > Self.tileWidth
            tiles.append(
                Tile(
                    picture: isWide ? picture.scaled(toWidth: Self.tileWidth) : picture,
                    caption: caption))
        }
    }

    // MARK: Report

    private func report(
        _ player: Player, _ layout: VideoLayout, _ after: SharingMachine.Counters,
        since before: SharingMachine.Counters, _ worst: Int, _ uuids: [ResourceUUID]
    ) -> DemoReport {
        let frames = Double(player.played)
        let perFrame = { (nanos: UInt64) in Double(nanos) / 1_000_000 / frames }
        let decoded = after.decoded
        // The decoder runs ahead of what is drawn: each kind of copy by the pictures that it is of.
        let uploaded = Double(after.uploadedBytes - before.uploadedBytes)
        let pictures = (Double(max(1, decoded.pictures)), Double(max(1, decoded.pictureBytes)))
        let copied = Double(decoded.copiedBytes)
        let times = player.times
        let work = times.sum
        let trips = after.roundTripNanos - before.roundTripNanos
        let handlers = after.handlerNanos - before.handlerNanos
        let stages = StageMilliseconds(
            decode: perFrame(decoded.decodeNanos),
            protocolPath: perFrame(trips > work + handlers ? trips - work - handlers : 0),
            upload: perFrame(times.uploadNanos), draw: perFrame(times.drawNanos),
            readBack: perFrame(times.readNanos))
        return DemoReport(
            codec: choice.stream.codecName, width: layout.width, height: layout.height,
            frames: player.played,
            damagedFrames: Int(decoded.damagedPictures + decoded.failedUnits),
            fps: 1000 / max(stages.sum, 0.001), path: path.rawValue, sharing: path != .pages,
            copiesPerFrame: copied / pictures.1 + uploaded / Double(max(1, player.sampleBytes)),
            bytesCopiedPerFrame: copied / pictures.0 + uploaded / frames,
            copiesByDecoder: Dictionary(
                uniqueKeysWithValues: decoded.copiedPictures.map { ($0.key.rawValue, $0.value) }),
            bytesShared: after.sharedBytes,
            maxChannelError: worst, stageMilliseconds: stages, uuids: uuids.map(\.description))
    }
}

/// Pictures of a plain decode, until the device's come out.
struct ReferenceQueue {
    private let decoder: any ReferenceDecoder
    private var waiting: [ReferencePicture] = []

    init(_ decoder: any ReferenceDecoder) { self.decoder = decoder }

    mutating func feed(_ unit: CodedStreamUnit) { waiting += decoder.decode(unit) }

    /// The picture of that time; those before it never came out of the device.
    mutating func take(timeMicros: Int64) -> ReferencePicture? {
        if !waiting.contains(where: { $0.timeMicros == timeMicros }) { waiting += decoder.drain() }
        guard let index = waiting.firstIndex(where: { $0.timeMicros == timeMicros }) else {
            return nil
        }
        defer { waiting.removeFirst(index + 1) }
        return waiting[index]
    }
}
