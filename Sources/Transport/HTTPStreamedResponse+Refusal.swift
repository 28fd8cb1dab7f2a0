import Concurrency
import Foundation

extension HTTPStreamedResponse {
    /// Largest body of a refusal that is looked into.
    static let refusalLimitBytes = 64 << 10

    /// What there is of a refusal's body, at most 64 KiB; a break on the way does not hide the refusal.
    package func refusalBody() async -> Data {
        var text = Data()
        do {
            for try await piece in body {
                text += piece.prefix(Self.refusalLimitBytes - text.count)
                if text.count == Self.refusalLimitBytes { break }
            }
        } catch {
            return text
        }
        return text
    }
}
