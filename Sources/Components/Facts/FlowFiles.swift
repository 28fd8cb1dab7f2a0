import Foundation

/// The files that belong to a run's owner, by name; whoever begins a run hands it in as ``RunFiles``.
///
/// It is made for one owner and one flow: nobody can ask it for another's. Names and sizes have been checked when it
/// is called.
public protocol FlowFiles: Sendable {
    /// The owner's files, in the order of their names.
    ///
    /// - Parameter limit: how many at most.
    func files(limit: Int) async throws -> [FlowFile]
    /// - Throws: ``FlowFileError/absent(name:)``, or ``FlowFileError/tooLarge(name:bytes:limit:)`` without reading
    ///   all of it.
    func read(_ name: String, byteLimit: Int) async throws -> Data
    /// Stores a file in the place of one of the same name.
    func write(_ bytes: Data, as name: String, mediaType: String) async throws
}

/// What is known of a file without its bytes.
public struct FlowFile: Sendable, Hashable {
    public var name: String
    public var mediaType: String
    public var byteCount: Int

    public init(name: String, mediaType: String, byteCount: Int) {
        self.name = name
        self.mediaType = mediaType
        self.byteCount = byteCount
    }
}

/// The way of a run's components to files; a fact of its ``Flow/RunContext``.
///
/// Every name and size is checked here, so that no store has to.
public struct RunFiles: Sendable {
    /// Bytes of one file that is read or written.
    public static let standardByteLimit = 16 * 1_048_576
    /// Files that ``all()`` tells.
    public static let listLimit = 10_000

    private let files: any FlowFiles
    public let byteLimit: Int

    public init(_ files: any FlowFiles, byteLimit: Int = RunFiles.standardByteLimit) {
        self.files = files
        self.byteLimit = byteLimit
    }

    /// The owner's files, ``listLimit`` of them at most.
    public func all() async throws -> [FlowFile] { try await files.files(limit: Self.listLimit) }

    /// - Throws: ``FlowFileError``, and what the store throws.
    public func read(_ name: String) async throws -> Data {
        try Self.check(name)
        let bytes = try await files.read(name, byteLimit: byteLimit)
        try checkSize(bytes, of: name)
        return bytes
    }

    /// - Throws: ``FlowFileError``, and what the store throws.
    public func write(_ bytes: Data, as name: String, mediaType: String) async throws {
        try Self.check(name)
        try checkSize(bytes, of: name)
        try await files.write(bytes, as: name, mediaType: mediaType)
    }

    private func checkSize(_ bytes: Data, of name: String) throws(FlowFileError) {
        guard bytes.count <= byteLimit else {
            throw .tooLarge(name: name, bytes: bytes.count, limit: byteLimit)
        }
    }
}

extension RunFiles {
    /// Bytes of UTF-8 of a name: what the file systems take.
    public static let nameByteLimit = 255

    /// - Throws: ``FlowFileError/badName(name:reason:)`` for what could mean another folder, or could not be shown
    ///   as it is.
    public static func check(_ name: String) throws(FlowFileError) {
        let bytes = name.utf8.count
        let reason: String? =
            switch name {
            case "": "it is empty"
            case ".", "..": "it names a folder"
            case _ where bytes > nameByteLimit: "it has \(bytes) bytes; at most \(nameByteLimit) are taken"
            case _ where name.unicodeScalars.contains { $0 == "/" || $0 == "\\" }:
                "it contains a path separator"
            case _ where name.unicodeScalars.contains(where: isHidden):
                "it contains control characters"
            case _ where name.first?.isWhitespace == true || name.last?.isWhitespace == true:
                "it begins or ends with a space"
            default: nil
            }
        if let reason { throw .badName(name: name, reason: reason) }
    }

    /// Control characters, line separators, and marks that turn the direction of writing, by which `txt.exe` can be
    /// made to look like `exe.txt`.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: scalar.properties.isBidiControl
        }
    }
}

/// Why a file of a run's owner is not read or written.
public enum FlowFileError: Error, Sendable, Hashable {
    case badName(name: String, reason: String)
    case absent(name: String)
    case tooLarge(name: String, bytes: Int, limit: Int)
}

extension FlowFileError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badName(let name, let reason):
            """
            “\(String(name.unicodeScalars.prefix(100).map { $0.properties.generalCategory == .control ? "?" : Character($0) }))” \
            cannot be a file's name: \(reason). Give a plain name, such as report.csv.
            """
        case .absent(let name):
            "There is no file “\(name)”. Upload it, or give the name of one that is there."
        case .tooLarge(let name, let bytes, let limit):
            "The file “\(name)” has \(bytes) bytes; at most \(limit) are taken. Split it into several files."
        }
    }
}
