import Glibc
import Testing

@testable import virtio_share

@Suite struct PictureFileTests {
    @Test(arguments: [(1, 1), (3, 5), (64, 33), (257, 2)])
    func `A written picture reads back equal, but opaque`(width: Int, height: Int) throws {
        let folder = try TemporaryFolder()
        let picture = Picture.noise(width: width, height: height)
        let name = "picture.\(PictureFile.fileExtension)"
        try PictureFile.write(picture, to: folder.path + "/" + name)
        #expect(try readPicture(at: folder.path + "/" + name) == picture.opaque)
        #expect(try folder.names == [name])
    }

    @Test func `A second picture takes the place of the first`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/picture"
        try PictureFile.write(Picture(width: 9, height: 9, filledWith: .white), to: path)
        try PictureFile.write(Picture(width: 2, height: 1, filledWith: .black), to: path)
        #expect(try readPicture(at: path) == Picture(width: 2, height: 1, filledWith: .black))
        #expect(try folder.names == ["picture"])
    }

    @Test func `A symbolic link is replaced, not followed`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/picture"
        try #require(unsafe symlink("/dev/full", path) == 0)
        let picture = Picture(width: 2, height: 1, filledWith: .black)
        try PictureFile.write(picture, to: path)
        #expect(try readPicture(at: path) == picture)
    }

    @Test func `The umask decides who may read the picture`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let path = folder.path + "/picture"
            umask(0o027)
            try PictureFile.write(Picture(width: 1, height: 1, filledWith: .white), to: path)
            var status = stat()
            try #require(unsafe stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o640)
        }
    }

    @Test(arguments: [("missing/picture", ENOENT), ("", EISDIR), ("folder/", EISDIR)])
    func `A place that takes no file is an open error`(end: String, code: Int32) throws {
        let folder = try TemporaryFolder()
        let picture = Picture(width: 1, height: 1, filledWith: .white)
        #expect(throws: PictureError.open(code: code)) {
            try PictureFile.write(picture, to: folder.path + "/" + end)
        }
        #expect(try folder.names.isEmpty)
    }

    @Test func `An unwritable folder is an open error and stays empty`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            try #require(unsafe chmod(folder.path, 0o555) == 0)
            // The superuser may write everywhere, so the child becomes nobody for a while.
            let user = geteuid()
            if user == 0 { try #require(seteuid(65534) == 0) }
            #expect(throws: PictureError.open(code: EACCES)) {
                let picture = Picture(width: 1, height: 1, filledWith: .white)
                try PictureFile.write(picture, to: folder.path + "/picture")
            }
            #expect(try folder.names.isEmpty)
            try #require(seteuid(user) == 0)
        }
    }

    @Test func `A failing write leaves neither the file nor a part of it`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 5000, rlim_max: .max)
            try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            #expect(throws: PictureError.write(code: EFBIG)) {
                let picture = Picture.noise(width: 100, height: 100)
                try PictureFile.write(picture, to: folder.path + "/picture")
            }
            #expect(try folder.names.isEmpty)
        }
    }

    @Test func `A failing write leaves an older picture as it was`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let path = folder.path + "/picture"
            let older = Picture(width: 2, height: 2, filledWith: .white)
            try PictureFile.write(older, to: path)
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 5000, rlim_max: .max)
            try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
            #expect(throws: PictureError.write(code: EFBIG)) {
                try PictureFile.write(Picture.noise(width: 100, height: 100), to: path)
            }
            #expect(try readPicture(at: path) == older)
            #expect(try folder.names == ["picture"])
        }
    }

    @Test func `A folder under the final name is a rename error and keeps its place`() throws {
        let folder = try TemporaryFolder()
        try #require(unsafe mkdir(folder.path + "/picture", 0o755) == 0)
        #expect(throws: PictureError.rename(code: EISDIR)) {
            let picture = Picture(width: 1, height: 1, filledWith: .white)
            try PictureFile.write(picture, to: folder.path + "/picture")
        }
        #expect(try folder.names == ["picture"])
    }

    #if PNG
        @Test func `A side beyond libpng's limit is an encode error and leaves no file`() throws {
            let folder = try TemporaryFolder()
            let picture = Picture(width: 1_000_001, height: 1, filledWith: .white)
            #expect(throws: PictureError.encode) {
                try PictureFile.write(picture, to: folder.path + "/picture")
            }
            #expect(try folder.names.isEmpty)
        }
    #endif

    @Test func `An error is a sentence`() {
        #expect(
            PictureError.write(code: ENOSPC).description
                == "The picture file could not be written: No space left on device.")
    }
}
