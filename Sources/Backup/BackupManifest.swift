import Crypto
import Foundation

/// What a backup holds: every file with its blocks in order. A backup is there once its manifest is.
public struct BackupManifest: Hashable, Sendable, Codable {
    /// What this Millrace writes; it reads no other.
    public static let currentFormat = 1

    /// A file of the data folder.
    public struct File: Hashable, Sendable, Codable {
        public enum Kind: String, Hashable, Sendable, Codable {
            /// A database, as of one moment.
            case database
            /// A file of an index, which can be made anew from a database.
            case index
            /// Anything else, as it was.
            case plain
        }

        /// Relative to the data folder, with `/` between names.
        public var path: String
        public var kind: Kind
        public var byteCount: Int
        /// Of the whole file, in hexadecimal.
        public var sha256: String
        /// Names of the objects that hold it, ``BackupManifest/blockByteCount`` bytes each, the last one less.
        public var blocks: [String]
        /// Of a database: the steps of its schema, in order of their names.
        public var migrations: [String]?
        /// Size, times and number of the source's file. While they are the same, so is the file; absent where it
        /// had changed too shortly before to tell.
        var stamp: String?
    }

    public var format: Int
    /// What wrote it, as `millrace 0.1.0`.
    public var product: String
    public var id: String
    /// When the databases were as they are in here, in ISO 8601.
    public var createdAt: String
    public var blockByteCount: Int
    /// In order of their paths.
    public var files: [File]
    /// SHA-256 of the manifest as it is written without this, in hexadecimal.
    public private(set) var digest = ""

    init(product: String, id: BackupID, createdAt: Date, blockByteCount: Int, files: [File]) {
        format = Self.currentFormat
        self.product = product
        self.id = id.text
        self.createdAt = createdAt.formatted(.iso8601)
        self.blockByteCount = blockByteCount
        self.files = files.sorted { $0.path < $1.path }
    }

    public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }
    /// Names of all objects that it needs.
    public var blocks: Set<String> { Set(files.flatMap(\.blocks)) }

    // MARK: As bytes

    /// The manifest as JSON, with its digest.
    func encoded() throws -> Data {
        var sealed = self
        sealed.digest = try contentDigest()
        return try Self.encoder.encode(sealed)
    }

    /// The manifest that JSON of ``encoded()`` holds, checked.
    ///
    /// - Throws: ``BackupError/damagedManifest(id:reason:)`` or ``BackupError/newerFormat(id:version:)``.
    init(parsing data: Data, id: BackupID) throws {
        struct Version: Decodable { var format: Int }
        guard let version = try? JSONDecoder().decode(Version.self, from: data) else {
            throw BackupError.damagedManifest(id: id.text, reason: "it is no manifest")
        }
        guard version.format == Self.currentFormat else {
            throw BackupError.newerFormat(id: id.text, version: version.format)
        }
        guard let manifest = try? JSONDecoder().decode(BackupManifest.self, from: data),
            manifest.digest == (try? manifest.contentDigest())
        else {
            throw BackupError.damagedManifest(id: id.text, reason: "its digest is another one")
        }
        guard manifest.id == id.text else {
            throw BackupError.damagedManifest(id: id.text, reason: "it belongs to the backup \(manifest.id)")
        }
        if let fault = manifest.fault { throw BackupError.damagedManifest(id: id.text, reason: fault) }
        self = manifest
    }

    private func contentDigest() throws -> String {
        var bare = self
        bare.digest = ""
        return SHA256.hash(data: try Self.encoder.encode(bare)).hexadecimal
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    private enum CodingKeys: String, CodingKey {
        case format, product, id, files, digest
        case createdAt = "created_at"
        case blockByteCount = "block_bytes"
    }
}

extension BackupManifest.File {
    private enum CodingKeys: String, CodingKey {
        case path, kind, sha256, blocks, migrations, stamp
        case byteCount = "bytes"
    }
}

extension BackupManifest {
    /// What keeps a manifest from being followed: whoever can write to the destination can write one that names files
    /// outside the folder.
    private var fault: String? {
        guard (1...BackupRepository.blockByteLimit).contains(blockByteCount) else {
            return "blocks of \(blockByteCount) bytes are not possible"
        }
        var paths: Set<String> = []
        for file in files {
            guard Self.isPlain(file.path) else { return "“\(file.path.prefix(200))” is no path in a folder" }
            guard paths.insert(file.path).inserted else { return "\(file.path) is in it twice" }
            let (count, rest) = file.byteCount.quotientAndRemainder(dividingBy: blockByteCount)
            guard file.byteCount >= 0, file.blocks.count == count + (rest > 0 ? 1 : 0) else {
                return "\(file.path) has \(file.blocks.count) blocks for \(file.byteCount) bytes"
            }
            guard file.blocks.allSatisfy(BackupRepository.isObjectName) else {
                return "\(file.path) names an object that cannot be one"
            }
        }
        return nil
    }

    private static func isPlain(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count <= SourceTree.depthLimit + 1
            && parts.allSatisfy { part in
                !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 255
                    && !part.utf8.contains(0)
            }
    }
}

extension Digest {
    /// Lower-case hexadecimal digits.
    var hexadecimal: String { hexadecimalText(of: self) }
}

/// Two lower-case hexadecimal digits a byte.
func hexadecimalText(of bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
