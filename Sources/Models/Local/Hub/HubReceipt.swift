import Crypto
import Foundation

/// What was fetched of a model: `receipt.json` in its folder, written last.
struct HubReceipt: Codable, Equatable {
    /// SHA-256 of each file, in hexadecimal, by name.
    var files: [String: String]

    static let name = "receipt.json"

    /// One hash for all files: the SHA-256 of lines `HASH  NAME`, sorted by name, as `sha256sum` writes them.
    var hash: String {
        let lines = files.sorted { $0.key < $1.key }.map { "\($0.value)  \($0.key)\n" }.joined()
        return SHA256.hash(data: Data(lines.utf8)).hexadecimal
    }

    /// `nil` if the model was not fetched, or not whole.
    static func read(_ folder: URL) throws(ModelsError) -> HubReceipt? {
        try ModelJSON.readIfThere(folder.appending(path: name), as: HubReceipt.self)
    }

    func write(_ folder: URL) throws(ModelsError) {
        let file = folder.appending(path: Self.name)
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
            try encoder.encode(self).write(to: file, options: .atomic)
        } catch {
            throw .unreadable(file: file.path, reason: error.localizedDescription)
        }
    }

    /// Compares every file with its hash.
    func check(_ folder: URL) throws(ModelsError) {
        for (name, expected) in files.sorted(by: { $0.key < $1.key }) {
            let file = folder.appending(path: name)
            let actual = try Self.hash(file)
            guard actual == expected else {
                throw .wrongChecksum(file: file.path, expected: expected, actual: actual)
            }
        }
    }

    static func hash(_ file: URL) throws(ModelsError) -> String {
        try MappedFile(file).withBytes { bytes in
            bytes.withUnsafeBytes { SHA256.hash(data: $0) }
        }.hexadecimal
    }
}
