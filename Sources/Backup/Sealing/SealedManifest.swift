import Crypto
import Foundation

/// A manifest as it is stored encrypted.
///
/// | bytes | what |
/// |---|---|
/// | 0…7 | `MLRBKUP1` |
/// | 8…11 | *n*, big-endian |
/// | *n* | JSON: how the passphrase becomes a key, and the salt of the manifest's own |
/// | the rest | the manifest as a ``SealedStream``, whose context is all before it and the backup's name |
struct SealedManifest {
    struct Header: Codable, Hashable {
        var scrypt: KeyDerivation
        var salt: Data
    }

    private static let magic = Data("MLRBKUP1".utf8)
    private static let headerByteLimit = 4_096

    let header: Header
    private let id: BackupID
    private let opening: Data
    private let body: Data

    /// Seals `manifest`.
    static func bytes(_ manifest: Data, id: BackupID, key: BackupKey) throws -> Data {
        let salt = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let header = try encoder.encode(Header(scrypt: key.derivation, salt: salt))
        let opening = magic + withUnsafeBytes(of: UInt32(header.count).bigEndian) { Data($0) } + header
        return opening
            + (try SealedStream.seal(
                manifest, key: key.key(ofManifest: salt), context: opening + Data(id.text.utf8)))
    }

    /// - Throws: ``BackupError/damagedManifest(id:reason:)``.
    init(parsing data: Data, id: BackupID) throws {
        let data = Data(data)
        let damaged = BackupError.damagedManifest(id: id.text, reason: "its head is no manifest's")
        guard data.prefix(8) == Self.magic, data.count >= 12 else { throw damaged }
        let count = data[8..<12].reduce(0) { $0 << 8 | Int($1) }
        guard count <= Self.headerByteLimit, data.count >= 12 + count,
            let header = try? JSONDecoder().decode(Header.self, from: data[12..<12 + count])
        else { throw damaged }
        self.header = header
        self.id = id
        opening = data[..<(12 + count)]
        body = data[(12 + count)...]
    }

    /// The manifest's bytes.
    ///
    /// - Throws: ``SealedStream/Unopened`` for another key or changed bytes, which cannot be told apart.
    func open(_ key: BackupKey) throws -> Data {
        try SealedStream.open(
            body, key: key.key(ofManifest: header.salt), context: opening + Data(id.text.utf8))
    }
}
