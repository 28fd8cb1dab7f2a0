import Crypto
import Foundation

/// The reader that Millrace ships: which file it is, and where it is looked for.
public enum ReaderModel {
    /// The file of weights within the reader's folder.
    public static let fileName = "reader.f16.safetensors"
    /// The SHA-256 of that file, in hexadecimal.
    public static let sha256 = "7a5ae48e4d1046e592dfb231ba42950b648d112f59711096d765d9a0413bdbcd"
    /// Word pieces of question, headings and passage together, special tokens included.
    public static let maxTokens = 256

    /// The folder that the reader is in.
    ///
    /// `MILLRACE_READER_DIR` if it is set; else the first that has the file of `reader` within the embedding
    /// model's folder, `reader` beside it, `models/reader` in the executable's folder or one above it.
    ///
    /// - Parameters:
    ///   - modelDirectory: the embedding model's folder.
    ///   - executable: the program's own file.
    /// - Returns: `reader` within `modelDirectory` if there is none, so that the error names where
    ///   `scripts/setup` puts it.
    public static func directory(
        modelDirectory: URL, environment: [String: String] = ProcessInfo.processInfo.environment,
        executable: URL? = Bundle.main.executableURL
    ) -> URL {
        if let path = environment["MILLRACE_READER_DIR"], !path.isEmpty { return URL(filePath: path) }
        let within = modelDirectory.appending(path: "reader")
        var candidates = [within, modelDirectory.deletingLastPathComponent().appending(path: "reader")]
        var folder = executable?.resolvingSymlinksInPath().deletingLastPathComponent()
        while let current = folder, candidates.count < 12 {
            candidates.append(current.appending(path: "models/reader"))
            folder = current.path == "/" ? nil : current.deletingLastPathComponent()
        }
        return candidates.first {
            FileManager.default.fileExists(atPath: $0.appending(path: fileName).path)
        } ?? within
    }

    /// Refuses a file that is not the one that is shipped.
    static func checkChecksum(_ file: URL) throws(ModelsError) {
        let actual = try MappedFile(file).withBytes { bytes in
            bytes.withUnsafeBytes { SHA256.hash(data: $0) }
        }.hexadecimal
        guard actual == sha256 else {
            throw .wrongChecksum(file: file.path, expected: sha256, actual: actual)
        }
    }
}
