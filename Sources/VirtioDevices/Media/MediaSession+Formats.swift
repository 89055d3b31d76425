// Formats, sizes and rectangles.

internal import HostBridge
internal import VirtioWire

extension MediaSession {
    // MARK: CAPTURE's format

    /// What CAPTURE can be set to: the one that is decoded in place first. Once the stream is known,
    /// only what its depth allows.
    var captureChoices: [V4L2.FourCC] {
        let eight = PictureFormat.choices(isTenBit: false, isMultiPlanar: isMultiPlanar)
        let ten = PictureFormat.choices(isTenBit: true, isMultiPlanar: isMultiPlanar)
        return picture.map { $0.isTenBit ? ten : eight } ?? eight + ten
    }

    private var captureFourCC: V4L2.FourCC {
        let choices = captureChoices
        return chosenFourCC.flatMap { choices.contains($0) ? $0 : nil } ?? choices[0]
    }

    /// The stream's layout in the format that is set.
    var wantedPicture: PictureFormat? { picture.flatMap { $0.converted(to: captureFourCC) } }

    /// Whether a codec may decode into buffers of that layout.
    static func isDirect(_ format: PictureFormat) -> Bool {
        !format.isTenBit && !format.isInterleaved
    }

    // MARK: Enumerations

    func enumerate(_ asked: V4L2.FmtDesc) throws(MediaFault) -> V4L2.FmtDesc {
        var answer = V4L2.FmtDesc(index: asked.index, type: asked.type)
        guard let index = Int(exactly: asked.index) else { throw .invalid }
        if asked.type == outputType {
            guard configuration.decoders.indices.contains(index) else { throw .invalid }
            answer.pixelformat = configuration.decoders[index].fourcc
            answer.description = configuration.decoders[index].name
            answer.flags = [.compressed, .dynResolution]
        } else {
            let choices = captureChoices
            guard asked.type == captureType, choices.indices.contains(index) else { throw .invalid }
            answer.pixelformat = choices[index]
            answer.description = Self.name(of: choices[index])
        }
        return answer
    }

    private static func name(of fourcc: V4L2.FourCC) -> String {
        switch fourcc {
        case .yuv420: "Planar YUV 4:2:0"
        case .yuv420M: "Planar YUV 4:2:0 (N-C)"
        case .nv12: "Y/UV 4:2:0"
        case .nv12M: "Y/UV 4:2:0 (N-C)"
        default: "10-bit Y/UV 4:2:0"
        }
    }

    /// Any size up to the largest side; codecs may refuse less.
    func frameSizes(_ asked: V4L2.FrmSizeEnum) throws(MediaFault) -> V4L2.FrmSizeEnum {
        let isCoded = configuration.decoders.contains { $0.fourcc == asked.pixelFormat }
        guard asked.index == 0, isCoded || captureChoices.contains(asked.pixelFormat) else {
            throw .invalid
        }
        let side = UInt32(PictureFormat.sideMax)
        return V4L2.FrmSizeEnum(
            index: 0, pixelFormat: asked.pixelFormat, type: .continuous,
            stepwise: V4L2.FrmSizeStepwise(
                minWidth: 1, maxWidth: side, stepWidth: 1, minHeight: 1, maxHeight: side,
                stepHeight: 1))
    }

    // MARK: G_FMT, S_FMT, TRY_FMT

    enum FormatVerb { case get, set, test }

    func format(_ asked: V4L2.Format, _ verb: FormatVerb) throws(MediaFault) -> V4L2.Format {
        guard !isMultiPlanar else { throw .invalid }
        if asked.type == outputType {
            let answer = verb == .get ? outputFormat : adjusted(asked.pix)
            if verb == .set { try setOutput(answer) }
            return V4L2.Format(type: asked.type, pix: answer)
        }
        guard asked.type == captureType else { throw .invalid }
        let fourcc = try choose(asked.pix.pixelformat, verb)
        return V4L2.Format(type: asked.type, pix: captureFormat(fourcc))
    }

    func format(_ asked: V4L2.FormatMPlane, _ verb: FormatVerb) throws(MediaFault)
        -> V4L2.FormatMPlane
    {
        guard isMultiPlanar else { throw .invalid }
        if asked.type == outputType {
            let wanted = asked.pixMP
            let pix = V4L2.PixFormat(
                width: wanted.width, height: wanted.height, pixelformat: wanted.pixelformat,
                sizeimage: wanted.planeFmt[0].sizeimage, colorspace: wanted.colorspace)
            let answer = verb == .get ? outputFormat : adjusted(pix)
            if verb == .set { try setOutput(answer) }
            return V4L2.FormatMPlane(type: asked.type, pixMP: Self.multiPlanar(answer))
        }
        guard asked.type == captureType else { throw .invalid }
        let fourcc = try choose(asked.pixMP.pixelformat, verb)
        let layout = picture.flatMap { $0.converted(to: fourcc) } ?? placeholder(fourcc)
        return V4L2.FormatMPlane(
            type: asked.type, pixMP: Self.multiPlanar(captureFormat(fourcc), layout: layout))
    }

    /// One plane of coded data, or the planes of a layout.
    private static func multiPlanar(_ pix: V4L2.PixFormat, layout: PictureFormat? = nil)
        -> V4L2.PixFormatMPlane
    {
        var planes = [V4L2.PlanePixFormat(sizeimage: pix.sizeimage, bytesperline: 0)]
        if let layout {
            planes = zip(layout.bufferSizes, layout.planeStrides).map { size, stride in
                V4L2.PlanePixFormat(
                    sizeimage: UInt32(clamping: size), bytesperline: UInt32(clamping: stride))
            }
        }
        return V4L2.PixFormatMPlane(
            width: pix.width, height: pix.height, pixelformat: pix.pixelformat, field: pix.field,
            colorspace: pix.colorspace, planeFmt: planes, numPlanes: UInt8(planes.count),
            ycbcrEnc: UInt8(truncatingIfNeeded: pix.ycbcrEnc.rawValue),
            quantization: UInt8(truncatingIfNeeded: pix.quantization.rawValue))
    }

    /// What a driver asks for, moved to the nearest that there is.
    private func adjusted(_ asked: V4L2.PixFormat) -> V4L2.PixFormat {
        let known = configuration.decoders.contains { $0.fourcc == asked.pixelformat }
        let size = asked.sizeimage == 0 ? MediaLimits.codedBytesDefault : asked.sizeimage
        let side = UInt32(PictureFormat.sideMax)
        return V4L2.PixFormat(
            width: min(asked.width, side), height: min(asked.height, side),
            pixelformat: known ? asked.pixelformat : outputFormat.pixelformat, field: .none,
            sizeimage: min(max(size, MediaLimits.codedBytesMin), configuration.codedBytesMax),
            colorspace: asked.colorspace)
    }

    /// The coded format is fixed while buffers of either queue exist.
    private func setOutput(_ format: V4L2.PixFormat) throws(MediaFault) {
        guard output.buffers.isEmpty, capture.buffers.isEmpty else { throw .busy }
        if format.pixelformat != outputFormat.pixelformat {
            // Made for another codec.
            endDecoder()
            picture = nil
            capturePicture = nil
        }
        outputFormat = format
    }

    /// CAPTURE's format: the size is the stream's, not what the guest would like.
    private func choose(_ asked: V4L2.FourCC, _ verb: FormatVerb) throws(MediaFault)
        -> V4L2.FourCC
    {
        guard verb != .get, captureChoices.contains(asked) else {
            if verb == .set, !capture.buffers.isEmpty { throw .busy }
            return captureFourCC
        }
        if verb == .set {
            guard capture.buffers.isEmpty else { throw .busy }
            chosenFourCC = asked
        }
        return asked
    }

    /// What G_FMT says before the headers were seen: by the size that the driver has named.
    private func placeholder(_ fourcc: V4L2.FourCC) -> PictureFormat? {
        let (width, height) = (Int(outputFormat.width), Int(outputFormat.height))
        return PictureFormat(
            fourcc: fourcc, alignedWidth: width, alignedHeight: height,
            visible: PixelRect(width: width, height: height),
            colour: ColourDescription(matrix: .bt601, isFullRange: false))
    }

    private func captureFormat(_ fourcc: V4L2.FourCC) -> V4L2.PixFormat {
        guard let layout = picture.flatMap({ $0.converted(to: fourcc) }) else {
            let guess = placeholder(fourcc)
            return V4L2.PixFormat(
                width: outputFormat.width, height: outputFormat.height, pixelformat: fourcc,
                bytesperline: UInt32(clamping: guess?.bytesPerLine ?? 0),
                sizeimage: UInt32(clamping: guess?.sizeBytes ?? 0))
        }
        let colour = layout.colour.v4l2
        return V4L2.PixFormat(
            width: UInt32(layout.codedWidth), height: UInt32(layout.codedHeight),
            pixelformat: layout.fourcc, field: .none, bytesperline: UInt32(layout.bytesPerLine),
            sizeimage: UInt32(layout.sizeBytes), colorspace: colour.space,
            priv: V4L2.PixFormat.privMagic, ycbcrEnc: colour.encoding, quantization: colour.range)
    }

    // MARK: Selections

    func selection(_ asked: V4L2.Selection) throws(MediaFault) -> V4L2.Selection {
        // Linux takes the multi-planar type for the single-planar one here, and the other way.
        guard asked.type == .videoCapture || asked.type == .videoCaptureMPlane, let picture else {
            throw .invalid
        }
        let visible = picture.visible
        var answer = asked
        switch asked.target {
        case .cropBounds, .nativeSize:
            answer.r = V4L2.Rect(
                width: UInt32(picture.codedWidth), height: UInt32(picture.codedHeight))
        case .crop, .cropDefault, .compose, .composeDefault, .composeBounds, .composePadded:
            answer.r = V4L2.Rect(
                left: Int32(visible.x), top: Int32(visible.y), width: UInt32(visible.width),
                height: UInt32(visible.height))
        default: throw .invalid
        }
        return answer
    }

    /// Nothing is scaled or moved: what is asked for is moved to what there is, within the
    /// constraints that the driver sets.
    func setSelection(_ asked: V4L2.Selection) throws(MediaFault) -> V4L2.Selection {
        guard asked.target == .crop || asked.target == .compose else { throw .invalid }
        let answer = try selection(asked)
        let flags = V4L2.SelectionFlags(rawValue: asked.flags)
        guard flags.isSubset(of: [.ge, .le, .keepConfig]) else { throw .invalid }
        let (isLarger, isSmaller) = (
            asked.r.width > answer.r.width || asked.r.height > answer.r.height,
            asked.r.width < answer.r.width || asked.r.height < answer.r.height
        )
        if flags.contains(.ge), isLarger { throw .outOfRange }
        if flags.contains(.le), isSmaller { throw .outOfRange }
        return answer
    }
}

extension ColourDescription {
    var v4l2:
        (
            space: V4L2.Colorspace, encoding: V4L2.YCbCrEncoding, range: V4L2.Quantization
        )
    {
        let range: V4L2.Quantization = isFullRange ? .fullRange : .limRange
        return switch matrix {
        case .bt601: (.smpte170m, .e601, range)
        case .bt709: (.rec709, .e709, range)
        case .bt2020: (.bt2020, .bt2020, range)
        }
    }
}
