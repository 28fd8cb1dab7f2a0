import Foundation

/// The files under `fixtures/`, found from this source file's own place in the checkout.
public enum Fixtures {
    /// The checkout's root folder.
    public static let checkout: URL = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    public static func url(_ path: String) -> URL {
        checkout.appendingPathComponent("fixtures").appendingPathComponent(path)
    }

    public static func data(_ path: String) throws -> Data {
        try Data(contentsOf: url(path))
    }

    public static func text(_ path: String) throws -> String {
        String(decoding: try data(path), as: UTF8.self)
    }

    /// One value a line; blank lines are skipped.
    public static func jsonLines<Value: Decodable>(_ path: String, as type: Value.Type) throws -> [Value] {
        let decoder = JSONDecoder()
        return try data(path).split(separator: UInt8(ascii: "\n")).map { line in
            try decoder.decode(type, from: Data(line))
        }
    }
}
