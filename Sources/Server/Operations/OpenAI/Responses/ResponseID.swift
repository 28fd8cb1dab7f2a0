import Foundation

/// The id of a response: it names the run that made it and the session that it belongs to, so that any process can
/// go on from it. Whoever makes one up reaches nothing by it that is not theirs.
struct ResponseID: Sendable, Hashable {
    var run: String
    /// `nil` for a response that is not kept, from which nothing goes on.
    var session: String?

    private static let prefix = "resp_"
    /// Longer than any id that is made here.
    private static let byteLimit = 2_048

    init(run: String, session: String?) {
        self.run = run
        self.session = session
    }

    /// `nil` for what was not made by ``text``.
    init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), text.utf8.count <= Self.byteLimit else { return nil }
        var code = String(text.dropFirst(Self.prefix.count))
        code = code.replacing("-", with: "+").replacing("_", with: "/")
        code += String(repeating: "=", count: (4 - code.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: code), let parts = String(data: data, encoding: .utf8) else {
            return nil
        }
        // Neither a run's id nor a session's name has control characters.
        let lines = parts.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard lines.count == 2, !lines[0].isEmpty else { return nil }
        run = String(lines[0])
        session = lines[1].isEmpty ? nil : String(lines[1])
    }

    /// In base64url without padding (RFC 4648 §5).
    var text: String {
        Self.prefix
            + Data("\(run)\n\(session ?? "")".utf8).base64EncodedString().replacing("+", with: "-")
            .replacing("/", with: "_").replacing("=", with: "")
    }
}
