import Corpus
import Crypto
import Foundation

/// The bodies of pages as their site gave them, by id and version: other chunker settings, or a new model, then
/// cost no request. Pruning leaves the versions that are stored in the corpus.
///
/// The cache is never the truth: what cannot be read from it is fetched, and what cannot be written is not kept.
/// Nothing is forced to the disk, so each body is led by a line with its hash: what a power cut tore is no body.
public struct PageCache: Sendable {
    private let store: any BlobStore
    private let folder: String

    /// - Parameter site: the address of the site, for ids mean nothing on another.
    public init(_ store: any BlobStore, site: URL) {
        self.store = store
        let plain = site.absoluteString.lowercased().map {
            $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_"
        }
        folder = "site-" + String(plain).prefix(150)
    }

    private static let version: Character = "@"

    func body(of id: String, version: Int) async -> String? {
        guard let key = key(id, version), let data = try? await store.blob(at: key) else {
            return nil
        }
        guard let end = data.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let body = data[data.index(after: end)...]
        guard data[..<end].elementsEqual(Self.hash(body).utf8) else { return nil }
        return String(validating: body, as: UTF8.self)
    }

    private static func hash(_ body: Data) -> String {
        SHA256.hash(data: body).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    func keep(_ body: String, of id: String, version: Int) async {
        guard let key = key(id, version) else { return }
        let bytes = Data(body.utf8)
        try? await store.put(Data((Self.hash(bytes) + "\n").utf8) + bytes, at: key)
    }

    /// Drops what is stored of pages that are gone and of versions that were superseded, then the oldest beyond
    /// `limit` bytes.
    ///
    /// - Parameter current: the version that is stored of a document, or `nil`.
    /// - Returns: how many bodies went.
    @discardableResult
    public func prune(toBytes limit: Int, current: (_ id: String) -> Int?) async throws -> Int {
        var count = 0
        for entry in try await store.list(under: folder) {
            let name = entry.key.split(separator: "/").last ?? ""
            let parts = name.split(separator: Self.version)
            guard parts.count == 2, let version = Int(parts[1]), current(String(parts[0])) == version else {
                try await store.remove(entry.key)
                count += 1
                continue
            }
        }
        return try await count + store.prune(under: folder, toBytes: limit)
    }

    /// `SITE/SHARD/ID@VERSION`; `nil` for an id that no file should be named by.
    private func key(_ id: String, _ version: Int) -> String? {
        let isPlain =
            !id.isEmpty && id.utf8.count <= 64
            && id.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (97...122).contains(byte) || (65...90).contains(byte)
            }
        guard isPlain else { return nil }
        return "\(folder)/\(id.suffix(2))/\(id)\(Self.version)\(version)"
    }
}
