import Crypto
import Foundation

/// A script in Lua that a server carries out as one step.
struct RedisScript: Sendable {
    let text: String
    /// SHA-1 of the text, by which a server knows it.
    let digest: String

    init(_ text: String) {
        self.text = text
        digest = Insecure.SHA1.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
    }
}

extension RedisPool {
    /// Runs a script on one key; its text is sent only when the server has not seen it yet.
    ///
    /// - Parameter limit: time for both attempts together.
    func evaluate(
        _ script: RedisScript, key: String, _ arguments: [RedisWord], within limit: Duration
    ) async throws -> RedisReply {
        let end = ContinuousClock.now + limit
        func command(_ name: RedisWord, _ script: String) -> RedisCommand {
            RedisCommand([name, .text(script), .int(1), .text(key)] + arguments, key: key)
        }
        do {
            return try await send(command("EVALSHA", script.digest), within: limit)
        } catch RedisError.refused(_, "NOSCRIPT", _) {
            return try await send(
                command("EVAL", script.text), within: max(.milliseconds(1), end - .now))
        }
    }
}
